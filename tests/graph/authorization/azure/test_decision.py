"""Single requests: each rule of Azure RBAC in a world as small as it takes."""

import pytest
from clew.graph.authorization.azure.authorizer import AzureAuthorizer
from clew.graph.authorization.azure.environment import PrincipalState
from support.azure_worlds import CONTRIBUTOR, GROUPS, OWNER, TENANT, AzureWorld

SUB = "/subscriptions/s"
GROUP = f"{SUB}/resourcegroups/rg"
VM = f"{GROUP}/providers/microsoft.compute/virtualmachines/vm"
STORE = f"{GROUP}/providers/microsoft.storage/storageaccounts/st"
BLOBS = f"{STORE}/blobservices/default/containers/photos"
VAULT = f"{GROUP}/providers/microsoft.keyvault/vaults/kv"
START = "Microsoft.Compute/virtualMachines/start/action"
READ_VM = "Microsoft.Compute/virtualMachines/read"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
READ_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
GET_SECRET = "data:Microsoft.KeyVault/vaults/secrets/getSecret/action"
MONITORING = "749f88d5-cbae-40b8-bcfc-e573ddc772fa"
OWNERS = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ONLY_MONITORING = (
    f"((!(ActionMatches{{'{ASSIGN}'}})) OR (@Request[Microsoft.Authorization/roleAssignments:"
    f"RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{MONITORING}}}))"
)


@pytest.fixture
def world() -> AzureWorld:
    made = AzureWorld()
    made.subscription("s")
    return made


def entry(*actions: str, **more: object) -> list[dict[str, object]]:
    return [{"actions": [*actions], **more}]


def test_nothing_is_allowed_that_no_role_allows(world: AzureWorld) -> None:
    assert world.decision(world.principal("ann"), START, VM) == "IMPLICITLY_DENIED"


@pytest.mark.parametrize("scope", [TENANT, "/", SUB, GROUP, VM, SUB.upper(), VM.upper()])
def test_a_role_reaches_all_below_its_scope_whatever_the_case(
    world: AzureWorld, scope: str
) -> None:
    ann = world.principal("ann")
    world.assign(ann, CONTRIBUTOR, scope if scope != SUB.upper() else "/Subscriptions/S")
    assert world.decision(ann, START.upper(), VM.replace("vm", "VM")) == "ALLOWED"


@pytest.mark.parametrize(
    "scope", ["/subscriptions/s2", f"{GROUP}2", f"{VM}2", f"{SUB}/resourcegroups/r", STORE]
)
def test_it_reaches_nothing_else(world: AzureWorld, scope: str) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, scope)
    assert world.decision(ann, START, VM) == "IMPLICITLY_DENIED"


def test_what_an_entry_leaves_out_is_not_allowed_by_it(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, CONTRIBUTOR, SUB)
    assert world.decision(ann, ASSIGN, GROUP) == "IMPLICITLY_DENIED"


def test_what_one_entry_leaves_out_another_may_allow(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    parts = [
        {"actions": ["Microsoft.Compute/*"], "notActions": ["*/start/action"]},
        {"actions": [START]},
    ]
    world.assign(ann, parts, SUB)
    world.assign(bob, parts[:1], SUB)
    assert world.decision(ann, START, VM) == "ALLOWED"
    assert world.decision(bob, START, VM) == "IMPLICITLY_DENIED"
    world.assign(bob, parts[1:], GROUP)
    assert world.decision(bob, START, VM) == "ALLOWED"


def test_entries_are_never_pooled(world: AzureWorld) -> None:
    """An entry's exceptions are its own, and so is its condition."""
    ann = world.principal("ann")
    parts = [
        {"actions": [ASSIGN], "condition": ONLY_MONITORING},
        {"actions": ["*"], "notActions": [ASSIGN]},
    ]
    world.assign(ann, parts, SUB)
    assert world.decision(ann, ASSIGN, GROUP, RoleDefinitionId=OWNERS) == "IMPLICITLY_DENIED"
    assert world.decision(ann, ASSIGN, GROUP, RoleDefinitionId=MONITORING) == "ALLOWED"


def test_actions_and_data_actions_are_apart(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    world.assign(ann, OWNER, SUB)
    world.assign(bob, [{"dataActions": [READ_BLOB.upper()]}], STORE)
    assert world.decision(ann, f"data:{READ_BLOB}", BLOBS) == "IMPLICITLY_DENIED"
    assert world.decision(bob, f"data:{READ_BLOB}", BLOBS) == "ALLOWED"
    assert world.decision(bob, READ_BLOB, BLOBS) == "IMPLICITLY_DENIED"


@pytest.mark.parametrize("pattern", ["assign/action", "*/assign/action", "*"])
def test_an_identity_is_assigned_by_either_name_of_the_action(
    world: AzureWorld, pattern: str
) -> None:
    ann = world.principal("ann")
    identities = "Microsoft.ManagedIdentity/userAssignedIdentities/"
    world.assign(ann, entry(identities + pattern), SUB)
    identity = f"{GROUP}/providers/{identities}id"
    assert world.decision(ann, f"{identities}assign/action", identity) == "ALLOWED"
    assert world.decision(ann, f"{identities}*/assign/action", identity) == "ALLOWED"


# ---------------------------------------------------------------------------- groups and tree


def test_a_member_of_a_member_holds_what_the_group_holds(world: AzureWorld) -> None:
    ann = world.principal("ann")
    inner = world.group("inner", [ann])
    world.assign(world.group("outer", [inner]), CONTRIBUTOR, SUB)
    assert world.decision(ann, START, VM) == "ALLOWED"
    assert world.decision(world.principal("bob"), START, VM) == "IMPLICITLY_DENIED"


def test_groups_may_contain_each_other(world: AzureWorld) -> None:
    ann, one, other = world.principal("ann"), world.group("one"), world.group("other")
    world.graph.add_edge(one, other, rel="MEMBER_OF", via="members")
    world.graph.add_edge(other, one, rel="MEMBER_OF", via="members")
    world.graph.add_edge(ann, one, rel="MEMBER_OF", via="members")
    world.assign(other, CONTRIBUTOR, SUB)
    assert world.decision(ann, START, VM) == "ALLOWED"


def test_members_that_were_not_read_leave_it_unknown(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(world.group("team", None), CONTRIBUTOR, SUB)
    assert world.decision(ann, START, VM) == "UNKNOWN"
    assert world.decision(ann, ASSIGN, VM) == "IMPLICITLY_DENIED"


def test_a_group_of_an_unread_group_leaves_it_unknown_too(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(world.group("outer", [world.group("team", None)]), CONTRIBUTOR, SUB)
    assert world.decision(ann, START, VM) == "UNKNOWN"


def test_a_group_that_nobody_listed_leaves_it_unknown(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign("0f00", CONTRIBUTOR, SUB)
    assert world.decision(ann, START, VM) == "UNKNOWN"


def test_management_groups_reach_what_lies_in_them(world: AzureWorld) -> None:
    world.management_group("root")
    world.management_group("inner", "root")
    world.management_group("other", "root")
    world.subscription("t1", "inner")
    ann, vm = world.principal("ann"), VM.replace("/s/", "/t1/")
    for scope, expected in (("inner", "ALLOWED"), ("root", "ALLOWED"), ("other", "NO")):
        bob = world.principal(f"of-{scope}")
        world.assign(bob, CONTRIBUTOR, GROUPS + scope)
        assert world.decision(bob, START, vm) == expected.replace("NO", "IMPLICITLY_DENIED")
    assert world.decision(ann, START, vm) == "IMPLICITLY_DENIED"


def test_a_tree_that_was_not_read_leaves_it_unknown(world: AzureWorld) -> None:
    world.management_group("mg")
    world.management_group("inner", None)
    world.subscription("t1", "inner")
    ann = world.principal("ann")
    world.assign(ann, CONTRIBUTOR, f"{GROUPS}mg")
    assert world.decision(ann, START, VM) == "UNKNOWN"
    assert world.decision(ann, START, VM.replace("/s/", "/t1/")) == "UNKNOWN"


def test_everything_is_reached_from_the_root(world: AzureWorld) -> None:
    ann, group = world.principal("ann"), world.management_group("mg")
    world.subscription("t1", "mg")
    world.assign(ann, OWNER, "/")
    for resource in (VM, SUB, group, TENANT):
        assert world.decision(ann, ASSIGN, resource) == "ALLOWED"


def test_roles_that_could_not_be_listed_may_be_any(world: AzureWorld) -> None:
    ann = world.principal("ann")
    assert world.decision(ann, START, VM, "AzureRoleAssignment") == "UNKNOWN"
    world.assign(ann, None, SUB)
    assert world.decision(ann, START, VM) == "UNKNOWN"


# ---------------------------------------------------------------------------- conditions


def test_a_condition_is_decided_as_far_as_the_request_is_known(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    world.assign(ann, entry(ASSIGN, "Microsoft.Compute/*"), SUB, condition=ONLY_MONITORING)
    world.assign(bob, entry(ASSIGN, condition=ONLY_MONITORING), SUB)
    assert world.decision(ann, START, VM) == "ALLOWED"
    for who in (ann, bob):
        assert world.decision(who, ASSIGN, VM, RoleDefinitionId=MONITORING) == "ALLOWED"
        assert world.decision(who, ASSIGN, VM, RoleDefinitionId=OWNERS) == "IMPLICITLY_DENIED"
        assert world.decision(who, ASSIGN, VM) == "CONDITIONAL"


def test_a_condition_that_is_open_is_reported(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, entry(ASSIGN), SUB, condition=ONLY_MONITORING)
    answer = world.authorizer().decide(PrincipalState(ann), ASSIGN, VM)
    assert answer.conditions == (ONLY_MONITORING,)


def test_the_container_of_a_condition_is_known_by_the_resource(world: AzureWorld) -> None:
    ann = world.principal("ann")
    named = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
    condition = f"{named} StringEquals 'photos'"
    world.assign(ann, [{"dataActions": ["*"]}], SUB, condition=condition)
    action = f"data:{READ_BLOB}"
    assert world.decision(ann, action, BLOBS) == "ALLOWED"
    assert world.decision(ann, action, BLOBS.replace("photos", "mail")) == "IMPLICITLY_DENIED"
    assert world.decision(ann, action, STORE) == "CONDITIONAL"


def test_what_is_no_condition_leaves_it_open(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, SUB, condition="@Request[x] Resembles 'y'")
    assert world.decision(ann, START, VM) == "CONDITIONAL"


# ---------------------------------------------------------------------------- denials and locks


def test_a_denial_wins_over_every_role(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, VM)
    world.deny(entry("Microsoft.Compute/*"), GROUP)
    assert world.decision(ann, START, VM) == "EXPLICITLY_DENIED"
    assert world.decision(ann, ASSIGN, VM) == "ALLOWED"


def test_whom_a_denial_excludes_it_does_not_mean(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    team = world.group("team", [bob])
    world.assign(ann, OWNER, SUB)
    world.assign(bob, OWNER, SUB)
    world.deny(entry("*"), SUB, excluded=[team])
    assert world.decision(ann, START, VM) == "EXPLICITLY_DENIED"
    assert world.decision(bob, START, VM) == "ALLOWED"


def test_a_denial_means_the_members_of_a_group(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    for who in (ann, bob):
        world.assign(who, OWNER, SUB)
    world.deny(entry("*"), SUB, [world.group("team", [bob])])
    assert world.decision(ann, START, VM) == "ALLOWED"
    assert world.decision(bob, START, VM) == "EXPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("below", "on_group", "on_vm"),
    [
        (True, "EXPLICITLY_DENIED", "EXPLICITLY_DENIED"),
        (False, "EXPLICITLY_DENIED", "ALLOWED"),
        (None, "EXPLICITLY_DENIED", "CONDITIONAL"),
    ],
)
def test_a_denial_may_hold_for_its_scope_alone(
    world: AzureWorld, below: bool | None, on_group: str, on_vm: str
) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, SUB)
    world.deny(entry("*"), GROUP, below=below)
    assert world.decision(ann, ASSIGN, GROUP) == on_group
    assert world.decision(ann, START, VM) == on_vm


def test_what_a_denial_spares_is_allowed(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, SUB)
    world.deny(entry("*", notActions=["*/read"]), GROUP)
    assert world.decision(ann, READ_VM, VM) == "ALLOWED"
    assert world.decision(ann, START, VM) == "EXPLICITLY_DENIED"


def test_unread_denials_leave_what_is_allowed_conditional(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, SUB)
    assert world.decision(ann, START, VM, "AzureDenyAssignment") == "CONDITIONAL"
    bob = world.principal("bob")
    assert world.decision(bob, START, VM, "AzureDenyAssignment") == "IMPLICITLY_DENIED"


def test_a_denial_that_perhaps_means_one_leaves_it_conditional(world: AzureWorld) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, SUB)
    world.deny(entry("*"), GROUP, [world.group("team", None)])
    assert world.decision(ann, START, VM) == "CONDITIONAL"


@pytest.mark.parametrize(
    ("level", "action", "expected"),
    [
        ("CanNotDelete", "Microsoft.Compute/virtualMachines/delete", "EXPLICITLY_DENIED"),
        ("CanNotDelete", START, "ALLOWED"),
        ("ReadOnly", START, "EXPLICITLY_DENIED"),
        ("ReadOnly", ASSIGN, "EXPLICITLY_DENIED"),
        ("ReadOnly", READ_VM, "ALLOWED"),
        ("ReadOnly", "Microsoft.Authorization/locks/delete", "ALLOWED"),
        (None, START, "CONDITIONAL"),
        (None, "Microsoft.Compute/virtualMachines/delete", "EXPLICITLY_DENIED"),
        (None, READ_VM, "ALLOWED"),
    ],
)
def test_a_lock_stops_changes_whoever_makes_them(
    world: AzureWorld, level: str | None, action: str, expected: str
) -> None:
    ann = world.principal("ann")
    world.assign(ann, OWNER, SUB)
    world.lock(level, GROUP)
    assert world.decision(ann, action, VM) == expected


def test_a_lock_allows_nothing_and_stops_nobody_from_data(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    world.assign(bob, [{"dataActions": ["*"]}], SUB)
    world.lock("ReadOnly", SUB)
    assert world.decision(ann, START, VM) == "IMPLICITLY_DENIED"
    assert world.decision(bob, f"data:{READ_BLOB}", BLOBS) == "ALLOWED"


# ---------------------------------------------------------------------------- in time


def test_an_eligible_role_is_not_active(world: AzureWorld) -> None:
    ann = world.principal("ann")
    grant = world.assign(world.group("team", [ann]), CONTRIBUTOR, SUB, eligible=True)
    assert world.decision(ann, START, VM) == "ELIGIBLE"
    assert world.decision(ann, ASSIGN, VM) == "IMPLICITLY_DENIED"
    activate = "Microsoft.Authorization/roleAssignmentScheduleRequests/write"
    assert world.decision(ann, activate, grant) == "ALLOWED"
    assert world.decision(world.principal("bob"), activate, grant) == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2020-01-01T00:00:00Z", "IMPLICITLY_DENIED"),
        ("2030-01-01T00:00:00Z", "ALLOWED"),
        ("", "ALLOWED"),
        (None, "ALLOWED"),
    ],
)
def test_what_has_ended_is_not_held(world: AzureWorld, end: str | None, expected: str) -> None:
    ann = world.principal("ann")
    world.assign(ann, CONTRIBUTOR, SUB, end=end)
    assert world.decision(ann, START, VM) == expected


# ---------------------------------------------------------------------------- vaults


READER_OF_SECRETS = [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]


@pytest.mark.parametrize(
    ("by_roles", "by_role", "by_policy"),
    [
        (True, "ALLOWED", "IMPLICITLY_DENIED"),
        (False, "IMPLICITLY_DENIED", "ALLOWED"),
        (None, "UNKNOWN", "UNKNOWN"),
    ],
)
def test_a_vault_goes_by_roles_or_by_access_policies(
    world: AzureWorld, by_roles: bool | None, by_role: str, by_policy: str
) -> None:
    ann, bob, eve = (world.principal(name) for name in ("ann", "bob", "eve"))
    world.assign(ann, READER_OF_SECRETS, SUB)
    world.vault(VAULT, by_roles, {world.group("team", [bob]): {"secrets": ["Get"]}})
    assert world.decision(ann, GET_SECRET, VAULT) == by_role
    assert world.decision(bob, GET_SECRET, VAULT) == by_policy
    assert world.decision(eve, GET_SECRET, VAULT) == "IMPLICITLY_DENIED"
    assert world.decision(bob, GET_SECRET, f"{VAULT}/secrets/one") == by_policy
    assert world.decision(bob, GET_SECRET, f"{VAULT}2") == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("permissions", "action", "expected"),
    [
        ({"secrets": ["all"]}, GET_SECRET, "ALLOWED"),
        ({"secrets": ["list"]}, GET_SECRET, "IMPLICITLY_DENIED"),
        ({"keys": ["get"]}, GET_SECRET, "IMPLICITLY_DENIED"),
        ({"keys": ["unwrapKey"]}, "data:Microsoft.KeyVault/vaults/keys/unwrap/action", "ALLOWED"),
        ({"secrets": ["get"], "application": "a"}, GET_SECRET, "CONDITIONAL"),
        ({"secrets": None}, GET_SECRET, "UNKNOWN"),
        ({"secrets": ["all"]}, "Microsoft.KeyVault/vaults/write", "IMPLICITLY_DENIED"),
    ],
)
def test_an_access_policy_lets_what_it_names_be_done(
    world: AzureWorld, permissions: dict[str, object], action: str, expected: str
) -> None:
    ann = world.principal("ann")
    world.vault(VAULT, False, {ann: permissions})
    assert world.decision(ann, action, VAULT) == expected


# ---------------------------------------------------------------------------- states and the new


def test_a_state_adds_roles_and_groups(world: AzureWorld) -> None:
    ann, role = world.principal("ann"), world.role(OWNER)
    world.assign(world.group("team"), CONTRIBUTOR, SUB)
    decide = world.authorizer().decide
    given = PrincipalState(ann, roles=frozenset({(role, GROUP)}))
    assert decide(given, ASSIGN, VM).is_allowed
    assert decide(given, ASSIGN, SUB).is_allowed is False
    joined = PrincipalState(ann, groups=frozenset({"team"}))
    assert decide(joined, START, VM).is_allowed


def test_something_new_is_made_wherever_that_is_allowed(world: AzureWorld) -> None:
    ann, bob = world.principal("ann"), world.principal("bob")
    make = "Microsoft.Compute/virtualMachines/write"
    world.resource("AzureVirtualMachine", VM)
    world.assign(ann, entry("Microsoft.Compute/*"), GROUP)
    world.assign(bob, entry("Microsoft.Compute/*"), VM)
    authorizer: AzureAuthorizer = world.authorizer()
    template = "/providers/microsoft.compute/virtualmachines/{name}"
    for who, truth, anywhere in ((ann, True, True), (bob, False, True)):
        state = PrincipalState(who)
        assert authorizer.allowed_on_new(state, [(make, ())], template) is truth
        assert authorizer.allowed_on_new(state, [(make, ())], "{name}") is anywhere
    example = authorizer.example(PrincipalState(ann), [(make, ())], template)
    assert example == f"{GROUP}{template}"
