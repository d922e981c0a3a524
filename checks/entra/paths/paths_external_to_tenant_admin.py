"""Tenants of which an external principal can become an administrator."""

from typing import Literal

from ...check import Category, Check, Severity
from ...path_rule import PathRule, admin_of

_REFERENCES = (
    "https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
    "https://learn.microsoft.com/entra/architecture/protect-m365-from-on-premises-attacks",
)


def _check(sources: Literal["internet", "external"], who: str, why: str) -> Check:
    return Check(
        id=f"paths_{sources}_to_tenant_admin",
        title=f"No attack path from {who} to an administrator of the tenant",
        provider="entra",
        service="paths",
        severity=Severity.CRITICAL,
        categories=(Category.ATTACK_PATHS,),
        resource="EntraTenant",
        what=(
            f"No attack path leads from {who} to a Global Administrator, or to one who gives out "
            "every directory role or every app role on Microsoft Graph: over guests, applications "
            "of other tenants, trusted tokens, synchronisation, exposed workloads with managed "
            "identities, and every known escalation technique, across all that was scanned. "
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
        rule=PathRule(sources, admin_of("EntraTenant")),
        references=_REFERENCES,
    )


family = (
    _check(
        "internet",
        "the internet",
        "Anyone who exploits one flaw on that path controls every user, application and "
        "subscription of the tenant.",
    ),
    _check(
        "external",
        "external principals",
        "A guest's home tenant, the owner of an application or a domain controller then decides "
        "who rules this tenant, and nobody here sees how well it is guarded.",
    ),
)
