"""Buckets whose ACL lets everyone list or write."""

from ...check import Category, Check, Cypher, Severity
from .public import ACLS_IGNORED, BLOCK, granted


def _check(doing: str, effect: str, why: str, *permissions: str) -> Check:
    return Check(
        id=f"s3_bucket_public_{doing}_acl",
        title=f"The ACL of the bucket lets nobody outside {effect}",
        provider="aws",
        service="s3",
        severity=Severity.CRITICAL,
        categories=(Category.EXPOSURE,),
        resource="AWSS3Bucket",
        what=(
            f"The bucket's ACL grants none of {', '.join(permissions)} to everyone or to everyone "
            "with an AWS account, or ACLs have no effect: a block of public access on the bucket "
            "or on its account ignores them, or the bucket's ownership switches them off."
        ),
        why=why,
        remediation=(
            "aws s3api put-bucket-ownership-controls --bucket BUCKET --ownership-controls "
            "'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'"
        ),
        passes=f"The ACL of {{resource}} lets nobody outside {effect}.",
        fails=f"The ACL of {{resource}} lets anyone {effect}.",
        rule=Cypher(f"""
            MATCH (bucket:AWSS3Bucket)
            {BLOCK}
            RETURN bucket AS resource, block,
                   NOT ({granted(*permissions)} AND NOT {ACLS_IGNORED}) AS passed
        """),
        references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",),
    )


family = (
    _check(
        "list",
        "see its contents or its grants",
        "The names of objects tell what to look for and how the data is organized.",
        "READ",
        "READ_ACP",
        "FULL_CONTROL",
    ),
    _check(
        "write",
        "write to it or change its grants",
        "Anyone can replace what others download, fill the bucket, or open it further.",
        "WRITE",
        "WRITE_ACP",
        "FULL_CONTROL",
    ),
)
