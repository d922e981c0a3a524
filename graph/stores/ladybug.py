"""LadybugDB, the embedded engine.

Its file is a cache of a snapshot, which can be deleted at any time.

Where its answers differ from Neo4j's, a query must be written so that it does not matter: two
relationships of one MATCH may be the same edge, ``*1..n`` may walk an edge twice, list indexes
begin at 1, and rows for which ``COUNT { … }`` is zero are lost unless the query reads some
property of the node outside.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from hashlib import file_digest
from itertools import pairwise
from operator import itemgetter
from pathlib import Path as FilePath
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from ..cache import cache_root
from ..child_process import ChildDiedError, in_child
from ..lock import holding
from ..owner_only import owner_only
from ..schema import Column, EdgeType, Schema
from ..snapshot import Snapshot
from .headings import headings
from .ordering import ordered_by_columns
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

_KEPT = 4
"""How many graphs stay in the cache."""
_LOCK = ".lock"
"""The file in the cache that stands for building a graph."""
_ABANDONED_SECONDS = 24 * 3600
"""After which a half-built graph belongs to a process that is gone."""
_ADDRESS_SPACE = 1 << 38
"""Bytes of address space for a graph; the engine's default of 8 TiB lets few be open at once."""
_MACROS = {
    "type(r)": "label(r)",
    "split(text, by)": "string_split(text, by)",
    "toString(value)": "CAST(value, 'STRING')",
    "toInteger(value)": "CAST(value, 'INT64')",
}
"""Functions that Cypher has and this engine names in another way."""


def open_embedded(
    snapshot: Snapshot, cache: FilePath | None = None, memory: int | None = None
) -> Store:
    """The embedded store with a snapshot in it; see :class:`LadybugStore`."""
    store = LadybugStore(cache, memory)
    store.load(snapshot)
    return store


def cache_folder() -> FilePath:
    """Where graphs are kept."""
    return cache_root() / "graphs"


class WrongQueryError(QueryError):
    """The engine does not take a query."""


class LadybugStore(Store):
    """A graph in a file of its own for each snapshot, opened read-only.

    The file is built beside its place and renamed into it, so that processes never meet in one.
    ``memory`` is how many bytes the engine may use for its pages and what it works out; lists and
    texts that a query makes come on top (:mod:`..child_process` bounds them).
    """

    def __init__(self, cache: FilePath | None = None, memory: int | None = None) -> None:
        import ladybug

        self.capabilities = Capabilities(
            engine=f"LadybugDB {ladybug.__version__}",
            served=False,
            persistent=True,
            concurrent_writers=True,
        )
        self.schema = Schema(labels={}, relationships={}, pairs=[])
        self._cache = cache
        self._memory = memory
        self._database: ladybug.Database | None = None

    def load(self, snapshot: Snapshot) -> None:
        """Opens the snapshot's graph, which is built first if the cache lacks it or holds it
        damaged."""
        import ladybug

        self.close()
        cache = self._cache or cache_folder()
        folder = cache / f"{snapshot.digest[:32]}-{ladybug.__version__}"
        try:
            if not _is_whole(folder):
                _build(folder, snapshot)
            with suppress(OSError):  # a cache may be there to be read only
                os.utime(folder)
            self._database = _open(folder / "graph.lbug", read_only=True, memory=self._memory)
        except OSError as error:
            raise StoreError(
                f"The graph cannot be written to {cache} ({error.strerror}); "
                "set CLEW_CACHE_DIR to a folder with space that you may write to."
            ) from error
        except ChildDiedError as error:
            raise StoreError(
                f"The graph cannot be built in {cache}: the engine ended without a word, as it "
                "does where a file cannot grow; set CLEW_CACHE_DIR to a folder with space."
            ) from error
        except RuntimeError as error:
            raise StoreError(f"The graph cannot be built in {cache}: {error}") from error
        self.schema = snapshot.schema
        _prune(cache, keep=folder)

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
        if whole := by_identity(text):
            with suppress(WrongQueryError):
                return self._with_nodes(
                    self._ordered(whole.cypher, given, limit, timeout), whole.columns
                )
        try:
            return self._ordered(text, given, limit, timeout)
        except WrongQueryError as error:
            raise QueryError(explained(str(error), text, self.schema)) from None

    def _ordered(
        self,
        cypher: str,
        parameters: Mapping[str, Any],
        limit: int | None,
        timeout: float | None,
    ) -> list[dict[str, Any]]:
        text, columns = ordered_by_columns(cypher)
        rows = list(self._rows(text, parameters, limit, timeout))
        names = headings(cypher, [columns.get(name, name) for name in rows[0]]) if rows else []
        return [dict(zip(names, row.values(), strict=True)) for row in rows]

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
        labels = {
            row["id"]: row["label"]
            for row in self._rows(
                "MATCH (n) WHERE n.id = $source OR n.id = $target "
                "RETURN n.id AS id, label(n) AS label",
                ends,
            )
        }
        if source == target or len(labels) < 2:
            return []
        # Ends with labels, and nothing read but ids, spare the engine most of its planning.
        walked = (
            f"{_any_of(types)}* ALL SHORTEST 1..{longest:d} (r, n | WHERE true | {{}}, {{n.id}})"
        )
        paths = list(
            self._rows(
                f"MATCH p = (s:{_quoted(labels[source])} {{id: $source}})-[{walked}]->"
                f"(t:{_quoted(labels[target])} {{id: $target}}) RETURN DISTINCT "
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

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """See :meth:`Store.nodes`."""
        columns = ", ".join(
            f"n.{_quoted(name)} AS {_quoted(name)}" for name in self.schema.labels[label]
        )
        return self._rows(f"MATCH (n:{_quoted(label)}) RETURN {columns} ORDER BY id")

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """See :meth:`Store.edges`."""
        columns = self.schema.relationships[pair.rel]
        returned = "".join(f", r.{_quoted(name)} AS {_quoted(name)}" for name in columns)
        for row in self._rows(
            f"MATCH (s:{_quoted(pair.source)})-[r:{_quoted(pair.rel)}]->(t:{_quoted(pair.target)}) "
            f"RETURN s.id AS `source id`, t.id AS `target id`{returned} "
            "ORDER BY `source id`, `target id`, via"
        ):
            yield row.pop("source id"), row.pop("target id"), row

    def close(self) -> None:
        """Closes the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _rows(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[dict[str, Any]]:
        import ladybug

        if self._database is None:
            raise StoreError("The store is empty; load a scan first.")
        deadline = None if timeout is None else time.monotonic() + timeout
        # A connection of its own, so that threads share neither time limits nor results.
        with ladybug.Connection(self._database) as connection, _translated(timeout):
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

    def _nodes_with_ids(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Node]:
        by_label: dict[str, set[str]] = {}
        for label, id_ in wanted:
            by_label.setdefault(label, set()).add(id_)
        return {
            row["n"].id: row["n"]
            for label, ids in by_label.items()
            for row in self._rows(
                f"UNWIND $ids AS one MATCH (n:{_quoted(label)}) WHERE n.id = one RETURN n",
                {"ids": sorted(ids)},
            )
        }

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
            columns = self.schema.relationships[label]
            return Relationship(label, {name: value.get(name) for name in columns})
        return Node(label, {name: value.get(name) for name in self.schema.labels[label]})


def _open(file: FilePath, *, read_only: bool, memory: int | None = None) -> "ladybug.Database":
    import ladybug

    # Each COPY would make a checkpoint, which takes most of its time; closing makes one for all.
    return ladybug.Database(
        file,
        read_only=read_only,
        buffer_pool_size=memory or 0,
        max_db_size=_ADDRESS_SPACE,
        auto_checkpoint=False,
    )


def _is_whole(folder: FilePath) -> bool:
    try:
        return (folder / "checksum").read_text() == _checksum(folder / "graph.lbug")
    except (OSError, UnicodeDecodeError):
        return False


def _checksum(file: FilePath) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _build(folder: FilePath, snapshot: Snapshot) -> None:
    """Makes the graph of a snapshot, unless another process has just made it."""
    with owner_only():
        folder.parent.mkdir(parents=True, exist_ok=True)
    with holding(folder.parent / _LOCK, wait=True):
        if not _is_whole(folder):
            _build_alone(folder, snapshot)


def _build_alone(folder: FilePath, snapshot: Snapshot) -> None:
    beside = FilePath(mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        in_child(lambda: _fill(beside, snapshot))
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _fill(folder: FilePath, snapshot: Snapshot) -> None:
    """Writes the files of a graph."""
    file = folder / "graph.lbug"
    with owner_only():
        database = _open(file, read_only=False)
        try:
            _create(database, snapshot.schema)
            _copy(database, snapshot)
        finally:
            database.close()
        (folder / "checksum").write_text(_checksum(file))


def _create(database: "ladybug.Database", schema: Schema) -> None:
    import ladybug

    with ladybug.Connection(database) as connection:
        # An index takes some megabytes of memory for each table, however small; finding a node by
        # its id among 25,000 without one takes 3 ms.
        connection.execute("CALL enable_default_hash_index = false")
        connection.execute("BEGIN TRANSACTION")
        for label, columns in schema.labels.items():
            connection.execute(
                f"CREATE NODE TABLE {_quoted(label)} ({_declared(columns)}, PRIMARY KEY (id))"
            )
        for rel, pairs in _by_type(schema).items():
            joined = ", ".join(
                f"FROM {_quoted(pair.source)} TO {_quoted(pair.target)}" for pair in pairs
            )
            columns = schema.relationships[rel]
            connection.execute(f"CREATE REL TABLE {_quoted(rel)} ({joined}, {_declared(columns)})")
        for function, meaning in _MACROS.items():
            connection.execute(f"CREATE MACRO {function} AS {meaning}")
        connection.execute("COMMIT")


def _by_type(schema: Schema) -> dict[str, list[EdgeType]]:
    """The pairs of every relationship type; a type without any gets one, as tables need it."""
    by_type: dict[str, list[EdgeType]] = {}
    for pair in schema.pairs:
        by_type.setdefault(pair.rel, []).append(pair)
    any_label = next(iter(schema.labels))
    return {
        rel: by_type.get(rel) or [EdgeType(any_label, rel, any_label)]
        for rel in schema.relationships
    }


def _copy(database: "ladybug.Database", snapshot: Snapshot) -> None:
    import ladybug

    def copy(into: str, rows: Any, between: str = "") -> None:
        # A connection keeps the tables that it has read alive.
        with ladybug.Connection(database) as connection:
            connection.execute(f"COPY {_quoted(into)} FROM $rows {between}", {"rows": rows})

    for label in snapshot.labels:
        copy(label, snapshot.nodes(label))
    for pair in snapshot.pairs:
        copy(pair.rel, snapshot.edges(pair), f"(from = '{pair.source}', to = '{pair.target}')")


def _prune(cache: FilePath, keep: FilePath) -> None:
    """Removes graphs that were not opened for long; one that is in use stays readable."""
    with suppress(OSError):
        now = time.time()
        built = []
        for folder in cache.iterdir():
            used = folder.stat().st_mtime
            if folder.name == _LOCK:
                continue
            if not folder.name.startswith(".new-"):
                built.append((used, folder))
            elif now - used > _ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        for _, folder in sorted(built, reverse=True)[_KEPT:]:
            if folder != keep:
                shutil.rmtree(folder, ignore_errors=True)


def _declared(columns: Mapping[str, Column]) -> str:
    return ", ".join(f"{_quoted(name)} {column}" for name, column in columns.items())


def _quoted(name: str) -> str:
    return f"`{name}`"


def _any_of(types: Sequence[str]) -> str:
    return ":" + "|".join(map(_quoted, types)) if types else ""


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
