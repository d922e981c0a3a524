"""Small networks, one address each, and whether the internet reaches a port of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.azure.network import VirtualNetwork
from clew.graph.model import Resource
from support.azure_network import ACCOUNT, ROOT, group, interface, network, of, routed, rule
from support.exposing import edges

CASES = Path("/work/shared/reference/clouds/cases-gcp-exposure-cross.jsonl")
SCAN = {"provider": "azure", "account": ACCOUNT, "region": "global"}
OPEN, CLOSED, UNSURE = "OPEN", "CLOSED", "UNSURE"


def answer(port: int, *resources: Resource) -> str:
    """Whether the internet reaches a TCP port of the interface."""
    found = [
        edge
        for name, edge in edges(resources, but="", **SCAN)
        if name == "nic"
        and edge["protocol"] == "tcp"
        and edge["from_port"] <= port <= edge["to_port"]
    ]
    if not found:
        return CLOSED
    return OPEN if any(not edge["unread"] for edge in found) else UNSURE


def admin(action: str, port: str, priority: int = 1) -> dict[str, Any]:
    return {
        "id": f"{ROOT}/networkmanagers/m/securityadminconfigurations/c/rules/r{priority}",
        "direction": "Inbound",
        "access": action,
        "priority": priority,
        "protocol": "Tcp",
        "sources": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}],
        "destinations": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}],
        "destinationPortRanges": [port],
    }


def managed(around: list[Resource], rules: list[dict[str, Any]] | None) -> list[Resource]:
    """A network with the rules of its managers, or with unread ones."""
    net, *others = around
    assert isinstance(net, VirtualNetwork)
    replaced = of(VirtualNetwork, "virtualnetworks/net", security_admin_rules=rules)
    return [replaced, *others]


NO_GROUP = [*network()]
SSH = rule("ssh", "Allow", 100, "Internet")


@pytest.mark.parametrize(
    ("sku", "around", "expected"),
    [
        ("Standard", NO_GROUP, CLOSED),
        ("Basic", NO_GROUP, OPEN),
        (
            "Standard",
            [
                *network("nsg"),
                *group("nsg", rule("no", "Deny", 100), rule("yes", "Allow", 200, "Internet")),
            ],
            CLOSED,
        ),
        (
            "Standard",
            [
                *network("nsg"),
                *group(
                    "nsg",
                    rule("lower", "Allow", 100, "0.0.0.0/1", ports=["*"]),
                    rule("upper", "Allow", 110, "128.0.0.0/1", ports=["*"]),
                ),
            ],
            OPEN,
        ),
        (
            "Standard",
            [*network("nsg"), *group("nsg", rule("azure", "Allow", 100, "AzureCloud"))],
            CLOSED,
        ),
        ("Standard", [*managed(network("nsg"), [admin("Deny", "22")]), *group("nsg", SSH)], CLOSED),
        (
            "Standard",
            [*managed(network("nsg"), [admin("AlwaysAllow", "22")]), *group("nsg")],
            OPEN,
        ),
        ("Standard", [*managed(network("nsg"), [admin("Allow", "22")]), *group("nsg")], CLOSED),
        ("Standard", [*managed(network("nsg"), None), *group("nsg")], UNSURE),
        ("Standard", [*managed(network("nsg"), None), *group("nsg", SSH)], UNSURE),
    ],
)
def test_of_one_address(sku: str, around: list[Resource], expected: str) -> None:
    assert answer(22, *around, *interface("nic", sku=sku)) == expected


def test_a_default_route_to_an_appliance_may_make_the_internet_a_neighbour() -> None:
    net, subnet, *others = routed(("0.0.0.0/0", "VirtualAppliance"))
    guarded = subnet.model_copy(
        update={"network_security_group": f"{ROOT}/networksecuritygroups/nsg"}
    )
    inside = rule("AllowVnetInBound", "Allow", 65000, "VirtualNetwork", ports=["*"])
    around = [net, guarded, *others, *group("nsg", inside)]
    assert answer(22, *around, *interface("nic", sku="Standard")) == UNSURE


# The stated cases


def _stated() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [each for each in cases if each["area"] == "exposure" and _is_of_an_address(each)]


def _is_of_an_address(case: dict[str, Any]) -> bool:
    return case["given"]["cloud"] == "azure" and "publicIp" in case["given"]


def _stated_rules(name: str, given: list[dict[str, Any]]) -> list[Resource]:
    """A group as a case tells of it, with the rules that every group ends in."""
    rules_given = [
        rule(
            f"rule-{each['priority']}",
            each["access"],
            each["priority"],
            each["source"],
            ports=[each["port"]],
        )
        for each in given
    ]
    inside = rule("AllowVnetInBound", "Allow", 65000, "VirtualNetwork", ports=["*"])
    return group(name, *rules_given, inside)


@pytest.mark.skipif(not CASES.exists(), reason="the stated cases are not here")
@pytest.mark.parametrize("case", _stated(), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    given = case["given"]
    groups = {"subnet": given.get("subnetNsg"), "card": given.get("nicNsg")}
    rules = given.get("avnm", [])
    rules_given = [admin(each["action"], each["port"], each["priority"]) for each in rules or ()]
    around = [
        of(VirtualNetwork, "virtualnetworks/net", security_admin_rules=rules and rules_given),
        *(
            each
            for name, one in groups.items()
            if one is not None
            for each in _stated_rules(name, one)
        ),
    ]
    hops = [(each["prefix"], each["nextHop"]) for each in given.get("routes", ())]
    _, subnet, *routes = routed(*hops) if hops else network()
    name = f"{ROOT}/networksecuritygroups/subnet" if groups["subnet"] is not None else ""
    guarded = subnet.model_copy(update={"network_security_group": name})
    card = "card" if groups["card"] is not None else ""
    found = [*around, guarded, *routes, *interface("nic", card, given["publicIp"])]
    assert answer(case["ask"], *found) == case["expect"]
