"""AWS Glue: jobs, development endpoints, crawlers and connections, and the roles they act as."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, role_key, secret_arn
from .session import AWSApi


class Job(AWSResource):
    """A job (GetJobs). The values of its arguments are not kept."""

    label = "AWSGlueJob"
    identity = "arn:{partition}:glue:{region}:{account}:job/{name}"

    description: str | None = field("Description.")
    role: str | None = ref("AWSRole", by=("id", "name"), rel="RUNS_AS")
    command: str | None = field("glueetl, pythonshell, gluestreaming …", wire="Command.Name")
    script_location: str | None = field("The script that it runs.", wire="Command.ScriptLocation")
    script_bucket: str | None = ref("AWSS3Bucket", by="name", rel="READS_FROM", call="-")
    argument_names: list[str] | None = field("Names of its default arguments.", call="-")
    connections: list[str] | None = ref(
        "AWSGlueConnection", by="name", rel="ATTACHED_TO", wire="Connections.Connections"
    )
    glue_version: str | None = field("Version of Glue.")
    security_configuration: str | None = field("How its data and logs are encrypted.")
    created_on: Timestamp | None = field("When it was made.")
    last_modified_on: Timestamp | None = field("When it was last changed.")


class DevEndpoint(AWSResource):
    """A machine to write jobs on, with SSH (GetDevEndpoints)."""

    label = "AWSGlueDevEndpoint"
    identity = "arn:{partition}:glue:{region}:{account}:devEndpoint/{name}"

    name: str | None = field("Name.", wire="EndpointName")
    role: str | None = ref("AWSRole", by=("id", "name"), rel="RUNS_AS")
    status: str | None = field("READY …")
    public_address: str | None = field("Public address; empty within a network of one's own.")
    private_address: str | None = field("Private address.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnet_id: str | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY"
    )
    glue_version: str | None = field("Version of Glue.")
    security_configuration: str | None = field("How its data and logs are encrypted.")
    created_timestamp: Timestamp | None = field("When it was made.")


class Crawler(AWSResource):
    """What finds out the schema of data (GetCrawlers)."""

    label = "AWSGlueCrawler"
    identity = "arn:{partition}:glue:{region}:{account}:crawler/{name}"

    description: str | None = field("Description.")
    role: str | None = ref("AWSRole", by=("id", "name"), rel="USES_ROLE")
    state: str | None = field("READY, RUNNING or STOPPING.")
    schedule: str | None = field("When it runs.", wire="Schedule.ScheduleExpression")
    buckets: list[str] | None = ref("AWSS3Bucket", by="name", rel="READS_FROM", call="-")
    tables: list[str] | None = ref(
        "AWSDynamoDBTable",
        by=("name", "id"),
        rel="READS_FROM",
        wire="Targets.DynamoDBTargets[].Path",
    )
    creation_time: Timestamp | None = field("When it was made.")


class Connection(AWSResource):
    """How jobs and crawlers reach a data store, and in which network they run then
    (GetConnections). Its properties, credentials among them, are not kept."""

    label = "AWSGlueConnection"
    identity = "arn:{partition}:glue:{region}:{account}:connection/{name}"

    description: str | None = field("Description.")
    connection_type: str | None = field("JDBC, NETWORK, KAFKA …")
    property_names: list[str] | None = field(
        "Names of its properties; a password of its own comes with USERNAME.", call="-"
    )
    secret: str | None = ref("AWSSecret", by=("id", "partial_arn"), rel="USES_SECRET", call="-")
    password_key: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="GetDataCatalogEncryptionSettings",
    )
    subnet_id: str | None = ref(
        "AWSEC2Subnet",
        by="subnet_id",
        rel="IN_SUBNET",
        wire="PhysicalConnectionRequirements.SubnetId",
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="PhysicalConnectionRequirements.SecurityGroupIdList",
    )
    creation_time: Timestamp | None = field("When it was made.")
    last_updated_time: Timestamp | None = field("When it was last changed.")


class Glue(AWSCollector):
    """Jobs, development endpoints, crawlers and connections."""

    service = "glue"
    permissions = (
        "glue:GetConnections",
        "glue:GetCrawlers",
        "glue:GetDataCatalogEncryptionSettings",
        "glue:GetDevEndpoints",
        "glue:GetJobs",
        "glue:GetTags",
    )

    @lists(Job)
    def jobs(self, api: AWSApi) -> Iterator[Job]:
        """Jobs."""

        def detailed(raw: dict[str, Any]) -> Job:
            return Job.load(
                raw,
                api.here,
                role=role_key(raw.get("Role", "")),
                script_bucket=_bucket(answered(raw, "Command.ScriptLocation")),
                argument_names=sorted(raw.get("DefaultArguments", {})),
                tags=_tags(api, f"job/{raw['Name']}"),
            )

        return api.each(detailed, api.pages("get_jobs", "Jobs"))

    @lists(DevEndpoint)
    def dev_endpoints(self, api: AWSApi) -> Iterator[DevEndpoint]:
        """Development endpoints."""

        def detailed(raw: dict[str, Any]) -> DevEndpoint:
            return DevEndpoint.load(
                raw,
                api.here,
                role=role_key(raw.get("RoleArn", "")),
                tags=_tags(api, f"devEndpoint/{raw['EndpointName']}"),
            )

        return api.each(detailed, api.pages("get_dev_endpoints", "DevEndpoints"))

    @lists(Crawler)
    def crawlers(self, api: AWSApi) -> Iterator[Crawler]:
        """Crawlers."""

        def detailed(raw: dict[str, Any]) -> Crawler:
            paths = answered(raw, "Targets.S3Targets[].Path", [])
            return Crawler.load(
                raw,
                api.here,
                role=role_key(raw.get("Role", "")),
                buckets=sorted({_bucket(path) for path in paths}),
                tags=_tags(api, f"crawler/{raw['Name']}"),
            )

        return api.each(detailed, api.pages("get_crawlers", "Crawlers"))

    @lists(Connection)
    def connections(self, api: AWSApi) -> Iterator[Connection]:
        """Connections, without their passwords."""

        key = _password_key(api.read("get_data_catalog_encryption_settings"))

        def detailed(raw: dict[str, Any]) -> Connection:
            properties = raw.get("ConnectionProperties", {})
            secret = properties.get("SECRET_ID") or answered(
                raw, "AuthenticationConfiguration.SecretArn"
            )
            return Connection.load(
                raw,
                api.here,
                property_names=sorted(properties),
                secret=secret and secret_arn(secret, api.here),
                password_key=key,
                tags=_tags(api, f"connection/{raw['Name']}"),
            )

        listed = api.pages("get_connections", "ConnectionList", HidePassword=True)
        return api.each(detailed, listed)


def _password_key(answer: dict[str, Any] | None) -> str | None:
    """The key without which the passwords that an answer about connections holds cannot be read;
    empty if they come as they are."""
    settings = answered(answer, "DataCatalogEncryptionSettings.ConnectionPasswordEncryption", {})
    if settings and not answered(settings, "ReturnConnectionPasswordEncrypted", False):
        return ""
    key: str | None = answered(settings, "AwsKmsKeyId")
    return key


def _tags(api: AWSApi, resource: str) -> dict[str, str] | None:
    here = api.here
    arn = f"arn:{here.partition}:glue:{here.region}:{here.account}:{resource}"
    tags: dict[str, str] | None = answered(api.read("get_tags", ResourceArn=arn), "Tags", {})
    return tags


def _bucket(location: str) -> str:
    """The bucket of an `s3://bucket/key`; empty for an address of another form."""
    return location.removeprefix("s3://").partition("/")[0] if location.startswith("s3://") else ""
