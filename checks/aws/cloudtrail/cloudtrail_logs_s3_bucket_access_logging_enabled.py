"""Trails whose bucket does not record who reads the logs."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="cloudtrail_logs_s3_bucket_access_logging_enabled",
    title="Access to the bucket of a trail is logged",
    provider="aws",
    service="cloudtrail",
    severity=Severity.MEDIUM,
    categories=(Category.LOGGING,),
    resource="AWSCloudTrailTrail",
    what="The bucket that a trail writes to has server access logging switched on.",
    why=(
        "The log files show how the account is run. Without access logs nobody sees that they are "
        "read, copied or deleted."
    ),
    remediation=(
        "aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status "
        '\'{"LoggingEnabled": {"TargetBucket": "LOG-BUCKET", "TargetPrefix": "BUCKET/"}}\''
    ),
    passes="Trail {resource} logs to {target}, whose access is logged.",
    fails="Trail {resource} logs to {target}, whose access is not logged.",
    rule=Cypher("""
        MATCH (t:AWSCloudTrailTrail)-[:LOGS_TO]->(bucket:AWSS3Bucket)
        RETURN t AS resource, bucket AS target, bucket.logging_target_bucket <> '' AS passed
    """),
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",),
)
