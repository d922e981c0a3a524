"""Amazon Managed Service for Apache Flink: applications and what they run as."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CONFIGURATION = "ApplicationConfigurationDescription"
_CODE = (
    f"{_CONFIGURATION}.ApplicationCodeConfigurationDescription.CodeContentDescription"
    ".S3ApplicationCodeLocationDescription.BucketARN"
)


class Application(AWSResource):
    """An application that analyses streams (ListApplications)."""

    label = "AWSKinesisAnalyticsApplication"
    identity = "arn:{partition}:kinesisanalytics:{region}:{account}:application/{name}"

    id: str = field("ARN.", wire="ApplicationARN")
    name: str | None = field("Name.", wire="ApplicationName")
    status: str | None = field("READY, RUNNING …", wire="ApplicationStatus")
    runtime_environment: str | None = field("FLINK-1_20, ZEPPELIN-FLINK-3_0 …")
    application_mode: str | None = field("STREAMING, or INTERACTIVE: a notebook.")
    created: Timestamp | None = field("When it was made.", call="DescribeApplication")
    service_execution_role: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="DescribeApplication"
    )
    code_bucket: str | None = ref(
        "AWSS3Bucket", by="id", rel="READS_FROM", call="DescribeApplication"
    )
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="DescribeApplication"
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call="DescribeApplication"
    )
    log_groups: list[str] | None = ref(
        "AWSLogGroup", by="id", rel="LOGS_TO", call="DescribeApplication"
    )
    kms_key_id: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="DescribeApplication",
    )


class KinesisAnalyticsV2(AWSCollector):
    """Applications."""

    service = "kinesisanalyticsv2"
    permissions = ("kinesisanalytics:DescribeApplication", "kinesisanalytics:ListApplications")

    @lists(Application)
    def applications(self, api: AWSApi) -> Iterator[Application]:
        """Applications."""

        def detailed(raw: dict[str, Any]) -> Application:
            answer = api.read("describe_application", ApplicationName=raw["ApplicationName"])
            about = answer and answer["ApplicationDetail"]
            networks = answered(about, f"{_CONFIGURATION}.VpcConfigurationDescriptions", [])
            streams = answered(about, "CloudWatchLoggingOptionDescriptions[].LogStreamARN", [])
            return Application.load(
                raw,
                api.here,
                created=answered(about, "CreateTimestamp"),
                service_execution_role=answered(about, "ServiceExecutionRole"),
                code_bucket=answered(about, _CODE),
                subnet_ids=_all(networks, "SubnetIds"),
                security_group_ids=_all(networks, "SecurityGroupIds"),
                log_groups=streams
                and sorted({stream.partition(":log-stream:")[0] for stream in streams}),
                kms_key_id=answered(
                    about, f"{_CONFIGURATION}.ApplicationEncryptionConfigurationDescription.KeyId"
                ),
            )

        return api.each(detailed, api.pages("list_applications", "ApplicationSummaries"))


def _all(networks: list[dict[str, Any]] | None, key: str) -> list[str] | None:
    if networks is None:
        return None
    return sorted({each for network in networks for each in network[key]})
