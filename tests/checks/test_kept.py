"""What checks found is kept with the scan's time, content and scope, and only if it is whole."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import networkx
import pytest
from clew.checks import Check, Row, Traversal, checks
from clew.checks.kept import report
from clew.graph.snapshot import Snapshot
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.store import Store
from support.audit import bucket, trail
from support.judging import Estate
from support.small_scans import scan_of

CYPHER = checks()["cloudtrail_bucket_requires_mfa_delete"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def scan(folder: Path, name: str = "b", accounts: tuple[str, ...] = ("111122223333",)) -> Snapshot:
    estate = Estate([trail("t", s3_bucket_name=name), bucket(name)], accounts=accounts)
    return scan_of(folder, estate)


def no_attack_graph() -> NoReturn:
    raise AssertionError("nothing asks for the attack graph")


def found(snapshot: Snapshot, *selected: Check, is_known: bool = False) -> list[str]:
    def open_store() -> Store:
        assert not is_known, "what is known is asked again"
        return open_embedded(snapshot)

    answer = report(selected, snapshot, open_store, no_attack_graph)
    assert {check.id for check in answer.ran} == {check.id for check in selected}
    return [f"{one.check} {one.status} {one.resource}" for one in answer.findings]


def test_a_check_is_run_once_for_a_scan(tmp_path: Path) -> None:
    snapshot = scan(tmp_path / "scan")
    first = found(snapshot, CYPHER)
    assert first
    assert found(snapshot, CYPHER, is_known=True) == first


def test_what_is_new_is_run_and_joins_what_is_known(tmp_path: Path) -> None:
    snapshot = scan(tmp_path / "scan")
    other = replace(CYPHER, id="other")
    before = found(snapshot, CYPHER)
    both = found(snapshot, other, CYPHER)
    assert len(both) == 2 * len(before)
    assert found(snapshot, CYPHER, other, is_known=True) == both
    assert found(snapshot, CYPHER, is_known=True) == before


def test_another_scan_has_findings_of_its_own(tmp_path: Path, cache: Path) -> None:
    for name in ("one", "other"):
        assert found(scan(tmp_path / name, name), CYPHER)
    assert len(list((cache / "findings").iterdir())) == 2


def test_the_same_content_in_another_scope_is_another_scan(tmp_path: Path) -> None:
    """The MANUAL findings about accounts that could not be read are part of the answer."""
    one = scan(tmp_path / "one")
    manifest = one.manifest.model_copy(update={"started": one.manifest.started.replace(year=2020)})
    assert manifest.files == one.manifest.files
    assert manifest.digest != one.manifest.digest


def test_a_traversal_needs_no_store(tmp_path: Path) -> None:
    def walk(graph: "networkx.MultiDiGraph") -> Iterable[Row]:
        return (Row(node, True) for node in graph)

    walked = replace(CYPHER, id="walked", rule=Traversal((CYPHER.resource,), walk))
    assert found(scan(tmp_path / "scan"), walked, is_known=True)


def test_a_crash_is_not_kept(tmp_path: Path) -> None:
    crashes = [True, False]

    def walk(graph: "networkx.MultiDiGraph") -> Iterable[Row]:
        if crashes.pop(0):
            raise RuntimeError("once")
        return (Row(node, True) for node in graph)

    walked = replace(CYPHER, id="walked", rule=Traversal((CYPHER.resource,), walk))
    snapshot = scan(tmp_path / "scan")
    assert [one.split()[1] for one in found(snapshot, walked)] == ["ERROR"]
    assert {one.split()[1] for one in found(snapshot, walked)} == {"PASS"}


def test_what_is_damaged_is_found_anew(tmp_path: Path, cache: Path) -> None:
    snapshot = scan(tmp_path / "scan")
    first = found(snapshot, CYPHER)
    (file,) = (cache / "findings").iterdir()
    whole = file.read_bytes()
    for content in (b"", whole[:-1], whole[:40] + b"x" + whole[41:]):
        file.write_bytes(content)
        assert found(snapshot, CYPHER) == first
        assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, cache: Path) -> None:
    snapshot = scan(tmp_path / "scan")

    def open_store() -> Store:
        return open_embedded(snapshot, tmp_path / "graphs")

    cache.write_text("a file, where a folder should be")
    answer = report([CYPHER], snapshot, open_store, no_attack_graph)
    assert answer.findings
