"""What to cut first: the steps, or the policies behind them, that most starts cannot do without.

What counts is how many starts lose every way to the end. A step on which all ways of a start lie
is found by dominators: a node dominates another if no way of the other gets past it. The next cut
is judged on what the ones before have left. Where no single cut takes a start's ways away, because
each start has ways apart from each other, the one that lies on most starts' best ways comes first.

A step from an administrator to its account, and from the account to what is in it, cannot be cut:
it says what an administrator is. Into another account it can be, by what is trusted there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import networkx

from ..sets import members
from .model import AttackGraph, Statement, Step, StepType
from .search import Search, Target
from .what_if import Cut, without

_TRIES = 20
"""Of the policies that may be the next best cut, so many at most are tried."""


class ChokePointStep(NamedTuple):
    """A step from one node to another, by all its techniques."""

    source: int
    target: int
    grants: tuple[Step, ...]
    cut: int
    """The starts that lose their last way by this cut and those before it."""
    left: int
    """The starts that still have one."""


class ChokePointPolicy(NamedTuple):
    """A policy, or a statement of it."""

    reference: str
    """As a what-if takes it: ``ARN``, ``ARN#trust``, ``ARN#policy`` or ``ARN#PLACE``."""
    statements: tuple[Statement, ...]
    """Those of it that the ways rest on."""
    cut: int
    """How many starts lose their last way by this cut and those before it."""
    left: int
    """How many still have one."""


def choke_point_steps(graph: AttackGraph, end: Target, starts: int) -> Iterator[ChokePointStep]:
    """The steps to cut, the best first, until no start has a way.

    Starts that are ends already count as if they were not there.
    """
    starts &= ~end.possible
    while True:
        search = Search(graph, end)
        having = starts & search.any.reaching
        if not having:
            return
        best = _best_step(search, having)
        if best is None:
            return
        source, target = best
        grants = tuple(_between(search, source, target))
        graph = without(graph, [Cut(1 << source, 1 << target)])
        left = having & Search(graph, end).any.reaching
        yield ChokePointStep(source, target, grants, having & ~left, left)


class Objective(NamedTuple):
    """What ways are looked for in which steps."""

    graph: AttackGraph
    end: Target
    starts: int


def choke_point_policies(
    compute: Callable[[Sequence[str]], Objective], refer: Callable[[Statement], str | None]
) -> Iterator[ChokePointPolicy]:
    """The policies or statements to cut, the best first, until no start has a way.

    ``compute`` gives the steps that are left without some of them, ``refer`` what would be cut
    with a statement (None: it cannot be cut). Numbers are exact: each cut is computed from the
    policies on. Only what best ways rest on is tried, most used first, and not more than twenty at
    a time. Starts that are ends already count as if they were not there.
    """
    cuts: list[str] = []
    aim = compute(cuts)
    wanted = _ids(aim.graph, aim.starts & ~aim.end.possible)
    having = _having(aim, wanted)
    while having:
        uses = _uses(aim, having, refer)
        best: tuple[str, Objective, set[str]] | None = None
        for name in sorted(uses, key=lambda name: (-uses[name].starts, name))[:_TRIES]:
            if best and len(having) - len(best[2]) >= uses[name].starts:
                break
            left_aim = compute([*cuts, name])
            left = having & _having(left_aim, wanted)
            if best is None or len(left) < len(best[2]):
                best = name, left_aim, left
        if best is None:
            return
        name, aim, left = best
        cuts.append(name)
        yield ChokePointPolicy(name, uses[name].statements, len(having) - len(left), len(left))
        having = left


class _Use(NamedTuple):
    starts: int
    statements: tuple[Statement, ...]


def _ids(graph: AttackGraph, numbers: int) -> set[str]:
    return {graph.nodes[number].id for number in members(numbers)}


def _having(aim: Objective, wanted: set[str]) -> set[str]:
    """Which of some starts, by id, have a way."""
    reaching = Search(aim.graph, aim.end).any.reaching
    return {
        id_
        for id_ in wanted
        if (number := aim.graph.number.get((id_, ""))) is not None and reaching >> number & 1
    }


def _uses(
    aim: Objective, having: set[str], refer: Callable[[Statement], str | None]
) -> dict[str, _Use]:
    """What the best ways of some starts rest on, by the name of what would be cut."""
    graph, field = aim.graph, Search(aim.graph, aim.end).any
    rests: dict[int, frozenset[str]] = {}
    statements: dict[str, dict[Statement, None]] = {}
    for _, level in field.levels[1:]:
        for node in members(level):
            step, to = field.next_steps[node]
            names = set()
            for statement in graph.explain(step.grant, node, to).statements:
                name = refer(statement) if statement.effect == "Allow" else None
                if name is not None:
                    names.add(name)
                    statements.setdefault(name, {})[statement] = None
            rests[node] = rests.get(to, frozenset()) | names
    used = Counter(name for id_ in having for name in rests.get(graph.number[id_, ""], ()))
    return {name: _Use(number, tuple(statements[name])) for name, number in used.items()}


def _best_step(search: Search, starts: int) -> tuple[int, int] | None:
    """The step that most starts cannot do without; among equals, that most best ways use."""
    used = Counter(_loads(search, starts))
    worth = dict.fromkeys(used, 0)
    worth |= {step: (cut & starts).bit_count() for step, cut in _bridges(search)}
    order = sorted(worth, key=lambda step: (-worth[step], -used[step], step))
    return next((step for step in order if _can_be_cut(search, *step)), None)


def _loads(search: Search, starts: int) -> dict[tuple[int, int], int]:
    """How many starts' best ways go over each step, over any that does."""
    following = search.any.next_steps
    waiting: Counter[int] = Counter(members(starts))
    loads: dict[tuple[int, int], int] = {}
    for _, level in reversed(search.any.levels[1:]):
        for node in members(level):
            if load := waiting[node]:
                to = following[node][1]
                loads[node, to] = load
                waiting[to] += load
    return loads


def _bridges(search: Search) -> Iterator[tuple[tuple[int, int], int]]:
    """Each step that all ways of some nodes go over, with these nodes.

    It is one if it leads to the only node, of all that can be reached in one step, that has a way
    which does not come back.
    """
    steps = _merged(search)
    ahead: dict[int, int] = {}
    for sources, reached in steps:
        for node in members(sources):
            ahead[node] = ahead.get(node, 0) | reached
    for node, behind in _dominated(steps, search.any.ends).items():
        onward = ahead[node] & ~behind
        if onward and not onward & (onward - 1):
            yield (node, onward.bit_length() - 1), behind


def _merged(search: Search) -> list[tuple[int, int]]:
    """Which nodes can step to which, with as few pairs of sets as easily found; only what leads
    to an end."""
    field = search.any
    by_sources: dict[int, int] = {}
    for step in search.steps:
        sources = step.sources & field.reaching & ~field.ends
        reached = step.reached.possible & field.reaching
        by_sources[sources] = by_sources.get(sources, 0) | reached
    by_targets: dict[int, int] = {}
    for sources, reached in by_sources.items():
        by_targets[reached] = by_targets.get(reached, 0) | sources
    return [(sources, reached) for reached, sources in by_targets.items() if sources and reached]


_ROOT = -1
"""All ends in one. Steps have the numbers below, nodes those above."""


def _dominated(steps: list[tuple[int, int]], ends: int) -> dict[int, int]:
    """For every node with a way: the nodes, itself included, whose ways all lead over it."""
    found: dict[int, int] = {}
    parents = networkx.immediate_dominators(_backwards(steps, ends), _ROOT)
    for each in _deepest_first(parents):
        found[each] = found.get(each, 0) | (1 << each if each >= 0 else 0)
        found[parents[each]] = found.get(parents[each], 0) | found[each]
    return {each: behind for each, behind in found.items() if each >= 0}


def _backwards(steps: list[tuple[int, int]], ends: int) -> networkx.DiGraph:
    """All steps from what they lead to back to their sources, each step a node of its own, so that
    sources and targets need not be paired."""
    graph = networkx.DiGraph()
    graph.add_node(_ROOT)
    for number, (sources, reached) in enumerate(steps, 1):
        step = _ROOT - number
        if reached & ends:
            graph.add_edge(_ROOT, step)
        graph.add_edges_from((target, step) for target in members(reached & ~ends))
        graph.add_edges_from((step, source) for source in members(sources))
    return graph


def _deepest_first(parents: Mapping[int, int]) -> list[int]:
    """All of a tree but its root, children before parents."""
    depths = {_ROOT: 0}
    for each in parents:
        way = [each]
        while way[-1] not in depths:
            way.append(parents[way[-1]])
        above = depths[way.pop()]
        depths |= {below: above + far for far, below in enumerate(reversed(way), 1)}
    return sorted((each for each in depths if each != _ROOT), key=depths.__getitem__, reverse=True)


def _between(search: Search, source: int, target: int) -> Iterator[Step]:
    for step in search.steps_of(source):
        if step.reached.possible >> target & 1:
            yield step.grant


def _can_be_cut(search: Search, source: int, target: int) -> bool:
    start, end = search.graph.nodes[source], search.graph.nodes[target]
    return all(
        grant.type != StepType.ADMINISTERS
        or (not search.administrators >> source & 1 and start.account != end.account)
        for grant in _between(search, source, target)
    )
