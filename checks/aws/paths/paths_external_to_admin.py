"""Accounts of which an external principal can become an administrator."""

from typing import Literal

from ...check import Category, Check, Severity
from ...path_rule import PathRule, admin_of

_REFERENCES = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)


def _check(sources: Literal["internet", "external"], who: str, why: str) -> Check:
    return Check(
        id=f"paths_{sources}_to_admin",
        title=f"No attack path from {who} to an administrator",
        provider="aws",
        service="paths",
        severity=Severity.CRITICAL,
        categories=(Category.ATTACK_PATHS,),
        resource="AWSAccount",
        what=(
            f"No attack path leads from {who} to a principal with full IAM administration of the "
            "account: over roles that trust external principals, exposed services, the roles that "
            "workloads run as, and every known escalation technique, across all scanned accounts. "
            "A path that depends on a condition no scan can know, or on something unread, is "
            "MANUAL and named. PASS requires that everything was listed that a path can lead over."
        ),
        why=why,
        remediation=(
            "Break the path at its cheapest step: clew choke-points; then check that none is left: "
            "clew paths --to admin --without STEP"
        ),
        passes=f"No attack path from {who} to an administrator of {{resource}}.",
        fails=f"Attack path from {who} to an administrator of {{resource}}: {{path}}.",
        rule=PathRule(sources, admin_of("AWSAccount")),
        references=_REFERENCES,
    )


family = (
    _check(
        "internet",
        "the internet",
        "Anyone who exploits one flaw on that path, or needs none, controls the account.",
    ),
    _check(
        "external",
        "external principals",
        "Anyone who compromises the partner account, the pipeline or the identity provider at the "
        "start of the path controls the account too; how well that is protected is in other hands.",
    ),
)
