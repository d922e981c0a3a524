"""AWS CodeBuild: projects, what they build from, and as what."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from .base import (
    AWSCollector,
    TaggedResource,
    answered,
    batches,
    container_image,
    named_by_digest,
    parameter_arn,
    secret_arn,
)
from .session import AWSApi


class Project(TaggedResource):
    """A build project (BatchGetProjects). Of its environment variables only the names are kept."""

    label = "AWSCodeBuildProject"
    identity = "arn:{partition}:codebuild:{region}:{account}:project/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    description: str | None = field("Description.")
    created: Timestamp | None = field("When it was made.")
    last_modified: Timestamp | None = field("When it was last changed.")
    project_visibility: str | None = field("PUBLIC_READ if everyone may see its builds.")
    service_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    batch_service_role: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", wire="buildBatchConfig.serviceRole"
    )
    resource_access_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    source_type: str | None = field("GITHUB, S3, CODEPIPELINE, NO_SOURCE …", wire="source.type")
    source_location: str | None = field(
        "Repository or object it builds, without credentials.", call="-"
    )
    source_bucket: str | None = ref("AWSS3Bucket", by="name", rel="READS_FROM", call="-")
    code_repository: str | None = ref(
        "AWSCodeCommitRepository", by="name", rel="READS_FROM", call="-"
    )
    artifact_bucket: str | None = ref("AWSS3Bucket", by="name", rel="DELIVERS_TO", call="-")
    environment_type: str | None = field("Operating system.", wire="environment.type")
    image: str | None = field("Container image.", wire="environment.image")
    image_repository: str | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call="-"
    )
    images_by_digest: str | None = field(
        "all if its image is named by digest, which no push changes; else none.", call="-"
    )
    privileged_mode: bool | None = field(
        "Builds have the rights of the host's root, as Docker needs them.", call="-"
    )
    environment_names: list[str] | None = field(
        "Names of environment variables.", wire="environment.environmentVariables[].name"
    )
    secrets: list[str] | None = ref(
        ("AWSSecret", "AWSSSMParameter"), by=("id", "partial_arn"), rel="USES_SECRET", call="-"
    )
    encryption_key: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", wire="vpcConfig.vpcId")
    subnets: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="vpcConfig.subnets"
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="vpcConfig.securityGroupIds",
    )
    log_group: str | None = ref("AWSLogGroup", by="name", rel="LOGS_TO", call="-")
    log_bucket: str | None = ref("AWSS3Bucket", by="name", rel="LOGS_TO", call="-")


class CodeBuild(AWSCollector):
    """Build projects."""

    service = "codebuild"
    permissions = ("codebuild:BatchGetProjects", "codebuild:ListProjects")

    @lists(Project)
    def projects(self, api: AWSApi) -> Iterator[Project]:
        """Projects of the account; those that others share are not listed."""
        for names in batches(api.pages("list_projects", "projects"), 100):
            answer = api.read("batch_get_projects", names=names)
            if answer is None:
                yield from (Project.unread(api.here, name=name) for name in names)
            else:
                yield from (_project(raw, api.here) for raw in answer["projects"])


def _project(raw: dict[str, Any], here: Location) -> Project:
    image = answered(raw, "environment.image")
    return Project.load(
        raw,
        here,
        source_location=_without_credentials(answered(raw, "source.location")),
        source_bucket=_bucket(raw.get("source", {})),
        code_repository=_code_repository(raw.get("source", {})),
        artifact_bucket=_bucket(raw.get("artifacts", {})),
        image_repository=image and container_image(image, here.partition),
        images_by_digest=named_by_digest([image] if image else []),
        privileged_mode=answered(raw, "environment.privilegedMode", False),
        secrets=sorted(_secrets(raw, here)),
        log_group=_log_group(raw),
        log_bucket=_log_bucket(raw),
    )


def _without_credentials(location: str) -> str:
    """A repository's address, without what may stand before the host to sign in with."""
    parts = urlsplit(location)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _bucket(place: dict[str, Any]) -> str:
    """The bucket that sources come from or artifacts go to: `bucket/key`, or its ARN."""
    location = str(place.get("location", "")) if place.get("type") == "S3" else ""
    return location.rpartition(":::")[2].partition("/")[0]


def _code_repository(place: dict[str, Any]) -> str:
    """The repository of CodeCommit that sources come from, the last part of its address."""
    if place.get("type") != "CODECOMMIT":
        return ""
    return urlsplit(str(place.get("location", ""))).path.rstrip("/").rpartition("/")[2]


def _secrets(raw: dict[str, Any], here: Location) -> Iterator[str]:
    """Secrets and parameters that variables are filled from; a variable holds but their names."""
    for variable in answered(raw, "environment.environmentVariables", []):
        if variable.get("type") == "SECRETS_MANAGER":
            yield secret_arn(variable["value"], here)
        elif variable.get("type") == "PARAMETER_STORE":
            yield parameter_arn(variable["value"], here)


def _log_group(raw: dict[str, Any]) -> str:
    """Builds log to CloudWatch unless that is switched off."""
    if answered(raw, "logsConfig.cloudWatchLogs.status", "ENABLED") != "ENABLED":
        return ""
    return str(
        answered(raw, "logsConfig.cloudWatchLogs.groupName") or f"/aws/codebuild/{raw['name']}"
    )


def _log_bucket(raw: dict[str, Any]) -> str:
    if answered(raw, "logsConfig.s3Logs.status") != "ENABLED":
        return ""
    return str(answered(raw, "logsConfig.s3Logs.location")).partition("/")[0]
