"""Environments, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.elasticbeanstalk import ElasticBeanstalk
from servers.aws_replay import AwsReplay
from support.reading import Read, read

LIVE = "arn:aws:elasticbeanstalk:us-east-1:111122223333:environment/clew-forum/clew-forum-live"


@pytest.fixture
def environments(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, ElasticBeanstalk)


def test_an_environment_says_what_runs_where_as_whom(environments: Callable[..., Read]) -> None:
    found = environments()
    live = found[LIVE]
    assert (live.application, live.status, live.tier) == ("clew-forum", "Ready", "WebServer")
    assert (live.instance_profile, live.version_label) == ("app-instance", "v7")
    assert live.source_object == "clew-prod-assets/forum/v7.zip"
    assert live.service_role == "arn:aws:iam::111122223333:role/events-invoke"
    assert live.vpc_id == "vpc-0a100000000000001"
    assert live.subnet_ids == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    assert live.security_group_ids == ["sg-0a100000000000002"]
    assert (live.key_name, live.operations_role, live.tags) == ("", "", ["team=shop"])
    assert (found.failed, found.incomplete) == ({}, set())


def test_an_environment_that_has_ended_is_left_out(environments: Callable[..., Read]) -> None:
    assert environments().names("AWSElasticBeanstalkEnvironment") == {"clew-forum-live"}


def test_of_environment_variables_only_names_are_kept(environments: Callable[..., Read]) -> None:
    live = environments()[LIVE]
    assert live.environment_names == ["DATABASE_PASSWORD"]
    assert "never-to-be-kept" not in live.model_dump_json()


def test_what_was_refused_is_unread(
    environments: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("elasticbeanstalk", "DescribeConfigurationSettings")
    aws_replay.deny("elasticbeanstalk", "ListTagsForResource")
    aws_replay.deny("elasticbeanstalk", "DescribeApplicationVersions")
    found = environments()
    live = found[LIVE]
    assert (live.instance_profile, live.service_role, live.subnet_ids) == (None,) * 3
    assert (live.environment_names, live.tags, live.source_object) == (None, None, None)
    assert found.failed == {
        "DescribeApplicationVersions": "denied",
        "DescribeConfigurationSettings": "denied",
        "ListTagsForResource": "denied",
    }
    assert found.incomplete == set()


def test_a_refused_listing_leaves_environments_incomplete(
    environments: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("elasticbeanstalk", "DescribeEnvironments")
    assert environments().incomplete == {"AWSElasticBeanstalkEnvironment"}
