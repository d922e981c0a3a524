"""Security admin rules of Virtual Network Managers: they come before security groups."""

import json
from typing import Any

import pytest
from clew.collectors.azure.network import SecurityRule, Subnet, VirtualNetwork
from clew.graph.model import Resource
from support.azure_network import ACCOUNT, ROOT, balancer, group, interface, network, of, rule
from support.exposing import Found, edges, summary

SCAN = {"provider": "azure", "account": ACCOUNT, "region": "global"}
OPEN = rule("ssh", "Allow", 100)
SSH = ("nic", "tcp", 22, 22, "ipv4", "direct", True)
MANAGER = f"/subscriptions/{ACCOUNT}/resourcegroups/rg/providers/microsoft.network/networkmanagers"


def admin(
    access: str,
    priority: int = 10,
    source: str = "*",
    *,
    ports: tuple[str, ...] = ("22",),
    manager: str = "one",
    kind: str = "IPPrefix",
    **fields: Any,
) -> dict[str, Any]:
    """A security admin rule as a virtual network keeps it."""
    path = "securityadminconfigurations/c/rulecollections/r/rules"
    return {
        "id": f"{MANAGER}/{manager}/{path}/{access}-{priority}",
        "direction": "Inbound",
        "access": access,
        "priority": priority,
        "protocol": "Tcp",
        "sources": [{"addressPrefix": source, "addressPrefixType": kind}],
        "sourcePortRanges": ["0-65535"],
        "destinations": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}],
        "destinationPortRanges": list(ports),
        **fields,
    }


def site(*rules: SecurityRule, admins: Any = (), sku: str = "Standard") -> list[Resource]:
    """An interface with a public address behind a group, in a network with security admin rules;
    None if they were not read."""
    rules_above = None if admins is None else [*admins]
    return [
        of(VirtualNetwork, "virtualnetworks/net", security_admin_rules=rules_above),
        network()[1],
        *interface("nic", "nsg", sku),
        *group("nsg", *rules),
    ]


def reached(resources: list[Resource]) -> Found:
    return summary(edges(resources, **SCAN))


def doubts(resources: list[Resource]) -> set[str]:
    return {why for _, edge in edges(resources, **SCAN) for why in edge["unread"]}


@pytest.mark.parametrize(
    ("groups", "admins", "is_open"),
    [
        ([], [], False),
        ([OPEN], [], True),
        ([OPEN], [admin("Deny")], False),
        ([OPEN], [admin("Deny", source="Internet", kind="ServiceTag")], False),
        ([OPEN], [admin("Deny", ports=("3389",))], True),
        ([OPEN], [admin("Deny", direction="Outbound")], True),
        ([OPEN], [admin("Deny", protocol="Udp")], True),
        ([OPEN], [admin("Deny", protocol="Any", ports=())], False),
        ([OPEN], [admin("Deny", source="203.0.113.0/24")], True),
        ([OPEN], [admin("Deny", sourcePortRanges=["1024-65535"])], True),
        ([OPEN], [admin("Deny", destinations=[{"addressPrefix": "10.9.0.0/16"}])], True),
        ([], [admin("AlwaysAllow")], True),
        ([], [admin("AlwaysAllow", source="203.0.113.0/24")], False),
        ([], [admin("AlwaysAllow", source="VirtualNetwork", kind="ServiceTag")], False),
        ([], [admin("AlwaysAllow", source="group", kind="NetworkGroup")], False),
        ([], [admin("Allow")], False),
        ([OPEN], [admin("Allow", 5), admin("Deny", 10)], True),
        ([OPEN], [admin("Deny", 5), admin("Allow", 10)], False),
        ([], [admin("Deny", 5), admin("AlwaysAllow", 10)], False),
        ([], [admin("AlwaysAllow", 5), admin("Deny", 10)], True),
    ],
)
def test_the_first_rule_decides_and_what_it_allows_goes_on_to_the_groups(
    groups: list[SecurityRule], admins: list[dict[str, Any]], is_open: bool
) -> None:
    assert reached(site(*groups, admins=admins)) == ({SSH} if is_open else set())


def test_a_closed_group_keeps_out_what_an_allow_and_the_other_group_let_in() -> None:
    net, subnet = network("outer")
    ruled = net.model_copy(update={"security_admin_rules": json.dumps([admin("Allow")])})
    estate = [ruled, subnet, *interface("nic", "nsg", "Standard"), *group("nsg", OPEN)]
    assert reached([*estate, *group("outer")]) == set()
    assert reached([*estate, *group("outer", OPEN)]) == {SSH}


def test_an_unread_rule_may_open_what_is_closed_and_close_what_is_open() -> None:
    for rules in ([], [OPEN]):
        found = reached(site(*rules, admins=None))
        assert {edge[1] for edge in found} == {"tcp", "udp", "icmp", "other"}
        assert not any(edge[-1] for edge in found)
    assert doubts(site(OPEN, admins=None)) == {"security admin rules of virtual network net"}


@pytest.mark.parametrize("field", ["direction", "access"])
def test_a_rule_that_says_nothing_of_what_it_does_may_do_anything(field: str) -> None:
    for rules in ([], [OPEN]):
        found = reached(site(*rules, admins=[admin("Deny") | {field: None}]))
        assert found
        assert not any(edge[-1] for edge in found)


def test_an_unread_rule_opens_nothing_where_nothing_leads_in() -> None:
    assert reached(site(OPEN, admins=None, sku="")) == set()


def test_behind_a_load_balancer_the_rules_hold_on_its_port_only() -> None:
    estate = [*site(admins=None, sku=""), *balancer(public=True)]
    assert reached(estate) == {("nic", "tcp", 22, 22, "ipv4", "load balancer", False)}
    estate = [*site(OPEN, admins=[admin("Deny")], sku=""), *balancer(public=True)]
    assert reached(estate) == set()


def test_a_network_that_could_not_be_read_leaves_its_rules_unread() -> None:
    estate = [each for each in site(OPEN) if not isinstance(each, VirtualNetwork)]
    found = edges(estate, ("AzureVirtualNetwork",), **SCAN)
    assert {why for _, edge in found for why in edge["unread"]} == {
        "virtual network net could not be read"
    }


@pytest.mark.parametrize(("access", "rules"), [("AlwaysAllow", []), ("Deny", [OPEN])])
def test_beside_services_with_rules_of_their_own_it_is_in_doubt(
    access: str, rules: list[SecurityRule]
) -> None:
    other = of(
        Subnet,
        "virtualnetworks/net/subnets/managed",
        virtual_network=f"{ROOT}/virtualnetworks/net",
        delegations=["Microsoft.Sql/managedInstances"],
    )
    assert reached([*site(*rules, admins=[admin(access)]), other]) == {(*SSH[:-1], False)}


def test_rules_of_two_managers_are_in_doubt_only_where_they_differ() -> None:
    deny, always = admin("Deny"), admin("AlwaysAllow", 20, manager="two")
    assert reached(site(admins=[deny, always])) == {(*SSH[:-1], False)}
    assert doubts(site(admins=[deny, always])) == {"in which order security admin rules hold"}
    also = admin("Deny", 20, manager="two")
    assert reached(site(OPEN, admins=[deny, also])) == set()
    elsewhere = admin("AlwaysAllow", 20, manager="two", ports=("443",))
    assert reached(site(OPEN, admins=[deny, elsewhere])) == {
        ("nic", "tcp", 443, 443, "ipv4", "direct", True)
    }


def test_rules_of_equal_priority_are_in_doubt_where_they_differ() -> None:
    assert reached(site(admins=[admin("Deny"), admin("AlwaysAllow")])) == {(*SSH[:-1], False)}


def test_who_is_behind_a_service_tag_is_not_known() -> None:
    always = admin("AlwaysAllow", source="AppService", kind="ServiceTag")
    assert reached(site(admins=[always])) == {(*SSH[:-1], False)}
    shielding = admin("Allow", source="AppService", kind="ServiceTag")
    assert reached(site(OPEN, admins=[shielding, admin("Deny", 20)])) == {(*SSH[:-1], False)}


def test_other_customers_of_azure_are_not_the_internet() -> None:
    always = admin("AlwaysAllow", source="AzureCloud", kind="ServiceTag")
    assert reached(site(admins=[always])) == set()
    shielding = admin("Allow", source="AzureCloud", kind="ServiceTag")
    assert reached(site(OPEN, admins=[shielding, admin("Deny", 20)])) == set()


def test_which_networks_a_group_holds_is_not_known() -> None:
    to_group = [{"addressPrefix": "group", "addressPrefixType": "NetworkGroup"}]
    assert reached(site(OPEN, admins=[admin("Deny", destinations=to_group)])) == {
        (*SSH[:-1], False)
    }


def test_a_rule_that_does_what_clew_does_not_know_leaves_all_in_doubt() -> None:
    assert doubts(site(admins=[admin("Divert")])) == {"what a security admin rule of net does"}


@pytest.mark.parametrize(
    ("sku", "admins", "found"),
    [
        ("Standard", [admin("AlwaysAllow")], {False}),
        ("Standard", [admin("Allow")], set()),
        ("Basic", [admin("Deny", protocol="Any", ports=())], set()),
        ("Basic", [admin("Allow")], {True}),
    ],
)
def test_without_a_security_group(sku: str, admins: list[dict[str, Any]], found: set[bool]) -> None:
    net = of(VirtualNetwork, "virtualnetworks/net", security_admin_rules=admins)
    estate = [net, network()[1], *interface("nic", sku=sku)]
    assert {edge[-1] for edge in reached(estate) if edge[1] == "tcp"} == found


def test_the_edge_rests_on_the_network_where_it_has_rules() -> None:
    (_, edge), *_ = edges(site(OPEN, admins=[admin("Allow")]), **SCAN)
    assert f"{ROOT}/virtualnetworks/net" in edge["evidence"]
