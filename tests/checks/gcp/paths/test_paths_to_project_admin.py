"""Attack paths to an administrator of a project: from the internet, from external principals, and
from service accounts."""

import json

import pytest
from clew.checks import checks
from clew.checks.path_rule import PathRule
from clew.collectors.registry import models
from clew.graph.exposure.reach import INTERNET
from support.gcp_worlds import TREE, GCPWorld

FROM_INTERNET = "paths_internet_to_project_admin"
FROM_EXTERNAL = "paths_external_to_project_admin"
FROM_ACCOUNT = "paths_service_account_to_project_admin"
GRANT = "resourcemanager.projects.setIamPolicy"
TOKEN = "iam.serviceAccounts.getAccessToken"
READ = "storage.buckets.list"
PROJECT = f"{TREE}projects/p"
RUNNER = "serviceAccount:runner@p.iam.gserviceaccount.com"
OTHER = "serviceAccount:other@p.iam.gserviceaccount.com"
VERDICTS = {True: "PASS", False: "FAIL", None: "MANUAL"}


def world(*permissions: str) -> GCPWorld:
    """A project with a service account that holds permissions on it."""
    found = GCPWorld()
    found.scope("organizations/o", name="example.com", customer_id="C1")
    found.scope("projects/p", "organizations/o")
    account = found.principal(RUNNER)
    found.graph.add_edge(account, PROJECT, rel="IN_ACCOUNT", via="project")
    found.grant([RUNNER], permissions, PROJECT)
    return found


def verdicts(check: str, world: GCPWorld, *unlisted: str) -> dict[str, str]:
    """The verdict on each resource, by name."""
    rule = checks()[check].rule
    assert isinstance(rule, PathRule)
    graph = world.graph.copy()
    labels = {each.label for each in models() if each.provider == "gcp"}
    graph.graph["reads"] = world.listings(unlisted, more=labels)
    label = checks()[check].resource
    rows = rule.rows(graph, label)
    return {graph.nodes[row.resource]["name"]: VERDICTS[row.passed] for row in rows}


def exposed(world: GCPWorld, *unread: str) -> GCPWorld:
    """The same with a machine that runs as the account and is reached from the internet."""
    machine = world.resource(
        "GCPInstance",
        "//compute.googleapis.com/projects/p/zones/z/instances/vm",
        "p",
        status="RUNNING",
        scopes=["https://www.googleapis.com/auth/cloud-platform"],
    )
    (account,) = (each for each in world.graph if each.endswith(RUNNER.partition(":")[2]))
    world.graph.add_edge(machine, account, rel="RUNS_AS", via="service_accounts")
    world.graph.add_node(INTERNET, id=INTERNET, label="Internet", name="Internet", missing=None)
    world.graph.add_edge(
        INTERNET,
        machine,
        rel="CAN_REACH",
        protocol="tcp",
        from_port=22,
        to_port=22,
        address_family="ipv4",
        path="direct",
        unread=list(unread),
        evidence=json.dumps({}),
    )
    return world


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (exposed(world(GRANT)), "FAIL"),
        (exposed(world(GRANT), "rules of a network"), "MANUAL"),
        (exposed(world(READ)), "PASS"),
        (world(GRANT), "PASS"),
    ],
)
def test_over_an_exposed_machine(found: GCPWorld, expected: str) -> None:
    assert verdicts(FROM_INTERNET, found) == {"p": expected}
    assert verdicts(FROM_EXTERNAL, found) == {"p": "PASS"}


def test_over_what_everybody_may_do() -> None:
    found = world(GRANT)
    found.principal("allUsers")
    found.grant(["allUsers"], [TOKEN], PROJECT)
    assert verdicts(FROM_INTERNET, found) == {"p": "FAIL"}


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("gmail.com", "FAIL"), ("partner.example", "MANUAL"), ("example.com", "PASS")],
)
def test_over_an_account_of_another_customer(domain: str, expected: str) -> None:
    found = world(READ)
    found.grant([found.principal(f"user:eve@{domain}")], [GRANT], PROJECT)
    assert verdicts(FROM_EXTERNAL, found) == {"p": expected}
    assert verdicts(FROM_INTERNET, found) == {"p": "PASS"}


def test_from_one_service_account_to_another() -> None:
    found = world(GRANT)
    found.principal(OTHER)
    assert verdicts(FROM_ACCOUNT, found) == {"other@p.iam.gserviceaccount.com": "PASS"}
    found.grant([OTHER], [TOKEN], PROJECT)
    assert verdicts(FROM_ACCOUNT, found) == {"other@p.iam.gserviceaccount.com": "FAIL"}
    found.deny([OTHER], ["iam.googleapis.com/serviceAccounts.getAccessToken"], PROJECT)
    assert verdicts(FROM_ACCOUNT, found) == {"other@p.iam.gserviceaccount.com": "PASS"}


def test_from_a_service_account_over_one_of_which_it_is_unread_whether_it_is_enabled() -> None:
    found = world(GRANT)
    found.principal(OTHER)
    found.grant([OTHER], [TOKEN], PROJECT)
    (account,) = (each for each in found.graph if each.endswith(RUNNER.partition(":")[2]))
    found.graph.nodes[account]["disabled"] = None
    assert verdicts(FROM_ACCOUNT, found) == {"other@p.iam.gserviceaccount.com": "MANUAL"}


def test_a_group_that_was_not_listed_lets_nothing_pass() -> None:
    found = world(READ)
    found.principal(OTHER)
    assert verdicts(FROM_EXTERNAL, found) == {"p": "PASS"}
    found.grant([found.unlisted_group("team@partner.example")], [GRANT], PROJECT)
    assert verdicts(FROM_EXTERNAL, found) == {"p": "MANUAL"}
    assert set(verdicts(FROM_ACCOUNT, found).values()) == {"MANUAL"}


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("robot@elsewhere.iam.gserviceaccount.com", "FAIL"),
        ("service-123@gcp-sa-logging.iam.gserviceaccount.com", "PASS"),
        ("123@cloudservices.gserviceaccount.com", "PASS"),
    ],
)
def test_over_a_service_account_of_a_project_that_was_not_scanned(
    email: str, expected: str
) -> None:
    """Google's own services are none."""
    found = world(READ)
    found.grant([found.foreign_account(email)], [GRANT], PROJECT)
    assert verdicts(FROM_EXTERNAL, found) == {"p": expected}


def test_in_no_organization_a_user_s_domain_may_be_anybody_s() -> None:
    found = GCPWorld()
    found.scope("projects/p")
    found.grant([found.principal("user:ann@example.com")], [GRANT], PROJECT)
    assert verdicts(FROM_EXTERNAL, found) == {"p": "MANUAL"}
