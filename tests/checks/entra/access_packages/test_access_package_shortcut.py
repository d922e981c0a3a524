from typing import Any

from clew.collectors.entra.access_packages import AccessPackage, AccessPackagePolicy
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "access_package_shortcut"


def tenant() -> SmallTenant:
    found = SmallTenant()
    strong = found.group("admins", is_assignable_to_role=True)
    found.assign("Global Administrator", strong)
    weak = found.group("readers")
    here: dict[str, Any] = {"account": TENANT, "region": "global"}
    for name, gives in (("strong", [strong]), ("weak", [weak]), ("unread", None)):
        package = AccessPackage(
            id=AccessPackage.identity.format(account=TENANT, package_id=name),
            name=name,
            package_id=name,
            gives=gives,
            gives_ownership_of=[],
            **here,
        )
        found.add(package)
        for approval in (True, False):
            policy = f"{name}-{approval}"
            found.add(
                AccessPackagePolicy(
                    id=AccessPackagePolicy.identity.format(account=TENANT, policy_id=policy),
                    name=policy,
                    policy_id=policy,
                    package=package.id,
                    allowed_targets="allMemberUsers",
                    requires_approval=approval,
                    requestors=[],
                    approvers=[],
                    **here,
                )
            )
    return found


def test_privileged_access_is_approved() -> None:
    assert verdicts(CHECK, tenant()) == {
        "strong-True": "PASS",
        "strong-False": "FAIL",
        "weak-True": "PASS",
        "weak-False": "PASS",
        "unread-True": "MANUAL",
        "unread-False": "MANUAL",
    }
