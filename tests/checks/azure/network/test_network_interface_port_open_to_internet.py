"""One interface for each way to be open or closed, and the verdict on it."""

from typing import Any

import pytest
from clew.collectors.azure.firewall import Firewall
from clew.collectors.azure.loadbalancer import BackendAddress, BackendPool, LoadBalancingRule
from clew.collectors.azure.network import SecurityRule, Subnet
from clew.collectors.azure.networkinterfaces import PublicIPAddress
from clew.graph.model import Resource
from support.azure_network import ACCOUNT, ROOT, balancer, group, interface, network, of, rule
from support.judging import Estate, judge, verdicts

SSH = "network_interface_ssh_open_to_internet"
RDP = "network_interface_rdp_open_to_internet"


def all_verdicts(check: str, resources: list[Resource], **scan: Any) -> dict[str, Any]:
    estate = Estate(resources, accounts=(ACCOUNT,), regions=(), provider="azure", **scan)
    return {**verdicts(check, estate)}


def verdict(check: str, resources: list[Resource], **scan: Any) -> Any:
    return all_verdicts(check, resources, **scan)["nic"]


OPEN = rule("allow-ssh", "Allow", 300, "Internet")


RULES: dict[str, tuple[list[SecurityRule], str]] = {
    "internet": ([OPEN], "FAIL"),
    "anyone": ([rule("r", "Allow", 300, "*")], "FAIL"),
    "every IPv4": ([rule("r", "Allow", 300, "0.0.0.0/0")], "FAIL"),
    "range of ports": ([rule("r", "Allow", 300, ports=["20-30"])], "FAIL"),
    "several ports": ([rule("r", "Allow", 300, ports=["80", "22"], protocol="*")], "FAIL"),
    "other port": ([rule("r", "Allow", 300, ports=["2222"])], "PASS"),
    "other protocol": ([rule("r", "Allow", 300, protocol="Udp")], "PASS"),
    "other direction": ([rule("r", "Allow", 300, direction="Outbound")], "PASS"),
    "partner": ([rule("r", "Allow", 300, "203.0.113.0/24")], "PASS"),
    "service tag": ([rule("r", "Allow", 300, "VirtualNetwork")], "PASS"),
    "halves": (
        [rule("a", "Allow", 300, "0.0.0.0/1"), rule("b", "Allow", 301, "128.0.0.0/1")],
        "FAIL",
    ),
    "denied before": ([rule("deny", "Deny", 200, "Internet"), OPEN], "PASS"),
    "denied after": ([rule("deny", "Deny", 400, "Internet"), OPEN], "FAIL"),
    "few denied": ([rule("deny", "Deny", 200, "203.0.113.0/24"), OPEN], "FAIL"),
    "denied from one port": (
        [rule("deny", "Deny", 200, "Internet", source_ports=["53"]), OPEN],
        "FAIL",
    ),
    "other port denied": ([rule("deny", "Deny", 200, "Internet", ports=["3389"]), OPEN], "FAIL"),
    "to its range": ([rule("r", "Allow", 300, destination="10.0.0.0/24")], "FAIL"),
    "to another range": ([rule("r", "Allow", 300, destination="10.9.0.0/24")], "PASS"),
    "no rule": ([], "PASS"),
}


def test_rules_decide_in_the_order_of_their_priorities() -> None:
    estate = network()
    for name, (rules, _) in RULES.items():
        estate += [*interface(name, f"{name}-nsg", "Standard"), *group(f"{name}-nsg", *rules)]
    assert all_verdicts(SSH, estate) == {name: expected for name, (_, expected) in RULES.items()}


@pytest.mark.parametrize(
    ("subnet_rules", "interface_rules", "expected"),
    [([OPEN], [OPEN], "FAIL"), ([OPEN], [], "PASS"), ([], [OPEN], "PASS")],
)
def test_both_groups_have_to_let_it_through(
    subnet_rules: list[SecurityRule], interface_rules: list[SecurityRule], expected: str
) -> None:
    estate = [
        *network("outer"),
        *interface("nic", "inner", "Standard"),
        *group("outer", *subnet_rules),
        *group("inner", *interface_rules),
    ]
    assert verdict(SSH, estate) == expected


def test_without_groups_the_kind_of_address_decides() -> None:
    estate = [*network(), *interface("private")]
    estate += [*interface("basic", sku="Basic"), *interface("standard", sku="Standard")]
    assert all_verdicts(SSH, estate) == {"private": "PASS", "basic": "FAIL", "standard": "PASS"}


def test_one_port_says_nothing_of_the_other() -> None:
    estate = [*network(), *interface("nic", "nsg", "Standard"), *group("nsg", OPEN)]
    assert (verdict(SSH, estate), verdict(RDP, estate)) == ("FAIL", "PASS")


def test_a_finding_rests_on_the_address_the_group_and_the_rule() -> None:
    estate = [*network(), *interface("nic", "nsg", "Standard"), *group("nsg", OPEN)]
    (found,) = judge(SSH, Estate(estate, accounts=(ACCOUNT,), regions=(), provider="azure"))
    named = {node.name for node in found.evidence.nodes}
    assert named == {"Internet", "nic", "nic-ip", "nic-pip", "nsg", "allow-ssh"}
    assert {"ATTACHED_TO", "CAN_REACH"} <= {edge.type for edge in found.evidence.edges}


def test_a_rule_for_an_application_group_holds_for_its_members() -> None:
    asg = f"{ROOT}/applicationsecuritygroups/admin"
    only = rule("r", "Allow", 300, "Internet", destination_application_security_groups=[asg])
    inside = interface("nic", "nsg", "Standard", application_security_groups=[asg])
    assert verdict(SSH, [*network(), *inside, *group("nsg", only)]) == "FAIL"
    outside = interface("nic", "nsg", "Standard")
    assert verdict(SSH, [*network(), *outside, *group("nsg", only)]) == "PASS"


def test_a_group_that_could_not_be_read_is_not_taken_for_closed() -> None:
    estate = [*network(), *interface("nic", "gone", "Standard")]
    assert verdict(SSH, estate) == ("MANUAL", "UNREADABLE_FIELD")
    (found,) = judge(SSH, Estate(estate, accounts=(ACCOUNT,), regions=(), provider="azure"))
    assert "security group gone does not exist" in found.message
    # What is closed anyway, or not reached at all, needs no more reading.
    assert verdict(SSH, [*network(), *interface("nic", "gone")]) == "PASS"
    closed = [*network("outer"), *group("outer"), *interface("nic", "gone", "Standard")]
    assert verdict(SSH, closed) == "PASS"


@pytest.mark.parametrize("rules", [[], [OPEN]])
def test_unread_security_admin_rules_leave_open_and_closed_in_doubt(
    rules: list[SecurityRule],
) -> None:
    net, subnet = network()
    unread = net.model_copy(update={"security_admin_rules": None})
    estate = [unread, subnet, *interface("nic", "nsg", "Standard"), *group("nsg", *rules)]
    assert verdict(SSH, estate) == ("MANUAL", "UNREADABLE_FIELD")
    (found,) = judge(SSH, Estate(estate, accounts=(ACCOUNT,), regions=(), provider="azure"))
    assert "security admin rules of virtual network net" in found.message
    # Nothing leads to it, whatever the rules are.
    private = [unread, subnet, *interface("nic", "nsg"), *group("nsg", OPEN)]
    assert verdict(SSH, private) == "PASS"


def test_an_unread_address_is_open_in_doubt_where_no_group_filters() -> None:
    estate = [
        each
        for each in [*network(), *interface("nic", sku="Basic")]
        if not isinstance(each, PublicIPAddress)
    ]
    found = verdict(SSH, estate, unread=["AzurePublicIPAddress"])
    assert found == ("MANUAL", "UNREADABLE_FIELD")


@pytest.mark.parametrize(
    ("public", "rules", "expected"),
    [(True, [OPEN], "FAIL"), (True, [], "PASS"), (False, [OPEN], "PASS")],
)
def test_a_nat_rule_of_a_public_load_balancer_is_a_way_in(
    public: bool, rules: list[SecurityRule], expected: str
) -> None:
    estate = [
        *network(),
        *interface("nic", "nsg"),
        *group("nsg", *rules),
        *balancer(public),
    ]
    assert verdict(SSH, estate) == expected
    assert verdict(RDP, estate) == "PASS"


def test_a_dnat_rule_of_a_firewall_is_a_way_in() -> None:
    subnet = "virtualnetworks/net/subnets/azurefirewallsubnet"
    dnat = {
        "name": "in",
        "protocols": ["TCP"],
        "sources": ["*"],
        "source_groups": [],
        "destinations": ["203.0.113.7"],
        "ports": ["2222"],
        "translated_address": "10.0.0.4",
        "translated_fqdn": "",
        "translated_port": "22",
    }
    edge = [
        of(Firewall, "azurefirewalls/fw", subnets=[f"{ROOT}/{subnet}"], dnat_rules=[dnat]),
        of(
            Subnet,
            subnet,
            virtual_network=f"{ROOT}/virtualnetworks/net",
            address_prefixes=["10.0.9.0/26"],
        ),
    ]
    inside = rule("inside", "Allow", 300, "VirtualNetwork")
    estate = [*network(), *interface("nic", "nsg"), *group("nsg", inside)]
    assert verdict(SSH, [*estate, *edge]) == "FAIL"
    (found,) = judge(
        SSH, Estate([*estate, *edge], accounts=(ACCOUNT,), regions=(), provider="azure")
    )
    assert "fw" in {node.name for node in found.evidence.nodes}
    assert verdict(SSH, estate) == "PASS"
    assert verdict(SSH, estate, unread=["AzureFirewall"]) == ("MANUAL", "UNREADABLE")


@pytest.mark.parametrize(("number", "expected"), [("10.0.0.4", "FAIL"), ("10.0.0.5", "PASS")])
def test_a_pool_reaches_the_address_it_names_in_its_own_network(number: str, expected: str) -> None:
    lb = f"{ROOT}/loadbalancers/lb"
    pool = f"{lb}/backendaddresspools/pool"
    estate = [
        *network(),
        *interface("nic", "nsg"),
        *group("nsg", OPEN),
        *balancer(public=True)[:2],
        of(BackendPool, "loadbalancers/lb/backendaddresspools/pool", load_balancer=lb),
        of(
            BackendAddress,
            "loadbalancers/lb/backendaddresspools/pool/loadbalancerbackendaddresses/member",
            backend_pool=pool,
            ip_address=number,
            virtual_network=f"{ROOT}/virtualnetworks/net",
        ),
        of(
            LoadBalancingRule,
            "loadbalancers/lb/loadbalancingrules/all",
            load_balancer=lb,
            frontend=f"{lb}/frontendipconfigurations/front",
            backend_pools=[pool],
            protocol="All",
            frontend_port=0,
            backend_port=0,
        ),
    ]
    assert verdict(SSH, estate) == expected


def test_load_balancers_that_were_not_listed_leave_a_doubt() -> None:
    estate = [*network(), *interface("nic", "nsg"), *group("nsg", OPEN)]
    unread = ["AzureLoadBalancerRule", "AzureLoadBalancerInboundNatRule"]
    assert verdict(SSH, estate, unread=unread) == ("MANUAL", "UNREADABLE")
    public = [*network(), *interface("nic", "nsg", "Standard"), *group("nsg", OPEN)]
    assert verdict(SSH, public, unread=unread) == "FAIL"
