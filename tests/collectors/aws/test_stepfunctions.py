"""State machines as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.stepfunctions import StepFunctions
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:states:us-east-1:111122223333:stateMachine"


@pytest.fixture
def machines(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, StepFunctions)


def test_a_state_machine_names_its_role_and_logs(machines: Callable[..., Read]) -> None:
    found = machines()
    fulfil, resize = found[f"{ARN}:clew-fulfil"], found[f"{ARN}:clew-resize"]
    assert fulfil.role == "arn:aws:iam::111122223333:role/events-invoke"
    assert (fulfil.type, fulfil.logging_level, fulfil.tracing_enabled) == (
        "STANDARD",
        "ERROR",
        True,
    )
    assert fulfil.log_groups == [
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/resize-images"
    ]
    assert fulfil.kms_key_id.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert (resize.type, resize.logging_level, resize.log_groups, resize.kms_key_id) == (
        "EXPRESS",
        "OFF",
        [],
        "",
    )
    assert resize.tracing_enabled is False
    assert (fulfil.tags, resize.tags) == (["team=data"], [])


def test_an_undescribed_state_machine_stays_unread(
    machines: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("stepfunctions", "DescribeStateMachine")
    found = machines()
    fulfil = found[f"{ARN}:clew-fulfil"]
    assert (fulfil.role, fulfil.log_groups, fulfil.tracing_enabled) == (None, None, None)
    assert found.incomplete == set()


def test_where_state_machines_cannot_be_listed_they_are_incomplete(
    machines: Callable[..., Read],
) -> None:
    found = machines(account="444455556666")
    assert found.incomplete == {"AWSStepFunctionsStateMachine"}
