from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest
from clew.graph.snapshot import Snapshot
from clew.graph.stores.conformance import (
    LOGS_TO,
    PART_OF,
    WATCHES,
    box,
    chain,
    link,
    snapshot_at,
    trail,
)
from clew.graph.stores.ladybug import open_embedded
from clew.graph.traversal import Readable, SnapshotReader, load, load_snapshot


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return snapshot_at(
        tmp_path / "scan",
        [box("a", size=1), box("b", marks=["m"]), trail("t")],
        [
            *chain("a", "b"),
            link(PART_OF, "a", "b", via="other"),
            link(LOGS_TO, "b", "t"),
            link(WATCHES, "t", "a"),
        ],
    )


@pytest.fixture(params=["snapshot", "store"])
def source(
    request: pytest.FixtureRequest, snapshot: Snapshot, tmp_path: Path
) -> Iterator[Readable]:
    if request.param == "snapshot":
        yield SnapshotReader(snapshot)
    else:
        with open_embedded(snapshot, tmp_path / "cache") as store:
            yield store


def test_all_of_it(source: Readable) -> None:
    graph = load(source)
    assert set(graph) == {"a", "b", "t"}
    assert graph.nodes["a"]["label"] == "ConformanceBox"
    assert graph.nodes["a"]["size"] == 1
    assert graph.nodes["a"]["sealed"] is None
    assert graph.nodes["b"]["marks"] == ["m"]
    assert sorted(graph.edges(data=True), key=repr) == [
        ("a", "b", {"rel": "PART_OF", "via": "field"}),
        ("a", "b", {"rel": "PART_OF", "via": "other"}),
        ("b", "t", {"rel": "LOGS_TO", "via": "field"}),
        ("t", "a", {"rel": "WATCHES", "via": "field"}),
    ]
    assert networkx.shortest_path(graph, "a", "t") == ["a", "b", "t"]


def test_some_labels_and_the_edges_among_them(source: Readable) -> None:
    graph = load(source, ["ConformanceBox", "Group"])
    assert set(graph) == {"a", "b"}
    assert {edge["rel"] for _, _, edge in graph.edges(data=True)} == {"PART_OF"}
    assert set(load(source, [])) == set()


def test_a_snapshot_and_a_store_give_the_same(snapshot: Snapshot, tmp_path: Path) -> None:
    with open_embedded(snapshot, tmp_path / "cache") as store:
        from_store, from_snapshot = load(store), load(SnapshotReader(snapshot))
    assert networkx.utils.graphs_equal(from_store, from_snapshot)


def test_the_graph_of_a_snapshot_tells_when_it_was_scanned(snapshot: Snapshot) -> None:
    assert load_snapshot(snapshot).graph["scanned"] == snapshot.manifest.started
