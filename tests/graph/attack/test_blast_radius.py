"""What sources come to, against one search for each target and against networkx."""

import networkx
import pytest
from clew.graph.attack import search as searching
from clew.graph.attack.blast_radius import ForwardSteps, reach_of_accounts
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.search import Path, Search, Target
from clew.graph.sets import NONE, MaySet, exactly, members, number_set
from hypothesis import given, settings
from hypothesis import strategies as st
from support.path_graphs import AWAY, HOME, StepByName, number, path_graph, path_graphs


def _targets(graph: AttackGraph) -> list[Target]:
    """Every node, and the administrators of every account."""
    by_account: dict[str, int] = {}
    for place, node in enumerate(graph.nodes):
        by_account[node.account] = by_account.get(node.account, 0) | 1 << place
    return [
        *(exactly(1 << place) for place in range(len(graph.nodes))),
        *(graph.administrators.within(inside) for inside in by_account.values()),
        graph.administrators,
    ]


def _nearest(search: Search, sources: int, *, only_certain: bool) -> tuple[int, int] | None:
    distances = search.certain if only_certain else search.any
    return min(
        (cost for source in members(sources) if (cost := distances.cost(source))), default=None
    )


def _is_path(graph: AttackGraph, path: Path, target: Target, *, only_certain: bool) -> bool:
    """Whether each step is one that a search for the target may use."""
    search = Search(graph, target)
    for step, source, to in zip(path.steps, path.nodes, path.nodes[1:], strict=False):
        usable = [
            reached >> to & 1
            for each in search.steps
            if each.step is step and each.sources >> source & 1
            for reached in (each.reached.certain if only_certain else each.reached.possible,)
        ]
        if not any(usable):
            return False
    return len(set(path.nodes)) == len(path.nodes)


@settings(max_examples=300, deadline=None)
@given(path_graphs(), st.integers(1, 255))
def test_one_pass_answers_as_one_search_for_each_target(graph: AttackGraph, some: int) -> None:
    sources = some & (1 << len(graph.nodes)) - 1
    for only_certain in (True, False):
        radius = ForwardSteps(graph, only_certain=only_certain).from_(sources)
        for target in _targets(graph):
            wanted = exactly(target.certain) if only_certain else target
            nearest = _nearest(Search(graph, wanted), sources, only_certain=only_certain)
            path = radius.best(target)
            if path is None:
                assert nearest is None
                continue
            assert (path.difficulty, len(path.steps)) == nearest
            assert sources >> path.nodes[0] & 1
            ends = target.certain if only_certain else target.possible
            assert ends >> path.nodes[-1] & 1
            assert _is_path(graph, path, wanted, only_certain=only_certain)
            assert not (only_certain and path.conditional)


@settings(max_examples=100, deadline=None)
@given(path_graphs())
def test_the_best_path_of_a_source_is_as_near_as_said(graph: AttackGraph) -> None:
    search = Search(graph, graph.administrators)
    for only_certain in (True, False):
        distances = search.certain if only_certain else search.any
        for source in range(len(graph.nodes)):
            path = search.best(source, only_certain=only_certain)
            cost = distances.cost(source)
            assert (path and (path.difficulty, len(path.steps))) == cost
            if path:
                assert _is_path(graph, path, graph.administrators, only_certain=only_certain)


@settings(max_examples=200, deadline=None)
@given(path_graphs(), st.integers(0, 8))
def test_accounts_come_to_what_their_nodes_have_a_path_to(graph: AttackGraph, few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "_FEW", few)  # what more can take is followed once for all
        reached = reach_of_accounts(ForwardSteps(graph, only_certain=False))
    for target in _targets(graph):
        before = Search(graph, target).any.reaching
        accounts = {graph.nodes[node].account for node in members(before)}
        assert {each for each, nodes in reached.items() if nodes & target.possible} == accounts


@settings(max_examples=100, deadline=None)
@given(path_graphs(), st.integers(0, 7))
def test_distances_are_those_of_networkx(graph: AttackGraph, source: int) -> None:
    graph.steps = [step for step in graph.steps if step.type != "ADMINISTERS"]
    graph.administrators = NONE
    source %= len(graph.nodes)
    plain = networkx.DiGraph()
    plain.add_nodes_from(range(len(graph.nodes)))
    for step in graph.steps:
        for before in members(step.sources):
            for after in members(step.reached.possible):
                known = plain.get_edge_data(before, after, {"weight": 9})["weight"]
                plain.add_edge(before, after, weight=min(known, step.difficulty))
    radius = ForwardSteps(graph, only_certain=False).from_(1 << source)
    expected = networkx.single_source_dijkstra_path_length(plain, source)
    assert radius.reached == number_set(expected)
    for target, distance in expected.items():
        path = radius.best(exactly(1 << target))
        cost = radius.cost(target)
        assert path
        assert cost
        assert path.difficulty == cost.difficulty == distance


def test_past_an_admin_only_the_target_is_taken_in_the_account() -> None:
    graph = path_graph(
        [
            StepByName("start", "admin"),
            StepByName("admin", HOME, type="ADMINISTERS", difficulty=0),
            StepByName(HOME, f"admin worker guest@{AWAY}", type="ADMINISTERS", difficulty=0),
            StepByName("worker", f"vault@{AWAY}"),
            StepByName(f"guest@{AWAY}", f"store@{AWAY}"),
        ],
        admins="admin",
    )
    radius = ForwardSteps(graph, only_certain=True).from_(1 << number(graph, "start"))

    def names(name: str) -> list[str] | None:
        path = radius.best(exactly(1 << number(graph, name)))
        return path and [graph.nodes[node].name for node in path.nodes]  # type: ignore[return-value]

    assert names("worker") == ["start", "admin", HOME, "worker"]
    assert names(f"vault@{AWAY}") is None
    assert names(f"store@{AWAY}") == ["start", "admin", HOME, "guest", "store"]


def test_a_path_to_what_is_only_possibly_a_target_is_conditional() -> None:
    graph = path_graph([StepByName("a", "b"), StepByName("b", "", "c")])
    steps = ForwardSteps(graph, only_certain=False).from_(1 << number(graph, "a"))
    b, c = 1 << number(graph, "b"), 1 << number(graph, "c")
    ends = {target: steps.best(target) for target in (exactly(b), MaySet(0, b), exactly(c))}
    assert [path and path.conditional for path in ends.values()] == [False, True, True]


def test_ten_thousand_roles_in_many_accounts_are_quick() -> None:
    accounts = [f"{place:012d}" for place in range(1_000)]
    names = {each: [f"r{place}@{each}" for place in range(10)] for each in accounts}
    steps = [
        StepByName(" ".join(roles[:-1]), " ".join(roles[1:]), technique=str(kind))
        for roles in names.values()
        for kind in range(3)
    ]
    graph = path_graph([StepByName("internet", " ".join(r[0] for r in names.values())), *steps])
    radius = ForwardSteps(graph, only_certain=True).from_(1 << number(graph, "internet"))
    for roles in names.values():
        path = radius.best(exactly(1 << number(graph, roles[-1])))
        assert path
        assert path.difficulty == 2
