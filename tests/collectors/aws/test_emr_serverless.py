"""Applications and the roles of what runs in them, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.emr_serverless import EMRServerless
from servers.aws_replay import AwsReplay
from support.reading import Read, read

QUERIES = "arn:aws:emr-serverless:us-east-1:111122223333:/applications/0a10serverless01"


@pytest.fixture
def applications(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, EMRServerless)


def test_an_application_has_the_roles_of_its_runs(
    applications: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    found = applications()
    queries = found[QUERIES]
    assert (queries.name, queries.state) == ("clew-queries", "STARTED")
    assert queries.job_run_roles == ["arn:aws:iam::111122223333:role/ecs-task"]
    assert queries.subnet_ids == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    assert queries.security_group_ids == ["sg-0a100000000000002"]
    assert queries.image_repository == "arn:aws:ecr:us-east-1:111122223333:repository/clew/api"
    assert (queries.livy_endpoint_enabled, queries.studio_enabled) == (True, False)
    assert queries.tags == ["team=data"]
    (asked,) = [call.params for call in aws_replay.calls if call.operation == "ListJobRuns"]
    assert "RUNNING" in asked["states"]
    assert not {"SUCCESS", "FAILED", "CANCELLED"} & {*asked["states"]}
    assert (found.failed, found.incomplete) == ({}, set())


def test_an_application_that_has_been_ended_is_left_out(applications: Callable[..., Read]) -> None:
    assert applications().names("AWSEMRServerlessApplication") == {"clew-queries"}


def test_what_was_refused_is_unread(
    applications: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("emr-serverless", "GetApplication")
    aws_replay.deny("emr-serverless", "ListJobRuns")
    found = applications()
    queries = found[QUERIES]
    assert (queries.job_run_roles, queries.subnet_ids, queries.security_group_ids) == (None,) * 3
    assert (queries.livy_endpoint_enabled, queries.image_repository, queries.tags) == (None,) * 3
    assert found.failed == {"GetApplication": "denied", "ListJobRuns": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_applications_incomplete(
    applications: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("emr-serverless", "ListApplications")
    assert applications().incomplete == {"AWSEMRServerlessApplication"}
