"""Format 1, which Clew wrote before: the schema in the manifest, and a file of edges a pair."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import pyarrow as pa

from ..schema import EdgeType, Schema
from .layout import COVERAGE, edge_columns, in_order, nodes_file
from .manifest import Manifest
from .table_files import TableFiles

LISTINGS = "reads.parquet"


def edges_file(pair: EdgeType) -> str:
    """The file of a pair's edges."""
    return f"edges/{'-'.join(pair)}.parquet"


def read_manifest(document: dict[str, Any]) -> tuple[Manifest, Schema]:
    """What a manifest says.

    :raises ValueError: if it is none.
    """
    return Manifest.model_validate(document), Schema.model_validate(document.get("schema_"))


def possible_files(schema: Schema) -> set[str]:
    """The names that files may have."""
    nodes, edges = map(nodes_file, schema.labels), map(edges_file, schema.pairs)
    return {COVERAGE, LISTINGS, *nodes, *edges}


class EdgeFiles:
    """The edges, a file for each pair."""

    def __init__(self, files: TableFiles, schema: Schema) -> None:
        self._files = files
        self._schema = schema

    @cached_property
    def pairs(self) -> list[EdgeType]:
        """The pairs that have edges."""
        found = (pair for pair in self._schema.pairs if edges_file(pair) in self._files)
        return sorted(found, key=in_order)

    def count(self, pair: EdgeType) -> int:
        """How many edges a pair has."""
        return self._files.count(edges_file(pair))

    def of(self, pair: EdgeType, only: Sequence[str] | None = None) -> pa.Table:
        """The edges of a pair, with ``only`` some columns of its type."""
        return self._files.rows(edges_file(pair), edge_columns(self._schema, pair.rel), only)
