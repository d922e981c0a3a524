"""Attack graphs written and read back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from clew.graph.attack import storage
from clew.graph.attack.choke_points import choke_point_steps
from clew.graph.attack.model import AttackGraph, Changed, Hop, Step
from clew.graph.attack.ranking import ranked
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.attack.storage import AttackGraphFileError, Explanations
from clew.graph.model import Gap
from clew.graph.sets import exactly, members
from hypothesis import HealthCheck, given, settings
from support.path_graphs import StepByName, number, path_graph, path_graphs


def _never() -> AttackGraph:
    raise AssertionError("nothing was to be explained")


def _read(file: Path, rebuild: Callable[[], AttackGraph] = _never) -> AttackGraph:
    return storage.read(file, Explanations(rebuild))


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(path_graphs())
def test_what_was_written_gives_equal_answers(tmp_path: Path, graph: AttackGraph) -> None:
    graph.notes.append("Not all could be read.")
    graph.gaps.append(Gap("A policy could not be read.", "Policy", types=("CAN_ASSUME",)))
    storage.write(graph, tmp_path / "graph")
    read = _read(tmp_path / "graph")
    for name in ("nodes", "number", "steps", "administrators", "data", "principals", "external"):
        assert getattr(read, name) == getattr(graph, name)
    assert (read.reasons, read.notes, read.gaps) == (graph.reasons, graph.notes, graph.gaps)
    every = (1 << len(graph.nodes)) - 1
    for target in (admin(graph), exactly(1)):
        assert ranked(Search(read, target), every) == ranked(Search(graph, target), every)
    assert list(choke_point_steps(read, admin(read), every)) == list(
        choke_point_steps(graph, admin(graph), every)
    )


STEPS = (
    StepByName("start", "", "middle", technique="put", permissions=("iam:Put", "iam:Get")),
    StepByName("middle start", "admin other!changed"),
)


def test_explanations_are_those_of_the_graph_built_anew(tmp_path: Path) -> None:
    graph = path_graph(STEPS, admins="admin")
    built = []

    def rebuild() -> AttackGraph:
        built.append(path_graph(STEPS, admins="admin", names="other!changed admin middle"))
        return built[-1]

    storage.write(graph, tmp_path / "graph")
    read = _read(tmp_path / "graph", rebuild)
    paths = list(Search(read, admin(read)).paths(number(read, "start")))
    assert not built
    assert [explain_path(read, path) for path in paths] == [
        explain_path(graph, path) for path in paths
    ]
    assert len(built) == 1
    assert built[0].nodes != graph.nodes


def test_steps_of_a_changed_principal_are_explained_with_who_takes_them(tmp_path: Path) -> None:
    def changing(names: str = "") -> AttackGraph:
        steps = [StepByName("start other", "worker!changed"), StepByName("worker!changed", "admin")]
        graph = path_graph(steps, admins="admin", names=names)

        def explain(step: Step, actor: int, source: int, target: int) -> Hop:
            hop = Hop(graph.nodes[source].id, graph.nodes[target].id, step.type)
            return Hop(hop.source, hop.target, hop.type, graph.nodes[actor].name)

        changed = Changed(number(graph, "other"), explain)
        graph.changed[number(graph, "worker!changed")] = changed
        return graph

    graph = changing()
    storage.write(graph, tmp_path / "graph")
    read = _read(tmp_path / "graph", lambda: changing("admin other"))
    (path,) = Search(read, admin(read)).paths(number(read, "start"))
    assert explain_path(read, path) == explain_path(graph, path)
    assert explain_path(read, path).hops[1].technique == "start"
    source, target = (number(read, name) for name in ("worker!changed", "admin"))
    assert read.explain(read.steps[1], source, target).technique == "other"


def test_what_was_explained_is_not_explained_anew(tmp_path: Path) -> None:
    graph, file = path_graph(STEPS, admins="admin"), tmp_path / "explanations"
    storage.write(graph, tmp_path / "graph")
    first = Explanations(lambda: path_graph(STEPS, admins="admin"))
    read = storage.read(tmp_path / "graph", first)
    assert not first.are_new
    paths = list(Search(read, admin(read)).paths(number(read, "start")))
    expected = [explain_path(read, path) for path in paths]
    assert first.are_new
    first.write(file)

    second = Explanations(_never)
    again = storage.read(tmp_path / "graph", second)
    second.read(file)
    assert [explain_path(again, path) for path in paths] == expected
    assert expected == [explain_path(graph, path) for path in paths]
    assert not second.are_new


def test_explanations_tell_apart_all_that_decides(tmp_path: Path) -> None:
    """A step that is cut down by a what-if, one that is certain and one that is not, and one that
    asks for more."""
    steps = [
        StepByName("start other", "admin", technique="put", permissions=("iam:Put",)),
        StepByName("start", "", "admin", technique="put", permissions=("iam:Put",)),
        StepByName("start", "admin", technique="put", permissions=("iam:Put", "iam:Get")),
    ]

    def sample() -> AttackGraph:
        found = path_graph(steps, admins="admin")

        def explain(step: Step, source: int, target: int) -> Hop:
            ends = (found.nodes[each].id for each in (source, target))
            certain = "certain" if step.reached.certain >> target & 1 else "if"
            return Hop(*ends, step.type, step.technique, tuple(step.permissions), (certain,))

        found.explainers["put"] = explain
        return found

    storage.write(sample(), tmp_path / "graph")
    read, fresh = _read(tmp_path / "graph", sample), sample()
    target = number(read, "admin")
    hops = {
        read.explain(step, source, target): fresh.explain(step, source, target)
        for step in read.steps
        for source in members(step.sources)
    }
    assert all(one.conditions == other.conditions for one, other in hops.items())
    assert all({*one.permissions} == {*other.permissions} for one, other in hops.items())
    assert len(hops) == 4


def test_explanations_of_another_graph_are_refused(tmp_path: Path) -> None:
    """Its nodes have other numbers."""
    one, other = tmp_path / "one", tmp_path / "other"
    storage.write(path_graph(STEPS, admins="admin"), one)
    storage.write(path_graph(STEPS, admins="admin", names="admin middle"), other)
    explanations = Explanations(_never)
    storage.read(one, explanations)
    explanations.write(tmp_path / "explanations")
    elsewhere = Explanations(_never)
    storage.read(other, elsewhere)
    with pytest.raises(AttackGraphFileError, match="explains another graph"):
        elsewhere.read(tmp_path / "explanations")


def test_large_sets_take_little_room(tmp_path: Path) -> None:
    names = [f"r{place}" for place in range(3_000)]
    steps = [StepByName(name, f"{name} {names[0]}", technique=name) for name in names]
    graph = path_graph([*steps, StepByName(" ".join(names), " ".join(names[1:]))])
    storage.write(graph, tmp_path / "graph")
    assert (tmp_path / "graph").stat().st_size < 200_000
    assert _read(tmp_path / "graph").steps == graph.steps


@pytest.mark.parametrize("content", [b"", b"{}", b"nothing of the kind" * 9])
def test_what_is_no_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "graph").write_bytes(content)
    with pytest.raises(AttackGraphFileError, match="is damaged"):
        _read(tmp_path / "graph")


def test_a_graph_with_one_wrong_bit_is_refused(tmp_path: Path) -> None:
    storage.write(path_graph(STEPS), tmp_path / "graph")
    whole = (tmp_path / "graph").read_bytes()
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 1
        (tmp_path / "graph").write_bytes(broken)
        with pytest.raises(AttackGraphFileError, match="is damaged"):
            _read(tmp_path / "graph")


def test_explanations_are_no_graph_and_a_graph_explains_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    storage.write(path_graph(STEPS), file)
    explanations = Explanations(_never)
    storage.read(file, explanations)
    with pytest.raises(AttackGraphFileError, match="holds no explanations"):
        explanations.read(file)
    explanations.write(file)
    with pytest.raises(AttackGraphFileError, match="holds no attack graph"):
        _read(file)


def test_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "FORMAT", storage.FORMAT + 1)
    storage.write(path_graph(STEPS), tmp_path / "graph")
    monkeypatch.undo()
    with pytest.raises(AttackGraphFileError, match="has format 5, not 4"):
        _read(tmp_path / "graph")


def test_a_step_of_what_the_scan_no_longer_holds_is_not_explained(tmp_path: Path) -> None:
    storage.write(path_graph(STEPS, admins="admin"), tmp_path / "graph")
    read = _read(tmp_path / "graph", AttackGraph)
    path = next(Search(read, admin(read)).paths(number(read, "start")))
    with pytest.raises(AttackGraphFileError, match="no longer holds"):
        explain_path(read, path)
