"""Attack paths in small tenants: what leads to an administrator, and what does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.entra.base import identity
from clew.collectors.entra.service_principals import DelegatedGrant
from clew.graph.attack.engine.build import build
from clew.graph.attack.entra import EntraProvider
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.authorization.entra.actions import APPROVE, CHANGE_CREDENTIALS
from clew.graph.view import GraphView
from support.tenant import TENANT, SmallTenant

CASES = Path("/work/shared/reference/clouds/cases-azure-entra.jsonl")


def attack(tenant: SmallTenant) -> AttackGraph:
    view = GraphView(tenant.view.graph, tenant.listings)
    return build([EntraProvider(view, tenant.listings)])


def paths(tenant: SmallTenant, source: str) -> list[tuple[bool, list[str]]]:
    """The paths from a principal to an administrator: whether conditional, and the techniques."""
    graph = attack(tenant)
    search = Search(graph, admin(graph))
    found = []
    for path in search.paths(graph.number[source, ""]):
        explained = explain_path(graph, path)
        found.append((explained.conditional, [hop.technique or hop.type for hop in explained.hops]))
    return found


def reasons(tenant: SmallTenant) -> dict[str, str]:
    """Why each administrator is one; a doubt ends with a question mark."""
    graph = attack(tenant)
    return {
        graph.nodes[number].name: reason
        + ("" if graph.administrators.certain >> number & 1 else "?")
        for number, reason in graph.reasons.items()
        if not graph.nodes[number].state
    }


def test_who_administers_and_why() -> None:
    tenant = SmallTenant()
    chief, deputy, helper = (tenant.user(each) for each in ("chief", "deputy", "helper"))
    group = tenant.group("group", is_assignable_to_role=True, members=[tenant.user("inside")])
    apps = {each: tenant.service_principal(each) for each in ("roles", "grants", "reads")}
    tenant.assign("Global Administrator", chief)
    tenant.assign("Privileged Role Administrator", deputy)
    tenant.assign("Helpdesk Administrator", helper)
    tenant.assign("Global Administrator", group)
    tenant.app_role("RoleManagement.ReadWrite.Directory", apps["roles"])
    tenant.app_role("AppRoleAssignment.ReadWrite.All", apps["grants"])
    tenant.app_role("Directory.Read.All", apps["reads"])
    assert reasons(tenant) == {
        "chief": "Global Administrator",
        "deputy": "gives out every directory role by Privileged Role Administrator",
        "inside": "Global Administrator",
        "roles": "gives out every directory role by RoleManagement.ReadWrite.Directory",
        "grants": "gives out every app role on Microsoft Graph by AppRoleAssignment.ReadWrite.All",
    }


def test_administrators_are_known_where_the_tenant_itself_was_not_read() -> None:
    tenant = SmallTenant(unlisted=["EntraTenant"])
    for name in ("chief", "deputy"):
        tenant.user(name, tenant=tenant.tenant)
    tenant.assign("Global Administrator", identity(TENANT, "users", "chief"))
    tenant.assign("Privileged Role Administrator", identity(TENANT, "users", "deputy"))
    assert tenant.view.is_missing(tenant.tenant)
    assert reasons(tenant) == {
        "chief": "Global Administrator",
        "deputy": "gives out every directory role by Privileged Role Administrator",
    }


def test_an_owner_of_a_privileged_application_is_one_step_away() -> None:
    tenant = SmallTenant()
    owner = tenant.user("owner")
    application = tenant.application("app", owners=[owner])
    bot = tenant.service_principal("bot", application=application)
    tenant.app_role("RoleManagement.ReadWrite.Directory", bot)
    ((conditional, techniques),) = paths(tenant, owner)
    assert not conditional
    assert techniques == ["entra-owned-application-credential", "RUNS_AS"]


def test_a_group_that_holds_a_role_is_as_strong_as_its_owner() -> None:
    tenant = SmallTenant()
    owner, other = tenant.user("owner"), tenant.user("other")
    group = tenant.group("admins", is_assignable_to_role=True, owners=[owner])
    tenant.assign("Global Administrator", group)
    assert paths(tenant, owner) == [(False, ["entra-group-owner-add-member"])]
    assert paths(tenant, other) == []


def test_eligibility_is_a_hurdle_and_approval_by_others_a_condition() -> None:
    for approval, conditional in ((False, False), (True, True)):
        tenant = SmallTenant()
        user, approver = tenant.user("user"), tenant.user("approver")
        tenant.eligible("Global Administrator", user)
        tenant.policy("Global Administrator", approval=approval, approvers=[approver])
        assert paths(tenant, user) == [(conditional, ["entra-activate-role"])]
        assert reasons(tenant).get("user") is None


def test_nobody_approves_what_he_asks_for_himself() -> None:
    tenant = SmallTenant()
    user = tenant.user("user")
    tenant.eligible("Global Administrator", user)
    tenant.policy("Global Administrator", approval=True, approvers=[user])
    assert paths(tenant, user) == []


@pytest.mark.parametrize("by_group", [False, True])
def test_who_approves_what_another_asks_for_must_come_to_act_as_that_one(by_group: bool) -> None:
    for takes_over in (False, True):
        tenant = SmallTenant()
        user, approver = tenant.user("user"), tenant.user("approver")
        group = tenant.group("eligible", is_assignable_to_role=True, members=[user])
        approvers = tenant.group("approvers", members=[approver])
        tenant.eligible("Global Administrator", group if by_group else user)
        named = [approvers if by_group else approver]
        tenant.policy("Global Administrator", approval=True, approvers=named)
        if takes_over:
            tenant.assign("Privileged Authentication Administrator", approver)
        found = [techniques for _, techniques in paths(tenant, approver)]
        expected = ["entra-approve-activation", "entra-reset-password"]
        assert any(each[:2] == expected for each in found) is takes_over
        own = paths(tenant, user)
        assert own == [(True, ["entra-activate-role"])]


@pytest.mark.parametrize(
    ("unread", "possible"),
    [({}, False), ({"requires_approval": None}, True), ({"approvers": None}, True)],
)
def test_unread_approvers_may_be_anybody(unread: dict[str, Any], possible: bool) -> None:
    tenant = SmallTenant()
    user, other = tenant.user("user"), tenant.user("other")
    eligibility = tenant.eligible("Global Administrator", user)
    policy = tenant.policy("Global Administrator", approval=True, approvers=[user])
    tenant.change(policy, **unread)
    assert tenant.may(other, APPROVE, eligibility) is (None if possible else False)
    assert tenant.may(user, APPROVE, eligibility) is (None if possible else True)


@pytest.mark.parametrize("consent", ["AllPrincipals", "Principal"])
def test_an_application_acts_as_whoever_signs_in_to_it(consent: str) -> None:
    tenant = SmallTenant()
    chief, owner = tenant.user("chief"), tenant.user("owner")
    tenant.assign("Global Administrator", chief)
    application = tenant.application("app", owners=[owner])
    client = tenant.service_principal("client", application=application)
    tenant.add(
        DelegatedGrant(
            id=DelegatedGrant.identity.format(account=TENANT, grant_id="1"),
            name="consent",
            account=TENANT,
            region="global",
            grant_id="1",
            client=client,
            resource=tenant.graph_api,
            user="",
            consent_type=consent,
            scopes=["User.Read", "Directory.AccessAsUser.All"],
        )
    )
    found = paths(tenant, client)
    assert found == ([(True, ["entra-delegated-grant"])] if consent == "AllPrincipals" else [])
    assert bool(paths(tenant, owner)) is bool(found)


@pytest.mark.parametrize(
    ("role", "is_blueprint", "conditional"),
    [
        ("Agent ID Administrator", True, False),
        ("AI Administrator", True, False),
        ("Agent ID Administrator", None, True),
        ("Agent ID Administrator", False, None),
        ("Application Administrator", True, True),
        ("Application Administrator", False, False),
        ("Application Administrator", None, False),
    ],
)
def test_who_rules_a_blueprint_acts_as_the_agents_that_are_made_of_it(
    role: str, is_blueprint: bool | None, conditional: bool | None
) -> None:
    tenant = SmallTenant()
    user = tenant.user("user")
    tenant.assign(role, user)
    blueprint = tenant.application("blueprint", is_agent_blueprint=is_blueprint)
    agent = tenant.service_principal(
        "agent", service_principal_type="ServiceIdentity", application=blueprint
    )
    tenant.app_role("RoleManagement.ReadWrite.Directory", agent)
    assert tenant.may(user, CHANGE_CREDENTIALS, agent) is False
    expected = [(conditional, ["entra-application-credential", "RUNS_AS"])]
    found = [each for each in paths(tenant, user) if "RUNS_AS" in each[1][-1:]]
    direct = [each for each in found if each[1][0] == "entra-application-credential"]
    assert direct == ([] if conditional is None else expected)


def test_an_eligible_group_then_its_role() -> None:
    tenant = SmallTenant()
    user = tenant.user("user")
    group = tenant.group("admins", is_assignable_to_role=True)
    tenant.assign("Global Administrator", group)
    tenant.eligible_for_group(group, user)
    ((conditional, techniques),) = paths(tenant, user)
    assert conditional
    assert techniques == ["entra-activate-group"]


def test_a_chain_over_a_reset_that_the_table_allows() -> None:
    tenant = SmallTenant()
    helper, owner = tenant.user("helper"), tenant.user("owner")
    tenant.assign("Helpdesk Administrator", helper)
    application = tenant.application("app", owners=[owner])
    bot = tenant.service_principal("bot", application=application)
    tenant.app_role("RoleManagement.ReadWrite.Directory", bot)
    ((conditional, techniques),) = paths(tenant, helper)
    assert conditional  # a second factor may be asked of the owner
    assert techniques == ["entra-reset-password", "entra-owned-application-credential", "RUNS_AS"]


def test_and_none_where_it_does_not() -> None:
    tenant = SmallTenant()
    helper, owner = tenant.user("helper"), tenant.user("owner")
    tenant.assign("Helpdesk Administrator", helper)
    group = tenant.group("admins", is_assignable_to_role=True, owners=[owner])
    tenant.assign("Global Administrator", group)
    assert paths(tenant, helper) == []


def test_a_disabled_account_is_no_start_and_takes_no_step() -> None:
    tenant = SmallTenant()
    owner = tenant.user("owner", account_enabled=False)
    group = tenant.group("admins", is_assignable_to_role=True, owners=[owner])
    tenant.assign("Global Administrator", group)
    assert paths(tenant, owner) == []
    graph = attack(tenant)
    assert not graph.principals >> graph.number[owner, ""] & 1


@pytest.mark.parametrize(
    ("enabled", "conditional"), [(["TemporaryAccessPass"], False), (None, True), ([], True)]
)
def test_whether_a_method_can_be_added_hangs_on_the_policy(
    enabled: list[str] | None, conditional: bool
) -> None:
    tenant = SmallTenant()
    chief, app = tenant.user("chief"), tenant.service_principal("app")
    tenant.assign("Global Administrator", chief)
    tenant.app_role("UserAuthMethod-TAP.ReadWrite.All", app)
    tenant.methods(enabled)
    assert paths(tenant, app) == [(conditional, ["entra-add-sign-in-method-as-application"])]


def test_those_outside_come_in_where_they_are_let_in() -> None:
    tenant = SmallTenant()
    tenant.user("guest", user_type="Guest")
    tenant.user("synced", on_premises_sync_enabled=True, on_premises_domain_name="corp.example")
    tenant.service_principal(
        "theirs", app_owner_organization_id="0b0b0b0b-2222-4333-8444-555566667777"
    )
    graph = attack(tenant)
    found = {
        (step.technique, graph.nodes[target].name)
        for step in graph.steps
        if step.technique.startswith("entra-outside")
        for target in range(len(graph.nodes))
        if step.reached.possible >> target & 1
    }
    assert found == {
        ("entra-outside-guest", "guest"),
        ("entra-outside-active-directory", "synced"),
        ("entra-outside-application", "theirs"),
    }


def _stated() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [case for case in cases if case["area"] == "entra" and case["ask"] == "take_over"]


@pytest.mark.skipif(not CASES.exists(), reason="the stated cases are not here")
@pytest.mark.parametrize("case", _stated(), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    tenant, world = SmallTenant(), case["given"]
    user, app = tenant.user("target"), tenant.service_principal("actor")
    for role, scope in world["target"]["roles"]:
        tenant.assign(role, user, scope)
    for value in world["actor"]["app_roles"]:
        tenant.app_role(value, app)
    tenant.methods(world["tap_policy"])
    graph = attack(tenant)
    reached = [
        step.reached.holds(graph.number[user, ""])
        for step in graph.steps
        if step.sources >> graph.number[app, ""] & 1
    ]
    found = True if True in reached else "CONDITIONAL" if None in reached else False
    assert found == case["expect"]


def test_many_eligible_roles_make_few_states_and_are_activated_together() -> None:
    tenant = SmallTenant()
    user = tenant.user("user")
    for number in range(15):
        action = f"microsoft.directory/groups/members/update{number}"
        tenant.eligible(tenant.role(f"own-{number}", [action]), user)
        group = tenant.group(f"group-{number}", is_assignable_to_role=True)
        tenant.assign(tenant.role(f"given-{number}", [action]), group)
        tenant.eligible_for_group(group, user)
    graph = attack(tenant)
    assert sum(node.name == "user" for node in graph.nodes) <= 8 * 15
