"""The pipeline that every face calls: what it selects, keeps, asks and writes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from clew import pipeline
from clew.collectors.api import Api, Limits
from clew.collectors.aws.cloudtrail import CloudTrail, Trail
from clew.collectors.aws.s3 import S3
from clew.collectors.collector import Collector, lists
from clew.graph.model import Coverage, Location, MissingReason, Status
from clew.graph.snapshot import Snapshot
from support.demo_estate import Silent

ACCOUNT = "111122223333"


class Listing(Collector):
    """Trails, two of which log to a bucket of nobody here."""

    provider = "aws"
    service = "cloudtrail"
    regional = False
    times: ClassVar[list[str]] = []

    @lists(Trail)
    def trails(self, api: Api) -> Iterator[Trail]:
        """Trails."""
        self.times.append(api.here.account)
        for name in ("one", "two"):
            yield Trail(
                id=f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{name}",
                name=name,
                account=ACCOUNT,
                region="us-east-1",
                s3_bucket_name="gone",
                kms_key_id="",
            )
        api.record("ListTrails")


class Buckets(Collector):
    """No buckets, and a word on whether one exists."""

    provider = "aws"
    service = "s3"
    regional = False
    asked: ClassVar[list[str]] = []
    models = S3.models

    @lists(*S3.models())
    def buckets(self, api: Api) -> Iterator[Any]:
        """Buckets."""
        yield from ()

    def exists(self, api: Api, label: str, key: str) -> bool | None:
        """Whether there is such a bucket."""
        self.asked.append(key)
        api.record("HeadBucket")
        return False


class Account:
    """An account of nothing but its coverage."""

    provider = "aws"
    regions: Sequence[str] = ("us-east-1",)
    reachable = True
    directory = ""

    def __init__(self, id_: str = ACCOUNT) -> None:
        self.id = id_
        self.coverage = [Coverage("aws", "sts", "AssumeRole", id_, "global", Status.OK)]

    def api(self, collector: type[Collector], region: str, limits: Limits) -> Api:
        return Api("aws", collector.service, Location(self.id, region), limits)


def scan(folder: Path, progress: Silent | None = None) -> Snapshot:
    Buckets.asked.clear()
    Listing.times.clear()
    return pipeline.scan(
        [Account()], [Listing, Buckets], ["cloudtrail"], folder, progress or Silent()
    )


def test_a_scan_links_probes_once_and_leaves_only_the_snapshot(tmp_path: Path) -> None:
    written = scan(tmp_path / "scan")
    assert Buckets.asked == ["gone"]
    reasons = {row["name"]: row["missing"] for row in written.nodes("AWSS3Bucket").to_pylist()}
    assert reasons["gone"] == MissingReason.NOT_FOUND
    operations = {(record.service, record.operation) for record in written.coverage}
    assert operations == {("sts", "AssumeRole"), ("cloudtrail", "ListTrails"), ("s3", "HeadBucket")}
    assert written.scope.reported == ["cloudtrail"]
    assert [path.name for path in tmp_path.iterdir()] == ["scan"]


def test_work_is_kept_until_the_snapshot_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("clew.graph.derivation.derive_into", broken)
    with pytest.raises(ZeroDivisionError):
        scan(tmp_path / "scan")
    kept = pipeline.partial(tmp_path / "scan")
    began = (kept / "started").read_text()
    monkeypatch.undo()
    written = scan(tmp_path / "scan")
    assert Listing.times == []
    assert written.nodes("AWSCloudTrailTrail").num_rows == 2
    assert written.manifest.started.isoformat() == began
    assert not kept.exists()


def test_a_probe_that_crashes_is_on_record_and_answers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Buckets, "exists", lambda *_: 1 / 0)
    written = scan(tmp_path / "scan")
    reasons = {row["name"]: row["missing"] for row in written.nodes("AWSS3Bucket").to_pylist()}
    assert reasons["gone"] == MissingReason.UNKNOWN_OWNER
    (crash,) = [record for record in written.coverage if record.status == Status.ERROR]
    assert (crash.service, crash.operation, crash.code) == ("s3", "exists", "ZeroDivisionError")


def test_the_stages_are_reported_in_order(tmp_path: Path) -> None:
    given: list[str] = []

    class Telling(Silent):
        def stage(self, name: str) -> None:
            given.append(name)

    scan(tmp_path / "scan", Telling())
    assert given == ["collect", "link", "derive", "write"]


def test_all_collectors_of_the_clouds_are_selected() -> None:
    chosen = pipeline.selection(["aws", "gcp"])
    assert {each.provider for each in chosen} == {"aws", "gcp"}
    assert CloudTrail in chosen


def test_a_named_service_brings_what_it_refers_to_and_what_its_checks_need() -> None:
    chosen = {each.service for each in pipeline.selection(["aws"], ["cloudtrail"])}
    assert {"cloudtrail", "s3", "kms", "logs", "iam", "sns", "lambda", "dynamodb"} <= chosen
    assert "rds" not in chosen


def test_a_named_service_brings_what_the_exposure_of_its_resources_rests_on() -> None:
    chosen = {each.service for each in pipeline.selection(["aws"], ["ec2"])}
    assert {"apigateway", "apigatewayv2", "elb", "elbv2", "vpc"} <= chosen
    assert "route53" not in chosen


def test_an_unknown_service_is_refused_with_what_there_is() -> None:
    with pytest.raises(pipeline.UnknownServiceError) as refused:
        pipeline.selection(["aws"], ["cloudtrial"])
    assert refused.value.service == "cloudtrial"
    assert "cloudtrail" in refused.value.known
