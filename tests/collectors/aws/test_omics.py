"""Workflows and what runs of them, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.omics import Omics
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:omics:us-east-1:111122223333"


@pytest.fixture
def workflows(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Omics)


def test_a_run_carries_the_role(workflows: Callable[..., Read]) -> None:
    found = workflows()
    assert found[f"{ARN}:workflow/1000001"].name == "clew-sequences"
    run = found[f"{ARN}:run/2000001"]
    assert run.role_arn == "arn:aws:iam::111122223333:role/ecs-task"
    assert (run.workflow_id, run.output_bucket) == ("1000001", "clew-prod-assets")
    assert (run.status, run.tags) == ("RUNNING", ["team=data"])
    assert "never-to-be-kept" not in run.model_dump_json()
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_run_that_has_ended_is_left_out(
    workflows: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    assert workflows().names("AWSOmicsRun") == {"sample-7"}
    asked = [call.params["id"] for call in aws_replay.calls if call.operation == "GetRun"]
    assert asked == ["2000001"]


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListWorkflows", {"AWSOmicsWorkflow"}),
        ("ListRuns", {"AWSOmicsRun"}),
        ("GetRun", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    workflows: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("omics", operation, code="AccessDeniedException")
    found = workflows()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_a_run_that_may_not_be_read_has_an_unread_role(
    workflows: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("omics", "GetRun", code="AccessDeniedException")
    run = workflows()[f"{ARN}:run/2000001"]
    assert (run.role_arn, run.output_bucket, run.tags) == (None, None, None)
    assert run.workflow_id == "1000001"
