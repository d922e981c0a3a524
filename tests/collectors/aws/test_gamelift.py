"""Fleets, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.gamelift import GameLift
from servers.aws_replay import AwsReplay
from support.reading import Read, read

PLAYGROUND = (
    "arn:aws:gamelift:us-east-1:111122223333:fleet/fleet-0a100000-0000-4000-8000-0000000fa001"
)


@pytest.fixture
def fleets(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, GameLift)


def test_a_fleets_programs_have_a_role(fleets: Callable[..., Read]) -> None:
    found = fleets()
    playground = found[PLAYGROUND]
    assert (playground.name, playground.status, playground.compute_type) == (
        "clew-playground",
        "ACTIVE",
        "EC2",
    )
    assert playground.instance_role == "arn:aws:iam::111122223333:role/app-instance"
    assert playground.instance_role_credentials_provider == "SHARED_CREDENTIAL_FILE"
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_refused_listing_leaves_fleets_incomplete(fleets: Callable[..., Read]) -> None:
    found = fleets("444455556666")
    assert found.failed == {"DescribeFleetAttributes": "denied"}
    assert found.incomplete == {"AWSGameLiftFleet"}
