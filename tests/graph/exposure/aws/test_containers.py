"""What the internet reaches of containers: tasks by their interfaces, and API servers."""

from typing import Any

import pytest
from clew.collectors.aws.ecs import Service, Task
from clew.collectors.aws.eks import Cluster
from support.exposing import Found, edges, reached
from support.network import ACCOUNT, REGION, Network

ECS = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
WEB = ("i", "tcp", 80, 80, "0.0.0.0/0")
AT_80: Found = {("task", "tcp", 80, 80, "ipv4", "direct", True)}


@pytest.fixture
def network() -> Network:
    return Network()


def run_task(
    network: Network,
    interfaces: list[str] | None,
    *,
    status: str = "RUNNING",
    subnets: list[str] | None = None,
    service: str = "",
) -> None:
    task = Task.load(
        {"taskArn": f"{ECS}:task/apps/task", "lastStatus": status},
        network.here,
        name="task",
        cluster_name="apps",
        cluster_arn="",
        service_arn=service,
        images=[],
        network_interface_ids=interfaces,
        subnets=subnets or [],
    )
    network.resources.append(task)


def run_service(network: Network, public: str = "ENABLED", subnet: str = "public") -> str:
    arn = f"{ECS}:service/apps/web"
    where = {"subnets": [subnet], "securityGroups": ["web"], "assignPublicIp": public}
    raw: dict[str, Any] = {
        "serviceArn": arn,
        "serviceName": "web",
        "networkConfiguration": {"awsvpcConfiguration": where},
    }
    network.resources.append(Service.load(raw, network.here, cluster_name="apps", cluster_arn=""))
    return arn


def test_a_task_is_reached_at_its_interface(network: Network) -> None:
    network.group("web", WEB)
    network.interface("eni-task", groups=["web"], public="203.0.113.9")
    run_task(network, ["eni-task"])
    assert reached(network.resources) == AT_80


@pytest.mark.parametrize("status", ["DEPROVISIONING", "STOPPED"])
def test_a_task_that_is_gone_is_not_reached(network: Network, status: str) -> None:
    network.group("web", WEB)
    network.interface("eni-task", groups=["web"], public="203.0.113.9")
    run_task(network, ["eni-task"], status=status)
    assert reached(network.resources) == set()


def test_a_task_without_a_public_address_is_not_reached(network: Network) -> None:
    network.group("web", WEB)
    network.interface("eni-task", groups=["web"])
    run_task(network, ["eni-task"])
    assert reached(network.resources) == set()


def test_a_task_on_its_host_s_network_has_no_interface_to_be_reached_at(network: Network) -> None:
    run_task(network, [])
    assert reached(network.resources) == set()


@pytest.mark.parametrize(("peer", "is_reached"), [("web", True), ("198.51.100.0/24", False)])
def test_a_task_is_reached_behind_a_load_balancer(
    network: Network, peer: str, is_reached: bool
) -> None:
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, peer))
    network.interface("eni-task", "private", ["app"], private="10.0.2.20")
    run_task(network, ["eni-task"])
    balancer = network.load_balancer("lb", ["web"])
    network.listener(balancer, 443, network.target_group("tg", balancer, "10.0.2.20", kind="ip"))
    task = ("task", "tcp", 8080, 8080, "ipv4", "load balancer", True)
    assert (task in reached(network.resources)) is is_reached


@pytest.mark.parametrize(
    ("public", "subnet", "expected"),
    [
        ("ENABLED", "public", {("task", "tcp", 80, 80, "ipv4", "direct", False)}),
        ("DISABLED", "public", set()),
        ("ENABLED", "private", set()),
    ],
)
def test_a_task_whose_interfaces_are_unread_may_be_reached_as_its_service_tells(
    network: Network, public: str, subnet: str, expected: Found
) -> None:
    network.group("web", WEB)
    run_task(network, None, service=run_service(network, public, subnet))
    assert reached(network.resources) == expected


def test_a_task_of_which_only_the_subnet_is_known_may_be_reached_on_every_port(
    network: Network,
) -> None:
    network.interface("eni-task", public="203.0.113.9")
    run_task(network, ["eni-task"], subnets=["public"])
    found = edges(network.resources, unread=("AWSNetworkInterface",))
    assert {(edge["protocol"], edge["address_family"]) for _, edge in found} == {
        (protocol, family)
        for family, icmp in (("ipv4", "icmp"), ("ipv6", "icmpv6"))
        for protocol in ("tcp", "udp", icmp, "other")
    }
    assert {tuple(edge["unread"]) for _, edge in found} == {("network interface eni-task",)}


def test_a_task_in_a_private_subnet_is_not_reached_whatever_its_interfaces(
    network: Network,
) -> None:
    run_task(network, None, subnets=["private"])
    assert reached(network.resources) == set()


def test_a_task_of_which_nothing_is_known_may_be_reached(network: Network) -> None:
    run_task(network, None)
    assert ("task", "tcp", 0, 65535, "ipv4", "direct", False) in reached(network.resources)


@pytest.mark.parametrize(
    ("is_public", "cidrs", "expected"),
    [
        (True, ["0.0.0.0/0"], {("ipv4", True)}),
        (True, ["0.0.0.0/0", "::/0"], {("ipv4", True), ("ipv6", True)}),
        (True, ["0.0.0.0/1", "128.0.0.0/1"], {("ipv4", True)}),
        (True, ["198.51.100.0/24"], set()),
        (False, ["0.0.0.0/0"], set()),
        (None, ["0.0.0.0/0"], {("ipv4", False)}),
        (None, ["198.51.100.0/24"], set()),
        (True, None, {("ipv4", False), ("ipv6", False)}),
        (False, None, set()),
    ],
)
def test_an_api_server_is_reached_as_its_endpoint_and_ranges_say(
    network: Network,
    is_public: bool | None,
    cidrs: list[str] | None,
    expected: set[tuple[str, bool]],
) -> None:
    cluster = Cluster.load(
        {"arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/k8s", "name": "k8s"},
        network.here,
        endpoint_public_access=is_public,
        public_access_cidrs=cidrs,
        authentication_mode="API",
        kms_key_arn="",
        log_group="",
    )
    network.resources.append(cluster)
    assert reached(network.resources) == {
        ("k8s", "tcp", 443, 443, family, "direct", certain) for family, certain in expected
    }
