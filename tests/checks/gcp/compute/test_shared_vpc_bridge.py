"""Networks that are joined with what the internet reaches."""

from typing import Any

import pytest
from clew.checks import Traversal, checks
from clew.graph.exposure.reach import INTERNET
from support.gcp_worlds import GCPWorld

CHECK = "shared_vpc_bridge"
RULE = {
    "direction": "INGRESS",
    "disabled": False,
    "allowed": ["all"],
    "denied": [],
    "source_ranges": ["10.128.0.0/9"],
    "source_tags": [],
    "source_service_accounts": [],
    "target_tags": [],
    "target_service_accounts": [],
}
DENIAL = RULE | {"allowed": [], "denied": ["tcp:22"]}


def network(world: GCPWorld, name: str, *rules: dict[str, Any], **fields: Any) -> str:
    known = {"firewall_policies": "[]", **fields}
    made = world.resource("GCPVpc", f"//compute/networks/{name}", "p", **known)
    for number, rule in enumerate(rules):
        rule_id = world.resource("GCPFirewall", f"{made}/firewalls/{number}", "p", **rule)
        world.graph.add_edge(made, rule_id, rel="PROTECTED_BY", via="firewalls")
    return made


def instance(world: GCPWorld, name: str, inside: str, project: str, reached: Any = None) -> None:
    """An instance; ``reached`` is what leaves open that the internet reaches it."""
    made = world.resource("GCPInstance", f"//compute/instances/{name}", project)
    interface = world.resource(
        "GCPNetworkInterface", f"{made}/networkInterfaces/0", project, network_ip="10.128.0.2"
    )
    world.graph.add_edge(interface, made, rel="PART_OF", via="instance")
    world.graph.add_edge(interface, inside, rel="IN_NETWORK", via="network")
    if reached is not None:
        world.graph.add_node(INTERNET, id=INTERNET, label="Internet", name="Internet", missing=None)
        world.graph.add_edge(INTERNET, made, rel="CAN_REACH", via=None, unread=reached)


def verdicts(world: GCPWorld) -> dict[str, str]:
    rule = checks()[CHECK].rule
    assert isinstance(rule, Traversal)
    words = {True: "PASS", False: "FAIL", None: "MANUAL"}
    graph = world.graph
    return {graph.nodes[row.resource]["name"]: words[row.passed] for row in rule.walk(graph)}


@pytest.mark.parametrize(
    ("rules", "reached", "expected"),
    [
        ([RULE], [], "FAIL"),
        ([RULE], None, "PASS"),
        ([RULE], ["a policy"], "MANUAL"),
        ([], [], "PASS"),
        ([RULE | {"source_ranges": ["192.168.0.0/16"]}], [], "PASS"),
        ([RULE | {"disabled": True}], [], "PASS"),
        ([RULE | {"target_tags": ["db"]}], [], "MANUAL"),
        ([RULE, DENIAL], [], "MANUAL"),
    ],
)
def test_an_exposed_instance_of_another_project_in_a_shared_network(
    rules: list[dict[str, Any]], reached: Any, expected: str
) -> None:
    world = GCPWorld()
    shared = network(world, "shared", *rules)
    instance(world, "web", shared, "service", reached)
    instance(world, "db", shared, "host")
    assert verdicts(world) == {"shared": expected}


def test_an_exposed_instance_of_the_same_project_is_no_bridge() -> None:
    world = GCPWorld()
    own = network(world, "own", RULE)
    instance(world, "web", own, "p", [])
    instance(world, "db", own, "p")
    assert verdicts(world) == {"own": "PASS"}


@pytest.mark.parametrize(
    ("state", "is_read", "expected"),
    [("ACTIVE", True, "FAIL"), ("INACTIVE", True, "PASS"), ("ACTIVE", False, "MANUAL")],
)
def test_an_exposed_instance_in_a_peered_network(state: str, is_read: bool, expected: str) -> None:
    world = GCPWorld()
    inner, front = network(world, "inner", RULE), network(world, "front")
    instance(world, "db", inner, "p")
    if is_read:
        instance(world, "web", front, "p", [])
    else:
        world.graph.nodes[front]["missing"] = "CROSS_ACCOUNT"
    peering = world.resource("GCPNetworkPeering", f"{inner}/peerings/p", "p", state=state)
    world.graph.add_edge(peering, inner, rel="PART_OF", via="network")
    world.graph.add_edge(peering, front, rel="PEERS_WITH", via="peer_network")
    assert verdicts(world)["inner"] == expected


def test_policies_above_the_rules_are_left_open() -> None:
    world = GCPWorld()
    shared = network(world, "shared", RULE, firewall_policies='[{"rules": []}]')
    instance(world, "web", shared, "service", [])
    instance(world, "db", shared, "host")
    assert verdicts(world) == {"shared": "MANUAL"}
