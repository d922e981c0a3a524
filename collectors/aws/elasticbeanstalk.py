"""AWS Elastic Beanstalk: environments, in which applications run, and as whom."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, role_key
from .session import AWSApi

_CALL = "DescribeConfigurationSettings"
_VARIABLES = "aws:elasticbeanstalk:application:environment"


class Environment(AWSResource):
    """An environment that has not ended (DescribeEnvironments). Of its environment variables only
    the names are kept."""

    label = "AWSElasticBeanstalkEnvironment"
    identity = (
        "arn:{partition}:elasticbeanstalk:{region}:{account}:environment/{application}/{name}"
    )

    id: str = field("ARN.", wire="EnvironmentArn")
    name: str | None = field("Name.", wire="EnvironmentName")
    environment_id: str | None = field("Id.")
    application: str | None = field("Name of its application.", wire="ApplicationName")
    status: str | None = field("Ready, Updating …")
    health: str | None = field("Green, Yellow, Red or Grey.")
    tier: str | None = field("WebServer or Worker.", wire="Tier.Name")
    version_label: str | None = field("Version of the application that runs; empty if a sample.")
    source_object: str | None = field(
        "Where the code of that version lies in S3, `bucket/key`; empty if a sample or not there.",
        call="DescribeApplicationVersions",
    )
    platform_arn: str | None = field("Platform that it runs on.")
    cname: str | None = field("Host name that it answers at.", wire="CNAME")
    date_created: Timestamp | None = field("When it was made.")
    date_updated: Timestamp | None = field("When it was last changed.")
    operations_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    service_role: str | None = ref("AWSRole", by=("id", "name"), rel="USES_ROLE", call=_CALL)
    instance_profile: str | None = ref(
        "AWSInstanceProfile", by=("id", "name"), rel="RUNS_AS", call=_CALL
    )
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", call=_CALL)
    subnet_ids: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_CALL)
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_CALL
    )
    key_name: str | None = field("Key pair that opens SSH; empty if none.", call=_CALL)
    environment_names: list[str] | None = field("Names of environment variables.", call=_CALL)


class ElasticBeanstalk(AWSCollector):
    """Environments."""

    service = "elasticbeanstalk"
    permissions = (
        "elasticbeanstalk:DescribeApplicationVersions",
        "elasticbeanstalk:DescribeConfigurationSettings",
        "elasticbeanstalk:DescribeEnvironments",
        "elasticbeanstalk:ListTagsForResource",
    )

    @lists(Environment)
    def environments(self, api: AWSApi) -> Iterator[Environment]:
        """Environments, without those that have ended."""

        def detailed(raw: dict[str, Any]) -> Environment:
            answer = api.read(
                "describe_configuration_settings",
                ApplicationName=raw["ApplicationName"],
                EnvironmentName=raw["EnvironmentName"],
            )
            tags = api.read("list_tags_for_resource", ResourceArn=raw["EnvironmentArn"])
            return Environment.load(
                raw,
                api.here,
                source_object=_source(api, raw),
                tags=answered(tags, "ResourceTags", []),
                **_settings(answer),
            )

        listed = api.pages("describe_environments", "Environments", IncludeDeleted=False)
        return api.each(detailed, (raw for raw in listed if raw["Status"] != "Terminated"))


def _source(api: AWSApi, raw: dict[str, Any]) -> str | None:
    """Where the code of an environment lies."""
    version = raw.get("VersionLabel")
    if not version:
        return ""
    answer = api.read(
        "describe_application_versions",
        ApplicationName=raw["ApplicationName"],
        VersionLabels=[version],
    )
    if answer is None:
        return None
    places = (answered(each, "SourceBundle", {}) for each in answer["ApplicationVersions"])
    found = (f"{place['S3Bucket']}/{place['S3Key']}" for place in places if "S3Key" in place)
    return next(found, "")


def _settings(answer: dict[str, Any] | None) -> dict[str, Any]:
    if answer is None:
        return {}
    settings: dict[tuple[str, str], str] = {
        (each["Namespace"], each["OptionName"]): each.get("Value", "")
        for group in answer["ConfigurationSettings"]
        for each in group.get("OptionSettings", [])
    }

    def option(namespace: str, name: str) -> str:
        return settings.get((f"aws:{namespace}", name), "")

    machines = "autoscaling:launchconfiguration"
    groups = _listed(option(machines, "SecurityGroups"))
    return {
        "service_role": role_key(option("elasticbeanstalk:environment", "ServiceRole")),
        "instance_profile": role_key(option(machines, "IamInstanceProfile")),
        "vpc_id": option("ec2:vpc", "VPCId"),
        "subnet_ids": _listed(option("ec2:vpc", "Subnets")),
        "security_group_ids": [group for group in groups if group.startswith("sg-")],
        "key_name": option(machines, "EC2KeyName"),
        "environment_names": sorted(name for space, name in settings if space == _VARIABLES),
    }


def _listed(value: str) -> list[str]:
    return sorted({each.strip() for each in value.split(",")} - {""})
