from support.tenant import SmallTenant
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
