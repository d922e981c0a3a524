"""AWS Batch: what jobs are, where they wait, and where they run."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import (
    AWSCollector,
    TaggedResource,
    answered,
    container_image,
    named_by_digest,
    parameter_arn,
    role_key,
    secret_arn,
)
from .session import AWSApi


class ComputeEnvironment(TaggedResource):
    """A compute environment; it may run nothing for now (DescribeComputeEnvironments)."""

    label = "AWSBatchComputeEnvironment"
    identity = "arn:{partition}:batch:{region}:{account}:compute-environment/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="computeEnvironmentArn")
    name: str | None = field("Name.", wire="computeEnvironmentName")
    type: str | None = field("MANAGED or UNMANAGED.")
    state: str | None = field("ENABLED or DISABLED.")
    status: str | None = field("VALID, INVALID …")
    resource_type: str | None = field("EC2, SPOT, FARGATE …", wire="computeResources.type")
    service_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    instance_profile: str | None = ref(
        "AWSInstanceProfile",
        by=("id", "name"),
        rel="RUNS_AS",
        wire="computeResources.instanceRole",
    )
    subnets: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="computeResources.subnets"
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="computeResources.securityGroupIds",
    )
    cluster: str | None = ref("AWSECSCluster", by="id", rel="PART_OF", wire="ecsClusterArn")


class JobQueue(TaggedResource):
    """Where jobs wait for a compute environment (DescribeJobQueues)."""

    label = "AWSBatchJobQueue"
    identity = "arn:{partition}:batch:{region}:{account}:job-queue/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="jobQueueArn")
    name: str | None = field("Name.", wire="jobQueueName")
    state: str | None = field("ENABLED or DISABLED.")
    status: str | None = field("VALID, INVALID …")
    priority: int | None = field("Of queues that share an environment, the greatest goes first.")
    compute_environments: list[str] | None = ref(
        "AWSBatchComputeEnvironment",
        by="id",
        rel="FORWARDS_TO",
        wire="computeEnvironmentOrder[].computeEnvironment",
    )


class JobDefinition(TaggedResource):
    """An active revision of what a job runs and as whom (DescribeJobDefinitions). Of environment
    variables only the names are kept."""

    label = "AWSBatchJobDefinition"
    identity = "arn:{partition}:batch:{region}:{account}:job-definition/{name}:{revision}"
    wire_case = "camel"

    id: str = field("ARN.", wire="jobDefinitionArn")
    name: str | None = field("Name, which its revisions share.", wire="jobDefinitionName")
    revision: int | None = field("Number of the revision.")
    type: str | None = field("container or multinode.")
    platform_capabilities: list[str] | None = field("EC2 or FARGATE.")
    job_roles: list[str] | None = ref("AWSRole", by=("id", "name"), rel="RUNS_AS", call="-")
    execution_roles: list[str] | None = ref("AWSRole", by=("id", "name"), rel="RUNS_AS", call="-")
    images: list[str] | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call="-"
    )
    images_by_digest: str | None = field(
        "Whether all, some or none of its images are named by digest, which no push changes.",
        call="-",
    )
    environment_names: list[str] | None = field("Names of environment variables.", call="-")
    secrets: list[str] | None = ref(
        ("AWSSecret", "AWSSSMParameter", "UnknownResource"),
        by=("id", "partial_arn"),
        rel="USES_SECRET",
        call="-",
    )
    has_privileged_container: bool | None = field(
        "A container may do on its instance what root may.", call="-"
    )


class Batch(AWSCollector):
    """Compute environments, queues and definitions of jobs."""

    service = "batch"
    permissions = (
        "batch:DescribeComputeEnvironments",
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
    )

    @lists(ComputeEnvironment)
    def compute_environments(self, api: AWSApi) -> Iterator[ComputeEnvironment]:
        """Compute environments."""
        for raw in api.pages("describe_compute_environments", "computeEnvironments"):
            yield ComputeEnvironment.load(raw, api.here, tags=raw.get("tags", {}))

    @lists(JobQueue)
    def job_queues(self, api: AWSApi) -> Iterator[JobQueue]:
        """Job queues."""
        for raw in api.pages("describe_job_queues", "jobQueues"):
            yield JobQueue.load(raw, api.here, tags=raw.get("tags", {}))

    @lists(JobDefinition)
    def job_definitions(self, api: AWSApi) -> Iterator[JobDefinition]:
        """Job definitions, all active revisions of each."""
        for raw in api.pages("describe_job_definitions", "jobDefinitions", status="ACTIVE"):
            tasks = list(_tasks(raw))
            containers = [container for task in tasks for container in task["containers"]]
            images = {each["image"] for each in containers if each.get("image")}
            yield JobDefinition.load(
                raw,
                api.here,
                job_roles=_roles(tasks, "taskRoleArn"),
                execution_roles=_roles(tasks, "executionRoleArn"),
                images=sorted({container_image(each, api.here.partition) for each in images}),
                images_by_digest=named_by_digest(images),
                environment_names=sorted(
                    {
                        variable["name"]
                        for container in containers
                        for variable in container.get("environment") or container.get("env") or []
                    }
                ),
                secrets=sorted(
                    {
                        secret_arn(value, api.here)
                        if ":secretsmanager:" in value
                        else parameter_arn(value, api.here)
                        for container in containers
                        for value in answered(container, "secrets[].valueFrom", [])
                    }
                ),
                has_privileged_container=any(_is_privileged(each) for each in containers),
                tags=raw.get("tags", {}),
            )


def _tasks(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a definition, or a part of its nodes, says of containers that run together, in the one
    form that ECS has for it: the API has four."""
    for part in (raw, *answered(raw, "nodeProperties.nodeRangeProperties", [])):
        if container := part.get("containerProperties") or part.get("container"):
            yield {
                "taskRoleArn": container.get("jobRoleArn"),
                "executionRoleArn": container.get("executionRoleArn"),
                "containers": [container],
            }
        yield from answered(part, "ecsProperties.taskProperties", [])
        pod = answered(part, "eksProperties.podProperties", {})
        containers = [*pod.get("containers", []), *pod.get("initContainers", [])]
        if containers:
            yield {"containers": containers}


def _roles(tasks: list[dict[str, Any]], key: str) -> list[str]:
    return sorted({role_key(task[key]) for task in tasks if task.get(key)})


def _is_privileged(container: dict[str, Any]) -> bool:
    return bool(
        container.get("privileged") or answered(container, "securityContext.privileged", False)
    )
