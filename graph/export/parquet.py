"""Parquet for DuckDB, pandas, Spark and whatever else reads tables: a file for the nodes of each
label and one for the edges of each type.

It differs from a scan's own files in what the flattening does: a column has one type everywhere,
and one that holds nothing is left out.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..schema import Column
from .flattening import FlatEdge, FlatNode, Flattened, Written, apart
from .formats import FolderFormat

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetWriter

_ROWS = 4096
"""So many rows are in memory at a time."""
_OF_EDGES = ("id", "source", "source_label", "target", "target_label")
"""The columns that every file of edges has."""


def write(graph: Flattened, folder: Path) -> Written:
    """Writes ``nodes/LABEL.parquet`` and ``edges/TYPE.parquet``, of what there is any."""
    nodes = edges = 0
    for part in ("nodes", "edges"):
        (folder / part).mkdir()
    for label, alike in groupby(graph.nodes(), lambda node: node.label):
        columns = {"id": Column.STRING, **graph.columns_of(label)}
        with _table(folder / "nodes" / f"{label}.parquet", columns) as table:
            nodes += _fill(table, map(_node, alike))
    with ExitStack() as stack:
        tables: dict[str, ParquetWriter] = {}
        for rel, joined in groupby(graph.edges(), lambda edge: edge.type):
            if rel not in tables:
                table = _table(folder / "edges" / f"{rel}.parquet", _edge_columns(graph, rel))
                tables[rel] = stack.enter_context(table)
            edges += _fill(tables[rel], map(_edge, joined))
    return Written(nodes, edges)


def _edge_columns(graph: Flattened, rel: str) -> dict[str, Column]:
    own = graph.edge_columns_of(rel).items()
    return dict.fromkeys(_OF_EDGES, Column.STRING) | {
        apart(name, _OF_EDGES): kind for name, kind in own
    }


def _table(file: Path, columns: Mapping[str, Column]) -> "ParquetWriter":
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    from ..snapshot.layout import TYPES

    schema = pyarrow.schema([(name, TYPES[kind]) for name, kind in columns.items()])
    return ParquetWriter(file, schema)


def _fill(table: "ParquetWriter", rows: Iterator[dict[str, Any]]) -> int:
    """Writes rows, and says how many."""
    import pyarrow

    written = 0
    while some := list(islice(rows, _ROWS)):
        table.write_table(pyarrow.Table.from_pylist(some, table.schema))
        written += len(some)
    return written


def _node(node: FlatNode) -> dict[str, Any]:
    return {"id": node.id, **node.properties}


def _edge(edge: FlatEdge) -> dict[str, Any]:
    ends = (edge.id, edge.source, edge.source_label, edge.target, edge.target_label)
    own = {apart(name, _OF_EDGES): value for name, value in edge.properties.items()}
    return dict(zip(_OF_EDGES, ends, strict=True)) | own


FORMAT = FolderFormat("parquet", write)
