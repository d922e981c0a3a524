"""Seventeen checks, one rule: what arrives at an instance, and by which way."""

import pytest
from clew.checks import checks
from support.judging import ACCOUNT, Estate, judge, verdicts
from support.network import Network

PORTS: dict[str, dict[str, tuple[int, ...]]] = {
    "cassandra": {"tcp": (7000, 7001, 7199, 9042, 9160)},
    "cifs": {"tcp": (139, 445), "udp": (137, 138)},
    "elasticsearch_kibana": {"tcp": (5601, 9200, 9300)},
    "ftp": {"tcp": (20, 21)},
    "kafka": {"tcp": (9092,)},
    "kerberos": {"tcp": (88, 464, 749, 750), "udp": (88, 464, 750)},
    "ldap": {"tcp": (389, 636), "udp": (389,)},
    "memcached": {"tcp": (11211,), "udp": (11211,)},
    "mongodb": {"tcp": (27017, 27018)},
    "mysql": {"tcp": (3306,)},
    "oracle": {"tcp": (1521, 2483, 2484)},
    "postgresql": {"tcp": (5432,)},
    "rdp": {"tcp": (3389,), "udp": (3389,)},
    "redis": {"tcp": (6379,)},
    "sqlserver": {"tcp": (1433, 1434), "udp": (1434,)},
    "ssh": {"tcp": (22,)},
    "telnet": {"tcp": (23,)},
}


def test_there_is_one_for_each_service() -> None:
    found = {id_ for id_ in checks() if id_.startswith("ec2_instance_port_")}
    assert found == {f"ec2_instance_port_{name}_exposed_to_internet" for name in PORTS}
    assert len(found) == 17


@pytest.mark.parametrize("service", PORTS)
def test_each_looks_at_its_own_ports(service: str) -> None:
    network = Network()
    expected = {"other": "PASS"}
    for protocol, ports in PORTS[service].items():
        for port in ports:
            network.group(f"{protocol}{port}", ("i", protocol, port, port, "0.0.0.0/0"))
            network.instance(f"{protocol}-{port}", groups=[f"{protocol}{port}"])
            expected[f"{protocol}-{port}"] = "FAIL"
    network.group("other", ("i", "tcp", 6, 6, "0.0.0.0/0"), ("i", "udp", 6, 6, "::/0"))
    network.instance("other", groups=["other"])
    check_id = f"ec2_instance_port_{service}_exposed_to_internet"
    assert verdicts(check_id, Estate(network.resources)) == expected


def test_every_filter_has_its_say() -> None:
    network = Network()
    network.group("open", ("i", "tcp", 20, 30, "0.0.0.0/0"))
    network.group("six", ("i", "tcp", 22, 22, "::/0"))
    network.group("udp", ("i", "udp", 22, 22, "0.0.0.0/0"))
    network.group("partner", ("i", "tcp", 22, 22, "198.51.100.0/24"))
    network.prefix_list("pl-1", None)
    network.group("listed", ("i", "tcp", 22, 22, "pl-1"))
    network.subnet("denied", "10.0.3.0/24", route_table_id="rtb-public", network_acl_id="acl-deny")
    network.acl("acl-deny", (100, "o", "allow", "-1", "0.0.0.0/0"))
    network.instance("open", groups=["open"])
    network.instance("six", groups=["six"], ipv6=["2001:db8::1"])
    network.instance("no-six", groups=["six"])
    network.instance("udp", groups=["udp"])
    network.instance("partner", groups=["partner"])
    network.instance("listed", groups=["listed"])
    network.instance("private", "private", ["open"])
    network.instance("denied", "denied", ["open"])
    network.instance("no-address", groups=["open"], public="")
    network.instance("gone", groups=["open"], state="terminated")
    assert verdicts("ec2_instance_port_ssh_exposed_to_internet", Estate(network.resources)) == {
        "open": "FAIL",
        "six": "FAIL",
        "no-six": "PASS",
        "udp": "PASS",
        "partner": "PASS",
        "listed": ("MANUAL", "UNREADABLE_FIELD"),
        "private": "PASS",
        "denied": "PASS",
        "no-address": "PASS",
    }


def test_a_private_instance_behind_a_load_balancer_is_found() -> None:
    network = Network()
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("db", ("i", "tcp", 9200, 9200, "web"))
    network.instance("search", "private", ["db"], public="", private="10.0.2.10")
    balancer = network.load_balancer("lb", ["web"])
    group = network.target_group("tg", balancer, "search", port=9200)
    network.listener(balancer, 443, group)
    (found,) = judge(
        "ec2_instance_port_elasticsearch_kibana_exposed_to_internet", Estate(network.resources)
    )
    assert (found.status, found.severity) == ("FAIL", "high")
    assert "load balancer" in found.message


def test_without_load_balancers_a_private_instance_is_not_a_pass() -> None:
    network = Network()
    network.instance("private", "private", public="")
    estate = Estate(network.resources, unread=["AWSLoadBalancerV2"])
    assert verdicts("ec2_instance_port_ssh_exposed_to_internet", estate) == {
        "private": ("MANUAL", "UNREADABLE"),
    }


ON_THE_WAY = (
    "AWSAPIGatewayMethod",
    "AWSAPIGatewayRestAPI",
    "AWSAPIGatewayV2API",
    "AWSAPIGatewayV2Route",
    "AWSLoadBalancer",
    "AWSLoadBalancerV2",
    "AWSNetworkInterface",
    "AWSTarget",
    "AWSTargetGroup",
)


@pytest.mark.parametrize("label", ON_THE_WAY)
def test_what_was_not_listed_on_the_way_to_an_instance_is_never_a_pass(label: str) -> None:
    network = Network()
    network.instance("private", "private", public="")
    resources = [one for one in network.resources if one.label != label]
    (verdict,) = verdicts(
        "ec2_instance_port_ssh_exposed_to_internet", Estate(resources, unread=[label])
    ).values()
    assert verdict[0] == "MANUAL"


@pytest.mark.parametrize(
    "label", ["AWSECSService", "AWSLambda", "AWSListener", "AWSPrefixList", "AWSRDSInstance"]
)
def test_what_shows_in_the_edges_or_has_nothing_to_do_with_it_leaves_a_pass(label: str) -> None:
    network = Network()
    network.group("office", ("i", "tcp", 22, 22, "198.51.100.0/24"))
    network.instance("closed", groups=["office"])
    estate = Estate(network.resources, unread=[label])
    assert verdicts("ec2_instance_port_ssh_exposed_to_internet", estate) == {"closed": "PASS"}


def test_a_finding_names_the_rules_and_routes_that_let_the_internet_in() -> None:
    network = Network()
    network.group("open", ("i", "tcp", 22, 22, "0.0.0.0/0"))
    network.instance("i", groups=["open"])
    (found,) = judge("ec2_instance_port_ssh_exposed_to_internet", Estate(network.resources))
    labels = {node.label for node in found.evidence.nodes}
    assert labels == {
        "AWSEC2Instance",
        "AWSEC2SecurityGroupRule",
        "AWSInternetGateway",
        "AWSNetworkAclRule",
        "AWSNetworkInterface",
        "AWSRoute",
        "Internet",
    }
    assert {"ATTACHED_TO", "CAN_REACH"} <= {edge.type for edge in found.evidence.edges}


def test_unlisted_instances_are_manual() -> None:
    estate = Estate([], unread=["AWSEC2Instance"])
    assert verdicts("ec2_instance_port_ssh_exposed_to_internet", estate) == {
        ACCOUNT: ("MANUAL", "UNREADABLE"),
    }
