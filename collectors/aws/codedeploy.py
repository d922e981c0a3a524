"""AWS CodeDeploy: applications, where they are deployed to and as whom."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Location, Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, batches
from .session import AWSApi


class Application(AWSResource):
    """An application (ListApplications)."""

    label = "AWSCodeDeployApplication"
    identity = "arn:{partition}:codedeploy:{region}:{account}:application:{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    name: str | None = field("Name.", wire="applicationName")
    compute_platform: str | None = field("Server, Lambda or ECS.", call="BatchGetApplications")
    create_time: Timestamp | None = field("When it was made.", call="BatchGetApplications")


class DeploymentGroup(AWSResource):
    """What an application is deployed to (BatchGetDeploymentGroups)."""

    label = "AWSCodeDeployDeploymentGroup"
    identity = (
        "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{application_name}/{name}"
    )
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    name: str | None = field("Name.", wire="deploymentGroupName")
    application_name: str | None = ref("AWSCodeDeployApplication", by="name", rel="PART_OF")
    compute_platform: str | None = field("Server, Lambda or ECS.")
    service_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="serviceRoleArn")
    instance_tags: list[str] | None = field(
        "`key=value` of the instances it is deployed to.", call="-"
    )
    auto_scaling_groups: list[str] | None = ref(
        "AWSAutoScalingGroup", by="name", rel="DELIVERS_TO", wire="autoScalingGroups[].name"
    )
    revision_object: str | None = field(
        "What it was last to deploy, `bucket/key`; empty if it does not lie in S3.", call="-"
    )
    revision_is_pinned: bool | None = field(
        "That is named by its version or digest too, so that no other is taken in its place.",
        call="-",
    )
    ecs_services: list[str] | None = ref("AWSECSService", by="id", rel="DELIVERS_TO", call="-")
    topics: list[str] | None = ref(
        "AWSSNSTopic", by="id", rel="NOTIFIES", wire="triggerConfigurations[].triggerTargetArn"
    )


class CodeDeploy(AWSCollector):
    """Applications and their deployment groups."""

    service = "codedeploy"
    permissions = (
        "codedeploy:BatchGetApplications",
        "codedeploy:BatchGetDeploymentGroups",
        "codedeploy:ListApplications",
        "codedeploy:ListDeploymentGroups",
    )

    @lists(Application, DeploymentGroup)
    def applications(self, api: AWSApi) -> Iterator[Resource]:
        """Applications and their deployment groups."""
        names = list(api.pages("list_applications", "applications"))
        for batch in batches(names, 100):
            about = api.read("batch_get_applications", applicationNames=batch)
            described = {
                raw["applicationName"]: raw for raw in answered(about, "applicationsInfo") or ()
            }
            for name in batch:
                yield Application.load(described.get(name, {}), api.here, name=name)
        yield from chain.from_iterable(api.each(lambda name: _groups(api, name), names))


def _groups(api: AWSApi, application: str) -> list[DeploymentGroup]:
    names = api.details(
        "list_deployment_groups",
        "deploymentGroups",
        lists=DeploymentGroup,
        applicationName=application,
    )
    found: list[DeploymentGroup] = []
    for batch in batches(names or [], 100):
        answer = api.read(
            "batch_get_deployment_groups", applicationName=application, deploymentGroupNames=batch
        )
        if answer is None:
            found += (
                DeploymentGroup.unread(api.here, application_name=application, name=name)
                for name in batch
            )
        else:
            found += (_group(raw, api.here) for raw in answer["deploymentGroupsInfo"])
    return found


def _group(raw: dict[str, Any], here: Location) -> DeploymentGroup:
    filters = [
        *answered(raw, "ec2TagFilters", []),
        *chain.from_iterable(answered(raw, "ec2TagSet.ec2TagSetList", [])),
    ]
    revision = answered(raw, "targetRevision.s3Location", {})
    return DeploymentGroup.load(
        raw,
        here,
        revision_object=f"{revision['bucket']}/{revision['key']}" if revision else "",
        revision_is_pinned=any(revision.get(name) for name in ("version", "eTag")),
        instance_tags=sorted(
            {f"{each.get('Key', '')}={each.get('Value', '')}" for each in filters}
        ),
        ecs_services=[
            f"arn:{here.partition}:ecs:{here.region}:{here.account}"
            f":service/{each['clusterName']}/{each['serviceName']}"
            for each in answered(raw, "ecsServices", [])
        ],
    )
