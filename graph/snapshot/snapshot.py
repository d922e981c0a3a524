"""A scan on disk, read table by table when asked."""

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa
from pydantic import ValidationError

from ..model import Coverage, ListingStatus, Status
from ..schema import EdgeType, Schema
from . import older
from .errors import SnapshotError
from .layout import (
    COVERAGE,
    EDGES,
    LISTINGS,
    SCHEMA,
    node_columns,
    nodes_file,
    record_columns,
)
from .manifest import Manifest, prove, prove_no_others, read_document
from .sorted_edges import SortedEdges
from .table_files import TableFiles

R = TypeVar("R", Coverage, ListingStatus)

_SMALL_BYTES = 4_000_000
"""Of a small snapshot's files; a scan of a thousand resources has two million."""


class Edges(Protocol):
    """The edges of a snapshot, in whatever files."""

    @property
    def pairs(self) -> list[EdgeType]:
        """The pairs that have edges, in the order in which they are read best."""

    def count(self, pair: EdgeType) -> int:
        """How many edges a pair has."""

    def of(self, pair: EdgeType, only: Sequence[str] | None = None) -> pa.Table:
        """The edges of a pair, with ``only`` some columns of its type."""


class Snapshot:
    """A scan on disk, read as far as it is asked for."""

    def __init__(
        self, path: Path, manifest: Manifest, written: Schema, current: Schema | None, called: str
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.schema = written.completed(current) if current else written
        self.scope = manifest.scope
        self._written = written
        self._files = TableFiles(path, manifest.files, called)
        is_old = manifest.version == 1
        self._edges: Edges = (older.EdgeFiles if is_old else SortedEdges)(self._files, written)
        self._listings = older.LISTINGS if is_old else LISTINGS

    @classmethod
    def open(cls, path: Path, current: Schema | None = None, called: str = "") -> "Snapshot":
        """The snapshot in a folder, once all its files are proved to be whole.

        What the schema of an older scan does not say yet is taken from ``current``, that of the
        models as they are now. ``called`` is what messages call it, if not by its folder.

        :raises SnapshotError: if there is none, it is damaged, or a newer Clew wrote it.
        """
        called = called or str(path)
        document = read_document(path, called)
        try:
            if document["version"] == 1:
                manifest, written = older.read_manifest(document)
                possible, needed = older.possible_files(written), {COVERAGE, older.LISTINGS}
            else:
                manifest = Manifest.model_validate(document)
                written = _schema_in(path, manifest, called)
                needed = {SCHEMA, EDGES, COVERAGE, LISTINGS}
                possible = {*needed, *map(nodes_file, written.labels)}
        except ValidationError:
            raise SnapshotError.damaged_manifest(called) from None
        rels = {pair.rel for pair in written.pairs}
        if not needed <= manifest.files.keys() <= possible or not rels <= {*written.relationships}:
            raise SnapshotError.damaged_manifest(called)
        for name, checksum in manifest.files.items():
            prove(path, name, checksum, called)
        prove_no_others(path, manifest.files, called)
        return cls(path, manifest, written, current, called)

    @cached_property
    def digest(self) -> str:
        """Identifies the content: the same for two scans that found the same."""
        # The schema of format 1 is in no file.
        schema = [] if SCHEMA in self._files else [self._written.model_dump(mode="json")]
        return sha256(json.dumps([self.manifest.files, *schema]).encode()).hexdigest()

    def nodes(self, label: str, only: Sequence[str] | None = None) -> pa.Table:
        """The nodes of a label, a row each, sorted by id; the columns follow the schema. With
        ``only`` some columns nothing else is read."""
        return self._files.rows(nodes_file(label), node_columns(self.schema, label), only)

    def edges(self, pair: EdgeType, only: Sequence[str] | None = None) -> pa.Table:
        """The edges of a pair: ``source``, ``target`` and the relationship's properties, or
        ``only`` some of these columns."""
        return self._edges.of(pair, only)

    @cached_property
    def is_small(self) -> bool:
        """Whether all of it can be read at once while somebody waits for an answer."""
        files = (self.path / name for name in self.manifest.files)
        return sum(file.stat().st_size for file in files) <= _SMALL_BYTES

    def node_count(self, label: str) -> int:
        """How many nodes a label has."""
        return self._files.count(nodes_file(label))

    def edge_count(self, pair: EdgeType) -> int:
        """How many edges a pair has."""
        return self._edges.count(pair)

    @cached_property
    def labels(self) -> list[str]:
        """Labels that have nodes."""
        return sorted(label for label in self.schema.labels if nodes_file(label) in self._files)

    @cached_property
    def pairs(self) -> list[EdgeType]:
        """Pairs that have edges, in the order in which they are read best."""
        return self._edges.pairs

    @cached_property
    def coverage(self) -> list[Coverage]:
        """How every call of the scan ended."""
        return list(self._records(COVERAGE, Coverage))

    @cached_property
    def reads(self) -> list[ListingStatus]:
        """Which labels were listed whole in which account and region."""
        return list(self._records(self._listings, ListingStatus))

    def _records(self, name: str, kind: type[R]) -> Iterator[R]:
        for row in self._files.rows(name, record_columns(kind)).to_pylist():
            try:
                yield kind(**{**row, "status": Status(row["status"])})
            except ValueError:
                raise self._files.damaged(name) from None


def _schema_in(path: Path, manifest: Manifest, called: str) -> Schema:
    """The schema that a snapshot was written by.

    :raises SnapshotError: if it is not there, or damaged.
    """
    if SCHEMA not in manifest.files:
        raise SnapshotError.damaged_manifest(called)
    prove(path, SCHEMA, manifest.files[SCHEMA], called)
    try:
        return Schema.model_validate_json((path / SCHEMA).read_bytes())
    except ValidationError:
        raise SnapshotError.damaged(called, SCHEMA) from None
