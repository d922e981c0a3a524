from support.tenant import SmallTenant
from support.tenant_checks import verdicts

CHECK = "synced_account_privileged"


def tenant() -> SmallTenant:
    found = SmallTenant()
    for name in ("direct", "eligible", "inside", "plain"):
        found.user(name, on_premises_sync_enabled=True)
    found.user("cloud")
    found.user("unknown", on_premises_sync_enabled=None)
    ids = {each.name: id_ for id_, each in found.resources.items()}
    group = found.group("group", is_assignable_to_role=True, members=[ids["inside"]])
    found.assign("User Administrator", ids["direct"])
    found.assign("Directory Readers", ids["plain"])
    found.eligible("Global Administrator", ids["eligible"])
    found.assign("Global Administrator", ids["cloud"])
    found.assign("Global Administrator", ids["unknown"])
    found.assign("Privileged Role Administrator", group)
    return found


def test_who_comes_from_active_directory_holds_no_privileged_role() -> None:
    assert verdicts(CHECK, tenant()) == {
        "direct": "FAIL",
        "eligible": "FAIL",
        "inside": "FAIL",
        "plain": "PASS",
        "cloud": "PASS",
        "unknown": "MANUAL",
    }


def test_what_could_not_be_read_is_not_safe() -> None:
    hidden = tenant()
    (group,) = [each for each in hidden.resources.values() if each.name == "group"]
    hidden.change(group.id, members=None)
    found = verdicts(CHECK, hidden)
    assert (found["inside"], found["plain"], found["direct"]) == ("MANUAL", "MANUAL", "FAIL")
    for label in ("EntraRoleAssignment", "EntraRoleEligibility"):
        assert verdicts(CHECK, tenant(), unread=[label])["plain"] == "MANUAL"
