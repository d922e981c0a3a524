"""What a set of sources comes to: how far every node is from the nearest of them, and an easiest
path to whichever target is asked for.

One pass forward answers for all targets, where :class:`~clew.graph.attack.search.Search` makes one
backward for each. It goes over whole steps, a set of nodes at a time, and keeps the same rules:
past an administrator only to its account, and past an account out of it or straight to the target.
What is in an account that somebody administers is therefore reached, but not passed over: as a
target it counts, and no path goes on from there. That holds for what is a target only if a
condition holds too, which a search may pass over where it is certain throughout.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from ..sets import members
from .model import AttackGraph, Step, StepType
from .search import Cost, Path, StepsBySource, Target, administered_accounts


class _ForwardStep(NamedTuple):
    """What a path may use of a step, whatever its target is."""

    step: Step
    sources: int
    reached: int
    """What may be the target."""
    passed: int
    """What it may go on from."""


class _Arrival(NamedTuple):
    """How nodes are come to first."""

    step: Step
    before: int
    """One of the nodes before; an easiest path to it goes on from there."""


class _Arriving(NamedTuple):
    """Nodes that are come to first by a step, from one node."""

    step: Step
    before: int
    reached: int
    passed: int


class _Level(NamedTuple):
    """What is come to at one distance from the sources."""

    cost: Cost
    reached: int
    """The nodes that are first reached there."""
    passed: int
    """The nodes from which paths first go on there."""
    arriving: tuple[_Arriving, ...]


class ForwardSteps:
    """All steps of a graph, to be followed from anywhere."""

    def __init__(self, graph: AttackGraph, *, only_certain: bool) -> None:
        self.graph = graph
        self.only_certain = only_certain
        forward = _forward(graph, only_certain=only_certain)
        self.steps = [each for each in forward if each.reached]
        self.by_source = StepsBySource(each.sources for each in self.steps)

    def from_(self, sources: int) -> "BlastRadius":
        """What these nodes come to."""
        return BlastRadius(self, sources)

    def levels(self, sources: int) -> Iterator[_Level]:
        """What some nodes come to by distance, nearest first."""
        level = _Level(Cost(0, 0), sources, sources, ())
        reached = passed = sources
        ahead: dict[Cost, list[_Arriving]] = {}
        taken: set[int] = set()
        yield level
        while True:
            for place in self.by_source.of(level.passed):
                if place not in taken:
                    taken.add(place)
                    step, able, *leads = self.steps[place]
                    before = able & level.passed
                    arriving = _Arriving(step, (before & -before).bit_length() - 1, *leads)
                    ahead.setdefault(level.cost.after(step.difficulty), []).append(arriving)
            if not ahead:
                return
            level = _first(min(ahead), ahead.pop(min(ahead)), reached, passed)
            reached |= level.reached
            passed |= level.passed
            yield level


def _first(cost: Cost, arriving: Iterable[_Arriving], reached: int, passed: int) -> _Level:
    """The nodes come to that were not reached, or not passed, before."""
    fresh = tuple(
        each._replace(reached=each.reached & ~reached, passed=each.passed & ~passed)
        for each in arriving
    )
    new = onward = 0
    for each in fresh:
        new |= each.reached
        onward |= each.passed
    return _Level(cost, new, onward, fresh)


class BlastRadius:
    """What some sources come to, for certain or perhaps."""

    def __init__(self, steps: ForwardSteps, sources: int) -> None:
        self._steps = steps
        self._sources = sources

    @cached_property
    def levels(self) -> list[tuple[Cost, int]]:
        """The nodes at each distance, nearest first; the sources are at none."""
        return [(level.cost, level.reached) for level in self._levels]

    @cached_property
    def _levels(self) -> list[_Level]:
        return list(self._steps.levels(self._sources))

    @cached_property
    def reached(self) -> int:
        """All nodes that are come to, the sources among them."""
        found = 0
        for _, level in self.levels:
            found |= level
        return found

    def cost(self, target: int) -> Cost | None:
        """How far a node is from the nearest source; None if no path leads to it."""
        return next((cost for cost, level in self.levels if level >> target & 1), None)

    def best(self, target: Target) -> Path | None:
        """An easiest path to a target; None if there is no path.

        If only what is certain is followed the path is certain throughout; else it may be
        conditional even where another that is as easy is not.
        """
        wanted = target.certain if self._steps.only_certain else target.possible
        near = next((level & wanted for _, level in self.levels if level & wanted), 0)
        if not near:
            return None
        near = near & target.certain or near
        nodes, steps = [(near & -near).bit_length() - 1], []
        arrivals: Mapping[int, _Arrival] = self._reached_by
        while arrival := arrivals.get(nodes[-1]):
            steps.append(arrival.step)
            nodes.append(arrival.before)
            arrivals = self._passed_by
        nodes.reverse()
        steps.reverse()
        uncertain = (
            not step.reached.certain >> to & 1 for step, to in zip(steps, nodes[1:], strict=True)
        )
        return Path(
            tuple(nodes),
            tuple(steps),
            sum(step.difficulty for step in steps),
            any(uncertain) or not target.certain >> nodes[-1] & 1,
        )

    @cached_property
    def _reached_by(self) -> dict[int, _Arrival]:
        """How each node but the sources is first reached."""
        found: dict[int, _Arrival] = {}
        for level in self._levels:
            each = ((one.step, one.before, one.reached) for one in level.arriving)
            found.update(_arrivals(level.reached, list(each)))
        return found

    @cached_property
    def _passed_by(self) -> dict[int, _Arrival]:
        """How each node but the sources is first come to by paths that go on from there."""
        found: dict[int, _Arrival] = {}
        for level in self._levels:
            each = ((one.step, one.before, one.passed) for one in level.arriving)
            found.update(_arrivals(level.passed, list(each)))
        return found


def _arrivals(
    nodes: int, arriving: Sequence[tuple[Step, int, int]]
) -> Iterator[tuple[int, _Arrival]]:
    """How each of some nodes is come to, by a step that is certain if there is one."""
    for is_certain in (True, False):
        for step, before, fresh in arriving:
            at = fresh & nodes & (step.reached.certain if is_certain else ~0)
            if at:
                arrival = _Arrival(step, before)
                yield from ((node, arrival) for node in members(at))
                nodes &= ~at


class _Reach:
    """What sets of nodes come to, where it does not matter how far that is.

    What follows from a step that many can take is worked out once: else every account would be
    followed through all that everybody may do in all the others.
    """

    def __init__(self, steps: ForwardSteps) -> None:
        self._steps = steps.steps
        self._by_source = steps.by_source
        self._behind: dict[int, tuple[int, int]] = {}
        """By the place of such a step: what it comes to, and what of that may be gone on from."""
        for place in self._by_source.shared:
            step = self._steps[place]
            self._behind[place] = self._all(step.reached, step.passed)

    def of(self, nodes: int) -> int:
        """What nodes come to, they among it."""
        return self._all(nodes, nodes)[0]

    def _all(self, reached: int, passed: int) -> tuple[int, int]:
        taken: set[int] = set()
        fresh = passed
        while fresh:
            places = [place for place in self._by_source.of(fresh) if place not in taken]
            taken.update(places)
            fresh = followed = 0
            for place in places:
                if place in self._behind:
                    further, on = self._behind[place]
                    followed |= on
                else:
                    _, _, further, on = self._steps[place]
                    fresh |= on
                reached |= further
            passed |= followed
            fresh &= ~passed
            passed |= fresh
        return reached, passed


def reach_of_accounts(steps: ForwardSteps) -> Mapping[str, int]:
    """What the nodes of each account come to, by the account's id."""
    reach = _Reach(steps)
    inside = steps.graph.by_account()
    return {account: reach.of(nodes) for account, nodes in inside.items() if account}


def _forward(graph: AttackGraph, *, only_certain: bool) -> Iterator[_ForwardStep]:
    administrators = graph.administrators
    inside = administered_accounts(graph)
    for step in graph.steps:
        reached = step.reached.certain if only_certain else step.reached.possible
        if step.type != StepType.ADMINISTERS:
            yield _ForwardStep(step, step.sources & ~graph.settled, reached, reached)
            continue
        yield _ForwardStep(step, step.sources & administrators.possible, reached, reached)
        for account in members(step.sources & ~administrators.possible):
            yield _ForwardStep(step, 1 << account, reached, reached & ~inside[account])
