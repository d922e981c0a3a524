"""Tables as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.dynamodb import DynamoDB
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:dynamodb:us-east-1:111122223333:table"


@pytest.fixture
def tables(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, DynamoDB)


def test_a_table_says_how_it_is_kept(tables: Callable[..., Read]) -> None:
    orders = tables()[f"{ARN}/orders"]
    assert (orders.billing_mode, orders.read_capacity_units) == ("PROVISIONED", 5)
    assert orders.global_secondary_indexes == ["by-customer"]
    assert orders.kms_key_arn.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert (orders.stream_enabled, orders.deletion_protection_enabled) == (True, True)
    assert orders.replicas == ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]
    assert (orders.point_in_time_recovery, orders.policy) == ("ENABLED", "")
    assert orders.tags == ["data=sensitive"]


def test_what_a_table_does_not_have_is_said_as_well(tables: Callable[..., Read]) -> None:
    found = tables()
    sessions, audit = found[f"{ARN}/sessions"], found[f"{ARN}/audit"]
    assert (sessions.billing_mode, sessions.kms_key_arn) == ("PAY_PER_REQUEST", "")
    assert (sessions.stream_enabled, sessions.deletion_protection_enabled) == (False, False)
    assert (sessions.point_in_time_recovery, sessions.replicas) == ("DISABLED", [])
    assert "partner-audit" in audit.policy
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_table_that_may_not_be_described_is_known_by_name(
    tables: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("dynamodb", "DescribeTable", code="AccessDeniedException")
    found = tables()
    assert found.names("AWSDynamoDBTable") == {"orders", "sessions", "audit"}
    orders = found[f"{ARN}/orders"]
    assert (orders.billing_mode, orders.kms_key_arn, orders.replicas) == (None, None, None)
    assert (found.failed, found.incomplete) == ({"DescribeTable": "denied"}, set())


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ("DescribeContinuousBackups", "point_in_time_recovery"),
        ("GetResourcePolicy", "policy"),
        ("ListTagsOfResource", "tags"),
    ],
)
def test_a_refused_detail_is_unread(
    tables: Callable[..., Read], aws_replay: AwsReplay, operation: str, field: str
) -> None:
    aws_replay.deny("dynamodb", operation, code="AccessDeniedException")
    found = tables()
    assert getattr(found[f"{ARN}/orders"], field) is None
    assert found[f"{ARN}/orders"].billing_mode == "PROVISIONED"
    assert (found.failed, found.incomplete) == ({operation: "denied"}, set())


def test_a_refused_listing_leaves_tables_incomplete(
    tables: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("dynamodb", "ListTables", code="AccessDeniedException")
    assert tables().incomplete == {"AWSDynamoDBTable"}
