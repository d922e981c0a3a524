"""Amazon EC2 Auto Scaling: groups of instances, and the configurations they start from."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered
from .session import AWSApi


class AutoScalingGroup(TaggedResource):
    """A group that keeps a number of instances running (DescribeAutoScalingGroups)."""

    label = "AWSAutoScalingGroup"
    identity = (
        "arn:{partition}:autoscaling:{region}:{account}"
        ":autoScalingGroup:{group_id}:autoScalingGroupName/{name}"
    )

    id: str = field("ARN.", wire="AutoScalingGroupARN")
    name: str | None = field("Name.", wire="AutoScalingGroupName")
    group_id: str | None = field("Id within the ARN.", call="-")
    created_time: Timestamp | None = field("When it was made.")
    min_size: int | None = field("Least instances.")
    max_size: int | None = field("Most instances.")
    desired_capacity: int | None = field("Instances it should run.")
    launch_configuration: str | None = ref(
        "AWSLaunchConfiguration", by="name", rel="INVOKES", wire="LaunchConfigurationName"
    )
    launch_templates: list[str] | None = ref(
        "AWSLaunchTemplate", by="launch_template_id", rel="INVOKES", call="-"
    )
    launch_template_versions: list[str] | None = field(
        "Of each of them: a number, $Default or $Latest.", call="-"
    )
    instances: list[str] | None = ref(
        "AWSEC2Instance",
        by="instance_id",
        rel="MEMBER_OF",
        inverse=True,
        wire="Instances[].InstanceId",
    )
    availability_zones: list[str] | None = field("Zones.")
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="-")
    target_groups: list[str] | None = ref(
        "AWSTargetGroup", by="id", rel="MEMBER_OF", wire="TargetGroupARNs"
    )
    load_balancers: list[str] | None = ref(
        "AWSLoadBalancer", by="name", rel="MEMBER_OF", wire="LoadBalancerNames"
    )
    service_linked_role: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", wire="ServiceLinkedRoleARN"
    )
    health_check_type: str | None = field("EC2, ELB …")


class LaunchConfiguration(TaggedResource):
    """What new instances are started with, in the old way (DescribeLaunchConfigurations). The
    user data is not kept, and there are no tags."""

    label = "AWSLaunchConfiguration"
    identity = (
        "arn:{partition}:autoscaling:{region}:{account}"
        ":launchConfiguration:{configuration_id}:launchConfigurationName/{name}"
    )

    id: str = field("ARN.", wire="LaunchConfigurationARN")
    name: str | None = field("Name.", wire="LaunchConfigurationName")
    configuration_id: str | None = field("Id within the ARN.", call="-")
    created_time: Timestamp | None = field("When it was made.")
    instance_profile: str | None = ref(
        "AWSInstanceProfile", by=("id", "name"), rel="RUNS_AS", wire="IamInstanceProfile"
    )
    image_id: str | None = ref("AWSImage", by="image_id", rel="USES_IMAGE")
    instance_type: str | None = field("Type.")
    key_name: str | None = field("Key pair for the first login.")
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY"
    )
    public_address: bool | None = field(
        "Instances get public addresses; null leaves it to the subnet.",
        wire="AssociatePublicIpAddress",
    )
    http_tokens: str | None = field(
        "`required` if the metadata service answers IMDSv2 only; empty leaves it to the account "
        "and the image.",
        wire="MetadataOptions.HttpTokens",
    )


class AutoScaling(AWSCollector):
    """Auto Scaling groups and launch configurations."""

    service = "autoscaling"
    permissions = (
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeLaunchConfigurations",
    )

    @lists(AutoScalingGroup)
    def groups(self, api: AWSApi) -> Iterator[AutoScalingGroup]:
        """Groups with their instances."""
        for raw in api.pages("describe_auto_scaling_groups", "AutoScalingGroups"):
            templates = list(_templates(raw))
            yield AutoScalingGroup.load(
                raw,
                api.here,
                group_id=_id(raw, "AutoScalingGroupARN"),
                launch_templates=[each["LaunchTemplateId"] for each in templates],
                launch_template_versions=[each.get("Version", "$Default") for each in templates],
                subnets=[id_ for id_ in raw.get("VPCZoneIdentifier", "").split(",") if id_],
            )

    @lists(LaunchConfiguration)
    def launch_configurations(self, api: AWSApi) -> Iterator[LaunchConfiguration]:
        """Launch configurations, in use or not."""
        for raw in api.pages("describe_launch_configurations", "LaunchConfigurations"):
            yield LaunchConfiguration.load(
                raw, api.here, configuration_id=_id(raw, "LaunchConfigurationARN")
            )


def _templates(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The launch template of a group, or those it mixes, each with its version."""
    policy = "MixedInstancesPolicy.LaunchTemplate"
    found = [
        raw.get("LaunchTemplate"),
        answered(raw, f"{policy}.LaunchTemplateSpecification", None),
        *answered(raw, f"{policy}.Overrides[].LaunchTemplateSpecification", []),
    ]
    return (each for each in found if each)


def _id(raw: dict[str, Any], name: str) -> str:
    """The id that an ARN gives next to the name, which can be used again."""
    return str(raw[name]).split(":")[6]
