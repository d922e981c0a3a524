"""Virtual clusters and the roles of what runs in them, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.emr_containers import EMRContainers
from servers.aws_replay import AwsReplay
from support.reading import Read, read

BATCH = "arn:aws:emr-containers:us-east-1:111122223333:/virtualclusters/0a10virtual01"
ROLE = "arn:aws:iam::111122223333:role"


@pytest.fixture
def clusters(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, EMRContainers)


def test_a_virtual_cluster_has_the_roles_of_its_runs_and_endpoints(
    clusters: Callable[..., Read],
) -> None:
    found = clusters()
    batch = found[BATCH]
    assert (batch.name, batch.state, batch.namespace) == ("clew-batch", "RUNNING", "spark")
    assert batch.eks_cluster == "clew-eks"
    assert batch.job_run_roles == [f"{ROLE}/eks-pod"]
    assert batch.endpoint_roles == [f"{ROLE}/events-invoke"]
    assert batch.tags == ["team=data"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_what_has_ended_or_failed_is_not_asked_for(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    clusters()
    asked = {call.operation: {*call.params.get("states", ())} for call in aws_replay.calls}
    assert asked["ListVirtualClusters"] == {"RUNNING", "ARRESTED", "TERMINATING"}
    assert asked["ListJobRuns"] == {"RUNNING", "COMPLETED"}
    assert asked["ListManagedEndpoints"] == {"CREATING", "ACTIVE"}


def test_what_was_refused_is_unread(clusters: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("emr-containers", "ListJobRuns")
    aws_replay.deny("emr-containers", "ListManagedEndpoints")
    found = clusters()
    batch = found[BATCH]
    assert (batch.job_run_roles, batch.endpoint_roles) == (None, None)
    assert found.failed == {"ListJobRuns": "denied", "ListManagedEndpoints": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_virtual_clusters_incomplete(
    clusters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("emr-containers", "ListVirtualClusters")
    assert clusters().incomplete == {"AWSEMRContainersVirtualCluster"}
