"""Sets of whole numbers, and of (port, address) pairs, with the algebra of sets.

A filter's rules are rectangles, ports by addresses. What a chain of filters lets through is a set
of such pairs, and whether it is written as one wide rule, two halves or a hundred pieces makes no
difference.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

Interval = tuple[int, int]


class Ranges:
    """An immutable set of whole numbers, held as disjoint intervals with both ends included."""

    __slots__ = ("intervals",)

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self.intervals: tuple[Interval, ...] = tuple(_merged(intervals))

    @classmethod
    def _of_disjoint(cls, intervals: Iterable[Interval]) -> "Ranges":
        """Of intervals in order, none of which touches the next."""
        found = cls.__new__(cls)
        found.intervals = tuple(intervals)
        return found

    def __or__(self, other: "Ranges") -> "Ranges":
        if self.intervals and other.intervals:
            return Ranges((*self.intervals, *other.intervals))
        return self if self.intervals else other

    def __and__(self, other: "Ranges") -> "Ranges":
        return Ranges._of_disjoint(_overlaps(self.intervals, other.intervals))

    def __sub__(self, other: "Ranges") -> "Ranges":
        return Ranges._of_disjoint(_differences(self.intervals, other.intervals))

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Ranges) and self.intervals == other.intervals

    def __hash__(self) -> int:
        return hash(self.intervals)

    def __repr__(self) -> str:
        return f"Ranges({list(self.intervals)})"

    @property
    def size(self) -> int:
        """How many numbers are in the set."""
        return sum(last - first + 1 for first, last in self.intervals)


class Flows:
    """An immutable set of (port, address) pairs, held as disjoint spans of ports, each with the
    addresses that go with all of its ports."""

    __slots__ = ("spans",)

    def __init__(self, spans: Iterable[tuple[int, int, Ranges]] = ()) -> None:
        self.spans = tuple(spans)

    @classmethod
    def rectangle(cls, ports: Interval, addresses: Ranges) -> "Flows":
        """All pairs of these ports and addresses."""
        return cls([(*ports, addresses)] if addresses and ports[0] <= ports[1] else [])

    def __or__(self, other: "Flows") -> "Flows":
        if self.spans and other.spans:
            return _combined(self, other, Ranges.__or__)
        return self if self.spans else other

    def __and__(self, other: "Flows") -> "Flows":
        if self.spans and other.spans:
            return _combined(self, other, Ranges.__and__)
        return Flows()

    def __sub__(self, other: "Flows") -> "Flows":
        return _combined(self, other, Ranges.__sub__)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __contains__(self, pair: tuple[int, int]) -> bool:
        port, address = pair
        return address in self.at(port)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Flows) and self.spans == other.spans

    def __hash__(self) -> int:
        return hash(self.spans)

    def __repr__(self) -> str:
        return f"Flows({list(self.spans)})"

    def at(self, port: int) -> Ranges:
        """The addresses that go with a port."""
        for first, last, addresses in self.spans:
            if first <= port <= last:
                return addresses
        return Ranges()

    @property
    def addresses(self) -> Ranges:
        """The addresses that go with any port."""
        return Ranges(interval for _, _, addresses in self.spans for interval in addresses)


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for first, last in sorted(intervals):
        if first > last:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _overlaps(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> Iterator[Interval]:
    i = j = 0
    while i < len(one) and j < len(other):
        first, last = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first <= last:
            yield first, last
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1


def _differences(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> Iterator[Interval]:
    j = 0
    for first, last in one:
        while j < len(other) and other[j][1] < first:
            j += 1
        k = j
        while k < len(other) and other[k][0] <= last:
            if first < other[k][0]:
                yield first, other[k][0] - 1
            first = other[k][1] + 1
            k += 1
        if first <= last:
            yield first, last


def _combined(one: Flows, other: Flows, operation: Callable[[Ranges, Ranges], Ranges]) -> Flows:
    """Applies an operation on addresses port by port, span by span."""
    edges = sorted(
        {edge for first, last, _ in (*one.spans, *other.spans) for edge in (first, last + 1)}
    )
    spans: list[tuple[int, int, Ranges]] = []
    for first, beyond in pairwise(edges):
        addresses = operation(one.at(first), other.at(first))
        if not addresses:
            continue
        if spans and spans[-1][1] + 1 == first and spans[-1][2] == addresses:
            spans[-1] = (spans[-1][0], beyond - 1, addresses)
        else:
            spans.append((first, beyond - 1, addresses))
    return Flows(spans)
