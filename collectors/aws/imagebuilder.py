"""EC2 Image Builder: pipelines, and the instances that they build images on."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered, role_key
from .session import AWSApi


class InfrastructureConfiguration(TaggedResource):
    """What build instances are started as (ListInfrastructureConfigurations)."""

    label = "AWSImageBuilderInfrastructureConfiguration"
    identity = "arn:{partition}:imagebuilder:{region}:{account}:infrastructure-configuration/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    description: str | None = field("Description.")
    date_created: Timestamp | None = field("When it was made.")
    instance_types: list[str] | None = field("Types of instance it may start.")
    instance_profile: str | None = ref(
        "AWSInstanceProfile", by="name", rel="RUNS_AS", wire="instanceProfileName"
    )
    subnet_id: str | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="GetInfrastructureConfiguration"
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        call="GetInfrastructureConfiguration",
    )
    log_bucket: str | None = ref(
        "AWSS3Bucket", by="name", rel="LOGS_TO", call="GetInfrastructureConfiguration"
    )
    sns_topic_arn: str | None = ref(
        "AWSSNSTopic", by="id", rel="NOTIFIES", call="GetInfrastructureConfiguration"
    )
    key_pair: str | None = field("Key pair that opens SSH.", call="GetInfrastructureConfiguration")
    http_tokens: str | None = field(
        "required: instances answer only version 2 of the metadata service; empty if not set.",
        call="GetInfrastructureConfiguration",
    )


class Pipeline(TaggedResource):
    """A pipeline that builds images (ListImagePipelines)."""

    label = "AWSImageBuilderPipeline"
    identity = "arn:{partition}:imagebuilder:{region}:{account}:image-pipeline/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    description: str | None = field("Description.")
    platform: str | None = field("Linux, Windows or macOS.")
    status: str | None = field("ENABLED or DISABLED.")
    date_created: Timestamp | None = field("When it was made.")
    schedule_expression: str | None = field(
        "When it runs; empty if only when asked.", wire="schedule.scheduleExpression"
    )
    execution_role: str | None = ref("AWSRole", by=("id", "name"), rel="RUNS_AS", call="-")
    infrastructure_configuration: str | None = ref(
        "AWSImageBuilderInfrastructureConfiguration",
        by="id",
        rel="INVOKES",
        wire="infrastructureConfigurationArn",
    )
    image_recipe_arn: str | None = field("Recipe of its machine images; else empty.")
    container_recipe_arn: str | None = field("Recipe of its container images; else empty.")


class ImageBuilder(AWSCollector):
    """Infrastructure configurations and pipelines."""

    service = "imagebuilder"
    permissions = (
        "imagebuilder:GetInfrastructureConfiguration",
        "imagebuilder:ListImagePipelines",
        "imagebuilder:ListInfrastructureConfigurations",
    )

    @lists(InfrastructureConfiguration)
    def infrastructure_configurations(self, api: AWSApi) -> Iterator[InfrastructureConfiguration]:
        """Infrastructure configurations."""

        def detailed(raw: dict[str, Any]) -> InfrastructureConfiguration:
            about = api.read(
                "get_infrastructure_configuration", infrastructureConfigurationArn=raw["arn"]
            )
            own = about and about["infrastructureConfiguration"]
            return InfrastructureConfiguration.load(
                raw,
                api.here,
                subnet_id=answered(own, "subnetId"),
                security_group_ids=answered(own, "securityGroupIds", []),
                log_bucket=answered(own, "logging.s3Logs.s3BucketName"),
                sns_topic_arn=answered(own, "snsTopicArn"),
                key_pair=answered(own, "keyPair"),
                http_tokens=answered(own, "instanceMetadataOptions.httpTokens"),
                tags=raw.get("tags", {}),
            )

        listed = api.pages(
            "list_infrastructure_configurations", "infrastructureConfigurationSummaryList"
        )
        return api.each(detailed, listed)

    @lists(Pipeline)
    def pipelines(self, api: AWSApi) -> Iterator[Pipeline]:
        """Pipelines."""
        for raw in api.pages("list_image_pipelines", "imagePipelineList"):
            role = role_key(answered(raw, "executionRole"))
            yield Pipeline.load(raw, api.here, execution_role=role, tags=raw.get("tags", {}))
