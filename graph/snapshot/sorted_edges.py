"""The edges of a snapshot in one file, sorted so that those of a pair lie together."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import pyarrow as pa

from ..schema import EdgeType, Schema
from .layout import EDGES, SORTED_BY, all_edge_columns, edge_columns
from .table_files import TableFiles, checked

_FEW = 10_000
"""Up to so many rows, looking at each in Python is faster than to load what looks at all."""


class SortedEdges:
    """The edges, read a pair at a time.

    Where a pair lies is read off the three columns that they are sorted by, which take next to
    nothing. Of the file those groups of rows are read in which it lies; the last one is kept,
    since many small pairs lie in one.
    """

    def __init__(self, files: TableFiles, schema: Schema) -> None:
        self._files = files
        self._schema = schema
        self._last: tuple[tuple[int, tuple[str, ...]], pa.Table] | None = None

    @property
    def pairs(self) -> list[EdgeType]:
        """The pairs that have edges, in the order of the file."""
        return list(self._places)

    def count(self, pair: EdgeType) -> int:
        """How many edges a pair has."""
        return len(self._places.get(pair, ()))

    def of(self, pair: EdgeType, only: Sequence[str] | None = None) -> pa.Table:
        """The edges of a pair, with ``only`` some columns of its type."""
        columns = edge_columns(self._schema, pair.rel)
        names = tuple(columns.names if only is None else only)
        place = self._places.get(pair)
        if place is None:
            return pa.schema([columns.field(name) for name in names]).empty_table()
        parts = []
        for number, group in enumerate(self._groups):
            start, stop = max(place.start, group.start), min(place.stop, group.stop)
            if start < stop:
                table = self._group(number, names)
                parts.append(table.slice(start - group.start, stop - start))
        return pa.concat_tables(parts)

    def _group(self, number: int, names: tuple[str, ...]) -> pa.Table:
        asked = number, names
        if self._last is None or self._last[0] != asked:
            with self._files.opened(EDGES) as file:
                self._last = asked, checked(file.read_row_group(number, columns=list(names)))
        return self._last[1]

    @cached_property
    def _groups(self) -> list[range]:
        """The rows of each group of the file."""
        return self._read[0]

    @cached_property
    def _places(self) -> dict[EdgeType, range]:
        """The rows of each pair."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[list[range], dict[EdgeType, range]]:
        known, groups, places, begin = {*self._schema.pairs}, [], {}, 0
        last = None
        with self._files.opened(EDGES, all_edge_columns(self._schema)) as file:
            for number in range(file.num_row_groups):
                table = checked(file.read_row_group(number, columns=list(SORTED_BY)))
                for place in _alike(table):
                    rel, source, target = (table[name][place.start].as_py() for name in SORTED_BY)
                    pair = EdgeType(source, rel, target)
                    start = begin + place.start
                    if pair == last:
                        start = places[pair].start
                    elif pair in places or pair not in known:
                        raise self._files.damaged(EDGES)
                    places[pair] = range(start, begin + place.stop)
                    last = pair
                groups.append(range(begin, begin + len(table)))
                begin += len(table)
        return groups, places


def _alike(table: pa.Table) -> list[range]:
    """The rows of a table that follow each other with equal values."""
    if len(table) <= _FEW:
        rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        found = [place for place in range(1, len(rows)) if rows[place] != rows[place - 1]]
        return [range(*each) for each in pairwise([0, *found, len(rows)]) if rows]
    import pyarrow.compute as pc  # a twentieth of a second, which a small scan is spared

    ends = {
        end
        for column in table.columns
        for end in pc.run_end_encode(column.combine_chunks()).run_ends.to_pylist()
    }
    ordered = sorted(ends)
    return [range(*each) for each in zip([0, *ordered], ordered, strict=False)]
