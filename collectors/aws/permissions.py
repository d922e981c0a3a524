"""The IAM actions that calls need (Service Authorization Reference)."""

PERMISSIONS = (
    "ec2:DescribeRegions",
    "organizations:ListAccounts",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
)
"""What finding the accounts and regions of a scan needs."""

_PREFIXES = {
    "bedrock-agent": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "kinesisanalyticsv2": "kinesisanalytics",
    "mwaa": "airflow",
    "s3control": "s3",
    "sso-admin": "sso",
    "stepfunctions": "states",
}
"""How IAM calls a service that the SDK calls otherwise."""
_ACTIONS = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}
"""How IAM calls an operation that it calls otherwise."""
_PUBLIC = {"ip-ranges.json"}
"""What AWS publishes for everyone."""
_BY_METHOD = {"apigateway", "apigatewayv2"}
"""Services whose actions are the methods of HTTP."""


def permission_of(service: str, operation: str) -> str:
    """What a call needs, by the names that the SDK gives service and operation; empty if it needs
    nothing."""
    if operation in _PUBLIC:
        return ""
    if service in _BY_METHOD:
        return "apigateway:GET"
    call = f"{service}:{operation}"
    return _ACTIONS.get(call, f"{_PREFIXES.get(service, service)}:{operation}")
