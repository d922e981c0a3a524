"""The best paths of many sources.

Paths are sorted by difficulty; at equal difficulty those of external sources come first, then what
is certain, then what takes fewer steps. Sources take turns: every source's best path comes before
the second best of any.

There can be more paths than anybody reads: their number grows exponentially with the steps. Where
no number is asked for, :data:`BOUNDS` ends the search, and it is said what was cut.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..sets import members
from .search import Path, Search


class Bounds(NamedTuple):
    """How many paths are found where no number is asked for."""

    per_source: int
    total: int


BOUNDS = Bounds(per_source=100, total=10_000)


class RankedPaths(NamedTuple):
    """The best paths of many sources."""

    paths: list[Path]
    """Best first."""
    sources: int
    """How many of the sources have a path."""
    shown: int
    """How many of them have a path in ``paths``."""
    more: bool
    """Whether there are paths beside ``paths``."""
    cut: int = 0
    """How many sources have more paths than the bound of each."""


def ranked(
    search: Search,
    sources: int,
    most: int = 0,
    progress: Callable[[int], None] | None = None,
    bounds: Bounds = BOUNDS,
) -> RankedPaths:
    """The best paths of many sources, at most so many; if 0, as many as the bounds allow.

    ``progress`` is called with the number of paths found so far.
    """
    external = search.graph.external
    limit = most or bounds.total

    def order(source: int, rank: tuple[int, bool, int]) -> tuple[int, bool, bool, int]:
        difficulty, is_conditional, steps = rank
        return difficulty, not external >> source & 1, is_conditional, steps

    def order_of(path: Path) -> tuple[tuple[int, bool, bool, int], tuple[int, ...]]:
        return order(path.nodes[0], path.rank), path.nodes

    ranks = {source: rank for source in members(sources) if (rank := search.rank(source))}
    best_first = sorted(ranks, key=lambda source: (order(source, ranks[source]), source))
    found: list[Path] = []
    turns = [search.paths(source) for source in best_first[:limit]]
    more, cut, rounds = len(turns) < len(best_first), 0, 0
    while turns and not (more and len(found) == limit):
        drawn = [(path, turn) for turn in turns if (path := next(turn, None))]
        if not most and rounds == bounds.per_source:
            cut = len(drawn)
            break
        rounds += 1
        drawn.sort(key=lambda each: order_of(each[0]))
        room = limit - len(found)
        more = more or len(drawn) > room
        found += [path for path, _ in drawn[:room]]
        if progress:
            progress(len(found))
        turns = [] if len(drawn) > room else [turn for _, turn in drawn]
    found.sort(key=order_of)
    shown = len({path.nodes[0] for path in found})
    return RankedPaths(found, len(best_first), shown, more or cut > 0, cut)
