"""AWS Batch: where jobs run."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource
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


class Batch(AWSCollector):
    """Compute environments."""

    service = "batch"
    permissions = ("batch:DescribeComputeEnvironments",)

    @lists(ComputeEnvironment)
    def compute_environments(self, api: AWSApi) -> Iterator[ComputeEnvironment]:
        """Compute environments."""
        for raw in api.pages("describe_compute_environments", "computeEnvironments"):
            yield ComputeEnvironment.load(raw, api.here, tags=raw.get("tags", {}))
