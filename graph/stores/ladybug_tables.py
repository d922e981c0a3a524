"""The tables of LadybugDB: one for each label and each relationship type."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..schema import Column, EdgeType

if TYPE_CHECKING:
    import ladybug
    import pyarrow as pa

_MACROS = {
    "type(r)": "label(r)",
    "split(text, by)": "string_split(text, by)",
    "toString(value)": "CAST(value, 'STRING')",
    "toInteger(value)": "CAST(value, 'INT64')",
}
"""Functions that Cypher has and this engine names in another way."""
_MANY_ROWS = 2_000
"""From so many rows on COPY is faster, which first makes room for a hundred thousand."""


def prepare(connection: "ladybug.Connection") -> None:
    """Makes a database ready for tables."""
    # An index takes some megabytes of memory for each table, however small; finding a node by its
    # id among 25,000 without one takes 3 ms.
    connection.execute("CALL enable_default_hash_index = false")
    for function, meaning in _MACROS.items():
        connection.execute(f"CREATE MACRO {function} AS {meaning}")


def create_nodes(
    connection: "ladybug.Connection", label: str, columns: Mapping[str, Column]
) -> None:
    """Makes a label's table."""
    connection.execute(
        f"CREATE NODE TABLE {quoted(label)} ({_declared(columns)}, PRIMARY KEY (id))"
    )


def create_edges(
    connection: "ladybug.Connection",
    rel: str,
    pairs: Sequence[EdgeType],
    columns: Mapping[str, Column],
) -> None:
    """Makes a relationship type's table, which joins these pairs: one at least."""
    joined = ", ".join(f"FROM {quoted(pair.source)} TO {quoted(pair.target)}" for pair in pairs)
    connection.execute(f"CREATE REL TABLE {quoted(rel)} ({joined}, {_declared(columns)})")


def copy_nodes(connection: "ladybug.Connection", label: str, rows: "pa.Table") -> None:
    """Fills a label's table, which is empty."""
    if len(rows) >= _MANY_ROWS:
        _give(connection, f"COPY {quoted(label)} FROM $rows", rows)
    elif len(rows):
        columns = ", ".join(f"{quoted(name)}: {quoted(name)}" for name in rows.column_names)
        _give(connection, f"LOAD FROM $rows CREATE (:{quoted(label)} {{{columns}}})", rows)


def copy_edges(connection: "ladybug.Connection", pair: EdgeType, rows: "pa.Table") -> None:
    """Adds the edges of a pair."""
    ends = f"(from = '{pair.source}', to = '{pair.target}')"
    _give(connection, f"COPY {quoted(pair.rel)} FROM $rows {ends}", rows)


def _give(connection: "ladybug.Connection", statement: str, rows: "pa.Table") -> None:
    """Runs a statement that reads these rows."""
    # To see whether they are one of its tables, the engine imports pandas if there is one, which
    # takes longer than most queries. What is None cannot be imported.
    absent: dict[str, Any] = {} if "pandas" in sys.modules else {"pandas": None}
    sys.modules.update(absent)
    try:
        connection.execute(statement, {"rows": rows})
    finally:
        for name in absent:
            sys.modules.pop(name, None)


def by_type(pairs: Iterable[EdgeType]) -> dict[str, list[EdgeType]]:
    """Pairs by their relationship types."""
    found: dict[str, list[EdgeType]] = {}
    for pair in pairs:
        found.setdefault(pair.rel, []).append(pair)
    return found


def quoted(name: str) -> str:
    """A name as queries have it."""
    return f"`{name}`"


def _declared(columns: Mapping[str, Column]) -> str:
    return ", ".join(f"{quoted(name)} {column}" for name, column in columns.items())
