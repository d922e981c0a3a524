"""Steps that are taken away."""

from clew.graph.attack.model import AttackGraph
from clew.graph.attack.what_if import Cut, without
from clew.graph.sets import members
from hypothesis import given
from hypothesis import strategies as st
from support.path_graphs import StepByName, path_graph, path_graphs


def _steps(graph: AttackGraph) -> set[tuple[int, int, str, bool]]:
    return {
        (source, target, step.technique or step.type, bool(step.reached.certain >> target & 1))
        for step in graph.steps
        for source in members(step.sources)
        for target in members(step.reached.possible)
    }


@given(path_graphs(), st.integers(0, 1023), st.integers(0, 1023), st.sampled_from(("", "a")))
def test_just_what_is_cut_is_gone(
    graph: AttackGraph, sources: int, targets: int, technique: str
) -> None:
    left = without(graph, [Cut(sources, targets, technique)])
    assert _steps(left) == {
        step
        for step in _steps(graph)
        if not (sources >> step[0] & 1 and targets >> step[1] & 1 and technique in ("", step[2]))
    }


def test_several_cuts_are_all_made() -> None:
    graph = path_graph([StepByName("a b", "c d", "e", technique="t")])
    cuts = [Cut(0b1, 0b100), Cut(0b10, 0b10000), Cut(0b11, 0b1000, "other")]
    assert {(source, target) for source, target, *_ in _steps(without(graph, cuts))} == {
        (0, 3),
        (0, 4),
        (1, 2),
        (1, 3),
    }
    assert _steps(graph) != _steps(without(graph, cuts))
