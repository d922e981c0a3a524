"""Attack paths in Google Cloud: administrators, impersonation, workloads, and what cuts them."""

import pytest
from clew.graph.attack.engine.build import build
from clew.graph.attack.gcp.provider import GCPProvider
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.view import GraphView
from support.gcp_worlds import TREE, GCPWorld

ORG, FOLDER, P, Q = (
    TREE + each for each in ("organizations/o", "folders/f", "projects/p", "projects/q")
)
GRANT = "resourcemanager.projects.setIamPolicy"
TOKEN, KEY = "iam.serviceAccounts.getAccessToken", "iam.serviceAccountKeys.create"
ACT_AS = "iam.serviceAccounts.actAs"
RUN = ["run.jobs.create", "run.jobs.run"]
ACCOUNT = "serviceAccount:runner@p.iam.gserviceaccount.com"
PLATFORM = "https://www.googleapis.com/auth/cloud-platform"


@pytest.fixture
def world() -> GCPWorld:
    made = GCPWorld()
    made.scope("organizations/o", name="example.com", customer_id="C1")
    made.scope("folders/f", "organizations/o")
    made.scope("projects/p", "folders/f")
    made.scope("projects/q", "organizations/o")
    return made


def graph_of(world: GCPWorld, *unlisted: str) -> AttackGraph:
    known = GCPProvider.techniques().techniques.values()
    asked = {each.existing for one in known for each in one.existing.values()}
    listings = world.listings(unlisted, more=asked)
    return build([GCPProvider(GraphView(world.graph, listings), listings)])


def paths(world: GCPWorld, who: str, *unlisted: str) -> set[tuple[str, ...]]:
    """The paths to an administrator, each as its techniques or types; a conditional one ends in
    ``?``."""
    graph = graph_of(world, *unlisted)
    search = Search(graph, admin(graph))
    found = [explain_path(graph, each) for each in search.paths(graph.number[who, ""])]
    return {
        (*(hop.technique or hop.type for hop in path.hops), *["?"] * path.conditional)
        for path in found
    }


def runner(world: GCPWorld) -> str:
    """A service account that administers project p."""
    account = world.principal(ACCOUNT)
    world.graph.add_edge(account, P, rel="IN_ACCOUNT", via="project")
    world.grant([ACCOUNT], [GRANT], P)
    return account


@pytest.mark.parametrize("scope", [ORG, FOLDER, P])
def test_who_may_grant_any_role_on_a_project_is_an_administrator(
    world: GCPWorld, scope: str
) -> None:
    label = scope.removeprefix(TREE).partition("/")[0]
    ann = world.principal("user:ann@example.com")
    bob = world.principal("user:bob@example.com")
    world.grant([ann], [f"resourcemanager.{label}.setIamPolicy"], scope)
    world.grant([bob], ["compute.instances.create"], scope)
    graph = graph_of(world)
    assert graph.administrators.certain >> graph.number[ann, ""] & 1
    assert not graph.administrators.possible >> graph.number[bob, ""] & 1
    assert graph.reasons[graph.number[ann, ""]].startswith("may grant any role on ")


def test_a_denial_makes_nobody_an_administrator(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    world.grant([ann], [GRANT], P)
    world.deny([ann], ["cloudresourcemanager.googleapis.com/projects.setIamPolicy"], ORG)
    graph = graph_of(world)
    assert not graph.administrators.possible >> graph.number[ann, ""] & 1


def test_a_denial_that_can_be_deleted_stops_nobody(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    world.grant([ann], [GRANT], P)
    world.deny([ann], ["cloudresourcemanager.googleapis.com/projects.setIamPolicy"], P)
    world.grant([ann], ["iam.denypolicies.delete"], ORG)
    assert paths(world, ann) == {("gcp-delete-deny-policy",)}


def test_a_token_of_an_administrator_is_as_good(world: GCPWorld) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    world.grant([ann], [TOKEN], account)
    assert paths(world, ann) == {("gcp-access-token",)}
    world.graph.nodes[account]["disabled"] = True
    assert paths(world, ann) == set()
    world.graph.nodes[account]["disabled"] = None
    assert paths(world, ann) == {("gcp-access-token", "?")}


def test_a_key_is_made_only_where_no_policy_forbids_keys(world: GCPWorld) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    world.grant([ann], [KEY], account)
    assert paths(world, ann) == {("gcp-account-key",)}
    assert paths(world, ann, "GCPOrgPolicy") == {("gcp-account-key", "?")}
    world.constrain("iam.disableServiceAccountKeyCreation", ORG, True)
    assert paths(world, ann) == set()


def test_to_act_as_an_account_takes_something_to_run_as_it(world: GCPWorld) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    world.grant([ann], [ACT_AS], account)
    assert paths(world, ann) == set()
    world.grant([ann], RUN, Q)
    assert paths(world, ann) == set(), "an account runs in its own project"
    world.grant([ann], RUN, P)
    assert paths(world, ann) == {("gcp-create-run-job",)}


def test_delegation_leads_through_an_account_to_another(world: GCPWorld) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    via = world.principal("serviceAccount:via@q.iam.gserviceaccount.com")
    world.grant([ann], ["iam.serviceAccounts.implicitDelegation"], via)
    assert paths(world, ann) == set()
    world.grant(["serviceAccount:via@q.iam.gserviceaccount.com"], [TOKEN], account)
    assert paths(world, ann) == {("gcp-implicit-delegation",)}


def test_a_custom_role_that_one_holds_becomes_every_role(world: GCPWorld) -> None:
    ann, bob = world.principal("user:ann@example.com"), world.principal("user:bob@example.com")
    role = world.role(
        ["storage.buckets.list"],
        "organizations/o/roles/own",
        is_custom=True,
        account="organizations/o",
    )
    world.grant([ann], None, ORG, role=role)
    world.grant([ann, bob], ["iam.roles.update"], ORG)
    assert paths(world, ann) == {("gcp-update-role",)}
    assert paths(world, bob) == set()


@pytest.mark.parametrize(
    ("scopes", "leads"), [([PLATFORM], True), (None, True), ([f"{PLATFORM}.read-only"], False)]
)
def test_a_machine_lends_its_account_by_wide_access_scopes(
    world: GCPWorld, scopes: list[str] | None, leads: bool
) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    machine = world.resource(
        "GCPInstance",
        "//compute.googleapis.com/projects/p/zones/z/instances/vm",
        "p",
        status="RUNNING",
        scopes=scopes,
    )
    world.graph.add_edge(machine, account, rel="RUNS_AS", via="service_accounts")
    world.grant([ann], [ACT_AS], account)
    world.grant([ann], ["compute.instances.setMetadata", "compute.instances.reset"], machine)
    way = ("gcp-instance-startup-script", "RUNS_AS")
    assert (way in paths(world, ann)) is leads


def test_anybody_may_be_in_a_group_that_was_not_listed(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    group = world.unlisted_group("lost@example.com")
    world.grant([group], [GRANT], P)
    assert paths(world, ann) == {("gcp-unread-group", "?")}
    listings = world.listings()
    gaps = GCPProvider(GraphView(world.graph, listings), listings).gaps
    assert any("lost@example.com" in each.message for each in gaps)
    graph = graph_of(world)
    search = Search(graph, admin(graph))
    (outside,) = (number for number in range(len(graph.nodes)) if graph.external >> number & 1)
    (path,) = (explain_path(graph, each) for each in search.paths(outside))
    assert path.conditional
    assert path.hops[0].conditions == ("it is a member of lost@example.com, which was not listed",)


def test_anybody_may_be_in_a_group_whose_members_were_not_read(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    world.group("lost@example.com", None)
    world.grant(["group:lost@example.com"], [GRANT], P)
    graph = graph_of(world)
    assert graph.administrators.possible >> graph.number[ann, ""] & 1


def test_unlisted_groups_make_no_more_states_than_there_are_groups(world: GCPWorld) -> None:
    people = [world.principal(f"user:u{number}@example.com") for number in range(20)]
    for number in range(10):
        world.grant([world.unlisted_group(f"g{number}@example.com")], ["run.jobs.run"], P)
    assert len(graph_of(world).nodes) < len(people) + 10 + 5


def test_allow_policies_that_were_not_listed_are_a_gap(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    assert paths(world, ann, "GCPPolicyBinding") == set()
    listings = world.listings(["GCPPolicyBinding"])
    gaps = GCPProvider(GraphView(world.graph, listings), listings).gaps
    assert any("Allow policies of project p" in each.message for each in gaps)


def test_everybody_and_accounts_of_consumers_come_from_outside(world: GCPWorld) -> None:
    world.principal("allUsers")
    runner(world)
    eve = world.principal("user:eve@gmail.com")
    dan = world.principal("user:dan@partner.example")
    for who in ("allUsers", eve, dan):
        world.grant([who], [TOKEN], P)
    graph = graph_of(world)
    found = {
        (graph.nodes[target].id, bool(step.reached.certain >> target & 1))
        for step in graph.steps
        if step.sources & graph.external
        for target in range(len(graph.nodes))
        if step.reached.possible >> target & 1
    }
    assert {("allUsers", True), (eve, True), (dan, False)} <= found


def test_what_techniques_read_holds_data(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    bucket = world.resource("GCPBucket", "//storage.googleapis.com/b", "p")
    world.grant([ann], ["storage.objects.get"], bucket)
    graph = graph_of(world)
    assert graph.data >> graph.number[bucket, ""] & 1
    assert not graph.data >> graph.number[ann, ""] & 1
