"""What LadybugDB answers, wherever its tables are.

Where its answers differ from Neo4j's, a query must be written so that it does not matter: two
relationships of one MATCH may be the same edge, ``*1..n`` may walk an edge twice, list indexes
begin at 1, and rows for which ``COUNT { … }`` is zero are lost unless the query reads some
property of the node outside.
"""

import re
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ..schema import EdgeType, Schema
from .headings import headings
from .ladybug_tables import quoted
from .ordering import ordered_by_columns
from .pattern_scope import Scope, Walk
from .reading import check_types, reading_query, tokens
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
from .whole_nodes import ID, LABEL, by_identity
from .wrong_names import explained

if TYPE_CHECKING:
    import ladybug

_ADDRESS_SPACE = 1 << 38
"""Bytes of address space for a graph; the engine's default of 8 TiB lets few be open at once."""


class WrongQueryError(QueryError):
    """The engine does not take a query."""


class OpenGraph:
    """A database that is open, and what it answers.

    ``node`` makes a node of a label and the properties that the engine gives for it.
    """

    def __init__(
        self,
        database: "ladybug.Database",
        schema: Schema,
        node: "Callable[[str, Mapping[str, Any]], Node] | None" = None,
    ) -> None:
        self.database = database
        self._schema = schema
        self._node = node or self._own_node

    def answer(
        self,
        cypher: str,
        parameters: Mapping[str, Any],
        limit: int | None = None,
        timeout: float | None = None,
        written: str = "",
    ) -> list[dict[str, Any]]:
        """The rows of a query; its columns are headed as in the text that was ``written``, if that
        is another."""
        text, columns = ordered_by_columns(cypher)
        rows = list(self.rows(text, parameters, limit, timeout))
        given = [columns.get(name, name) for name in rows[0]] if rows else []
        names = headings(written or cypher, given) if rows else []
        return [dict(zip(names, row.values(), strict=True)) for row in rows]

    def rows(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The rows of a query as it stands."""
        import ladybug

        deadline = None if timeout is None else time.monotonic() + timeout
        # A connection of its own, so that threads share neither time limits nor results.
        with ladybug.Connection(self.database) as connection, _translated(timeout):
            if timeout is not None:
                connection.set_query_timeout(max(1, int(timeout * 1000)))
            result = connection.execute(cypher, dict(parameters or {}))
            assert not isinstance(result, list), "the engine saw several queries"
            columns = result.get_column_names()
            read = 0
            while result.has_next() and read != limit:
                if deadline is not None and time.monotonic() > deadline:
                    raise _took_too_long(timeout)
                row = map(self._value, result.get_next())
                yield dict(zip(columns, row, strict=True))
                read += 1

    def close(self) -> None:
        """Closes the database."""
        self.database.close()

    def _value(self, value: Any) -> Any:
        """A value as every store gives it."""
        if isinstance(value, list):
            return [self._value(each) for each in value]
        if isinstance(value, Decimal) and value == value.to_integral_value():
            return int(value)
        if not isinstance(value, dict):
            return value
        if "_RELS" in value:
            nodes = [self._value(node) for node in value["_NODES"]]
            relationships = [self._value(relationship) for relationship in value["_RELS"]]
            # A variable-length relationship comes as a path without its ends.
            return Path(nodes, relationships) if len(nodes) > len(relationships) else relationships
        if "_LABEL" not in value:
            return {name: self._value(each) for name, each in value.items()}
        label = value["_LABEL"]
        if "_SRC" in value:
            columns = self._schema.relationships[label]
            return Relationship(label, {name: value.get(name) for name in columns})
        return self._node(label, value)

    def _own_node(self, label: str, value: Mapping[str, Any]) -> Node:
        return Node(label, {name: value.get(name) for name in self._schema.labels[label]})


class LadybugEngine(Store):
    """A store whose graph LadybugDB holds.

    ``memory`` is how many bytes the engine may use for its pages and what it works out; lists and
    texts that a query makes come on top (:mod:`..child_process` bounds them).
    """

    def __init__(self, memory: int | None = None, *, persistent: bool) -> None:
        import ladybug

        self.capabilities = Capabilities(
            engine=f"LadybugDB {ladybug.__version__}",
            served=False,
            persistent=persistent,
            concurrent_writers=True,
        )
        self.schema = Schema(labels={}, relationships={}, pairs=[])
        self._memory = memory

    @property
    @abstractmethod
    def _graph(self) -> OpenGraph:
        """The graph that is open.

        :raises StoreError: if none is.
        """

    def _see(self, scope: Scope, names: Set[str] | None = None) -> None:
        """Makes sure that all of a scope is in the graph, with these properties of nodes or with
        all of them."""

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]:
        """See :meth:`Store.query`; shortest paths have a call of their own."""
        given = dict(parameters or {})
        text = reading_query(cypher, given)
        if any(token.keyword == "SHORTEST" for token in tokens(text)):
            raise QueryError(
                "SHORTEST is refused in queries, as this engine may crash on it; "
                "use the store's shortest_paths."
            )
        try:
            return self._answer(text, given, limit, timeout)
        except WrongQueryError as error:
            raise QueryError(explained(str(error), text, self.schema)) from None

    def _answer(
        self, cypher: str, parameters: Mapping[str, Any], limit: int | None, timeout: float | None
    ) -> list[dict[str, Any]]:
        if whole := by_identity(cypher):
            with suppress(WrongQueryError):
                return self._with_nodes(
                    self._graph.answer(whole.cypher, parameters, limit, timeout), whole.columns
                )
        return self._graph.answer(cypher, parameters, limit, timeout)

    def _with_nodes(
        self, rows: list[dict[str, Any]], columns: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """The rows with nodes in place of their identities in these columns."""
        nodes = self._nodes_with_ids(
            (row[column][LABEL], row[column][ID])
            for row in rows
            for column in columns
            if row[column][ID] is not None
        )
        return [
            {
                columns.get(name, name): nodes.get(value[ID]) if name in columns else value
                for name, value in row.items()
            }
            for row in rows
        ]

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
        ends = {"source": source, "target": target}
        labels = self._labels_of((source, target))
        if source == target or len(labels) < 2:
            return []
        walk = Walk(frozenset(), frozenset(types), frozenset(), is_directed=True)
        self._see(Scope(frozenset(labels.values()), walks=frozenset([walk])), {"id"})
        # Ends with labels, and nothing read but ids, spare the engine most of its planning.
        walked = (
            f"{_any_of(types)}* ALL SHORTEST 1..{longest:d} (r, n | WHERE true | {{}}, {{n.id}})"
        )
        paths = list(
            self._graph.rows(
                f"MATCH p = (s:{quoted(labels[source])} {{id: $source}})-[{walked}]->"
                f"(t:{quoted(labels[target])} {{id: $target}}) RETURN DISTINCT "
                "properties(nodes(p), 'id') AS ids, properties(nodes(p), '_label') AS labels, "
                f"properties(rels(p), '_label') AS types LIMIT {limit:d}",
                ends,
            )
        )
        nodes = self._nodes_with_ids(
            end for path in paths for end in zip(path["labels"], path["ids"], strict=True)
        )
        return [
            [
                Step(nodes[start], type_, nodes[end])
                for (start, end), type_ in zip(pairwise(path["ids"]), path["types"], strict=True)
            ]
            for path in sorted(paths, key=itemgetter("ids", "types"))
        ]

    def _labels_of(self, ids: Sequence[str]) -> dict[str, str]:
        """The labels of those of these nodes that there are."""
        query = "MATCH (n) WHERE n.id IN $ids RETURN n.id AS id, label(n) AS label"
        rows = self._graph.rows(query, {"ids": [*ids]})
        return {row["id"]: row["label"] for row in rows}

    def _nodes_with_ids(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Node]:
        by_label: dict[str, set[str]] = {}
        for label, id_ in wanted:
            by_label.setdefault(label, set()).add(id_)
        return {
            row["n"].id: row["n"]
            for label, ids in by_label.items()
            for row in self._graph.rows(
                f"UNWIND $ids AS one MATCH (n:{quoted(label)}) WHERE n.id = one RETURN n",
                {"ids": sorted(ids)},
            )
        }

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """See :meth:`Store.nodes`."""
        self._see(Scope(frozenset([label])))
        columns = ", ".join(
            f"n.{quoted(name)} AS {quoted(name)}" for name in self.schema.labels[label]
        )
        return self._graph.rows(f"MATCH (n:{quoted(label)}) RETURN {columns} ORDER BY id")

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """See :meth:`Store.edges`."""
        self._see(Scope(frozenset([pair.source, pair.target]), frozenset([pair])), {"id"})
        columns = self.schema.relationships[pair.rel]
        returned = "".join(f", r.{quoted(name)} AS {quoted(name)}" for name in columns)
        for row in self._graph.rows(
            f"MATCH (s:{quoted(pair.source)})-[r:{quoted(pair.rel)}]->(t:{quoted(pair.target)}) "
            f"RETURN s.id AS `source id`, t.id AS `target id`{returned} "
            "ORDER BY `source id`, `target id`, via"
        ):
            yield row.pop("source id"), row.pop("target id"), row


def open_database(
    file: object, *, read_only: bool, memory: int | None = None
) -> "ladybug.Database":
    """The database in a file, or a new one in memory (``:memory:``)."""
    import ladybug

    # Each COPY would make a checkpoint, which takes most of its time; closing makes one for all.
    return ladybug.Database(
        str(file),
        read_only=read_only,
        buffer_pool_size=memory or 0,
        max_db_size=_ADDRESS_SPACE,
        auto_checkpoint=False,
    )


def _any_of(types: Sequence[str]) -> str:
    return ":" + "|".join(map(quoted, types)) if types else ""


def empty_store() -> StoreError:
    """That nothing was loaded yet."""
    return StoreError("The store is empty; load a scan first.")


@contextmanager
def _translated(timeout: float | None) -> Iterator[None]:
    """Says what went wrong in the words of every store."""
    try:
        yield
    except MemoryError:
        raise OutOfMemoryError from None
    except RuntimeError as error:
        text = str(error)
        if text == "Interrupted.":
            raise _took_too_long(timeout) from None
        if "read-only" in text:
            raise QueryError("The query would change the graph, and Clew only reads it.") from None
        if text.startswith("Buffer manager exception") or "std::bad_alloc" in text:
            raise OutOfMemoryError from None
        text = re.sub(r"^\w+ exception: ", "", re.sub(r" expecting \{.*?\}(?= \()", "", text))
        raise WrongQueryError(text) from None


def _took_too_long(timeout: float | None) -> QueryError:
    return QueryError(f"The query took longer than {timeout:g} seconds.")
