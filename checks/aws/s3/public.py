"""When a bucket is public: terms of Cypher that the checks on buckets share.

They speak of a ``bucket`` and of ``block``, its account's block of public access. Where a part is
unread the whole is null, unless the other parts decide.
"""

ACLS_IGNORED = (
    "(bucket.ignore_public_acls OR block.ignore_public_acls "
    "OR bucket.object_ownership = 'BucketOwnerEnforced')"
)
"""ACLs that grant anything to everyone have no effect."""

POLICY_RESTRICTED = "(bucket.restrict_public_buckets OR block.restrict_public_buckets)"
"""A public policy opens the bucket to nobody outside the account."""


def granted(*permissions: str) -> str:
    """The ACL grants everyone, or everyone with an AWS account, one of these permissions."""
    listed = ", ".join(f"'{permission}'" for permission in permissions)
    return (
        f"(any(p IN bucket.acl_everyone WHERE p IN [{listed}]) "
        f"OR any(p IN bucket.acl_authenticated WHERE p IN [{listed}]))"
    )


ANY_GRANT = "(size(bucket.acl_everyone) > 0 OR size(bucket.acl_authenticated) > 0)"

_BY_ACL = f"({ANY_GRANT} AND NOT {ACLS_IGNORED})"
_BY_POLICY = f"(bucket.policy_is_public AND NOT {POLICY_RESTRICTED})"

PUBLIC = f"({_BY_ACL} OR {_BY_POLICY})"
"""Someone outside reaches the bucket or its objects by its ACL or its policy."""

MEANS = (
    f"CASE WHEN {_BY_ACL} AND {_BY_POLICY} THEN 'ACL and its policy' "
    f"WHEN {_BY_ACL} THEN 'ACL' ELSE 'policy' END"
)
"""By which of them a public bucket is so."""

BLOCK = "OPTIONAL MATCH (bucket)-[:BOUNDED_BY]->(block:AWSS3AccountPublicAccessBlock)"
