"""Who may do what in a tenant, case by case: Microsoft's rules, each in a small tenant."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.graph.authorization.entra.actions import (
    ACTIVATE,
    ADD_MEMBER,
    ADD_METHOD,
    CHANGE_APPLICATION_CREDENTIALS,
    CHANGE_CREDENTIALS,
    CHANGE_USER,
    GIVE_APP_ROLE,
    GIVE_ROLE,
    JOIN,
    RESET_PASSWORD,
)
from support.tenant import SmallTenant

CASES = Path("/work/shared/reference/clouds/cases-azure-entra.jsonl")

NO_ROLE = ""
ACTING = (
    "Password Administrator",
    "Helpdesk Administrator",
    "Authentication Administrator",
    "User Administrator",
    "Privileged Authentication Administrator",
    "Global Administrator",
)
RESETS = {
    NO_ROLE: "111111",
    "Directory Readers": "111111",
    "Guest Inviter": "111111",
    "Password Administrator": "111111",
    "Message Center Reader": "011111",
    "Reports Reader": "011111",
    "Usage Summary Reports Reader": "011111",
    "User Experience Success Manager": "011111",
    "Helpdesk Administrator": "010111",
    "Authentication Administrator": "001011",
    "User Administrator": "000111",
    "Groups Administrator": "000111",
    "Privileged Authentication Administrator": "000011",
    "Privileged Role Administrator": "000011",
    "Security Reader": "000011",
    "Global Administrator": "000011",
}
"""By what a user holds: which of those that act may reset its password (1)."""


@pytest.mark.parametrize("held", RESETS)
@pytest.mark.parametrize("acting", ACTING)
def test_who_resets_whose_password(acting: str, held: str) -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    tenant.assign(acting, actor)
    if held:
        tenant.assign(held, user)
    expected = RESETS[held][ACTING.index(acting)] == "1"
    assert tenant.may(actor, RESET_PASSWORD, user) is expected


def test_all_roles_that_a_user_holds_count() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    tenant.assign("Helpdesk Administrator", actor)
    tenant.assign("Reports Reader", user)
    tenant.assign("Authentication Administrator", user)
    assert tenant.may(actor, RESET_PASSWORD, user) is False


@pytest.mark.parametrize("how", ["member", "owner"])
@pytest.mark.parametrize("may_hold", [True, False, None])
def test_members_and_owners_of_groups_that_may_hold_roles_are_guarded(
    how: str, may_hold: bool | None
) -> None:
    tenant = SmallTenant()
    actor, chief, user = tenant.user("actor"), tenant.user("chief"), tenant.user("user")
    tenant.assign("User Administrator", actor)
    tenant.assign("Privileged Authentication Administrator", chief)
    tenant.group("group", is_assignable_to_role=may_hold, **{f"{how}s": [user]})
    expected = {True: False, False: True, None: None}[may_hold]
    assert tenant.may(actor, RESET_PASSWORD, user) is expected
    assert tenant.may(chief, RESET_PASSWORD, user) is True


def test_a_role_by_a_group_is_held() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    group = tenant.group("group", is_assignable_to_role=True, members=[actor])
    tenant.assign("Helpdesk Administrator", group)
    assert tenant.may(actor, RESET_PASSWORD, user) is True


@pytest.mark.parametrize(
    ("unit", "inside", "held", "expected"),
    [
        ("a", "a", "", True),
        ("a", "b", "", False),
        ("a", "a", "Directory Readers", False),
        ("a", "a", "Global Administrator", False),
    ],
)
def test_over_a_unit_only_its_own_users_without_roles(
    unit: str, inside: str, held: str, expected: bool
) -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    for name in ("a", "b"):
        tenant.unit(name, members=[user] if name == inside else [])
    tenant.assign("Helpdesk Administrator", actor, f"/administrativeUnits/{unit}")
    if held:
        tenant.assign(held, user)
    assert tenant.may(actor, RESET_PASSWORD, user) is expected


def test_privileged_authentication_administrators_of_a_unit_reach_its_administrators() -> None:
    tenant = SmallTenant()
    actor, user, other = tenant.user("actor"), tenant.user("user"), tenant.user("other")
    tenant.unit("a", members=[user])
    tenant.assign("Privileged Authentication Administrator", actor, "/administrativeUnits/a")
    tenant.assign("Global Administrator", user)
    tenant.assign("Global Administrator", other)
    assert tenant.may(actor, RESET_PASSWORD, user) is True
    assert tenant.may(actor, RESET_PASSWORD, other) is False


def test_a_group_in_a_unit_does_not_bring_its_members() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    group = tenant.group("group", members=[user])
    tenant.unit("a", members=[group])
    tenant.assign("User Administrator", actor, "/administrativeUnits/a")
    assert tenant.may(actor, ADD_MEMBER, group) is True
    assert tenant.may(actor, RESET_PASSWORD, user) is False


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("/", False), ("/administrativeUnits/r", True), ("/administrativeUnits/plain", False)],
)
def test_only_administrators_of_a_restricted_unit_change_what_is_in_it(
    scope: str, expected: bool
) -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    tenant.unit("r", restricted=True, members=[user])
    tenant.unit("plain", members=[user])
    tenant.assign("Helpdesk Administrator", actor, scope)
    assert tenant.may(actor, RESET_PASSWORD, user) is expected


@pytest.mark.parametrize(
    "role", ["Global Administrator", "Privileged Authentication Administrator"]
)
def test_nor_do_the_highest_roles_and_app_roles_over_the_tenant(role: str) -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    app = tenant.service_principal("app")
    tenant.unit("r", restricted=True, members=[user])
    tenant.assign(role, actor)
    tenant.app_role("UserAuthenticationMethod.ReadWrite.All", app)
    assert tenant.may(actor, RESET_PASSWORD, user) is False
    assert tenant.may(app, ADD_METHOD, user) is False


def test_what_graph_says_of_an_object_counts_as_its_unit_does() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user", is_management_restricted=True)
    tenant.assign("Global Administrator", actor)
    assert tenant.may(actor, RESET_PASSWORD, user) is False


def test_a_unit_that_may_be_restricted_leaves_it_open() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    tenant.unit("a", restricted=None, members=[user])
    tenant.assign("Helpdesk Administrator", actor)
    assert tenant.may(actor, RESET_PASSWORD, user) is None


@pytest.mark.parametrize(
    ("kind", "role", "expected"),
    [
        ({}, "Groups Administrator", True),
        ({"is_assignable_to_role": True}, "Groups Administrator", False),
        ({"is_assignable_to_role": True}, "Privileged Role Administrator", True),
        ({"is_assignable_to_role": True}, "Global Administrator", True),
        ({"is_assignable_to_role": None}, "Groups Administrator", None),
        ({"group_types": ["DynamicMembership"]}, "Groups Administrator", False),
        ({"on_premises_sync_enabled": True}, "Groups Administrator", False),
        ({"group_types": ["Unified"]}, "Exchange Administrator", True),
        ({"group_types": []}, "Exchange Administrator", False),
        ({"group_types": None}, "Exchange Administrator", None),
        ({"group_types": ["Unified"]}, "Knowledge Administrator", False),
        ({"group_types": []}, "Knowledge Administrator", True),
    ],
)
def test_who_adds_members(kind: dict[str, Any], role: str, expected: bool | None) -> None:
    tenant = SmallTenant()
    actor, group = tenant.user("actor"), tenant.group("group", **kind)
    tenant.assign(role, actor)
    assert tenant.may(actor, ADD_MEMBER, group) is expected


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("Group.ReadWrite.All", {"is_assignable_to_role": True}, False),
        ("Group.ReadWrite.All", {}, True),
        ("RoleManagement.ReadWrite.Directory", {"is_assignable_to_role": True}, True),
        ("RoleManagement.ReadWrite.Directory", {}, False),
        ("GroupMember.ReadWrite.All", {"group_types": ["DynamicMembership"]}, False),
        ("User.Read.All", {}, False),
    ],
)
def test_which_app_roles_add_members(value: str, kind: dict[str, Any], expected: bool) -> None:
    tenant = SmallTenant()
    app, group = tenant.service_principal("app"), tenant.group("group", **kind)
    tenant.app_role(value, app)
    assert tenant.may(app, ADD_MEMBER, group) is expected


def test_an_app_role_of_the_same_name_on_another_application_gives_nothing() -> None:
    tenant = SmallTenant()
    app, group = tenant.service_principal("app"), tenant.group("group")
    tenant.app_role("Group.ReadWrite.All", app, on=tenant.service_principal("other-api"))
    assert tenant.may(app, ADD_MEMBER, group) is False


@pytest.mark.parametrize("may_hold", [True, False])
def test_owners_manage_membership_but_not_in_a_restricted_unit(may_hold: bool) -> None:
    tenant = SmallTenant()
    owner = tenant.user("owner")
    group = tenant.group("group", is_assignable_to_role=may_hold, owners=[owner])
    guarded = tenant.group("guarded", is_assignable_to_role=may_hold, owners=[owner])
    tenant.unit("r", restricted=True, members=[guarded])
    assert tenant.may(owner, ADD_MEMBER, group) is True
    assert tenant.may(owner, ADD_MEMBER, guarded) is False


def test_a_group_that_may_hold_roles_in_a_restricted_unit_is_left_to_the_highest() -> None:
    tenant = SmallTenant()
    group = tenant.group("group", is_assignable_to_role=True)
    tenant.unit("r", restricted=True, members=[group])
    of_unit, chief = tenant.user("of-unit"), tenant.user("chief")
    tenant.assign("Groups Administrator", of_unit, "/administrativeUnits/r")
    tenant.assign("Privileged Role Administrator", chief)
    assert tenant.may(of_unit, ADD_MEMBER, group) is False
    assert tenant.may(chief, ADD_MEMBER, group) is True


def test_credentials_of_applications() -> None:
    tenant = SmallTenant()
    owner, everywhere, of_one = (tenant.user(each) for each in ("owner", "all", "one"))
    app, other = tenant.application("app", owners=[owner]), tenant.application("other")
    bot = tenant.service_principal("bot")
    own = tenant.application("own", owners=[bot])
    tenant.assign("Application Administrator", everywhere)
    tenant.assign("Cloud Application Administrator", of_one, "/app")
    tenant.app_role("Application.ReadWrite.OwnedBy", bot)
    change = CHANGE_APPLICATION_CREDENTIALS
    assert [tenant.may(each, change, app) for each in (owner, everywhere, of_one, bot)] == [
        True,
        True,
        True,
        False,
    ]
    assert [tenant.may(each, change, other) for each in (owner, everywhere, of_one)] == [
        False,
        True,
        False,
    ]
    assert tenant.may(bot, change, own) is True


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({}, True),
        ({"service_principal_type": "ManagedIdentity"}, False),
        ({"service_principal_type": None}, None),
        ({"app_owner_organization_id": "f8cdef31-a31e-4b4a-93e4-5f571e91255a"}, False),
        ({"app_owner_organization_id": "0b0b0b0b-2222-4333-8444-555566667777"}, None),
    ],
)
def test_which_service_principals_take_credentials(
    kind: dict[str, Any], expected: bool | None
) -> None:
    tenant = SmallTenant()
    actor, app = tenant.user("actor"), tenant.service_principal("app", **kind)
    tenant.assign("Application Administrator", actor)
    assert tenant.may(actor, CHANGE_CREDENTIALS, app) is expected


@pytest.mark.parametrize(
    ("role", "on_graph", "on_others"),
    [
        ("Application Administrator", False, True),
        ("User Administrator", False, True),
        ("Privileged Role Administrator", True, True),
        ("Global Administrator", True, True),
    ],
)
def test_not_everybody_consents_to_app_roles_of_graph(
    role: str, on_graph: bool, on_others: bool
) -> None:
    tenant = SmallTenant()
    actor, api = tenant.user("actor"), tenant.service_principal("api")
    tenant.assign(role, actor)
    assert tenant.may(actor, GIVE_APP_ROLE, tenant.graph_api) is on_graph
    assert tenant.may(actor, GIVE_APP_ROLE, api) is on_others


def test_roles_of_the_tenants_own_are_matched_literally() -> None:
    tenant = SmallTenant()
    actor = tenant.user("actor")
    single, multi = (
        tenant.application("single"),
        tenant.application("multi", sign_in_audience="AzureADMultipleOrgs"),
    )
    tenant.role("own", ["microsoft.directory/applications.myOrganization/credentials/update"])
    tenant.assign("own", actor)
    assert tenant.may(actor, CHANGE_APPLICATION_CREDENTIALS, single) is True
    assert tenant.may(actor, CHANGE_APPLICATION_CREDENTIALS, multi) is False
    assert tenant.may(actor, "microsoft.directory/applications/owners/update", single) is False


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ("microsoft.directory/groups/allProperties/allTasks", True),
        ("microsoft.directory/groups/allProperties/update", True),
        ("microsoft.directory/groups/allProperties/read", False),
        ("microsoft.directory/groups.security/members/update", True),
        ("microsoft.directory/groups.unified/members/update", False),
        ("microsoft.directory/allEntities/allTasks", True),
        ("microsoft.office365.exchange/allEntities/allTasks", False),
        ("microsoft.directory/groupsAssignableToRoles/members/update", False),
    ],
)
def test_wide_actions_cover_narrow_ones(allowed: str, expected: bool) -> None:
    tenant = SmallTenant()
    actor, group = tenant.user("actor"), tenant.group("group")
    tenant.role("own", [allowed])
    tenant.assign("own", actor)
    assert tenant.may(actor, ADD_MEMBER, group) is expected


@pytest.mark.parametrize(
    ("condition", "own", "other"), [("$SubjectIsOwner", True, False), ("$Odd", None, None)]
)
def test_a_condition_within_a_role_holds(
    condition: str, own: bool | None, other: bool | None
) -> None:
    tenant = SmallTenant()
    actor = tenant.user("actor")
    mine, others = tenant.service_principal("mine", owners=[actor]), tenant.service_principal("o")
    action = "microsoft.directory/servicePrincipals/policies/update"
    tenant.role("own", [action], condition)
    tenant.assign("own", actor)
    assert tenant.may(actor, action, mine) is own
    assert tenant.may(actor, action, others) is other


@pytest.mark.parametrize(
    ("who", "reads", "expected"),
    [("user", False, True), ("guest", False, False), ("app", False, False), ("app", True, True)],
)
def test_who_may_not_read_the_directory_cannot_use_a_role_over_a_unit(
    who: str, reads: bool, expected: bool
) -> None:
    tenant = SmallTenant()
    user = tenant.user("target")
    tenant.unit("a", members=[user])
    actor = (
        tenant.service_principal("app")
        if who == "app"
        else tenant.user("actor", user_type="Guest" if who == "guest" else "Member")
    )
    tenant.assign("Password Administrator", actor, "/administrativeUnits/a")
    if reads:
        tenant.assign("Directory Readers", actor)
    assert tenant.may(actor, RESET_PASSWORD, user) is expected


@pytest.mark.parametrize(("enabled", "expected"), [(True, True), (False, False), (None, None)])
def test_who_is_disabled_does_nothing(enabled: bool | None, expected: bool | None) -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor", account_enabled=enabled), tenant.user("user")
    tenant.assign("Helpdesk Administrator", actor)
    assert tenant.may(actor, RESET_PASSWORD, user) is expected


def test_a_password_that_comes_from_active_directory_may_not_be_ours_to_change() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user", on_premises_sync_enabled=True)
    tenant.assign("Global Administrator", actor)
    assert tenant.may(actor, RESET_PASSWORD, user) is None
    assert tenant.may(actor, ADD_METHOD, user) is True


@pytest.mark.parametrize(("state", "expected"), [("", True), ("Accepted", False), (None, None)])
def test_a_guest_has_its_password_in_its_own_tenant(state: str | None, expected: bool) -> None:
    tenant = SmallTenant()
    actor = tenant.user("actor")
    guest = tenant.user("guest", user_type="Guest", external_user_state=state)
    tenant.assign("Global Administrator", actor)
    for action in (RESET_PASSWORD, ADD_METHOD):
        assert tenant.may(actor, action, guest) is expected
    assert tenant.may(actor, CHANGE_USER, guest) is True


@pytest.mark.parametrize(
    ("role", "change", "methods"),
    [
        ("Password Administrator", False, False),
        ("Helpdesk Administrator", False, False),
        ("Authentication Administrator", True, True),
        ("User Administrator", True, False),
        ("Privileged Authentication Administrator", True, True),
    ],
)
def test_what_else_of_a_user_they_change(role: str, change: bool, methods: bool) -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    tenant.assign(role, actor)
    assert tenant.may(actor, CHANGE_USER, user) is change
    assert tenant.may(actor, ADD_METHOD, user) is methods


def test_app_roles_over_users() -> None:
    tenant = SmallTenant()
    methods, passwords = tenant.service_principal("m"), tenant.service_principal("p")
    plain, chief = tenant.user("plain"), tenant.user("chief")
    tenant.assign("Global Administrator", chief)
    tenant.app_role("UserAuthMethod-TAP.ReadWrite.All", methods)
    tenant.app_role("User-PasswordProfile.ReadWrite.All", passwords)
    assert tenant.may(methods, ADD_METHOD, chief) is True
    assert tenant.may(passwords, RESET_PASSWORD, plain) is True
    assert tenant.may(passwords, RESET_PASSWORD, chief) is False


@pytest.mark.parametrize(
    ("approval", "approvers", "expected"),
    [
        (False, (), True),
        (True, ("actor",), False),
        (True, ("actor", "other"), None),
        (True, (), None),
        (None, (), None),
    ],
)
def test_activating_a_role(
    approval: bool | None, approvers: tuple[str, ...], expected: bool | None
) -> None:
    tenant = SmallTenant()
    people = {name: tenant.user(name) for name in ("actor", "other")}
    eligible = tenant.eligible("Global Administrator", people["actor"])
    tenant.policy(
        "Global Administrator", approval=approval, approvers=[people[each] for each in approvers]
    )
    assert tenant.may(people["actor"], ACTIVATE, eligible) is expected
    assert tenant.may(people["other"], ACTIVATE, eligible) is False
    assert tenant.may(people["actor"], GIVE_ROLE, tenant.tenant) is False


def test_joining_a_public_group() -> None:
    tenant = SmallTenant()
    member, guest = tenant.user("member"), tenant.user("guest", user_type="Guest")
    public = tenant.group("public", visibility="Public", group_types=["Unified"])
    private = tenant.group("private", visibility="Private", group_types=["Unified"])
    assert tenant.may(member, JOIN, public) is True
    assert tenant.may(member, JOIN, private) is False
    assert tenant.may(guest, JOIN, public) is False


# What is unread


def test_unread_members_of_a_group_with_a_role_leave_everybody_open() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    group = tenant.group("group", is_assignable_to_role=True, members=None)
    tenant.assign("Helpdesk Administrator", group)
    assert tenant.may(actor, RESET_PASSWORD, user) is None


def test_unread_members_of_a_unit_leave_its_administrators_open() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    tenant.unit("a", members=None)
    tenant.assign("Helpdesk Administrator", actor, "/administrativeUnits/a")
    assert tenant.may(actor, RESET_PASSWORD, user) is None


def test_unread_owners_leave_everybody_open() -> None:
    tenant = SmallTenant()
    actor, group = tenant.user("actor"), tenant.group("group", owners=None)
    assert tenant.may(actor, ADD_MEMBER, group) is None


@pytest.mark.parametrize(
    ("unlisted", "who", "expected"),
    [
        ("EntraRoleAssignment", "user", None),
        ("EntraRoleAssignment", "app", None),
        ("EntraAppRoleAssignment", "user", False),
        ("EntraAppRoleAssignment", "app", None),
    ],
)
def test_listings_that_failed_leave_open_who_holds_what(
    unlisted: str, who: str, expected: bool | None
) -> None:
    tenant = SmallTenant(unlisted=[unlisted])
    actors = {"user": tenant.user("user"), "app": tenant.service_principal("app")}
    assert tenant.may(actors[who], ADD_MEMBER, tenant.group("group")) is expected


@pytest.mark.parametrize("unlisted", ["EntraRoleAssignment", "EntraGroup"])
def test_and_whom_a_password_can_be_reset_of(unlisted: str) -> None:
    tenant = SmallTenant(unlisted=[unlisted])
    actor, user = tenant.user("actor"), tenant.user("user")
    app = tenant.service_principal("app")
    tenant.assign("Helpdesk Administrator", actor)
    tenant.app_role("UserAuthenticationMethod.ReadWrite.All", app)
    assert tenant.may(actor, RESET_PASSWORD, user) is None
    assert tenant.may(app, ADD_METHOD, user) is True


def test_a_role_whose_definition_is_unread_may_allow_anything() -> None:
    tenant = SmallTenant(unlisted=["EntraRoleDefinition"])
    actor, group = tenant.user("actor"), tenant.group("group")
    tenant.role("own", ["microsoft.directory/users/standard/read"])
    tenant.assign("own", actor)
    assert tenant.may(actor, ADD_MEMBER, group) is None


def test_a_role_of_microsofts_is_known_without_its_definition() -> None:
    tenant = SmallTenant(unlisted=["EntraRoleDefinition"])
    actor, group = tenant.user("actor"), tenant.group("group")
    tenant.assign("Groups Administrator", actor)
    assert tenant.may(actor, ADD_MEMBER, group) is True


def test_an_explanation_names_what_gives_it_and_what_is_open() -> None:
    tenant = SmallTenant()
    actor, user = tenant.user("actor"), tenant.user("user")
    group = tenant.group("admins", is_assignable_to_role=True, members=[actor])
    given = tenant.assign("Helpdesk Administrator", group)
    tenant.group("hidden", is_assignable_to_role=True, members=None)
    state = tenant.authorizer.environment
    assert state.principals
    from clew.graph.authorization.entra.environment import EntraState

    found = tenant.authorizer.explain(EntraState(actor), RESET_PASSWORD, user)
    assert found.truth is None
    assert found.conditions == ("who is in hidden could not be read",)
    assert [(each.policy, each.sid) for each in found.statements] == [
        (given, "Helpdesk Administrator"),
        (group, "Helpdesk Administrator"),
    ]


# The stated cases


def _stated() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [case for case in cases if case["area"] == "entra" and case["ask"] in _ASKS]


_ASKS = ("reset_password", "add_member", "add_secret", "activate_alone")


@pytest.mark.skipif(not CASES.exists(), reason="the stated cases are not here")
@pytest.mark.parametrize("case", _stated(), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    tenant, world = SmallTenant(), case["given"]
    asked = world["actor"]
    actor = (
        tenant.service_principal("actor")
        if asked.get("type") == "ServicePrincipal" or "app_roles" in asked
        else tenant.user("actor")
    )
    target = world.get("target", {})
    user = tenant.user("target")
    for unit in {*target.get("units", ()), *_units(asked)}:
        inside = [user] if unit in target.get("units", ()) else []
        tenant.unit(unit, restricted=unit in target.get("restricted", ()), members=inside)
    for who, roles in ((actor, asked.get("roles", ())), (user, target.get("roles", ()))):
        for role, scope in roles:
            tenant.assign(role, who, scope)
    for value in asked.get("app_roles", ()):
        tenant.app_role(value, actor)
    kinds = world.get("group", {})
    types = ["DynamicMembership"] if kinds.get("membershipRule") else []
    owners = [actor] if asked.get("owns") == "group" else []
    group = tenant.group(
        "group",
        is_assignable_to_role=bool(kinds.get("isAssignableToRole")),
        group_types=types,
        owners=owners,
    )
    application = tenant.application(str(world.get("application", "app")).lower())
    app_object = tenant.service_principal(
        "sp", service_principal_type=world.get("service_principal", {}).get("type", "Application")
    )
    if case["ask"] == "activate_alone":
        (role,) = asked["eligible"]
        on = tenant.eligible(role, actor)
        names = {"self": actor}
        tenant.policy(
            role,
            approval=asked["policy"]["approval"],
            approvers=[names[each] for each in asked["policy"]["approvers"]],
        )
        found = tenant.may(actor, ACTIVATE, on)
    elif case["ask"] == "reset_password":
        found = tenant.may(actor, RESET_PASSWORD, user)
    elif case["ask"] == "add_member":
        found = tenant.may(actor, ADD_MEMBER, group)
    elif "service_principal" in world:
        found = tenant.may(actor, CHANGE_CREDENTIALS, app_object)
    else:
        found = tenant.may(actor, CHANGE_APPLICATION_CREDENTIALS, application)
    assert found is case["expect"]


def _units(asked: dict[str, Any]) -> list[str]:
    scopes = [scope for _, scope in asked.get("roles", ())]
    return [each.rpartition("/")[2] for each in scopes if "administrativeUnits" in each]
