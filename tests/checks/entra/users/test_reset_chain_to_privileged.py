from collections.abc import Callable

import pytest
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "reset_chain_to_privileged"


def helped(role: str = "Helpdesk Administrator", scope: str = "/") -> tuple[SmallTenant, str, str]:
    """A tenant with a user who resets others, and one to be reset."""
    found = SmallTenant()
    helper, chosen = found.user("helper"), found.user("chosen")
    found.assign(role, helper, scope)
    return found, helper, chosen


def strong_application(tenant: SmallTenant, **fields: object) -> None:
    account = tenant.service_principal("robot", app_id="client-of-robot")
    tenant.change(account, application=tenant.application("robot", **fields))
    tenant.app_role("RoleManagement.ReadWrite.Directory", account)


def owns_application(tenant: SmallTenant, user: str) -> None:
    strong_application(tenant, owners=[user])


def owns_account(tenant: SmallTenant, user: str) -> None:
    account = tenant.service_principal("robot", owners=[user])
    tenant.assign("Privileged Role Administrator", account)


def owns_group(tenant: SmallTenant, user: str) -> None:
    # Only a group that may not hold roles itself leaves its owner unprotected.
    group = tenant.group("outer", owners=[user])
    tenant.eligible("Global Administrator", group)


def is_eligible(tenant: SmallTenant, user: str) -> None:
    tenant.eligible("Global Administrator", user)


def is_eligible_by_group(tenant: SmallTenant, user: str) -> None:
    tenant.eligible("User Administrator", tenant.group("team", members=[user]))


def is_eligible_for_group(tenant: SmallTenant, user: str) -> None:
    group = tenant.group("admins", is_assignable_to_role=True)
    tenant.assign("Global Administrator", group)
    tenant.eligible_for_group(group, user)


GAINS = [
    owns_application,
    owns_account,
    owns_group,
    is_eligible,
    is_eligible_by_group,
    is_eligible_for_group,
]


@pytest.mark.parametrize("gain", GAINS)
@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("Helpdesk Administrator", "FAIL"),
        ("Password Administrator", "FAIL"),
        ("Authentication Administrator", "FAIL"),
        ("Directory Readers", "PASS"),
        ("Global Administrator", "PASS"),
        ("Privileged Authentication Administrator", "PASS"),
    ],
)
def test_lesser_administrators_reset_who_comes_to_something_privileged(
    gain: Callable[[SmallTenant, str], None], role: str, expected: str
) -> None:
    tenant, _, chosen = helped(role)
    gain(tenant, chosen)
    assert verdicts(CHECK, tenant) == {"helper": "PASS", "chosen": expected}


def test_who_comes_to_nothing_passes() -> None:
    tenant, _, chosen = helped()
    tenant.eligible("Directory Readers", chosen)
    tenant.group("harmless", owners=[chosen])
    strong_application(tenant)
    assert verdicts(CHECK, tenant)["chosen"] == "PASS"


def test_what_the_resetter_has_already_is_no_gain() -> None:
    tenant, _, chosen = helped("User Administrator")
    tenant.eligible("User Administrator", chosen)
    assert verdicts(CHECK, tenant)["chosen"] == "PASS"


def test_the_table_protects_who_holds_a_privileged_role() -> None:
    tenant, _, chosen = helped()
    is_eligible(tenant, chosen)
    tenant.assign("User Administrator", chosen)
    assert verdicts(CHECK, tenant)["chosen"] == "PASS"


def test_the_highest_roles_over_a_unit_do_not_rule_the_tenant() -> None:
    tenant, _, chosen = helped("Privileged Authentication Administrator", "/administrativeUnits/u")
    tenant.unit("u", members=[chosen])
    is_eligible(tenant, chosen)
    assert verdicts(CHECK, tenant)["chosen"] == "FAIL"


@pytest.mark.parametrize(
    ("unit", "restricted", "over", "expected"),
    [
        ("here", False, "/administrativeUnits/here", "FAIL"),
        ("here", False, "/administrativeUnits/there", "PASS"),
        ("here", True, "/", "PASS"),
        ("here", None, "/", "MANUAL"),
    ],
)
def test_units_decide_who_is_reset(
    unit: str, restricted: bool | None, over: str, expected: str
) -> None:
    tenant, _, chosen = helped(scope=over)
    is_eligible(tenant, chosen)
    tenant.unit("there")
    tenant.unit(unit, restricted=restricted, members=[chosen])
    assert verdicts(CHECK, tenant)["chosen"] == expected


def test_what_could_not_be_read_is_not_safe() -> None:
    tenant, _, chosen = helped()
    strong_application(tenant, owners=None)
    assert verdicts(CHECK, tenant)["chosen"] == "MANUAL", "it may own the application"

    tenant, _, chosen = helped()
    tenant.eligible("Global Administrator", tenant.group("team", members=None))
    assert verdicts(CHECK, tenant)["chosen"] == "MANUAL", "it may be in the group"

    tenant, _, chosen = helped()
    account = tenant.service_principal("robot", owners=[chosen])
    tenant.app_role(None, account)
    assert verdicts(CHECK, tenant)["chosen"] == "MANUAL", "what it owns may be strong"

    tenant, _, chosen = helped()
    is_eligible(tenant, chosen)
    tenant.change(chosen, on_premises_sync_enabled=True)
    assert verdicts(CHECK, tenant)["chosen"] == "MANUAL", "passwords may not be written back"

    tenant, _, chosen = helped()
    is_eligible(tenant, chosen)
    top = tenant.group("top", is_assignable_to_role=True, members=None)
    tenant.assign("Global Administrator", top)
    assert verdicts(CHECK, tenant)["chosen"] == "MANUAL", "the helper may be in the group"


@pytest.mark.parametrize(
    "label",
    [
        "EntraApplication",
        "EntraAppRoleAssignment",
        "EntraGroup",
        "EntraGroupEligibility",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        "EntraRoleEligibility",
        "EntraServicePrincipal",
    ],
)
def test_what_could_not_be_listed_is_not_none(label: str) -> None:
    tenant, _, _ = helped("Directory Readers")
    assert verdicts(CHECK, tenant, unread=[label])["chosen"] == "MANUAL"


def test_which_users_there_are_could_not_be_listed() -> None:
    assert verdicts(CHECK, SmallTenant(), unread=["EntraUser"]) == {TENANT: "MANUAL"}
