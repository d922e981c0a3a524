"""Projects of which an external principal can become an administrator."""

from typing import Literal

from ...check import Category, Check, Severity
from ...path_rule import PathRule, admin_of


def _check(sources: Literal["internet", "external"], who: str, why: str) -> Check:
    return Check(
        id=f"paths_{sources}_to_project_admin",
        title=f"No attack path from {who} to an administrator of a project",
        provider="gcp",
        service="paths",
        severity=Severity.CRITICAL,
        categories=(Category.ATTACK_PATHS,),
        resource="GCPProject",
        what=(
            f"No attack path leads from {who} to a principal that may grant every role on the "
            "project or on a folder or organization above it: over exposed workloads, roles that "
            "everybody holds, tokens that pools trust, accounts of other customers, the service "
            "accounts that workloads run as, and every known escalation technique, across all "
            "that was scanned. A path that depends on a condition no scan can know, or on "
            "something unread, is MANUAL and named. PASS requires that everything was listed that "
            "a path can lead over."
        ),
        why=why,
        remediation=(
            "Break the path at its cheapest step: clew choke-points; then check that none is left: "
            "clew paths --to admin --without STEP"
        ),
        passes=f"No attack path from {who} to an administrator of {{resource}}.",
        fails=f"Attack path from {who} to an administrator of {{resource}}: {{path}}.",
        rule=PathRule(sources, admin_of("GCPProject")),
        references=(
            "https://cloud.google.com/iam/docs/best-practices-service-accounts",
            "https://cloud.google.com/iam/docs/using-iam-securely",
        ),
    )


family = (
    _check(
        "internet",
        "the internet",
        "Anyone who exploits one flaw in an exposed workload, or uses what everybody may do, "
        "controls all that is in the project.",
    ),
    _check(
        "external",
        "external principals",
        "Anyone who compromises the pipeline, the issuer or the other customer's account at the "
        "start of the path controls the project too; how well that is protected is in other hands.",
    ),
)
