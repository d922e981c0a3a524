"""Clusters, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.redshift import Redshift
from servers.aws_replay import AwsReplay
from support.reading import Read, read

WAREHOUSE = "arn:aws:redshift:us-east-1:111122223333:cluster:clew-warehouse"


@pytest.fixture
def clusters(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Redshift)


def test_a_cluster_names_its_roles_key_and_network(clusters: Callable[..., Read]) -> None:
    found = clusters()
    warehouse = found[WAREHOUSE]
    assert (warehouse.name, warehouse.database, warehouse.status) == (
        "clew-warehouse",
        "sales",
        "available",
    )
    assert warehouse.iam_roles == ["arn:aws:iam::111122223333:role/events-invoke"]
    assert (warehouse.vpc_id, warehouse.security_groups) == (
        "vpc-0a100000000000001",
        ["sg-0a100000000000003"],
    )
    assert (warehouse.encrypted, warehouse.publicly_accessible) == (True, False)
    assert (warehouse.endpoint_port, warehouse.master_user_secret) == (5439, "")
    assert warehouse.tags == ["team=data"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_refused_listing_leaves_clusters_incomplete(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("redshift", "DescribeClusters")
    found = clusters()
    assert found.failed == {"DescribeClusters": "denied"}
    assert found.incomplete == {"AWSRedshiftCluster"}
