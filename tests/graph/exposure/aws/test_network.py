"""What the internet reaches in AWS: where each filter stands in the way, and what is unread."""

import json
from typing import Any

import pytest
from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.rds import Cluster as DBCluster
from clew.collectors.aws.rds import Instance as DBInstance
from clew.collectors.aws.rds import SubnetGroup
from support import exposing
from support.exposing import Found
from support.network import ACCOUNT, REGION, Network


def edges(*networks: Network, unread: tuple[str, ...] = ()) -> list[tuple[str, dict[str, Any]]]:
    return exposing.edges((one for each in networks for one in each.resources), unread)


def reached(*networks: Network, unread: tuple[str, ...] = ()) -> Found:
    return exposing.reached((one for each in networks for one in each.resources), unread)


def ssh(name: str = "i", certain: bool = True, family: str = "ipv4") -> tuple[Any, ...]:
    return (name, "tcp", 22, 22, family, "direct", certain)


@pytest.fixture
def network() -> Network:
    return Network()


def open_instance(network: Network, **more: Any) -> None:
    network.group("ssh", ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.instance("i", groups=["ssh"], **more)


def test_an_open_port_at_a_public_address_is_reached(network: Network) -> None:
    open_instance(network)
    assert reached(network) == {ssh()}


def test_an_interface_whose_addresses_were_not_read_may_be_reached(network: Network) -> None:
    open_instance(network, public=None)
    assert reached(network) == {ssh(certain=False)}


def test_the_edge_says_what_it_rests_on(network: Network) -> None:
    open_instance(network)
    ((_, edge),) = edges(network)
    evidence = json.loads(edge["evidence"])
    assert evidence == {
        "addresses": ["203.0.113.10"],
        "gateways": [network.arn("internet-gateway", "igw")],
        "network_acl_rules": ["acl/1", "acl/3"],
        "network_interfaces": [network.arn("network-interface", "eni-i")],
        "routes": [network.arn("route-table", "rtb-public/0.0.0.0/0")],
        "security_group_rules": [network.arn("security-group-rule", "sgr-ssh-9")],
    }


# Rows of the list of wrong answers, by their number.


def test_9_ipv6_and_prefix_lists_count(network: Network) -> None:
    network.prefix_list("pl-everyone", ["0.0.0.0/1", "128.0.0.0/1"])
    network.prefix_list("pl-partner", ["198.51.100.0/24"])
    network.group("six", ("i", "tcp", 3389, 3389, "::/0"))
    network.group("listed", ("i", "tcp", 80, 80, "pl-everyone"))
    network.group("partner", ("i", "tcp", 81, 81, "pl-partner"))
    network.instance("i", groups=["six", "listed", "partner"], ipv6=["2001:db8:0:1::10"])
    assert reached(network) == {
        ("i", "tcp", 3389, 3389, "ipv6", "direct", True),
        ("i", "tcp", 80, 80, "ipv4", "direct", True),
    }


def test_10_port_ranges_do_not_collide(network: Network) -> None:
    network.group("wide", ("i", "tcp", 2, 222, "0.0.0.0/0"))
    network.group("narrow", ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.instance("a", groups=["wide"])
    network.instance("b", groups=["narrow"])
    assert reached(network) == {
        ("a", "tcp", 2, 222, "ipv4", "direct", True),
        ssh("b"),
    }


def test_11_egress_is_not_ingress(network: Network) -> None:
    network.group("out", ("o", "-1", -1, -1, "0.0.0.0/0"), ("i", "tcp", 22, 22, "out"))
    network.instance("i", groups=["out"])
    assert reached(network) == set()


def test_12_one_open_port_suffices(network: Network) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"))
    balancer = network.load_balancer("lb", ["web"])
    network.listener(balancer, 443)
    assert reached(network) == {("lb", "tcp", 443, 443, "ipv4", "direct", True)}


def test_13_route_gateway_acl_and_load_balancer_decide(network: Network) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "web"), ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.instance("private", "private", ["app"], public="203.0.113.11", private="10.0.2.10")
    balancer = network.load_balancer("lb", ["web"])
    network.listener(balancer, 443, network.target_group("tg", balancer, "private"))
    assert reached(network) == {
        ("lb", "tcp", 443, 443, "ipv4", "direct", True),
        ("private", "tcp", 8080, 8080, "ipv4", "load balancer", True),
    }


def test_14_an_address_is_matched_within_its_network_only(network: Network) -> None:
    other = Network("vpc-other")
    for each in (network, other):
        each.group(f"app-{each.vpc}", ("i", "tcp", 8080, 8080, "0.0.0.0/0"))
        each.instance(f"i-{each.vpc}", groups=[f"app-{each.vpc}"], public="", private="10.0.1.10")
    network.group("web", ("i", "tcp", 80, 80, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    balancer = network.load_balancer("lb", ["web"])
    group = network.target_group("tg", balancer, "10.0.1.10", kind="ip")
    network.listener(balancer, 80, group, protocol="HTTP")
    assert {found[0] for found in reached(network, other)} == {"lb", "i-vpc"}


# Security groups.


def test_without_a_public_address_nothing_arrives(network: Network) -> None:
    open_instance(network, public="")
    assert reached(network) == set()


def test_another_group_is_not_the_internet(network: Network) -> None:
    network.group("friends")
    network.group("ssh", ("i", "tcp", 22, 22, "friends"))
    network.instance("i", groups=["ssh"])
    assert reached(network) == set()


def test_a_partner_is_not_the_internet(network: Network) -> None:
    network.group(
        "ssh", ("i", "tcp", 22, 22, "198.51.100.7/32"), ("i", "tcp", 22, 22, "10.0.0.0/8")
    )
    network.instance("i", groups=["ssh"])
    assert reached(network) == set()


def test_every_protocol_is_reported_one_by_one(network: Network) -> None:
    network.group("all", ("i", "-1", -1, -1, "0.0.0.0/0"))
    network.instance("i", groups=["all"])
    assert reached(network) == {
        ("i", "tcp", 0, 65535, "ipv4", "direct", True),
        ("i", "udp", 0, 65535, "ipv4", "direct", True),
        ("i", "icmp", 0, 255, "ipv4", "direct", True),
        ("i", "other", 0, 65535, "ipv4", "direct", True),
    }


def test_rules_of_several_groups_add_up(network: Network) -> None:
    network.group("a", ("i", "tcp", 80, 90, "0.0.0.0/1"))
    network.group("b", ("i", "tcp", 91, 99, "128.0.0.0/1"), ("i", "tcp", 443, 443, "0.0.0.0/0"))
    network.instance("i", groups=["a", "b"])
    assert reached(network) == {
        ("i", "tcp", 80, 99, "ipv4", "direct", True),
        ("i", "tcp", 443, 443, "ipv4", "direct", True),
    }


# Routes.


def test_two_halves_are_a_way_out(network: Network) -> None:
    open_instance(network)
    network.routes("public", {"0.0.0.0/1": "igw", "128.0.0.0/1": "igw"})
    assert reached(network) == {ssh()}


def test_the_most_specific_route_decides(network: Network) -> None:
    open_instance(network)
    network.routes("public", {"0.0.0.0/0": "igw", "0.0.0.0/1": "nat-1", "128.0.0.0/1": "blackhole"})
    assert reached(network) == set()


@pytest.mark.parametrize("target", ["nat-1", "blackhole", "local"])
def test_a_default_route_elsewhere_is_no_way_out(network: Network, target: str) -> None:
    open_instance(network)
    network.routes("public", {"0.0.0.0/0": target})
    assert reached(network) == set()


def test_a_gateway_of_another_network_is_no_way_out(network: Network) -> None:
    open_instance(network)
    other = Network("vpc-other")
    network.routes("public", {"0.0.0.0/0": "igw-vpc-other"})
    assert reached(network, other) == set()


def test_a_route_to_a_prefix_list_counts_by_its_entries(network: Network) -> None:
    open_instance(network)
    network.prefix_list("pl-all", ["0.0.0.0/0"])
    network.routes("public", {"pl-all": "igw"})
    assert reached(network) == {ssh()}


def test_families_have_routes_of_their_own(network: Network) -> None:
    network.group("ssh", ("i", "tcp", 22, 22, "0.0.0.0/0"), ("i", "tcp", 22, 22, "::/0"))
    network.instance("i", groups=["ssh"], ipv6=["2001:db8:0:1::10"])
    network.routes("public", {"::/0": "igw"})
    assert reached(network) == {ssh(family="ipv6")}


def test_blocked_public_access_blocks(network: Network) -> None:
    open_instance(network)
    network.subnet("public", "10.0.1.0/24", internet_gateway_block_mode="block-ingress")
    assert reached(network) == set()


def test_a_firewall_on_the_way_leaves_it_open(network: Network) -> None:
    open_instance(network)
    network.routes("public", {"0.0.0.0/0": "vpce-firewall"})
    network.subnet("edge", "10.0.9.0/24")
    network.routes("edge", {"10.0.1.0/24": "vpce-firewall"}, gateway_ids=["igw"])
    ((name, edge),) = edges(network)
    assert name == "i"
    assert edge["unread"] == ["what vpce-firewall lets through"]


# Network ACLs.

ALLOW_IN, ALLOW_OUT = (100, "i", "allow", "-1", "0.0.0.0/0"), (100, "o", "allow", "-1", "0.0.0.0/0")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([ALLOW_IN, ALLOW_OUT], True),
        ([(90, "i", "deny", "6", "0.0.0.0/0", 22, 22), ALLOW_IN, ALLOW_OUT], False),
        ([(110, "i", "deny", "6", "0.0.0.0/0", 22, 22), ALLOW_IN, ALLOW_OUT], True),
        ([(90, "i", "deny", "17", "0.0.0.0/0", 22, 22), ALLOW_IN, ALLOW_OUT], True),
        ([(90, "i", "deny", "6", "198.51.100.0/24", 22, 22), ALLOW_IN, ALLOW_OUT], True),
        ([ALLOW_IN], False),
        ([ALLOW_OUT], False),
        ([ALLOW_IN, (100, "o", "allow", "6", "0.0.0.0/0", 1024, 65535)], True),
        ([ALLOW_IN, (100, "o", "allow", "17", "0.0.0.0/0", 1024, 65535)], False),
        ([ALLOW_IN, (100, "o", "allow", "6", "198.51.100.0/24", 1024, 65535)], False),
        ([(100, "i", "allow", "6", "198.51.100.0/24", 22, 22), ALLOW_OUT], False),
    ],
)
def test_acls_decide_in_order_and_both_directions(
    network: Network, entries: list[tuple[Any, ...]], expected: bool
) -> None:
    open_instance(network)
    network.acl("acl", *entries)
    assert reached(network) == ({ssh()} if expected else set())


# What is unread.


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("AWSEC2SecurityGroupRule", "rules of security group ssh"),
        ("AWSEC2Subnet", "subnet public"),
        ("AWSRoute", "route table of subnet public"),
        ("AWSInternetGateway", "internet gateway igw"),
        ("AWSNetworkAcl", "network ACL of subnet public"),
        ("AWSNetworkAclRule", "network ACL of subnet public"),
        ("AWSNetworkInterface", "network interface eni-i"),
    ],
)
def test_what_could_not_be_read_cannot_be_excluded(
    network: Network, label: str, words: str
) -> None:
    open_instance(network)
    found = [edge for name, edge in edges(network, unread=(label,)) if name == "i"]
    on_ssh = [edge for edge in found if edge["from_port"] <= 22 <= edge["to_port"]]
    assert on_ssh
    assert all(words in edge["unread"] for edge in on_ssh)


def test_rules_that_are_known_count_although_their_group_is_not(network: Network) -> None:
    open_instance(network)
    found = reached(network, unread=("AWSEC2SecurityGroup",))
    assert ssh() in found
    assert ("i", "tcp", 23, 65535, "ipv4", "direct", False) in found


def test_what_is_unread_does_not_matter_where_something_else_decides(network: Network) -> None:
    open_instance(network)
    network.routes("public", {})
    assert reached(network, unread=("AWSEC2SecurityGroupRule", "AWSNetworkAclRule")) == set()


def test_an_unread_prefix_list_leaves_only_its_own_port_open(network: Network) -> None:
    network.prefix_list("pl-1", None)
    network.group("g", ("i", "tcp", 80, 80, "pl-1"), ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.instance("i", groups=["g"])
    assert reached(network) == {ssh(), ("i", "tcp", 80, 80, "ipv4", "direct", False)}


def test_what_is_open_anyway_is_certain(network: Network) -> None:
    network.prefix_list("pl-1", None)
    network.group("g", ("i", "tcp", 22, 22, "pl-1"), ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.instance("i", groups=["g"])
    assert reached(network) == {ssh()}


def test_an_instance_that_is_gone_is_not_reached(network: Network) -> None:
    open_instance(network, state="terminated")
    assert reached(network) == set()


# Load balancers.


def behind(
    network: Network, app: tuple[Any, ...], web: tuple[Any, ...] | None = None, **target: Any
) -> Found:
    """What is reached behind a load balancer on 443 whose only target is ``app`` on 8080."""
    out = web or ("o", "-1", -1, -1, "0.0.0.0/0")
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), out)
    network.group("app", app)
    network.instance("app", "private", ["app"], public="", private="10.0.2.10")
    balancer = network.load_balancer("lb", ["web"])
    network.listener(balancer, 443, network.target_group("tg", balancer, "app", **target))
    return {found for found in reached(network) if found[0] == "app"}


TO_APP = {("app", "tcp", 8080, 8080, "ipv4", "load balancer", True)}


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("web", TO_APP),
        ("10.0.1.0/24", TO_APP),
        ("10.0.2.0/24", set()),
        ("other", set()),
        ("198.51.100.0/24", set()),
    ],
)
def test_a_target_must_admit_its_load_balancer(
    network: Network, peer: str, expected: Found
) -> None:
    assert behind(network, ("i", "tcp", 8080, 8080, peer)) == expected


def test_a_target_must_admit_it_on_the_target_s_port(network: Network) -> None:
    assert behind(network, ("i", "tcp", 443, 443, "web")) == set()


def test_a_load_balancer_must_be_let_out(network: Network) -> None:
    to_database = ("o", "tcp", 5432, 5432, "0.0.0.0/0")
    assert behind(network, ("i", "tcp", 8080, 8080, "web"), to_database) == set()


def test_an_acl_between_load_balancer_and_target_decides(network: Network) -> None:
    network.subnet("private", "10.0.2.0/24", network_acl_id="acl-app")
    network.acl("acl-app", (100, "i", "allow", "6", "10.0.9.0/24", 8080, 8080), ALLOW_OUT)
    assert behind(network, ("i", "tcp", 8080, 8080, "web")) == set()
    network = Network()
    network.subnet("private", "10.0.2.0/24", network_acl_id="acl-app")
    network.acl("acl-app", (100, "i", "allow", "6", "10.0.1.0/24", 8080, 8080), ALLOW_OUT)
    assert behind(network, ("i", "tcp", 8080, 8080, "web")) == TO_APP


def test_internal_load_balancers_are_not_reached(network: Network) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"))
    network.listener(network.load_balancer("lb", ["web"], scheme="internal"), 443)
    assert reached(network) == set()


def test_a_listener_behind_a_closed_group_is_not_reached(network: Network) -> None:
    network.group("web", ("i", "tcp", 443, 443, "198.51.100.0/24"))
    network.listener(network.load_balancer("lb", ["web"]), 443)
    assert reached(network) == set()


def test_rules_forward_as_the_default_does(network: Network) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "web"))
    network.instance("app", "private", ["app"], public="", private="10.0.2.10")
    balancer = network.load_balancer("lb", ["web"], families="dualstack")
    group = network.target_group("tg", balancer, "app")
    network.listener(balancer, 443, rules=[group])
    ((_, edge),) = [found for found in edges(network) if found[0] == "app"]
    evidence = json.loads(edge["evidence"])
    assert [id_.rpartition("/")[2] for id_ in evidence["listener_rules"]] == ["0"]
    assert evidence["load_balancers"] == [balancer]
    assert evidence["target_groups"] == [group]
    assert len(evidence["security_group_rules"]) == 2


def test_a_network_load_balancer_without_groups_takes_everything(network: Network) -> None:
    network.group("db", ("i", "tcp", 5432, 5432, "10.0.1.0/24"))
    network.instance("db", "private", ["db"], public="", private="10.0.2.10")
    balancer = network.load_balancer("lb", kind="network")
    group = network.target_group("tg", balancer, "db", port=5432, protocol="TCP")
    network.listener(balancer, 5432, group, protocol="TCP")
    assert reached(network) == {
        ("lb", "tcp", 5432, 5432, "ipv4", "direct", True),
        ("db", "tcp", 5432, 5432, "ipv4", "load balancer", True),
    }


@pytest.mark.parametrize(
    ("preserves", "peer", "expected"),
    [
        (True, "10.0.1.0/24", None),
        (True, "0.0.0.0/0", True),
        (False, "10.0.1.0/24", True),
        (None, "10.0.1.0/24", False),
        (None, "0.0.0.0/0", True),
    ],
)
def test_where_client_addresses_are_preserved_they_are_judged(
    network: Network, preserves: bool | None, peer: str, expected: bool | None
) -> None:
    network.group("db", ("i", "tcp", 5432, 5432, peer))
    network.instance("db", "private", ["db"], public="", private="10.0.2.10")
    balancer = network.load_balancer("lb", kind="network")
    group = network.target_group(
        "tg", balancer, "db", port=5432, protocol="TCP", preserves=preserves
    )
    network.listener(balancer, 5432, group, protocol="TCP")
    certain = [found[-1] for found in reached(network) if found[0] == "db"]
    assert certain == ([] if expected is None else [expected])


def test_a_load_balancer_may_stand_behind_another(network: Network) -> None:
    network.group("inner", ("i", "tcp", 80, 80, "10.0.0.0/8"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "inner"))
    network.instance("app", "private", ["app"], public="", private="10.0.2.10")
    inner = network.load_balancer("inner", ["inner"], subnets=["private"], scheme="internal")
    network.listener(inner, 80, network.target_group("apps", inner, "app"), protocol="HTTP")
    outer = network.load_balancer("outer", kind="network")
    group = network.target_group("inner", outer, inner, port=80, kind="alb", protocol="TCP")
    network.listener(outer, 443, group, protocol="TCP")
    assert reached(network) == {
        ("outer", "tcp", 443, 443, "ipv4", "direct", True),
        ("inner", "tcp", 80, 80, "ipv4", "load balancer", True),
        ("app", "tcp", 8080, 8080, "ipv4", "load balancer", True),
    }


def test_classic_load_balancers_forward_to_their_instances(network: Network) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "web"))
    network.instance("app", "private", ["app"], public="", private="10.0.2.10")
    network.classic("old", ["web"], ["app"], (443, 8080), (8443, 9090))
    assert reached(network) == {
        ("old", "tcp", 443, 443, "ipv4", "direct", True),
        ("app", "tcp", 8080, 8080, "ipv4", "load balancer", True),
    }


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("AWSListener", "listeners of lb"),
        ("AWSListenerRule", "rules of listener HTTPS:443"),
        ("AWSTarget", "targets of target group tg"),
    ],
)
def test_targets_cannot_be_excluded_where_the_way_to_them_is_unread(
    network: Network, label: str, words: str
) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "web"))
    network.instance("app", "private", ["app"], public="", private="10.0.2.10")
    network.instance("closed", "private", public="", private="10.0.2.11")
    balancer = network.load_balancer("lb", ["web"])
    group = network.target_group("tg", balancer, "app")
    network.listener(balancer, 443, rules=[group])
    found = [(name, edge) for name, edge in edges(network, unread=(label,)) if name != "lb"]
    assert [name for name, _ in found] == ["app"]
    assert words in found[0][1]["unread"]


# Databases and functions.


def database(network: Network, is_public: bool | None, port: int | None, **more: Any) -> None:
    raw = {
        "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:db",
        "DBInstanceIdentifier": "db",
        "PubliclyAccessible": is_public,
        "Endpoint": {"Port": port},
    }
    where = {"subnets": ["public", "private"], "security_groups": ["db"], "network_type": "IPV4"}
    network.resources.append(DBInstance.load(raw, network.here, **{**where, **more}))


def cluster(network: Network, is_public: bool | None, subnet: str = "public") -> None:
    group = {
        "DBSubnetGroupArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:subgrp:dbs",
        "DBSubnetGroupName": "dbs",
        "Subnets": [{"SubnetIdentifier": subnet}],
    }
    raw = {
        "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:aurora",
        "DBClusterIdentifier": "aurora",
        "DBSubnetGroup": "dbs",
        "Port": 5432,
        "PubliclyAccessible": is_public,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "db"}],
    }
    network.resources.append(SubnetGroup.load(group, network.here))
    network.resources.append(DBCluster.load(raw, network.here))


POSTGRES = ("i", "tcp", 5432, 5432, "0.0.0.0/0")


@pytest.mark.parametrize(
    ("is_public", "port", "expected"),
    [
        (True, 5432, {("db", "tcp", 5432, 5432, "ipv4", "direct", True)}),
        (True, 3306, set()),
        (False, 5432, set()),
        (None, 5432, {("db", "tcp", 5432, 5432, "ipv4", "direct", False)}),
        (True, None, {("db", "tcp", 5432, 5432, "ipv4", "direct", False)}),
    ],
)
def test_public_databases_are_reached_on_their_port(
    network: Network, is_public: bool | None, port: int | None, expected: Found
) -> None:
    network.group("db", POSTGRES)
    database(network, is_public, port)
    assert reached(network) == expected


@pytest.mark.parametrize(("kind", "certain"), [("IPV4", []), ("DUAL", [True]), (None, [False])])
def test_databases_are_reached_by_ipv6_if_they_have_it(
    network: Network, kind: str | None, certain: list[bool]
) -> None:
    network.group("db", ("i", "tcp", 5432, 5432, "::/0"))
    database(network, True, 5432, network_type=kind)
    assert [found[-1] for found in reached(network)] == certain


@pytest.mark.parametrize(("is_public", "names"), [(True, {"db", "aurora"}), (False, set())])
def test_a_cluster_is_reached_where_an_instance_of_it_is(
    network: Network, is_public: bool, names: set[str]
) -> None:
    network.group("db", POSTGRES)
    database(network, is_public, 5432, cluster="aurora")
    cluster(network, None)
    assert reached(network) == {(name, "tcp", 5432, 5432, "ipv4", "direct", True) for name in names}


@pytest.mark.parametrize(
    ("is_public", "subnet", "unread", "certain"),
    [
        (True, "public", (), [True]),
        (True, "private", (), []),
        (False, "public", ("AWSRDSInstance",), []),
        (None, "public", (), []),
        (None, "public", ("AWSRDSInstance",), [False]),
    ],
)
def test_a_cluster_is_reached_by_its_own_setting(
    network: Network,
    is_public: bool | None,
    subnet: str,
    unread: tuple[str, ...],
    certain: list[bool],
) -> None:
    network.group("db", POSTGRES)
    cluster(network, is_public, subnet)
    assert [found[-1] for found in reached(network, unread=unread)] == certain


def test_functions_behind_a_load_balancer_are_reached(network: Network) -> None:
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hello"
    network.resources.append(
        Function.load({"FunctionArn": function, "FunctionName": "hello"}, network.here)
    )
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"))
    balancer = network.load_balancer("lb", ["web"])
    network.listener(balancer, 443, network.target_group("tg", balancer, function, kind="lambda"))
    assert ("hello", "tcp", 443, 443, "ipv4", "load balancer", True) in reached(network)
