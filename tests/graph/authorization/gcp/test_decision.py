"""What Google Cloud decides, case by case."""

import pytest
from clew.graph.model import MissingReason
from support.gcp_worlds import IAM, TREE, GCPWorld

READ, DELETE = "storage.objects.get", "storage.buckets.delete"
ORG, FOLDER = f"{TREE}organizations/o", f"{TREE}folders/f"
HOME, OTHER = f"{TREE}projects/p", f"{TREE}projects/q"
BUCKET = "//storage.googleapis.com/b"
POOL = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/w"


@pytest.fixture
def world() -> GCPWorld:
    """An organization with a folder, a project in it and one next to it."""
    found = GCPWorld()
    found.scope("organizations/o", name="example.com", customer_id="C1")
    found.scope("folders/f", "organizations/o")
    found.scope("projects/p", "folders/f", project_number="1")
    found.scope("projects/q", "organizations/o", project_number="2")
    found.resource("GCPBucket", BUCKET, "p")
    return found


@pytest.fixture
def ann(world: GCPWorld) -> str:
    """Somebody."""
    return world.principal("user:ann@example.com")


@pytest.mark.parametrize("scope", [ORG, FOLDER, HOME, BUCKET])
def test_a_role_holds_on_all_below(world: GCPWorld, ann: str, scope: str) -> None:
    world.grant([ann], [READ], scope)
    assert world.decision(ann, READ, BUCKET) == "ALLOWED"
    assert world.decision(ann, "storage.objects.list", BUCKET) == "IMPLICITLY_DENIED"


def test_a_role_in_a_project_says_nothing_of_another(world: GCPWorld, ann: str) -> None:
    world.grant([ann], [READ], OTHER)
    assert world.decision(ann, READ, BUCKET) == "IMPLICITLY_DENIED"


def test_a_bucket_of_no_known_project_may_lie_in_any(world: GCPWorld, ann: str) -> None:
    world.grant([ann], [READ], HOME)
    assert world.decision(ann, READ, "//storage.googleapis.com/elsewhere") == "UNKNOWN"


def test_what_lies_above_and_was_not_read_may_grant_and_deny(world: GCPWorld, ann: str) -> None:
    world.scope("projects/lost", "?")
    world.grant([ann], [READ], FOLDER)
    assert world.decision(ann, READ, f"{TREE}projects/lost") == "UNKNOWN"
    world.grant([ann], [READ], f"{TREE}projects/lost")
    assert world.decision(ann, READ, f"{TREE}projects/lost") == "ALLOWED"
    world.deny([ann], ["storage.googleapis.com/objects.get"], FOLDER)
    assert world.decision(ann, READ, f"{TREE}projects/lost") == "CONDITIONAL"


def test_members_of_groups_in_groups_hold_what_the_group_does(world: GCPWorld, ann: str) -> None:
    inner = world.group("inner@example.com", [ann])
    outer = world.group("outer@example.com", [inner])
    world.grant([outer], [READ], HOME)
    assert world.decision(ann, READ, BUCKET) == "ALLOWED"
    bob = world.principal("user:bob@example.com")
    assert world.decision(bob, READ, BUCKET) == "IMPLICITLY_DENIED"


def test_groups_in_a_circle_end(world: GCPWorld, ann: str) -> None:
    one = world.group("one@example.com")
    two = world.group("two@example.com", [one])
    world.graph.add_edge(two, one, rel="MEMBER_OF", via="members")
    world.grant([one], [READ], HOME)
    assert world.decision(ann, READ, BUCKET) == "IMPLICITLY_DENIED"


def test_whoever_may_be_of_a_group_that_was_not_read_may_be_allowed(
    world: GCPWorld, ann: str
) -> None:
    world.grant(["group:lost@example.com"], [READ], HOME)
    assert world.decision(ann, READ, BUCKET) == "UNKNOWN"
    world.group("lost@example.com", None)
    assert world.decision(ann, READ, BUCKET) == "UNKNOWN"


@pytest.mark.parametrize(
    ("member", "who", "decided"),
    [
        ("domain:example.com", "user:ann@example.com", "ALLOWED"),
        ("domain:example.com", "user:ann@example.org", "UNKNOWN"),
        ("domain:example.com", "user:ann@sub.example.com", "UNKNOWN"),
        ("domain:example.com", "user:ann@gmail.com", "IMPLICITLY_DENIED"),
        ("domain:example.com", f"principal://{POOL}/subject/x", "IMPLICITLY_DENIED"),
        ("domain:example.com", "allUsers", "IMPLICITLY_DENIED"),
        ("domain:example.com", "serviceAccount:a@p.iam.gserviceaccount.com", "IMPLICITLY_DENIED"),
        ("allAuthenticatedUsers", "serviceAccount:a@x.iam.gserviceaccount.com", "ALLOWED"),
        ("allAuthenticatedUsers", "allUsers", "IMPLICITLY_DENIED"),
        ("allUsers", "allUsers", "ALLOWED"),
        ("allUsers", "user:ann@example.com", "ALLOWED"),
        ("user:Ann@Example.com", "user:ann@example.com", "ALLOWED"),
        (f"principalSet://{POOL}/*", f"principal://{POOL}/subject/x", "ALLOWED"),
        (f"principalSet://{POOL}/group/g", f"principal://{POOL}/subject/x", "UNKNOWN"),
        (f"principalSet://{POOL}2/*", f"principal://{POOL}/subject/x", "IMPLICITLY_DENIED"),
        (f"principalSet://{POOL}/attribute.a/v", f"principal://{POOL}/subject/x", "UNKNOWN"),
        ("principal://something.new/about/x", "user:ann@example.com", "UNKNOWN"),
        (
            "deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=1",
            "serviceAccount:a@p.iam.gserviceaccount.com",
            "IMPLICITLY_DENIED",
        ),
    ],
)
def test_members_are_whom_their_names_stand_for(
    world: GCPWorld, member: str, who: str, decided: str
) -> None:
    world.grant([member], [READ], HOME)
    assert world.decision(world.principal(who), READ, BUCKET) == decided


def test_a_user_of_another_customer_is_not_of_a_domain(world: GCPWorld) -> None:
    world.scope("organizations/2", name="example.org", customer_id="C2")
    world.grant(["domain:example.com"], [READ], HOME)
    ann = world.principal("user:ann@example.org")
    assert world.decision(ann, READ, BUCKET) == "IMPLICITLY_DENIED"


def test_a_convenience_value_stands_for_holders_of_a_basic_role(world: GCPWorld, ann: str) -> None:
    world.role(["storage.buckets.list"], "roles/viewer")
    world.grant(["projectViewer:p"], [READ], BUCKET)
    assert world.decision(ann, READ, BUCKET) == "IMPLICITLY_DENIED"
    world.grant([ann], None, HOME, role="roles/viewer")
    assert world.decision(ann, READ, BUCKET) == "ALLOWED"


def test_a_role_that_was_not_read_may_allow_anything(world: GCPWorld, ann: str) -> None:
    world.grant([ann], None, HOME)
    assert world.decision(ann, READ, BUCKET) == "UNKNOWN"
    world.grant([ann], None, HOME, role="roles/never.listed")
    assert world.decision(ann, READ, BUCKET) == "UNKNOWN"


@pytest.mark.parametrize("fields", [{"stage": "DISABLED"}, {"deleted": True}])
def test_a_role_that_is_off_grants_nothing(
    world: GCPWorld, ann: str, fields: dict[str, object]
) -> None:
    world.grant([ann], None, HOME, role=world.role([READ], "projects/p/roles/r", **fields))
    assert world.decision(ann, READ, BUCKET) == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("condition", "decided"),
    [
        ("request.time < timestamp('2020-01-01T00:00:00Z')", "IMPLICITLY_DENIED"),
        ("request.time < timestamp('2030-01-01T00:00:00Z')", "ALLOWED"),
        ("request.time > timestamp('2030-01-01T00:00:00Z')", "CONDITIONAL"),
        ("!(request.time < timestamp('2030-01-01T00:00:00Z'))", "CONDITIONAL"),
        ("!(request.time > timestamp('2020-01-01T00:00:00Z'))", "IMPLICITLY_DENIED"),
        ("!!(request.time < timestamp('2030-01-01T00:00:00Z'))", "ALLOWED"),
        (
            "!(request.time >= timestamp('2030-01-01T00:00:00Z') || resource.name == 'x')",
            "ALLOWED",
        ),
        ("!resource.name.startsWith('projects/_/buckets/c')", "ALLOWED"),
        ("resource.name.startsWith('projects/_/buckets/b')", "ALLOWED"),
        ("resource.name.startsWith('projects/_/buckets/c')", "IMPLICITLY_DENIED"),
        ("resource.name.startsWith('projects/_/buckets/b/objects/x')", "CONDITIONAL"),
        ("resource.type == 'storage.googleapis.com/Object'", "ALLOWED"),
        ("resource.type == 'storage.googleapis.com/Bucket'", "IMPLICITLY_DENIED"),
        ("resource.service != 'storage.googleapis.com'", "IMPLICITLY_DENIED"),
        ("request.time.getHours('Europe/Berlin') < 9", "CONDITIONAL"),
        ("'accessPolicies/1/accessLevels/x' in request.auth.access_levels", "CONDITIONAL"),
        ("this is no condition", "CONDITIONAL"),
    ],
)
def test_a_condition_is_decided_as_far_as_it_is_known(
    world: GCPWorld, ann: str, condition: str, decided: str
) -> None:
    world.grant([ann], [READ], HOME, condition=condition)
    answer = world.answer(ann, READ, BUCKET)
    assert answer.decision == decided
    assert answer.conditions == ((condition,) if decided == "CONDITIONAL" else ())


def test_which_roles_may_be_given_can_be_read_off(world: GCPWorld, ann: str) -> None:
    asked, key = "resourcemanager.projects.setIamPolicy", "iam.googleapis.com/modifiedGrantsByRole"
    condition = f"api.getAttribute('{key}', []).hasOnly(['roles/viewer'])"
    world.grant([ann], [asked], HOME, condition=condition)
    assert world.decision(ann, asked, HOME) == "CONDITIONAL"
    assert world.decision(ann, asked, HOME, **{key: ["roles/viewer"]}) == "ALLOWED"
    assert world.decision(ann, asked, HOME, **{key: ["roles/owner"]}) == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("permission", "decided"),
    [
        ("storage.googleapis.com/buckets.delete", "EXPLICITLY_DENIED"),
        ("storage.googleapis.com/buckets.*", "EXPLICITLY_DENIED"),
        ("storage.googleapis.com/*.delete", "EXPLICITLY_DENIED"),
        ("storage.googleapis.com/*.*", "EXPLICITLY_DENIED"),
        ("storage.googleapis.com/objects.*", "ALLOWED"),
        ("storage.googleapis.com/*", "EXPLICITLY_DENIED"),
        ("storage.googleapis.com/*.get", "ALLOWED"),
        ("compute.googleapis.com/*.delete", "ALLOWED"),
        ("compute.googleapis.com/*", "ALLOWED"),
        ("storage.googleapis.com/buckets.del*", "CONDITIONAL"),
        ("compute.googleapis.com/buckets.del*", "ALLOWED"),
        ("*.googleapis.com/*", "CONDITIONAL"),
        ("*", "CONDITIONAL"),
    ],
)
def test_a_denial_from_above_wins(world: GCPWorld, ann: str, permission: str, decided: str) -> None:
    world.grant([ann], [DELETE], HOME)
    world.deny(["principalSet://goog/public:all"], [permission], ORG)
    assert world.decision(ann, DELETE, BUCKET) == decided


def test_whom_and_what_a_denial_excepts_it_does_not_deny(world: GCPWorld, ann: str) -> None:
    world.grant([ann], [DELETE], HOME)
    everyone, all_ = ["principalSet://goog/public:all"], ["storage.googleapis.com/buckets.*"]
    group = ["principalSet://goog/group/g@example.com"]
    world.deny(everyone, all_, ORG, spared=["storage.googleapis.com/buckets.delete"])
    assert world.decision(ann, DELETE, BUCKET) == "ALLOWED"
    world.deny(everyone, all_, ORG, excluded=group)
    assert world.decision(ann, DELETE, BUCKET) == "CONDITIONAL"
    world.group("g@example.com", [ann])
    assert world.decision(ann, DELETE, BUCKET) == "ALLOWED"


def test_what_may_be_excepted_may_be_denied_or_not(world: GCPWorld, ann: str) -> None:
    world.grant([ann], [DELETE], HOME)
    everyone, all_ = ["principalSet://goog/public:all"], ["storage.googleapis.com/buckets.*"]
    world.deny(everyone, all_, ORG, spared=["storage.googleapis.com/buckets.del*"])
    assert world.decision(ann, DELETE, BUCKET) == "CONDITIONAL"


def test_a_denial_may_hang_on_tags(world: GCPWorld, ann: str) -> None:
    asked = "resourcemanager.projects.delete"
    denied = ["cloudresourcemanager.googleapis.com/projects.delete"]
    world.grant([ann], [asked, DELETE], ORG)
    subject = [f"principal://goog/subject/{ann.partition(':')[2]}"]
    world.deny(subject, denied, ORG, condition="!resource.matchTag('o/env', 'test')")
    world.tag(FOLDER, "o/env", "test")
    assert world.decision(ann, asked, HOME) == "ALLOWED"
    assert world.decision(ann, asked, OTHER) == "EXPLICITLY_DENIED"
    assert world.decision(ann, asked, OTHER, "GCPTagBinding") == "CONDITIONAL"
    world.tag(HOME, "o/env", "live")
    assert world.decision(ann, asked, HOME) == "EXPLICITLY_DENIED"


def test_resources_have_tags_of_their_own_besides_those_that_they_inherit(
    world: GCPWorld, ann: str
) -> None:
    world.grant([ann], [DELETE], HOME)
    condition = "!resource.matchTag('o/env','test')"
    world.deny([ann], ["storage.googleapis.com/buckets.delete"], HOME, condition=condition)
    answer = world.answer(ann, DELETE, BUCKET, "GCPResourceTagBinding")
    assert answer.decision == "CONDITIONAL"
    assert answer.conditions == (f"not ({condition})",)
    assert world.decision(ann, DELETE, BUCKET) == "EXPLICITLY_DENIED"
    world.tag(FOLDER, "o/env", "test")
    assert world.decision(ann, DELETE, BUCKET) == "ALLOWED"
    world.tag(BUCKET, "o/env", "live")
    assert world.decision(ann, DELETE, BUCKET) == "EXPLICITLY_DENIED"


def test_a_tagged_resource_that_was_not_collected_may_be_any_of_its_service(
    world: GCPWorld, ann: str
) -> None:
    condition = "resource.hasTagKey('o/open')"
    machine = world.resource(
        "GCPInstance", "//compute.googleapis.com/projects/p/zones/z/instances/i", "p"
    )
    for asked in ("compute.instances.get", DELETE):
        world.grant([ann], [asked], HOME, condition=condition)
    world.tag("//compute.googleapis.com/projects/p/zones/z/instances/77", "o/open", "yes")
    assert world.decision(ann, "compute.instances.get", machine) == "CONDITIONAL"
    assert world.decision(ann, DELETE, BUCKET) == "IMPLICITLY_DENIED"


def test_a_boundary_leaves_only_what_it_names(world: GCPWorld, ann: str) -> None:
    customer = f"{IAM}locations/global/workspace/C1"
    secret = "secretmanager.versions.access"
    world.grant([ann], [READ, secret], ORG)
    world.boundary([OTHER], customer)
    assert world.decision(ann, READ, BUCKET) == "EXPLICITLY_DENIED"
    assert world.decision(ann, READ, OTHER) == "ALLOWED"
    assert world.decision(ann, secret, HOME) == "ALLOWED", "no such boundary limits it"
    world.boundary([f"{TREE}projects/1"], customer)
    assert world.decision(ann, READ, BUCKET) == "ALLOWED"


def test_a_boundary_holds_for_accounts_of_a_project(world: GCPWorld) -> None:
    robot = world.principal("serviceAccount:a@p.iam.gserviceaccount.com")
    other = world.principal("serviceAccount:a@q.iam.gserviceaccount.com")
    world.grant(["allAuthenticatedUsers"], [READ], BUCKET)
    world.boundary([OTHER], HOME)
    assert world.decision(robot, READ, BUCKET) == "EXPLICITLY_DENIED"
    assert world.decision(other, READ, BUCKET) == "ALLOWED"


def test_a_boundary_may_be_about_a_kind_of_principals(world: GCPWorld, ann: str) -> None:
    world.grant([ann], [READ], HOME)
    only = "principal.type == 'iam.googleapis.com/ServiceAccount'"
    world.boundary([OTHER], f"{IAM}locations/global/workspace/C1", condition=only)
    assert world.decision(ann, READ, BUCKET) == "ALLOWED"


@pytest.mark.parametrize(
    "label", ["GCPDenyPolicy", "GCPPrincipalAccessBoundary", "GCPPrincipalAccessBoundaryBinding"]
)
def test_limits_that_were_not_read_may_stop_what_is_granted(
    world: GCPWorld, ann: str, label: str
) -> None:
    world.grant([ann], [READ], HOME)
    assert world.decision(ann, READ, BUCKET, label) == "CONDITIONAL"
    assert world.decision(ann, DELETE, BUCKET, label) == "IMPLICITLY_DENIED"


def test_policies_that_were_not_read_may_allow_anything(world: GCPWorld, ann: str) -> None:
    assert world.decision(ann, READ, BUCKET, "GCPPolicyBinding") == "UNKNOWN"
    assert world.answer(ann, READ, BUCKET, "GCPPolicyBinding").unread


def test_a_denial_whose_rules_were_not_read_may_be_about_anything(
    world: GCPWorld, ann: str
) -> None:
    world.grant([ann], [READ], HOME)
    world.deny([], [], ORG, is_read=False)
    assert world.decision(ann, READ, BUCKET) == "CONDITIONAL"


def test_pools_are_the_same_by_the_number_and_the_id_of_their_project(world: GCPWorld) -> None:
    by_id = POOL.replace("projects/1", "projects/p")
    robot = world.principal(f"principal://{by_id}/subject/x")
    world.grant([f"principalSet://{POOL}/*"], [DELETE], HOME)
    assert world.decision(robot, DELETE, BUCKET) == "ALLOWED"
    everyone, denied = ["principalSet://goog/public:all"], ["storage.googleapis.com/buckets.delete"]
    world.deny(everyone, denied, HOME, excluded=[f"principal://{POOL}/subject/x"])
    assert world.decision(robot, DELETE, BUCKET) == "ALLOWED"
    world.deny([f"principalSet://{POOL}/*"], denied, HOME)
    assert world.decision(robot, DELETE, BUCKET) == "EXPLICITLY_DENIED"


def test_accounts_that_were_not_scanned_and_hold_roles_are_named(world: GCPWorld) -> None:
    agent = world.principal("serviceAccount:agent@elsewhere.iam.gserviceaccount.com")
    own = world.principal("serviceAccount:own@p.iam.gserviceaccount.com")
    for one in (agent, own):
        binding = world.grant([f"serviceAccount:{one.rpartition('/')[2]}"], [READ], HOME)
        world.graph.add_edge(binding, one, rel="GRANTED_TO", via="principals")
    assert not world.authorizer().unread
    world.graph.nodes[agent]["missing"] = MissingReason.CROSS_ACCOUNT
    (said,) = world.authorizer().unread
    assert "agent@elsewhere.iam.gserviceaccount.com" in said
    assert "own@" not in said


@pytest.mark.parametrize(
    ("scope", "who", "kind", "decided"),
    [
        ("projects/1", "a@p.iam", "ServiceAccount", "ALLOWED"),
        ("projects/2", "a@p.iam", "ServiceAccount", "IMPLICITLY_DENIED"),
        ("folders/f", "a@p.iam", "ServiceAccount", "ALLOWED"),
        ("organizations/o", "a@q.iam", "ServiceAccount", "ALLOWED"),
        ("projects/1", "a@p.iam", "ServiceAgent", "IMPLICITLY_DENIED"),
        ("projects/1", "service-1@gcp-sa-aiplatform.iam", "ServiceAgent", "ALLOWED"),
        ("folders/f", "1@cloudservices", "ServiceAgent", "ALLOWED"),
        ("folders/f", "2@cloudservices", "ServiceAgent", "IMPLICITLY_DENIED"),
        ("projects/1", "1@cloudservices", "ServiceAccount", "IMPLICITLY_DENIED"),
        ("projects/1", "a@p.iam", "SomethingNew", "UNKNOWN"),
    ],
)
def test_sets_of_the_tree_may_be_of_service_accounts_or_agents_alone(
    world: GCPWorld, scope: str, who: str, kind: str, decided: str
) -> None:
    account = world.principal(f"serviceAccount:{who}.gserviceaccount.com")
    world.grant(
        [f"principalSet://cloudresourcemanager.googleapis.com/{scope}/type/{kind}"], [READ], ORG
    )
    assert world.decision(account, READ, BUCKET) == decided


def test_users_are_of_no_set_of_service_accounts(world: GCPWorld, ann: str) -> None:
    everyone = "principalSet://cloudresourcemanager.googleapis.com/organizations/o"
    world.grant([f"{everyone}/type/ServiceAccount"], [READ], ORG)
    assert world.decision(ann, READ, BUCKET) == "IMPLICITLY_DENIED"
    world.grant([everyone], [READ], ORG)
    assert world.decision(ann, READ, BUCKET) == "ALLOWED"


@pytest.mark.parametrize(
    ("asked", "resource", "condition", "decided"),
    [
        (
            "pubsub.topics.publish",
            "//pubsub.googleapis.com/projects/p/topics/t",
            "resource.name == 'projects/p/topics/t'",
            "CONDITIONAL",
        ),
        (
            "cloudsql.instances.export",
            "//cloudsql.googleapis.com/projects/p/instances/i",
            "resource.service == 'sqladmin.googleapis.com' && "
            "resource.type == 'sqladmin.googleapis.com/Instance' && "
            "resource.name == 'projects/p/instances/i'",
            "ALLOWED",
        ),
        (
            "compute.instances.stop",
            "//compute.googleapis.com/projects/p/zones/z/instances/i",
            "resource.name.startsWith('projects/p/zones/z/instances/web-')",
            "IMPLICITLY_DENIED",
        ),
    ],
)
def test_only_some_services_tell_conditions_of_their_resources(
    world: GCPWorld, ann: str, asked: str, resource: str, condition: str, decided: str
) -> None:
    world.grant([ann], [asked], HOME, condition=condition)
    assert world.decision(ann, asked, resource) == decided
