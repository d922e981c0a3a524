"""Directories, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.ds import DirectoryService
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:ds:us-east-1:111122223333:directory"


@pytest.fixture
def directories(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, DirectoryService)


def test_a_directory_says_whether_its_users_sign_in_to_aws(
    directories: Callable[..., Read],
) -> None:
    found = directories()
    corp = found[f"{ARN}/d-0a10000002"]
    assert (corp.name, corp.type, corp.stage) == ("corp.clew.example", "MicrosoftAD", "Active")
    assert (corp.access_url, corp.owner_account) == ("clew.awsapps.com", "")
    assert (corp.vpc_id, corp.security_group) == ("vpc-0a100000000000001", "sg-0a100000000000002")
    assert len(corp.subnets) == 2
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_shared_directory_names_its_owner(directories: Callable[..., Read]) -> None:
    shared = directories()[f"{ARN}/d-0a10000003"]
    assert (shared.type, shared.owner_account) == ("SharedMicrosoftAD", "777788889999")
    assert (shared.vpc_id, shared.subnets, shared.access_url) == ("", [], "")


@pytest.mark.parametrize(
    ("operation", "labels"),
    [("DescribeDirectories", {"AWSDirectory"}), ("ListTagsForResource", set())],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    directories: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("ds", operation, code="AccessDeniedException")
    found = directories()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels
