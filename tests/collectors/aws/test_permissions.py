"""The permissions that Clew asks for are those of the calls that it makes."""

import json
import os
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from clew import pipeline
from clew.cli.main import main
from clew.collectors.aws.permissions import permission_of
from clew.scans.connecting import ScanOptions, connect
from servers.aws_replay import ESTATE, AwsReplay
from support.demo_estate import REGIONS, ROLES, Silent, aws_environment

SELDOM = {"s3:GetBucketLocation"}
"""For buckets whose region ListBuckets does not tell."""


NOT_NEEDED = {"s3:ListBucket"}
"""A refusal tells too whether a bucket exists; the permission would let objects be listed."""


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> set[str]:
    capsys.readouterr()
    assert main(["list", "permissions", "aws", *options]) == 0
    (statement,) = json.loads(capsys.readouterr().out)["Statement"]
    return set(statement["Action"])


def test_a_scan_calls_what_is_listed_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over the demo's accounts: with roles to assume, and then the organization's members."""
    wanted = ScanOptions(
        profiles=(),
        roles=ROLES,
        external_id="",
        org_role="",
        regions=REGIONS,
        subscriptions=(),
        projects=(),
        tenant="",
    )
    with (
        AwsReplay(ESTATE, page_size=100) as replay,
        patch.dict(os.environ, aws_environment(replay.url)),
    ):
        accounts = connect(["aws"], wanted)
        pipeline.scan(accounts, pipeline.selection(["aws"]), (), tmp_path / "scan", Silent())
        connect(["aws"], replace(wanted, roles=(), org_role="clew-scan"))
        called = {permission_of(call.service, call.operation) for call in replay.calls}
    known = listed(capsys)
    # Lambda and CloudFront date their operations on the wire.
    lower = {action.lower() for action in known}
    missing = {action for action in called if action.lower() not in lower}
    assert missing == NOT_NEEDED, "add what is called to the collector's `permissions`"
    called_lower = {action.lower() for action in called}
    idle = {action for action in known if action.lower() not in called_lower}
    assert idle <= SELDOM, (
        "take from `permissions` what nothing calls, or add an example to "
        "tests/estate/aws that needs it"
    )


def test_one_service_needs_its_own_calls_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert {action.partition(":")[0] for action in listed(capsys, "--service", "sqs")} == {"sqs"}
