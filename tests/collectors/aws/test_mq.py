"""Brokers, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.mq import MQ
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ORDERS = (
    "arn:aws:mq:us-east-1:111122223333:broker:clew-orders:b-0a100000-0000-4000-8000-000000001801"
)


@pytest.fixture
def brokers(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, MQ)


def test_a_broker_says_how_one_signs_in(brokers: Callable[..., Read]) -> None:
    found = brokers()
    orders = found[ORDERS]
    assert (orders.name, orders.engine_type, orders.engine_version) == (
        "clew-orders",
        "ACTIVEMQ",
        "5.18",
    )
    assert (orders.authentication_strategy, orders.user_names) == ("simple", ["shop"])
    assert (orders.publicly_accessible, orders.kms_key_id) == (False, "")
    assert orders.security_groups == ["sg-0a100000000000002"]
    assert orders.log_groups == ["/aws/amazonmq/broker/clew-orders/general"]
    assert orders.tags == ["team=shop"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_broker_that_may_not_be_described_is_unread(
    brokers: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("mq", "DescribeBroker", code="ForbiddenException")
    found = brokers()
    orders = found[ORDERS]
    assert (orders.engine_type, orders.publicly_accessible, orders.subnets) == (
        "ACTIVEMQ",
        None,
        None,
    )
    assert (found.failed, found.incomplete) == ({"DescribeBroker": "denied"}, set())


def test_a_refused_listing_leaves_brokers_incomplete(
    brokers: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("mq", "ListBrokers", code="ForbiddenException")
    assert brokers().incomplete == {"AWSMQBroker"}
