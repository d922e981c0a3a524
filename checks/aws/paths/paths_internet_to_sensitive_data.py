"""Data that is tagged as sensitive and reachable by an attack path from the internet."""

from ...check import Category, Check, Severity
from ...path_rule import PathRule, resource

_VALUES = frozenset(("confidential", "high", "pii", "restricted", "secret", "sensitive"))
SENSITIVE = dict.fromkeys(
    ("classification", "data", "data-classification", "dataclassification", "sensitivity"), _VALUES
)
"""The values of tags that mark data as sensitive, by the tag's key, both in lower case."""


def _check(name: str, label: str, what: str) -> Check:
    return Check(
        id=f"paths_internet_to_sensitive_{name}",
        title=f"No attack path from the internet to a {what} tagged as sensitive",
        provider="aws",
        service="paths",
        severity=Severity.CRITICAL,
        categories=(Category.ATTACK_PATHS,),
        resource=label,
        what=(
            f"No attack path leads from the internet to the data of a {what} whose tags mark it as "
            "sensitive (data, classification, data-classification or sensitivity with a value "
            "such as sensitive, confidential, restricted, secret, pii or high): over public "
            "access, exposed services, the roles that workloads run as, and every known "
            "escalation technique. A path that depends on a condition no scan can know, or on "
            "something unread, is MANUAL and named."
        ),
        why=(
            "Data that was worth a tag is what attackers look for; one flaw at the edge is then "
            "all that stands in between."
        ),
        remediation=(
            "Break the path at its cheapest step: clew choke-points --from internet --to RESOURCE; "
            "then check that none is left: clew paths --from internet --to RESOURCE --without STEP"
        ),
        passes="No attack path from the internet to {resource}.",
        fails="Attack path from the internet to {resource}: {path}.",
        rule=PathRule("internet", resource(label), tags=SENSITIVE),
        references=(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        ),
    )


family = (
    _check("bucket", "AWSS3Bucket", "bucket"),
    _check("secret", "AWSSecret", "secret"),
)
