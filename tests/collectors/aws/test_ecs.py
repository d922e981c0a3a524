"""Clusters, services, tasks and task definitions as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.ecs import ECS
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:ecs:us-east-1:111122223333"
CLUSTER, SERVICE = f"{ARN}:cluster/clew", f"{ARN}:service/clew/api"
TASK = f"{ARN}:task/clew/0a10000000004000800000000000000"
MACHINE = f"{ARN}:container-instance/clew/0a1000000000400080000000000000c"
API, BATCH = f"{ARN}:task-definition/clew-api:3", f"{ARN}:task-definition/clew-batch:1"
REPOSITORY = "arn:aws:ecr:us-east-1:111122223333:repository/clew/api"
COLLECTOR_IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1"


@pytest.fixture
def containers(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, ECS)


def test_a_cluster_says_where_sessions_are_logged(containers: Callable[..., Read]) -> None:
    found = containers()
    cluster = found[CLUSTER]
    assert (cluster.name, cluster.container_insights) == ("clew", "enabled")
    assert (cluster.exec_logging, cluster.exec_log_group) == ("OVERRIDE", "/ecs/clew-exec")
    assert cluster.exec_kms_key_id.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert (cluster.exec_bucket, cluster.storage_kms_key_id) == ("", "")
    assert cluster.tags == ["team=platform"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_service_runs_a_definition_in_a_network(containers: Callable[..., Read]) -> None:
    service = containers()[SERVICE]
    assert (service.cluster_arn, service.task_definition) == (CLUSTER, API)
    assert service.subnets == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    assert (service.security_groups, service.assign_public_ip) == (
        ["sg-0a100000000000002"],
        "DISABLED",
    )
    assert service.target_groups == [
        "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/clew-api/0a10000000000102"
    ]
    assert service.load_balancers == []


def test_a_service_may_leave_its_tasks_to_task_sets(containers: Callable[..., Read]) -> None:
    found = containers()
    canary, api = found[f"{ARN}:service/clew/canary"], found[SERVICE]
    assert (canary.deployment_controller, api.deployment_controller) == ("EXTERNAL", "ECS")
    assert (canary.task_definition, canary.task_sets, api.task_sets) == ("", [BATCH], [])


def test_a_task_is_plugged_into_its_interface(containers: Callable[..., Read]) -> None:
    found = containers()
    of_service, alone = found[f"{TASK}1"], found[f"{TASK}2"]
    assert (of_service.service_arn, of_service.task_definition_arn) == (SERVICE, API)
    assert of_service.network_interface_ids == ["eni-0a10000000000000b"]
    assert of_service.subnets == ["subnet-0a1000000000000b1"]
    assert of_service.images == [REPOSITORY, COLLECTOR_IMAGE]
    assert (alone.service_arn, alone.task_definition_arn) == ("", BATCH)
    assert alone.network_interface_ids == []


def test_a_cluster_has_machines_in_ec2_and_elsewhere(containers: Callable[..., Read]) -> None:
    found = containers()
    inside, outside = found[f"{MACHINE}1"], found[f"{MACHINE}2"]
    assert (inside.cluster_arn, inside.instance_id) == (CLUSTER, "i-0a100000000000002")
    assert (inside.status, inside.agent_connected, inside.agent_version) == (
        "ACTIVE",
        True,
        "1.91.0",
    )
    assert inside.tags == ["team=platform"]
    assert (outside.instance_id, outside.agent_connected) == ("mi-0a100000000000001", False)


def test_a_definition_names_roles_images_logs_and_secrets(containers: Callable[..., Read]) -> None:
    found = containers()
    api, batch = found[API], found[BATCH]
    assert api.task_role_arn == "arn:aws:iam::111122223333:role/ecs-task"
    assert api.execution_role_arn == "arn:aws:iam::111122223333:role/ecs-execution"
    assert api.images == [REPOSITORY, COLLECTOR_IMAGE]
    assert api.images_by_digest == "none"
    assert api.log_groups == ["arn:aws:logs:us-east-1:111122223333:log-group:/ecs/clew-api"]
    assert api.secrets == [
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:clew/db-A1b2C3",
        "arn:aws:ssm:us-east-1:111122223333:parameter/clew/flags",
    ]
    assert api.environment_names == ["SIGNING_KEY", "STAGE"]
    assert (api.privileged_containers, api.writable_root_containers) == ([], ["otel"])
    assert (batch.task_role_arn, batch.secrets, batch.log_groups) == ("", [], [])
    for resource in found.collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


def test_a_definition_that_nothing_runs_yet_is_reported_too(
    containers: Callable[..., Read],
) -> None:
    assert containers()[f"{ARN}:task-definition/clew-report:1"].family == "clew-report"


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        (
            "ListClusters",
            {
                "AWSECSCluster",
                "AWSECSContainerInstance",
                "AWSECSService",
                "AWSECSTask",
                "AWSECSTaskDefinition",
            },
        ),
        # Which definitions are used is known from the services and tasks.
        ("ListServices", {"AWSECSService", "AWSECSTaskDefinition"}),
        ("ListTasks", {"AWSECSTask", "AWSECSTaskDefinition"}),
        ("ListContainerInstances", {"AWSECSContainerInstance"}),
        ("DescribeClusters", set()),
        ("DescribeServices", {"AWSECSTaskDefinition"}),
        ("DescribeTasks", {"AWSECSTaskDefinition"}),
        ("DescribeContainerInstances", set()),
        ("ListTaskDefinitionFamilies", {"AWSECSTaskDefinition"}),
        ("DescribeTaskDefinition", {"AWSECSTaskDefinition"}),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    containers: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("ecs", operation, code="AccessDeniedException")
    found = containers()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_may_not_be_described_is_known_by_name(
    containers: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    for thing in ("Clusters", "Services", "Tasks", "ContainerInstances"):
        aws_replay.deny("ecs", f"Describe{thing}", code="AccessDeniedException")
    found = containers()
    assert (found[CLUSTER].name, found[CLUSTER].exec_kms_key_id) == ("clew", None)
    assert (found[SERVICE].cluster_arn, found[SERVICE].task_definition) == (CLUSTER, None)
    assert (found[f"{TASK}1"].cluster_arn, found[f"{TASK}1"].images) == (CLUSTER, None)
    machine = found[f"{MACHINE}1"]
    assert (machine.cluster_arn, machine.instance_id) == (CLUSTER, None)


def test_the_service_of_a_task_is_unread_if_services_are(
    containers: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("ecs", "ListServices", code="AccessDeniedException")
    found = containers()
    assert found[f"{TASK}1"].service_arn is None
    assert found[f"{TASK}2"].service_arn == ""


def test_an_unread_definition_is_known_by_name(
    containers: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("ecs", "DescribeTaskDefinition", code="AccessDeniedException")
    api = containers()[API]
    assert (api.name, api.task_role_arn, api.secrets) == ("clew-api:3", None, None)
