"""Small networks, one address each, and whether the internet reaches a port of it."""

from typing import Any

import pytest
from clew.collectors.azure.network import VirtualNetwork
from clew.graph.model import Resource
from support.azure_network import ACCOUNT, ROOT, group, interface, network, of, routed, rule
from support.exposing import edges

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
