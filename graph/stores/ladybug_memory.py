"""A graph in memory, of what queries name of a snapshot and nothing else.

A table takes a millisecond, and of hundreds a query names a few, as of their dozens of columns. A
node that is returned whole is read from the scan by its id. What names no label is asked of one
table of all nodes (:mod:`.one_table`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from ..schema import Column, EdgeType
from ..snapshot import Snapshot
from .ladybug_engine import LadybugEngine, OpenGraph, empty_store, open_database
from .ladybug_tables import (
    by_type,
    copy_edges,
    copy_nodes,
    create_edges,
    create_nodes,
    prepare,
    quoted,
)
from .named_properties import properties
from .one_table import LABEL, TABLE, in_one_table
from .pattern_scope import Scope, scope_of
from .reading import reading_query, tokens
from .scan_rows import ScanRows
from .store import Node, OutOfMemoryError, Query, StoreError

if TYPE_CHECKING:
    import ladybug


class LadybugInMemory(LadybugEngine):
    """A graph whose labels are read from its snapshot when a query first needs them."""

    def __init__(self, memory: int | None = None) -> None:
        super().__init__(memory, persistent=False)
        self._tables: _Tables | None = None
        self._one_table: _OneTable | None = None
        self._rows: ScanRows | None = None

    def load(self, snapshot: Snapshot) -> None:
        """Takes the snapshot, of which nothing is read yet."""
        self.close()
        self.schema = snapshot.schema
        self._rows = ScanRows(snapshot)
        with _building():
            self._tables = _Tables(snapshot, self._rows, self._memory)
        self._one_table = _OneTable(snapshot, self._rows, self._memory)

    @property
    def _graph(self) -> OpenGraph:
        if self._tables is None:
            raise empty_store()
        return self._tables.graph

    def _see(self, scope: Scope, names: Set[str] | None = None) -> None:
        if self._tables is None:
            raise empty_store()
        self._tables.add([_Need(scope, names)])

    def prepare(self, queries: Iterable[Query]) -> None:
        """See :meth:`Store.prepare`."""
        self._prepared([reading_query(cypher, dict(given)) for cypher, given in queries])

    def _answer(
        self, cypher: str, parameters: Mapping[str, Any], limit: int | None, timeout: float | None
    ) -> list[dict[str, Any]]:
        (asked,) = self._prepared([cypher])
        if asked is None:
            return super()._answer(cypher, parameters, limit, timeout)
        return asked.graph.answer(asked.cypher, parameters, limit, timeout, cypher)

    def _prepared(self, queries: Iterable[str]) -> "list[_AskedOfOneTable | None]":
        """Reads all that queries can meet; each as it is for one table, if that is where it is to
        be asked."""
        if self._tables is None or self._one_table is None:
            raise empty_store()
        asked: list[_AskedOfOneTable | None] = []
        needs = []
        for cypher in queries:
            found = list(tokens(cypher))
            scope = scope_of(found)
            if scope is None and (one := in_one_table(cypher, self.schema)):
                graph = self._one_table.with_columns(one.columns, walks=one.walks)
                asked.append(_AskedOfOneTable(graph, one.cypher))
            else:
                needs.append(_Need(scope, properties(found)))
                asked.append(None)
        self._tables.add(needs)
        return asked

    def _labels_of(self, ids: Sequence[str]) -> dict[str, str]:
        if self._one_table is None:
            raise empty_store()
        return self._one_table.labels_of(ids)

    def _nodes_with_ids(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Node]:
        if self._rows is None:
            raise empty_store()
        return {id_: self._rows.node(label, id_) for label, id_ in wanted}

    def close(self) -> None:
        """Frees the memory."""
        if self._tables is not None:
            self._tables.close()
        if self._one_table is not None:
            self._one_table.close()
        self._tables = self._one_table = self._rows = None


class _AskedOfOneTable(NamedTuple):
    graph: OpenGraph
    cypher: str


class _Need(NamedTuple):
    """What a query needs to be there."""

    scope: Scope | None
    """What it can meet; everything if that is not known."""
    names: Set[str] | None
    """What may be properties of nodes in it; all of them if that is not known."""


class _Tables:
    """A table for each label and each relationship type, of those that were named."""

    def __init__(self, snapshot: Snapshot, rows: ScanRows, memory: int | None) -> None:
        self._snapshot = snapshot
        self._rows = rows
        self._memory = memory
        self._schema = snapshot.schema
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        """Begins with nothing; who still asks the graph before keeps it."""
        self.graph = OpenGraph(_new_database(self._memory), self._schema, self._node)
        self._columns: dict[str, Set[str]] = {}
        self._types: set[str] = set()
        self._pairs: set[EdgeType] = set()

    def _node(self, label: str, properties: Mapping[str, Any]) -> Node:
        return self._rows.node(label, properties["id"])

    def add(self, needs: Iterable[_Need]) -> None:
        """Adds all that some queries need."""
        columns: dict[str, Set[str]] = {}
        types, pairs = set[str](), set[EdgeType]()
        with self._lock:
            for need in needs:
                self._add_need(need, columns, types, pairs)
            lacking = {
                label
                for label in columns.keys() & self._columns.keys()
                if not columns[label] <= self._columns[label]
            }
            try:
                with _building():
                    if lacking:
                        self._begin_with(lacking, columns, types, pairs)
                    new = {name: columns[name] for name in columns.keys() - self._columns.keys()}
                    self._add(new, types - self._types, pairs - self._pairs)
            except BaseException:
                # A table that was not filled would look as if there were nothing.
                self._begin()
                raise

    def close(self) -> None:
        """Frees the memory."""
        self.graph.close()

    def _add_need(
        self,
        need: _Need,
        columns: dict[str, Set[str]],
        types: set[str],
        pairs: set[EdgeType],
    ) -> None:
        """Adds what a query needs to what others do: the columns of labels, the types of edges, and
        the pairs that they join."""
        schema, scope = self._schema, need.scope
        met = {*schema.pairs} if scope is None else scope.of(schema.pairs)
        labels = schema.labels.keys() & (schema.labels if scope is None else scope.labels)
        labels |= {end for pair in met for end in (pair.source, pair.target)}
        types |= schema.relationships.keys() & (
            schema.relationships if scope is None else scope.types
        )
        types |= {pair.rel for pair in met}
        pairs |= met
        for label in labels:
            columns[label] = columns.get(label, frozenset()) | self._named(label, need.names)
        for label, some in self._with_properties(need.names or (), columns).items():
            columns[label] = columns.get(label, frozenset()) | some
        if types and not columns:
            columns[min(schema.labels)] = {"id"}  # a relationship type joins some label

    def _named(self, label: str, names: Set[str] | None) -> Set[str]:
        """Those of a label's columns that have one of some names, all without names."""
        own = self._schema.labels[label].keys()
        return {*own} if names is None else {"id"} | (own & names)

    def _with_properties(
        self, names: Iterable[str], columns: Mapping[str, Set[str]]
    ) -> dict[str, Set[str]]:
        """Labels that have those of some properties that these and what is there have not: the
        engine knows only the properties of its tables."""
        there = (*self._columns.values(), *columns.values())
        unknown = {*names}.difference(*there)
        found: dict[str, Set[str]] = {}
        for label, own in self._schema.labels.items():
            if unknown and (new := own.keys() & unknown):
                found[label] = {"id"} | new
                unknown -= new
        return found

    def _begin_with(
        self,
        lacking: Iterable[str],
        columns: dict[str, Set[str]],
        types: set[str],
        pairs: set[EdgeType],
    ) -> None:
        """Begins anew with all that was there: a table gets no further columns. What lacked some
        has all of them from now on."""
        for label, some in self._columns.items():
            columns[label] = columns.get(label, frozenset()) | some
        columns.update((label, self._named(label, None)) for label in lacking)
        types |= self._types
        pairs |= self._pairs
        self._begin()

    def _add(
        self,
        columns: Mapping[str, Set[str]],
        types: Collection[str],
        pairs: Collection[EdgeType],
    ) -> None:
        if not (columns or types or pairs):
            return
        joined = {**dict.fromkeys(types, ()), **by_type(sorted(pairs))}
        declared = {
            label: {name: kind for name, kind in own.items() if name in columns[label]}
            for label, own in self._schema.labels.items()
            if label in columns
        }
        with _connected(self.graph.database) as connection:
            connection.execute("BEGIN TRANSACTION")
            for label, own in declared.items():
                create_nodes(connection, label, own)
            self._columns.update(columns)
            for rel, some in joined.items():
                self._join(connection, rel, some)
            connection.execute("COMMIT")
            for label, own in declared.items():
                copy_nodes(connection, label, self._snapshot.nodes(label, list(own)))
            for pair in self._snapshot.pairs:
                if pair in pairs:
                    copy_edges(connection, pair, self._snapshot.edges(pair))
        self._types.update(types)
        self._pairs.update(pairs)

    def _join(self, connection: "ladybug.Connection", rel: str, pairs: Sequence[EdgeType]) -> None:
        """Makes a relationship type join these labels, and some in any case."""
        if rel in self._types:
            for pair in pairs:
                connection.execute(
                    f"ALTER TABLE {quoted(rel)} ADD IF NOT EXISTS "
                    f"FROM {quoted(pair.source)} TO {quoted(pair.target)}"
                )
        else:
            any_label = min(self._columns)
            some = pairs or [EdgeType(any_label, rel, any_label)]
            create_edges(connection, rel, some, self._schema.relationships[rel])


class _OneTable:
    """All nodes in one table, with those of their properties that were named."""

    def __init__(self, snapshot: Snapshot, rows: ScanRows, memory: int | None) -> None:
        self._snapshot = snapshot
        self._rows = rows
        self._memory = memory
        self._made: list[_Made] = []
        self._lock = Lock()

    def with_columns(self, columns: Mapping[str, Column], *, walks: bool) -> OpenGraph:
        """A graph that has these properties, and if a query ``walks`` all edges."""
        with self._lock:
            for made in self._made:
                if columns.keys() <= made.columns.keys() and made.has_edges >= walks:
                    return made.graph
            wanted = {name: kind for made in self._made for name, kind in made.columns.items()}
            wanted |= columns
            with _building():
                made = _Made(self._graph(wanted, walks=walks), wanted, walks)
            self._made.append(made)
            return made.graph

    def labels_of(self, ids: Sequence[str]) -> dict[str, str]:
        """The labels of those of these nodes that there are."""
        query = f"MATCH (n) WHERE n.id IN $ids RETURN n.id AS id, n.{quoted(LABEL)} AS label"
        graph = self.with_columns({"id": Column.STRING}, walks=False)
        return {row["id"]: row["label"] for row in graph.rows(query, {"ids": [*ids]})}

    def close(self) -> None:
        """Frees the memory."""
        for each in self._made:
            each.graph.close()

    def _graph(self, columns: Mapping[str, Column], *, walks: bool) -> OpenGraph:
        snapshot, schema = self._snapshot, self._snapshot.schema
        relationships = schema.relationships if walks else {}
        graph = OpenGraph(_new_database(self._memory), schema, self._node)
        with _connected(graph.database) as connection:
            connection.execute("BEGIN TRANSACTION")
            create_nodes(connection, TABLE, {**columns, LABEL: Column.STRING})
            for rel, properties in relationships.items():
                create_edges(connection, rel, [EdgeType(TABLE, rel, TABLE)], properties)
            connection.execute("COMMIT")
            copy_nodes(connection, TABLE, self._rows.table(columns))
            for rel, pairs in by_type(snapshot.pairs).items() if walks else ():
                edges = pa.concat_tables(map(snapshot.edges, pairs))
                copy_edges(connection, EdgeType(TABLE, rel, TABLE), edges)
        return graph

    def _node(self, _: str, properties: Mapping[str, Any]) -> Node:
        return self._rows.node(properties[LABEL], properties["id"])


class _Made(NamedTuple):
    """A graph of one table, and what it holds."""

    graph: OpenGraph
    columns: Mapping[str, Column]
    has_edges: bool


@contextmanager
def _building() -> Iterator[None]:
    """Says why a graph cannot be made."""
    try:
        yield
    except RuntimeError as error:
        text = str(error)
        if text.startswith("Buffer manager exception") or "std::bad_alloc" in text:
            raise OutOfMemoryError from None
        raise StoreError(f"The graph cannot be built in memory: {text}") from error


def _new_database(memory: int | None) -> "ladybug.Database":
    database = open_database(":memory:", read_only=False, memory=memory)
    with _connected(database) as connection:
        prepare(connection)
    return database


@contextmanager
def _connected(database: "ladybug.Database") -> "Iterator[ladybug.Connection]":
    import ladybug

    with ladybug.Connection(database) as connection:
        yield connection
