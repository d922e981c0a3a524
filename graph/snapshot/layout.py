"""Which files a snapshot's folder holds, and the columns of each."""

import pyarrow as pa

from ..model import Coverage, ListingStatus
from ..schema import Column, EdgeType, Schema

FORMAT = 2
"""Number of the layout; raised when an older reader would misread it."""

MANIFEST = "manifest.json"
SCHEMA = "schema.json"
EDGES = "edges.parquet"
COVERAGE = "coverage.parquet"
LISTINGS = "listings.parquet"

SORTED_BY = ("type", "source_label", "target_label")
"""The columns that tell which type an edge has and between which labels it runs."""

TYPES = {
    Column.STRING: pa.string(),
    Column.INT64: pa.int64(),
    Column.DOUBLE: pa.float64(),
    Column.BOOL: pa.bool_(),
    Column.STRINGS: pa.list_(pa.string()),
    Column.INTS: pa.list_(pa.int64()),
}


def nodes_file(label: str) -> str:
    """The file of a label's nodes."""
    return f"nodes/{label}.parquet"


def in_order(pair: EdgeType) -> tuple[str, str, str]:
    """The order in which edges lie in their file."""
    return pair.rel, pair.source, pair.target


def node_columns(schema: Schema, label: str) -> pa.Schema:
    """The columns of a label's nodes."""
    return pa.schema([(name, TYPES[kind]) for name, kind in schema.labels[label].items()])


def edge_columns(schema: Schema, rel: str) -> pa.Schema:
    """The columns of a type's edges."""
    columns = {"source": Column.STRING, "target": Column.STRING, **schema.relationships[rel]}
    return pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])


def all_edge_columns(schema: Schema) -> pa.Schema:
    """The columns of the file of all edges: which edges a row is one of, and whatever edges of any
    type have.

    :raises ValueError: if a property has another type in one relationship type than in another.
    """
    columns = {name: pa.string() for name in (*SORTED_BY, "source", "target")}
    for rel, properties in sorted(schema.relationships.items()):
        for name, kind in properties.items():
            if columns.setdefault(name, TYPES[kind]) != TYPES[kind] or name in SORTED_BY:
                raise ValueError(f"the property {name} of {rel} is of another type elsewhere")
    return pa.schema(list(columns.items()))


def record_columns(kind: type[Coverage] | type[ListingStatus]) -> pa.Schema:
    """The columns of what a scan says of its calls, or of its listings."""
    return pa.schema([(name, pa.string()) for name in kind._fields])
