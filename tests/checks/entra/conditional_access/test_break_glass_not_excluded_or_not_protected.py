from typing import Any

import pytest
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "break_glass_not_excluded_or_not_protected"


def tenant(*, excluded: bool = True, **user: Any) -> tuple[SmallTenant, str]:
    """A tenant with two Global Administrators, of whom a policy leaves out one."""
    found = SmallTenant()
    spare, chief = found.user("spare", **user), found.user("chief")
    for each in (spare, chief):
        found.assign("Global Administrator", each)
    found.conditional_access("policy", excluded_users=[spare] if excluded else [])
    return found, spare


def verdict(found: SmallTenant, **scan: Any) -> str:
    return verdicts(CHECK, found, **scan)[TENANT]


def test_one_global_administrator_is_left_out() -> None:
    assert verdict(tenant()[0]) == "PASS"
    assert verdict(tenant(excluded=False)[0]) == "FAIL"


def test_every_policy_has_to_leave_it_out() -> None:
    found, spare = tenant()
    found.conditional_access("another", controls=["compliantDevice"])
    assert verdict(found) == "FAIL"
    found.conditional_access("another", excluded_users=[spare])
    assert verdict(found) == "PASS"
    role = found.role("User Administrator")
    found.conditional_access("another", includes_all_users=False, roles=[role])
    assert verdict(found) == "PASS", "it holds for others"


@pytest.mark.parametrize("state", ["disabled", "enabledForReportingButNotEnforced"])
def test_without_policies_in_force_nobody_is_kept_out(state: str) -> None:
    found, _ = tenant(excluded=False)
    found.conditional_access("policy", state=state)
    assert verdict(found) == "PASS"


def test_who_is_left_out_must_be_an_enabled_global_administrator() -> None:
    assert verdict(tenant(account_enabled=False)[0]) == "FAIL"
    assert verdict(tenant(account_enabled=None)[0]) == "MANUAL"
    found = SmallTenant()
    found.assign("Global Administrator", found.user("chief"))
    spare = found.user("spare")
    found.conditional_access("policy", excluded_users=[spare])
    assert verdict(found) == "FAIL"
    found.eligible("Global Administrator", spare)
    assert verdict(found) == "FAIL", "activating it takes what may be out of order"


def test_it_may_be_excluded_and_administrator_by_groups() -> None:
    found = SmallTenant()
    spare = found.user("spare")
    group = found.group("emergency", is_assignable_to_role=True, members=[spare])
    found.assign("Global Administrator", group)
    found.conditional_access("policy", excluded_groups=[group])
    assert verdict(found) == "PASS"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("Global Administrator", "PASS"),
        ("Helpdesk Administrator", "PASS"),
        ("Privileged Authentication Administrator", "FAIL"),
    ],
)
def test_nobody_else_resets_it(role: str, expected: str) -> None:
    found, _ = tenant()
    found.assign(role, found.user("helper"))
    assert verdict(found) == expected


def test_a_restricted_unit_guards_it() -> None:
    for restricted, expected in ((True, "PASS"), (False, "FAIL"), (None, "MANUAL")):
        found, spare = tenant()
        found.assign("Privileged Authentication Administrator", found.user("helper"))
        found.unit("emergency", restricted=restricted, members=[spare])
        assert verdict(found) == expected


def test_an_application_that_resets_everybody() -> None:
    found, _ = tenant()
    robot = found.service_principal("robot")
    found.app_role("UserAuthenticationMethod.ReadWrite.All", robot)
    assert verdict(found) == "FAIL"


def test_what_could_not_be_read_is_not_safe() -> None:
    for field in ("excluded_groups", "includes_all_users", "state"):
        found, _ = tenant(excluded=field != "state")
        policy = {"excluded_users": [], "includes_all_users": True} | {field: None}
        found.conditional_access("policy", **policy)
        assert verdict(found) == "MANUAL", field

    found, _ = tenant(excluded=False)
    hidden = found.group("hidden", members=None)
    found.conditional_access("policy", excluded_groups=[hidden])
    assert verdict(found) == "MANUAL", "one of them may be in the group"

    found, _ = tenant()
    top = found.group("top", is_assignable_to_role=True, members=None)
    found.assign("Privileged Authentication Administrator", top)
    found.user("plain")
    assert verdict(found) == "MANUAL", "somebody may be in the group"


@pytest.mark.parametrize(
    "label",
    [
        "EntraConditionalAccessPolicy",
        "EntraGroup",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        "EntraUser",
    ],
)
@pytest.mark.parametrize("excluded", [True, False])
def test_what_could_not_be_listed_is_not_none(label: str, excluded: bool) -> None:
    assert verdict(tenant(excluded=excluded)[0], unread=[label]) == "MANUAL"


def test_who_resets_could_not_be_listed() -> None:
    found, _ = tenant()
    found.assign("Privileged Authentication Administrator", found.user("helper"))
    assert verdict(found, unread=["EntraAdministrativeUnit"]) == "MANUAL"
    assert verdict(tenant()[0], unread=["EntraAppRoleAssignment"]) == "MANUAL"
