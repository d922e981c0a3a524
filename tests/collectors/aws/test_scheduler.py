"""Schedules, what they call and as whom, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.scheduler import Scheduler
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:scheduler:us-east-1:111122223333:schedule"
INVOKER = "arn:aws:iam::111122223333:role/events-invoke"


@pytest.fixture
def schedules(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Scheduler)


def test_a_schedule_names_its_target_and_role(schedules: Callable[..., Read]) -> None:
    found = schedules()
    resize = found[f"{ARN}/default/nightly-resize"]
    assert resize.target == "arn:aws:lambda:us-east-1:111122223333:function:resize-images"
    assert (resize.role_arn, resize.state, resize.group_name) == (INVOKER, "ENABLED", "default")
    assert resize.dead_letter_arn == "arn:aws:sqs:us-east-1:111122223333:clew-jobs-dlq"
    assert resize.kms_key_arn.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert (resize.schedule_expression, resize.schedule_expression_timezone) == (
        "cron(0 3 * * ? *)",
        "Europe/Zurich",
    )
    assert (resize.api_action, resize.task_definition_arn) == ("", "")
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_schedule_may_run_a_task_or_call_any_api(schedules: Callable[..., Read]) -> None:
    found = schedules()
    batch, stop = found[f"{ARN}/shop/nightly-batch"], found[f"{ARN}/shop/stop-bastion"]
    assert (batch.target, batch.state) == (
        "arn:aws:ecs:us-east-1:111122223333:cluster/clew",
        "DISABLED",
    )
    assert batch.task_definition_arn.endswith(":task-definition/clew-batch:1")
    assert (batch.subnet_ids, batch.security_group_ids) == (
        ["subnet-0a1000000000000b1"],
        ["sg-0a100000000000002"],
    )
    assert (stop.target, stop.api_action, stop.role_arn) == ("", "ec2:stopInstances", INVOKER)


def test_what_is_sent_is_not_kept(schedules: Callable[..., Read]) -> None:
    for resource in schedules().collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


def test_what_was_refused_is_unread(schedules: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("scheduler", "GetSchedule")
    found = schedules()
    resize = found[f"{ARN}/default/nightly-resize"]
    assert resize.target.endswith(":function:resize-images")
    assert (resize.role_arn, resize.dead_letter_arn, resize.kms_key_arn) == (None, None, None)
    assert found.failed == {"GetSchedule": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_schedules_incomplete(
    schedules: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("scheduler", "ListSchedules")
    found = schedules()
    assert found.failed == {"ListSchedules": "denied"}
    assert found.incomplete == {"AWSSchedulerSchedule"}
