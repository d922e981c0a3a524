"""Amazon Managed Workflows for Apache Airflow: environments, and as whom their workflows run."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CALL = "GetEnvironment"


class Environment(AWSResource):
    """An environment (ListEnvironments). Of its configuration only the names are kept."""

    label = "AWSMWAAEnvironment"
    identity = "arn:{partition}:airflow:{region}:{account}:environment/{name}"

    name: str | None = field("Name.", call="-")
    status: str | None = field("AVAILABLE, UPDATING …", call=_CALL)
    created_at: Timestamp | None = field("When it was made.", call=_CALL)
    airflow_version: str | None = field("Version of Airflow.", call=_CALL)
    webserver_url: str | None = field("Host name of its web pages.", call=_CALL)
    webserver_access_mode: str | None = field(
        "PUBLIC_ONLY: its web pages are on the internet; PRIVATE_ONLY or PUBLIC_AND_PRIVATE.",
        call=_CALL,
    )
    execution_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    service_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE", call=_CALL)
    source_bucket: str | None = ref("AWSS3Bucket", by="id", rel="READS_FROM", call=_CALL)
    dag_path: str | None = field("Where its workflows lie in the bucket.", call=_CALL)
    plugins_path: str | None = field("Where its plugins lie; empty if none.", call=_CALL)
    requirements_path: str | None = field(
        "Where the list of its Python packages lies; empty if none.", call=_CALL
    )
    startup_script_path: str | None = field(
        "Where the script lies that runs at its start; empty if none.", call=_CALL
    )
    configuration_names: list[str] | None = field(
        "Names of the options of Airflow that are set.", call=_CALL
    )
    subnet_ids: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_CALL)
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_CALL
    )
    log_groups: list[str] | None = ref("AWSLogGroup", by="id", rel="LOGS_TO", call=_CALL)
    kms_key: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )


class MWAA(AWSCollector):
    """Environments."""

    service = "mwaa"
    permissions = ("airflow:GetEnvironment", "airflow:ListEnvironments")

    @lists(Environment)
    def environments(self, api: AWSApi) -> Iterator[Environment]:
        """Environments."""

        def detailed(name: str) -> Environment:
            answer = api.read("get_environment", Name=name)
            if answer is None:
                return Environment.unread(api.here, name=name)
            return _environment(answer["Environment"], api.here)

        return api.each(detailed, api.pages("list_environments", "Environments"))


def _environment(raw: dict[str, Any], here: Location) -> Environment:
    logs = answered(raw, "LoggingConfiguration", {}).values()
    groups = {answered(log, "CloudWatchLogGroupArn") for log in logs if log.get("Enabled")}
    return Environment.load(
        raw,
        here,
        name=raw["Name"],
        webserver_access_mode=answered(raw, "WebserverAccessMode"),
        execution_role=answered(raw, "ExecutionRoleArn"),
        service_role=answered(raw, "ServiceRoleArn"),
        source_bucket=answered(raw, "SourceBucketArn"),
        dag_path=answered(raw, "DagS3Path"),
        plugins_path=answered(raw, "PluginsS3Path"),
        requirements_path=answered(raw, "RequirementsS3Path"),
        startup_script_path=answered(raw, "StartupScriptS3Path"),
        configuration_names=sorted(answered(raw, "AirflowConfigurationOptions", {})),
        subnet_ids=answered(raw, "NetworkConfiguration.SubnetIds", []),
        security_group_ids=answered(raw, "NetworkConfiguration.SecurityGroupIds", []),
        log_groups=sorted(group.removesuffix(":*") for group in groups - {""}),
        kms_key=answered(raw, "KmsKey"),
        tags=answered(raw, "Tags", {}),
    )
