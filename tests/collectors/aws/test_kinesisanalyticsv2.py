"""Applications and what they run as, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.kinesisanalyticsv2 import KinesisAnalyticsV2
from servers.aws_replay import AwsReplay
from support.reading import Read, read

CLICKS = "arn:aws:kinesisanalytics:us-east-1:111122223333:application/clew-clicks"


@pytest.fixture
def applications(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, KinesisAnalyticsV2)


def test_an_application_names_its_role_and_code(applications: Callable[..., Read]) -> None:
    found = applications()
    clicks = found[CLICKS]
    assert (clicks.name, clicks.status, clicks.runtime_environment) == (
        "clew-clicks",
        "RUNNING",
        "FLINK-1_20",
    )
    assert clicks.service_execution_role == "arn:aws:iam::111122223333:role/lambda-exec"
    assert clicks.code_bucket == "arn:aws:s3:::clew-prod-assets"
    assert clicks.subnet_ids == ["subnet-0a1000000000000b1"]
    assert clicks.security_group_ids == ["sg-0a100000000000002"]
    assert clicks.log_groups == ["arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"]
    assert clicks.kms_key_id == ""
    assert "never-to-be-kept" not in clicks.model_dump_json()
    assert (found.failed, found.incomplete) == ({}, set())


def test_an_application_that_may_not_be_described_has_an_unread_role(
    applications: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("kinesisanalyticsv2", "DescribeApplication")
    found = applications()
    clicks = found[CLICKS]
    assert (clicks.status, clicks.service_execution_role, clicks.code_bucket) == (
        "RUNNING",
        None,
        None,
    )
    assert (clicks.subnet_ids, clicks.security_group_ids, clicks.log_groups) == (None, None, None)
    assert found.failed == {"DescribeApplication": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_applications_incomplete(
    applications: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("kinesisanalyticsv2", "ListApplications")
    assert applications().incomplete == {"AWSKinesisAnalyticsApplication"}
