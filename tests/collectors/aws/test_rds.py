"""Databases as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.rds import RDS
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:rds:us-east-1:111122223333"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-1111-4111-8111-000000000001"


@pytest.fixture
def databases(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, RDS)


def test_an_instance_names_all_that_it_uses(databases: Callable[..., Read]) -> None:
    found = databases()
    orders = found[f"{ARN}:db:clew-orders"]
    assert (orders.engine, orders.endpoint_port, orders.multi_az) == ("postgres", 5432, True)
    assert (orders.publicly_accessible, orders.storage_encrypted) == (False, True)
    assert (orders.vpc_id, orders.subnet_group) == ("vpc-0a100000000000001", "clew-private")
    assert orders.subnets == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    assert orders.security_groups == ["sg-0a100000000000003"]
    assert (orders.kms_key_id, orders.performance_insights_kms_key_id) == (KEY, "")
    assert orders.monitoring_role_arn == "arn:aws:iam::111122223333:role/rds-monitoring"
    assert orders.log_groups == ["/aws/rds/instance/clew-orders/postgresql"]
    assert orders.master_user_secret.endswith(":secret:clew/db-A1b2C3")
    assert orders.replicas == ["clew-reporting"]
    assert (orders.cluster, orders.tags) == ("", ["data=sensitive"])
    assert found[f"{ARN}:db:clew-reporting"].publicly_accessible is True
    assert (found.failed, found.incomplete) == ({}, set())


def test_clusters_and_subnet_groups_are_read(databases: Callable[..., Read]) -> None:
    found = databases()
    ledger = found[f"{ARN}:cluster:clew-ledger"]
    assert (ledger.subnet_group, ledger.security_groups, ledger.kms_key_id) == (
        "clew-private",
        ["sg-0a100000000000003"],
        KEY,
    )
    assert ledger.log_groups == ["/aws/rds/cluster/clew-ledger/postgresql"]
    assert ledger.publicly_accessible is None
    group = found[f"{ARN}:subgrp:clew-public"]
    assert group.vpc_id == "vpc-0a100000000000001"
    assert group.subnets == ["subnet-0a1000000000000a1", "subnet-0a1000000000000a2"]


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("DescribeDBInstances", "AWSRDSInstance"),
        ("DescribeDBClusters", "AWSRDSCluster"),
        ("DescribeDBSubnetGroups", "AWSDBSubnetGroup"),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    databases: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("rds", operation)
    found = databases()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == {label}
    assert found.names(label) == set()
