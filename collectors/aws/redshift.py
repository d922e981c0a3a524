"""Amazon Redshift: provisioned clusters."""

from collections.abc import Iterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource
from .session import AWSApi

_KEY_NAMES = ("id", "key_id", "alias_arns", "aliases")


class Cluster(TaggedResource):
    """A cluster (DescribeClusters)."""

    label = "AWSRedshiftCluster"
    identity = "arn:{partition}:redshift:{region}:{account}:cluster:{name}"

    name: str | None = field("Identifier.", wire="ClusterIdentifier")
    namespace_arn: str | None = field("ARN of its namespace.", wire="ClusterNamespaceArn")
    node_type: str | None = field("Kind of its nodes.")
    status: str | None = field("available …", wire="ClusterStatus")
    database: str | None = field("Its first database.", wire="DBName")
    endpoint_address: str | None = field("DNS name.", wire="Endpoint.Address")
    endpoint_port: int | None = field("Port.", wire="Endpoint.Port")
    create_time: Timestamp | None = field("When it was made.", wire="ClusterCreateTime")
    publicly_accessible: bool | None = field("Its DNS name leads to a public address.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnet_group: str | None = field("Subnet group.", wire="ClusterSubnetGroupName")
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="VpcSecurityGroups[].VpcSecurityGroupId",
    )
    encrypted: bool | None = field("Encrypted.")
    kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY")
    iam_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", wire="IamRoles[].IamRoleArn"
    )
    master_user_secret: str | None = ref(
        "AWSSecret", by="id", rel="USES_SECRET", wire="MasterPasswordSecretArn"
    )
    enhanced_vpc_routing: bool | None = field("Its loads and unloads go through its network.")
    snapshot_retention_period: int | None = field(
        "Days that automated snapshots are kept.", wire="AutomatedSnapshotRetentionPeriod"
    )


class Redshift(AWSCollector):
    """Clusters."""

    service = "redshift"
    permissions = ("redshift:DescribeClusters",)

    @lists(Cluster)
    def clusters(self, api: AWSApi) -> Iterator[Cluster]:
        """Clusters."""
        for raw in api.pages("describe_clusters", "Clusters"):
            yield Cluster.load(raw, api.here)
