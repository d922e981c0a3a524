"""The best paths of many sources."""

import pytest
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.ranking import Bounds, ranked
from clew.graph.attack.search import Path, Search, admin
from clew.graph.sets import number_set
from support.path_graphs import StepByName, number, path_graph


def _named(graph: AttackGraph, paths: list[Path]) -> list[list[str]]:
    return [[graph.nodes[node].name for node in path.nodes] for path in paths]


def test_sources_take_turns() -> None:
    graph = path_graph(
        [
            StepByName("rich", "a b c admin"),
            StepByName("a b c", "admin", difficulty=0),
            StepByName("poor", "admin", difficulty=3),
        ],
        admins="admin",
    )
    search = Search(graph, admin(graph))
    sources = number_set([number(graph, "rich"), number(graph, "poor")])
    two = ranked(search, sources, 2)
    assert _named(graph, two.paths) == [["rich", "admin"], ["poor", "admin"]]
    assert (two.sources, two.shown, two.more) == (2, 2, True)
    one = ranked(search, sources, 1)
    assert (_named(graph, one.paths), one.shown, one.more) == ([["rich", "admin"]], 1, True)
    whole = ranked(search, sources)
    assert [path.difficulty for path in whole.paths] == [1, 1, 1, 1, 3]
    assert not whole.more
    assert ranked(search, sources, 5) == whole


@pytest.mark.parametrize("most", [1, 7])
def test_no_more_is_searched_than_is_shown(most: int) -> None:
    crowd = " ".join(f"c{place}" for place in range(2_000))
    graph = path_graph([StepByName(crowd, f"{crowd} admin")], admins="admin")
    found = ranked(Search(graph, admin(graph)), graph.principals, most)
    assert (len(found.paths), found.sources, found.more) == (most, 2_001, True)


def test_external_sources_come_first_at_equal_difficulty() -> None:
    graph = path_graph(
        [
            StepByName("ann", "admin"),
            StepByName("internet", "", "admin"),
            StepByName("zoe", "admin", difficulty=0),
        ],
        admins="admin",
        external="internet",
    )
    search = Search(graph, admin(graph))
    sources = graph.principals | graph.external
    found = ranked(search, sources & ~graph.administrators.possible)
    assert [path[0] for path in _named(graph, found.paths)] == ["zoe", "internet", "ann"]
    (best, second) = ranked(search, sources & ~graph.administrators.possible, 2).paths
    assert _named(graph, [best, second]) == [["zoe", "admin"], ["internet", "admin"]]


def test_all_paths_are_bounded_and_it_is_said_what_was_cut() -> None:
    crowd = " ".join(f"c{place}" for place in range(30))
    graph = path_graph(
        [StepByName(f"start {crowd}", f"{crowd} admin"), StepByName("poor", "admin")],
        admins="admin",
    )
    search = Search(graph, admin(graph))
    sources = graph.principals & ~graph.administrators.certain
    found = ranked(search, sources, bounds=Bounds(per_source=5, total=1_000))
    assert (len(found.paths), found.sources, found.shown) == (31 * 5 + 1, 32, 32)
    assert (found.more, found.cut) == (True, 31)
    found = ranked(search, sources, bounds=Bounds(per_source=50, total=40))
    assert (len(found.paths), found.shown, found.more) == (40, 32, True)
    exact = ranked(search, 1 << number(graph, "poor"), bounds=Bounds(per_source=1, total=1))
    assert (len(exact.paths), exact.more, exact.cut) == (1, False, 0)
    asked = ranked(search, 1 << number(graph, "start"), 70, bounds=Bounds(5, 5))
    assert (len(asked.paths), asked.more, asked.cut) == (70, True, 0)


@pytest.mark.parametrize("most", [0, 3, 8, 40])
def test_where_few_have_many_paths_these_are_asked_for_more(most: int) -> None:
    many = " ".join(f"m{place}" for place in range(20))
    graph = path_graph(
        [StepByName("rich", many), StepByName(f"{many} p1 p2 p3", "admin")], admins="admin"
    )
    sources = number_set(number(graph, name) for name in ("rich", "p1", "p2", "p3"))
    found = ranked(Search(graph, admin(graph)), sources, most, bounds=Bounds(15, 30))
    shown = min(most, 23) if most else 18
    assert (len(found.paths), found.more) == (shown, shown < 23)
    assert found.cut == (0 if most else 1)
    assert {graph.nodes[path.nodes[0]].name for path in found.paths[:3]} == {"p1", "p2", "p3"}
