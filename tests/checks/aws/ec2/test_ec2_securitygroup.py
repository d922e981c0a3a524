"""Security groups, judged by what their rules come to together."""

from typing import Any

import pytest
from clew.checks import checks
from clew.collectors.aws.autoscaling import LaunchConfiguration
from clew.collectors.aws.batch import ComputeEnvironment
from clew.collectors.aws.codebuild import Project
from clew.collectors.aws.ec2 import LaunchTemplate
from clew.collectors.aws.sagemaker import NotebookInstance
from clew.collectors.registry import models
from support.judging import ACCOUNT, Estate, judge, verdicts
from support.network import Network

INGRESS = "ec2_securitygroup_allow_ingress_from_internet_to_"
ALL = "0.0.0.0/0"


def groups(**rules: Any) -> Network:
    network = Network()
    network.prefix_list("pl-everyone", ["0.0.0.0/1", "128.0.0.0/1"])
    network.prefix_list("pl-unread", None)
    for name, each in rules.items():
        network.group(name, *each)
    return network


@pytest.mark.parametrize(
    ("check_id", "ports"),
    [
        ("tcp_port_22", [22]),
        ("tcp_port_3389", [3389]),
        ("tcp_port_cassandra_7199_9160_8888", [7199, 9160, 8888]),
        ("tcp_port_elasticsearch_kibana_9200_9300_5601", [9200, 9300, 5601]),
        ("tcp_port_ftp_20_21", [20, 21]),
        ("tcp_port_kafka_9092", [9092]),
        ("tcp_port_memcached_11211", [11211]),
        ("tcp_port_mongodb_27017_27018", [27017, 27018]),
        ("tcp_port_mysql_3306", [3306]),
        ("tcp_port_oracle_1521_2483", [1521, 2483]),
        ("tcp_port_postgres_5432", [5432]),
        ("tcp_port_redis_6379", [6379]),
        ("tcp_port_sql_server_1433_1434", [1433, 1434]),
        ("tcp_port_telnet_23", [23]),
        ("high_risk_tcp_ports", [25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088]),
    ],
)
def test_each_looks_at_its_own_ports(check_id: str, ports: list[int]) -> None:
    rules: dict[str, Any] = {f"p{port}": [("i", "tcp", port, port, ALL)] for port in ports}
    network = groups(**rules, other=[("i", "tcp", 6, 6, ALL), ("i", "udp", 1, 65535, ALL)])
    assert verdicts(f"{INGRESS}{check_id}", Estate(network.resources)) == {
        **{f"p{port}": "FAIL" for port in ports},
        "other": "PASS",
    }


def test_however_the_internet_is_written_it_is_found() -> None:
    network = groups(
        everyone=[("i", "tcp", 22, 22, ALL)],
        six=[("i", "tcp", 22, 22, "::/0")],
        within=[("i", "tcp", 2, 222, ALL)],
        every_protocol=[("i", "-1", -1, -1, ALL)],
        by_number=[("i", "6", 22, 22, ALL)],
        halves=[("i", "tcp", 22, 22, "0.0.0.0/1"), ("i", "tcp", 22, 22, "128.0.0.0/1")],
        listed=[("i", "tcp", 22, 22, "pl-everyone")],
        unread=[("i", "tcp", 22, 22, "pl-unread")],
        unread_elsewhere=[("i", "tcp", 80, 80, "pl-unread")],
        partner=[("i", "tcp", 22, 22, "198.51.100.7/32")],
        private=[("i", "tcp", 22, 22, "10.0.0.0/8")],
        group=[("i", "tcp", 22, 22, "partner")],
        out=[("o", "tcp", 22, 22, ALL)],
        udp=[("i", "udp", 22, 22, ALL)],
        nothing=[],
    )
    assert verdicts(f"{INGRESS}tcp_port_22", Estate(network.resources)) == {
        "everyone": "FAIL",
        "six": "FAIL",
        "within": "FAIL",
        "every_protocol": "FAIL",
        "by_number": "FAIL",
        "halves": "FAIL",
        "listed": "FAIL",
        "unread": ("MANUAL", "UNREADABLE_FIELD"),
        "unread_elsewhere": "PASS",
        "partner": "PASS",
        "private": "PASS",
        "group": "PASS",
        "out": "PASS",
        "udp": "PASS",
        "nothing": "PASS",
    }


def test_the_rules_that_open_the_port_are_the_evidence() -> None:
    network = groups(g=[("i", "tcp", 22, 22, ALL), ("i", "tcp", 80, 80, ALL)])
    (found,) = judge(f"{INGRESS}tcp_port_22", Estate(network.resources))
    assert found.message == "Security group g lets the internet in on TCP 22."
    names = [node.name for node in found.evidence.nodes if node.id != found.resource]
    assert names == ["g i tcp 22-22 0.0.0.0/0"]


def test_rules_that_were_not_listed_are_never_a_pass() -> None:
    network = groups(g=[])
    estate = Estate(network.resources, unread=["AWSEC2SecurityGroupRule"])
    for check_id in ("tcp_port_22", "all_ports", "any_port", "any_port_from_ip"):
        assert verdicts(f"{INGRESS}{check_id}", estate) == {"g": ("MANUAL", "UNREADABLE")}
    estate = Estate([], unread=["AWSEC2SecurityGroup"])
    assert verdicts(f"{INGRESS}tcp_port_22", estate) == {ACCOUNT: ("MANUAL", "UNREADABLE")}


def test_all_ports_count_together() -> None:
    network = groups(
        one=[("i", "-1", -1, -1, ALL)],
        tcp=[("i", "tcp", 0, 65535, ALL)],
        pieces=[("i", "udp", 1, 1000, ALL), ("i", "udp", 1001, 65535, "pl-everyone")],
        gap=[("i", "tcp", 0, 21, ALL), ("i", "tcp", 23, 65535, ALL)],
        mixed=[("i", "tcp", 0, 1000, ALL), ("i", "tcp", 1001, 65535, "::/0")],
        perhaps=[("i", "tcp", 0, 1000, ALL), ("i", "tcp", 1001, 65535, "pl-unread")],
        icmp=[("i", "icmp", -1, -1, ALL)],
    )
    assert verdicts(f"{INGRESS}all_ports", Estate(network.resources)) == {
        "one": "FAIL",
        "tcp": "FAIL",
        "pieces": "FAIL",
        "gap": "PASS",
        "mixed": "PASS",
        "perhaps": ("MANUAL", "UNREADABLE_FIELD"),
        "icmp": "PASS",
    }


def test_any_port_is_for_load_balancers_only() -> None:
    network = groups(
        door=[("i", "tcp", 443, 443, ALL)],
        shared=[("i", "tcp", 443, 443, ALL)],
        unattached=[("i", "icmp", 8, 0, ALL)],
        closed=[("i", "tcp", 443, 443, "10.0.0.0/8")],
    )
    network.interface("eni-lb", groups=["door", "shared"])
    network.resources[-1] = network.resources[-1].model_copy(update={"requester_id": "amazon-elb"})
    network.instance("i", groups=["shared"])
    assert verdicts(f"{INGRESS}any_port", Estate(network.resources)) == {
        "door": "PASS",
        "shared": "FAIL",
        "unattached": "FAIL",
        "closed": "PASS",
    }
    estate = Estate(network.resources, unread=["AWSNetworkInterface"])
    assert verdicts(f"{INGRESS}any_port", estate) == {
        "door": ("MANUAL", "UNREADABLE"),
        "shared": ("MANUAL", "UNREADABLE"),
        "unattached": ("MANUAL", "UNREADABLE"),
        "closed": ("MANUAL", "UNREADABLE"),
    }


def test_any_public_address_counts_however_small() -> None:
    network = groups(
        partner=[("i", "tcp", 22, 22, "198.51.100.7/32")],
        six=[("i", "tcp", 22, 22, "2001:db8::/64")],
        private=[("i", "tcp", 22, 22, "10.0.0.0/8"), ("i", "tcp", 22, 22, "fd00::/8")],
        out=[("o", "-1", -1, -1, ALL)],
    )
    assert verdicts(f"{INGRESS}any_port_from_ip", Estate(network.resources)) == {
        "partner": "FAIL",
        "six": "FAIL",
        "private": "PASS",
        "out": "PASS",
    }


def test_wide_public_ranges_are_named() -> None:
    network = groups(
        wide=[("i", "tcp", 443, 443, "8.8.0.0/16")],
        out=[("o", "tcp", 443, 443, "8.8.0.0/16")],
        half=[("i", "tcp", 443, 443, "128.0.0.0/1")],
        listed=[("i", "tcp", 443, 443, "pl-everyone")],
        unread=[("i", "tcp", 443, 443, "pl-unread")],
        network=[("i", "tcp", 443, 443, "8.8.8.0/24")],
        private=[("i", "tcp", 443, 443, "10.0.0.0/8")],
        everyone=[("i", "tcp", 443, 443, ALL)],
        six=[("i", "tcp", 443, 443, "2001:db8::/32")],
    )
    assert verdicts("ec2_securitygroup_allow_wide_open_public_ipv4", Estate(network.resources)) == {
        "wide": "FAIL",
        "out": "FAIL",
        "half": "FAIL",
        "listed": "FAIL",
        "unread": ("MANUAL", "UNREADABLE_FIELD"),
        "network": "PASS",
        "private": "PASS",
        "everyone": "PASS",
        "six": "PASS",
    }


def test_default_groups_have_no_rules() -> None:
    network, other, third = Network(), Network("vpc-2"), Network("vpc-3")
    for each, rules in (
        (network, []),
        (other, [("i", "-1", -1, -1, "default-2")]),
        (third, [("o", "-1", -1, -1, ALL)]),
    ):
        each.group(f"default-{each.vpc}", *rules, called="default")
    network.group("other", ("i", "tcp", 22, 22, ALL))
    resources = [*network.resources, *other.resources, *third.resources]
    check_id = "ec2_securitygroup_default_restrict_traffic"
    found = {
        each.resource.rpartition("/")[2]: each.status.value
        for each in judge(check_id, Estate(resources))
    }
    assert found == {"default-vpc": "PASS", "default-vpc-2": "FAIL", "default-vpc-3": "FAIL"}
    estate = Estate(network.resources, unread=["AWSEC2SecurityGroupRule"])
    assert verdicts(check_id, estate) == {"default": ("MANUAL", "UNREADABLE")}


def test_a_group_is_used_by_whatever_names_it() -> None:
    network = groups(
        attached=[],
        named=[],
        namer=[("i", "tcp", 80, 80, "named")],
        own=[("i", "-1", -1, -1, "own")],
        batch=[],
        balancer=[],
        launched=[],
        launched_before=[],
        building=[],
        idle=[],
    )
    network.group("default", called="default")
    network.interface("eni-1", groups=["attached", "namer"])
    network.load_balancer("lb", ["balancer"])
    network.resources.append(
        ComputeEnvironment.load(
            {
                "computeEnvironmentArn": f"arn:aws:batch:us-east-1:{ACCOUNT}:compute-environment/b",
                "computeEnvironmentName": "b",
                "computeResources": {"securityGroupIds": ["batch"]},
            },
            network.here,
        )
    )
    network.resources += [
        LaunchTemplate.unread(
            network.here, launch_template_id="lt-1", security_groups=["launched"]
        ),
        LaunchConfiguration.unread(
            network.here, configuration_id="c", name="old", security_groups=["launched_before"]
        ),
        Project.unread(network.here, name="build", security_groups=["building"]),
    ]
    used = ("attached", "named", "namer", "batch", "balancer", "launched", "launched_before")
    expected: dict[str, Any] = dict.fromkeys((*used, "building"), "PASS")
    check_id = "ec2_securitygroup_not_used"
    assert verdicts(check_id, Estate(network.resources)) == {
        **expected,
        "own": "FAIL",
        "idle": "FAIL",
    }
    estate = Estate(network.resources, unread=["AWSLambda"])
    manual = ("MANUAL", "UNREADABLE")
    assert verdicts(check_id, estate) == {**expected, "own": manual, "idle": manual}


def test_a_notebook_uses_its_group() -> None:
    network = groups(notebooks=[], idle=[])
    network.resources.append(
        NotebookInstance.load(
            {
                "NotebookInstanceArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/n",
                "NotebookInstanceName": "n",
            },
            network.here,
            security_groups=["notebooks"],
        )
    )
    check_id = "ec2_securitygroup_not_used"
    assert verdicts(check_id, Estate(network.resources)) == {"notebooks": "PASS", "idle": "FAIL"}
    for unread in ("AWSSageMakerNotebookInstance", "AWSGlueConnection", "AWSEMRCluster"):
        estate = Estate(network.resources, unread=[unread])
        assert verdicts(check_id, estate)["idle"] == ("MANUAL", "UNREADABLE")


def test_whatever_can_name_a_group_uses_it() -> None:
    users = [
        (model, name)
        for model in models()
        for name, reference in model.references.items()
        if "AWSEC2SecurityGroup" in reference.labels and model.label != "AWSEC2SecurityGroupRule"
    ]
    assert len({model for model, _ in users}) > 25
    network = Network()
    for number, (model, name) in enumerate(users):
        key = f"of-{model.label}-{name}"
        network.group(key)
        empty = {
            each: [] if "list" in str(model.model_fields[each].annotation) else ""
            for each in model.references
        }
        named = [key] if isinstance(empty[name], list) else key
        own = f"arn:aws:x:us-east-1:{ACCOUNT}:{number}"
        network.resources.append(
            model(id=own, account=ACCOUNT, region="us-east-1", **empty | {name: named})
        )
    network.group("idle")
    found = verdicts("ec2_securitygroup_not_used", Estate(network.resources))
    assert found.pop("idle") == "FAIL"
    assert {*found.values()} == {"PASS"}
    assert len(found) == len(users)


def test_a_group_is_not_called_unused_while_somebodys_groups_are_unread() -> None:
    network = groups(idle=[], used=[])
    network.interface("eni-1", groups=["used"])
    network.resources.append(NotebookInstance.unread(network.here, name="secretive"))
    (idle,) = (
        found
        for found in judge("ec2_securitygroup_not_used", Estate(network.resources))
        if found.status != "PASS"
    )
    assert (idle.status.value, idle.reason) == ("MANUAL", "UNREADABLE_FIELD")
    assert "security groups of secretive could not be read" in idle.message


def test_all_are_there() -> None:
    assert len([id_ for id_ in checks() if id_.startswith("ec2_securitygroup_")]) == 21


def test_lists_that_could_not_be_read_matter_only_to_groups_that_name_one() -> None:
    network = Network()
    network.group("closed")
    network.group("naming", ("i", "tcp", 22, 22, "pl-hidden"))
    check = "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"
    estate = Estate(network.resources, unread=["AWSPrefixList"])
    assert verdicts(check, estate) == {
        "closed": "PASS",
        "naming": ("MANUAL", "UNREADABLE_FIELD"),
    }
