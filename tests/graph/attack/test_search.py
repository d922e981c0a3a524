"""The search for paths, against its plain definition over every pair of nodes."""

from itertools import islice, pairwise
from typing import NamedTuple

import networkx
import pytest
from clew.graph.attack.model import AttackGraph, Step
from clew.graph.attack.search import (
    DistanceMap,
    Path,
    Search,
    Target,
    UsableStep,
    admin,
    explain_path,
)
from clew.graph.sets import NONE, exactly, members, number_set
from hypothesis import given, settings
from hypothesis import strategies as st
from support.path_graphs import AWAY, HOME, StepByName, number, path_graph, path_graphs

pytestmark = pytest.mark.slow


class PlainPath(NamedTuple):
    """A path by the plain definition."""

    nodes: tuple[int, ...]
    steps: tuple[int, ...]
    difficulty: int
    conditional: bool


class Pair(NamedTuple):
    """One step of one node to another."""

    source: int
    target: int
    step: int
    certain: bool


def _pairs(graph: AttackGraph) -> list[Pair]:
    """Every pair that a step joins, without those that ask for more than another."""
    pairs = [
        Pair(source, target, place, bool(step.reached.certain >> target & 1))
        for place, step in enumerate(graph.steps)
        for source in members(step.sources)
        for target in members(step.reached.possible)
    ]

    def is_pointless(pair: Pair) -> bool:
        return any(_makes_pointless(graph, rival, pair) for rival in pairs)

    return [pair for pair in pairs if not is_pointless(pair)]


def _makes_pointless(graph: AttackGraph, rival: Pair, pair: Pair) -> bool:
    if (rival.source, rival.target) != (pair.source, pair.target) or rival == pair:
        return False
    one, other = graph.steps[rival.step], graph.steps[pair.step]
    if one.difficulty > other.difficulty or rival.certain < pair.certain:
        return False
    if one.permissions and one.permissions < other.permissions:
        return True
    alike = (one.type, one.technique, one.permissions) == (
        other.type,
        other.technique,
        other.permissions,
    )
    better = (not rival.certain, one.difficulty, rival.step) < (
        not pair.certain,
        other.difficulty,
        pair.step,
    )
    return alike and better


def _plainly(graph: AttackGraph, target: Target, start: int) -> set[PlainPath]:
    """All paths from a source, by trying everything."""
    pairs = _pairs(graph)
    found = set()

    def go_on(path: tuple[int, ...], taken: tuple[Pair, ...]) -> None:
        if whole := _ended(graph, target, path, taken):
            found.add(whole)
        if target.certain >> path[-1] & 1:
            return
        for pair in pairs:
            if pair.source == path[-1] and _may(graph, target, pair, path):
                go_on((*path, pair.target), (*taken, pair))

    go_on((start,), ())
    return found


def _ended(
    graph: AttackGraph, target: Target, path: tuple[int, ...], taken: tuple[Pair, ...]
) -> PlainPath | None:
    """The path, if it has come to a target."""
    passed = any(target.open >> node & 1 for node in path[:-1])
    sure_target = bool(target.certain >> path[-1] & 1)
    conditional = not sure_target or not all(pair.certain for pair in taken)
    if not sure_target | (target.open >> path[-1] & 1) or (passed and conditional):
        return None
    difficulty = sum(graph.steps[pair.step].difficulty for pair in taken)
    return PlainPath(path, tuple(pair.step for pair in taken), difficulty, conditional)


def _may(graph: AttackGraph, target: Target, pair: Pair, path: tuple[int, ...]) -> bool:
    """Whether a path may go on by a step."""
    administers = graph.steps[pair.step].type == "ADMINISTERS"
    if pair.target in path:
        return False
    if administers and _administrates(graph, pair.source):
        return not target.open >> pair.source & 1
    if not administers and graph.administrators.certain >> pair.source & 1:
        return False
    held = {graph.nodes[node].account for node in path if _is_account(graph, node)}
    is_target = bool(target.possible >> pair.target & 1)
    return is_target or graph.nodes[pair.target].account not in held


def _administrates(graph: AttackGraph, node: int) -> bool:
    return bool(graph.administrators.possible >> node & 1)


def _is_account(graph: AttackGraph, node: int) -> bool:
    return not _administrates(graph, node) and any(
        step.type == "ADMINISTERS" and step.sources >> node & 1 for step in graph.steps
    )


def _plain(graph: AttackGraph, path: Path) -> PlainPath:
    places = {id(step): place for place, step in enumerate(graph.steps)}
    return PlainPath(
        path.nodes,
        tuple(places[id(step)] for step in path.steps),
        path.difficulty,
        path.conditional,
    )


def _target(graph: AttackGraph, kind: int) -> Target:
    return admin(graph) if kind < 0 else exactly(1 << kind % len(graph.nodes))


@settings(max_examples=400, deadline=None)
@given(path_graphs(), st.integers(-3, 7))
def test_the_ways_are_those_of_the_plain_definition_best_first(
    graph: AttackGraph, kind: int
) -> None:
    target = _target(graph, kind)
    search = Search(graph, target)
    for start in range(len(graph.nodes)):
        expected = _plainly(graph, target, start)
        if len(expected) > 3000:
            continue
        paths = list(search.paths(start))
        assert [path.rank for path in paths] == sorted(path.rank for path in paths)
        found = [_plain(graph, path) for path in paths]
        assert len(set(found)) == len(found)
        assert set(found) == expected


@settings(max_examples=200, deadline=None)
@given(path_graphs(), st.integers(-3, 7))
def test_the_rank_of_the_best_path_needs_no_search(graph: AttackGraph, kind: int) -> None:
    search = Search(graph, _target(graph, kind))
    for start in range(len(graph.nodes)):
        first = next(search.paths(start), None)
        assert search.rank(start) == (first and first.rank)


@settings(max_examples=200, deadline=None)
@given(path_graphs(), st.integers(-3, 7))
def test_next_steps_lead_to_a_target_as_near_as_said(graph: AttackGraph, kind: int) -> None:
    search = Search(graph, _target(graph, kind))
    for field in (search.any, search.certain):
        for start in members(field.reaching):
            node, difficulty, steps = start, 0, 0
            while not field.targets >> node & 1:
                usable, to = field.next_steps[node]
                assert usable.sources >> node & 1
                reached = usable.reached.certain if field.only_certain else usable.reached.possible
                assert reached >> to & 1
                node, difficulty, steps = to, difficulty + usable.step.difficulty, steps + 1
            assert (difficulty, steps) == field.cost(start)


@settings(max_examples=200, deadline=None)
@given(path_graphs())
def test_distances_are_those_of_networkx(graph: AttackGraph) -> None:
    graph.steps = [step for step in graph.steps if step.type != "ADMINISTERS"]
    graph.administrators = NONE
    plain = networkx.DiGraph()
    plain.add_nodes_from(range(len(graph.nodes)))
    for source, target, place, _ in _pairs(graph):
        weight = graph.steps[place].difficulty
        if plain.has_edge(source, target):
            weight = min(weight, plain[source][target]["weight"])
        plain.add_edge(source, target, weight=weight)
    for target in range(len(graph.nodes)):
        search = Search(graph, exactly(1 << target))
        distances = networkx.single_source_dijkstra_path_length(plain.reverse(), target)
        assert search.any.reaching == number_set(distances)
        for start, distance in distances.items():
            assert next(search.paths(start)).difficulty == distance


_NODES = 40
_FEW_NODES = st.sets(st.integers(0, 5), max_size=4).map(number_set)
_SETS = _FEW_NODES | _FEW_NODES.map(lambda few: (1 << _NODES) - 1 & ~few)
"""Of nodes: few, or nearly all."""


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_SETS, _SETS, st.integers(0, 3)), max_size=8), _SETS, _SETS)
def test_distances_without_some_nodes_are_those_of_the_steps_without_them(
    steps: list[tuple[int, int, int]], targets: int, avoided: int
) -> None:
    def distances(left_out: int) -> DistanceMap:
        left = [
            Step("CAN_ASSUME", "", sources & ~left_out, exactly(reached & ~left_out), difficulty)
            for sources, reached, difficulty in steps
        ]
        usable = [UsableStep(step, step.sources, step.reached) for step in left]
        return DistanceMap(usable, exactly(targets & ~left_out), only_certain=True)

    assert list(distances(0).levels_without(avoided)) == distances(avoided).levels


def _named(graph: AttackGraph, paths: list[Path]) -> list[list[str]]:
    return [
        [
            graph.nodes[node].name + (f"!{state}" if (state := graph.nodes[node].state) else "")
            for node in path.nodes
        ]
        for path in paths
    ]


def test_a_dead_end_of_many_is_not_walked_through() -> None:
    crowd = " ".join(f"c{place}" for place in range(300))
    graph = path_graph(
        [
            StepByName("start", "door"),
            StepByName("door", f"admin {crowd}"),
            StepByName(crowd, f"door {crowd}"),
        ],
        admins="admin",
    )
    paths = list(Search(graph, admin(graph)).paths(number(graph, "start")))
    assert _named(graph, paths) == [["start", "door", "admin"]]


def test_many_paths_are_found_one_by_one() -> None:
    crowd = " ".join(f"c{place}" for place in range(300))
    graph = path_graph([StepByName(f"start {crowd}", f"{crowd} admin")], admins="admin")
    paths = islice(Search(graph, admin(graph)).paths(number(graph, "start")), 1000)
    lengths = [len(path.steps) for path in paths]
    assert lengths == [1, *[2] * 300, *[3] * 699]


def test_a_possible_admin_ends_a_path_and_hides_no_certain_one() -> None:
    graph = path_graph(
        [
            StepByName("start", "perhaps"),
            StepByName("perhaps", "boss", "other"),
            StepByName("boss other", "admin"),
        ],
        admins="admin",
        possible_admins="perhaps",
    )
    search = Search(graph, admin(graph))
    paths = list(search.paths(number(graph, "start")))
    assert [
        (each, path.conditional) for each, path in zip(_named(graph, paths), paths, strict=True)
    ] == [
        (["start", "perhaps"], True),
        (["start", "perhaps", "boss", "admin"], False),
    ]
    itself = list(search.paths(number(graph, "perhaps")))
    assert [(path.difficulty, path.conditional) for path in itself] == [(0, True), (2, False)]
    (already,) = search.paths(number(graph, "admin"))
    assert (already.steps, already.conditional) == ((), False)


def test_past_an_admin_the_path_leads_straight_on() -> None:
    graph = path_graph(
        [
            StepByName("start", "admin"),
            StepByName("admin", "worker"),
            StepByName("worker", "bucket"),
            StepByName("admin", HOME, type="ADMINISTERS", difficulty=0),
            StepByName(HOME, f"admin worker bucket guest@{AWAY}", type="ADMINISTERS", difficulty=0),
            StepByName(f"guest@{AWAY}", f"worker vault@{AWAY}"),
            StepByName(f"vault@{AWAY}", "worker"),
        ],
        admins="admin",
        data=f"bucket vault@{AWAY}",
    )
    start = number(graph, "start")

    def to(name: str) -> list[list[str]]:
        return _named(graph, list(Search(graph, exactly(1 << number(graph, name))).paths(start)))

    assert to("bucket") == [["start", "admin", HOME, "bucket"]]
    assert to("worker") == [
        ["start", "admin", HOME, "worker"],
        ["start", "admin", HOME, "guest", "worker"],
        ["start", "admin", HOME, "guest", "vault", "worker"],
    ]
    assert to(f"vault@{AWAY}") == [["start", "admin", HOME, "guest", "vault"]]


def test_a_path_that_asks_for_more_than_another_is_left_out() -> None:
    graph = path_graph(
        [
            StepByName("start", "admin", technique="plain", permissions=("x",)),
            StepByName("start", "admin", technique="clumsy", permissions=("x", "y")),
            StepByName("start", "admin", technique="easier", permissions=("x", "z"), difficulty=0),
            StepByName("start", "admin", technique="another", permissions=("z",)),
            StepByName("other", "", "admin", technique="plain", permissions=("x",)),
            StepByName("other", "admin", technique="surer", permissions=("x", "y")),
        ],
        admins="admin",
    )
    search = Search(graph, admin(graph))

    def techniques(name: str) -> list[str]:
        return [path.steps[0].technique for path in search.paths(number(graph, name))]

    assert techniques("start") == ["easier", "plain", "another"]
    assert techniques("other") == ["surer", "plain"]


def test_a_path_is_explained_with_all_that_it_rests_on() -> None:
    graph = path_graph(
        [StepByName("start", "", "start!any", technique="put", permissions=("iam:Put",))],
        admins="start!any",
    )
    (path,) = Search(graph, admin(graph)).paths(number(graph, "start"))
    explained = explain_path(graph, path)
    assert (explained.source, explained.target) == ((arn := graph.nodes[0].id), arn)
    assert (explained.target_reason, explained.conditional) == ("start has every right", True)
    (hop,) = explained.hops
    assert (hop.technique, hop.permissions) == ("put", ("iam:Put",))
    assert hop.conditions == ("aws:MultiFactorAuthPresent is true",)


def test_ten_thousand_roles_are_quick() -> None:
    roles = [f"r{place}" for place in range(10_000)]
    steps = [
        StepByName(" ".join(roles[:9_000]), " ".join(roles[4_000:]), technique=str(kind))
        for kind in range(20)
    ]
    graph = path_graph(steps, admins=" ".join(roles[-50:]), names=" ".join(roles))
    search = Search(graph, admin(graph))
    assert search.any.reaching.bit_count() == 9_050
    assert search.rank(0) == (1, False, 1)
    assert len(search.any.next_steps) == 9_000


def test_paths_that_all_end_conditional_are_found_one_by_one() -> None:
    """However many beginnings are certain: here five to the power of sixteen."""
    layers = [" ".join(f"n{depth}-{place}" for place in range(5)) for depth in range(17)]
    steps = [StepByName(*each) for each in pairwise(layers)]
    graph = path_graph([*steps, StepByName(layers[-1], "", "admin")], admins="admin")

    paths = list(islice(Search(graph, admin(graph)).paths(number(graph, "n0-0")), 50))

    assert [path.rank for path in paths] == [(17, True, 17)] * 50
