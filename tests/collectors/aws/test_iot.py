"""Role aliases, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.iot import IoT
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:iot:us-east-1:111122223333:rolealias"


@pytest.fixture
def aliases(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, IoT)


def test_a_role_alias_stands_for_a_role(aliases: Callable[..., Read]) -> None:
    found = aliases()
    sensors = found[f"{ARN}/clew-sensors"]
    assert (sensors.name, sensors.owner) == ("clew-sensors", "111122223333")
    assert sensors.role_arn == "arn:aws:iam::111122223333:role/lambda-exec"
    assert (sensors.credential_duration_seconds, sensors.tags) == (3600, ["team=devices"])
    assert found.incomplete == set()


def test_what_was_refused_is_unread(aliases: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("iot", "ListTagsForResource")
    aws_replay.deny("iot", "DescribeRoleAlias")
    found = aliases()
    sensors = found[f"{ARN}/clew-sensors"]
    assert (sensors.role_arn, sensors.owner, sensors.tags) == (None, None, None)
    assert found.failed == {"DescribeRoleAlias": "denied", "ListTagsForResource": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_role_aliases_incomplete(
    aliases: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("iot", "ListRoleAliases")
    assert aliases().incomplete == {"AWSIoTRoleAlias"}
