"""The search for ways, against its definition told plainly over every pair of nodes."""

from itertools import islice
from typing import NamedTuple

import networkx
import pytest
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.search import Path, Search, Target, admin, explain_path, ranked
from clew.graph.sets import NONE, exactly, members, number_set
from hypothesis import given, settings
from hypothesis import strategies as st
from support.path_graphs import AWAY, HOME, StepByName, number, path_graph, path_graphs


class Told(NamedTuple):
    """A way as the plain definition tells it."""

    nodes: tuple[int, ...]
    grants: tuple[int, ...]
    difficulty: int
    conditional: bool


class Pair(NamedTuple):
    """One step of one node to another."""

    source: int
    target: int
    grant: int
    certain: bool


def _pairs(graph: AttackGraph) -> list[Pair]:
    """Every step of every grant, without those that ask for more than another."""
    pairs = [
        Pair(source, target, place, bool(grant.reached.certain >> target & 1))
        for place, grant in enumerate(graph.steps)
        for source in members(grant.sources)
        for target in members(grant.reached.possible)
    ]

    def is_pointless(pair: Pair) -> bool:
        return any(_makes_pointless(graph, rival, pair) for rival in pairs)

    return [pair for pair in pairs if not is_pointless(pair)]


def _makes_pointless(graph: AttackGraph, rival: Pair, pair: Pair) -> bool:
    if (rival.source, rival.target) != (pair.source, pair.target) or rival == pair:
        return False
    one, other = graph.steps[rival.grant], graph.steps[pair.grant]
    if one.difficulty > other.difficulty or rival.certain < pair.certain:
        return False
    if one.permissions and one.permissions < other.permissions:
        return True
    alike = (one.type, one.technique, one.permissions) == (
        other.type,
        other.technique,
        other.permissions,
    )
    better = (not rival.certain, one.difficulty, rival.grant) < (
        not pair.certain,
        other.difficulty,
        pair.grant,
    )
    return alike and better


def _plainly(graph: AttackGraph, end: Target, start: int) -> set[Told]:
    """All ways from a start, by trying everything."""
    pairs = _pairs(graph)
    found = set()

    def go_on(way: tuple[int, ...], taken: tuple[Pair, ...]) -> None:
        if told := _ended(graph, end, way, taken):
            found.add(told)
        if end.certain >> way[-1] & 1:
            return
        for pair in pairs:
            if pair.source == way[-1] and _may(graph, end, pair, way):
                go_on((*way, pair.target), (*taken, pair))

    go_on((start,), ())
    return found


def _ended(
    graph: AttackGraph, end: Target, way: tuple[int, ...], taken: tuple[Pair, ...]
) -> Told | None:
    """What is told of a way that is at an end."""
    passed = any(end.open >> node & 1 for node in way[:-1])
    sure_end = bool(end.certain >> way[-1] & 1)
    conditional = not sure_end or not all(pair.certain for pair in taken)
    if not sure_end | (end.open >> way[-1] & 1) or (passed and conditional):
        return None
    difficulty = sum(graph.steps[pair.grant].difficulty for pair in taken)
    return Told(way, tuple(pair.grant for pair in taken), difficulty, conditional)


def _may(graph: AttackGraph, end: Target, pair: Pair, way: tuple[int, ...]) -> bool:
    """Whether a way may go on by a step."""
    administers = graph.steps[pair.grant].type == "ADMINISTERS"
    if pair.target in way:
        return False
    if administers and _administrates(graph, pair.source):
        return not end.open >> pair.source & 1
    if not administers and graph.administrators.certain >> pair.source & 1:
        return False
    held = {graph.nodes[node].account for node in way if _is_account(graph, node)}
    is_end = bool(end.possible >> pair.target & 1)
    return is_end or graph.nodes[pair.target].account not in held


def _administrates(graph: AttackGraph, node: int) -> bool:
    return bool(graph.administrators.possible >> node & 1)


def _is_account(graph: AttackGraph, node: int) -> bool:
    return not _administrates(graph, node) and any(
        grant.type == "ADMINISTERS" and grant.sources >> node & 1 for grant in graph.steps
    )


def _told(graph: AttackGraph, way: Path) -> Told:
    places = {id(grant): place for place, grant in enumerate(graph.steps)}
    return Told(
        way.nodes, tuple(places[id(grant)] for grant in way.grants), way.difficulty, way.conditional
    )


def _end(graph: AttackGraph, kind: int) -> Target:
    return admin(graph) if kind < 0 else exactly(1 << kind % len(graph.nodes))


@settings(max_examples=400, deadline=None)
@given(path_graphs(), st.integers(-3, 7))
def test_the_ways_are_those_of_the_plain_definition_best_first(
    graph: AttackGraph, kind: int
) -> None:
    end = _end(graph, kind)
    search = Search(graph, end)
    for start in range(len(graph.nodes)):
        expected = _plainly(graph, end, start)
        if len(expected) > 3000:
            continue
        ways = list(search.ways(start))
        assert [way.rank for way in ways] == sorted(way.rank for way in ways)
        told = [_told(graph, way) for way in ways]
        assert len(set(told)) == len(told)
        assert set(told) == expected


@settings(max_examples=200, deadline=None)
@given(path_graphs(), st.integers(-3, 7))
def test_the_rank_of_the_best_way_needs_no_search(graph: AttackGraph, kind: int) -> None:
    search = Search(graph, _end(graph, kind))
    for start in range(len(graph.nodes)):
        first = next(search.ways(start), None)
        assert search.rank(start) == (first and first.rank)


@settings(max_examples=200, deadline=None)
@given(path_graphs(), st.integers(-3, 7))
def test_next_steps_lead_to_an_end_as_near_as_told(graph: AttackGraph, kind: int) -> None:
    search = Search(graph, _end(graph, kind))
    for field in (search.any, search.certain):
        for start in members(field.reaching):
            node, difficulty, steps = start, 0, 0
            while not field.ends >> node & 1:
                step, to = field.next_steps[node]
                assert step.sources >> node & 1
                reached = step.reached.certain if field.only_certain else step.reached.possible
                assert reached >> to & 1
                node, difficulty, steps = to, difficulty + step.grant.difficulty, steps + 1
            assert (difficulty, steps) == field.cost(start)


@settings(max_examples=200, deadline=None)
@given(path_graphs())
def test_distances_are_those_of_networkx(graph: AttackGraph) -> None:
    graph.steps = [grant for grant in graph.steps if grant.type != "ADMINISTERS"]
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
            assert next(search.ways(start)).difficulty == distance


def _named(graph: AttackGraph, ways: list[Path]) -> list[list[str]]:
    return [
        [
            graph.nodes[node].name + (f"!{state}" if (state := graph.nodes[node].state) else "")
            for node in way.nodes
        ]
        for way in ways
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
    ways = list(Search(graph, admin(graph)).ways(number(graph, "start")))
    assert _named(graph, ways) == [["start", "door", "admin"]]


def test_many_ways_are_told_one_by_one() -> None:
    crowd = " ".join(f"c{place}" for place in range(300))
    graph = path_graph([StepByName(f"start {crowd}", f"{crowd} admin")], admins="admin")
    ways = islice(Search(graph, admin(graph)).ways(number(graph, "start")), 1000)
    lengths = [len(way.grants) for way in ways]
    assert lengths == [1, *[2] * 300, *[3] * 699]


def test_a_possible_admin_ends_a_way_and_hides_no_certain_one() -> None:
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
    ways = list(search.ways(number(graph, "start")))
    assert [
        (each, way.conditional) for each, way in zip(_named(graph, ways), ways, strict=True)
    ] == [
        (["start", "perhaps"], True),
        (["start", "perhaps", "boss", "admin"], False),
    ]
    itself = list(search.ways(number(graph, "perhaps")))
    assert [(way.difficulty, way.conditional) for way in itself] == [(0, True), (2, False)]
    (already,) = search.ways(number(graph, "admin"))
    assert (already.grants, already.conditional) == ((), False)


def test_past_an_admin_the_way_leads_straight_on() -> None:
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
        return _named(graph, list(Search(graph, exactly(1 << number(graph, name))).ways(start)))

    assert to("bucket") == [["start", "admin", HOME, "bucket"]]
    assert to("worker") == [
        ["start", "admin", HOME, "worker"],
        ["start", "admin", HOME, "guest", "worker"],
        ["start", "admin", HOME, "guest", "vault", "worker"],
    ]
    assert to(f"vault@{AWAY}") == [["start", "admin", HOME, "guest", "vault"]]


def test_a_way_that_asks_for_more_than_another_is_left_out() -> None:
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
        return [way.grants[0].technique for way in search.ways(number(graph, name))]

    assert techniques("start") == ["easier", "plain", "another"]
    assert techniques("other") == ["surer", "plain"]


def test_starts_take_turns() -> None:
    graph = path_graph(
        [
            StepByName("rich", "a b c admin"),
            StepByName("a b c", "admin", difficulty=0),
            StepByName("poor", "admin", difficulty=3),
        ],
        admins="admin",
    )
    search = Search(graph, admin(graph))
    starts = number_set([number(graph, "rich"), number(graph, "poor")])
    two = ranked(search, starts, 2)
    assert _named(graph, two.ways) == [["rich", "admin"], ["poor", "admin"]]
    assert (two.starts, two.shown, two.more) == (2, 2, True)
    one = ranked(search, starts, 1)
    assert (_named(graph, one.ways), one.shown, one.more) == ([["rich", "admin"]], 1, True)
    whole = ranked(search, starts)
    assert [way.difficulty for way in whole.ways] == [1, 1, 1, 1, 3]
    assert not whole.more
    assert ranked(search, starts, 5) == whole


def test_a_way_is_told_with_all_that_it_rests_on() -> None:
    graph = path_graph(
        [StepByName("start", "", "start!any", technique="put", permissions=("iam:Put",))],
        admins="start!any",
    )
    (way,) = Search(graph, admin(graph)).ways(number(graph, "start"))
    path = explain_path(graph, way)
    assert (path.source, path.target) == ((arn := graph.nodes[0].id), arn)
    assert (path.target_reason, path.conditional) == ("start has every right", True)
    (hop,) = path.hops
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


@pytest.mark.parametrize("most", [1, 7])
def test_no_more_is_searched_than_is_shown(most: int) -> None:
    crowd = " ".join(f"c{place}" for place in range(2_000))
    graph = path_graph([StepByName(crowd, f"{crowd} admin")], admins="admin")
    found = ranked(Search(graph, admin(graph)), graph.principals, most)
    assert (len(found.ways), found.starts, found.more) == (most, 2_001, True)
