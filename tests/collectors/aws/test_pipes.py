"""Pipes, what they hand on and as whom, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.pipes import Pipes
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:pipes:us-east-1:111122223333:pipe"
ROLE = "arn:aws:iam::111122223333:role/events-invoke"


@pytest.fixture
def pipes(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Pipes)


def test_a_pipe_leads_from_a_source_to_a_target(pipes: Callable[..., Read]) -> None:
    found = pipes()
    jobs, orders = found[f"{ARN}/clew-jobs-to-machine"], found[f"{ARN}/clew-orders-to-task"]
    assert (jobs.role, orders.role) == (ROLE, ROLE)
    assert jobs.source == "arn:aws:sqs:us-east-1:111122223333:clew-jobs"
    assert jobs.enrichment == "arn:aws:lambda:us-east-1:111122223333:function:resize-images"
    assert jobs.target == "arn:aws:states:us-east-1:111122223333:stateMachine:clew-fulfil"
    assert (jobs.task_definition, jobs.kms_key) == ("", "")
    assert jobs.log_group == "arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"
    assert jobs.tags == ["team=shop"]
    assert orders.source == "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
    assert orders.task_definition.endswith(":task-definition/clew-batch:1")
    assert (orders.enrichment, orders.log_group, orders.kms_key) == ("", "", "alias/prod-data")
    assert (found.failed, found.incomplete) == ({}, set())


def test_what_is_handed_on_is_not_kept(pipes: Callable[..., Read]) -> None:
    for resource in pipes().collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


def test_what_was_refused_is_unread(pipes: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("pipes", "DescribePipe")
    found = pipes()
    jobs = found[f"{ARN}/clew-jobs-to-machine"]
    assert (jobs.role, jobs.log_group, jobs.kms_key, jobs.tags) == (None,) * 4
    assert jobs.source.endswith(":clew-jobs")
    assert found.failed == {"DescribePipe": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_pipes_incomplete(
    pipes: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("pipes", "ListPipes")
    assert pipes().incomplete == {"AWSPipesPipe"}
