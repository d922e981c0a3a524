"""Neo4j, 5 or later: a server that several people share, over Bolt.

The database is Clew's alone. Every node has the label ``Resource`` as well as its own, and an index
named after a snapshot's digest says that the database holds that snapshot whole; there is no such
index while one is being loaded. (A node that said so would turn up in people's queries.)
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby, islice, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ..schema import EdgeType, Schema
from ..snapshot import Snapshot
from ..traversal import SnapshotReader
from .reading import check_types, reading_query
from .scan_record import ScanRecord
from .store import (
    Capabilities,
    Node,
    OutOfMemoryError,
    Path,
    QueryError,
    Relationship,
    Step,
    Store,
    StoreError,
)

if TYPE_CHECKING:
    import neo4j

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_OLDEST = 5
_NAMES_FROM_ROWS = (5, 26)
"""The first version in which labels and types that are created may come from rows."""
_BASE = "Resource"
_CONSTRAINT = "clew_resource_id"
_MARK = "clew_snapshot_"
_RECORD = "clew_scan"
_NAME = "NAME"
_WRITTEN_AT_ONCE = 10_000
_DELETED_AT_ONCE = 10_000
_UNKNOWN_NAMES = {"01N50", "01N51", "01N52"}
"""GQL status of a query that names a label, relationship type or property that is not there."""


class Neo4jStore(Store):
    """A database on a Neo4j server, cluster or Aura instance; by default the user's home one."""

    def __init__(
        self,
        uri: str,
        user: str = "neo4j",
        password: str | None = None,
        database: str | None = None,
    ) -> None:
        """Connects.

        :raises StoreError: if there is no such server, it refuses, or it is too old.
        """
        self._uri = uri
        self._database = database
        self.schema = Schema(labels={}, relationships={}, pairs=[])
        try:
            from neo4j import GraphDatabase
        except ImportError:
            raise StoreError(
                "Neo4j support is not installed; run: pip install 'clew[neo4j]'"
            ) from None
        # Without a handler of its own the driver's notes on queries would go to stderr.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        if uri.partition("://")[0] not in SCHEMES:
            raise StoreError(
                f"{uri} is no address of a Neo4j server, as neo4j://HOST:7687 would be; it begins "
                f"with one of {', '.join(SCHEMES)}."
            )
        if "@" in uri:
            raise StoreError("Leave user and password out of the address; they are given apart.")
        with self._translated():
            self._driver = GraphDatabase.driver(
                uri, auth=None if password is None else (user, password)
            )
        try:
            with self._translated():
                agent = self._driver.get_server_info().agent
            name, _, version = agent.partition("/")
            numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
            self._takes_names = name == "Neo4j" and numbers >= _NAMES_FROM_ROWS
            if name == "Neo4j" and numbers[:1] < (_OLDEST,):
                raise StoreError(f"{uri} is Neo4j {version}; Clew needs {_OLDEST} or later.")
        except BaseException:
            self._driver.close()
            raise
        self.capabilities = Capabilities(
            engine=f"{name} {version}", served=True, persistent=True, concurrent_writers=False
        )

    def load(self, snapshot: Snapshot) -> None:
        """Makes the database hold this snapshot; nothing is done if it does already.

        :raises StoreError: if it holds anything that Clew did not put there, or loading failed;
            the database then says that it holds no snapshot, and loading again makes it whole.
        """
        mark = _MARK + snapshot.digest
        marks = self._names("INDEXES", _MARK)
        if marks != [mark]:
            self._check_ours()
            for each in marks:
                self._run(f"DROP INDEX `{each}` IF EXISTS")
            self._empty()
            self._prepare(snapshot.schema)
            self._fill(snapshot)
            self._run(f"CREATE INDEX `{mark}` FOR (n:ClewSnapshot) ON (n.digest)")
        self._keep_record(snapshot)
        self.schema = snapshot.schema

    def expect(self, digest: str) -> None:
        """Lets only a database pass that holds this snapshot whole.

        :raises StoreError: if it holds another, or none.
        """
        if self._names("INDEXES", _MARK) != [_MARK + digest]:
            raise StoreError(
                f"{self._uri} holds no whole scan, or another one by now; load one with: "
                f"clew push SCAN {self._uri}"
            )

    def record(self) -> ScanRecord:
        """What the database keeps of the scan that it holds; its schema is the store's from then.

        :raises StoreError: if it holds no whole scan, or one that an older Clew loaded.
        """
        rows = self._run(f"MATCH (n:{_BASE}) WHERE n.{_RECORD} IS NOT NULL RETURN n.{_RECORD} AS r")
        marks = self._names("INDEXES", _MARK)
        if len(marks) == 1 and not rows:
            raise StoreError(
                f"{self._uri} does not say what the scan in it could not read: it is empty, or "
                f"an older Clew loaded it. Load it again: clew push SCAN {self._uri}"
            )
        found = ScanRecord.unpack(bytes(rows[0]["r"]), self._uri) if len(rows) == 1 else None
        self.expect(found.digest if found else "")
        assert found, "expect() lets no store without a record pass"
        self.schema = found.schema
        return found

    def edges_of(self, rel: str) -> Iterator[tuple[EdgeType, str, str, dict[str, Any]]]:
        """Every edge of a relationship type: its pair, source id, target id, properties."""
        columns = self.schema.relationships[rel]
        for row in self._rows(
            f"MATCH (s:{_BASE})-[r:`{rel}`]->(t:{_BASE}) RETURN labels(s) AS s, labels(t) AS t, "
            "s.id AS source, t.id AS target, properties(r) AS known "
            "ORDER BY source, target, r.via"
        ):
            pair = EdgeType(_own_label(row["s"]), rel, _own_label(row["t"]))
            properties = {name: row["known"].get(name) for name in columns}
            yield pair, row["source"], row["target"], properties

    def node_counts(self) -> dict[str, int]:
        """How many nodes each label has that has any."""
        rows = self._run(f"MATCH (n:{_BASE}) RETURN labels(n) AS labels, count(*) AS number")
        return {_own_label(row["labels"]): row["number"] for row in rows}

    def edge_counts(self) -> dict[EdgeType, int]:
        """How many edges each pair has that has any."""
        rows = self._run(
            f"MATCH (s:{_BASE})-[r]->(t:{_BASE}) RETURN labels(s) AS source, type(r) AS rel, "
            "labels(t) AS target, count(*) AS number"
        )
        return {
            EdgeType(_own_label(source), rel, _own_label(target)): number
            for source, rel, target, number in (row.values() for row in rows)
        }

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]:
        """See :meth:`Store.query`."""
        given = dict(parameters or {})
        text = reading_query(cypher, given)
        return list(self._rows(text, given, limit, timeout))

    def shortest_paths(
        self,
        source: str,
        target: str,
        types: Sequence[str] = (),
        longest: int = 8,
        limit: int = 1000,
    ) -> list[list[Step]]:
        """See :meth:`Store.shortest_paths`."""
        check_types(types, self.schema)
        if source == target:
            return []
        kinds = ":" + "|".join(f"`{each}`" for each in types) if types else ""
        paths = self._rows(
            f"MATCH (s:{_BASE} {{id: $source}}), (t:{_BASE} {{id: $target}}) "
            f"MATCH p = allShortestPaths((s)-[{kinds}*..{longest:d}]->(t)) "
            "RETURN DISTINCT nodes(p) AS nodes, [r IN relationships(p) | type(r)] AS types "
            f"LIMIT {limit:d}",
            {"source": source, "target": target},
        )
        return [
            [
                Step(start, kind, end)
                for (start, end), kind in zip(pairwise(path["nodes"]), path["types"], strict=True)
            ]
            for path in sorted(
                paths, key=lambda path: ([node.id for node in path["nodes"]], path["types"])
            )
        ]

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """See :meth:`Store.nodes`."""
        columns = self.schema.labels[label]
        for row in self._rows(f"MATCH (n:`{label}`) RETURN properties(n) AS known ORDER BY n.id"):
            yield {name: row["known"].get(name) for name in columns}

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """See :meth:`Store.edges`."""
        columns = self.schema.relationships[pair.rel]
        for row in self._rows(
            f"MATCH (s:`{pair.source}`)-[r:`{pair.rel}`]->(t:`{pair.target}`) "
            "RETURN s.id AS source, t.id AS target, properties(r) AS known "
            "ORDER BY source, target, r.via"
        ):
            yield row["source"], row["target"], {name: row["known"].get(name) for name in columns}

    def close(self) -> None:
        """Closes the connections."""
        self._driver.close()

    # Loading.

    def _check_ours(self) -> None:
        (counts,) = self._run(
            f"MATCH (n) WITH count(n) AS nodes OPTIONAL MATCH (r:{_BASE}) "
            "RETURN nodes, count(r) AS ours"
        )
        ours = counts["ours"] if self._names("CONSTRAINTS", _CONSTRAINT) else 0
        if counts["nodes"] > ours:
            where = f"The database {self._database}" if self._database else "The database"
            raise StoreError(
                f"{where} at {self._uri} holds {counts['nodes'] - ours} nodes that Clew did not "
                "put there; name an empty one, as loading replaces all that is there."
            )

    def _keep_record(self, snapshot: Snapshot) -> None:
        """Keeps what the scan did not read, in a property of one node that no query of Clew shows:
        a node of its own would turn up among people's nodes."""
        self._run(
            f"MATCH (n:{_BASE}) WITH n ORDER BY n.id LIMIT 1 SET n.{_RECORD} = $record",
            {"record": ScanRecord.of(snapshot).packed()},
        )

    def _empty(self) -> None:
        for pattern in ("()-[x]->()", "(x)"):
            deleted = 1
            while deleted:
                (row,) = self._run(
                    f"MATCH {pattern} WITH x LIMIT {_DELETED_AT_ONCE} DELETE x "
                    "RETURN count(*) AS deleted"
                )
                deleted = row["deleted"]

    def _prepare(self, schema: Schema) -> None:
        """Makes every name known, so that queries can tell "none" from "misspelt"."""
        self._run(
            f"CREATE CONSTRAINT {_CONSTRAINT} IF NOT EXISTS FOR (n:{_BASE}) REQUIRE n.id IS UNIQUE"
        )
        self._run("CALL db.awaitIndexes(300)")
        columns = [*schema.labels.values(), *schema.relationships.values()]
        for procedure, names in (
            ("createLabel", schema.labels.keys()),
            ("createRelationshipType", schema.relationships.keys()),
            ("createProperty", {name for each in columns for name in each}),
        ):
            self._run(
                f"UNWIND $names AS name CALL db.{procedure}(name) RETURN count(*) AS made",
                {"names": sorted(names)},
            )

    def _fill(self, snapshot: Snapshot) -> None:
        reader = SnapshotReader(snapshot)
        self._write(
            f"CREATE (n:{_BASE}:{_NAME}) SET n = row[1]",
            ([label, _set(node)] for label in snapshot.labels for node in reader.nodes(label)),
        )
        self._write(
            f"MATCH (s:{_BASE} {{id: row[1]}}) MATCH (t:{_BASE} {{id: row[2]}}) "
            f"CREATE (s)-[r:{_NAME}]->(t) SET r = row[3]",
            (
                [pair.rel, source, target, _set(properties)]
                for pair in sorted(snapshot.pairs, key=lambda pair: pair.rel)
                for source, target, properties in reader.edges(pair)
            ),
        )
        self._check_whole(snapshot)

    def _check_whole(self, snapshot: Snapshot) -> None:
        """Proves that nothing was lost or doubled, by a retry or by someone else's writing."""
        (nodes,) = self._rows("MATCH (n) RETURN count(n) AS found")
        (edges,) = self._rows("MATCH ()-[r]->() RETURN count(r) AS found")
        expected_nodes = sum(map(snapshot.node_count, snapshot.labels))
        expected_edges = sum(map(snapshot.edge_count, snapshot.pairs))
        if (nodes["found"], edges["found"]) != (expected_nodes, expected_edges):
            raise StoreError(
                f"{self._uri} holds {nodes['found']} nodes and {edges['found']} edges instead of "
                f"{expected_nodes} and {expected_edges}; something else writes to it, load again."
            )

    def _write(self, cypher: str, rows: Iterator[list[Any]]) -> None:
        """Writes rows that begin with a label or a type, which ``cypher`` has a place for.

        Where the name may come from the row one statement writes them all, so that the server
        plans it once and is sent few; else there is one for each name.
        """
        groups: Iterable[tuple[str, Iterator[list[Any]]]] = [("$(row[0])", rows)]
        if not self._takes_names:
            groups = ((f"`{name}`", alike) for name, alike in groupby(rows, itemgetter(0)))
        for name, alike in groups:
            statement = f"UNWIND $rows AS row {cypher.replace(_NAME, name)}"
            while some := list(islice(alike, _WRITTEN_AT_ONCE)):
                self._run(statement, {"rows": some})

    def _run(
        self, cypher: str, parameters: Mapping[str, Any] | None = None
    ) -> list[Mapping[str, Any]]:
        with self._translated():
            return list(
                self._driver.execute_query(
                    cypher,
                    dict(parameters or {}),
                    database_=self._database,
                ).records
            )

    def _names(self, kind: str, prefix: str) -> list[str]:
        """The indexes or constraints whose name begins so."""
        rows = self._run(
            f"SHOW {kind} YIELD name WHERE name STARTS WITH $prefix RETURN name", {"prefix": prefix}
        )
        return [row["name"] for row in rows]

    # Reading.

    def _rows(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[dict[str, Any]]:
        import neo4j

        with (
            self._translated(timeout),
            self._driver.session(
                database=self._database, default_access_mode=neo4j.READ_ACCESS
            ) as session,
        ):
            result = session.run(neo4j.Query(cypher, timeout=timeout), dict(parameters or {}))
            for record in islice(result, limit):
                yield {name: self._value(value) for name, value in dict(record).items()}
            for status in result.consume().gql_status_objects:
                if status.gql_status in _UNKNOWN_NAMES:
                    description = status.status_description.partition(". ")[2]
                    raise QueryError(f"The query is wrong: {description}")

    def _value(self, value: Any) -> Any:
        """A value as every store gives it."""
        from neo4j import graph

        if isinstance(value, list):
            return [self._value(each) for each in value]
        if isinstance(value, dict):
            return {name: self._value(each) for name, each in value.items()}
        if isinstance(value, graph.Node):
            label = _own_label(value.labels)
            return Node(label, {name: value.get(name) for name in self.schema.labels[label]})
        if isinstance(value, graph.Relationship):
            columns = self.schema.relationships[value.type]
            return Relationship(value.type, {name: value.get(name) for name in columns})
        if isinstance(value, graph.Path):
            return Path(
                [self._value(node) for node in value.nodes],
                [self._value(relationship) for relationship in value.relationships],
            )
        return value

    @contextmanager
    def _translated(self, timeout: float | None = None) -> Iterator[None]:
        """Says what went wrong in the words of every store."""
        from neo4j import exceptions

        try:
            yield
        except exceptions.AuthError:
            raise StoreError(f"{self._uri} refuses this user name and password.") from None
        except exceptions.Neo4jError as error:
            raise _store_error(error, timeout) from None
        except exceptions.DriverError as error:
            raise StoreError(
                f"No Neo4j answers at {self._uri}; is it running, and is the address right? "
                f"({str(error).splitlines()[0].rstrip(':')})"
            ) from None


def _own_label(labels: Iterable[str]) -> str:
    """The label of a node other than the one that all have."""
    return next(each for each in labels if each != _BASE)


def _set(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that have a value."""
    return {name: value for name, value in properties.items() if value is not None}


def _store_error(error: "neo4j.exceptions.Neo4jError", timeout: float | None) -> StoreError:
    """A server's refusal as the error of every store."""
    code, message = error.code or "", (error.message or "").strip()
    if code.endswith("Statement.AccessMode"):
        return QueryError("The query would change the graph, and Clew only reads it.")
    if "TransactionTimedOut" in code and timeout is not None:
        return QueryError(f"The query took longer than {timeout:g} seconds.")
    if "OutOfMemory" in code:
        return OutOfMemoryError()
    if ".Statement." in code:
        return QueryError(f"The query is wrong: {message}")
    return StoreError(f"Neo4j refuses: {message}")
