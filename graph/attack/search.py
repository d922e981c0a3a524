"""The paths from a source to a target, best first.

What "best" means: the least difficulty; then what is certain before what is conditional; then the
fewest steps. A path is simple: it has no node twice. It ends at the first target that it comes to,
and past an administrator it does not dwell in the account: its administrator holds all of it,
so that the account leads straight to the target or into another account.

How: the distance of every node to the nearest target is found backwards over whole steps, a set of
nodes at a time, so that rights which thousands hold over thousands are never taken apart. With
these distances as exact bounds the paths are found one after the other (A*); only where a bound may
rest on a node that the path has already been at, it is found anew without those nodes. A bound
tells too whether as easy a path can still be certain: else all beginnings that are certain so far
would be followed before the first path that ends conditional. Of equals the one that has come
furthest is followed first. So no part of a path is followed that leads nowhere, and the next path
is never far.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import chain, count
from typing import Generic, NamedTuple, TypeVar

from ..sets import MaySet, members
from .model import AttackGraph, ExplainedPath, Step, StepType

_T = TypeVar("_T")
_FEW = 32
"""Steps that more than so many nodes share are not filed under each."""


Target = MaySet
"""What paths lead to. What is such a target only if a condition holds is possible: a path that ends
there is conditional; one that goes on from there is kept only if it is certain throughout."""


class Cost(NamedTuple):
    """How far a target is at least."""

    difficulty: int
    steps: int

    def after(self, difficulty: int) -> "Cost":
        """The cost with a further step."""
        return Cost(self.difficulty + difficulty, self.steps + 1)


class Path(NamedTuple):
    """A path from a source to a target, by number."""

    nodes: tuple[int, ...]
    steps: tuple[Step, ...]
    """There is one node more."""
    difficulty: int
    conditional: bool

    @property
    def rank(self) -> tuple[int, bool, int]:
        """What paths are ordered by."""
        return self.difficulty, self.conditional, len(self.steps)


def admin(graph: AttackGraph) -> Target:
    """Those who administer an account."""
    return graph.administrators


class UsableStep(NamedTuple):
    """What a path may use of a step."""

    step: Step
    sources: int
    reached: MaySet


class StepsBySource:
    """The places of steps in a list, by who can take them."""

    def __init__(self, sources: Iterable[int]) -> None:
        self._few: dict[int, list[int]] = {}
        """Of the steps that few can take, by node."""
        self._many: list[tuple[int, int]] = []
        """Of those that many can, with the nodes."""
        for place, nodes in enumerate(sources):
            if nodes.bit_count() > _FEW:
                self._many.append((place, nodes))
            else:
                for node in members(nodes):
                    self._few.setdefault(node, []).append(place)

    @property
    def shared(self) -> Iterator[int]:
        """The places of the steps that many can take."""
        return (place for place, _ in self._many)

    def of(self, nodes: int) -> list[int]:
        """The places of the steps that any of these nodes can take, in order."""
        found = {place for place, sources in self._many if sources & nodes}
        for node in members(nodes):
            found.update(self._few.get(node, ()))
        return sorted(found)


class _Stage(NamedTuple):
    """How far the finding of distances has come, one stage for each distance, nearest first."""

    cost: Cost
    nodes: int
    """Those at this distance."""
    ahead: dict[Cost, int]
    """Those that are known to be at most so far."""
    waiting: "_StepsByDifficulty"
    """The steps that lead to nothing nearer."""

    def within(self, nodes: int) -> "_Stage":
        """The same without the steps that lead to none of these nodes."""
        waiting = {
            difficulty: [each for each in steps if each[1] & nodes]
            for difficulty, steps in self.waiting.items()
        }
        return self._replace(waiting=waiting)


_StepsByDifficulty = dict[int, list[tuple[int, int]]]
"""Sources and the nodes they come to, by what a step costs."""


class DistanceMap:
    """The distances of all nodes to the nearest target, over some of the steps."""

    def __init__(self, steps: list[UsableStep], target: Target, *, only_certain: bool) -> None:
        self.only_certain = only_certain
        self.targets = target.certain if only_certain else target.possible
        self._reached = [
            (usable, reached)
            for usable in steps
            if (reached := usable.reached.certain if only_certain else usable.reached.possible)
        ]

    @cached_property
    def levels(self) -> list[tuple[Cost, int]]:
        """The nodes at each distance, nearest first."""
        return [(stage.cost, stage.nodes) for stage in self._stages]

    @cached_property
    def reaching(self) -> int:
        """The nodes that have a path, the targets among them."""
        found = 0
        for _, level in self.levels:
            found |= level
        return found

    def cost(self, node: int) -> Cost | None:
        """The distance of a node; None if it has no path."""
        return next((cost for cost, level in self.levels if level >> node & 1), None)

    def levels_without(self, avoided: int) -> Iterator[tuple[Cost, int]]:
        """The nodes at each distance, nearest first, if some must not be used.

        As long as every step still leads to some other node as near, nothing else changes.
        """
        seen = avoided
        same = self._nearest_ends.unchanged(avoided)
        for stage in self._stages[:same]:
            if level := stage.nodes & ~avoided:
                seen |= level
                yield stage.cost, level
        for stage in self._stages[same : same + 1]:
            ahead = {**stage.ahead, stage.cost: stage.nodes}
            for cost, level, *_ in _stages(ahead, seen, stage.waiting):
                yield cost, level

    @cached_property
    def _stages(self) -> list[_Stage]:
        steps: _StepsByDifficulty = {}
        for usable, reached in self._reached:
            steps.setdefault(usable.step.difficulty, []).append((usable.sources, reached))
        stages = list(_stages({Cost(0, 0): self.targets}, 0, steps))
        reaching = 0
        for stage in stages:
            reaching |= stage.nodes
        return [stage.within(reaching) for stage in stages]

    @cached_property
    def _nearest_ends(self) -> "_NearestEnds":
        return _NearestEnds(self._stages)

    @cached_property
    def next_steps(self) -> dict[int, tuple[UsableStep, int]]:
        """The first step of a best path, with the node that it leads to, by node; not of
        targets."""
        levels = dict(self.levels)
        found: dict[int, tuple[UsableStep, int]] = {}
        for cost, level in self.levels[1:]:
            open_ = level
            for usable, reached in self._reached:
                here = usable.sources & open_
                before = Cost(cost.difficulty - usable.step.difficulty, cost.steps - 1)
                nearer = reached & levels.get(before, 0) if here else 0
                if nearer:
                    surely = nearer & usable.reached.certain or nearer
                    to = (surely & -surely).bit_length() - 1
                    found.update((node, (usable, to)) for node in members(here))
                    open_ &= ~here
        return found


def _stages(ahead: dict[Cost, int], seen: int, waiting: _StepsByDifficulty) -> Iterator[_Stage]:
    """Finds nodes by their distance, nearest first, from those that are known to be so near."""
    while ahead:
        cost = min(ahead)
        level = ahead.pop(cost) & ~seen
        if not level:
            continue
        seen |= level
        yield _Stage(cost, level, {**ahead}, waiting)
        later: _StepsByDifficulty = {}
        for difficulty, steps in waiting.items():
            left, coming = [], 0
            for each in steps:
                sources, reached = each
                if reached & level:
                    coming |= sources
                else:
                    left.append(each)
            later[difficulty] = left
            at = cost.after(difficulty)
            ahead[at] = ahead.get(at, 0) | coming
        waiting = later


class _NearestEnds:
    """The nearest nodes to which each step leads, with the place of their stage."""

    def __init__(self, stages: Sequence[_Stage]) -> None:
        self._stages = len(stages)
        self._few: dict[int, list[tuple[int, int]]] = {}
        """Where a step has but few, by node."""
        self._many: list[tuple[int, int]] = []
        for place, stage in enumerate(stages):
            for _, reached in chain.from_iterable(stage.waiting.values()):
                ends = reached & stage.nodes
                if ends.bit_count() > _FEW:
                    self._many.append((place, ends))
                else:
                    for node in members(ends):
                        self._few.setdefault(node, []).append((place, ends))

    def unchanged(self, avoided: int) -> int:
        """Up to which stage every step leads to a node as near that is not to be avoided."""
        found = self._stages
        affected = chain.from_iterable(self._few.get(node, ()) for node in members(avoided))
        if avoided.bit_count() > _FEW:
            affected = chain(affected, self._many)
        for place, ends in affected:
            if place < found and not ends & ~avoided:
                found = place
        return found


class _Level(NamedTuple):
    """Nodes whose best paths to a target are alike."""

    cost: Cost
    conditional: bool
    nodes: int
    distances: DistanceMap
    """What the cost is one of."""


_Levels = Iterable[tuple[Cost, int]]


def _best_levels(
    any_: DistanceMap, any_levels: _Levels, certain: DistanceMap, certain_levels: _Levels
) -> Iterator[_Level]:
    """The nodes by their best paths: of the least difficulty, and certain if one as easy is."""
    ahead = iter(certain_levels)
    following = next(ahead, None)
    difficulty, alike = -1, list[tuple[Cost, int]]()
    for cost, level in any_levels:
        if cost.difficulty > difficulty:
            difficulty, alike = cost.difficulty, []
            while following and following[0].difficulty <= difficulty:
                if following[0].difficulty == difficulty:
                    alike.append(following)
                following = next(ahead, None)
        left = level
        for sure, nodes in alike:
            if nodes & left:
                yield _Level(sure, False, nodes & left, certain)
                left &= ~nodes
        if left:
            yield _Level(cost, True, left, any_)


@dataclass(frozen=True, slots=True)
class _PartialPath:
    """A path that has been begun, or, if ``ended``, one that is whole."""

    nodes: tuple[int, ...]
    steps: tuple[Step, ...]
    difficulty: int
    conditional: bool
    distances: DistanceMap
    """What it may go on over."""
    ended: bool


_Rank = tuple[int, bool, int]


class Search:
    """The paths to a target, from any source."""

    def __init__(self, graph: AttackGraph, target: Target) -> None:
        self.graph = graph
        self.target = target
        self.administrators = graph.administrators.possible
        self.steps = list(_usable(graph, target))
        self._inside = {
            account: inside & ~target.possible
            for account, inside in administered_accounts(graph).items()
        }
        """By an account: the nodes of it that a path past it has no more need of."""
        self.certain = DistanceMap(self.steps, target, only_certain=True)
        is_open = target.open or any(usable.reached.open for usable in self.steps)
        self.any = DistanceMap(self.steps, target, only_certain=False) if is_open else self.certain
        self._needed: dict[int, list[UsableStep]] = {}

    def rank(self, source: int) -> _Rank | None:
        """That of the best path from a source; None if there is no path."""
        nearest = self.any.cost(source)
        if nearest is None:
            return None
        surely = self.certain.cost(source)
        if surely is not None and surely.difficulty == nearest.difficulty:
            return surely.difficulty, False, surely.steps
        return nearest.difficulty, True, nearest.steps

    def best(self, source: int, *, only_certain: bool) -> Path | None:
        """An easiest path from a source, without searching for more; None if there is no path.

        With ``only_certain`` it is certain throughout; else it may be conditional even where
        another that is as easy is not.
        """
        distances = self.certain if only_certain else self.any
        if not distances.reaching >> source & 1:
            return None
        nodes, steps, difficulty = [source], [], 0
        conditional = False
        while not distances.targets >> nodes[-1] & 1:
            usable, to = distances.next_steps[nodes[-1]]
            nodes.append(to)
            steps.append(usable.step)
            difficulty += usable.step.difficulty
            conditional |= not usable.reached.certain >> to & 1
        conditional |= not self.target.certain >> nodes[-1] & 1
        return Path(tuple(nodes), tuple(steps), difficulty, conditional)

    def paths(self, source: int) -> Iterator[Path]:
        """All paths from a source, best first. There can be very many."""
        order = count()
        heap: list[tuple[_Rank, int, int, _PartialPath, Iterator[tuple[_Rank, _PartialPath]]]] = []

        def follow(options: Iterator[tuple[_Rank, _PartialPath]]) -> None:
            if option := next(options, None):
                rank, partial = option
                heappush(heap, (rank, -len(partial.steps), next(order), partial, options))

        follow(self._beginnings(source))
        while heap:
            *_, partial, siblings = heappop(heap)
            follow(siblings)
            if partial.ended:
                yield Path(partial.nodes, partial.steps, partial.difficulty, partial.conditional)
            else:
                follow(self._continued(partial))

    def _beginnings(self, source: int) -> Iterator[tuple[_Rank, _PartialPath]]:
        bit = 1 << source
        if bit & self.target.certain:
            yield (0, False, 0), _PartialPath((source,), (), 0, False, self.certain, True)
            return
        passing = bit & self.target.open
        distances = self.certain if passing else self.any
        options: list[tuple[_Rank, bool]] = [((0, True, 0), True)] if passing else []
        if passing and (cost := distances.cost(source)):
            options.append(((cost.difficulty, False, cost.steps), False))
        if not passing and (rank := self.rank(source)):
            options.append((rank, False))
        for rank, ended in sorted(options):
            yield rank, _PartialPath((source,), (), 0, ended, distances, ended)

    def _continued(self, partial: _PartialPath) -> Iterator[tuple[_Rank, _PartialPath]]:
        """The paths that are longer by one step, best first."""
        avoided = 0
        for node in partial.nodes:
            avoided |= 1 << node | self._inside.get(node, 0)
        groups = _Groups(self, partial, avoided)
        for usable in self._steps_from(partial.nodes[-1]):
            step, certain = usable.step, usable.reached.certain & ~avoided
            if partial.distances.only_certain:
                groups.add(step, certain, partial.distances, conditional=False)
                continue
            groups.add(step, certain & ~self.target.open, partial.distances, conditional=False)
            groups.add(
                step,
                usable.reached.open & ~avoided | certain & self.target.open,
                partial.distances,
                conditional=True,
            )
            if not partial.conditional:
                groups.add(step, certain & self.target.open, self.certain, conditional=False)
        return groups.in_order()

    @cached_property
    def best_levels(self) -> list[_Level]:
        """The nodes by their best paths, of a path that is certain so far."""
        return list(_best_levels(self.any, self.any.levels, self.certain, self.certain.levels))

    def steps_of(self, node: int) -> list[UsableStep]:
        """The steps that a node can take."""
        return [self.steps[place] for place in self._by_source.of(1 << node)]

    @cached_property
    def _by_source(self) -> StepsBySource:
        return StepsBySource(usable.sources for usable in self.steps)

    def _steps_from(self, node: int) -> list[UsableStep]:
        """The steps that a node can take, without those that others make pointless."""
        if node not in self._needed:
            steps = self.steps_of(node)
            self._needed[node] = [
                needed
                for place, each in enumerate(steps)
                if (needed := _needed(each, place, steps)).reached.possible
            ]
        return self._needed[node]


class _Group(NamedTuple):
    """Nodes that a step leads to, all at one distance of a target."""

    rank: _Rank
    place: int
    step: Step
    nodes: int
    distances: DistanceMap
    conditional: bool
    exact: bool


class _Lazily(Generic[_T]):
    """Levels that are found when they are first asked for, by however many at a time."""

    def __init__(self, levels: Iterator[_T]) -> None:
        self._found: list[_T] = []
        self._rest = levels

    def __iter__(self) -> Iterator[_T]:
        for place in count():
            if place == len(self._found):
                try:
                    self._found.append(next(self._rest))
                except StopIteration:
                    return
            yield self._found[place]


class _Groups:
    """The continuations of a path, sorted without making each."""

    def __init__(self, search: Search, partial: _PartialPath, avoided: int) -> None:
        self._search = search
        self._partial = partial
        self._avoided = avoided
        self._groups: list[_Group] = []
        self._place = count()
        self._safe: dict[DistanceMap, Cost | None] = {}
        self._around: dict[DistanceMap, _Lazily[tuple[Cost, int]]] = {}
        self._best_around: _Lazily[_Level] | None = None

    def add(self, step: Step, nodes: int, distances: DistanceMap, *, conditional: bool) -> None:
        """Adds what a step leads to."""
        if not nodes:
            return
        if distances.only_certain or conditional or self._partial.conditional:
            levels: Iterable[_Level] = (
                _Level(cost, False, level, distances) for cost, level in distances.levels
            )
        else:
            levels = self._search.best_levels
        self._groups += self._at(levels, step, nodes, distances, conditional, exact=False)

    def in_order(self) -> Iterator[tuple[_Rank, _PartialPath]]:
        """Each path that is longer by a step, best first."""
        heapify(self._groups)
        partial = self._partial
        while self._groups:
            group = heappop(self._groups)
            if not group.exact:
                for exact in self._at(
                    self._levels_around(group),
                    group.step,
                    group.nodes,
                    group.distances,
                    group.conditional,
                    exact=True,
                ):
                    heappush(self._groups, exact)
                continue
            for node in members(group.nodes):
                yield (
                    group.rank,
                    _PartialPath(
                        (*partial.nodes, node),
                        (*partial.steps, group.step),
                        partial.difficulty + group.step.difficulty,
                        partial.conditional or group.conditional,
                        group.distances,
                        bool(group.distances.targets >> node & 1),
                    ),
                )

    def _at(
        self,
        levels: Iterable[_Level],
        step: Step,
        nodes: int,
        distances: DistanceMap,
        conditional: bool,
        *,
        exact: bool,
    ) -> Iterator[_Group]:
        partial = self._partial
        for cost, turns_conditional, level, bound in levels:
            if not nodes:
                return
            if here := nodes & level:
                nodes &= ~level
                rank = (
                    partial.difficulty + step.difficulty + cost.difficulty,
                    partial.conditional or conditional or turns_conditional,
                    len(partial.steps) + 1 + cost.steps,
                )
                yield _Group(
                    rank,
                    next(self._place),
                    step,
                    here,
                    distances,
                    conditional,
                    exact or self._is_safe(cost, bound),
                )

    def _is_safe(self, cost: Cost, distances: DistanceMap) -> bool:
        """Whether a best path from so near cannot lead over a node to avoid: on it the distance
        only shrinks."""
        if distances not in self._safe:
            self._safe[distances] = next(
                (cost for cost, level in distances.levels if level & self._avoided), None
            )
        nearest = self._safe[distances]
        return nearest is None or cost < nearest

    def _levels_around(self, group: _Group) -> Iterable[_Level]:
        distances, search = group.distances, self._search
        around = self._around_of(distances)
        if distances.only_certain or group.conditional or self._partial.conditional:
            return (_Level(cost, False, level, distances) for cost, level in around)
        if self._best_around is None:
            surely = self._around_of(search.certain)
            self._best_around = _Lazily(_best_levels(distances, around, search.certain, surely))
        return self._best_around

    def _around_of(self, distances: DistanceMap) -> _Lazily[tuple[Cost, int]]:
        if distances not in self._around:
            self._around[distances] = _Lazily(distances.levels_without(self._avoided))
        return self._around[distances]


def explain_path(graph: AttackGraph, path: Path) -> ExplainedPath:
    """A path with all that its steps rest on."""
    hops = enumerate(zip(path.steps, path.nodes, path.nodes[1:], strict=False))
    return ExplainedPath(
        source=graph.nodes[path.nodes[0]].id,
        target=graph.nodes[path.nodes[-1]].id,
        target_reason=graph.reasons.get(path.nodes[-1], ""),
        difficulty=path.difficulty,
        conditional=path.conditional,
        hops=tuple(
            graph.explain(step, source, target, path.nodes[:place])
            for place, (step, source, target) in hops
        ),
    )


def _usable(graph: AttackGraph, target: Target) -> Iterator[UsableStep]:
    """The steps that paths to a target may take: past an administrator who gains nothing more only
    those to its account, and past an account only those to the target and out of it."""
    administrators = graph.administrators.possible
    inside = administered_accounts(graph)
    for step in graph.steps:
        if step.type != StepType.ADMINISTERS:
            yield UsableStep(step, step.sources & ~graph.settled, step.reached)
            continue
        yield UsableStep(step, step.sources & administrators & ~target.open, step.reached)
        for account in members(step.sources & ~administrators):
            out = target.possible | ~inside[account]
            yield UsableStep(step, 1 << account, step.reached.within(out))


def administered_accounts(graph: AttackGraph) -> dict[int, int]:
    """The nodes that belong to an account, by the account: the nodes from which a step ADMINISTERS
    leads without their being administrators."""
    administrators = graph.administrators.possible
    accounts = 0
    for step in graph.steps:
        if step.type == StepType.ADMINISTERS:
            accounts |= step.sources & ~administrators
    by_name: dict[str, int] = {}
    for number, node in enumerate(graph.nodes if accounts else ()):
        by_name[node.account] = by_name.get(node.account, 0) | 1 << number
    return {account: by_name[graph.nodes[account].account] for account in members(accounts)}


def _needed(usable: UsableStep, place: int, steps: list[UsableStep]) -> UsableStep:
    """A step without the nodes to which another, that is neither harder nor less certain, leads
    with a part of its permissions, or in the same way."""
    step, certain, open_ = usable.step, usable.reached.certain, usable.reached.open
    for other_place, other in enumerate(steps):
        rival = other.step
        if rival.difficulty > step.difficulty or other_place == place:
            continue
        if (rival.permissions and rival.permissions < step.permissions) or (
            _is_alike(rival, step) and (rival.difficulty, other_place) < (step.difficulty, place)
        ):
            certain &= ~other.reached.certain
            open_ &= ~other.reached.possible
        elif _is_alike(rival, step):
            open_ &= ~other.reached.certain
    return usable._replace(reached=MaySet(certain, certain | open_))


def _is_alike(one: Step, other: Step) -> bool:
    return (one.type, one.technique, one.permissions) == (
        other.type,
        other.technique,
        other.permissions,
    )
