"""Buckets that nothing keeps from being public."""

from ...check import Category, Check, Cypher, Severity
from .public import BLOCK, POLICY_RESTRICTED

check = Check(
    id="s3_bucket_level_public_access_block",
    title="Public access to the bucket is blocked, on itself or on its account",
    provider="aws",
    service="s3",
    severity=Severity.MEDIUM,
    categories=(Category.EXPOSURE,),
    resource="AWSS3Bucket",
    what=(
        "Public ACLs are ignored and a public policy is restricted, each by the bucket's own block "
        "or by its account's."
    ),
    why="One careless policy or ACL is enough to publish the bucket's data.",
    remediation=(
        "aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    ),
    passes="Public access to {resource} is blocked.",
    fails="Public access to {resource} is not blocked: {open}.",
    rule=Cypher(f"""
        MATCH (bucket:AWSS3Bucket)
        {BLOCK}
        RETURN bucket AS resource, block,
               CASE WHEN {POLICY_RESTRICTED} THEN 'public ACLs count'
                    WHEN bucket.ignore_public_acls OR block.ignore_public_acls
                    THEN 'public policies count'
                    ELSE 'public ACLs and policies count'
               END AS open,
               (bucket.ignore_public_acls OR block.ignore_public_acls) AND {POLICY_RESTRICTED}
               AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
