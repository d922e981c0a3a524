"""Attack paths in Azure: administrators, roles that are given and activated, identities of
machines, and what cuts them."""

import pytest
from clew.checks.path_rule import PathRule, any_admin_of
from clew.graph.attack.azure.provider import AzureProvider
from clew.graph.attack.engine.build import build
from clew.graph.attack.model import AttackGraph, ExplainedPath
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.model import MissingReason
from clew.graph.sets import NONE, members
from clew.graph.view import GraphView
from support.azure_worlds import CONTRIBUTOR, GROUPS, OWNER, TENANT, AzureWorld

SUB = "/subscriptions/s"
GROUP = f"{SUB}/resourcegroups/rg"
VM = f"{GROUP}/providers/microsoft.compute/virtualmachines/vm"
STORE = f"{GROUP}/providers/microsoft.storage/storageaccounts/st"
VAULT = f"{GROUP}/providers/microsoft.keyvault/vaults/kv"
IDENTITY = f"{GROUP}/providers/microsoft.managedidentity/userassignedidentities/id"
OWNER_ID = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER_ID = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"


@pytest.fixture
def world() -> AzureWorld:
    made = AzureWorld()
    made.management_group("mg")
    made.subscription("s", "mg")
    made.role(OWNER, "Owner", OWNER_ID)
    return made


def entry(*actions: str, **more: object) -> list[dict[str, object]]:
    return [{"actions": [*actions], **more}]


def graph_of(world: AzureWorld, *unlisted: str) -> AttackGraph:
    listings = world.listings(unlisted, more=_asked())
    return build([AzureProvider(GraphView(world.graph, listings), listings)])


def _asked() -> set[str]:
    known = AzureProvider.techniques().techniques.values()
    return {each.existing for one in known for each in one.existing.values()}


def paths(graph: AttackGraph, who: str) -> list[ExplainedPath]:
    search = Search(graph, admin(graph))
    return [explain_path(graph, path) for path in search.paths(graph.number[who, ""])]


def paths_of(graph: AttackGraph, who: str) -> set[tuple[str, ...]]:
    """The paths to an administrator, each as its techniques or types; a conditional one ends in
    ``?``."""
    return {
        (*(hop.technique or hop.type for hop in path.hops), *["?"] * path.conditional)
        for path in paths(graph, who)
    }


def reached(graph: AttackGraph, who: str, technique: str) -> dict[str, bool]:
    """What a principal comes to by a technique in one step, and whether for certain."""
    found = {}
    for step in graph.steps:
        if step.technique == technique and step.sources >> graph.number[who, ""] & 1:
            for number, node in enumerate(graph.nodes):
                if step.reached.possible >> number & 1:
                    found[node.id] = bool(step.reached.certain >> number & 1)
    return found


@pytest.mark.parametrize("scope", ["/", f"{GROUPS}mg", SUB])
def test_who_may_assign_any_role_on_a_subscription_is_an_administrator(
    world: AzureWorld, scope: str
) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    role = world.role(OWNER, "Everything")
    world.assign(ann, None, scope, role=role)
    world.assign(bob, CONTRIBUTOR, scope)
    graph = graph_of(world)
    assert graph.administrators.certain == 1 << graph.number[ann, ""]
    reason = graph.reasons[graph.number[ann, ""]]
    assert reason.startswith("may assign any role on ")
    assert reason.endswith("via Everything")


def test_an_administrator_administers_the_highest_scope_and_what_lies_in_it(
    world: AzureWorld,
) -> None:
    ann = world.principal("ann")
    world.resource("AzureVirtualMachine", VM)
    world.resource("AzureVirtualMachine", VM.replace("/s/", "/other/"))
    world.assign(ann, OWNER, f"{GROUPS}mg")
    graph = graph_of(world)
    ends = {
        (graph.nodes[source].id, graph.nodes[target].id)
        for step in graph.steps
        if step.type == "ADMINISTERS"
        for source in range(len(graph.nodes))
        if step.sources >> source & 1
        for target in range(len(graph.nodes))
        if step.reached.certain >> target & 1
    }
    assert (ann, f"{GROUPS}mg") in ends
    assert (f"{GROUPS}mg", VM) in ends
    assert (ann, SUB) not in ends
    assert not any("other" in target for _, target in ends)


def test_a_condition_on_which_roles_may_be_given_is_no_administration(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.role([{"actions": ["*/read"]}], "Reader", READER_ID)
    named = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
    condition = f"{named} ForAnyOfAnyValues:GuidEquals {{{READER_ID}}}"
    world.assign(ann, entry(ASSIGN), SUB, condition=condition)
    graph = graph_of(world)
    assert graph.administrators.possible == 0
    assert reached(graph, ann, "azure-assign-role-subscription") == {ann: True}
    assert paths_of(graph, ann) == set()


def test_a_role_that_may_be_given_may_lead_on(world: AzureWorld) -> None:
    """What a condition leaves open is followed by what the role then allows."""
    ann = world.principal("ann")
    admins = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
    world.role(entry("Microsoft.Authorization/*"), "User Access Administrator", admins)
    named = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
    condition = f"{named} ForAnyOfAnyValues:GuidEquals {{{admins.replace('-', '')}}}"
    world.assign(ann, entry(ASSIGN), SUB, condition=condition)
    assert paths_of(graph_of(world), ann) == {("azure-assign-role-subscription",)}


def test_roles_for_service_principals_alone_are_not_given_to_a_user(world: AzureWorld) -> None:
    ann, app = world.principal("ann"), world.principal("app", "app")
    kind = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"
    condition = f"{kind} StringEqualsIgnoreCase 'ServicePrincipal'"
    for who in (ann, app):
        world.assign(who, entry(ASSIGN), SUB, condition=condition)
    graph = graph_of(world)
    assert graph.administrators.certain == 1 << graph.number[app, ""]
    assert reached(graph, ann, "azure-assign-role-subscription") == {}


@pytest.mark.parametrize(
    ("requires_approval", "expected"),
    [
        (False, {("azure-activate-eligible-role",)}),
        (True, {("azure-activate-eligible-role", "?")}),
        (None, {("azure-activate-eligible-role", "?")}),
    ],
)
def test_an_eligible_role_is_a_step_with_its_hurdles(
    world: AzureWorld, requires_approval: bool | None, expected: set[tuple[str, ...]]
) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    team = world.group("team", [ann])
    grant = world.assign(team, OWNER, SUB, eligible=True)
    policy = world.resource(
        "AzureRoleManagementPolicy", f"{SUB}/policies/p", requires_approval=requires_approval
    )
    world.graph.add_edge(grant, policy, rel="HAS_POLICY", via="policy")
    graph = graph_of(world)
    assert paths_of(graph, ann) == expected
    assert paths_of(graph, bob) == set()
    assert graph.administrators.possible >> graph.number[ann, ""] & 1 == 0


def running(world: AzureWorld, *, user_assigned: bool, scope: str = SUB) -> str:
    """A machine whose identity owns a scope."""
    identity = world.principal("identity", "app")
    world.assign(identity, OWNER, scope)
    world.resource("AzureVirtualMachine", VM, power_state="running")
    target = identity
    if user_assigned:
        target = world.resource("AzureUserAssignedIdentity", IDENTITY)
        world.graph.add_edge(target, identity, rel="RESOLVES_TO", via="service_principal")
    world.graph.add_edge(VM, target, rel="RUNS_AS", via="identity")
    return identity


@pytest.mark.parametrize("user_assigned", [True, False])
def test_a_machine_leads_to_the_service_principal_of_its_identity(
    world: AzureWorld, user_assigned: bool
) -> None:
    running(world, user_assigned=user_assigned)
    ann = world.principal("ann")
    world.assign(ann, entry("Microsoft.Compute/virtualMachines/runCommand/action"), GROUP)
    graph = graph_of(world)
    assert paths_of(graph, ann) == {("azure-vm-run-command", "RUNS_AS")}
    (path,) = paths(graph, ann)
    assert path.hops[0].permissions == ("Microsoft.Compute/virtualMachines/runCommand/action",)
    assert path.hops[0].statements


def test_a_denial_or_a_lock_cuts_a_path(world: AzureWorld) -> None:
    running(world, user_assigned=False)
    ann = world.principal("ann")
    world.assign(ann, entry("Microsoft.Compute/virtualMachines/runCommand/action"), GROUP)
    world.deny(entry("Microsoft.Compute/*"), GROUP)
    assert paths_of(graph_of(world), ann) == set()


def test_a_lock_that_lets_only_read_cuts_a_path(world: AzureWorld) -> None:
    running(world, user_assigned=False)
    ann = world.principal("ann")
    world.assign(ann, entry("Microsoft.Compute/virtualMachines/runCommand/action"), GROUP)
    world.lock("ReadOnly", GROUP)
    assert paths_of(graph_of(world), ann) == set()


@pytest.mark.parametrize("where", [GROUP, SUB])
def test_whoever_may_delete_a_lock_does_so_first(world: AzureWorld, where: str) -> None:
    running(world, user_assigned=False)
    ann = world.principal("ann")
    actions = ("Microsoft.Compute/virtualMachines/runCommand/action",)
    world.assign(ann, entry(*actions, "Microsoft.Authorization/locks/delete"), GROUP)
    world.lock("ReadOnly", where)
    found = paths_of(graph_of(world), ann)
    step = ("azure-delete-lock", "azure-vm-run-command", "RUNS_AS")
    assert found == ({step} if where == GROUP else set())


def test_locks_are_deleted_all_at_once(world: AzureWorld) -> None:
    running(world, user_assigned=False)
    ann = world.principal("ann")
    world.assign(ann, entry("Microsoft.Authorization/locks/delete"), SUB)
    for each in (GROUP, SUB, VM):
        world.lock("CanNotDelete", each)
    states = [node for node in graph_of(world).nodes if node.id == ann]
    assert len(states) == 2


def test_unread_denials_leave_a_path_conditional(world: AzureWorld) -> None:
    running(world, user_assigned=False)
    ann = world.principal("ann")
    world.assign(ann, entry("Microsoft.Compute/virtualMachines/runCommand/action"), GROUP)
    found = paths_of(graph_of(world, "AzureDenyAssignment"), ann)
    assert found == {("azure-vm-run-command", "RUNS_AS", "?")}


def test_steps_follow_one_another(world: AzureWorld) -> None:
    """A role on a group of resources, then a machine in it, then its identity."""
    running(world, user_assigned=False)
    ann = world.principal("ann")
    world.resource("AzureResourceGroup", GROUP)
    world.assign(ann, entry(ASSIGN), GROUP)
    found = paths_of(graph_of(world), ann)
    assert ("azure-assign-role-resource-group", "azure-vm-run-command", "RUNS_AS") in found


def test_an_owner_of_one_subscription_may_come_to_another(world: AzureWorld) -> None:
    world.subscription("t1", "mg")
    ann = world.principal("ann")
    other = "/subscriptions/t1"
    world.assign(ann, OWNER, SUB)
    running(world, user_assigned=False, scope=other)
    graph = graph_of(world)
    assert reached(graph, ann, "azure-vm-run-command") == {VM: True}


def test_nobody_starts_as_a_disabled_account(world: AzureWorld) -> None:
    ann = world.principal("ann", account_enabled=False)
    bob = world.principal("bob", account_enabled=True)
    graph = graph_of(world)
    assert graph.principals == 1 << graph.number[bob, ""]
    assert (ann, "") in graph.number


# ---------------------------------------------------------------------------- single techniques


@pytest.mark.parametrize(("by_roles", "is_taken"), [(False, True), (True, False)])
def test_a_policy_is_given_only_in_a_vault_that_goes_by_them(
    world: AzureWorld, by_roles: bool, is_taken: bool
) -> None:
    ann = world.principal("ann")
    world.vault(VAULT, by_roles)
    world.assign(ann, entry("Microsoft.KeyVault/vaults/*"), SUB)
    found = reached(graph_of(world), ann, "azure-key-vault-access-policy")
    assert bool(found) is is_taken


@pytest.mark.parametrize(("shared_keys", "is_taken"), [(True, True), (False, False)])
def test_keys_that_are_switched_off_open_nothing(
    world: AzureWorld, shared_keys: bool, is_taken: bool
) -> None:
    ann = world.principal("ann")
    world.resource("AzureStorageAccount", STORE, shared_key_access=shared_keys)
    world.assign(ann, entry("Microsoft.Storage/storageAccounts/listKeys/action"), STORE)
    assert bool(reached(graph_of(world), ann, "azure-storage-list-keys")) is is_taken


@pytest.mark.parametrize("assign", [True, False])
def test_an_identity_is_lent_only_by_who_may_assign_it(world: AzureWorld, assign: bool) -> None:
    ann = world.principal("ann")
    running(world, user_assigned=True)
    actions = ["write", "runCommand/action"]
    world.assign(ann, entry(*(f"Microsoft.Compute/virtualMachines/{one}" for one in actions)), VM)
    if assign:
        pattern = "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"
        world.assign(ann, entry(pattern), IDENTITY)
    found = reached(graph_of(world), ann, "azure-vm-assign-identity-run-command")
    assert bool(found) is assign


def test_whoever_rewrites_the_role_that_it_holds_may_do_everything(world: AzureWorld) -> None:
    ann = world.principal("ann")
    role = world.role(entry("Microsoft.Authorization/roleDefinitions/write"), "Own")
    world.graph.nodes[role].update(is_custom=True, assignable_scopes=[SUB])
    grant = world.assign(ann, None, SUB, role=role)
    world.graph.add_edge(grant, ann, rel="GRANTED_TO", via="principal")
    world.graph.add_edge(grant, role, rel="GRANTS_ROLE", via="role")
    assert paths_of(graph_of(world), ann) == {("azure-rewrite-custom-role",)}


def ends_of(graph: AttackGraph, scope: str) -> set[str]:
    """Who administers a scope."""
    found = graph.administrators_of(graph.number[scope, ""])
    return {node.id for number, node in enumerate(graph.nodes) if found.certain >> number & 1}


def test_who_administers_a_scope_administers_the_subscriptions_in_it(world: AzureWorld) -> None:
    ann, bob, eve = (world.principal(each) for each in ("ann", "bob", "eve"))
    world.subscription("alone")
    world.assign(ann, OWNER, f"{GROUPS}mg")
    world.assign(bob, OWNER, SUB)
    world.assign(eve, OWNER, "/subscriptions/alone")
    graph = graph_of(world)
    assert ends_of(graph, SUB) == {ann, bob}
    assert ends_of(graph, f"{GROUPS}mg") == {ann}


@pytest.mark.parametrize("missing", [None, MissingReason.UNREADABLE])
def test_a_directory_administers_the_subscriptions_of_its_tenant_though_tenants_be_unlisted(
    world: AzureWorld, missing: MissingReason | None
) -> None:
    directory = f"//graph.microsoft.com{TENANT}"
    world.graph.add_node(directory, label="EntraTenant", name="directory", missing=None)
    world.graph.nodes[TENANT]["missing"] = missing
    graph = graph_of(world)
    led = {
        graph.nodes[source].id: step.reached.certain
        for step in graph.steps
        if step.type == "ADMINISTERS"
        for source in members(step.sources)
    }
    assert led[directory] == 1 << graph.number[TENANT, ""]
    assert led[TENANT] == 1 << graph.number[SUB, ""]


def test_what_the_internet_reaches_is_where_paths_begin(world: AzureWorld) -> None:
    app = world.principal("app", "app")
    world.resource("AzureVirtualMachine", VM)
    world.graph.add_edge(VM, app, rel="RUNS_AS", via="system_identity")
    world.assign(app, OWNER, SUB)
    world.graph.add_node("internet", id="internet", label="Internet", missing=None)
    reach = {
        "unread": [],
        "path": "direct",
        "from_port": 22,
        "to_port": 22,
        "protocol": "tcp",
        "address_family": "IPv4",
        "evidence": "{}",
    }
    world.graph.add_edge("internet", VM, rel="CAN_REACH", **reach)
    assert paths_of(graph_of(world), "internet") == {("azure-outside-exposed-service", "RUNS_AS")}
    world.graph.edges["internet", VM, 0]["unread"] = ["its rules"]
    found = paths_of(graph_of(world), "internet")
    assert found == {("azure-outside-exposed-service", "RUNS_AS", "?")}


def states(graph: AttackGraph, who: str) -> int:
    """How many states of a principal are followed."""
    return sum(node.id == who for node in graph.nodes)


@pytest.mark.parametrize("holder", ["itself", "a group"])
def test_roles_on_many_scopes_make_few_states_and_are_used_together(
    world: AzureWorld, holder: str
) -> None:
    """What takes a machine in one resource group and an identity in another is found by who may
    assign roles on both, and on a dozen more."""
    ann = world.principal("ann")
    holding = world.group("admins", [ann]) if holder == "a group" else ann
    elsewhere = IDENTITY.replace("/rg/", "/other/")
    world.resource("AzureUserAssignedIdentity", elsewhere)
    app = world.principal("strong", "app")
    world.graph.add_edge(elsewhere, app, rel="RESOLVES_TO", via="service_principal")
    world.assign(app, OWNER, SUB)
    scopes = [f"{SUB}/resourcegroups/{name}" for name in ("rg", "other", *map(str, range(12)))]
    for scope in scopes:
        world.resource("AzureResourceGroup", scope)
        machine = f"{scope}/providers/{VM.partition('/providers/')[2]}"
        world.resource("AzureVirtualMachine", machine, power_state="running")
        world.assign(holding, entry(ASSIGN), scope)
    graph = graph_of(world)
    assert states(graph, ann) <= 2 * len(scopes)
    assert paths_of(graph, ann)


def test_who_may_give_itself_roles_on_a_group_of_resources_does_so_there_alone(
    world: AzureWorld,
) -> None:
    ann = world.principal("ann")
    world.resource("AzureResourceGroup", GROUP)
    world.resource("AzureVirtualMachine", VM)
    world.assign(ann, entry(ASSIGN), GROUP)
    graph = graph_of(world)
    assert reached(graph, ann, "azure-assign-role-resource-group") == {ann: True}
    assert reached(graph, ann, "azure-assign-role-virtual-machine") == {}


def test_anybody_may_be_in_a_group_whose_members_are_unread(world: AzureWorld) -> None:
    """No listing says that it is not whole, so no PASS may rest on who is known to be in it."""
    ann = world.principal("ann")
    secret = world.group("secret", None)
    scopes = [f"{SUB}/resourcegroups/{number}" for number in range(6)]
    for scope in scopes:
        world.resource("AzureResourceGroup", scope)
        world.assign(secret, entry(ASSIGN), scope)
    graph = graph_of(world)
    assert graph.administrators == NONE
    assert 1 < states(graph, ann) <= 2 * len(scopes)
    world.assign(secret, OWNER, SUB)
    assert graph_of(world).administrators.possible >> graph.number[ann, ""] & 1
    resources = world.graph.copy()
    resources.graph["reads"] = world.listings(more=_asked())
    rule = PathRule("principal", any_admin_of("AzureSubscription"))
    (row,) = (each for each in rule.rows(resources, "EntraUser") if each.resource == ann)
    assert row.passed is None
    assert row.unread == ["it may be an administrator already: may assign any role on s via a role"]


def test_what_an_unread_group_is_denied_leaves_a_doubt(world: AzureWorld) -> None:
    bob = world.principal("bob")
    secret = world.group("secret", None)
    world.assign(bob, OWNER, SUB)
    world.deny(OWNER, SUB, [secret])
    graph = graph_of(world)
    assert graph.administrators.certain == 0
    assert {graph.nodes[each].id for each in members(graph.administrators.possible)} == {bob}


def test_of_a_group_that_was_not_listed_nobody_is_followed_and_it_is_said(
    world: AzureWorld,
) -> None:
    """Everybody may be in it: that is one gap, and no path of everybody's."""
    ann = world.principal("ann")
    world.assign("//graph.microsoft.com/tenants/t/groups/unheard", OWNER, SUB)
    assert paths_of(graph_of(world, "EntraGroup"), ann) == set()
    listings = world.listings(["EntraGroup"])
    gaps = AzureProvider(GraphView(world.graph, listings), listings).gaps
    assert [each.message.partition(";")[0] for each in gaps] == [
        "Who unheard are could not be read"
    ]
