"""Rows of a graph as tables that every engine can hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from ..schema import EdgeType, Schema
from .layout import SORTED_BY, all_edge_columns, edge_columns, in_order

Row = Mapping[str, Any]

_ROWS_AT_ONCE = 20_000
"""How many rows are in memory as Python objects while tables are made."""
_GROUP = 16_384
"""How many edges are in one group of rows: all of these are read for any of them."""


def tables(rows: Iterable[Row], columns: pa.Schema) -> Iterator[pa.Table]:
    """The rows as tables, a part at a time."""
    left = iter(rows)
    while some := list(islice(left, _ROWS_AT_ONCE)):
        yield _table(some, columns)


def edge_tables(edges: Mapping[EdgeType, Iterable[Row]], schema: Schema) -> Iterator[pa.Table]:
    """The edges of all pairs in the order of their file, a group of rows at a time."""
    columns = all_edge_columns(schema)
    waiting: list[pa.Table] = []
    for pair in sorted(edges, key=in_order):
        for table in tables(edges[pair], edge_columns(schema, pair.rel)):
            waiting.append(_widened(table, pair, columns))
            held = sum(map(len, waiting))
            while held >= _GROUP:
                whole = pa.concat_tables(waiting)
                yield whole.slice(0, _GROUP)
                waiting, held = [whole.slice(_GROUP)], held - _GROUP
    if sum(map(len, waiting)):
        yield pa.concat_tables(waiting)


def _widened(table: pa.Table, pair: EdgeType, columns: pa.Schema) -> pa.Table:
    """A pair's edges with the columns that edges of any type have."""
    alike = dict(zip(SORTED_BY, in_order(pair), strict=True))
    return pa.table(
        [
            table[field.name]
            if field.name in table.column_names
            else pa.repeat(pa.scalar(alike.get(field.name), field.type), len(table))
            for field in columns
        ],
        schema=columns,
    )


def _table(rows: Sequence[Row], columns: pa.Schema) -> pa.Table:
    """The rows as a table. What no engine can hold does not lose the others: half a surrogate pair
    in a text is spelled out, and a number without bounds is unread."""
    try:
        table = pa.Table.from_pylist(rows, columns)
    except (UnicodeEncodeError, OverflowError, pa.ArrowInvalid):
        held = [{name: _held(value) for name, value in row.items()} for row in rows]
        table = pa.Table.from_pylist(held, columns)
    for index, kind in enumerate(columns):
        if kind.type == pa.float64():
            import pyarrow.compute as pc

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
