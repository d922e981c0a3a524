"""Rows that are kept are those of the snapshot."""

from pathlib import Path
from typing import Any

import pytest
from clew.graph import traversal
from clew.graph.snapshot import Snapshot
from clew.graph.snapshot.kept_rows import KeptRows
from clew.graph.stores.conformance import PART_OF, box, chain, graphs, link, snapshot_at, trail
from clew.graph.traversal import SnapshotReader, load_snapshot
from hypothesis import HealthCheck, given, settings


def all_of(source: Any) -> tuple[Any, Any]:
    nodes = {label: list(source.nodes(label)) for label in source.schema.labels}
    return nodes, [(pair, *map(repr, source.edges(pair))) for pair in source.pairs]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_rows_are_what_they_were(tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> None:
    resources, links = drawn
    scan = snapshot_at(tmp_path_factory.mktemp("rows") / "scan", resources, links)
    expected = all_of(SnapshotReader(scan))
    assert all_of(KeptRows(scan)) == expected  # worked out
    assert all_of(KeptRows(scan)) == expected  # as they were kept


def test_a_damaged_file_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    scan = snapshot_at(tmp_path / "scan", [box("a"), box("b"), trail("t")], chain("a", "b"))
    expected = all_of(KeptRows(scan))
    (file,) = (tmp_path / "cache" / "rows").iterdir()
    file.write_bytes(file.read_bytes()[:-3])
    assert all_of(KeptRows(scan)) == expected


def test_a_graph_is_the_same_from_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = [*chain("a", "b"), link(PART_OF, "a", "b", via="other")]
    scan = snapshot_at(tmp_path / "scan", [box("a", marks=["x"]), box("b"), trail("t")], links)
    monkeypatch.setattr(traversal, "_MANY_LABELS", 1)
    found = []
    for is_small in (True, False):
        monkeypatch.setattr(Snapshot, "is_small", is_small)
        for labels in (None, {"ConformanceBox"}):
            graph = load_snapshot(Snapshot.open(scan.path), labels)
            found.append((dict(graph.nodes(data=True)), list(graph.edges(data=True, keys=True))))
    assert found[:2] == found[2:]
