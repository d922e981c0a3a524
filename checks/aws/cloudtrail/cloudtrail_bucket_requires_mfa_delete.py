"""Trails whose bucket lets log files be deleted without MFA."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="cloudtrail_bucket_requires_mfa_delete",
    title="Log files of a trail can be deleted only with MFA",
    provider="aws",
    service="cloudtrail",
    severity=Severity.MEDIUM,
    categories=(Category.LOGGING,),
    resource="AWSCloudTrailTrail",
    what=(
        "Every trail that is logging writes to a bucket whose versioning requires MFA for "
        "deletion. A bucket that this scan cannot see is MANUAL, with the reason."
    ),
    why=(
        "Anyone who takes over a principal that may delete objects can erase the record of what "
        "they did. MFA delete asks for the root user's second factor first."
    ),
    remediation=(
        "As the root user: aws s3api put-bucket-versioning --bucket BUCKET "
        "--versioning-configuration Status=Enabled,MFADelete=Enabled --mfa 'SERIAL CODE'"
    ),
    passes="Trail {resource} logs to {target}, which requires MFA to delete.",
    fails="Trail {resource} logs to {target}, which does not require MFA to delete.",
    rule=Cypher("""
        MATCH (t:AWSCloudTrailTrail)-[:LOGS_TO]->(bucket:AWSS3Bucket)
        WHERE t.is_logging OR t.is_logging IS NULL
        RETURN t AS resource, bucket AS target,
               CASE WHEN t.is_logging THEN bucket.mfa_delete END AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html",
    ),
    compliance=("CIS AWS 1.4: 2.1.3",),
)
