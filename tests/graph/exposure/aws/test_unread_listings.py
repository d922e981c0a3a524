"""A listing that failed on the way to a target leaves an edge in doubt, or at least a gap: never
silently no edge."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from clew.collectors.aws.apigatewayv2 import API, Route
from clew.collectors.aws.apigatewayv2 import Stage as HttpStage
from clew.collectors.aws.ecs import Service, Task
from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.rds import Cluster, Instance, SubnetGroup
from clew.graph.derivation import absence_rests_on, rests_on
from clew.graph.gaps import gaps
from clew.graph.model import Resource
from clew.graph.scan_coverage import ScanCoverage
from clew.graph.schema import EdgeType
from support.exposing import EXPOSURE, derived, scan_of
from support.network import ACCOUNT, REGION, Network

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
WEB = ("i", "tcp", 443, 443, "0.0.0.0/0")
OUT = ("o", "-1", -1, -1, "0.0.0.0/0")


def direct_instance() -> Sequence[Resource]:
    network = Network()
    network.group("web", WEB)
    network.instance("target", groups=["web"])
    return network.resources


def direct_task() -> Sequence[Resource]:
    network = Network()
    network.group("web", WEB)
    network.interface("eni", groups=["web"], public="203.0.113.9")
    ecs = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
    where = {"subnets": ["public"], "securityGroups": ["web"], "assignPublicIp": "ENABLED"}
    service = Service.load(
        {
            "serviceArn": f"{ecs}:service/apps/web",
            "serviceName": "web",
            "networkConfiguration": {"awsvpcConfiguration": where},
        },
        network.here,
        cluster_name="apps",
        cluster_arn="",
    )
    task = Task.load(
        {"taskArn": f"{ecs}:task/apps/target", "lastStatus": "RUNNING"},
        network.here,
        name="target",
        cluster_name="apps",
        cluster_arn="",
        service_arn=service.id,
        images=[],
        network_interface_ids=["eni"],
        subnets=[],
    )
    return [*network.resources, service, task]


def direct_database() -> Sequence[Resource]:
    network = Network()
    network.group("db", ("i", "tcp", 5432, 5432, "0.0.0.0/0"))
    raw = {
        "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:target",
        "DBInstanceIdentifier": "target",
        "PubliclyAccessible": True,
        "Endpoint": {"Port": 5432},
    }
    known = {"subnets": ["public"], "security_groups": ["db"], "network_type": "IPV4"}
    return [*network.resources, Instance.load(raw, network.here, **known)]


def direct_cluster() -> Sequence[Resource]:
    network = Network()
    network.group("db", ("i", "tcp", 5432, 5432, "0.0.0.0/0"))
    group = {
        "DBSubnetGroupArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:subgrp:dbs",
        "DBSubnetGroupName": "dbs",
        "Subnets": [{"SubnetIdentifier": "public"}],
    }
    raw = {
        "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:target",
        "DBClusterIdentifier": "target",
        "DBSubnetGroup": "dbs",
        "Port": 5432,
        "PubliclyAccessible": True,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "db"}],
    }
    made = (SubnetGroup.load(group, network.here), Cluster.load(raw, network.here))
    return [*network.resources, *made]


def balanced(name: str = "app", **more: Any) -> tuple[Network, str]:
    """A load balancer whose only target is a private instance."""
    network = Network()
    network.group("web", WEB, OUT)
    network.group("app", ("i", "tcp", 8080, 8080, "web"))
    network.instance(name, "private", ["app"], public="", private="10.0.2.10")
    balancer = network.load_balancer("lb", ["web"], **more)
    return network, balancer


def instance_behind() -> Sequence[Resource]:
    network, balancer = balanced("target")
    network.listener(balancer, 443, network.target_group("tg", balancer, "target"))
    return network.resources


def instance_behind_a_rule() -> Sequence[Resource]:
    network, balancer = balanced("target")
    network.listener(balancer, 443, rules=[network.target_group("tg", balancer, "target")])
    return network.resources


def instance_behind_a_classic() -> Sequence[Resource]:
    network = Network()
    network.group("web", WEB, OUT)
    network.group("app", ("i", "tcp", 8080, 8080, "web"))
    network.instance("target", "private", ["app"], public="", private="10.0.2.10")
    network.classic("old", ["web"], ["target"], (443, 8080))
    return network.resources


def address_behind() -> Sequence[Resource]:
    network, balancer = balanced("target")
    group = network.target_group("tg", balancer, "10.0.2.10", kind="ip")
    network.listener(balancer, 443, group)
    return network.resources


def function_behind() -> Sequence[Resource]:
    network, balancer = balanced()
    network.listener(balancer, 443, network.target_group("tg", balancer, FUNCTION, kind="lambda"))
    return [*network.resources, function("target")]


def balancer_itself() -> Sequence[Resource]:
    network = Network()
    network.group("web", WEB)
    network.listener(network.load_balancer("target", ["web"]), 443)
    return network.resources


def classic_itself() -> Sequence[Resource]:
    network = Network()
    network.group("web", WEB)
    network.classic("target", ["web"], [], (443, 80))
    return network.resources


def balancer_behind_another() -> Sequence[Resource]:
    network = Network()
    network.group("inner", ("i", "tcp", 80, 80, "10.0.0.0/8"))
    inner = network.load_balancer("target", ["inner"], subnets=["private"], scheme="internal")
    network.listener(inner, 80, protocol="HTTP")
    outer = network.load_balancer("outer", kind="network")
    group = network.target_group("tg", outer, inner, port=80, kind="alb", protocol="TCP")
    network.listener(outer, 443, group, protocol="TCP")
    return network.resources


def function(name: str) -> Function:
    raw = {"FunctionArn": FUNCTION, "FunctionName": name}
    return Function.load(raw, Network().here, function_url_auth_types=[], policy="")


def api(**integration: Any) -> list[Resource]:
    """An HTTP API with one route that asks for nothing."""
    here = Network().here
    found = API.load(
        {"ApiId": "h", "Name": "h", "ProtocolType": "HTTP"},
        here,
        id=f"arn:aws:apigateway:{REGION}::/apis/h",
        disable_execute_api_endpoint=False,
    )
    route = Route.load(
        {"RouteKey": "GET /", "RouteId": "1"},
        here,
        id=f"{found.id}/routes/1",
        api_id="h",
        api=found.id,
        authorization_type="NONE",
        api_key_required=False,
        roles=[],
        **{"functions": [], "private_target": "", **integration},
    )
    stage = HttpStage.load(
        {"StageName": "$default"}, here, id=f"{found.id}/stages/1", api_id="h", api=found.id
    )
    return [found, route, stage]


def function_behind_an_api() -> Sequence[Resource]:
    return [function("target"), *api(functions=[FUNCTION])]


def inner_balancer(name: str) -> tuple[Network, str, str]:
    network = Network()
    network.group("app", ("i", "tcp", 8080, 8080, "10.0.0.0/8"))
    inner = network.load_balancer(name, kind="network", subnets=["private"], scheme="internal")
    return network, inner, f"{inner.replace(':loadbalancer/', ':listener/')}/80"


def balancer_behind_an_api() -> Sequence[Resource]:
    network, inner, listener = inner_balancer("target")
    network.listener(inner, 80, protocol="TCP")
    return [*network.resources, *api(private_target=listener)]


def instance_behind_an_api() -> Sequence[Resource]:
    network, inner, listener = inner_balancer("lb")
    network.instance("target", "private", ["app"], public="", private="10.0.2.10")
    group = network.target_group("tg", inner, "target", protocol="TCP")
    network.listener(inner, 80, group, protocol="TCP")
    return [*network.resources, *api(private_target=listener)]


ESTATES: dict[Callable[[], Sequence[Resource]], str] = {
    direct_instance: "AWSEC2Instance",
    direct_task: "AWSECSTask",
    direct_database: "AWSRDSInstance",
    direct_cluster: "AWSRDSCluster",
    instance_behind: "AWSEC2Instance",
    instance_behind_a_rule: "AWSEC2Instance",
    instance_behind_a_classic: "AWSEC2Instance",
    address_behind: "AWSEC2Instance",
    function_behind: "AWSLambda",
    balancer_itself: "AWSLoadBalancerV2",
    classic_itself: "AWSLoadBalancer",
    balancer_behind_another: "AWSLoadBalancerV2",
    function_behind_an_api: "AWSLambda",
    balancer_behind_an_api: "AWSLoadBalancerV2",
    instance_behind_an_api: "AWSEC2Instance",
}
CASES = [
    (build, target, label)
    for build, target in ESTATES.items()
    for label in sorted(rests_on(EXPOSURE, [EdgeType("Internet", "CAN_REACH", target)]))
    if label != target
]


def reaching(
    build: Callable[[], Sequence[Resource]], label: str, unread: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The properties of the edges to what is called ``target``."""
    graph = derived(build(), unread)
    return [
        dict(edge.properties)
        for edge in graph.edges[EdgeType("Internet", "CAN_REACH", label)]
        if graph.nodes[edge.target].name == "target"
    ]


@pytest.mark.parametrize("build", ESTATES, ids=lambda build: build.__name__)
def test_each_target_is_reached_where_everything_was_read(
    build: Callable[[], Sequence[Resource]],
) -> None:
    assert reaching(build, ESTATES[build])


@pytest.mark.parametrize(
    ("build", "target", "label"),
    CASES,
    ids=[f"{build.__name__}-{label}" for build, _, label in CASES],
)
def test_what_could_not_be_listed_is_a_doubt_or_must_have_been_listed(
    build: Callable[[], Sequence[Resource]], target: str, label: str
) -> None:
    edges = [EdgeType("Internet", "CAN_REACH", target)]
    assert reaching(build, target, [label]) or label in absence_rests_on(EXPOSURE, edges)
    coverage = ScanCoverage(scan_of([label]))
    assert label in {gap.label for gap in gaps(coverage, EXPOSURE, edges)}


@pytest.mark.parametrize("unread", ["functions", "private_target"])
def test_an_integration_that_was_not_read_may_lead_to_anything_in_the_region(unread: str) -> None:
    build = function_behind_an_api if unread == "functions" else balancer_behind_an_api

    def denied() -> Sequence[Resource]:
        return [
            one.model_copy(update={unread: None}) if isinstance(one, Route) else one
            for one in build()
        ]

    (edge, *_) = reaching(denied, ESTATES[build])
    assert edge["path"] == "API"
    assert any("GET /" in words for words in edge["unread"])


@pytest.mark.parametrize("build", ESTATES, ids=lambda build: build.__name__)
def test_doubts_remain_where_all_that_edges_show_is_unread_at_once(
    build: Callable[[], Sequence[Resource]],
) -> None:
    edges = [EdgeType("Internet", "CAN_REACH", ESTATES[build])]
    shown = rests_on(EXPOSURE, edges) - absence_rests_on(EXPOSURE, edges) - {ESTATES[build]}
    assert reaching(build, ESTATES[build], sorted(shown))
