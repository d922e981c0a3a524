"""Tables with provisioned capacity that does not follow the load."""

from ...check import Check, Cypher, Severity

check = Check(
    id="dynamodb_table_autoscaling_enabled",
    title="Tables scale their capacity with the load",
    provider="aws",
    service="dynamodb",
    severity=Severity.MEDIUM,
    resource="AWSDynamoDBTable",
    what=(
        "A table is billed on demand, or both its read and its write capacity are scaled: they are "
        "scalable targets with a scaling policy, and scaling out is not suspended. Elsewhere it is "
        "enough that the targets are registered, but a target without a policy scales nothing. "
        "The capacity of indexes is not looked at."
    ),
    why=(
        "Requests beyond the provisioned capacity are throttled, so that a peak, wanted or made by "
        "an attacker, stops the application."
    ),
    remediation=(
        "aws dynamodb update-table --table-name TABLE --billing-mode PAY_PER_REQUEST, or register "
        "read and write capacity with aws application-autoscaling register-scalable-target and "
        "give each a policy with put-scaling-policy"
    ),
    passes="Table {resource} scales its capacity.",
    fails="Table {resource} has provisioned capacity that is not scaled for reads and writes.",
    rule=Cypher(
        """
        MATCH (t:AWSDynamoDBTable)
        OPTIONAL MATCH (t)<-[:SCALES]-(read:AWSScalableTarget)
            WHERE read.scalable_dimension = $read
        OPTIONAL MATCH (t)<-[:SCALES]-(write:AWSScalableTarget)
            WHERE write.scalable_dimension = $write
        RETURN t AS resource, read, write,
               CASE WHEN t.billing_mode = 'PAY_PER_REQUEST' THEN true
                    WHEN t.billing_mode IS NULL THEN null
                    WHEN read.id IS NULL OR write.id IS NULL THEN false
                    ELSE size(read.policy_names) > 0 AND NOT read.scaling_out_suspended
                         AND size(write.policy_names) > 0 AND NOT write.scaling_out_suspended
               END AS passed
        """,
        {
            "read": "dynamodb:table:ReadCapacityUnits",
            "write": "dynamodb:table:WriteCapacityUnits",
        },
    ),
    fail_requires_listing=("AWSScalableTarget",),
    references=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",
    ),
    compliance=("AWS FSBP: DynamoDB.1",),
)
