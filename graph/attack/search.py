"""The ways from a start to an end, best first.

What "best" means: the least difficulty; then what is certain before what is conditional; then the
fewest steps. A way is simple: it has no node twice. It ends at the first end that it comes to, and
past an administrator it does not dwell in the account: whoever administers it holds all of it, so
that the account leads straight to the end or into another account.

How: the distance of every node to the nearest end is found backwards over whole grants, a set of
nodes at a time, so that rights which thousands hold over thousands are never taken apart. With
these distances as exact bounds the ways are told one after the other (A*); only where a bound may
rest on a node that the way has already been at, it is found anew without those nodes. So no part
of a way is followed that leads nowhere, and the next way is never far.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from ..sets import MaySet, members
from .model import AttackGraph, ExplainedPath, Step, StepType

_FEW = 32
"""Steps that more than so many nodes share are not filed under each."""


Target = MaySet
"""What paths lead to. What is such an end only if a condition holds is possible: a path that ends
there is conditional; one that goes on from there is kept only if it is certain throughout."""


class Cost(NamedTuple):
    """How far an end is at least."""

    difficulty: int
    steps: int


class Path(NamedTuple):
    """A way from a start to an end, by number."""

    nodes: tuple[int, ...]
    grants: tuple[Step, ...]
    """One for each step; there is one node more."""
    difficulty: int
    conditional: bool

    @property
    def rank(self) -> tuple[int, bool, int]:
        """What ways are ordered by."""
        return self.difficulty, self.conditional, len(self.grants)


def admin(graph: AttackGraph) -> Target:
    """Whoever administers an account."""
    return graph.administrators


class UsableStep(NamedTuple):
    """What a way may use of a grant."""

    grant: Step
    sources: int
    reached: MaySet


class DistanceMap:
    """The distances of all nodes to the nearest end, over some of the steps."""

    def __init__(self, steps: list[UsableStep], end: Target, *, only_certain: bool) -> None:
        self.only_certain = only_certain
        self.ends = end.certain if only_certain else end.possible
        self._reached = [
            (step, reached)
            for step in steps
            if (reached := step.reached.certain if only_certain else step.reached.possible)
        ]

    @cached_property
    def levels(self) -> list[tuple[Cost, int]]:
        """The nodes at each distance, nearest first."""
        return list(self.levels_without(0))

    @cached_property
    def reaching(self) -> int:
        """The nodes that have a way, the ends among them."""
        found = 0
        for _, level in self.levels:
            found |= level
        return found

    def cost(self, node: int) -> Cost | None:
        """The distance of a node; None if it has no way."""
        return next((cost for cost, level in self.levels if level >> node & 1), None)

    def levels_without(self, avoided: int) -> Iterator[tuple[Cost, int]]:
        """The nodes at each distance, nearest first, if some must not be used."""
        ahead = {Cost(0, 0): self.ends}
        seen = avoided
        waiting = self._reached
        while ahead:
            cost = min(ahead)
            level = ahead.pop(cost) & ~seen
            if not level:
                continue
            seen |= level
            yield cost, level
            later = []
            for each in waiting:
                step, reached = each
                if reached & level:
                    at = Cost(cost.difficulty + step.grant.difficulty, cost.steps + 1)
                    ahead[at] = ahead.get(at, 0) | step.sources
                else:
                    later.append(each)
            waiting = later

    @cached_property
    def next_steps(self) -> dict[int, tuple[UsableStep, int]]:
        """The first step of a best way, with the node that it leads to, by node; not of ends."""
        levels = dict(self.levels)
        found: dict[int, tuple[UsableStep, int]] = {}
        for cost, level in self.levels[1:]:
            open_ = level
            for step, reached in self._reached:
                here = step.sources & open_
                before = Cost(cost.difficulty - step.grant.difficulty, cost.steps - 1)
                nearer = reached & levels.get(before, 0) if here else 0
                if nearer:
                    surely = nearer & step.reached.certain or nearer
                    to = (surely & -surely).bit_length() - 1
                    found.update((node, (step, to)) for node in members(here))
                    open_ &= ~here
        return found


@dataclass(frozen=True, slots=True)
class _Begun:
    """A way that has been begun, or, if ``ended``, one that is whole."""

    nodes: tuple[int, ...]
    grants: tuple[Step, ...]
    difficulty: int
    conditional: bool
    field: DistanceMap
    """What it may go on over."""
    ended: bool


_Rank = tuple[int, bool, int]


class Search:
    """The ways to an end, from wherever one likes."""

    def __init__(self, graph: AttackGraph, end: Target) -> None:
        self.graph = graph
        self.end = end
        self.administrators = graph.administrators.possible
        self.steps = list(_usable(graph, end))
        self._inside = {
            account: inside & ~end.possible for account, inside in _accounts(graph).items()
        }
        """By an account: the nodes of it that a way past it has no more need of."""
        self.any = DistanceMap(self.steps, end, only_certain=False)
        self.certain = DistanceMap(self.steps, end, only_certain=True)
        self._needed: dict[int, list[UsableStep]] = {}

    def rank(self, start: int) -> _Rank | None:
        """That of the best way from a start; None if there is no way."""
        nearest = self.any.cost(start)
        if nearest is None:
            return None
        surely = self.certain.cost(start)
        if surely is not None and surely.difficulty == nearest.difficulty:
            return surely.difficulty, False, surely.steps
        return nearest.difficulty, True, nearest.steps

    def ways(self, start: int) -> Iterator[Path]:
        """All ways from a start, best first. There can be very many."""
        order = count()
        heap: list[tuple[_Rank, int, _Begun, Iterator[tuple[_Rank, _Begun]]]] = []

        def follow(options: Iterator[tuple[_Rank, _Begun]]) -> None:
            if option := next(options, None):
                heappush(heap, (option[0], next(order), option[1], options))

        follow(self._beginnings(start))
        while heap:
            _, _, begun, siblings = heappop(heap)
            follow(siblings)
            if begun.ended:
                yield Path(begun.nodes, begun.grants, begun.difficulty, begun.conditional)
            else:
                follow(self._continued(begun))

    def _beginnings(self, start: int) -> Iterator[tuple[_Rank, _Begun]]:
        bit = 1 << start
        if bit & self.end.certain:
            yield (0, False, 0), _Begun((start,), (), 0, False, self.certain, True)
            return
        passing = bit & self.end.open
        field = self.certain if passing else self.any
        options: list[tuple[_Rank, bool]] = [((0, True, 0), True)] if passing else []
        if cost := field.cost(start):
            options.append(((cost.difficulty, False, cost.steps), False))
        for rank, ended in sorted(options):
            yield rank, _Begun((start,), (), 0, ended, field, ended)

    def _continued(self, begun: _Begun) -> Iterator[tuple[_Rank, _Begun]]:
        """The ways that are longer by one step, best first."""
        avoided = 0
        for node in begun.nodes:
            avoided |= 1 << node | self._inside.get(node, 0)
        groups = _Groups(begun, avoided)
        for step in self._steps_from(begun.nodes[-1]):
            certain = step.reached.certain & ~avoided
            if begun.field.only_certain:
                groups.add(step.grant, certain, begun.field, conditional=False)
                continue
            groups.add(step.grant, certain & ~self.end.open, begun.field, conditional=False)
            groups.add(
                step.grant,
                step.reached.open & ~avoided | certain & self.end.open,
                begun.field,
                conditional=True,
            )
            if not begun.conditional:
                groups.add(step.grant, certain & self.end.open, self.certain, conditional=False)
        return groups.told()

    def steps_of(self, node: int) -> list[UsableStep]:
        """The steps that a node can take."""
        some, many = self._by_source
        places = sorted([*some.get(node, ()), *(at for at, each in many if each >> node & 1)])
        return [self.steps[place] for place in places]

    @cached_property
    def _by_source(self) -> tuple[dict[int, list[int]], list[tuple[int, int]]]:
        """The places of the steps that few can take, by who can; and of those that many can, with
        who can."""
        some: dict[int, list[int]] = {}
        many = []
        for place, step in enumerate(self.steps):
            if step.sources.bit_count() > _FEW:
                many.append((place, step.sources))
            else:
                for node in members(step.sources):
                    some.setdefault(node, []).append(place)
        return some, many

    def _steps_from(self, node: int) -> list[UsableStep]:
        """The steps that a node can take, without those that others make pointless."""
        if node not in self._needed:
            steps = self.steps_of(node)
            self._needed[node] = [
                step
                for place, each in enumerate(steps)
                if (step := _needed(each, place, steps)).reached.possible
            ]
        return self._needed[node]


class _Group(NamedTuple):
    """Nodes that a step leads to, all at one distance of an end."""

    rank: _Rank
    place: int
    grant: Step
    nodes: int
    field: DistanceMap
    conditional: bool
    exact: bool


class _Lazily:
    """Levels that are found when they are first asked for."""

    def __init__(self, levels: Iterator[tuple[Cost, int]]) -> None:
        self._found: list[tuple[Cost, int]] = []
        self._rest = levels

    def __iter__(self) -> Iterator[tuple[Cost, int]]:
        yield from self._found
        for each in self._rest:
            self._found.append(each)
            yield each


class _Groups:
    """The ways to go on, sorted without telling each."""

    def __init__(self, begun: _Begun, avoided: int) -> None:
        self._begun = begun
        self._avoided = avoided
        self._groups: list[_Group] = []
        self._place = count()
        self._safe: dict[DistanceMap, Cost | None] = {}
        self._around: dict[DistanceMap, _Lazily] = {}

    def add(self, grant: Step, nodes: int, field: DistanceMap, *, conditional: bool) -> None:
        """Adds what a step leads to."""
        self._groups += self._at(field.levels, grant, nodes, field, conditional, exact=False)

    def told(self) -> Iterator[tuple[_Rank, _Begun]]:
        """Each way to go on, best first."""
        heapify(self._groups)
        begun = self._begun
        while self._groups:
            group = heappop(self._groups)
            if not group.exact:
                around = self._levels_around(group.field)
                for exact in self._at(
                    around, group.grant, group.nodes, group.field, group.conditional, exact=True
                ):
                    heappush(self._groups, exact)
                continue
            for node in members(group.nodes):
                yield (
                    group.rank,
                    _Begun(
                        (*begun.nodes, node),
                        (*begun.grants, group.grant),
                        begun.difficulty + group.grant.difficulty,
                        begun.conditional or group.conditional,
                        group.field,
                        bool(group.field.ends >> node & 1),
                    ),
                )

    def _at(
        self,
        levels: Iterable[tuple[Cost, int]],
        grant: Step,
        nodes: int,
        field: DistanceMap,
        conditional: bool,
        *,
        exact: bool,
    ) -> Iterator[_Group]:
        begun = self._begun
        for cost, level in levels:
            if not nodes:
                return
            if here := nodes & level:
                nodes &= ~level
                rank = (
                    begun.difficulty + grant.difficulty + cost.difficulty,
                    begun.conditional or conditional,
                    len(begun.grants) + 1 + cost.steps,
                )
                yield _Group(
                    rank,
                    next(self._place),
                    grant,
                    here,
                    field,
                    conditional,
                    exact or self._is_safe(cost, field),
                )

    def _is_safe(self, cost: Cost, field: DistanceMap) -> bool:
        """Whether a best way from so near cannot lead over a node to avoid: on it the distance only
        shrinks."""
        if field not in self._safe:
            self._safe[field] = next(
                (cost for cost, level in field.levels if level & self._avoided), None
            )
        nearest = self._safe[field]
        return nearest is None or cost < nearest

    def _levels_around(self, field: DistanceMap) -> _Lazily:
        if field not in self._around:
            self._around[field] = _Lazily(field.levels_without(self._avoided))
        return self._around[field]


class RankedPaths(NamedTuple):
    """The best ways of many starts."""

    ways: list[Path]
    """Best first."""
    starts: int
    """How many of the starts have a way."""
    shown: int
    """How many of them have a way in ``ways``."""
    more: bool
    """Whether there are ways beside ``ways``."""


def ranked(
    search: Search,
    starts: int,
    most: int = 0,
    tell: Callable[[int], None] | None = None,
) -> RankedPaths:
    """The best ways of many starts, at most so many (0: all).

    Starts take turns: the best way of each comes before the second best of any. ``tell`` is called
    with the number of ways found so far.
    """
    ranks = {start: rank for start in members(starts) if (rank := search.rank(start))}
    order = sorted(ranks, key=lambda start: (ranks[start], start))
    found: list[Path] = []
    turns = [search.ways(start) for start in (order[:most] if most else order)]
    more = len(turns) < len(order)
    while turns and not (more and len(found) == most):
        drawn = [(way, turn) for turn in turns if (way := next(turn, None))]
        drawn.sort(key=lambda each: (each[0].rank, each[0].nodes))
        room = most - len(found) if most else len(drawn)
        more = more or len(drawn) > room
        found += [way for way, _ in drawn[:room]]
        if tell:
            tell(len(found))
        turns = [] if len(drawn) > room else [turn for _, turn in drawn]
    found.sort(key=lambda way: (way.rank, way.nodes))
    return RankedPaths(found, len(order), len({way.nodes[0] for way in found}), more)


def explain_path(graph: AttackGraph, way: Path) -> ExplainedPath:
    """A way with all that its steps rest on."""
    hops = enumerate(zip(way.grants, way.nodes, way.nodes[1:], strict=False))
    return ExplainedPath(
        source=graph.nodes[way.nodes[0]].id,
        target=graph.nodes[way.nodes[-1]].id,
        target_reason=graph.reasons.get(way.nodes[-1], ""),
        difficulty=way.difficulty,
        conditional=way.conditional,
        hops=tuple(
            graph.explain(grant, source, target, way.nodes[:place])
            for place, (grant, source, target) in hops
        ),
    )


def _usable(graph: AttackGraph, end: Target) -> Iterator[UsableStep]:
    """The steps that ways to an end may take: past an administrator only those to its account, and
    past an account only those to the end and out of it."""
    administrators = graph.administrators.possible
    inside = _accounts(graph)
    for grant in graph.steps:
        if grant.type != StepType.ADMINISTERS:
            yield UsableStep(grant, grant.sources & ~graph.administrators.certain, grant.reached)
            continue
        yield UsableStep(
            grant,
            grant.sources & administrators & ~end.open,
            grant.reached,
        )
        for account in members(grant.sources & ~administrators):
            out = end.possible | ~inside[account]
            yield UsableStep(grant, 1 << account, grant.reached.within(out))


def _accounts(graph: AttackGraph) -> dict[int, int]:
    """The nodes that belong to an account, by the account: the nodes from which a step ADMINISTERS
    leads without their being administrators."""
    administrators = graph.administrators.possible
    accounts = 0
    for grant in graph.steps:
        if grant.type == StepType.ADMINISTERS:
            accounts |= grant.sources & ~administrators
    by_name: dict[str, int] = {}
    for number, node in enumerate(graph.nodes if accounts else ()):
        by_name[node.account] = by_name.get(node.account, 0) | 1 << number
    return {account: by_name[graph.nodes[account].account] for account in members(accounts)}


def _needed(step: UsableStep, place: int, steps: list[UsableStep]) -> UsableStep:
    """A step without the nodes to which another, that is neither harder nor less certain, leads
    with a part of its permissions, or in the same way."""
    grant, certain, open_ = step.grant, step.reached.certain, step.reached.open
    for other_place, other in enumerate(steps):
        rival = other.grant
        if rival.difficulty > grant.difficulty or other_place == place:
            continue
        if (rival.permissions and rival.permissions < grant.permissions) or (
            _is_alike(rival, grant) and (rival.difficulty, other_place) < (grant.difficulty, place)
        ):
            certain &= ~other.reached.certain
            open_ &= ~other.reached.possible
        elif _is_alike(rival, grant):
            open_ &= ~other.reached.certain
    return step._replace(reached=MaySet(certain, certain | open_))


def _is_alike(one: Step, other: Step) -> bool:
    return (one.type, one.technique, one.permissions) == (
        other.type,
        other.technique,
        other.permissions,
    )
