"""Scans in an object store, as a job of an organization uses them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from clew.cli import scans
from servers.moto_server import running_moto

from .conftest import Clew

URI = "s3://scans/org/today"
IAM = {"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "Policies": []}


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    with running_moto() as moto:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "x")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        moto.client("s3").create_bucket(Bucket="scans")
        yield


def test_an_import_goes_there_and_is_asked_there(
    clew: Clew, tmp_path: Path, bucket: None, home: Path
) -> None:
    (tmp_path / "iam.json").write_text(json.dumps({"111122223333": IAM}))
    done = clew("import", tmp_path / "iam.json", "-o", URI)
    assert (done.code, done.out) == (0, f"{URI}\n"), done.err
    assert f"Next: clew paths {URI}" in done.err
    assert scans.kept() == []
    query = ("query", URI, "--cypher", "MATCH (a:AWSAccount) RETURN a.id AS id", "-f", "json")
    assert clew(*query).json == [{"id": "111122223333"}]
    assert clew("coverage", f"{URI}-2").err.strip() == f"Error: There is no scan at {URI}-2."


def test_what_cannot_be_stored_is_kept(
    clew: Clew, tmp_path: Path, bucket: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "iam.json").write_text(json.dumps({"111122223333": IAM}))
    monkeypatch.setattr(scans, "place_of", lambda _: (None, "s3://nobodys/scan"))
    done = clew("import", tmp_path / "iam.json", "-o", "s3://nobodys/scan")
    (kept,) = scans.kept()
    assert done.code == 1
    assert done.err.strip().endswith(f"The scan is kept in {kept}.")
    assert clew("coverage").code == 0
