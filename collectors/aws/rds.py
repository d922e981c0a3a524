"""Amazon RDS, Aurora and what shares their API: database instances, clusters, subnet groups."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource
from .session import AWSApi

_KEY_NAMES = ("id", "key_id", "alias_arns", "aliases")
_EXPORTABLE = "Kinds of log that it writes to CloudWatch Logs."


class Instance(TaggedResource):
    """A database instance (DescribeDBInstances)."""

    label = "AWSRDSInstance"
    identity = "arn:{partition}:rds:{region}:{account}:db:{name}"

    id: str = field("ARN.", wire="DBInstanceArn")
    name: str | None = field("Identifier.", wire="DBInstanceIdentifier")
    dbi_resource_id: str | None = field("Id by which IAM policies name it for sign-in.")
    instance_class: str | None = field("Class.", wire="DBInstanceClass")
    engine: str | None = field("Engine; Neptune and DocumentDB answer here too.")
    engine_version: str | None = field("Version of the engine.")
    status: str | None = field("available …", wire="DBInstanceStatus")
    instance_create_time: Timestamp | None = field("When it was made.")
    endpoint_address: str | None = field("DNS name.", wire="Endpoint.Address")
    endpoint_port: int | None = field("Port.", wire="Endpoint.Port")
    availability_zone: str | None = field("Zone.")
    multi_az: bool | None = field("Has a standby in another zone.", wire="MultiAZ")
    network_type: str | None = field("IPV4 or DUAL.")
    publicly_accessible: bool | None = field("Its DNS name leads to a public address.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", wire="DBSubnetGroup.VpcId")
    subnet_group: str | None = ref(
        "AWSDBSubnetGroup", by="name", rel="MEMBER_OF", wire="DBSubnetGroup.DBSubnetGroupName"
    )
    subnets: list[str] | None = ref(
        "AWSEC2Subnet",
        by="subnet_id",
        rel="IN_SUBNET",
        wire="DBSubnetGroup.Subnets[].SubnetIdentifier",
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="VpcSecurityGroups[].VpcSecurityGroupId",
    )
    cluster: str | None = ref(
        "AWSRDSCluster", by="name", rel="MEMBER_OF", wire="DBClusterIdentifier"
    )
    replicas: list[str] | None = ref(
        "AWSRDSInstance",
        by=("id", "name"),
        rel="REPLICATES_TO",
        wire="ReadReplicaDBInstanceIdentifiers",
    )
    storage_encrypted: bool | None = field("Its storage is encrypted.")
    kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY")
    performance_insights_kms_key_id: str | None = ref(
        "AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY", wire="PerformanceInsightsKMSKeyId"
    )
    master_user_secret: str | None = ref(
        "AWSSecret", by="id", rel="USES_SECRET", wire="MasterUserSecret.SecretArn"
    )
    monitoring_role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    associated_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", wire="AssociatedRoles[].RoleArn"
    )
    enabled_log_exports: list[str] | None = field(_EXPORTABLE, wire="EnabledCloudwatchLogsExports")
    log_groups: list[str] | None = ref("AWSLogGroup", by="name", rel="LOGS_TO")
    iam_authentication_enabled: bool | None = field(
        "Takes IAM credentials.", wire="IAMDatabaseAuthenticationEnabled"
    )
    backup_retention_period: int | None = field("Days that backups are kept; 0: no backups.")
    deletion_protection: bool | None = field("Cannot be deleted by one call.")
    auto_minor_version_upgrade: bool | None = field("Takes minor upgrades by itself.")
    ca_certificate_identifier: str | None = field(
        "Authority of its certificate.", wire="CACertificateIdentifier"
    )
    activity_stream_kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY")


class Cluster(TaggedResource):
    """A database cluster (DescribeDBClusters)."""

    label = "AWSRDSCluster"
    identity = "arn:{partition}:rds:{region}:{account}:cluster:{name}"

    id: str = field("ARN.", wire="DBClusterArn")
    name: str | None = field("Identifier.", wire="DBClusterIdentifier")
    cluster_resource_id: str | None = field(
        "Id by which IAM policies name it for sign-in.", wire="DbClusterResourceId"
    )
    engine: str | None = field("Engine; Neptune and DocumentDB answer here too.")
    engine_version: str | None = field("Version of the engine.")
    engine_mode: str | None = field("provisioned or serverless.")
    status: str | None = field("available …")
    cluster_create_time: Timestamp | None = field("When it was made.")
    endpoint: str | None = field("DNS name of the writer.")
    reader_endpoint: str | None = field("DNS name of the readers.")
    port: int | None = field("Port.")
    multi_az: bool | None = field("Lies in several zones.", wire="MultiAZ")
    network_type: str | None = field("IPV4 or DUAL.")
    publicly_accessible: bool | None = field(
        "Its DNS name leads to a public address; known for Multi-AZ clusters only."
    )
    subnet_group: str | None = ref(
        "AWSDBSubnetGroup", by="name", rel="MEMBER_OF", wire="DBSubnetGroup"
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="VpcSecurityGroups[].VpcSecurityGroupId",
    )
    replicas: list[str] | None = ref(
        "AWSRDSCluster", by=("id", "name"), rel="REPLICATES_TO", wire="ReadReplicaIdentifiers"
    )
    storage_encrypted: bool | None = field("Its storage is encrypted.")
    kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY")
    performance_insights_kms_key_id: str | None = ref(
        "AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY", wire="PerformanceInsightsKMSKeyId"
    )
    activity_stream_kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY")
    master_user_secret: str | None = ref(
        "AWSSecret", by="id", rel="USES_SECRET", wire="MasterUserSecret.SecretArn"
    )
    monitoring_role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    associated_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", wire="AssociatedRoles[].RoleArn"
    )
    enabled_log_exports: list[str] | None = field(_EXPORTABLE, wire="EnabledCloudwatchLogsExports")
    log_groups: list[str] | None = ref("AWSLogGroup", by="name", rel="LOGS_TO")
    iam_authentication_enabled: bool | None = field(
        "Takes IAM credentials.", wire="IAMDatabaseAuthenticationEnabled"
    )
    http_endpoint_enabled: bool | None = field("Takes SQL over the Data API.")
    backup_retention_period: int | None = field("Days that backups are kept.")
    deletion_protection: bool | None = field("Cannot be deleted by one call.")


class SubnetGroup(AWSResource):
    """The subnets that databases may lie in (DescribeDBSubnetGroups)."""

    label = "AWSDBSubnetGroup"
    identity = "arn:{partition}:rds:{region}:{account}:subgrp:{name}"

    id: str = field("ARN.", wire="DBSubnetGroupArn")
    name: str | None = field("Name.", wire="DBSubnetGroupName")
    description: str | None = field("Description.", wire="DBSubnetGroupDescription")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnets: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="Subnets[].SubnetIdentifier"
    )


class RDS(AWSCollector):
    """Database instances, clusters and subnet groups."""

    service = "rds"
    permissions = (
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBSubnetGroups",
    )

    @lists(Instance)
    def instances(self, api: AWSApi) -> Iterator[Instance]:
        """Instances, those of clusters too."""
        for raw in api.pages("describe_db_instances", "DBInstances"):
            yield Instance.load(
                raw,
                api.here,
                log_groups=_log_groups(raw, "instance", raw["DBInstanceIdentifier"]),
                tags=raw.get("TagList", []),
            )

    @lists(Cluster)
    def clusters(self, api: AWSApi) -> Iterator[Cluster]:
        """Clusters."""
        for raw in api.pages("describe_db_clusters", "DBClusters"):
            yield Cluster.load(
                raw,
                api.here,
                log_groups=_log_groups(raw, "cluster", raw["DBClusterIdentifier"]),
                tags=raw.get("TagList", []),
            )

    @lists(SubnetGroup)
    def subnet_groups(self, api: AWSApi) -> Iterator[SubnetGroup]:
        """Subnet groups."""
        for raw in api.pages("describe_db_subnet_groups", "DBSubnetGroups"):
            yield SubnetGroup.load(raw, api.here)


def _log_groups(raw: dict[str, Any], kind: str, name: str) -> list[str]:
    exported = raw.get("EnabledCloudwatchLogsExports", [])
    return [f"/aws/rds/{kind}/{name}/{log}" for log in exported]
