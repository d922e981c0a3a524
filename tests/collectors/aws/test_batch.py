"""Compute environments, queues and definitions of jobs as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.batch import Batch
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:batch:us-east-1:111122223333"
ROLE = "arn:aws:iam::111122223333:role"


@pytest.fixture
def jobs(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Batch)


def test_an_environment_names_what_its_machines_will_get(jobs: Callable[..., Read]) -> None:
    environment = jobs()[f"{ARN}:compute-environment/clew-nightly"]
    assert environment.name == "clew-nightly"
    assert environment.security_groups == ["sg-0a100000000000007"]
    assert environment.subnets == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    profile = "arn:aws:iam::111122223333:instance-profile/app-instance"
    assert environment.instance_profile == profile
    assert environment.cluster == "arn:aws:ecs:us-east-1:111122223333:cluster/clew"
    assert environment.tags == ["team=data"]


def test_a_queue_leads_to_its_environments(jobs: Callable[..., Read]) -> None:
    queue = jobs()[f"{ARN}:job-queue/clew-night"]
    assert (queue.state, queue.priority) == ("ENABLED", 1)
    assert queue.compute_environments == [f"{ARN}:compute-environment/clew-nightly"]


def test_a_definition_says_what_runs_as_whom(jobs: Callable[..., Read]) -> None:
    found = jobs()
    report = found[f"{ARN}:job-definition/clew-report:4"]
    assert (report.name, report.revision, report.type) == ("clew-report", 4, "container")
    assert report.job_roles == [f"{ROLE}/ecs-task"]
    assert report.execution_roles == [f"{ROLE}/ecs-execution"]
    assert report.images == ["arn:aws:ecr:us-east-1:111122223333:repository/clew/api"]
    assert report.images_by_digest == "none"
    assert report.secrets == ["arn:aws:secretsmanager:us-east-1:111122223333:secret:clew/db-A1b2C3"]
    assert (report.has_privileged_container, report.tags) == (False, ["team=data"])
    assert (found.failed, found.incomplete) == ({}, set())


def test_every_form_of_definition_is_read(jobs: Callable[..., Read]) -> None:
    found = jobs()
    simulation = found[f"{ARN}:job-definition/clew-simulation:1"]
    assert simulation.job_roles == [f"{ROLE}/ecs-task", f"{ROLE}/eks-pod"]
    assert simulation.execution_roles == ["ecs-execution"]
    assert simulation.has_privileged_container is True
    pods = found[f"{ARN}:job-definition/clew-pods:2"]
    assert (pods.job_roles, pods.execution_roles) == ([], [])
    assert pods.images == ["public.ecr.aws/docker/library/busybox:latest"]


def test_of_a_jobs_environment_only_names_are_kept(jobs: Callable[..., Read]) -> None:
    found = jobs()
    names = {
        each.name: each.environment_names
        for each in found.collected.resources
        if each.label == "AWSBatchJobDefinition"
    }
    assert names == {
        "clew-report": ["API_TOKEN"],
        "clew-simulation": ["WORKER"],
        "clew-pods": ["POD"],
    }
    for resource in found.collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("DescribeComputeEnvironments", "AWSBatchComputeEnvironment"),
        ("DescribeJobQueues", "AWSBatchJobQueue"),
        ("DescribeJobDefinitions", "AWSBatchJobDefinition"),
    ],
)
def test_a_refused_listing_leaves_exactly_its_label_incomplete(
    jobs: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("batch", operation, code="AccessDeniedException")
    found = jobs()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == {label}
