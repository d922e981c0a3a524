import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.graph.child_process import in_child
from clew.graph.lock import LockedError, holding
from clew.graph.snapshot import Snapshot
from clew.graph.stores import ladybug
from clew.graph.stores.conformance import StoreConformance, box, chain, snapshot_at
from clew.graph.stores.ladybug import LadybugStore, cache_folder, open_embedded
from clew.graph.stores.ladybug_memory import LadybugInMemory
from clew.graph.stores.store import QueryError, StoreError

IDS = "MATCH (n:ConformanceBox) RETURN n.id AS id ORDER BY id"


class TestLadybugConforms(StoreConformance):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[LadybugStore]:
        with LadybugStore(tmp_path / "cache") as store:
            yield store


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return snapshot_at(tmp_path / "scan", [box("a"), box("b")], chain("a", "b"))


class TestLadybugInMemoryConforms(StoreConformance):
    @pytest.fixture
    def store(self) -> Iterator[LadybugInMemory]:
        with LadybugInMemory() as store:
            yield store


def in_file(snapshot: Snapshot, cache: Path | None = None) -> LadybugStore:
    store = LadybugStore(cache)
    store.load(snapshot)
    return store


def ids(snapshot: Snapshot, cache: Path) -> list[str]:
    with in_file(snapshot, cache) as store:
        return [row["id"] for row in store.query(IDS)]


def graph_files(cache: Path) -> list[Path]:
    return list(cache.rglob("*.lbug"))


def test_a_graph_is_built_once(snapshot: Snapshot, cache: Path) -> None:
    assert ids(snapshot, cache) == ["a", "b"]
    (file,) = graph_files(cache)
    built = file.stat()
    assert ids(snapshot, cache) == ["a", "b"]
    assert file.stat().st_ino == built.st_ino
    assert file.stat().st_mtime_ns == built.st_mtime_ns


def test_the_cache_can_be_deleted(snapshot: Snapshot, cache: Path) -> None:
    assert ids(snapshot, cache) == ["a", "b"]
    for path in sorted(cache.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert ids(snapshot, cache) == ["a", "b"]


@pytest.mark.parametrize("damage", ["empty", "truncated", "garbage", "zeroed", "flipped"])
def test_a_damaged_graph_is_built_again(snapshot: Snapshot, cache: Path, damage: str) -> None:
    assert ids(snapshot, cache) == ["a", "b"]
    (file,) = graph_files(cache)
    data = file.read_bytes()
    middle = len(data) // 2
    file.write_bytes(
        {
            "empty": b"",
            "truncated": data[:middle],
            "garbage": b"x" * len(data),
            "zeroed": data[:8192] + bytes(len(data) - 8192),
            "flipped": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        }[damage]
    )
    assert ids(snapshot, cache) == ["a", "b"]
    assert len(graph_files(cache)) == 1
    assert len(graph_files(cache)[0].read_bytes()) == len(data)


def test_graphs_that_were_not_used_for_long_are_removed(tmp_path: Path, cache: Path) -> None:
    snapshots = [snapshot_at(tmp_path / f"scan{n}", [box(f"b{n}")]) for n in range(7)]
    kept = set()
    for age, snapshot in enumerate(snapshots):
        ids(snapshot, cache)
        (new,) = {file.parent for file in graph_files(cache)} - kept
        os.utime(new, (age, age))
        kept.add(new)
    left = {file.parent for file in graph_files(cache)}
    assert len(left) == 4
    assert ids(snapshots[-1], cache) == ["b6"]
    assert {file.parent for file in graph_files(cache)} == left


def test_a_graph_that_is_in_use_outlives_its_removal(tmp_path: Path, cache: Path) -> None:
    with in_file(snapshot_at(tmp_path / "scan", [box("a")]), cache) as store:
        for n in range(6):
            ids(snapshot_at(tmp_path / f"scan{n}", [box(f"b{n}")]), cache)
        assert [row["id"] for row in store.query(IDS)] == ["a"]


def test_processes_can_build_the_same_graph_at_once(snapshot: Snapshot, cache: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from clew.graph.snapshot import Snapshot; "
        "from clew.graph.stores.ladybug import LadybugStore\n"
        "with LadybugStore(Path(sys.argv[2])) as store: "
        "store.load(Snapshot.open(Path(sys.argv[1]))); "
        f"print([row['id'] for row in store.query({IDS!r})])"
    )
    command = [sys.executable, "-c", program, str(snapshot.path), str(cache)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.communicate() == ("['a', 'b']\n", "")
    assert len(graph_files(cache)) == 1


def test_a_graph_is_built_while_nobody_else_builds_it(
    snapshot: Snapshot, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is the graph taken away that another process has just built."""
    built = []
    fill = ladybug._fill

    def filling(folder: Path, from_: Snapshot) -> None:
        with pytest.raises(LockedError), holding(cache / ".lock"):
            pass
        fill(folder, from_)

    def one_at_a_time(work: Any) -> None:
        built.append(1)
        in_child(work)

    monkeypatch.setattr(ladybug, "_fill", filling)
    monkeypatch.setattr(ladybug, "in_child", one_at_a_time)
    threads = [threading.Thread(target=ids, args=(snapshot, cache)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == [1]


def test_a_graph_in_a_cache_that_may_only_be_read_is_used(
    snapshot: Snapshot, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(snapshot, cache) == ["a", "b"]

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for name in ("utime", "mkdir", "rename", "unlink", "rmdir"):
        monkeypatch.setattr(os, name, refuse)
    assert ids(snapshot, cache) == ["a", "b"]
    with pytest.raises(StoreError, match="Read-only file system"):
        ids(snapshot, cache / "other")


def test_a_build_that_fails_leaves_nothing(
    snapshot: Snapshot, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("clew.graph.snapshot.Snapshot.edges", fail)
        with pytest.raises(StoreError, match=r"No space left on device.*CLEW_CACHE_DIR"):
            in_file(snapshot, cache)
    assert list(cache.iterdir()) == []
    assert ids(snapshot, cache) == ["a", "b"]


def test_a_cache_that_cannot_be_written_is_one_sentence(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="set CLEW_CACHE_DIR"):
        in_file(snapshot, tmp_path / "file")


def test_the_environment_names_the_cache(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "elsewhere"))
    with in_file(snapshot) as store:
        assert store.query("RETURN 1 AS one") == [{"one": 1}]
    assert cache_folder() == tmp_path / "elsewhere" / "graphs"
    assert len(graph_files(tmp_path / "elsewhere")) == 1


def test_its_own_shortest_form_is_refused(snapshot: Snapshot, cache: Path) -> None:
    with in_file(snapshot, cache) as store, pytest.raises(QueryError, match="shortest_paths"):
        store.query("MATCH p = (a)-[* SHORTEST 1..3]->(b) RETURN length(p) AS n")


def test_a_small_scan_needs_no_file(
    snapshot: Snapshot, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_embedded(snapshot, cache) as store:
        assert [row["id"] for row in store.query(IDS)] == ["a", "b"]
    assert not cache.exists()
    monkeypatch.setattr(Snapshot, "is_small", False)
    with open_embedded(Snapshot.open(snapshot.path), cache) as store:
        assert [row["id"] for row in store.query(IDS)] == ["a", "b"]
    assert len(graph_files(cache)) == 1


@pytest.mark.parametrize("error", [RuntimeError("Buffer manager exception: no"), OSError("gone")])
def test_what_could_not_be_read_is_not_taken_for_nothing(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A query that cannot be made ready fails each time, and those after it have all rows."""

    def fail(*_: object) -> None:
        raise error

    edge = "MATCH (a:ConformanceBox)-[:PART_OF]->(b:ConformanceBox) RETURN b.id AS id"
    with LadybugInMemory() as store:
        store.load(snapshot)
        assert store.query("MATCH (t:`Trail`) RETURN t.id AS id") == []
        with monkeypatch.context() as patched:
            patched.setattr("clew.graph.stores.ladybug_memory.copy_nodes", fail)
            for cypher in (IDS, IDS, edge, "MATCH (n) RETURN n.id AS id"):
                with pytest.raises((StoreError, OSError)):
                    store.query(cypher)
        with monkeypatch.context() as patched:
            patched.setattr("clew.graph.stores.ladybug_memory.copy_edges", fail)
            with pytest.raises((StoreError, OSError)):
                store.query(edge)
        assert [row["id"] for row in store.query(IDS)] == ["a", "b"]
        assert store.query(edge) == [{"id": "b"}]
        assert store.query("MATCH (n) RETURN count(n) AS n") == [{"n": 2}]


def test_only_the_columns_that_queries_name_are_read(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nodes have all of theirs all the same, and queries that name others find them later."""
    read: list[set[str]] = []
    nodes = Snapshot.nodes

    def reading(self: Snapshot, label: str, only: Any = None) -> Any:
        read.append({*(only or ("everything",))})
        return nodes(self, label, only)

    with LadybugInMemory() as store:
        store.load(snapshot)
        whole = store.query("MATCH (n:ConformanceBox) RETURN n ORDER BY n.id")
        monkeypatch.setattr(Snapshot, "nodes", reading)
        names = "MATCH (n:ConformanceBox) RETURN n.name AS name, keys(n) AS every ORDER BY n.id"
        named = "MATCH (n:ConformanceBox) WHERE n.name IS NOT NULL RETURN n ORDER BY n.id"
        assert store.query(named) == [
            row for row in whole if row["n"].properties["name"] is not None
        ]
        assert [row["name"] for row in store.query(names)] == [
            row["n"].properties["name"] for row in whole
        ]
        assert {*whole[0]["n"].properties} == {*snapshot.schema.labels["ConformanceBox"]}
        assert store.query(IDS) == [{"id": "a"}, {"id": "b"}]
    with LadybugInMemory() as store:
        read.clear()
        store.load(snapshot)
        store.prepare([(IDS, {}), ("MATCH (n:ConformanceBox) RETURN n.name AS name", {})])
        assert read == [{"id", "name"}]


def test_several_queries_are_made_ready_at_once(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge = "MATCH (a:ConformanceBox)-[:PART_OF]->(b:ConformanceBox) RETURN b.id AS id"
    with LadybugInMemory() as store:
        store.load(snapshot)
        store.prepare([(IDS, {}), (edge, {}), ("MATCH (n) RETURN count(n) AS n", {})])
        monkeypatch.setattr(Snapshot, "nodes", None)
        monkeypatch.setattr(Snapshot, "edges", None)
        assert store.query(edge) == [{"id": "b"}]
        assert store.query(IDS) == [{"id": "a"}, {"id": "b"}]
        assert store.query("MATCH (n) RETURN count(n) AS n") == [{"n": 2}]
        with pytest.raises(QueryError):
            store.prepare([(IDS, {}), ("CREATE (n:ConformanceBox)", {})])
