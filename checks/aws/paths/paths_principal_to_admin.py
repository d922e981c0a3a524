"""Users and roles that can escalate to an administrator."""

from ....graph.authorization.aws.labels import ROLE, USER
from ...check import Category, Check, Severity
from ...path_rule import PathRule, any_admin


def _check(label: str, noun: str) -> Check:
    return Check(
        id=f"paths_{noun}_to_admin",
        title=f"No attack path from a {noun} to an administrator",
        provider="aws",
        service="paths",
        severity=Severity.HIGH,
        categories=(Category.ATTACK_PATHS,),
        resource=label,
        what=(
            f"No attack path leads from a {noun} who administers no account to a principal who "
            "administers one: over escalation techniques, roles it can assume, and what it can "
            "change that runs as a role, across all scanned accounts. Administrators get no "
            "verdict. A path that depends on a condition no scan can know, or on something "
            "unread, is MANUAL and named; so is an IAM permission that the principal has only "
            "under a condition."
        ),
        why=(
            f"The {noun}'s credentials are then as good as an administrator's, while they are "
            "protected, handed out and reviewed as those of a principal with few permissions."
        ),
        remediation=(
            "Remove the permission of the first step, or narrow it to the resources that are "
            "meant: clew paths --from ARN --to admin names the statements"
        ),
        passes="No attack path from {resource} to an administrator.",
        fails="Attack path from {resource} to an administrator: {path}.",
        rule=PathRule("principal", any_admin),
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        ),
    )


family = (_check(USER, "user"), _check(ROLE, "role"))
