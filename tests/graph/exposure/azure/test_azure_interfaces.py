"""What the internet reaches in Azure: ports, protocols, paths, and what is unread."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from clew.collectors.azure.compute import VirtualMachine
from clew.collectors.azure.loadbalancer import BackendPool, LoadBalancingRule
from clew.collectors.azure.network import RouteTable, Subnet, VirtualNetworkPeering
from clew.collectors.azure.networkinterfaces import NetworkInterface, PublicIPAddress
from clew.graph.derivation import absence_rests_on, rests_on
from clew.graph.gaps import gaps
from clew.graph.model import Resource
from clew.graph.scan_coverage import ScanCoverage
from clew.graph.schema import EdgeType
from support.azure_network import (
    ACCOUNT,
    ROOT,
    balancer,
    group,
    interface,
    network,
    of,
    routed,
    rule,
)
from support.exposing import EXPOSURE, Found, edges, scan_of, summary

SCAN = {"provider": "azure", "account": ACCOUNT, "region": "global"}
REACH = EdgeType("Internet", "CAN_REACH", "AzureNetworkInterface")
CLOSED = [*network(), *interface("nic", "nsg", "Standard"), *group("nsg")]


def found(resources: Iterable[Resource], unread: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [edge for _, edge in edges(resources, unread, **SCAN)]


def reached(*resources: Resource, unread: tuple[str, ...] = ()) -> Found:
    return summary(edges(resources, unread, **SCAN))


def behind(*rules: Any, at: Iterable[Resource] | None = None) -> list[Resource]:
    """An interface with a Standard address behind a group of these rules."""
    return [*(at or network()), *interface("nic", "nsg", "Standard"), *group("nsg", *rules)]


def test_every_port_and_protocol_that_rules_open_is_reported() -> None:
    estate = behind(
        rule("web", "Allow", 100, ports=["80", "443", "8000-8010"]),
        rule("dns", "Allow", 110, ports=["53"], protocol="Udp"),
        rule("ping", "Allow", 120, ports=["*"], protocol="Icmp"),
        rule("tunnel", "Allow", 130, ports=["*"], protocol="Esp"),
        rule("not here", "Deny", 90, ports=["8005"]),
    )
    assert reached(*estate) == {
        ("nic", "tcp", 80, 80, "ipv4", "direct", True),
        ("nic", "tcp", 443, 443, "ipv4", "direct", True),
        ("nic", "tcp", 8000, 8004, "ipv4", "direct", True),
        ("nic", "tcp", 8006, 8010, "ipv4", "direct", True),
        ("nic", "udp", 53, 53, "ipv4", "direct", True),
        ("nic", "icmp", 0, 255, "ipv4", "direct", True),
        ("nic", "50", 0, 65535, "ipv4", "direct", True),
    }


def test_a_rule_for_every_protocol_counts_for_each_as_far_as_it_has_ports() -> None:
    everything = behind(rule("all", "Allow", 100, ports=["*"], protocol="*"))
    assert {edge[1] for edge in reached(*everything)} == {"tcp", "udp", "icmp", "other"}
    some = behind(rule("some", "Allow", 100, ports=["22"], protocol="*"))
    assert {edge[1:4] for edge in reached(*some)} == {("tcp", 22, 22), ("udp", 22, 22)}


def test_an_address_of_ipv6_is_reached_by_rules_for_ipv6() -> None:
    six = {"private_ip_address_version": "IPv6", "number": "fd00::4"}
    estate = [
        *network(),
        *interface("nic", "nsg", "Standard", **six),
        *group("nsg", rule("six", "Allow", 100, "::/0"), rule("four", "Allow", 110, "0.0.0.0/0")),
    ]
    assert reached(*estate) == {("nic", "tcp", 22, 22, "ipv6", "direct", True)}


def test_the_edge_says_what_it_rests_on() -> None:
    (edge,) = found(behind(rule("ssh", "Allow", 100)))
    assert json.loads(edge["evidence"]) == {
        "ip_configurations": [f"{ROOT}/networkinterfaces/nic/ipconfigurations/nic-ip"],
        "network_interfaces": [f"{ROOT}/networkinterfaces/nic"],
        "public_ip_addresses": [f"{ROOT}/publicipaddresses/nic-pip"],
        "security_groups": [f"{ROOT}/networksecuritygroups/nsg"],
        "security_rules": [f"{ROOT}/networksecuritygroups/nsg/securityrules/ssh"],
    }


def test_a_machine_that_was_collected_is_reached_at_its_interface() -> None:
    machine = of(VirtualMachine, "virtualmachines/vm")
    estate = [
        each.model_copy(update={"virtual_machine": machine.id})
        if isinstance(each, NetworkInterface)
        else each
        for each in behind(rule("ssh", "Allow", 100))
    ]
    assert {edge[0] for edge in reached(*estate)} == {"nic"}
    assert {edge[0] for edge in reached(*estate, machine)} == {"nic", "vm"}


# Load balancers.


def balanced(*rules: Any, **balancing: Any) -> list[Resource]:
    """An interface without an address of its own in a public load balancer's pool."""
    lb = f"{ROOT}/loadbalancers/lb"
    address = f"{ROOT}/networkinterfaces/nic/ipconfigurations/nic-ip"
    pool = f"{lb}/backendaddresspools/pool"
    given = {"protocol": "Tcp", "frontend_port": 443, "backend_port": 8443, **balancing}
    return [
        *network(),
        *interface("nic", "nsg"),
        *group("nsg", *rules),
        *balancer(public=True)[:2],
        of(PublicIPAddress, "publicipaddresses/lb-pip", sku="Standard", ip_address="203.0.113.5"),
        of(
            BackendPool,
            "loadbalancers/lb/backendaddresspools/pool",
            load_balancer=lb,
            ip_configurations=[address],
        ),
        of(
            LoadBalancingRule,
            "loadbalancers/lb/loadbalancingrules/https",
            load_balancer=lb,
            frontend=f"{lb}/frontendipconfigurations/front",
            backend_pools=[pool],
            **given,
        ),
    ]


def test_behind_a_load_balancer_the_port_is_the_machines() -> None:
    every = rule("all", "Allow", 100, ports=["*"])
    assert reached(*balanced(every)) == {("nic", "tcp", 8443, 8443, "ipv4", "load balancer", True)}
    assert reached(*balanced(rule("front", "Allow", 100, ports=["443"]))) == set()


def test_with_a_floating_address_port_and_destination_stay_the_frontends() -> None:
    to_front = rule("front", "Allow", 100, ports=["443"], destination="203.0.113.5")
    to_machine = rule("machine", "Allow", 100, ports=["443"], destination="10.0.0.4")
    at_443 = {("nic", "tcp", 443, 443, "ipv4", "load balancer", True)}
    assert reached(*balanced(to_front, enable_floating_ip=True)) == at_443
    assert reached(*balanced(to_machine, enable_floating_ip=True)) == set()


def test_a_rule_for_udp_leads_udp_in() -> None:
    every = rule("all", "Allow", 100, ports=["*"], protocol="*")
    found_ = reached(*balanced(every, protocol="Udp", backend_port=53))
    assert found_ == {("nic", "udp", 53, 53, "ipv4", "load balancer", True)}


# What is unread or depends on more than Clew reads.

INTO_NETWORK = rule("AllowVnetInBound", "Allow", 65000, "VirtualNetwork", ports=["*"], protocol="*")


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("AzureCloud", ""),
        ("AzureCloud.WestEurope", ""),
        ("AzureFrontDoor.Backend", "whom rule r lets in by service tag AzureFrontDoor.Backend"),
        ("AppService", "whom rule r lets in by service tag AppService"),
        ("VirtualNetwork", ""),
        ("AzureLoadBalancer", ""),
    ],
)
def test_who_is_behind_a_service_tag_is_not_known(tag: str, words: str) -> None:
    edges_ = found(behind(rule("r", "Allow", 100, tag)))
    assert len(edges_) == bool(words)
    for edge in edges_:
        assert (edge["from_port"], edge["to_port"]) == (22, 22)
        assert edge["unread"][0].startswith(words)


def test_a_service_tag_that_is_denied_does_not_keep_the_internet_out() -> None:
    deny = rule("deny", "Deny", 90, "AzureCloud")
    assert reached(*behind(deny, rule("r", "Allow", 100))) == {
        ("nic", "tcp", 22, 22, "ipv4", "direct", True)
    }


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([], True),
        ([("0.0.0.0/0", "Internet")], True),
        ([("10.1.0.0/16", "VirtualAppliance")], True),
        ([("0.0.0.0/0", "None")], False),
        ([("0.0.0.0/0", "VirtualAppliance")], False),
        ([("0.0.0.0/1", "VirtualAppliance"), ("128.0.0.0/1", "None")], False),
        ([("0.0.0.0/0", "VirtualAppliance"), ("0.0.0.0/1", "Internet")], True),
        ([("AzureCloud", "VirtualAppliance")], True),
    ],
)
def test_a_route_that_sends_answers_elsewhere_leaves_it_in_doubt(
    routes: list[tuple[str, str]], expected: bool
) -> None:
    estate = behind(rule("ssh", "Allow", 100), at=routed(*routes))
    assert reached(*estate) == {("nic", "tcp", 22, 22, "ipv4", "direct", expected)}


@pytest.mark.parametrize(
    ("hop", "is_doubt"),
    [("VirtualAppliance", True), ("VirtualNetworkGateway", True), ("None", False)],
)
def test_a_default_route_into_a_network_makes_the_internet_part_of_it_perhaps(
    hop: str, is_doubt: bool
) -> None:
    edges_ = found(behind(INTO_NETWORK, at=routed(("0.0.0.0/0", hop))))
    assert bool(edges_) is is_doubt
    for edge in edges_:
        assert (
            "whether service tag VirtualNetwork covers the internet by route route-0"
            in (edge["unread"])
        )
    assert not found(behind(INTO_NETWORK))


def test_routes_that_could_not_be_read_leave_a_doubt() -> None:
    estate = [
        each
        for each in behind(rule("ssh", "Allow", 100), at=routed())
        if not isinstance(each, RouteTable)
    ]
    (edge,) = found(estate, ("AzureRouteTable", "AzureRoute"))
    assert edge["unread"] == ["route table table could not be read"]


@pytest.mark.parametrize(
    "label", sorted(rests_on(EXPOSURE, [REACH]) - absence_rests_on(EXPOSURE, [REACH]))
)
def test_what_could_not_be_listed_shows_in_the_edge(label: str) -> None:
    assert found(behind(rule("ssh", "Allow", 100), at=routed()), (label,))


def test_rules_that_could_not_be_listed_leave_every_port_in_doubt() -> None:
    (edge,) = [edge for edge in found(CLOSED, ("AzureSecurityRule",)) if edge["protocol"] == "tcp"]
    assert edge["unread"] == ["rules of security group nsg"]
    assert not found(CLOSED)


def test_what_is_not_modelled_is_a_gap() -> None:
    sentences = " ".join(
        gap.message for gap in gaps(ScanCoverage(scan_of(**SCAN)), EXPOSURE, [REACH])
    )
    for words in ("AzureCloud", "Azure Firewall", "learn from gateways"):
        assert words in sentences


# Gateways, which may bring routes that no listing holds.


def gateway(kind: str) -> list[Resource]:
    if kind == "peering":
        return [
            of(
                VirtualNetworkPeering,
                "virtualnetworks/net/virtualnetworkpeerings/to-hub",
                virtual_network=f"{ROOT}/virtualnetworks/net",
                use_remote_gateways=True,
            )
        ]
    return [
        of(
            Subnet,
            f"virtualnetworks/net/subnets/{kind}",
            virtual_network=f"{ROOT}/virtualnetworks/net",
        )
    ]


@pytest.mark.parametrize("kind", ["GatewaySubnet", "RouteServerSubnet", "peering"])
def test_what_a_gateway_may_have_brought_leaves_open_and_closed_in_doubt(kind: str) -> None:
    at = [*network(), *gateway(kind)]
    spite = "routes that virtual network net may learn from gateways"
    opened, closed = rule("ssh", "Allow", 100), INTO_NETWORK
    (edge,) = found(behind(opened, at=at))
    assert edge["unread"] == [f"whether answers get back in spite of {spite}"]
    for edge in found(behind(closed, at=at)):
        assert (
            f"whether service tag VirtualNetwork covers the internet by {spite}" in edge["unread"]
        )
    assert found(behind(closed, at=at))
    assert not found(behind(at=at))


def test_a_table_that_keeps_out_what_gateways_learn_leaves_it_certain() -> None:
    estate = behind(rule("ssh", "Allow", 100), at=[*routed(), *gateway("GatewaySubnet")])
    kept_out = [
        each.model_copy(update={"disable_bgp_route_propagation": True})
        if isinstance(each, RouteTable)
        else each
        for each in estate
    ]
    assert reached(*kept_out) == {("nic", "tcp", 22, 22, "ipv4", "direct", True)}
    # A longer prefix than the table's would hold against it.
    out = [*routed(("0.0.0.0/0", "Internet")), *gateway("GatewaySubnet")]
    assert reached(*behind(rule("ssh", "Allow", 100), at=out)) == {
        ("nic", "tcp", 22, 22, "ipv4", "direct", False)
    }


def test_a_subnet_of_another_name_is_no_gateways() -> None:
    estate = behind(rule("ssh", "Allow", 100), at=[*network(), *gateway("gateways")])
    assert {edge[-1] for edge in reached(*estate)} == {True}
