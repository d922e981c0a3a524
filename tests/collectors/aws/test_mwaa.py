"""Environments, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.mwaa import MWAA
from servers.aws_replay import AwsReplay
from support.reading import Read, read

WORKFLOWS = "arn:aws:airflow:us-east-1:111122223333:environment/clew-workflows"


@pytest.fixture
def environments(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, MWAA)


def test_an_environment_runs_what_a_bucket_holds_as_a_role(
    environments: Callable[..., Read],
) -> None:
    found = environments()
    workflows = found[WORKFLOWS]
    assert (workflows.status, workflows.webserver_access_mode) == ("AVAILABLE", "PUBLIC_ONLY")
    assert workflows.execution_role == "arn:aws:iam::111122223333:role/events-invoke"
    assert (workflows.source_bucket, workflows.dag_path) == (
        "arn:aws:s3:::clew-prod-assets",
        "dags",
    )
    assert (workflows.plugins_path, workflows.startup_script_path, workflows.service_role) == (
        ("",) * 3
    )
    assert workflows.security_group_ids == ["sg-0a100000000000002"]
    assert workflows.log_groups == ["arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"]
    assert (workflows.kms_key, workflows.tags) == ("", ["team=data"])
    assert (found.failed, found.incomplete) == ({}, set())


def test_of_options_only_names_are_kept(environments: Callable[..., Read]) -> None:
    workflows = environments()[WORKFLOWS]
    assert workflows.configuration_names == ["core.parallelism", "smtp.smtp_password"]
    assert "never-to-be-kept" not in workflows.model_dump_json()


def test_what_was_refused_is_unread(
    environments: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("mwaa", "GetEnvironment")
    found = environments()
    workflows = found[WORKFLOWS]
    assert (workflows.status, workflows.execution_role, workflows.source_bucket) == (None,) * 3
    assert (workflows.log_groups, workflows.tags) == (None, None)
    assert found.failed == {"GetEnvironment": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_environments_incomplete(
    environments: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("mwaa", "ListEnvironments")
    assert environments().incomplete == {"AWSMWAAEnvironment"}
