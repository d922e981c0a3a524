"""Users and service accounts that can escalate to an administrator of a project."""

from ...check import Check, Severity
from ...path_rule import PathRule, any_admin_of


def _check(label: str, short: str, noun: str) -> Check:
    return Check(
        id=f"paths_{short}_to_project_admin",
        title=f"No attack path from a {noun} to an administrator of a project",
        provider="gcp",
        service="paths",
        severity=Severity.HIGH,
        resource=label,
        what=(
            f"No attack path leads from a {noun} that is not an administrator of a project to one "
            "that is: over impersonation and its chains, keys, workloads that run as service "
            "accounts, custom roles, pools and deny policies, across all that was scanned. "
            "Administrators and disabled principals get no verdict. A path that depends on a "
            "condition no scan can know, or on something unread, is MANUAL and named."
        ),
        why=(
            f"The {noun}'s credentials are then as good as an administrator's, while they are "
            "protected, handed out and reviewed as those of somebody with few permissions."
        ),
        remediation=(
            "Take away the role of the first step, or grant it on single resources instead of the "
            "project: clew paths --from ID --to admin names what it rests on"
        ),
        passes="No attack path from {resource} to an administrator of a project.",
        fails="Attack path from {resource} to an administrator of a project: {path}.",
        rule=PathRule("principal", any_admin_of("GCPProject")),
        references=("https://cloud.google.com/iam/docs/best-practices-service-accounts",),
    )


family = (
    _check("GCPUser", "google_user", "user"),
    _check("GCPServiceAccount", "service_account", "service account"),
)
