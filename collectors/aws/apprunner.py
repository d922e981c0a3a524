"""AWS App Runner: services, what they run, as what, and who can reach them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, container_image, secret_or_parameter_arn
from .session import AWSApi

_CALL = "DescribeService"


class Service(AWSResource):
    """A web service (ListServices). Of its environment variables only the names are kept."""

    label = "AWSAppRunnerService"
    identity = "arn:{partition}:apprunner:{region}:{account}:service/{name}/{service_id}"

    id: str = field("ARN.", wire="ServiceArn")
    name: str | None = field("Name.", wire="ServiceName")
    service_id: str | None = field("Id.")
    status: str | None = field("RUNNING, PAUSED …")
    url: str | None = field("Host name that it answers at.", wire="ServiceUrl")
    created_at: Timestamp | None = field("When it was made.")
    instance_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    access_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE", call=_CALL)
    publicly_accessible: bool | None = field(
        "It answers on the internet; else within networks of the account.", call=_CALL
    )
    image: str | None = field("Container image; empty if it runs code.", call=_CALL)
    image_repository: str | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call=_CALL
    )
    code_repository: str | None = field("Repository of its code.", call=_CALL)
    auto_deployments_enabled: bool | None = field(
        "What is pushed to its repository runs without further ado.", call=_CALL
    )
    environment_names: list[str] | None = field("Names of environment variables.", call=_CALL)
    secrets: list[str] | None = ref(
        ("AWSSecret", "AWSSSMParameter", "UnknownResource"),
        by=("id", "partial_arn"),
        rel="USES_SECRET",
        call=_CALL,
    )
    vpc_connector: str | None = field(
        "ARN of its way into a network; empty if it has none.", call=_CALL
    )
    kms_key: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )


class AppRunner(AWSCollector):
    """Services."""

    service = "apprunner"
    permissions = (
        "apprunner:DescribeService",
        "apprunner:ListServices",
        "apprunner:ListTagsForResource",
    )

    @lists(Service)
    def services(self, api: AWSApi) -> Iterator[Service]:
        """Services."""

        def detailed(raw: dict[str, Any]) -> Service:
            answer = api.read("describe_service", ServiceArn=raw["ServiceArn"])
            known = {} if answer is None else _known(answer["Service"], api.here)
            tags = api.read("list_tags_for_resource", ResourceArn=raw["ServiceArn"])
            return Service.load(raw, api.here, tags=answered(tags, "Tags", []), **known)

        return api.each(detailed, api.pages("list_services", "ServiceSummaryList"))


def _known(raw: dict[str, Any], here: Location) -> dict[str, Any]:
    image = answered(raw, "SourceConfiguration.ImageRepository.ImageIdentifier")
    settings = answered(
        raw, "SourceConfiguration.ImageRepository.ImageConfiguration", {}
    ) or answered(
        raw, "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues", {}
    )
    secrets = settings.get("RuntimeEnvironmentSecrets", {})
    return {
        "instance_role": answered(raw, "InstanceConfiguration.InstanceRoleArn"),
        "access_role": answered(
            raw, "SourceConfiguration.AuthenticationConfiguration.AccessRoleArn"
        ),
        # Services are public unless they were made otherwise.
        "publicly_accessible": answered(
            raw, "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible", True
        ),
        "image": image,
        "image_repository": image and container_image(image, here.partition),
        "code_repository": answered(raw, "SourceConfiguration.CodeRepository.RepositoryUrl"),
        "auto_deployments_enabled": answered(
            raw, "SourceConfiguration.AutoDeploymentsEnabled", None
        ),
        "environment_names": sorted(settings.get("RuntimeEnvironmentVariables", {})),
        "secrets": sorted({secret_or_parameter_arn(value, here) for value in secrets.values()}),
        "vpc_connector": answered(raw, "NetworkConfiguration.EgressConfiguration.VpcConnectorArn"),
        "kms_key": answered(raw, "EncryptionConfiguration.KmsKey"),
    }
