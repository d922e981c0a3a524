"""Writes a snapshot: next to its place, and put there once it is whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ..linking import Edge, ResourceGraph
from ..model import Coverage, ListingStatus, Resource, Scope
from ..schema import Column, EdgeType, Schema
from .errors import SnapshotError
from .layout import (
    COVERAGE,
    EDGES,
    FORMAT,
    LISTINGS,
    MANIFEST,
    SCHEMA,
    all_edge_columns,
    node_columns,
    nodes_file,
    record_columns,
)
from .manifest import Manifest, checksum_of
from .placing import put_in_place
from .snapshot import Snapshot
from .tables import Row, edge_tables, tables


def check_place(path: Path) -> None:
    """Lets only a place pass where a snapshot may be written: nobody's files are replaced.

    :raises SnapshotError: if there is something that is neither a snapshot nor an empty folder.
    """
    if path.is_dir():
        if (path / MANIFEST).exists() or not any(path.iterdir()):
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
    """Writes a snapshot and opens it; a snapshot that is there already is replaced. Only its owner
    may read it.

    Rows are sorted, so that the same findings give the same files.

    :raises SnapshotError: if there is something else already.
    """
    check_place(path)
    by_label: dict[str, list[Resource]] = {}
    for node in graph.nodes.values():
        by_label.setdefault(node.label, []).append(node)
    contents = Contents(
        schema=schema.joining(graph.edges),
        nodes={label: _node_rows(nodes) for label, nodes in by_label.items()},
        edges={
            pair: _edge_rows(edges, schema.relationships[pair.rel])
            for pair, edges in graph.edges.items()
        },
        coverage=coverage,
        reads=reads,
        scope=scope,
        started=started,
        finished=finished,
    )
    with put_in_place(path.resolve()) as new:
        fill(new, contents)
    return Snapshot.open(path)


class Contents(NamedTuple):
    """What a snapshot holds."""

    schema: Schema
    nodes: Mapping[str, Iterable[Row]]
    """The rows of each label, by id."""
    edges: Mapping[EdgeType, Iterable[Row]]
    """The rows of each pair, by ends and properties."""
    coverage: Iterable[Coverage]
    reads: Iterable[ListingStatus]
    scope: Scope
    started: datetime
    finished: datetime


def fill(folder: Path, contents: Contents) -> None:
    """Writes the files of a snapshot into an empty folder."""
    schema = contents.schema
    (folder / SCHEMA).write_text(schema.model_dump_json(), "utf-8")
    (folder / "nodes").mkdir()
    for label, rows in contents.nodes.items():
        columns = node_columns(schema, label)
        _write_table(folder / nodes_file(label), tables(rows, columns), columns)
    _write_table(folder / EDGES, edge_tables(contents.edges, schema), all_edge_columns(schema))
    _write_records(folder / COVERAGE, Coverage, contents.coverage)
    _write_records(folder / LISTINGS, ListingStatus, contents.reads)
    files = {
        file.relative_to(folder).as_posix(): checksum_of(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    manifest = Manifest(
        version=FORMAT,
        started=contents.started,
        finished=contents.finished,
        scope=contents.scope,
        files=files,
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), "utf-8")


def _node_rows(nodes: list[Resource]) -> Iterator[Row]:
    for node in sorted(nodes, key=lambda node: node.id):
        yield {"provider": node.provider, **node.__dict__}


def _edge_rows(edges: Sequence[Edge], columns: Mapping[str, Column]) -> Iterator[Row]:
    def order(edge: Edge) -> tuple[str, ...]:
        return edge.source, edge.target, *(repr(edge.properties.get(name)) for name in columns)

    for edge in sorted(edges, key=order):
        yield {"source": edge.source, "target": edge.target, **edge.properties}


def _write_records(
    path: Path,
    kind: type[Coverage] | type[ListingStatus],
    records: Iterable[Coverage | ListingStatus],
) -> None:
    rows = (record._asdict() for record in sorted(set(records)))
    columns = record_columns(kind)
    _write_table(path, tables(rows, columns), columns)


def _write_table(path: Path, parts: Iterable[pa.Table], columns: pa.Schema) -> None:
    # Of the many columns with few rows each most of the time to read would be for starting zstd.
    with pq.ParquetWriter(path, columns, compression="lz4") as writer:
        for part in parts:
            writer.write_table(part)
