"""One scan as one folder: typed Parquet for each label and pair, coverage, and a manifest.

The folder is written beside its place and renamed into it, so that it is there whole or not at
all; only its owner may read it. The manifest holds a checksum of every file.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from .linking import Edge, ResourceGraph
from .model import Coverage, ListingStatus, Resource, Scope, Status
from .owner_only import owner_only
from .schema import VERSION, Column, EdgeType, Schema

R = TypeVar("R", Coverage, ListingStatus)

_TYPES = {
    Column.STRING: pa.string(),
    Column.INT64: pa.int64(),
    Column.DOUBLE: pa.float64(),
    Column.BOOL: pa.bool_(),
    Column.STRINGS: pa.list_(pa.string()),
    Column.INTS: pa.list_(pa.int64()),
}


_ROWS_AT_ONCE = 20_000
"""How many rows are in memory as Python objects while a file is written."""


class SnapshotError(Exception):
    """A snapshot cannot be read; the message says why and what to do."""


class Manifest(BaseModel):
    """What a snapshot's folder holds."""

    version: int
    started: datetime
    finished: datetime
    scope: Scope
    schema_: Schema
    files: dict[str, str]
    """SHA-256 of every other file, by its path in the folder."""


class Snapshot:
    """A scan on disk, read file by file when asked."""

    def __init__(self, path: Path, manifest: Manifest, current: Schema | None = None) -> None:
        self.path = path
        self.manifest = manifest
        self.schema = manifest.schema_.completed(current) if current else manifest.schema_
        self.scope = manifest.scope

    @classmethod
    def open(cls, path: Path, current: Schema | None = None) -> "Snapshot":
        """The snapshot in a folder, once all its files are proved to be whole.

        What the schema of an older scan does not say yet is taken from ``current``, that of the
        models as they are now.

        :raises SnapshotError: if there is none, it is damaged, or a newer Clew wrote it.
        """
        try:
            document = json.loads((path / "manifest.json").read_bytes())
            version = document["version"]
        except (FileNotFoundError, NotADirectoryError):
            raise SnapshotError(f"There is no scan at {path}.") from None
        except (ValueError, KeyError, TypeError, UnicodeDecodeError):
            raise SnapshotError(f"{path / 'manifest.json'} is damaged; scan again.") from None
        if type(version) is not int or version < 1:
            raise SnapshotError(f"{path / 'manifest.json'} is damaged; scan again.")
        if version > VERSION:
            raise SnapshotError(
                f"The scan at {path} has schema {version}, this Clew reads up to {VERSION}; "
                "upgrade with: pip install -U clew"
            )
        try:
            manifest = Manifest.model_validate(document)
        except ValidationError:
            raise SnapshotError(f"{path / 'manifest.json'} is damaged; scan again.") from None
        _prove(path, manifest)
        return cls(path, manifest, current)

    @property
    def digest(self) -> str:
        """Identifies the content: the same for two scans that found the same."""
        content = json.dumps([self.manifest.files, self.manifest.schema_.model_dump(mode="json")])
        return sha256(content.encode()).hexdigest()

    def nodes(self, label: str) -> pa.Table:
        """The nodes of a label, a row each, sorted by id; the columns follow the schema."""
        name = _nodes_file(label)
        return self._table(name, _node_schema(self._schema_of(name), label))

    def edges(self, pair: EdgeType) -> pa.Table:
        """The edges of a pair: ``source``, ``target`` and the relationship's properties."""
        name = _edges_file(pair)
        return self._table(name, _edge_schema(self._schema_of(name), pair.rel))

    @cached_property
    def labels(self) -> list[str]:
        """Labels that have nodes."""
        files = {_nodes_file(label): label for label in self.manifest.schema_.labels}
        return sorted(files[name] for name in self.manifest.files if name in files)

    @cached_property
    def pairs(self) -> list[EdgeType]:
        """Pairs that have edges."""
        files = {_edges_file(pair): pair for pair in self.manifest.schema_.pairs}
        return sorted(files[name] for name in self.manifest.files if name in files)

    @cached_property
    def coverage(self) -> list[Coverage]:
        """How every call of the scan ended."""
        return self._records(_COVERAGE, Coverage)

    @cached_property
    def reads(self) -> list[ListingStatus]:
        """Which labels were listed whole in which account and region."""
        return self._records(_READS, ListingStatus)

    def _schema_of(self, name: str) -> Schema:
        """The schema that a file was written by; for one that there is not, that of today."""
        return self.manifest.schema_ if name in self.manifest.files else self.schema

    def _records(self, name: str, kind: type[R]) -> list[R]:
        rows = self._table(name, _records_schema(kind)).to_pylist()
        try:
            return [kind(**{**row, "status": Status(row["status"])}) for row in rows]
        except ValueError:
            raise self._damaged(name) from None

    def _table(self, name: str, schema: pa.Schema) -> pa.Table:
        """The rows of a file, none if the scan has no such file.

        :raises SnapshotError: if it is not as the schema says.
        """
        if name not in self.manifest.files:
            return schema.empty_table()
        try:
            table = pq.read_table(self.path / name)
            table.validate(full=True)
        except (pa.ArrowException, OSError, ValueError):
            raise self._damaged(name) from None
        if not table.schema.equals(schema):
            raise self._damaged(name)
        return table

    def _damaged(self, name: str) -> SnapshotError:
        return SnapshotError(
            f"The scan at {self.path} is damaged: {name} is not what was written; scan again."
        )


_COVERAGE, _READS = "coverage.parquet", "reads.parquet"


def _nodes_file(label: str) -> str:
    return f"nodes/{label}.parquet"


def _edges_file(pair: EdgeType) -> str:
    return f"edges/{'-'.join(pair)}.parquet"


def _prove(path: Path, manifest: Manifest) -> None:
    """Proves that a folder holds the files of a manifest as they were written, and no others.

    :raises SnapshotError: if it does not.
    """
    schema, files = manifest.schema_, manifest.files
    known = {_COVERAGE, _READS, *map(_nodes_file, schema.labels), *map(_edges_file, schema.pairs)}
    rels = {pair.rel for pair in schema.pairs}
    if not {_COVERAGE, _READS} <= files.keys() <= known or not rels <= schema.relationships.keys():
        raise SnapshotError(f"{path / 'manifest.json'} is damaged; scan again.")
    for name, checksum in files.items():
        try:
            actual = _checksum(path / name)
        except FileNotFoundError:
            raise SnapshotError(f"The scan at {path} lacks {name}; scan again.") from None
        if actual != checksum:
            raise SnapshotError(
                f"The scan at {path} is damaged: {name} is not what was written; scan again."
            )
    found = {file.relative_to(path).as_posix() for file in path.rglob("*.parquet")}
    if foreign := sorted(found - files.keys()):
        raise SnapshotError(
            f"The scan at {path} is damaged: {foreign[0]} is not in its manifest; scan again."
        )


def check_place(path: Path) -> None:
    """Lets only a place pass where a snapshot may be written: nobody's files are replaced.

    :raises SnapshotError: if there is something that is neither a snapshot nor an empty folder.
    """
    if path.is_dir():
        if (path / "manifest.json").exists() or not any(path.iterdir()):
            return
    elif not path.exists():
        return
    raise SnapshotError(f"{path} is there already and is no scan; choose another folder.")


def write(
    path: Path,
    graph: ResourceGraph,
    schema: Schema,
    *,
    scope: Scope,
    coverage: Iterable[Coverage],
    reads: Iterable[ListingStatus],
    started: datetime,
    finished: datetime,
) -> Snapshot:
    """Writes a snapshot and opens it; a snapshot that is there already is replaced.

    Rows are sorted, so that the same findings give the same files.

    :raises SnapshotError: if there is something else already.
    """
    check_place(path)
    schema = schema.joining(graph.edges)
    with owner_only(), _put_in_place(path.resolve()) as beside:
        _write_tables(beside, graph, schema, coverage, reads)
        files = {
            file.relative_to(beside).as_posix(): _checksum(file)
            for file in sorted(beside.rglob("*"))
            if file.is_file()
        }
        manifest = Manifest(
            version=VERSION,
            started=started,
            finished=finished,
            scope=scope,
            schema_=schema,
            files=files,
        )
        (beside / "manifest.json").write_text(manifest.model_dump_json(indent=1), "utf-8")
    return Snapshot(path, manifest)


@contextmanager
def _put_in_place(place: Path) -> Iterator[Path]:
    """A new folder beside a place, which is moved there once it is filled."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield beside
        _sync(beside)
        _move(beside, place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _move(new: Path, place: Path) -> None:
    """Puts a folder in place; what was there is whole until it is there."""
    if not place.exists():
        new.rename(place)
        return
    aside = Path(mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    old = place.rename(aside / "replaced")
    try:
        new.rename(place)
    except BaseException:
        old.rename(place)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_tables(
    folder: Path,
    graph: ResourceGraph,
    schema: Schema,
    coverage: Iterable[Coverage],
    reads: Iterable[ListingStatus],
) -> None:
    (folder / "nodes").mkdir()
    (folder / "edges").mkdir()
    by_label: dict[str, list[Resource]] = {}
    for node in graph.nodes.values():
        by_label.setdefault(node.label, []).append(node)
    for label, nodes in by_label.items():
        nodes.sort(key=lambda node: node.id)
        rows = ({"provider": node.provider, **node.__dict__} for node in nodes)
        _write(folder / _nodes_file(label), rows, _node_schema(schema, label))
    for pair, edges in graph.edges.items():
        _write(
            folder / _edges_file(pair),
            _edge_rows(edges, schema.relationships[pair.rel]),
            _edge_schema(schema, pair.rel),
        )
    _write_records(folder / _COVERAGE, Coverage, coverage)
    _write_records(folder / _READS, ListingStatus, reads)


def _edge_rows(edges: Sequence[Edge], columns: Mapping[str, Column]) -> Iterator[dict[str, Any]]:
    def order(edge: Edge) -> tuple[str, ...]:
        return edge.source, edge.target, *(repr(edge.properties.get(name)) for name in columns)

    for edge in sorted(edges, key=order):
        yield {"source": edge.source, "target": edge.target, **edge.properties}


def _write(path: Path, rows: Iterator[Mapping[str, Any]], schema: pa.Schema) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            writer.write_table(_table_of(some, schema))


def _table_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """The rows as a table. What no engine can hold does not lose the others: half a surrogate pair
    in a text is spelled out, and a number without bounds is unread."""
    try:
        table = pa.Table.from_pylist(rows, schema)
    except (UnicodeEncodeError, OverflowError, pa.ArrowInvalid):
        held = [{name: _held(value) for name, value in row.items()} for row in rows]
        table = pa.Table.from_pylist(held, schema)
    for index, kind in enumerate(schema):
        if kind.type == pa.float64():
            column = table.column(index)
            finite = pc.if_else(pc.is_finite(column), column, pa.scalar(None, pa.float64()))
            table = table.set_column(index, kind, finite)
    return table


def _held(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -(1 << 63) <= value < 1 << 63 else None
    if isinstance(value, list):
        held = [_held(item) for item in value]
        return None if None in held else held
    return value


def _write_records(
    path: Path,
    kind: type[Coverage] | type[ListingStatus],
    records: Iterable[Coverage | ListingStatus],
) -> None:
    rows = (record._asdict() for record in sorted(set(records)))
    _write(path, rows, _records_schema(kind))


def _records_schema(kind: type[Coverage] | type[ListingStatus]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in kind._fields])


def _node_schema(schema: Schema, label: str) -> pa.Schema:
    return pa.schema([(name, _TYPES[kind]) for name, kind in schema.labels[label].items()])


def _edge_schema(schema: Schema, rel: str) -> pa.Schema:
    columns = {"source": Column.STRING, "target": Column.STRING, **schema.relationships[rel]}
    return pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        digest = sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    for file in folder.rglob("*.*"):
        with file.open("r+b") as stream:
            os.fsync(stream.fileno())
