"""Attack paths in Google Cloud: administrators, impersonation, workloads, and what cuts them."""

from collections.abc import Sequence

import networkx
import pytest
from clew.graph.attack.engine.build import build
from clew.graph.attack.gcp.agent_kinds import KINDS, ServiceAgent
from clew.graph.attack.gcp.provider import GCPProvider
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.authorization.gcp.environment import PrincipalState
from clew.graph.authorization.gcp.impersonation import DELEGATING, Impersonation
from clew.graph.model import Gap, MissingReason
from clew.graph.sets import MaySet
from clew.graph.view import GraphView
from hypothesis import given, settings
from hypothesis import strategies as st
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
    return two_projects()


def two_projects() -> GCPWorld:
    made = GCPWorld()
    made.scope("organizations/o", name="example.com", customer_id="C1")
    made.scope("folders/f", "organizations/o")
    made.scope("projects/p", "folders/f", project_number="1")
    made.scope("projects/q", "organizations/o", project_number="2")
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


def test_a_chain_of_delegates_is_as_long_as_it_must_be(world: GCPWorld) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    one, two, three = (
        world.principal(f"serviceAccount:{each}@q.iam.gserviceaccount.com") for each in "abc"
    )
    world.grant([ann], [DELEGATING], one)
    world.grant([one], [DELEGATING], two)
    world.grant([two], [DELEGATING], three)
    assert paths(world, ann) == set()
    world.grant([three], [TOKEN], account)
    assert paths(world, ann) == {("gcp-implicit-delegation",)}
    graph = graph_of(world)
    search = Search(graph, admin(graph))
    (path,) = (explain_path(graph, each) for each in search.paths(graph.number[ann, ""]))
    assert len(path.hops[0].statements) >= 3, "each link is named"
    world.graph.nodes[two]["disabled"] = True
    assert paths(world, ann) == set()
    world.graph.nodes[two]["disabled"] = None
    assert paths(world, ann) == {("gcp-implicit-delegation", "?")}


def become(graph: AttackGraph, who: str) -> MaySet:
    """The nodes that somebody comes to by any steps."""
    found = MaySet(1 << graph.number[who, ""], 1 << graph.number[who, ""])
    while True:
        grown = found
        for step in graph.steps:
            if step.sources & grown.possible:
                grown |= step.reached.only_if(bool(step.sources & grown.certain))
        if grown == found:
            return found
        found = grown


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_chain_of_impersonation_equals_its_links(data: st.DataObject) -> None:
    """Whom one comes to act as by techniques is whom one may act as by permissions alone."""
    world = two_projects()
    ann = world.principal("user:ann@example.com")
    accounts = [
        world.principal(f"serviceAccount:{each}@q.iam.gserviceaccount.com") for each in "abcd"
    ]
    for _ in range(data.draw(st.integers(0, 6))):
        asked = data.draw(st.none() | st.sampled_from([[TOKEN], [DELEGATING]]))
        world.grant(
            [data.draw(st.sampled_from([ann, *accounts]))],
            asked,
            data.draw(st.sampled_from(accounts)),
        )
    graph, asked_of = graph_of(world), Impersonation(world.authorizer())
    for who in (ann, *accounts):
        reached, expected = become(graph, who), asked_of.all_of(PrincipalState(who))
        for row, id_ in enumerate(asked_of.accounts.ids):
            if id_ != who:
                assert reached.holds(graph.number[id_, ""]) is expected.holds(row), (who, id_)


@pytest.mark.parametrize("constraint", ["iam", "iam.managed"])
def test_who_may_lift_an_organization_policy_is_not_stopped_by_it(
    world: GCPWorld, constraint: str
) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    world.grant([ann], [KEY], account)
    world.constrain(f"{constraint}.disableServiceAccountKeyCreation", ORG, True)
    assert paths(world, ann) == set()
    world.grant([ann], ["orgpolicy.policy.set"], Q)
    assert paths(world, ann) == set(), "that is another project"
    world.grant([ann], ["orgpolicy.policy.set"], FOLDER)
    assert paths(world, ann) == {("gcp-lift-organization-policy", "gcp-account-key")}


@pytest.mark.parametrize(
    ("condition", "way"),
    [
        ("resource.type == 'cloudresourcemanager.googleapis.com/Project'", ("gcp-update-role",)),
        ("request.auth.access_levels == 1", ("gcp-update-role", "?")),
        ("request.time < timestamp('2020-01-01T00:00:00Z')", None),
    ],
)
def test_a_custom_role_that_is_held_on_a_condition_becomes_every_role_on_it(
    world: GCPWorld, condition: str, way: tuple[str, ...] | None
) -> None:
    ann = world.principal("user:ann@example.com")
    role = world.role(
        ["storage.buckets.list"],
        "organizations/o/roles/own",
        is_custom=True,
        account="organizations/o",
    )
    world.grant([ann], None, P, role=role, condition=condition)
    world.grant([ann], ["iam.roles.update"], ORG)
    assert paths(world, ann) == ({way} if way else set())


def test_who_may_attach_a_tag_meets_conditions_that_ask_for_it(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    world.tag(Q, "o/env", "test")
    world.tag(P, "o/env", "live")
    world.grant([ann], [GRANT], P, condition="resource.matchTag('o/env', 'test')")
    assert paths(world, ann) == set()
    world.grant([ann], ["resourcemanager.tagValueBindings.create"], ORG)
    assert paths(world, ann) == set()
    world.grant([ann], ["resourcemanager.hierarchyNodes.createTagBinding"], P)
    assert paths(world, ann) == {("gcp-attach-tag",)}


@pytest.mark.parametrize("doubtful", ["tagValueBindings.create", "hierarchyNodes.createTagBinding"])
def test_where_a_tag_may_not_be_attached_for_certain_nothing_is_certain(
    world: GCPWorld, doubtful: str
) -> None:
    ann = world.principal("user:ann@example.com")
    world.tag(Q, "o/env", "test")
    world.grant([ann], [GRANT], P, condition="resource.matchTag('o/env', 'test')")
    attaching = ("tagValueBindings.create", "hierarchyNodes.createTagBinding")
    for each in attaching:
        # Elsewhere it is certain: on the other project, and for a value that nothing asks for.
        where = ORG if each != doubtful else Q if "hierarchy" in each else ""
        if where:
            world.grant([ann], [f"resourcemanager.{each}"], where)
    world.grant([ann], [f"resourcemanager.{doubtful}"], ORG, condition="request.auth.x == 'y'")
    assert paths(world, ann) == {("gcp-attach-tag", "?")}


def test_who_may_attach_a_tag_is_spared_by_denials(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    world.tag(Q, "o/env", "test")
    world.grant([ann], [GRANT], P)
    denied = ["cloudresourcemanager.googleapis.com/projects.setIamPolicy"]
    world.deny([ann], denied, ORG, condition="!resource.matchTag('o/env', 'test')")
    assert paths(world, ann) == set()
    attaching = ("tagValueBindings.create", "hierarchyNodes.createTagBinding")
    world.grant([ann], [f"resourcemanager.{each}" for each in attaching], ORG)
    assert paths(world, ann) == {("gcp-attach-tag",)}


def test_a_project_is_moved_to_where_one_rules(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    world.scope("folders/own", "organizations/o")
    world.grant([ann], ["resourcemanager.projects.move", "resourcemanager.projects.update"], P)
    assert paths(world, ann) == set()
    target = [f"resourcemanager.{each}" for each in ("projects.create", "folders.setIamPolicy")]
    world.grant([ann], target, f"{TREE}folders/own")
    graph = graph_of(world)
    assert graph.number[ann, "any role on p"]


AGENTS = {
    "gcp-agent-deployment": "1@cloudservices.gserviceaccount.com",
    "gcp-agent-build": "1@cloudbuild.gserviceaccount.com",
    "gcp-agent-vertex": "service-1@gcp-sa-aiplatform-cc.iam.gserviceaccount.com",
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.technique)
def test_who_may_use_a_service_has_its_agent_act(world: GCPWorld, kind: ServiceAgent) -> None:
    ann = world.principal("user:ann@example.com")
    agent = world.foreign_account(AGENTS[kind.technique])
    world.grant([agent], [GRANT], P)
    world.grant([ann], [TOKEN], ORG)
    assert paths(world, ann) == set(), "nobody acts as an account of Google's"
    world.grant([ann], [kind.actions[0]], Q)
    assert paths(world, ann) == set(), "that is the agent of another project"
    world.grant([ann], [kind.actions[-1]], P)
    assert paths(world, ann) == {(kind.technique, *(["?"] if kind.doubt else []))}


def test_of_a_project_that_was_not_scanned_nobody_has_the_agent_act(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    agent = world.foreign_account("77@cloudservices.gserviceaccount.com")
    world.grant([agent], [GRANT], P)
    world.grant([ann], [each for kind in KINDS for each in kind.actions], ORG)
    assert paths(world, ann) == set()
    assert "77@cloudservices" in "".join(each.message for each in gaps_of(world))


def test_an_agent_of_a_project_that_could_not_be_read_is_a_gap(world: GCPWorld) -> None:
    ann = world.principal("user:ann@example.com")
    agent = world.foreign_account("1@cloudservices.gserviceaccount.com")
    world.grant([agent], [GRANT], Q)
    world.grant([ann], [each for kind in KINDS for each in kind.actions], ORG)
    graph = networkx.MultiDiGraph(world.graph)
    graph.nodes[P]["missing"] = MissingReason.UNREADABLE
    listings = world.listings()
    found = GCPProvider(GraphView(graph, listings), listings).gaps
    assert "1@cloudservices" in "".join(each.message for each in found)


def gaps_of(world: GCPWorld) -> Sequence[Gap]:
    listings = world.listings()
    return GCPProvider(GraphView(world.graph, listings), listings).gaps


def test_a_service_perimeter_leaves_steps_open(world: GCPWorld) -> None:
    account, ann = runner(world), world.principal("user:ann@example.com")
    world.grant([ann], [TOKEN], account)
    world.perimeter([P], ["storage.googleapis.com"])
    assert paths(world, ann) == {("gcp-access-token",)}
    world.perimeter([P], ["iamcredentials.googleapis.com"])
    assert paths(world, ann) == {("gcp-access-token", "?")}
