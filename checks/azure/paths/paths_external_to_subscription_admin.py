"""Subscriptions of which an external principal can become an administrator."""

from typing import Literal

from ...check import Category, Check, Severity
from ...path_rule import PathRule, admin_of

_REFERENCES = (
    "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
    "https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin",
)


def _check(sources: Literal["internet", "external"], who: str, why: str) -> Check:
    return Check(
        id=f"paths_{sources}_to_subscription_admin",
        title=f"No attack path from {who} to an administrator of a subscription",
        provider="azure",
        service="paths",
        severity=Severity.CRITICAL,
        categories=(Category.ATTACK_PATHS,),
        resource="AzureSubscription",
        what=(
            f"No attack path leads from {who} to a principal that may assign every role on the "
            "subscription or above it, or that administers its tenant: over guests, applications "
            "of other tenants, trusted tokens, exposed workloads, the identities that they run "
            "as, and every known escalation technique, across all that was scanned. "
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
        rule=PathRule(sources, admin_of("AzureSubscription")),
        references=_REFERENCES,
    )


family = (
    _check(
        "internet",
        "the internet",
        "Anyone who exploits one flaw in an exposed workload controls all that is in the "
        "subscription.",
    ),
    _check(
        "external",
        "external principals",
        "Anyone who compromises the guest's home tenant, the application's owner or the pipeline "
        "at the start of the path controls the subscription too; how well that is protected is in "
        "other hands.",
    ),
)
