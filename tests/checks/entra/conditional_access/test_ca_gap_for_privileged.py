from typing import Any

import pytest
from clew.collectors.entra.base import identity
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "ca_gap_for_privileged"
AZURE, PORTALS = "797f4846-ba00-4fd7-ba43-dac1f8f63013", "MicrosoftAdminPortals"


def tenant(**fields: Any) -> tuple[SmallTenant, str]:
    """A tenant with one privileged user, and one who is not."""
    found = SmallTenant()
    found.user("plain")
    chief = found.user("chief", **fields)
    found.assign("User Administrator", chief)
    return found, chief


def verdict(found: SmallTenant) -> str:
    (status,) = verdicts(CHECK, found).values()
    return status


def asked(**policy: Any) -> str:
    found, _ = tenant()
    found.conditional_access("policy", **policy)
    return verdict(found)


def test_a_policy_for_everybody_and_everything() -> None:
    assert asked() == "PASS"
    assert verdict(tenant()[0]) == "FAIL"


@pytest.mark.parametrize(
    "policy",
    [
        {"state": "disabled"},
        {"state": "enabledForReportingButNotEnforced"},
        {"includes_all_users": False},
        {"applications": [AZURE]},
        {"applications": [PORTALS]},
        {"applications": ["Office365"]},
        {"excluded_applications": [AZURE]},
        {"excluded_applications": [PORTALS]},
        {"all_locations": False},
        {"excludes_trusted_locations": True},
        {"excluded_locations": ["somewhere"]},
        {"platforms": ["windows"]},
        {"platforms": ["all"], "excluded_platforms": ["linux"]},
        {"client_types": ["browser"]},
        {"client_types": ["exchangeActiveSync", "other"]},
        {"user_risk": ["high"]},
        {"sign_in_risk": ["high"]},
        {"insider_risk": "elevated"},
        {"device_filter": 'device.isCompliant -ne "True"'},
        {"authentication_flows": "deviceCodeFlow", "controls": ["block"]},
        {"controls": []},
        {"controls": ["compliantDevice"]},
        {"controls": ["mfa", "compliantDevice"]},
        {"terms_of_use": ["t"]},
        {"custom_factors": ["c"]},
    ],
)
def test_a_policy_that_leaves_something_out(policy: dict[str, Any]) -> None:
    assert asked(**policy) == "FAIL"


@pytest.mark.parametrize(
    "policy",
    [
        {"applications": [AZURE, PORTALS]},
        {"platforms": ["all"]},
        {"client_types": ["browser", "mobileAppsAndDesktopClients"]},
        {"controls": ["block"]},
        {"controls": ["mfa", "compliantDevice"], "operator": "AND"},
        {"terms_of_use": ["t"], "operator": "AND"},
    ],
)
def test_a_policy_that_leaves_nothing_out(policy: dict[str, Any]) -> None:
    assert asked(**policy) == "PASS"


def test_two_policies_cover_what_one_does_not() -> None:
    found, _ = tenant()
    found.conditional_access("azure", applications=[AZURE])
    found.conditional_access("portals", applications=[PORTALS])
    assert verdict(found) == "PASS"


@pytest.mark.parametrize(
    ("satisfied", "operator", "controls", "expected"),
    [
        ("mfa", "OR", [], "PASS"),
        ("mfa", "OR", ["compliantDevice"], "FAIL"),
        ("mfa", "AND", ["compliantDevice"], "PASS"),
        ("none", "OR", [], "FAIL"),
        (None, "OR", [], "MANUAL"),
    ],
)
def test_strengths_of_authentication(
    satisfied: str | None, operator: str, controls: list[str], expected: str
) -> None:
    found, _ = tenant()
    strength = found.strength("strength", satisfied)
    found.conditional_access(
        "policy", controls=controls, operator=operator, authentication_strength=strength
    )
    assert verdict(found) == expected


@pytest.mark.parametrize("prefix", ["", "excluded_"])
def test_users_are_named_alone_by_group_and_by_role(prefix: str) -> None:
    named, other = ("FAIL", "PASS") if prefix else ("PASS", "FAIL")
    found, chief = tenant()
    inner = found.group("inner", members=[chief])
    outer, empty = found.group("outer", members=[inner]), found.group("empty")
    held, other_role = found.role("User Administrator"), found.role("Global Administrator")
    for kind, those, expected in (
        ("users", [chief], named),
        ("groups", [outer], named),
        ("groups", [empty], other),
        ("roles", [held], named),
        ("roles", [other_role], other),
    ):
        fields = {"includes_all_users": bool(prefix), prefix + kind: those}
        found.conditional_access("policy", **fields)
        assert verdict(found) == expected, kind


def test_a_policy_for_guests() -> None:
    found, _ = tenant(user_type="Guest")
    found.conditional_access("policy", includes_all_users=False, includes_guests=True)
    assert verdict(found) == "PASS"
    found.conditional_access("policy", excludes_guests=True)
    assert verdict(found) == "FAIL"


def test_security_defaults_ask_every_administrator() -> None:
    for is_enabled, expected in ((True, "PASS"), (False, "FAIL"), (None, "MANUAL")):
        found, _ = tenant()
        found.security_defaults(is_enabled)
        assert verdict(found) == expected


def test_who_is_privileged() -> None:
    found = SmallTenant()
    for name in ("plain", "active", "eligible", "inside", "joins", "over-unit", "reader"):
        found.user(name)
    found.user("disabled", account_enabled=False)
    ids = {each.name or "": id_ for id_, each in found.resources.items()}
    group = found.group("group", is_assignable_to_role=True, members=[ids["inside"]])
    found.unit("unit")
    found.assign("Global Administrator", ids["active"])
    found.assign("Global Administrator", ids["disabled"])
    found.assign("Directory Readers", ids["reader"])
    found.assign("User Administrator", ids["over-unit"], "/administrativeUnits/unit")
    found.assign("Security Administrator", group)
    found.eligible("Global Administrator", ids["eligible"])
    found.eligible_for_group(group, ids["joins"])
    privileged = ("active", "eligible", "inside", "joins", "over-unit")
    assert verdicts(CHECK, found) == dict.fromkeys(privileged, "FAIL")
    role = found.role("Global Administrator")
    found.conditional_access("policy", includes_all_users=False, roles=[role])
    assert verdicts(CHECK, found) == dict.fromkeys(privileged, "FAIL") | {"active": "PASS"}


@pytest.mark.parametrize(
    "field",
    [
        "state",
        "includes_all_users",
        "applications",
        "excluded_applications",
        "excluded_users",
        "excluded_groups",
        "excluded_roles",
        "all_locations",
        "excludes_trusted_locations",
        "excluded_locations",
        "platforms",
        "excluded_platforms",
        "client_types",
        "user_risk",
        "sign_in_risk",
        "insider_risk",
        "device_filter",
        "authentication_flows",
        "controls",
        "operator",
        "authentication_strength",
        "terms_of_use",
        "custom_factors",
    ],
)
def test_what_of_a_policy_was_not_read_is_not_safe(field: str) -> None:
    assert asked(**{field: None}) == "MANUAL"


def test_members_that_were_not_read_are_not_safe() -> None:
    found, _ = tenant()
    hidden = found.group("hidden", members=None)
    found.conditional_access("policy", excluded_groups=[hidden])
    assert verdict(found) == "MANUAL", "it may be excluded"
    found.conditional_access("policy", includes_all_users=False, groups=[hidden])
    assert verdict(found) == "MANUAL", "it may not be included"

    for give in ("assign", "eligible"):
        found = SmallTenant()
        found.user("plain")
        top = found.group("top", is_assignable_to_role=True, members=None)
        getattr(found, give)("Global Administrator", top)
        assert verdicts(CHECK, found) == {"plain": "MANUAL"}, "it may be privileged"
        found.conditional_access("policy")
        assert verdicts(CHECK, found) == {"plain": "PASS"}, "privileged or not"


def test_policies_that_could_not_be_listed() -> None:
    for label in ("EntraConditionalAccessPolicy", "EntraSecurityDefaults"):
        found, _ = tenant()
        assert verdicts(CHECK, found, unread=[label])["chief"] == "MANUAL"


@pytest.mark.parametrize(
    "label",
    [
        "EntraGroup",
        "EntraGroupEligibility",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        "EntraRoleEligibility",
        "EntraUser",
    ],
)
def test_who_is_privileged_could_not_be_listed(label: str) -> None:
    assert verdicts(CHECK, SmallTenant(), unread=[label]) == {TENANT: "MANUAL"}
    assert verdicts(CHECK, SmallTenant()) == {}


def test_a_role_that_is_gone_names_nobody() -> None:
    found, _ = tenant()
    gone = identity(TENANT, "roleManagement/directory/roleDefinitions", "gone")
    found.conditional_access("policy", excluded_roles=[gone])
    assert verdict(found) == "PASS"
