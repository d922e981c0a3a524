import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from clew.graph.linking import Edge, ResourceGraph
from clew.graph.model import Coverage, ListingStatus, Resource, Scope, Status
from clew.graph.schema import Column, EdgeType
from clew.graph.snapshot import Snapshot, SnapshotError, write
from clew.graph.snapshot.layout import all_edge_columns
from clew.graph.stores.conformance import (
    CAN_REACH,
    LOGS_TO,
    PART_OF,
    SCHEMA,
    WATCHES,
    Box,
    Link,
    box,
    chain,
    graphs,
    link,
    snapshot_at,
    trail,
)
from clew.graph.traversal import SnapshotReader
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
COVERAGE = [
    Coverage("aws", "s3", "ListBuckets", "1", "global", Status.OK),
    Coverage("aws", "kms", "ListKeys", "1", "us-east-1", Status.DENIED, "AccessDenied", "no"),
]
READS = [
    ListingStatus("ConformanceBox", "1", "us-east-1", Status.THROTTLED, "ListBoxes", "SlowDown")
]


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_what_was_written_is_read(tmp_path: Path) -> None:
    graph = ResourceGraph({"a": box("a", size=1), "t": trail("t")})
    graph.edges[LOGS_TO].append(Edge("a", "t", {"via": "belongs_to"}))
    scope = Scope(accounts={"aws": ["1"]}, regions={"1": ["us-east-1"]}, labels=["ConformanceBox"])
    written = write(
        tmp_path / "scans" / "scan",
        graph,
        SCHEMA,
        scope=scope,
        coverage=COVERAGE,
        reads=READS,
        started=NOW,
        finished=NOW,
    )
    read = Snapshot.open(tmp_path / "scans" / "scan")
    for snapshot in (written, read):
        assert snapshot.scope == scope
        assert snapshot.schema == SCHEMA
        assert snapshot.manifest.started == snapshot.manifest.finished == NOW
        assert snapshot.labels == ["ConformanceBox", "Trail"]
        assert snapshot.pairs == [LOGS_TO]
        assert sorted(snapshot.coverage) == sorted(COVERAGE)
        assert snapshot.reads == READS
        assert snapshot.nodes("ConformanceBox").column_names == list(
            SCHEMA.labels["ConformanceBox"]
        )
        assert snapshot.nodes("Group").num_rows == snapshot.edges(PART_OF).num_rows == 0
        assert list(SnapshotReader(snapshot).edges(LOGS_TO)) == [("a", "t", {"via": "belongs_to"})]
        assert snapshot.digest == read.digest


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), seed=st.integers())
def test_any_graph_returns_whatever_its_order(
    tmp_path_factory: pytest.TempPathFactory, graph: tuple[list[Resource], list[Link]], seed: int
) -> None:
    resources, links = graph
    snapshot = snapshot_at(tmp_path_factory.mktemp("scan") / "scan", resources, links)
    reader = SnapshotReader(Snapshot.open(snapshot.path))
    for label in SCHEMA.labels:
        assert list(reader.nodes(label)) == [
            {"provider": "test", **resource.model_dump()}
            for resource in sorted(resources, key=lambda each: each.id)
            if resource.label == label
        ]
    for pair in SCHEMA.pairs:
        written = [
            (source, target, dict.fromkeys(SCHEMA.relationships[pair.rel]) | dict(properties))
            for each, source, target, properties in links
            if each == pair
        ]
        assert sorted(reader.edges(pair), key=repr) == sorted(written, key=repr)

    shuffled = (list(resources), list(links))
    for each in shuffled:
        random.Random(seed).shuffle(each)
    again = snapshot_at(tmp_path_factory.mktemp("scan") / "scan", *shuffled)
    assert again.digest == snapshot.digest
    assert files(again.path) == files(snapshot.path)


def test_only_some_columns_are_read(tmp_path: Path) -> None:
    snapshot = snapshot_at(tmp_path / "scan", [box("a"), trail("t")], [link(LOGS_TO, "a", "t")])
    assert snapshot.nodes("ConformanceBox", ["name"]).to_pylist() == [{"name": "a"}]
    assert snapshot.nodes("Group", ["name", "id"]).column_names == ["name", "id"]
    assert snapshot.edges(LOGS_TO, ["target"]).to_pylist() == [{"target": "t"}]
    assert snapshot.edges(PART_OF, ["target"]).column_names == ["target"]


def test_an_edge_has_the_properties_of_its_type_and_no_others(tmp_path: Path) -> None:
    links = [link(PART_OF, "a", "a"), link(CAN_REACH, "t", "a", protocol="tcp", from_port=22)]
    snapshot = snapshot_at(tmp_path / "scan", [box("a"), trail("t")], links)
    assert snapshot.edges(PART_OF).column_names == ["source", "target", "via"]
    (reach,) = snapshot.edges(CAN_REACH).to_pylist()
    assert (reach["protocol"], reach["from_port"]) == ("tcp", 22)
    assert {*reach} == {"source", "target", *SCHEMA.relationships["CAN_REACH"]}


def test_a_property_of_two_types_is_refused() -> None:
    schema = SCHEMA.model_copy(
        update={"relationships": {"A": {"size": Column.INT64}, "B": {"size": Column.STRING}}}
    )
    with pytest.raises(ValueError, match="size"):
        all_edge_columns(schema)


def test_of_many_edges_those_of_one_pair_are_read_without_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number:05d}" for number in range(40_000)]
    links = [*chain(*names), *(link(WATCHES, "t", name) for name in names[:3])]
    path = snapshot_at(tmp_path / "scan", [*map(box, names), trail("t")], links).path
    read: list[int] = []
    read_row_group = pq.ParquetFile.read_row_group

    def watched(self: pq.ParquetFile, number: int, columns: list[str]) -> pa.Table:
        if "source" in columns:
            read.append(number)
        return read_row_group(self, number, columns=columns)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", watched)
    snapshot = Snapshot.open(path)
    assert snapshot.edge_count(PART_OF) == len(names) - 1
    assert read == []
    assert snapshot.edges(WATCHES)["target"].to_pylist() == names[:3]
    assert len(read) == 1
    assert snapshot.edges(PART_OF)["source"].to_pylist() == names[:-1]


def test_the_digest_tells_contents_apart(tmp_path: Path) -> None:
    contents: Iterable[tuple[list[Resource], list[Link]]] = [
        ([box("a"), box("b")], []),
        ([box("a"), box("b", sealed=False)], []),
        ([box("a"), box("b")], chain("a", "b")),
        ([box("a"), box("b")], chain("b", "a")),
        ([box("a"), box("b")], [link(PART_OF, "a", "b", via="other")]),
    ]
    digests = {
        snapshot_at(tmp_path / str(number), *content).digest
        for number, content in enumerate(contents)
    }
    assert len(digests) == 5


def test_edges_that_no_model_foresees_join_the_schema(tmp_path: Path) -> None:
    pair = EdgeType("Trail", "PART_OF", "Trail")
    assert pair not in SCHEMA.pairs
    snapshot = snapshot_at(tmp_path / "scan", [trail("t")], [link(pair, "t", "t")])
    assert pair in snapshot.schema.pairs
    assert snapshot.schema.pairs == sorted(snapshot.schema.pairs)


def test_more_rows_than_fit_at_once(tmp_path: Path) -> None:
    names = [f"{number:05d}" for number in range(45_000)]
    snapshot = snapshot_at(tmp_path / "scan", map(box, names), chain(*names))
    reader = SnapshotReader(snapshot)
    assert [node["id"] for node in reader.nodes("ConformanceBox")] == names
    assert [source for source, _, _ in reader.edges(PART_OF)] == names[:-1]


class TestReplacing:
    def test_a_scan_is_replaced(self, tmp_path: Path) -> None:
        snapshot_at(tmp_path / "scan", [box("a"), trail("t")])
        snapshot_at(tmp_path / "scan", [box("b")])
        assert Snapshot.open(tmp_path / "scan").labels == ["ConformanceBox"]
        assert [path.name for path in tmp_path.iterdir()] == ["scan"]

    def test_a_link_leads_to_the_scan_that_is_replaced(self, tmp_path: Path) -> None:
        snapshot_at(tmp_path / "scan", [box("a")])
        (tmp_path / "latest").symlink_to("scan")
        snapshot_at(tmp_path / "latest", [trail("t")])
        assert Snapshot.open(tmp_path / "scan").labels == ["Trail"]
        assert (tmp_path / "latest").is_symlink()

    def test_other_files_are_never_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "thesis.txt").write_text("irreplaceable")
        (tmp_path / "file").write_text("irreplaceable")
        for name in ("folder", "file"):
            with pytest.raises(SnapshotError, match="choose another folder"):
                snapshot_at(tmp_path / name, [box("a")])
        assert set(files(tmp_path).values()) == {b"irreplaceable"}

    def test_an_empty_folder_is_filled(self, tmp_path: Path) -> None:
        (tmp_path / "scan").mkdir()
        snapshot_at(tmp_path / "scan", [box("a")])
        assert Snapshot.open(tmp_path / "scan").labels == ["ConformanceBox"]

    @pytest.mark.parametrize("step", ["writing._write_records", "placing.sync", "placing.move"])
    def test_an_error_leaves_the_old_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        snapshot_at(tmp_path / "scan", [box("a")])
        before = files(tmp_path)

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(f"clew.graph.snapshot.{step}", fail)
        with pytest.raises(OSError, match="No space"):
            snapshot_at(tmp_path / "scan", [box("b")])
        assert files(tmp_path) == before

    def test_an_error_at_the_last_step_puts_the_old_one_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        snapshot_at(tmp_path / "scan", [box("a")])
        before = files(tmp_path)
        rename = Path.rename

        def fail(self: Path, target: Path) -> Path:
            if target == tmp_path / "scan" and self.name != "replaced":
                raise OSError(5, "Input/output error")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", fail)
        with pytest.raises(OSError, match="Input/output"):
            snapshot_at(tmp_path / "scan", [box("b")])
        assert files(tmp_path) == before

    @pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
    def test_a_killed_process_leaves_the_old_one(self, tmp_path: Path) -> None:
        snapshot_at(tmp_path / "scan", [box("a")])
        program = (
            "import os, signal, sys\n"
            "from pathlib import Path\n"
            "from clew.graph.snapshot import placing\n"
            "from clew.graph.stores.conformance import box, snapshot_at\n"
            "placing.sync = lambda folder: os.kill(os.getpid(), signal.SIGKILL)\n"
            "snapshot_at(Path(sys.argv[1]), [box('b')])"
        )
        done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "scan")], check=False)
        assert done.returncode == -signal.SIGKILL
        (node,) = SnapshotReader(Snapshot.open(tmp_path / "scan")).nodes("ConformanceBox")
        assert node["id"] == "a"


class TestDamage:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return snapshot_at(tmp_path / "scan", [box("a"), box("b")], chain("a", "b")).path

    def test_a_file_that_was_cut_off(self, path: Path) -> None:
        for name in (
            "nodes/ConformanceBox.parquet",
            "edges.parquet",
            "coverage.parquet",
            "listings.parquet",
            "schema.json",
        ):
            whole = (path / name).read_bytes()
            (path / name).write_bytes(whole[: len(whole) // 2])
            with pytest.raises(SnapshotError, match=name):
                Snapshot.open(path)
            (path / name).write_bytes(whole)
        Snapshot.open(path)

    def test_a_file_with_one_wrong_bit(self, path: Path) -> None:
        file = path / "nodes/ConformanceBox.parquet"
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        with pytest.raises(SnapshotError, match=r"nodes/ConformanceBox\.parquet"):
            Snapshot.open(path)

    def test_a_file_that_is_gone(self, path: Path) -> None:
        (path / "nodes/ConformanceBox.parquet").unlink()
        with pytest.raises(SnapshotError, match=r"nodes/ConformanceBox\.parquet"):
            Snapshot.open(path)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff",
            b"{}",
            b'{"version": 1}',
            b'{"version": 2}',
            b'{"version": "1"}',
        ],
    )
    def test_a_damaged_manifest(self, path: Path, content: bytes) -> None:
        (path / "manifest.json").write_bytes(content)
        with pytest.raises(SnapshotError):
            Snapshot.open(path)

    def test_a_manifest_names_files_of_the_scan_only(self, path: Path) -> None:
        document = json.loads((path / "manifest.json").read_text())
        document["files"]["../outside"] = "0" * 64
        (path / "manifest.json").write_text(json.dumps(document))
        (path.parent / "outside").write_text("secret")
        with pytest.raises(SnapshotError):
            Snapshot.open(path)

    @pytest.mark.parametrize("version", [0, -1, True, None, 1.0, "1", [], 1 << 70])
    def test_a_version_that_never_was(self, path: Path, version: object) -> None:
        self.change(path, version=version)
        with pytest.raises(SnapshotError):
            Snapshot.open(path)

    def change(self, path: Path, **values: object) -> None:
        document = json.loads((path / "manifest.json").read_text())
        (path / "manifest.json").write_text(json.dumps(document | values))

    def test_a_manifest_without_files(self, path: Path) -> None:
        self.change(path, files={})
        with pytest.raises(SnapshotError, match=r"manifest\.json is damaged"):
            Snapshot.open(path)

    def test_a_file_that_the_manifest_lacks(self, path: Path) -> None:
        (path / "nodes/Trail.parquet").write_bytes(
            (path / "nodes/ConformanceBox.parquet").read_bytes()
        )
        with pytest.raises(SnapshotError, match=r"nodes/Trail\.parquet is not in its manifest"):
            Snapshot.open(path)

    def test_a_file_of_another_label(self, path: Path) -> None:
        """Its checksum is that of the manifest, its rows are not what the schema says."""
        document = json.loads((path / "manifest.json").read_text())
        content = (path / "nodes/ConformanceBox.parquet").read_bytes()
        (path / "nodes/Trail.parquet").write_bytes(content)
        checksum = document["files"]["nodes/ConformanceBox.parquet"]
        self.change(path, files=document["files"] | {"nodes/Trail.parquet": checksum})
        snapshot = Snapshot.open(path)
        with pytest.raises(SnapshotError, match=r"nodes/Trail\.parquet is not what was written"):
            snapshot.nodes("Trail")

    def test_a_schema_that_is_none(self, path: Path) -> None:
        document = json.loads((path / "manifest.json").read_text())
        for content in (b"", b"{}", b"[]", b"{", b'{"labels": 1}', b"\xff"):
            (path / "schema.json").write_bytes(content)
            checksum = sha256(content).hexdigest()
            self.change(path, files=document["files"] | {"schema.json": checksum})
            with pytest.raises(SnapshotError, match="schema"):
                Snapshot.open(path)

    def test_edges_that_do_not_lie_as_written(self, path: Path) -> None:
        """Their checksum is that of the manifest, but those of a pair are torn apart, or of a pair
        that the schema lacks."""
        document = json.loads((path / "manifest.json").read_text())
        whole = pq.read_table(path / "edges.parquet")
        rows = whole.to_pylist()
        for odd in (
            [*rows, rows[0] | {"type": "WATCHES", "source_label": "Trail"}, *rows],
            [*rows, rows[0] | {"target_label": "Nobody"}],
            [*rows, rows[0] | {"type": None}],
        ):
            pq.write_table(pa.Table.from_pylist(odd, whole.schema), path / "edges.parquet")
            checksum = sha256((path / "edges.parquet").read_bytes()).hexdigest()
            self.change(path, files=document["files"] | {"edges.parquet": checksum})
            with pytest.raises(SnapshotError, match=r"edges\.parquet is not what was written"):
                Snapshot.open(path).edges(PART_OF)

    def test_a_newer_version(self, path: Path) -> None:
        document = json.loads((path / "manifest.json").read_text())
        document["version"] += 1
        document["something"] = "new"
        (path / "manifest.json").write_text(json.dumps(document))
        with pytest.raises(SnapshotError, match=r"format 3.*upgrade"):
            Snapshot.open(path)

    def test_nothing_there(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        for path in (tmp_path / "nowhere", tmp_path, tmp_path / "file"):
            with pytest.raises(SnapshotError, match=f"no scan at {path}"):
                Snapshot.open(path)


def test_records_hold_any_words(tmp_path: Path) -> None:
    words = "half \ud800 pair\0"
    written = write(
        tmp_path / "scan",
        ResourceGraph({}),
        SCHEMA,
        scope=Scope(),
        coverage=[Coverage("aws", "s3", "ListBuckets", "1", "global", Status.ERROR, words, words)],
        reads=READS,
        started=NOW,
        finished=NOW,
    )
    assert written.coverage[0].message == "half \\ud800 pair\0"


def test_rows_of_an_unknown_label_are_an_error(tmp_path: Path) -> None:
    class Unknown(Box):
        label = "Unknown"

    with pytest.raises(KeyError, match="Unknown"):
        snapshot_at(tmp_path / "scan", [Unknown(id="s")])
    assert os.listdir(tmp_path) == []
