"""What holds for any tenant: answers for many objects are those for each, and what is unread only
leaves answers open."""

from collections.abc import Mapping
from typing import Any

from clew.graph.authorization.entra.actions import (
    ACTIVATE,
    ADD_MEMBER,
    ADD_METHOD,
    CHANGE_APPLICATION_CREDENTIALS,
    CHANGE_CREDENTIALS,
    GIVE_APP_ROLE,
    GIVE_ROLE,
    JOIN,
    RESET_PASSWORD,
)
from clew.graph.authorization.entra.built_in_roles import by_name
from clew.graph.authorization.entra.environment import EntraState
from hypothesis import given, settings
from hypothesis import strategies as st
from support.tenant import SmallTenant

ASKED: Mapping[str, tuple[str, ...]] = {
    "EntraUser": (RESET_PASSWORD, ADD_METHOD),
    "EntraGroup": (ADD_MEMBER, JOIN),
    "EntraApplication": (CHANGE_APPLICATION_CREDENTIALS,),
    "EntraServicePrincipal": (CHANGE_CREDENTIALS, GIVE_APP_ROLE),
    "EntraTenant": (GIVE_ROLE,),
    "EntraRoleEligibility": (ACTIVATE,),
}
ROLES = (
    "Global Administrator",
    "Helpdesk Administrator",
    "User Administrator",
    "Groups Administrator",
    "Privileged Authentication Administrator",
    "Application Administrator",
    "Directory Readers",
    "Knowledge Administrator",
    "own",
)
VALUES = (
    "RoleManagement.ReadWrite.Directory",
    "Group.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "AppRoleAssignment.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "Directory.Read.All",
)
UNREAD = (
    "members",
    "owners",
    "is_assignable_to_role",
    "is_member_management_restricted",
    "on_premises_sync_enabled",
    "group_types",
    "visibility",
    "service_principal_type",
    "app_owner_organization_id",
    "sign_in_audience",
    "account_enabled",
    "requires_approval",
    "user_type",
    "external_user_state",
)


@st.composite
def tenants(draw: st.DrawFn) -> SmallTenant:
    """A tenant of a few objects, anything given to anybody."""
    tenant = SmallTenant()

    def some(of: list[str]) -> list[str]:
        return draw(st.lists(st.sampled_from(of), max_size=2, unique=True)) if of else []

    users = [
        tenant.user(
            f"u{n}",
            user_type=draw(st.sampled_from(["Member", "Guest"])),
            account_enabled=draw(st.sampled_from([True, True, False])),
            on_premises_sync_enabled=draw(st.booleans()),
        )
        for n in range(3)
    ]
    apps = [
        tenant.service_principal(
            f"s{n}",
            service_principal_type=draw(st.sampled_from(["Application", "ManagedIdentity"])),
            owners=some(users),
        )
        for n in range(2)
    ]
    principals = [*users, *apps]
    groups: list[str] = []
    for n in range(3):
        groups.append(
            tenant.group(
                f"g{n}",
                is_assignable_to_role=draw(st.booleans()),
                group_types=draw(st.sampled_from([[], ["Unified"], ["DynamicMembership"]])),
                visibility=draw(st.sampled_from(["Public", "Private", ""])),
                members=some([*principals, *groups]),
                owners=some(principals),
            )
        )
    tenant.application("a0", owners=some(principals))
    for n in range(2):
        tenant.unit(f"n{n}", restricted=draw(st.booleans()), members=some([*users, *groups]))
    tenant.role(
        "own",
        ["microsoft.directory/groups/members/update", "microsoft.directory/users/password/update"],
    )
    scopes = st.sampled_from(
        ["/", "/", "/administrativeUnits/n0", "/administrativeUnits/n1", "/g0"]
    )
    for _ in range(draw(st.integers(0, 4))):
        role, holder = draw(st.sampled_from(ROLES)), draw(st.sampled_from([*principals, *groups]))
        tenant.assign(role, holder, draw(scopes))
    for _ in range(draw(st.integers(0, 2))):
        tenant.app_role(draw(st.sampled_from(VALUES)), draw(st.sampled_from(apps)))
    tenant.eligible("Global Administrator", draw(st.sampled_from([*users, *groups])))
    tenant.policy(
        "Global Administrator", approval=draw(st.booleans()), approvers=some([*users, *groups])
    )
    return tenant


def answers(tenant: SmallTenant) -> dict[tuple[str, str, str], bool | None]:
    """What each principal may do to each object; the same by sets."""
    found: dict[tuple[str, str, str], bool | None] = {}
    authorizer = tenant.authorizer
    for who in authorizer.principals:
        for label, actions in ASKED.items():
            table = authorizer.table(label)
            for action in actions:
                rows = authorizer.allowed(EntraState(who), action, table)
                assert rows.certain & ~rows.possible == 0
                for row, id_ in enumerate(table.ids):
                    explained = authorizer.explain(EntraState(who), action, id_)
                    assert rows.holds(row) is explained.truth, (who, action, id_)
                    assert bool(explained.conditions) is (explained.truth is None)
                    found[who, action, id_] = explained.truth
    return found


@settings(max_examples=40, deadline=None)
@given(tenants())
def test_answers_for_many_are_those_for_each(tenant: SmallTenant) -> None:
    found = answers(tenant)
    for action in {action for _, action, _ in found}:
        able = tenant.authorizer.principals_with(action)
        for number, who in enumerate(tenant.authorizer.principals):
            if not able >> number & 1:
                assert not any(
                    truth is not False
                    for (one, other, _), truth in found.items()
                    if (one, other) == (who, action)
                )


@settings(max_examples=40, deadline=None)
@given(tenants(), st.data())
def test_what_is_unread_only_leaves_answers_open(tenant: SmallTenant, data: st.DataObject) -> None:
    before = answers(tenant)
    hidden = SmallTenant(
        unlisted=data.draw(
            st.sets(st.sampled_from(["EntraRoleAssignment", "EntraAppRoleAssignment"]), max_size=1)
        )
    )
    hidden.resources = dict(tenant.resources)
    for id_, resource in tenant.resources.items():
        readable = [name for name in UNREAD if getattr(resource, name, None) is not None]
        if readable and data.draw(st.integers(0, 3)) == 0:
            hidden.change(id_, **{data.draw(st.sampled_from(readable)): None})
    for asked, truth in answers(hidden).items():
        assert truth in (None, before[asked]), asked


@settings(max_examples=20, deadline=None)
@given(tenants(), st.sampled_from(ROLES[:-1]), st.data())
def test_one_more_role_takes_nothing_away(
    tenant: SmallTenant, role: str, data: st.DataObject
) -> None:
    before = answers(tenant)
    more = SmallTenant()
    more.resources |= tenant.resources
    who = data.draw(st.sampled_from(list(tenant.authorizer.principals)))
    more._number = 1000
    more.assign(role, who)
    after = answers(more)
    lost: list[Any] = [
        asked
        for asked, truth in before.items()
        if asked[0] == who and truth is True and after[asked] is not True and asked[2] != who
    ]
    assert lost == []
    assert role in by_name()


ORDER = (False, None, True)
"""Truths from what allows least to what allows most."""


def changed(tenant: SmallTenant) -> SmallTenant:
    """The same tenant, to be changed."""
    found = SmallTenant()
    found.resources |= tenant.resources
    found._number = 1000
    return found


def units(tenant: SmallTenant) -> list[str]:
    return [
        id_ for id_, each in tenant.resources.items() if each.label == "EntraAdministrativeUnit"
    ]


@settings(max_examples=20, deadline=None)
@given(tenants(), st.sampled_from([True, None]))
def test_a_restricted_unit_never_widens(tenant: SmallTenant, restricted: bool | None) -> None:
    before = answers(tenant)
    guarded = changed(tenant)
    for unit in units(tenant):
        if not tenant.view.get(unit, "is_member_management_restricted"):
            guarded.change(unit, is_member_management_restricted=restricted)
    widened = [
        (asked, before[asked], truth)
        for asked, truth in answers(guarded).items()
        if restricted and ORDER.index(truth) > ORDER.index(before[asked])
    ]
    assert widened == []


@settings(max_examples=20, deadline=None)
@given(tenants())
def test_no_role_over_more_reaches_users_in_a_restricted_unit(tenant: SmallTenant) -> None:
    guarded = changed(tenant)
    for unit in units(tenant):
        guarded.change(unit, is_member_management_restricted=True)
    for id_, each in tenant.resources.items():
        if "/administrativeUnits/" in (getattr(each, "directory_scope", None) or ""):
            guarded.change(id_, directory_scope="/", scope=tenant.tenant)
    environment = guarded.authorizer.environment
    for (who, action, id_), truth in answers(guarded).items():
        if environment.label(id_) == "EntraUser" and environment.units_of(id_):
            assert truth is False, (who, action, id_)


@settings(max_examples=20, deadline=None)
@given(tenants(), st.sampled_from(ROLES), st.data())
def test_a_role_over_the_tenant_allows_what_it_allows_over_a_unit(
    tenant: SmallTenant, role: str, data: st.DataObject
) -> None:
    who = data.draw(st.sampled_from(list(tenant.authorizer.principals)))
    found = []
    for scope in ("/administrativeUnits/n0", "/"):
        given_ = changed(tenant)
        for unit in units(tenant):
            given_.change(unit, is_member_management_restricted=False)
        given_.assign(role, who, scope)
        found.append(answers(given_))
    over_unit, over_tenant = found
    for asked, truth in over_unit.items():
        if asked[0] == who:
            assert ORDER.index(truth) <= ORDER.index(over_tenant[asked]), asked
