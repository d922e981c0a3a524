"""Many ARNs that are asked about together, and which of them a pattern matches.

A set of rows is a whole number: bit *i* stands for row *i*. Rows are sorted by ARN, so that what
begins alike lies together.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from itertools import dropwhile
from typing import NamedTuple, TypeVar

from .patterns import Piece, Wild, compile_pieces

_Key = TypeVar("_Key", bound=Hashable)

_LAST = chr(0x10FFFF)
"""Sorts behind every character that an ARN has."""


class ResourceRow(NamedTuple):
    """An ARN that is asked about."""

    arn: str
    account: str = ""
    """The account it belongs to; empty if that is unknown."""
    owner: str = ""
    """Id of the collected resource that it is, or is a part of; empty if it is neither."""
    is_new: bool = False
    """It is yet to be made."""


class ResourceTable:
    """Distinct ARNs, in order."""

    def __init__(self, rows: Iterable[ResourceRow]) -> None:
        self.rows = sorted({row.arn: row for row in rows}.values())
        self.ids = tuple(row.arn for row in self.rows)
        self._matching: dict[tuple[Piece, ...], int] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The row of each ARN."""
        return {arn: row for row, arn in enumerate(self.ids)}

    @cached_property
    def everything(self) -> int:
        """All rows."""
        return (1 << len(self.ids)) - 1

    def grouped(self, key: Callable[[ResourceRow], _Key]) -> dict[_Key, int]:
        """The rows of each key."""
        found: dict[_Key, int] = {}
        for number, row in enumerate(self.rows):
            value = key(row)
            found[value] = found.get(value, 0) | 1 << number
        return found

    def matching(self, pattern: tuple[Piece, ...]) -> int:
        """The rows whose whole ARN a pattern matches."""
        if pattern not in self._matching:
            self._matching[pattern] = self._match(pattern)
        return self._matching[pattern]

    def _match(self, pattern: tuple[Piece, ...]) -> int:
        rest = tuple(dropwhile(lambda piece: isinstance(piece, str), pattern))
        prefix = "".join(map(str, pattern[: len(pattern) - len(rest)]))
        if not rest:
            row = self.index.get(prefix)
            return 0 if row is None else 1 << row
        first = bisect_left(self.ids, prefix)
        last = bisect_left(self.ids, prefix + _LAST, first)
        if all(piece is Wild.ANY for piece in rest):
            return (1 << last) - (1 << first)
        matches = compile_pieces(pattern)
        return sum(1 << row for row in range(first, last) if matches(self.ids[row]))
