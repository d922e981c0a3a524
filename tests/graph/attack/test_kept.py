"""Attack graphs that are kept, and when they are built anew."""

from collections.abc import Callable
from pathlib import Path

import pytest
from clew.graph.attack.kept import KeptAttackGraph
from clew.graph.attack.model import AttackGraph, ExplainedPath
from clew.graph.attack.search import Search, admin, explain_path
from support.path_graphs import StepByName, number, path_graph

SCAN = "0123456789abcdef" * 4
STEPS = (StepByName("start", "middle", technique="put"), StepByName("middle start", "admin"))


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path))
    return tmp_path


class Building:
    """Builds a graph, and counts how often."""

    def __init__(self, names: str = "") -> None:
        self.times = 0
        self._names = names

    def __call__(self) -> AttackGraph:
        self.times += 1
        return path_graph(STEPS, admins="admin", names=self._names)


def explained(graph: AttackGraph) -> list[ExplainedPath]:
    paths = Search(graph, admin(graph)).paths(number(graph, "start"))
    return [explain_path(graph, path) for path in paths]


def asked(build: Callable[[], AttackGraph], scan: str = SCAN) -> list[ExplainedPath]:
    kept = KeptAttackGraph(scan, build)
    found = explained(kept.graph)
    kept.keep_explanations()
    return found


def test_it_is_built_once_and_explained_once() -> None:
    build = Building()
    expected = explained(path_graph(STEPS, admins="admin"))
    assert [asked(build) for _ in range(3)] == [expected] * 3
    assert build.times == 1


def test_a_graph_that_is_asked_for_more_is_built_for_that() -> None:
    build = Building()
    _ = KeptAttackGraph(SCAN, build).graph
    assert build.times == 1
    asked(build)
    assert build.times == 2
    asked(build)
    assert build.times == 2


def test_another_scan_has_another_graph() -> None:
    build = Building()
    asked(build)
    asked(build, "f" * 64)
    assert build.times == 2


def test_other_code_builds_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    build = Building()
    asked(build)
    monkeypatch.setattr("clew.graph.attack.kept.code_digest", lambda: "of other code")
    asked(build)
    assert build.times == 2


@pytest.mark.parametrize("what", ["graphs", "explanations"])
@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_what_is_damaged_is_built_anew(cache: Path, what: str, content: bytes) -> None:
    build = Building()
    expected = asked(build)
    (file,) = (cache / "attack" / what).iterdir()
    file.write_bytes(content)
    assert asked(build) == expected
    assert build.times == 2
    assert asked(build) == expected
    assert build.times == 2


def test_explanations_go_by_the_numbers_of_their_graph(cache: Path) -> None:
    asked(Building())
    (file,) = (cache / "attack" / "graphs").iterdir()
    file.unlink()
    build = Building(names="admin middle")
    assert {*asked(build)} == {*explained(path_graph(STEPS, admins="admin"))}
    assert build.times == 1


def test_where_nothing_can_be_kept_there_is_a_graph(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "file"))
    build = Building()
    assert asked(build) == explained(path_graph(STEPS, admins="admin"))
    assert build.times == 1
