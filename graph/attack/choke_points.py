"""What to cut first: the steps, or the policies behind them, that most sources depend on.

What counts is how many sources lose every path to the target. A step on which all paths of a source
lie is found by dominators: a node dominates another if no path of the other gets past it. The next
cut is judged on what the ones before have left. Where no single cut takes a source's paths away,
because each has paths apart from each other, the one on most sources' best paths comes first.

A step from an administrator to its account, and from the account to what is in it, cannot be cut:
it says what an administrator is. Into another account it can be, by what is trusted there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..sets import members
from .model import AttackGraph, Statement, Step, StepType
from .search import Search, Target
from .what_if import Cut, without

if TYPE_CHECKING:
    import networkx

_TRIES = 20
"""Of the policies that may be the next best cut, so many at most are tried."""


class ChokePointStep(NamedTuple):
    """A step from one node to another, by all its techniques."""

    source: int
    target: int
    steps: tuple[Step, ...]
    cut: int
    """The sources that lose their last path by this cut and those before it."""
    left: int
    """The sources that still have one."""


class ChokePointPolicy(NamedTuple):
    """A policy, or a statement of it."""

    reference: str
    """As a what-if takes it: ``ARN``, ``ARN#trust``, ``ARN#policy``, ``ARN#SID`` or
    ``ARN#PLACE``."""
    statements: tuple[Statement, ...]
    """Those of it that the paths rest on."""
    cut: int
    """How many sources lose their last path by this cut and those before it."""
    left: int
    """How many still have one."""


def choke_point_steps(graph: AttackGraph, target: Target, sources: int) -> Iterator[ChokePointStep]:
    """The steps to cut, the best first, until no source has a path.

    Sources that are targets already count as if they were not there.
    """
    sources &= ~target.possible
    while True:
        search = Search(graph, target)
        able = sources & search.any.reaching
        if not able:
            return
        best = _best_step(search, able)
        if best is None:
            return
        before, after = best
        steps = tuple(_between(search, before, after))
        graph = without(graph, [Cut(1 << before, 1 << after)])
        left = able & Search(graph, target).any.reaching
        yield ChokePointStep(before, after, steps, able & ~left, left)


class Objective(NamedTuple):
    """What paths are looked for in which steps."""

    graph: AttackGraph
    target: Target
    sources: int


def choke_point_policies(
    compute: Callable[[Sequence[str]], Objective], refer: Callable[[Statement], str | None]
) -> Iterator[ChokePointPolicy]:
    """The policies or statements to cut, the best first, until no source has a path.

    ``compute`` gives the steps that are left without some of them, ``refer`` what would be cut
    with a statement (None: it cannot be cut). Numbers are exact: each cut is computed from the
    policies on. Only what best paths rest on is tried, most used first, and not more than twenty at
    a time. Sources that are targets already count as if they were not there.
    """
    cuts: list[str] = []
    objective = compute(cuts)
    wanted = _ids(objective.graph, objective.sources & ~objective.target.possible)
    able = _able(objective, wanted)
    while able:
        uses = _uses(objective, able, refer)
        best: tuple[str, Objective, set[str]] | None = None
        for name in sorted(uses, key=lambda name: (-uses[name].sources, name))[:_TRIES]:
            if best and len(able) - len(best[2]) >= uses[name].sources:
                break
            left_objective = compute([*cuts, name])
            left = able & _able(left_objective, wanted)
            if best is None or len(left) < len(best[2]):
                best = name, left_objective, left
        if best is None:
            return
        name, objective, left = best
        cuts.append(name)
        yield ChokePointPolicy(name, uses[name].statements, len(able) - len(left), len(left))
        able = left


class _Use(NamedTuple):
    sources: int
    statements: tuple[Statement, ...]


def _ids(graph: AttackGraph, numbers: int) -> set[str]:
    return {graph.nodes[number].id for number in members(numbers)}


def _able(objective: Objective, wanted: set[str]) -> set[str]:
    """Which of some sources, by id, have a path."""
    reaching = Search(objective.graph, objective.target).any.reaching
    return {
        id_
        for id_ in wanted
        if (number := objective.graph.number.get((id_, ""))) is not None and reaching >> number & 1
    }


def _uses(
    objective: Objective, able: set[str], refer: Callable[[Statement], str | None]
) -> dict[str, _Use]:
    """What the best paths of some sources rest on, by the name of what would be cut."""
    graph, distances = objective.graph, Search(objective.graph, objective.target).any
    rests: dict[int, frozenset[str]] = {}
    statements: dict[str, dict[Statement, None]] = {}
    for _, level in distances.levels[1:]:
        for node in members(level):
            usable, to = distances.next_steps[node]
            names = set()
            for statement in graph.explain(usable.step, node, to).statements:
                name = refer(statement) if statement.effect == "Allow" else None
                if name is not None:
                    names.add(name)
                    statements.setdefault(name, {})[statement] = None
            rests[node] = rests.get(to, frozenset()) | names
    used = Counter(name for id_ in able for name in rests.get(graph.number[id_, ""], ()))
    return {name: _Use(number, tuple(statements[name])) for name, number in used.items()}


def _best_step(search: Search, sources: int) -> tuple[int, int] | None:
    """The step that most sources cannot do without; among equals, that most best paths use."""
    used = Counter(_loads(search, sources))
    worth = dict.fromkeys(used, 0)
    worth |= {step: (cut & sources).bit_count() for step, cut in _bridges(search)}
    order = sorted(worth, key=lambda step: (-worth[step], -used[step], step))
    return next((step for step in order if _can_be_cut(search, *step)), None)


def _loads(search: Search, sources: int) -> dict[tuple[int, int], int]:
    """How many sources' best paths go over each step, over any that does."""
    following = search.any.next_steps
    waiting: Counter[int] = Counter(members(sources))
    loads: dict[tuple[int, int], int] = {}
    for _, level in reversed(search.any.levels[1:]):
        for node in members(level):
            if load := waiting[node]:
                to = following[node][1]
                loads[node, to] = load
                waiting[to] += load
    return loads


def _bridges(search: Search) -> Iterator[tuple[tuple[int, int], int]]:
    """Each step that all paths of some nodes go over, with these nodes.

    It is one if it leads to the only node, of all that can be reached in one step, that has a path
    which does not come back.
    """
    steps = _merged(search)
    ahead: dict[int, int] = {}
    for sources, reached in steps:
        for node in members(sources):
            ahead[node] = ahead.get(node, 0) | reached
    for node, behind in _dominated(steps, search.any.targets).items():
        onward = ahead[node] & ~behind
        if onward and not onward & (onward - 1):
            yield (node, onward.bit_length() - 1), behind


def _merged(search: Search) -> list[tuple[int, int]]:
    """Which nodes can step to which, with as few pairs of sets as easily found; only what leads
    to a target."""
    distances = search.any
    by_sources: dict[int, int] = {}
    for usable in search.steps:
        sources = usable.sources & distances.reaching & ~distances.targets
        reached = usable.reached.possible & distances.reaching
        by_sources[sources] = by_sources.get(sources, 0) | reached
    by_targets: dict[int, int] = {}
    for sources, reached in by_sources.items():
        by_targets[reached] = by_targets.get(reached, 0) | sources
    return [(sources, reached) for reached, sources in by_targets.items() if sources and reached]


_ROOT = -1
"""All targets in one. Steps have the numbers below, nodes those above."""


def _dominated(steps: list[tuple[int, int]], targets: int) -> dict[int, int]:
    """For every node with a path: the nodes, itself included, whose paths all lead over it."""
    found: dict[int, int] = {}
    import networkx

    parents = networkx.immediate_dominators(_backwards(steps, targets), _ROOT)
    for each in _deepest_first(parents):
        found[each] = found.get(each, 0) | (1 << each if each >= 0 else 0)
        found[parents[each]] = found.get(parents[each], 0) | found[each]
    return {each: behind for each, behind in found.items() if each >= 0}


def _backwards(steps: list[tuple[int, int]], targets: int) -> "networkx.DiGraph":
    """All steps from what they lead to back to their sources, each step a node of its own, so that
    sources and targets need not be paired."""
    import networkx

    graph = networkx.DiGraph()
    graph.add_node(_ROOT)
    for number, (sources, reached) in enumerate(steps, 1):
        step = _ROOT - number
        if reached & targets:
            graph.add_edge(_ROOT, step)
        graph.add_edges_from((target, step) for target in members(reached & ~targets))
        graph.add_edges_from((step, source) for source in members(sources))
    return graph


def _deepest_first(parents: Mapping[int, int]) -> list[int]:
    """All of a tree but its root, children before parents."""
    depths = {_ROOT: 0}
    for each in parents:
        path = [each]
        while path[-1] not in depths:
            path.append(parents[path[-1]])
        above = depths[path.pop()]
        depths |= {below: above + far for far, below in enumerate(reversed(path), 1)}
    return sorted((each for each in depths if each != _ROOT), key=depths.__getitem__, reverse=True)


def _between(search: Search, source: int, target: int) -> Iterator[Step]:
    for usable in search.steps_of(source):
        if usable.reached.possible >> target & 1:
            yield usable.step


def _can_be_cut(search: Search, source: int, target: int) -> bool:
    before, after = search.graph.nodes[source], search.graph.nodes[target]
    return all(
        step.type != StepType.ADMINISTERS
        or (not search.administrators >> source & 1 and before.account != after.account)
        for step in _between(search, source, target)
    )
