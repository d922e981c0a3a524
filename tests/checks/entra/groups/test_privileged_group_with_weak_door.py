from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "privileged_group_with_weak_door"


def tenant() -> SmallTenant:
    found = SmallTenant()
    plain, chief = found.user("plain"), found.user("chief")
    found.assign("Privileged Role Administrator", chief)
    for name, owners in (("weak", [plain]), ("strong", [chief]), ("nobodys", []), ("unread", None)):
        group = found.group(name, is_assignable_to_role=True, owners=owners)
        found.assign("Global Administrator", group)
    found.group("harmless", owners=[plain])
    return found


def test_owners_hold_a_privileged_role_themselves() -> None:
    assert verdicts(CHECK, tenant()) == {
        "weak": "FAIL",
        "strong": "PASS",
        "nobodys": "PASS",
        "unread": "MANUAL",
    }


def test_which_groups_hold_a_role_could_not_be_read() -> None:
    """No group is known to hold one: that is no silence."""
    for label in ("EntraRoleAssignment", "EntraRoleDefinition", "EntraRoleEligibility"):
        assert verdicts(CHECK, SmallTenant(), unread=[label]) == {TENANT: "MANUAL"}
    assert verdicts(CHECK, SmallTenant()) == {}
