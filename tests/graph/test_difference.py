"""What differs between two scans, and what one of them could not read."""

from collections.abc import Collection
from pathlib import Path

from clew.collectors.aws.cloudtrail import Trail
from clew.collectors.aws.s3 import Bucket
from clew.graph.difference import Change, Difference
from clew.graph.model import Resource
from support.judging import ACCOUNT, REGION, Estate
from support.small_scans import scan_of

OTHER = "444455556666"


def bucket(name: str, account: str = ACCOUNT, **fields: object) -> Bucket:
    known = {"tags": [], "mfa_delete": False, **fields}
    return Bucket(id=f"arn:aws:s3:::{name}", name=name, account=account, region=REGION, **known)  # type: ignore[arg-type]


def trail(bucket_name: str | None) -> Trail:
    return Trail(
        id=f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/t",
        name="t",
        account=ACCOUNT,
        region=REGION,
        s3_bucket_name=bucket_name,
    )


def difference(
    folder: Path,
    old: Collection[Resource],
    new: Collection[Resource],
    old_unread: Collection[str] = (),
    new_unread: Collection[str] = (),
    accounts: tuple[tuple[str, ...], tuple[str, ...]] = ((ACCOUNT,), (ACCOUNT,)),
) -> Difference:
    return Difference(
        scan_of(folder / "old", Estate([*old], old_unread, accounts[0]), ["AWSS3Bucket"]),
        scan_of(folder / "new", Estate([*new], new_unread, accounts[1]), ["AWSS3Bucket"]),
    )


def buckets(found: Difference) -> dict[str, Change]:
    return {each.name: each.change for each in found.resources if each.label == "AWSS3Bucket"}


def test_resources_appear_go_and_change(tmp_path: Path) -> None:
    found = difference(
        tmp_path,
        [bucket("same"), bucket("gone"), bucket("other", mfa_delete=False)],
        [bucket("same"), bucket("made"), bucket("other", mfa_delete=True)],
    )
    assert buckets(found) == {
        "gone": Change.REMOVED,
        "made": Change.ADDED,
        "other": Change.CHANGED,
    }
    (field,) = found.by_id["arn:aws:s3:::other"].fields
    assert (field.name, field.old, field.new) == ("mfa_delete", False, True)


def test_what_a_scan_did_not_list_is_neither_gone_nor_new(tmp_path: Path) -> None:
    here, there = [bucket("a")], [bucket("b")]
    found = difference(tmp_path, here, there, ["AWSS3Bucket"], ["AWSS3Bucket"])
    assert buckets(found) == {"a": Change.UNREAD, "b": Change.NEWLY_READ}
    assert "could not be listed" in found.by_id["arn:aws:s3:::a"].reason


def test_what_is_of_an_account_that_was_not_scanned_is_not_gone(tmp_path: Path) -> None:
    both = (ACCOUNT, OTHER)
    found = difference(tmp_path, [bucket("a", OTHER)], [], accounts=(both, (ACCOUNT,)))
    assert buckets(found) == {"a": Change.UNREAD}
    back = difference(tmp_path / "b", [], [bucket("a", OTHER)], accounts=((ACCOUNT,), both))
    assert buckets(back) == {"a": Change.NEWLY_READ}


def test_a_field_that_was_not_read_has_not_changed(tmp_path: Path) -> None:
    found = difference(
        tmp_path,
        [bucket("a", mfa_delete=True), bucket("b", mfa_delete=None)],
        [bucket("a", mfa_delete=None), bucket("b", mfa_delete=True)],
    )
    assert buckets(found) == {"a": Change.UNREAD, "b": Change.NEWLY_READ}


def edges(found: Difference) -> dict[tuple[str, str], Change]:
    return {(each.type, each.target): each.change for each in found.edges if each.type == "LOGS_TO"}


def test_an_edge_goes_with_its_field_unless_that_is_unread(tmp_path: Path) -> None:
    both = [bucket("a"), bucket("b")]
    moved = difference(tmp_path / "1", [trail("a"), *both], [trail("b"), *both])
    assert edges(moved) == {
        ("LOGS_TO", "arn:aws:s3:::a"): Change.REMOVED,
        ("LOGS_TO", "arn:aws:s3:::b"): Change.ADDED,
    }
    unread = difference(tmp_path / "2", [trail("a"), *both], [trail(None), *both])
    assert edges(unread) == {("LOGS_TO", "arn:aws:s3:::a"): Change.UNREAD}
    read = difference(tmp_path / "3", [trail(None), *both], [trail("a"), *both])
    assert edges(read) == {("LOGS_TO", "arn:aws:s3:::a"): Change.NEWLY_READ}


def test_nothing_differs_between_a_scan_and_itself(tmp_path: Path) -> None:
    estate = [bucket("a"), trail("a"), trail("a")]
    found = difference(tmp_path, estate, estate)
    assert (found.resources, found.edges) == ([], [])
