"""Templates of experiments, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.fis import FIS
from servers.aws_replay import AwsReplay
from support.reading import Read, read

FULL_DISK = "arn:aws:fis:us-east-1:111122223333:experiment-template/EXT0a1000000001"


@pytest.fixture
def templates(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, FIS)


def test_a_template_says_what_is_done_as_whom(templates: Callable[..., Read]) -> None:
    found = templates()
    full = found[FULL_DISK]
    assert (full.name, full.template_id) == ("clew-full-disk", "EXT0a1000000001")
    assert full.role == "arn:aws:iam::111122223333:role/events-invoke"
    assert full.action_ids == ["aws:fis:wait", "aws:ssm:send-command"]
    assert full.log_group == "arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"
    assert full.log_bucket == "clew-prod-access-logs"
    assert full.tags == ["Name=clew-full-disk", "team=shop"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_what_was_refused_is_unread(templates: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("fis", "GetExperimentTemplate")
    found = templates()
    full = found[FULL_DISK]
    assert (full.role, full.action_ids, full.log_group, full.log_bucket) == (None,) * 4
    assert full.name == "clew-full-disk"
    assert found.failed == {"GetExperimentTemplate": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_templates_incomplete(
    templates: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("fis", "ListExperimentTemplates")
    assert templates().incomplete == {"AWSFISExperimentTemplate"}
