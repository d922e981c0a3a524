"""Users and service principals that can escalate to an administrator."""

from itertools import product

from ....graph.authorization.entra.environment import SERVICE_PRINCIPAL, USER
from ...check import Category, Check, Severity
from ...path_rule import PathRule, any_admin_of

_SOURCES = (
    (USER, "entra_user", "user"),
    (SERVICE_PRINCIPAL, "service_principal", "service principal"),
)
_TARGETS = (
    ("EntraTenant", "tenant", "of the tenant"),
    ("AzureSubscription", "subscription", "of a subscription"),
)


def _check(source: tuple[str, str, str], target: tuple[str, str, str]) -> Check:
    label, short, noun = source
    account, scope, of_what = target
    return Check(
        id=f"paths_{short}_to_{scope}_admin",
        title=f"No attack path from a {noun} to an administrator {of_what}",
        provider="entra",
        service="paths",
        severity=Severity.HIGH,
        categories=(Category.ATTACK_PATHS,),
        resource=label,
        what=(
            f"No attack path leads from a {noun} that is not an administrator {of_what} to one "
            "that is: over ownership, groups, eligible roles, resets, app roles, Azure roles, and "
            "what runs as a managed identity, across all that was scanned. Administrators and "
            "disabled principals get no verdict. A path that depends on a condition no scan can "
            "know, or on something unread, is MANUAL and named."
        ),
        why=(
            f"The {noun}'s credentials are then as good as an administrator's, while they are "
            "protected, handed out and reviewed as those of somebody with few permissions."
        ),
        remediation=(
            "Take away the ownership, membership or role of the first step, or narrow it to the "
            "resources that are meant: clew paths --from ID --to admin names what it rests on"
        ),
        passes=f"No attack path from {{resource}} to an administrator {of_what}.",
        fails=f"Attack path from {{resource}} to an administrator {of_what}: {{path}}.",
        rule=PathRule("principal", any_admin_of(account)),
        references=(
            "https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
        ),
    )


family = tuple(_check(source, target) for source, target in product(_SOURCES, _TARGETS))
