"""Application Auto Scaling: what may be scaled, within which bounds and by which policies."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_NAMESPACES = ("dynamodb", "ecs", "lambda", "rds")
"""The services whose ARNs end with the id that this API gives a resource."""


class ScalableTarget(AWSResource):
    """One dimension in which a resource is scaled (DescribeScalableTargets)."""

    label = "AWSScalableTarget"
    identity = "arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/{name}"

    name: str | None = field("Resource and dimension.", call="-")
    service_namespace: str | None = field("Service of the resource.")
    resource_id: str | None = field("Resource, an index of a table too.")
    scalable_dimension: str | None = field("What is scaled.")
    target: str | None = ref(
        ("AWSDynamoDBTable", "AWSECSService", "AWSLambda", "AWSRDSCluster"), by="id", rel="SCALES"
    )
    min_capacity: int | None = field("Least capacity.")
    max_capacity: int | None = field("Greatest capacity.")
    role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE", wire="RoleARN")
    creation_time: Timestamp | None = field("When it was registered.")
    scaling_in_suspended: bool | None = field("Policies may not take capacity away.", call="-")
    scaling_out_suspended: bool | None = field("Policies may not add capacity.", call="-")
    policy_names: list[str] | None = field(
        "Scaling policies; without one nothing is scaled.", call="DescribeScalingPolicies"
    )


class ApplicationAutoScaling(AWSCollector):
    """Scalable targets of the services whose resources are collected."""

    service = "application-autoscaling"
    permissions = (
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
    )

    @lists(ScalableTarget)
    def scalable_targets(self, api: AWSApi) -> Iterator[ScalableTarget]:
        """Scalable targets, of one service after the other."""
        for namespace in _NAMESPACES:
            targets = list(
                api.pages(
                    "describe_scalable_targets", "ScalableTargets", ServiceNamespace=namespace
                )
            )
            if targets:
                policies = api.details(
                    "describe_scaling_policies", "ScalingPolicies", ServiceNamespace=namespace
                )
                yield from (_scalable_target(raw, policies, api.here) for raw in targets)


def _scalable_target(
    raw: dict[str, Any], policies: list[dict[str, Any]] | None, here: Location
) -> ScalableTarget:
    namespace, resource = raw["ServiceNamespace"], raw["ResourceId"]
    dimension = raw["ScalableDimension"]
    own = [
        policy["PolicyName"]
        for policy in policies or []
        if (policy["ResourceId"], policy["ScalableDimension"]) == (resource, dimension)
    ]
    return ScalableTarget.load(
        raw,
        here,
        id=raw.get("ScalableTargetARN", ""),
        name=f"{resource}:{dimension}",
        target=f"arn:{here.partition}:{namespace}:{here.region}:{here.account}:{_whole(resource)}",
        # AWS leaves out what was never suspended.
        scaling_in_suspended=answered(raw, "SuspendedState.DynamicScalingInSuspended", False),
        scaling_out_suspended=answered(raw, "SuspendedState.DynamicScalingOutSuspended", False),
        policy_names=None if policies is None else sorted(own),
    )


def _whole(resource_id: str) -> str:
    """The id of a table, function or the like of which a resource id may name a part."""
    if resource_id.startswith("function:"):
        return ":".join(resource_id.split(":")[:2])
    return resource_id.partition("/index/")[0]
