"""Buckets that anyone can reach."""

from ...check import Category, Check, Cypher, Severity
from .public import BLOCK, MEANS, PUBLIC

check = Check(
    id="s3_bucket_public_access",
    title="The bucket is not public",
    provider="aws",
    service="s3",
    severity=Severity.CRITICAL,
    categories=(Category.EXPOSURE,),
    resource="AWSS3Bucket",
    what=(
        "Neither the bucket's ACL nor its policy, as S3 itself judges it, lets everyone in, or "
        "everyone with an AWS account, unless a block of public access on the bucket or on its "
        "account, or ownership that switches ACLs off, takes the effect away."
    ),
    why="Everyone on the internet can read the data, or write to it.",
    remediation=(
        "aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    ),
    passes="{resource} is not public.",
    fails="{resource} is public by its {means}.",
    rule=Cypher(f"""
        MATCH (bucket:AWSS3Bucket)
        {BLOCK}
        RETURN bucket AS resource, block, {MEANS} AS means, NOT {PUBLIC} AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
