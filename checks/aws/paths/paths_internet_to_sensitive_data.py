"""Data that is marked as sensitive and that everyone can come to."""

from collections.abc import Iterator

import networkx

from ...check import Check, Row, Severity, Traversal
from . import ways

_VALUES = frozenset(("confidential", "high", "pii", "restricted", "secret", "sensitive"))
MARKS = dict.fromkeys(
    ("classification", "data", "data-classification", "dataclassification", "sensitivity"), _VALUES
)
"""The values of tags that mark data as sensitive, by the tag's key, both in lower case."""


def _is_sensitive(tags: list[str] | None) -> bool | None:
    """Whether tags mark data as sensitive; None if they were not read."""
    if tags is None:
        return None
    pairs = (tag.lower().partition("=") for tag in tags)
    return any(value in MARKS.get(key, ()) for key, _, value in pairs)


def _walk(label: str) -> Traversal:
    def walk(graph: networkx.MultiDiGraph) -> Iterator[Row]:
        starts = ways.internet(graph)
        for id_, properties in graph.nodes(data=True):
            if properties["label"] != label or properties["missing"] is not None:
                continue
            sensitive = _is_sensitive(properties["tags"])
            if sensitive is not False:
                row = ways.to_resource(graph, id_).judged(id_, starts)
                if sensitive or row.passed:
                    yield row
                else:
                    yield Row(id_, None, unread=["its tags, which tell whether it is sensitive"])

    return Traversal(ways.LABELS, walk)


def _check(name: str, label: str, what: str) -> Check:
    return Check(
        id=f"paths_internet_to_sensitive_{name}",
        title=f"No way leads from the internet to a {what} marked as sensitive",
        provider="aws",
        service="paths",
        severity=Severity.CRITICAL,
        resource=label,
        what=(
            f"No chain of steps leads from the internet to the data of a {what} whose tags mark it "
            "as sensitive (data, classification, data-classification or sensitivity with a value "
            "such as sensitive, confidential, restricted, secret, pii or high): public access, "
            "services that answer strangers, what runs as a role, and every known technique of "
            "escalation. A way that hangs on a condition that no scan can know, or on something "
            "unread, is MANUAL and named."
        ),
        why=(
            "What was worth a mark is what an attacker looks for; one flaw at the edge is then "
            "all that stands in between."
        ),
        remediation=(
            "Break the way at its cheapest step: clew choke --from internet --to RESOURCE; then "
            "see that none is left: clew paths --from internet --to RESOURCE --without STEP"
        ),
        passes="No way leads from the internet to {resource}.",
        fails="A way leads from the internet to {resource}: {way}.",
        rule=_walk(label),
        pass_requires_listing=tuple(each for each in ways.LISTED if each != label),
        references=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        ),
    )


family = (
    _check("bucket", "AWSS3Bucket", "bucket"),
    _check("secret", "AWSSecret", "secret"),
)
