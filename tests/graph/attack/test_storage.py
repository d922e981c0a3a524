"""Attack graphs written and read back."""

from pathlib import Path

import pytest
from clew.graph.attack import storage
from clew.graph.attack.choke_points import choke_point_steps
from clew.graph.attack.model import AttackGraph, Changed, Hop, Step
from clew.graph.attack.ranking import ranked
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.attack.storage import AttackGraphFileError
from clew.graph.sets import exactly
from hypothesis import HealthCheck, given, settings
from support.path_graphs import StepByName, number, path_graph, path_graphs


def _never() -> AttackGraph:
    raise AssertionError("nothing was to be explained")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path_graphs())
def test_what_was_written_gives_equal_answers(tmp_path: Path, graph: AttackGraph) -> None:
    storage.write(graph, tmp_path / "graph")
    read = storage.read(tmp_path / "graph", _never)
    for name in ("nodes", "number", "steps", "administrators", "data", "principals", "external"):
        assert getattr(read, name) == getattr(graph, name)
    assert (read.reasons, read.notes) == (graph.reasons, graph.notes)
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
    read = storage.read(tmp_path / "graph", rebuild)
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
    read = storage.read(tmp_path / "graph", lambda: changing("admin other"))
    (path,) = Search(read, admin(read)).paths(number(read, "start"))
    assert explain_path(read, path) == explain_path(graph, path)
    assert explain_path(read, path).hops[1].technique == "start"
    source, target = (number(read, name) for name in ("worker!changed", "admin"))
    assert read.explain(read.steps[1], source, target).technique == "other"


def test_large_sets_take_little_room(tmp_path: Path) -> None:
    names = [f"r{place}" for place in range(3_000)]
    steps = [StepByName(name, f"{name} {names[0]}", technique=name) for name in names]
    graph = path_graph([*steps, StepByName(" ".join(names), " ".join(names[1:]))])
    storage.write(graph, tmp_path / "graph")
    assert (tmp_path / "graph").stat().st_size < 200_000
    assert storage.read(tmp_path / "graph", _never).steps == graph.steps


@pytest.mark.parametrize("content", [b"", b"{}", b"nothing of the kind"])
def test_what_is_no_graph_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "graph").write_bytes(content)
    with pytest.raises(AttackGraphFileError, match="holds no attack graph"):
        storage.read(tmp_path / "graph", _never)


def test_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "FORMAT", 2)
    storage.write(path_graph(STEPS), tmp_path / "graph")
    monkeypatch.undo()
    with pytest.raises(AttackGraphFileError, match="has format 2, not 1"):
        storage.read(tmp_path / "graph", _never)


def test_a_step_of_what_the_scan_no_longer_holds_is_not_explained(tmp_path: Path) -> None:
    storage.write(path_graph(STEPS, admins="admin"), tmp_path / "graph")
    read = storage.read(tmp_path / "graph", AttackGraph)
    path = next(Search(read, admin(read)).paths(number(read, "start")))
    with pytest.raises(AttackGraphFileError, match="no longer holds"):
        explain_path(read, path)
