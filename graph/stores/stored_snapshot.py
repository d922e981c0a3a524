"""A scan that was loaded into a server: read from there, label by label."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import finalize

import pyarrow as pa

from ..schema import EdgeType, Schema
from ..snapshot import Snapshot
from ..snapshot.layout import edge_columns, in_order, node_columns
from ..snapshot.table_files import select
from ..snapshot.tables import tables
from .neo4j import Neo4jStore


class StoredSnapshot(Snapshot):
    """A scan that a database holds; nothing of it is on disk here. What was read of it stays in
    memory.

    What it could not read is known from the record that was loaded with it.
    """

    def __init__(self, connect: Callable[[], Neo4jStore], uri: str, current: Schema | None) -> None:
        """Connects to the database, and again for each :attr:`connect`.

        :raises StoreError: if it cannot be reached, or holds no whole scan.
        """
        self._store = connect()
        finalize(self, self._store.close)
        record = self._store.record()
        super().__init__(Path(uri), record.manifest, record.schema, current, uri)
        self._connect = connect
        self._record = record
        self._tables: dict[str, pa.Table] = {}
        self._edges_of: dict[str, dict[EdgeType, pa.Table]] = {}

    def connect(self) -> Neo4jStore:
        """The database, for a caller who queries it and closes the connection.

        :raises StoreError: if it holds another scan by now.
        """
        store = self._connect()
        try:
            store.expect(self._record.digest)
        except BaseException:
            store.close()
            raise
        store.schema = self.schema
        return store

    def nodes(self, label: str, only: Sequence[str] | None = None) -> pa.Table:
        """The nodes of a label, as those of a snapshot on disk."""
        columns = node_columns(self.schema, label)
        if not self.node_count(label):
            return select(columns, only).empty_table()
        if label not in self._tables:
            self._tables[label] = _table(self._store.nodes(label), columns)
        table = self._tables[label]
        return table if only is None else table.select(list(only))

    def edges(self, pair: EdgeType, only: Sequence[str] | None = None) -> pa.Table:
        """The edges of a pair, as those of a snapshot on disk."""
        if pair.rel not in self._edges_of:
            self._edges_of[pair.rel] = self._read_edges(pair.rel)
        table = self._edges_of[pair.rel].get(pair)
        if table is None:
            return select(edge_columns(self.schema, pair.rel), only).empty_table()
        return table if only is None else table.select(list(only))

    def _read_edges(self, rel: str) -> dict[EdgeType, pa.Table]:
        """The edges of a type by pair: a query for each pair would take the server far longer."""
        rows: dict[EdgeType, list[dict[str, Any]]] = defaultdict(list)
        if any(pair.rel == rel for pair in self._edge_counts):
            for pair, source, target, properties in self._store.edges_of(rel):
                rows[pair].append({"source": source, "target": target, **properties})
        columns = edge_columns(self.schema, rel)
        return {pair: _table(rows[pair], columns) for pair in sorted(rows)}

    @cached_property
    def is_small(self) -> bool:
        """Never: what is not needed is not asked of a server."""
        return False

    def node_count(self, label: str) -> int:
        """How many nodes a label has."""
        return self._node_counts.get(label, 0)

    def edge_count(self, pair: EdgeType) -> int:
        """How many edges a pair has."""
        return self._edge_counts.get(pair, 0)

    @cached_property
    def digest(self) -> str:
        """Identifies the content: that of the snapshot that was loaded."""
        return self._record.digest

    @cached_property
    def labels(self) -> list[str]:
        """Labels that have nodes."""
        return sorted(self._node_counts)

    @cached_property
    def pairs(self) -> list[EdgeType]:
        """Pairs that have edges."""
        return sorted(self._edge_counts, key=in_order)

    @cached_property
    def coverage(self) -> list[Any]:
        """How every call of the scan ended."""
        return self._record.coverage

    @cached_property
    def reads(self) -> list[Any]:
        """Which labels were listed whole in which account and region."""
        return self._record.reads

    @cached_property
    def _node_counts(self) -> dict[str, int]:
        return self._store.node_counts()

    @cached_property
    def _edge_counts(self) -> dict[EdgeType, int]:
        return self._store.edge_counts()


def _table(rows: Iterable[dict[str, Any]], columns: pa.Schema) -> pa.Table:
    parts = list(tables(rows, columns))
    return pa.concat_tables(parts) if parts else columns.empty_table()
