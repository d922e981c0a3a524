"""The bundled scan is one small file, and what the estate in ``tests/estate`` gives."""

from pathlib import Path

import pytest
from clew.graph.snapshot import Snapshot
from clew.scans.bundled import demo_file, open_demo
from support.demo_estate import scan_demo


def test_the_bundled_scan_is_up_to_date(tmp_path: Path) -> None:
    bundled, fresh = open_demo(), scan_demo(tmp_path / "scan")
    assert bundled.schema == fresh.schema, "run: python tests/estate/build_demo.py"
    files = {*fresh.manifest.files, *bundled.manifest.files}
    changed = [
        name for name in files if fresh.manifest.files.get(name) != bundled.manifest.files.get(name)
    ]
    assert not changed, "run: python tests/estate/build_demo.py"
    assert bundled.scope == fresh.scope


def test_it_is_small() -> None:
    assert demo_file().stat().st_size < 150_000


def test_it_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path))
    first = open_demo()
    made = (first.path / "manifest.json").stat().st_mtime_ns
    second = open_demo()
    assert second.path == first.path
    assert (second.path / "manifest.json").stat().st_mtime_ns == made
    assert [path.name for path in (tmp_path / "scans").iterdir()] == [first.path.name]


def test_a_damaged_copy_is_unpacked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path))
    file = open_demo().path / "edges.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    open_demo()
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_to_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    found = open_demo()
    assert Snapshot.open(found.path).labels == found.labels
