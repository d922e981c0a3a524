"""The best paths of many sources.

Paths are sorted by difficulty; at equal difficulty those of external sources come first, then what
is certain, then what takes fewer steps. Sources take turns: every source's best path comes before
the second best of any.

There can be more paths than anybody reads: their number grows exponentially with the steps. Where
no number is asked for, :data:`BOUNDS` ends the search, and it is said what was cut.
"""

from collections.abc import Callable, Sequence
from itertools import islice
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
    """Whether there are more paths than ``paths``."""
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
    able = best_first[:limit]
    drawn = _drawn(search, able, limit, most or bounds.per_source, progress)
    cut = 0 if most else sum(len(paths) > bounds.per_source for paths in drawn)
    found: list[Path] = []
    more = len(able) < len(best_first)
    for place in range(most + 1 if most else bounds.per_source):
        turn = sorted((paths[place] for paths in drawn if len(paths) > place), key=order_of)
        room = limit - len(found)
        more = more or len(turn) > room
        found += turn[:room]
        if not turn or len(turn) > room:
            break
    if len(found) == limit and not more:
        asked = zip(able, drawn, strict=True)
        more = any(_has_more(search, source, len(paths)) for source, paths in asked)
    found.sort(key=order_of)
    shown = len({path.nodes[0] for path in found})
    return RankedPaths(found, len(best_first), shown, more or cut > 0, cut)


def _has_more(search: Search, source: int, number: int) -> bool:
    """Whether a source has more than so many paths."""
    return next(islice(search.paths(source), number, None), None) is not None


def _drawn(
    search: Search,
    sources: Sequence[int],
    limit: int,
    each: int,
    progress: Callable[[int], None] | None,
) -> list[list[Path]]:
    """The best paths of each source, one more than ``each`` at most, and no less than it takes to
    come to the limit in turns.

    One source is searched after the other, since what a search keeps in mind is far more than the
    paths that it finds. Where most sources have few paths the others are asked again for more.
    """
    found: list[list[Path]] = [[] for _ in sources]
    share = -(-limit // len(sources)) if sources else 0
    waiting: Sequence[int] = range(len(sources))
    while waiting:
        share = min(share, each)
        for place in waiting:
            wanted = share + (share == each)
            found[place] = list(islice(search.paths(sources[place]), wanted))
            if progress:
                progress(sum(map(len, found)))
        waiting = [place for place in waiting if len(found[place]) >= share]
        if share == each or sum(min(len(paths), share) for paths in found) >= limit:
            break
        share *= 2
    return found
