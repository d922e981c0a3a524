"""Sets of numbered things (rows of a table, nodes of a graph) as whole numbers: bit *n* stands for
number *n*. And sets of which some members are certain and others only possible."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .logic import Truth

_FEW = 16
"""Up to about this many members, taking them one by one is faster than by writing the set out."""


class MaySet(NamedTuple):
    """A set as far as it is known. ``possible`` holds the certain members too."""

    certain: int
    possible: int

    def __and__(self, other: "MaySet") -> "MaySet":
        return MaySet(self.certain & other.certain, self.possible & other.possible)

    def __or__(self, other: "MaySet") -> "MaySet":
        return MaySet(self.certain | other.certain, self.possible | other.possible)

    def within(self, members: int) -> "MaySet":
        """Only these members."""
        return MaySet(self.certain & members, self.possible & members)

    def only_if(self, is_certain: bool) -> "MaySet":
        """What is left if a condition that must hold is certain or, else, open."""
        return self if is_certain else MaySet(0, self.possible)

    def uncertain(self) -> "MaySet":
        """The same members, none of them for certain."""
        return MaySet(0, self.possible)

    def holds(self, member: int) -> Truth:
        """Whether a member is in; None if it only may be."""
        if self.certain >> member & 1:
            return True
        return None if self.possible >> member & 1 else False

    @property
    def any(self) -> Truth:
        """Whether there is a member; None if there only may be one."""
        return True if self.certain else None if self.possible else False

    @property
    def open(self) -> int:
        """The members that only may be in."""
        return self.possible & ~self.certain


NONE = MaySet(0, 0)


def exactly(members: int) -> MaySet:
    """These members, all for certain."""
    return MaySet(members, members)


def members(numbers: int) -> Iterator[int]:
    """The members of a set, in order."""
    if numbers.bit_count() < _FEW:
        while numbers:
            lowest = numbers & -numbers
            yield lowest.bit_length() - 1
            numbers ^= lowest
        return
    digits = f"{numbers:b}"[::-1]
    found = digits.find("1")
    while found >= 0:
        yield found
        found = digits.find("1", found + 1)


def number_set(numbers: Iterable[int]) -> int:
    """The set of these numbers."""
    listed = list(numbers)
    if len(listed) < _FEW:
        found = 0
        for number in listed:
            found |= 1 << number
        return found
    written = bytearray(max(listed) // 8 + 1)
    for number in listed:
        written[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(written, "little")
