"""Accounts whose buckets can be made public one by one."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="s3_account_level_public_access_blocks",
    title="The account blocks public access to all of its buckets",
    provider="aws",
    service="s3",
    severity=Severity.HIGH,
    categories=(Category.EXPOSURE,),
    resource="AWSS3AccountPublicAccessBlock",
    what=(
        "The account's own block of public access ignores public ACLs and restricts buckets with a "
        "public policy: together they take the effect from every grant to everyone, present or to "
        "come. The two other settings only refuse new grants and are not asked for."
    ),
    why="One careless policy or ACL on one bucket is enough to publish its data.",
    remediation=(
        "aws s3control put-public-access-block --account-id ACCOUNT "
        "--public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,"
        "BlockPublicPolicy=true,RestrictPublicBuckets=true"
    ),
    passes="Account {account} blocks public access to its buckets.",
    fails="Account {account} does not block public access to its buckets: {open}.",
    rule=Cypher("""
        MATCH (block:AWSS3AccountPublicAccessBlock)
        RETURN block AS resource, block.account AS account,
               CASE WHEN block.restrict_public_buckets THEN 'public ACLs count'
                    WHEN block.ignore_public_acls THEN 'public policies count'
                    ELSE 'public ACLs and policies count'
               END AS open,
               block.ignore_public_acls AND block.restrict_public_buckets AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html",
    ),
)
