"""Scans in object stores, with a moto server as one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.graph.snapshot import SnapshotError
from clew.graph.snapshot.object_store import check_uri, is_uri, open_stored, store
from clew.graph.stores.conformance import PART_OF, box, chain, snapshot_at, trail
from servers.moto_server import MotoServer, running_moto
from support.older_format import write_older

pytestmark = pytest.mark.slow

URI = "s3://scans/org/today"


@pytest.fixture(scope="module")
def moto() -> Iterator[MotoServer]:
    with running_moto() as server:
        yield server


@pytest.fixture
def bucket(moto: MotoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket `scans`, by the environment that AWS's own tools take."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": moto.url,
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "us-east-1",
        "CLEW_CACHE_DIR": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="scans")
    yield s3
    for name in keys(s3):
        s3.delete_object(Bucket="scans", Key=name)
    s3.delete_bucket(Bucket="scans")


def keys(s3: Any) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket="scans").get("Contents", ())]


def test_what_is_a_uri() -> None:
    assert all(map(is_uri, (URI, "gs://bucket/scan", "abfs://box@account.dfs.core.windows.net/s")))
    assert not any(map(is_uri, ("s3://", "s3", "./s3:/x", "bolt://127.0.0.1", "https://x", "demo")))


def test_what_was_stored_is_read(bucket: Any, tmp_path: Path) -> None:
    written = snapshot_at(tmp_path / "scan", [box("a"), box("b")], chain("a", "b"))
    store(written, URI)
    read = open_stored(URI)
    assert read.digest == written.digest
    assert read.edges(PART_OF) == written.edges(PART_OF)
    assert open_stored(URI).path == read.path
    assert (tmp_path / "cache") in read.path.parents
    assert read.path.stat().st_mode & 0o077 == 0


def test_a_scan_of_format_1_is_read(bucket: Any, tmp_path: Path) -> None:
    new = snapshot_at(tmp_path / "scan", [box("a"), box("b")], chain("a", "b"))
    old = write_older(new, tmp_path / "old")
    for file in filter(Path.is_file, old.rglob("*")):
        key = f"org/today/{file.relative_to(old).as_posix()}"
        bucket.put_object(Bucket="scans", Key=key, Body=file.read_bytes())
    assert open_stored(URI).edges(PART_OF) == new.edges(PART_OF)


def test_a_scan_that_is_there_is_replaced(bucket: Any, tmp_path: Path) -> None:
    store(snapshot_at(tmp_path / "one", [box("a"), trail("t")]), URI)
    first = open_stored(URI)
    store(snapshot_at(tmp_path / "two", [box("b")]), URI)
    assert open_stored(URI).labels == ["ConformanceBox"]
    assert first.labels == ["ConformanceBox", "Trail"]
    assert not [key for key in keys(bucket) if "Trail" in key]


def test_other_objects_are_never_replaced(bucket: Any, tmp_path: Path) -> None:
    bucket.put_object(Bucket="scans", Key="org/today/thesis.txt", Body=b"irreplaceable")
    with pytest.raises(SnapshotError, match="choose another place"):
        store(snapshot_at(tmp_path / "one", [box("a")]), URI)
    assert keys(bucket) == ["org/today/thesis.txt"]


def test_a_scan_whose_upload_broke_off_is_no_scan(bucket: Any, tmp_path: Path) -> None:
    written = snapshot_at(tmp_path / "scan", [box("a")])
    store(written, URI)
    bucket.delete_object(Bucket="scans", Key="org/today/manifest.json")
    with pytest.raises(SnapshotError, match=f"There is no scan at {URI}"):
        open_stored(URI)


def test_what_is_damaged_names_the_uri(bucket: Any, tmp_path: Path) -> None:
    store(snapshot_at(tmp_path / "scan", [box("a")]), URI)
    bucket.put_object(Bucket="scans", Key="org/today/edges.parquet", Body=b"x")
    with pytest.raises(SnapshotError, match=rf"{URI} is damaged: edges\.parquet"):
        open_stored(URI)
    bucket.delete_object(Bucket="scans", Key="org/today/edges.parquet")
    with pytest.raises(SnapshotError, match=rf"{URI} lacks edges\.parquet"):
        open_stored(URI)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"version": 2}',
        b'{"version": 0, "files": {}}',
        b'{"version": 2, "files": {"../outside.parquet": "0"}}',
        b'{"version": 2, "files": {"/etc/passwd": "0"}}',
        b'{"version": 2, "files": ["nodes/../../x.json"]}',
    ],
)
def test_a_manifest_names_files_of_the_scan_only(
    bucket: Any, tmp_path: Path, content: bytes
) -> None:
    bucket.put_object(Bucket="scans", Key="org/today/manifest.json", Body=content)
    bucket.put_object(Bucket="scans", Key="org/outside.parquet", Body=b"x")
    with pytest.raises(SnapshotError, match=r"manifest\.json is damaged"):
        open_stored(URI)
    assert not list((tmp_path / "cache").rglob("outside*"))


def test_a_newer_format(bucket: Any) -> None:
    content = json.dumps({"version": 3, "files": {}}).encode()
    bucket.put_object(Bucket="scans", Key="org/today/manifest.json", Body=content)
    with pytest.raises(SnapshotError, match=r"format 3.*upgrade"):
        open_stored(URI)


def test_what_is_not_there(bucket: Any, tmp_path: Path) -> None:
    for uri in (URI, "s3://nobodys-bucket/scan"):
        with pytest.raises(SnapshotError, match=f"There is no scan at {uri}"):
            open_stored(uri)
    with pytest.raises(SnapshotError, match=r"nobodys-bucket/scan cannot be (read|written)"):
        store(snapshot_at(tmp_path / "scan", [box("a")]), "s3://nobodys-bucket/scan")


def test_a_place_is_checked_before_a_scan_begins(bucket: Any, tmp_path: Path) -> None:
    check_uri(URI)
    store(snapshot_at(tmp_path / "scan", [box("a")]), URI)
    check_uri(URI)
