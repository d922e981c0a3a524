"""Distributions that serve from a bucket which is not there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Row, Severity, Traversal
from ...neighbours import present, targets
from ..s3.presence import exists

if TYPE_CHECKING:
    import networkx

DISTRIBUTION, ORIGIN, BUCKET = "AWSCloudFrontDistribution", "AWSCloudFrontOrigin", "AWSS3Bucket"


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for distribution in present(graph, DISTRIBUTION):
        pairs = [
            (origin, bucket)
            for origin in targets(graph, distribution, "SERVES_FROM", ORIGIN)
            for bucket in targets(graph, origin, "SERVES_FROM", BUCKET)
        ]
        for origin, bucket in pairs:
            properties = graph.nodes[bucket]
            there = exists(properties)
            yield Row(
                distribution,
                there,
                undecided_by=bucket if there is None else None,
                evidence=[origin, bucket],
                values={"bucket": properties["name"]},
            )
        if not pairs:
            yield Row(distribution, True, values={"bucket": "no bucket"})


check = Check(
    id="cloudfront_distributions_s3_origin_non_existent_bucket",
    title="The buckets that a distribution serves from exist",
    provider="aws",
    service="cloudfront",
    severity=Severity.HIGH,
    categories=(Category.UNUSED,),
    resource=DISTRIBUTION,
    what=(
        "No origin of a distribution is a bucket whose name is free. A bucket that exists but "
        "belongs to none of the scanned accounts is MANUAL: it may be a partner's, or that of an "
        "attacker who has claimed the name already."
    ),
    why=(
        "Anyone who makes a bucket of that name decides what the distribution serves under your "
        "domain and your certificate."
    ),
    remediation=(
        "Remove the origin from the distribution, or make the bucket again in your own account: "
        "aws s3api create-bucket --bucket BUCKET"
    ),
    passes="{resource} serves from {bucket}.",
    fails="{resource} serves from bucket {bucket}, which does not exist.",
    rule=Traversal((DISTRIBUTION, ORIGIN, BUCKET), _walk),
    pass_requires_listing=(ORIGIN,),
    references=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html",
    ),
)
