"""What Azure Firewall hands on from the internet to addresses in virtual networks."""

from typing import Any

import pytest
from clew.collectors.azure.firewall import Firewall, FirewallPolicy
from clew.collectors.azure.network import (
    SecurityRule,
    Subnet,
    VirtualNetwork,
    VirtualNetworkPeering,
)
from clew.graph.model import Resource
from support.azure_network import ACCOUNT, ROOT, group, interface, network, of, rule
from support.exposing import Found, edges, summary

SCAN = {"provider": "azure", "account": ACCOUNT, "region": "global"}
INSIDE = rule("AllowVnetInBound", "Allow", 65000, "VirtualNetwork", ports=["*"], protocol="*")
SSH = ("nic", "tcp", 22, 22, "ipv4", "firewall", True)


def dnat(**fields: Any) -> dict[str, Any]:
    return {
        "name": "in",
        "protocols": ["TCP"],
        "sources": ["*"],
        "source_groups": [],
        "destinations": ["203.0.113.7"],
        "ports": ["2222"],
        "translated_address": "10.0.0.4",
        "translated_fqdn": "",
        "translated_port": "22",
        **fields,
    }


def firewall(rules: Any, net: str = "net", **fields: Any) -> list[Resource]:
    """A firewall in a network, with DNAT rules of its own."""
    subnet = f"virtualnetworks/{net}/subnets/azurefirewallsubnet"
    made = of(
        Firewall, "azurefirewalls/fw", subnets=[f"{ROOT}/{subnet}"], dnat_rules=rules, **fields
    )
    inside = of(
        Subnet,
        subnet,
        virtual_network=f"{ROOT}/virtualnetworks/{net}",
        address_prefixes=["10.0.9.0/26"],
    )
    return [made, inside]


def private(*rules: SecurityRule) -> list[Resource]:
    """An interface without a public address behind a group."""
    return [*network(), *interface("nic", "nsg"), *group("nsg", *rules)]


def hub(*, joined: bool, **fields: Any) -> list[Resource]:
    peering = of(
        VirtualNetworkPeering,
        "virtualnetworks/hub/virtualnetworkpeerings/to-net",
        virtual_network=f"{ROOT}/virtualnetworks/hub",
        remote_virtual_network=f"{ROOT}/virtualnetworks/net",
        **fields,
    )
    found = of(VirtualNetwork, "virtualnetworks/hub", security_admin_rules=[])
    return [found, peering] if joined else [found]


def reached(*resources: Resource) -> Found:
    return summary(edges(resources, **SCAN))


def doubts(*resources: Resource, unread: tuple[str, ...] = ()) -> set[str]:
    return {why for _, edge in edges(resources, unread, **SCAN) for why in edge["unread"]}


@pytest.mark.parametrize(
    ("rules", "is_open"),
    [
        ([INSIDE], True),
        ([rule("any", "Allow", 100)], True),
        ([rule("from the firewall", "Allow", 100, "10.0.9.0/26")], True),
        ([], False),
        ([rule("internet", "Allow", 100, "Internet")], False),
        ([rule("other", "Allow", 100, "10.0.8.0/26")], False),
        ([rule("deny", "Deny", 100, "VirtualNetwork"), rule("any", "Allow", 110)], False),
        ([rule("deny", "Deny", 100, "10.0.9.0/24"), INSIDE], False),
        ([rule("deny", "Deny", 100, "Internet"), INSIDE], True),
    ],
)
def test_groups_see_the_firewall_as_the_source(rules: list[SecurityRule], is_open: bool) -> None:
    found = reached(*private(*rules), *firewall([dnat()]))
    assert found == ({SSH} if is_open else set())


def test_a_group_that_lets_in_a_part_of_the_firewalls_addresses_leaves_a_doubt() -> None:
    some = rule("some", "Allow", 100, "10.0.9.0/27")
    assert reached(*private(some), *firewall([dnat()])) == {(*SSH[:-1], False)}


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], set()),
        ([dnat(translated_address="10.0.0.5")], set()),
        ([dnat(sources=["198.51.100.0/24"])], set()),
        ([dnat(destinations=["10.0.9.4"])], set()),
        ([dnat(translated_port="")], {("nic", "tcp", 2222, 2222, "ipv4", "firewall", True)}),
        ([dnat(protocols=["UDP"])], {("nic", "udp", 22, 22, "ipv4", "firewall", True)}),
        ([dnat(protocols=["Any"])], {SSH, ("nic", "udp", 22, 22, "ipv4", "firewall", True)}),
        ([dnat(sources=[], source_groups=["group"])], {(*SSH[:-1], False)}),
        ([dnat(translated_address="", translated_fqdn="x.example")], {(*SSH[:-1], False)}),
    ],
)
def test_a_rule_leads_to_the_address_that_it_names(
    rules: list[dict[str, Any]], found: Found
) -> None:
    assert reached(*private(INSIDE), *firewall(rules)) == found


def test_a_rule_may_lead_to_an_address_that_was_not_read() -> None:
    unread = [
        each.model_copy(update={"private_ip_address": None})
        if "private_ip_address" in type(each).model_fields
        else each
        for each in private(INSIDE)
    ]
    assert reached(*unread, *firewall([dnat()])) == {(*SSH[:-1], False)}


@pytest.mark.parametrize("joined", [True, False])
def test_an_address_means_something_in_networks_that_are_joined_only(joined: bool) -> None:
    estate = [*private(INSIDE), *hub(joined=joined), *firewall([dnat()], "hub")]
    assert reached(*estate) == ({SSH} if joined else set())


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({"peering_state": "Connected", "allow_virtual_network_access": True}, True),
        ({"peering_state": "Disconnected"}, False),
        ({"peering_state": "Initiated"}, False),
        ({"peering_state": "Connected", "allow_virtual_network_access": False}, False),
    ],
)
def test_a_peering_that_carries_nothing_joins_nothing(
    fields: dict[str, Any], is_open: bool
) -> None:
    estate = [*private(INSIDE), *hub(joined=True, **fields), *firewall([dnat()], "hub")]
    assert bool(reached(*estate)) is is_open


def test_a_firewall_in_a_subnet_that_could_not_be_read_may_be_joined() -> None:
    elsewhere = ROOT.replace(ACCOUNT, "99999999-aaaa-4bbb-8ccc-dddddddddddd")
    subnet = f"{elsewhere}/virtualnetworks/hub/subnets/azurefirewallsubnet"
    far = of(Firewall, "azurefirewalls/fw", subnets=[subnet], dnat_rules=[dnat()])
    assert "which networks firewall fw leads to" in doubts(*private(INSIDE), far)
    assert not doubts(*private(), far)


def test_a_policy_has_the_rules_in_the_firewalls_place() -> None:
    policy = f"{ROOT}/firewallpolicies/policy"
    made = firewall([], firewall_policy=policy)
    read = of(FirewallPolicy, "firewallpolicies/policy", dnat_rules=[dnat()])
    assert reached(*private(INSIDE), *made, read) == {SSH}
    unread = read.model_copy(update={"dnat_rules": None})
    assert doubts(*private(INSIDE), *made, unread) == {"DNAT rules of policy"}
    assert doubts(*private(INSIDE), *made) == {"firewall policy policy does not exist"}
    assert not doubts(*private(), *made, unread)


def test_where_a_firewall_of_a_virtual_wan_leads_is_not_known() -> None:
    of_hub = of(Firewall, "azurefirewalls/fw", dnat_rules=[dnat()], virtual_hub="hub")
    assert reached(*private(INSIDE), of_hub) == {(*SSH[:-1], False)}
    assert "which networks firewall fw leads to" in doubts(*private(INSIDE), of_hub)


def test_peerings_that_were_not_listed_leave_a_doubt() -> None:
    estate = [*private(INSIDE), *hub(joined=False), *firewall([dnat()], "hub")]
    assert doubts(*estate, unread=("AzureVirtualNetworkPeering",)) == {
        "which networks firewall fw leads to"
    }


def test_a_firewall_sends_no_ipv6() -> None:
    six = {"private_ip_address_version": "IPv6", "number": "fd00::4"}
    estate = [*network(), *interface("nic", "nsg", **six), *group("nsg", INSIDE)]
    assert not reached(*estate, *firewall([dnat(translated_address="fd00::4")]))
