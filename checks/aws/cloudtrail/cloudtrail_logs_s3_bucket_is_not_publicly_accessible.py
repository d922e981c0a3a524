"""Trails whose logs anyone can read."""

from ...check import Category, Check, Cypher, Severity
from ..s3.public import BLOCK, MEANS, PUBLIC

check = Check(
    id="cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
    title="The bucket of a trail is not public",
    provider="aws",
    service="cloudtrail",
    severity=Severity.CRITICAL,
    categories=(Category.EXPOSURE, Category.LOGGING),
    resource="AWSCloudTrailTrail",
    what=(
        "Neither the ACL nor the policy of the bucket that a trail writes to lets everyone in, or "
        "everyone with an AWS account, unless a block of public access on the bucket or on its "
        "account takes the effect away."
    ),
    why="The logs tell an attacker who does what in the account, with which keys and from where.",
    remediation=(
        "aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    ),
    passes="Trail {resource} logs to {target}, which is not public.",
    fails="Trail {resource} logs to {target}, which is public by its {means}.",
    rule=Cypher(f"""
        MATCH (t:AWSCloudTrailTrail)-[:LOGS_TO]->(bucket:AWSS3Bucket)
        {BLOCK}
        RETURN t AS resource, bucket AS target, block, {MEANS} AS means,
               NOT {PUBLIC} AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
    compliance=("CIS AWS 1.4: 3.3",),
)
