"""What Python asks of several scans is what the commands answer."""

from pathlib import Path

import pytest
from clew import ClewError, DiffAnswer, Scan, UsageError, diff, merge, open_scan
from clew.collectors.aws.iam import Role
from clew.graph.snapshot import Snapshot
from cli.conftest import Clew
from cli.conftest import clew as clew
from support.judging import Estate
from support.small_scans import scan_of

ONE, OTHER = "111122223333", "444455556666"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def role(account: str, trusted: str, name: str = "r") -> Role:
    return Role(
        id=f"arn:aws:iam::{account}:role/{name}",
        name=name,
        account=account,
        region="global",
        trusted_principals=[f"arn:aws:iam::{trusted}:role/r"],
    )


def scanned(folder: Path, account: str, *roles: Role) -> Scan:
    written = scan_of(folder, Estate([*roles], accounts=(account,)))
    return Scan(Snapshot.open(written.path), str(folder))


def test_a_difference_is_that_of_the_command(tmp_path: Path, clew: Clew) -> None:
    old = scanned(tmp_path / "old", ONE, role(ONE, OTHER))
    new = scanned(tmp_path / "new", ONE, role(ONE, OTHER), role(ONE, OTHER, "another"))
    found = diff(old, new, parts=["resources", "edges"])
    assert isinstance(found, DiffAnswer)
    said = clew(
        "diff", old.name, new.name, "--only", "resources", "--only", "edges", "-f", "json"
    ).json
    assert found.as_json() == said
    assert ("added", f"arn:aws:iam::{ONE}:role/another") in {
        (each.change, each.id) for each in found.resources
    }
    assert not found.findings


def test_a_part_that_there_is_not_is_refused(tmp_path: Path) -> None:
    one = scanned(tmp_path / "one", ONE, role(ONE, OTHER))
    with pytest.raises(UsageError, match="no part 'path' to compare: paths, findings"):
        diff(one, one, parts=["path"])


def test_scans_are_one_in_which_references_are_resolved(tmp_path: Path, home: Path) -> None:
    one = scanned(tmp_path / "one", ONE, role(ONE, OTHER))
    other = scanned(tmp_path / "other", OTHER, role(OTHER, ONE))
    assert f"arn:aws:iam::{OTHER}:role/r" in missing(one)
    whole = merge(one, other)
    assert whole.snapshot.path.parent == home / "scans"
    assert not list((home / "scans").glob("*.partial"))
    assert not missing(whole) & {f"arn:aws:iam::{each}:role/r" for each in (ONE, OTHER)}
    assert open_scan().snapshot.digest == whole.snapshot.digest
    again = merge(other, one, output=tmp_path / "again")
    assert again.snapshot.path == tmp_path / "again"
    assert again.name == str(tmp_path / "again")
    assert again.snapshot.digest == whole.snapshot.digest


def test_what_cannot_be_merged_is_refused(tmp_path: Path, home: Path) -> None:
    one = scanned(tmp_path / "one", ONE, role(ONE, OTHER))
    with pytest.raises(UsageError, match="two scans or more"):
        merge(one)
    with pytest.raises(ClewError, match=f"Account {ONE} is in .*one and .*one"):
        merge(one, one)
    assert not list((home / "scans").glob("*")), "a folder that was claimed is given back"
    with pytest.raises(UsageError, match="choose another folder"):
        merge(one, one, newest=True, output=tmp_path / "one")
    assert merge(one, one, newest=True).labels


def missing(scan: Scan) -> set[str]:
    return {each["id"] for each in scan.resources() if each["missing"]}
