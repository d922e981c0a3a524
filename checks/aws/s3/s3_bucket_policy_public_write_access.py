"""Buckets whose policy lets everyone write."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ....graph.authorization.aws.public_access import Evaluation
from ....graph.logic import all_of, any_of
from ...check import Category, Check, Row, Severity, Traversal
from ...neighbours import present, targets
from .public_policy import lets_everyone_write

if TYPE_CHECKING:
    import networkx

BLOCK = "AWSS3AccountPublicAccessBlock"


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for bucket in present(graph, "AWSS3Bucket"):
        properties = graph.nodes[bucket]
        blocks = list(targets(graph, bucket, "BOUNDED_BY", BLOCK))
        restricted = any_of(
            graph.nodes[each]["restrict_public_buckets"] for each in (bucket, *blocks)
        )
        write = _grants_write(bucket, properties, graph.graph.get("scanned"))
        writable = all_of((properties["policy_is_public"], write.value))
        open_to_all = all_of((writable, None if restricted is None else not restricted))
        yield Row(
            bucket,
            None if open_to_all is None else not open_to_all,
            unread=[
                f"{what} could not be read"
                for what, value in (
                    ("the policy", properties["policy"]),
                    ("whether S3 takes the policy for public", properties["policy_is_public"]),
                    ("whether a block of public access restricts it", restricted),
                )
                if value is None
            ]
            or [f"whether everyone may write depends on {each}" for each in write.conditions],
            evidence=blocks,
        )


def _grants_write(
    bucket: str, properties: Mapping[str, Any], scanned: datetime | None
) -> Evaluation:
    """Whether a bucket's policy lets everyone write."""
    policy = properties["policy"]
    if policy is None:
        return Evaluation(None)
    return lets_everyone_write(policy, bucket, properties["account"] or "", scanned)


check = Check(
    id="s3_bucket_policy_public_write_access",
    title="The policy of the bucket does not let everyone write",
    provider="aws",
    service="s3",
    severity=Severity.CRITICAL,
    categories=(Category.EXPOSURE,),
    resource="AWSS3Bucket",
    what=(
        "No statement of the bucket's policy lets everyone put or delete objects or change the "
        "bucket, or a block of public access on the bucket or on its account restricts it. A "
        "statement that is limited to fixed accounts, organizations, networks or sources is not "
        "public, by S3's own definition."
    ),
    why="Anyone can replace what others download, destroy it, or fill the bucket at your cost.",
    remediation=(
        "Name the principals that may write in the policy's statement, and: aws s3api "
        "put-public-access-block --bucket BUCKET --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    ),
    passes="The policy of {resource} does not let everyone write.",
    fails="The policy of {resource} lets everyone write.",
    rule=Traversal(("AWSS3Bucket", BLOCK), _walk),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
