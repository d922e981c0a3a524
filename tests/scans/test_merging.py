"""Scans are merged: the demo in parts and together again is the demo."""

from itertools import permutations
from pathlib import Path

import pytest
from clew.collectors.aws.iam import Role
from clew.collectors.aws.s3 import Bucket
from clew.graph.model import Resource, Status
from clew.graph.schema import EdgeType
from clew.graph.snapshot import Snapshot
from clew.scans.bundled import open_demo
from clew.scans.merging import NamedScan, OverlappingScansError, merge
from support.demo_estate import Silent
from support.judging import Estate
from support.rebuilding import rebuilt
from support.small_scans import scan_of

ONE, OTHER = "111122223333", "444455556666"


def merged(folder: Path, *scans: Snapshot, newest: bool = False) -> Snapshot:
    named = [NamedScan(str(each.path.name), each) for each in scans]
    return merge(named, folder, Silent(), newest=newest)


def contents(scan: Snapshot) -> tuple[object, ...]:
    return scan.manifest.files, scan.schema, scan.scope


def test_the_demo_by_account_and_cloud_and_merged_again_is_the_demo(tmp_path: Path) -> None:
    demo = open_demo()
    parts = [
        rebuilt(demo, tmp_path / f"part{number}", accounts=[account])
        for number, account in enumerate(sorted(demo.scope.all_accounts))
    ]
    assert len(parts) > 4
    assert contents(merged(tmp_path / "again", *reversed(parts))) == contents(demo)


def bucket_scan(folder: Path, account: str, *resources: Resource, **estate: object) -> Snapshot:
    return scan_of(folder, Estate([*resources], accounts=(account,), **estate))  # type: ignore[arg-type]


def role(account: str, trusted: str) -> Role:
    return Role(
        id=f"arn:aws:iam::{account}:role/r",
        name="r",
        account=account,
        region="global",
        trusted_principals=[trusted],
    )


def test_references_between_scans_are_resolved_in_any_order(tmp_path: Path) -> None:
    one = bucket_scan(tmp_path / "one", ONE, role(ONE, f"arn:aws:iam::{OTHER}:role/r"))
    other = bucket_scan(tmp_path / "other", OTHER, role(OTHER, f"arn:aws:iam::{ONE}:role/r"))
    assert missing(one) == {f"arn:aws:iam::{OTHER}:role/r": "CROSS_ACCOUNT"}
    found = [
        merged(tmp_path / f"merged{number}", *order)
        for number, order in enumerate(permutations([one, other]))
    ]
    assert contents(found[0]) == contents(found[1])
    assert missing(found[0]) == {}
    edges = found[0].edges(EdgeType("AWSRole", "TRUSTS", "AWSRole")).to_pylist()
    assert {(edge["source"][13:25], edge["target"][13:25]) for edge in edges} == {
        (ONE, OTHER),
        (OTHER, ONE),
    }


def test_what_neither_scan_could_read_stays_unread(tmp_path: Path) -> None:
    one = bucket_scan(tmp_path / "one", ONE, role(ONE, f"arn:aws:iam::{OTHER}:role/gone"))
    denied = bucket_scan(tmp_path / "denied", OTHER, unread=["AWSRole"])
    whole = bucket_scan(tmp_path / "whole", OTHER)
    target = f"arn:aws:iam::{OTHER}:role/gone"
    assert missing(merged(tmp_path / "a", one, denied)) == {target: "UNREADABLE"}
    assert missing(merged(tmp_path / "b", one, whole)) == {target: "NOT_FOUND"}
    reads = {read for read in merged(tmp_path / "c", one, denied).reads if read.label == "AWSRole"}
    assert {read.account for read in reads if read.status == Status.DENIED} == {OTHER}


def missing(scan: Snapshot) -> dict[str, str]:
    rows = scan.nodes("AWSRole").to_pylist()
    return {row["id"]: row["missing"] for row in rows if row["missing"]}


def test_an_account_in_two_scans_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    scans = [bucket_scan(tmp_path / name, ONE) for name in ("a", "b")]
    with pytest.raises(OverlappingScansError, match=f"{ONE} is in a and b: .* --newest"):
        merged(tmp_path / "merged", *scans)
    assert not (tmp_path / "merged").exists()


def test_the_newest_scan_of_an_account_is_the_one_that_counts(tmp_path: Path) -> None:
    def bucket(name: str) -> Bucket:
        return Bucket(id=f"arn:aws:s3:::{name}", name=name, account=ONE, region="us-east-1")

    old = bucket_scan(tmp_path / "old", ONE, bucket("gone"), bucket("kept"))
    new = bucket_scan(tmp_path / "new", ONE, bucket("kept"), bucket("made"), unread=["AWSRole"])
    later = new.manifest.model_copy(update={"started": new.manifest.started.replace(year=2026)})
    new.manifest = later
    for number, order in enumerate(permutations([old, new])):
        both = merged(tmp_path / f"merged{number}", *order, newest=True)
        rows = both.nodes("AWSS3Bucket", ["name", "missing"]).to_pylist()
        assert [row["name"] for row in rows if not row["missing"]] == ["kept", "made"]
        assert [read.status for read in both.reads if read.label == "AWSRole"] == [Status.DENIED]
