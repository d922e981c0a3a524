"""Answers about resources: all there is of one, what was not read, and the map."""

from pathlib import Path

import pytest
from clew.errors import UsageError
from clew.graph.snapshot import Snapshot
from clew.scans.places import open_scan
from clew.scans.resource_answers import ScannedResources
from support.audit import bucket, trail
from support.judging import ACCOUNT, Estate
from support.small_scans import scan_of

TRAIL = trail("main", s3_bucket_name="logs")


def scanned(folder: Path, *unread: str) -> ScannedResources:
    estate = Estate([TRAIL, bucket("logs", policy=None)], unread=unread)
    return ScannedResources(scan_of(folder / "scan", estate))


@pytest.fixture(params=[True, False], ids=["small", "large"])
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Snapshot, "is_small", property(lambda _: request.param))


@pytest.mark.usefixtures("_size")
def test_a_resource_has_its_properties_and_edges(tmp_path: Path) -> None:
    answer = scanned(tmp_path).answer(TRAIL.id)
    assert answer.resource.name == "main"
    assert answer.properties["s3_bucket_name"] == "logs"
    (logs,) = [one for one in answer.references if one.type == "LOGS_TO"]
    assert (logs.direction, logs.other.id, logs.other.missing) == ("out", "arn:aws:s3:::logs", None)


@pytest.mark.usefixtures("_size")
def test_the_other_end_has_the_same_edge(tmp_path: Path) -> None:
    answer = scanned(tmp_path).answer("arn:aws:s3:::logs")
    assert ("in", "LOGS_TO", TRAIL.id) in [
        (one.direction, one.type, one.other.id) for one in answer.references
    ]


@pytest.mark.usefixtures("_size")
def test_what_was_not_read_is_named_with_its_call(tmp_path: Path) -> None:
    answer = scanned(tmp_path).answer("arn:aws:s3:::logs")
    assert "policy" not in answer.properties
    (policy,) = [one for one in answer.unread if one.property == "policy"]
    assert policy.call == "GetBucketPolicy"


def test_what_may_refer_to_a_resource_and_was_not_listed_is_a_gap(tmp_path: Path) -> None:
    whole = scanned(tmp_path / "whole").answer("arn:aws:s3:::logs").gaps
    lacking = scanned(tmp_path / "lacking", TRAIL.label).answer("arn:aws:s3:::logs").gaps
    assert TRAIL.label not in {gap.label for gap in whole}
    assert TRAIL.label in {gap.label for gap in lacking}


def test_of_a_missing_resource_only_the_reason_is_known(tmp_path: Path) -> None:
    found = ScannedResources(scan_of(tmp_path / "scan", Estate([TRAIL])))
    (missing,) = [row for row in found.by_id.values() if row.label == "AWSS3Bucket"]
    answer = found.answer(missing.id)
    assert answer.resource.missing is not None
    assert answer.unread == []
    assert [one.other.id for one in answer.references] == [TRAIL.id]


def test_what_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No resource has the identity"):
        scanned(tmp_path).answer("main")


@pytest.mark.usefixtures("_size")
def test_the_map_counts_every_resource_and_edge_once(tmp_path: Path) -> None:
    found = scanned(tmp_path)
    answer = found.map()
    assert sum(group.resources for group in answer.groups) == len(found.by_id)
    assert {group.account for group in answer.groups} >= {ACCOUNT}
    (edge,) = [
        each
        for each in answer.edges
        if answer.groups[each.source].label == TRAIL.label
        and answer.groups[each.target].label == "AWSS3Bucket"
    ]
    assert edge.edges == 1


def test_both_ways_to_read_give_the_same_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    small = ScannedResources(open_scan("demo"))
    known = {id_: small.answer(id_) for id_ in [*small.by_id][::200]}
    monkeypatch.setattr(Snapshot, "is_small", property(lambda _: False))
    large = ScannedResources(open_scan("demo"))
    assert large.by_id == small.by_id
    for id_, answer in known.items():
        again = large.answer(id_)
        assert again.properties == answer.properties
        assert sorted(map(str, again.references)) == sorted(map(str, answer.references))
