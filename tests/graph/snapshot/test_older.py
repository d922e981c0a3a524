"""Scans of format 1 answer as those of today."""

import json
from pathlib import Path

import pytest
from clew.graph.snapshot import Snapshot, SnapshotError
from clew.graph.stores.conformance import (
    CAN_REACH,
    LOGS_TO,
    PART_OF,
    SCHEMA,
    box,
    link,
    snapshot_at,
    trail,
)
from support.older_format import write_older


@pytest.fixture
def both(tmp_path: Path) -> tuple[Snapshot, Snapshot]:
    """A scan, and the same in format 1."""
    links = [
        link(PART_OF, "a", "b"),
        link(LOGS_TO, "b", "t"),
        link(CAN_REACH, "t", "a", protocol="tcp"),
    ]
    new = snapshot_at(tmp_path / "new", [box("a", size=1), box("b"), trail("t")], links)
    return new, Snapshot.open(write_older(new, tmp_path / "old"))


def test_it_holds_the_same(both: tuple[Snapshot, Snapshot]) -> None:
    new, old = both
    assert old.manifest.version == 1
    assert (old.labels, old.pairs, old.schema) == (new.labels, new.pairs, new.schema)
    assert (old.coverage, old.reads, old.scope) == (new.coverage, new.reads, new.scope)
    for label in SCHEMA.labels:
        assert old.nodes(label) == new.nodes(label)
        assert old.nodes(label, ["id"]) == new.nodes(label, ["id"])
        assert old.node_count(label) == new.node_count(label)
    for pair in SCHEMA.pairs:
        assert old.edges(pair) == new.edges(pair)
        assert old.edges(pair, ["target"]) == new.edges(pair, ["target"])
        assert old.edge_count(pair) == new.edge_count(pair)


def test_its_digest_tells_schemas_apart(tmp_path: Path, both: tuple[Snapshot, Snapshot]) -> None:
    new, old = both
    changed = write_older(new, tmp_path / "changed", owner_identities=["x"])
    assert Snapshot.open(changed).digest != old.digest


@pytest.mark.parametrize(
    "name", ["nodes/Trail.parquet", "edges/Trail-CAN_REACH-ConformanceBox.parquet", "reads.parquet"]
)
def test_its_files_are_proved_too(both: tuple[Snapshot, Snapshot], name: str) -> None:
    file = both[1].path / name
    whole = file.read_bytes()
    for damage in (lambda: file.write_bytes(whole[:-1]), file.unlink):
        damage()
        with pytest.raises(SnapshotError, match=name):
            Snapshot.open(both[1].path)


def test_nothing_but_its_files(both: tuple[Snapshot, Snapshot]) -> None:
    new, old = both
    (old.path / "edges.parquet").write_bytes((new.path / "edges.parquet").read_bytes())
    with pytest.raises(SnapshotError, match=r"edges\.parquet is not in its manifest"):
        Snapshot.open(old.path)


@pytest.mark.parametrize("key", ["schema_", "files", "scope"])
def test_a_manifest_that_lacks_something(both: tuple[Snapshot, Snapshot], key: str) -> None:
    manifest = both[1].path / "manifest.json"
    document = json.loads(manifest.read_text())
    del document[key]
    manifest.write_text(json.dumps(document))
    with pytest.raises(SnapshotError, match=r"manifest\.json is damaged"):
        Snapshot.open(both[1].path)
