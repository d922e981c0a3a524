"""What holds of every world: sets are single decisions, denials only take away, scopes are
prefixes over the tree."""

from collections.abc import Callable
from typing import Any

from clew.graph.authorization.azure.environment import PrincipalState
from clew.graph.authorization.azure.scopes import ScopedTable, ScopeTree
from clew.graph.authorization.resource_table import ResourceRow, ResourceTable
from hypothesis import given
from hypothesis import strategies as st
from support.azure_worlds import GROUPS, TENANT, AzureWorld

SUBSCRIPTIONS = ("a", "a1", "b")
MANAGEMENT_GROUPS = {"root": "", "m": "root", "n": "root", "lost": None}
ACTIONS = (
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/delete",
    "Microsoft.Authorization/roleAssignments/write",
    "data:Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
)
PATTERNS = ("*", "*/read", "Microsoft.Compute/*", "*/delete", "Microsoft.KeyVault/*", "*/write")
CONDITIONS = (
    "",
    "!(ActionMatches{'*/read'})",
    "@Request[x] StringEquals 'y'",
    "ActionMatches{'*/blobs/read'} AND @Resource[Microsoft.Storage/storageAccounts/blobServices/"
    "containers:name] StringEquals 'photos'",
    "no condition",
)
VAULTS = [
    f"/subscriptions/{each}/resourcegroups/r/providers/microsoft.keyvault/vaults/kv"
    for each in SUBSCRIPTIONS
]
RESOURCES = [
    TENANT,
    *(GROUPS + each for each in MANAGEMENT_GROUPS),
    *(f"/subscriptions/{each}" for each in SUBSCRIPTIONS),
    *(f"/subscriptions/{each}/resourcegroups/{group}" for each in "ab" for group in ("r", "r1")),
    *VAULTS,
    f"{VAULTS[0]}/secrets/one",
    *(
        "/subscriptions/a/resourcegroups/r/providers/microsoft.storage/storageaccounts/st"
        f"/blobservices/default/containers/{each}"
        for each in ("photos", "mail")
    ),
]
TABLE = ResourceTable(ResourceRow(each) for each in RESOURCES)
UNLISTED = ("AzureRoleAssignment", "AzureDenyAssignment", "AzureLock")

entries = st.lists(
    st.fixed_dictionaries(
        {
            "actions": st.lists(st.sampled_from(PATTERNS), max_size=2),
            "notActions": st.lists(st.sampled_from(PATTERNS), max_size=1),
            "dataActions": st.lists(st.sampled_from(PATTERNS), max_size=2),
            "notDataActions": st.lists(st.sampled_from(PATTERNS), max_size=1),
            "condition": st.sampled_from(CONDITIONS),
        }
    ),
    max_size=2,
)


def world_of(draw: Callable[..., Any]) -> tuple[AzureWorld, list[str]]:
    """Any small world, and those who act in it."""
    world = AzureWorld()
    for name, parent in MANAGEMENT_GROUPS.items():
        world.management_group(name, parent)
    for name in SUBSCRIPTIONS:
        world.subscription(name, draw(st.sampled_from([None, "m", "n", "lost"])))
    people = [world.principal(name) for name in ("ann", "bob")]
    members = st.none() | st.lists(st.sampled_from(people), unique=True)
    inner = world.group("inner", draw(members))
    outer = world.group("outer", [inner])
    holders = st.sampled_from([*people, inner, outer, "somebody"])
    scopes = st.sampled_from(["/", *RESOURCES])
    for _ in range(draw(st.integers(0, 3))):
        world.assign(
            draw(holders),
            draw(st.none() | entries),
            draw(scopes),
            condition=draw(st.sampled_from((*CONDITIONS, None))),
            eligible=draw(st.booleans()),
        )
    for _ in range(draw(st.integers(0, 2))):
        deny(world, draw, holders, scopes)
    if draw(st.booleans()):
        world.lock(draw(st.sampled_from(["ReadOnly", "CanNotDelete", None])), RESOURCES[5])
    policies = {draw(holders): {"secrets": draw(st.sampled_from([["get"], ["list"], None]))}}
    for vault in VAULTS:
        world.vault(vault, draw(st.sampled_from([True, False, None])), policies)
    return world, people


def deny(world: AzureWorld, draw: Callable[..., Any], holders: Any, scopes: Any) -> None:
    world.deny(
        draw(st.none() | entries),
        draw(scopes),
        draw(st.none() | st.lists(holders, max_size=2)),
        draw(st.lists(holders, max_size=1)),
        below=draw(st.sampled_from([True, False, None])),
        condition=draw(st.sampled_from((*CONDITIONS, None))),
    )


@given(st.data())
def test_sets_are_what_single_decisions_are(data: st.DataObject) -> None:
    world, people = world_of(data.draw)
    authorizer = world.authorizer(*data.draw(st.sets(st.sampled_from(UNLISTED), max_size=1)))
    for who in map(PrincipalState, people):
        for action in ACTIONS:
            rows = authorizer.allowed(who, action, TABLE)
            for row, id_ in enumerate(TABLE.ids):
                answer = authorizer.decide(who, action, id_)
                assert rows.holds(row) is answer.is_allowed, (action, id_, answer)


@given(st.data())
def test_a_denial_only_takes_away(data: st.DataObject) -> None:
    world, people = world_of(data.draw)
    who, action = PrincipalState(people[0]), data.draw(st.sampled_from(ACTIONS))
    before = world.authorizer().allowed(who, action, TABLE)
    holders = st.sampled_from([*people, "somebody"])
    known = {*world.authorizer().environment.opaque}
    deny(world, data.draw, holders, st.sampled_from(["/", *RESOURCES]))
    after = world.authorizer().allowed(who, action, TABLE)
    if known == world.authorizer().environment.opaque:
        assert after.possible & ~before.possible == 0
        assert after.certain & ~before.certain == 0


@given(st.data())
def test_what_was_not_read_only_opens_answers(data: st.DataObject) -> None:
    """It makes nothing certain that was not, and takes nothing away for certain."""
    world, people = world_of(data.draw)
    who, action = PrincipalState(people[0]), data.draw(st.sampled_from(ACTIONS))
    read = world.authorizer().allowed(who, action, TABLE)
    unread = world.authorizer(data.draw(st.sampled_from(UNLISTED))).allowed(who, action, TABLE)
    assert unread.certain & ~read.certain == 0
    assert read.possible & ~unread.possible == 0


SEGMENTS = st.lists(st.sampled_from(["r", "r1", "providers", "x"]), max_size=4)
PLACES = st.builds(
    lambda top, rest: "/".join([top, *rest]),
    st.sampled_from([f"/subscriptions/{each}" for each in SUBSCRIPTIONS]),
    SEGMENTS,
)


@given(
    st.dictionaries(st.sampled_from(SUBSCRIPTIONS), st.sampled_from(["root", "m", "n"])),
    st.lists(PLACES, min_size=1),
    st.one_of(PLACES, st.sampled_from([TENANT, *(GROUPS + each for each in ("root", "m", "n"))])),
)
def test_what_a_scope_reaches_is_a_prefix_over_the_tree(
    parents: dict[str, str], ids: list[str], scope: str
) -> None:
    above = {f"/subscriptions/{each}": GROUPS + parent for each, parent in parents.items()}
    above |= {f"{GROUPS}m": f"{GROUPS}root", f"{GROUPS}n": f"{GROUPS}root", f"{GROUPS}root": ""}
    tenants = {f"/subscriptions/{each}": TENANT for each in SUBSCRIPTIONS}
    tree = ScopeTree(above, tenants)
    table = ResourceTable(ResourceRow(each.upper()) for each in ids)
    rows = tree.reached(scope, ScopedTable(table))
    for row, id_ in enumerate(table.ids):
        path = f"{id_.lower()}/"
        while path and not path.startswith(f"{scope}/"):
            top = "/".join(path.split("/")[:3])
            parent = above.get(path[:-1] if path.startswith(GROUPS) else top)
            path = "" if parent is None else f"{parent}/" if parent else f"{TENANT}/"
            if path == f"{TENANT}/" and scope != TENANT:
                break
        expected = path.startswith(f"{scope}/") or scope == TENANT
        known = "/".join(id_.lower().split("/")[:3]) in above
        assert rows.holds(row) is (expected if known or not scope.startswith(GROUPS) else None)
        assert (scope in tree.chain(id_.lower())) is (rows.holds(row) is True)
