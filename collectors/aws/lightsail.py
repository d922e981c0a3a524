"""Amazon Lightsail: instances, databases and buckets, which lie in an account of AWS's own and are
no resources of EC2, RDS or S3."""

from collections.abc import Iterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource
from .session import AWSApi


class Instance(TaggedResource):
    """An instance (GetInstances)."""

    label = "AWSLightsailInstance"
    identity = "arn:{partition}:lightsail:{region}:{account}:Instance/{instance_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    instance_id: str | None = field("Id.", call="-")
    state: str | None = field("running, stopped …", wire="state.name")
    blueprint_id: str | None = field("Image or application that it was made of.")
    public_ip_address: str | None = field("Public IPv4 address.")
    private_ip_address: str | None = field("Private IPv4 address.")
    ipv6_addresses: list[str] | None = field("IPv6 addresses.")
    ssh_key_name: str | None = field("Name of its SSH key.")
    open_ports: list[str] | None = field(
        "`protocol from-to sources` that its firewall lets in.", call="-"
    )
    http_tokens: str | None = field(
        "required: its metadata service answers sessions only.", wire="metadataOptions.httpTokens"
    )
    created_at: Timestamp | None = field("When it was made.")


class Database(TaggedResource):
    """A database (GetRelationalDatabases)."""

    label = "AWSLightsailDatabase"
    identity = "arn:{partition}:lightsail:{region}:{account}:RelationalDatabase/{database_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    database_id: str | None = field("Id.", call="-")
    state: str | None = field("available …")
    engine: str | None = field("Engine.")
    engine_version: str | None = field("Version of the engine.")
    publicly_accessible: bool | None = field("It can be reached from outside of Lightsail.")
    endpoint_address: str | None = field("DNS name.", wire="masterEndpoint.address")
    endpoint_port: int | None = field("Port.", wire="masterEndpoint.port")
    backup_retention_enabled: bool | None = field("Backups are kept.")
    created_at: Timestamp | None = field("When it was made.")


class Bucket(TaggedResource):
    """A bucket (GetBuckets)."""

    label = "AWSLightsailBucket"
    identity = "arn:{partition}:lightsail:{region}:{account}:Bucket/{bucket_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    bucket_id: str | None = field("Id.", call="-")
    url: str | None = field("Address.")
    get_object: str | None = field(
        "public if everyone may read all objects, else private.", wire="accessRules.getObject"
    )
    allow_public_overrides: bool | None = field(
        "Single objects may be public.", wire="accessRules.allowPublicOverrides"
    )
    accounts: list[str] | None = field(
        "Other accounts that may read it.", wire="readonlyAccessAccounts"
    )
    instances: list[str] | None = ref(
        "AWSLightsailInstance", by="name", rel="GRANTED_TO", wire="resourcesReceivingAccess[].name"
    )
    created_at: Timestamp | None = field("When it was made.")


class Lightsail(AWSCollector):
    """Instances, databases and buckets."""

    service = "lightsail"
    permissions = (
        "lightsail:GetBuckets",
        "lightsail:GetInstances",
        "lightsail:GetRelationalDatabases",
    )

    @lists(Instance)
    def instances(self, api: AWSApi) -> Iterator[Instance]:
        """Instances."""
        for raw in api.pages("get_instances", "instances"):
            ports = raw.get("networking", {}).get("ports", [])
            yield Instance.load(
                raw,
                api.here,
                instance_id=raw["arn"].rpartition("/")[2],
                open_ports=sorted(map(_port, ports)),
            )

    @lists(Database)
    def databases(self, api: AWSApi) -> Iterator[Database]:
        """Databases."""
        for raw in api.pages("get_relational_databases", "relationalDatabases"):
            yield Database.load(raw, api.here, database_id=raw["arn"].rpartition("/")[2])

    @lists(Bucket)
    def buckets(self, api: AWSApi) -> Iterator[Bucket]:
        """Buckets."""
        for raw in api.pages("get_buckets", "buckets", includeConnectedResources=True):
            yield Bucket.load(raw, api.here, bucket_id=raw["arn"].rpartition("/")[2])


def _port(raw: dict[str, object]) -> str:
    sources = [*_texts(raw.get("cidrs")), *_texts(raw.get("ipv6Cidrs"))]
    return f"{raw['protocol']} {raw['fromPort']}-{raw['toPort']} {','.join(sorted(sources))}"


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
