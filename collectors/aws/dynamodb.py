"""Amazon DynamoDB: tables."""

from collections.abc import Iterator

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class Table(AWSResource):
    """A table (DescribeTable)."""

    label = "AWSDynamoDBTable"
    identity = "arn:{partition}:dynamodb:{region}:{account}:table/{name}"

    id: str = field("ARN.", wire="TableArn")
    name: str | None = field("Name.", wire="TableName")
    status: str | None = field("ACTIVE …", wire="TableStatus")
    creation_date: Timestamp | None = field("When it was made.", wire="CreationDateTime")
    billing_mode: str | None = field("PROVISIONED or PAY_PER_REQUEST.", call="DescribeTable")
    read_capacity_units: int | None = field(
        "Provisioned; 0 on demand.", wire="ProvisionedThroughput.ReadCapacityUnits"
    )
    write_capacity_units: int | None = field(
        "Provisioned; 0 on demand.", wire="ProvisionedThroughput.WriteCapacityUnits"
    )
    item_count: int | None = field("Items, counted about every six hours.")
    global_secondary_indexes: list[str] | None = field(
        "Names of its global secondary indexes.", wire="GlobalSecondaryIndexes[].IndexName"
    )
    sse_type: str | None = field(
        "KMS, or empty where a key that AWS owns encrypts it.", wire="SSEDescription.SSEType"
    )
    kms_key_arn: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        wire="SSEDescription.KMSMasterKeyArn",
    )
    stream_enabled: bool | None = field("Has a stream of changes.", call="DescribeTable")
    stream_view_type: str | None = field(
        "What the stream tells.", wire="StreamSpecification.StreamViewType"
    )
    latest_stream_arn: str | None = field("ARN of the newest stream.")
    deletion_protection_enabled: bool | None = field(
        "Cannot be deleted by one call.", call="DescribeTable"
    )
    replicas: list[str] | None = ref("AWSDynamoDBTable", by="id", rel="REPLICATES_TO")
    point_in_time_recovery: str | None = field(
        "ENABLED or DISABLED.", call="DescribeContinuousBackups"
    )
    policy: Document | None = field("Resource policy.", call="GetResourcePolicy", policy="dynamodb")


class DynamoDB(AWSCollector):
    """Tables."""

    service = "dynamodb"
    permissions = (
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:GetResourcePolicy",
        "dynamodb:ListTables",
        "dynamodb:ListTagsOfResource",
    )

    @lists(Table)
    def tables(self, api: AWSApi) -> Iterator[Table]:
        """Tables of this region; replicas elsewhere are tables there."""

        def detailed(name: str) -> Table:
            answer = api.read("describe_table", TableName=name)
            if answer is None:
                return Table.unread(api.here, name=name)
            raw = answer["Table"]
            arn = raw["TableArn"]
            backups = api.read("describe_continuous_backups", TableName=name)
            policy = api.read(
                "get_resource_policy", ResourceArn=arn, absent=("PolicyNotFoundException",)
            )
            return Table.load(
                raw,
                api.here,
                # AWS leaves these out of tables that never had them set.
                billing_mode=answered(raw, "BillingModeSummary.BillingMode", "PROVISIONED"),
                stream_enabled=answered(raw, "StreamSpecification.StreamEnabled", False),
                deletion_protection_enabled=raw.get("DeletionProtectionEnabled", False),
                replicas=[
                    arn.replace(f":{api.here.region}:", f":{replica['RegionName']}:")
                    for replica in raw.get("Replicas", [])
                    if replica["RegionName"] != api.here.region
                ],
                point_in_time_recovery=answered(
                    backups,
                    "ContinuousBackupsDescription.PointInTimeRecoveryDescription"
                    ".PointInTimeRecoveryStatus",
                    "DISABLED",
                ),
                policy=answered(policy, "Policy"),
                tags=api.details("list_tags_of_resource", "Tags", ResourceArn=arn),
            )

        return api.each(detailed, api.pages("list_tables", "TableNames"))
