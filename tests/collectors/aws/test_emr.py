"""Clusters that run, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.emr import EMR
from servers.aws_replay import AwsReplay
from support.reading import Read, read

REPORTS = "arn:aws:elasticmapreduce:us-east-1:111122223333:cluster/j-0A1000000001"


@pytest.fixture
def clusters(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, EMR)


def test_a_cluster_names_what_it_runs_as_and_in(clusters: Callable[..., Read]) -> None:
    found = clusters()
    reports = found[REPORTS]
    assert (reports.name, reports.state) == ("clew-reports", "WAITING")
    assert (reports.service_role, reports.instance_profile) == ("ecs-execution", "app-instance")
    assert reports.auto_scaling_role == ""
    assert reports.subnet_id == "subnet-0a1000000000000b1"
    assert reports.security_groups == ["sg-0a100000000000002", "sg-0a100000000000003"]
    assert reports.log_bucket == "clew-prod-access-logs"
    assert reports.bootstrap_objects == ["clew-prod-data/emr/drivers.sh"]
    assert reports.step_objects == [
        "clew-prod-data/emr/a.zip",
        "clew-prod-data/emr/b.zip",
        "clew-prod-data/emr/report.py",
    ]
    assert reports.applications == ["Hive", "Spark"]
    assert reports.tags == ["team=data"]
    assert "never-to-be-kept" not in reports.model_dump_json()
    assert (found.failed, found.incomplete) == ({}, set())


def test_clusters_that_have_ended_are_not_asked_for(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    clusters()
    (asked,) = [call.params for call in aws_replay.calls if call.operation == "ListClusters"]
    assert {"RUNNING", "WAITING"} <= {*asked["ClusterStates"]}
    assert not {"TERMINATED", "TERMINATED_WITH_ERRORS"} & {*asked["ClusterStates"]}


def test_a_cluster_that_may_not_be_described_has_unread_roles(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("emr", "DescribeCluster", code="AccessDeniedException")
    found = clusters()
    reports = found[REPORTS]
    assert (reports.service_role, reports.instance_profile, reports.tags) == (None, None, None)
    assert (reports.security_groups, reports.log_bucket) == (None, None)
    assert found.failed == {"DescribeCluster": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_clusters_incomplete(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("emr", "ListClusters", code="AccessDeniedException")
    assert clusters().incomplete == {"AWSEMRCluster"}


def test_what_a_cluster_runs_may_not_be_read(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    for operation in ("ListBootstrapActions", "ListSteps"):
        aws_replay.deny("emr", operation, code="AccessDeniedException")
    found = clusters()
    assert (found[REPORTS].bootstrap_objects, found[REPORTS].step_objects) == (None, None)
    assert found.incomplete == set()
