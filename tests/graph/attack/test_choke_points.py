"""Choke points, against trying every cut."""

from collections.abc import Sequence
from dataclasses import replace

from clew.graph.attack.choke_points import (
    ChokePointStep,
    Objective,
    choke_point_policies,
    choke_point_steps,
)
from clew.graph.attack.model import AttackGraph, Hop, Statement, Step
from clew.graph.attack.search import Search, admin
from clew.graph.attack.what_if import Cut, without
from clew.graph.sets import exactly, members
from hypothesis import given, settings
from support.path_graphs import AWAY, HOME, StepByName, number, path_graph, path_graphs


def _losing(graph: AttackGraph, source: int, target: int) -> int:
    """The sources that lose every path to an admin with a step."""
    left = without(graph, [Cut(1 << source, 1 << target)])
    reaching = Search(graph, admin(graph)).any.reaching
    return graph.principals & reaching & ~Search(left, admin(graph)).any.reaching


def _steps(graph: AttackGraph) -> set[tuple[int, int]]:
    return {
        (source, target)
        for step in graph.steps
        for source in members(step.sources)
        for target in members(step.reached.possible)
    }


def _is_cuttable(graph: AttackGraph, source: int, target: int) -> bool:
    start, end = graph.nodes[source], graph.nodes[target]
    return (start.label == "AWSAccount" and start.account != end.account) or not any(
        step.type == "ADMINISTERS"
        and step.sources >> source & 1
        and step.reached.possible >> target & 1
        for step in graph.steps
    )


@settings(max_examples=300, deadline=None)
@given(path_graphs())
def test_no_other_step_cuts_more(graph: AttackGraph) -> None:
    first = next(choke_point_steps(graph, admin(graph), graph.principals), None)
    losses = {
        step: _losing(graph, *step).bit_count()
        for step in _steps(graph)
        if _is_cuttable(graph, *step)
    }
    if first is None:
        assert not any(losses.values())
    else:
        assert first.cut == _losing(graph, first.source, first.target)
        assert first.cut.bit_count() == max(losses.values())


@settings(max_examples=100, deadline=None)
@given(path_graphs())
def test_cuts_go_on_until_nobody_is_left(graph: AttackGraph) -> None:
    sources = graph.principals & ~graph.administrators.possible
    left = sources & Search(graph, admin(graph)).any.reaching
    for choke in choke_point_steps(graph, admin(graph), graph.principals):
        assert choke.cut | choke.left == left
        left = choke.left
        graph = without(graph, [Cut(1 << choke.source, 1 << choke.target)])
        assert sources & Search(graph, admin(graph)).any.reaching == left
    assert not left


def _named(graph: AttackGraph, chokes: list[ChokePointStep]) -> list[tuple[str, str, int, int]]:
    return [
        (
            graph.nodes[choke.source].name,
            graph.nodes[choke.target].name,
            choke.cut.bit_count(),
            choke.left.bit_count(),
        )
        for choke in chokes
    ]


def test_what_most_depend_on_comes_first() -> None:
    graph = path_graph(
        [
            StepByName("a b c d", "gate", technique="one"),
            StepByName("a b c d", "gate", technique="two"),
            StepByName("gate", "admin", technique="one"),
            StepByName("gate", "admin", technique="two"),
            StepByName("e", "admin"),
        ],
        admins="admin",
    )
    chokes = list(choke_point_steps(graph, admin(graph), graph.principals))
    assert _named(graph, chokes) == [("gate", "admin", 5, 1), ("e", "admin", 1, 0)]
    assert [step.technique for step in chokes[0].steps] == ["one", "two"]


def test_where_no_cut_is_enough_the_most_used_comes_first() -> None:
    graph = path_graph(
        [
            StepByName("a b c", "left right"),
            StepByName("left", "admin"),
            StepByName("right", "admin", difficulty=2),
        ],
        admins="admin",
    )
    sources = graph.principals & ~(1 << number(graph, "left") | 1 << number(graph, "right"))
    chokes = list(choke_point_steps(graph, admin(graph), sources))
    assert _named(graph, chokes) == [("left", "admin", 0, 3), ("right", "admin", 3, 0)]


def test_an_administrators_own_account_is_not_cut_but_trust_in_it_is() -> None:
    graph = path_graph(
        [
            StepByName("a b", "boss"),
            StepByName("boss", HOME, type="ADMINISTERS", difficulty=0),
            StepByName(HOME, f"guest@{AWAY}", type="ADMINISTERS", difficulty=0),
            StepByName(f"guest@{AWAY}", AWAY, type="ADMINISTERS", difficulty=0),
            StepByName(AWAY, f"vault@{AWAY}", type="ADMINISTERS", difficulty=0),
        ],
        admins=f"boss guest@{AWAY}",
        data=f"vault@{AWAY}",
    )
    (choke,) = choke_point_steps(
        graph, exactly(graph.data), graph.principals & ~graph.administrators.certain
    )
    assert _named(graph, [choke]) == [(HOME, "guest", 2, 0)]


def test_policies_are_cut_from_the_policies_on() -> None:
    """``shared`` lets a, b and c go to the gate; c may go by a policy of its own as well."""

    def compute(gone: Sequence[str]) -> Objective:
        calls.append(list(gone))
        steps = [
            StepByName("c", "gate") if "own" not in gone else StepByName("", ""),
            StepByName("a b c", "gate", difficulty=0)
            if "shared" not in gone
            else StepByName("", ""),
            StepByName("gate", "admin", difficulty=0) if "last" not in gone else StepByName("", ""),
        ]
        graph = path_graph(steps, admins="admin", names="a b c gate admin")
        policies = {0: "shared", 1: "own"}

        def explain(step: Step, source: int, target: int) -> Hop:
            hop = plain(step, source, target)
            name = "last" if target == number(graph, "admin") else policies[step.difficulty]
            return replace(hop, statements=(Statement(name, 0, "", "Allow"),))

        plain = graph.explainers["CAN_ESCALATE_TO"]
        graph.explainers["CAN_ESCALATE_TO"] = explain
        sources = graph.principals & ~(1 << number(graph, "gate"))
        return Objective(graph, admin(graph), sources)

    calls: list[list[str]] = []
    found = list(choke_point_policies(compute, lambda statement: statement.policy))
    assert [(each.reference, each.cut, each.left) for each in found] == [("last", 3, 0)]
    assert found[0].statements == (Statement("last", 0, "", "Allow"),)
    assert calls == [[], ["last"]]
