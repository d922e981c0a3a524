"""How external principals come into the path graph, and the edges that say so."""

import json
from typing import Any

import pytest
from clew.collectors.aws.eks import Cluster
from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.rds import Instance as Database
from clew.collectors.aws.sqs import Queue
from clew.collectors.registry import models
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.aws import external
from clew.graph.attack.model import AttackGraph, Hop
from clew.graph.authorization.aws.environment import AWSEnvironment
from clew.graph.exposure.reach import INTERNET
from clew.graph.model import ListingStatus, Location
from clew.graph.schema import own_policies
from clew.graph.sets import members
from support.identities import ACCOUNT, ADMIN, REGION, Identities, graph_of, policy, trust

HERE = Location(ACCOUNT, REGION, "aws")
VENDOR = "999900001111"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


def function(role: str = "", document: str = "") -> Function:
    raw = {"FunctionArn": FUNCTION, "FunctionName": "f", "Role": role}
    known = {"function_url_auth_types": [], "failure_destinations": [], "success_destinations": []}
    return Function.load(raw, HERE, policy=document, **known)


def reaching(graph: Any, target: str, unread: tuple[str, ...] = (), **more: Any) -> None:
    """Adds an edge as exposure derives it."""
    graph.add_node(INTERNET, id=INTERNET, label="Internet", name="Internet")
    edge = {
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "address_family": "ipv4",
        "path": "direct",
        "unread": list(unread),
        "evidence": json.dumps({"endpoints": [target]}),
        **more,
    }
    graph.add_edge(INTERNET, target, rel="CAN_REACH", **edge)


def steps(found: AttackGraph) -> list[tuple[Hop, bool]]:
    """Every step from outside, and whether it is certain."""
    return [
        (found.explain(grant, source, target), bool(grant.reached.certain >> target & 1))
        for grant in found.steps
        for source in members(grant.sources & found.external)
        for target in members(grant.reached.possible)
    ]


def entered(graph: Any, reads: list[ListingStatus]) -> AttackGraph:
    """The path graph of external principals alone."""
    found = AttackGraph()
    found.steps += external.add_external_steps(found, AWSEnvironment.of(graph, reads))
    return found


@pytest.mark.parametrize(("unread", "certain"), [((), True), (("the route table",), False)])
def test_what_runs_code_and_is_reached_can_be_taken_over(
    unread: tuple[str, ...], certain: bool
) -> None:
    graph, reads = graph_of(Identities(), resources=[function()])
    reaching(graph, FUNCTION, unread)
    evidence = ("tcp 443 (ipv4, direct)", FUNCTION)
    hop = Hop(
        INTERNET,
        FUNCTION,
        "CAN_REACH",
        "outside-exposed-service",
        conditions=unread,
        evidence=evidence,
    )
    assert steps(entered(graph, reads)) == [(hop, certain)]


def test_one_certain_way_to_a_resource_is_enough() -> None:
    graph, reads = graph_of(Identities(), resources=[function()])
    reaching(graph, FUNCTION, ("the ACL",), from_port=22, to_port=22)
    reaching(graph, FUNCTION, from_port=8000, to_port=8999, path="load balancer")
    ((hop, certain),) = steps(entered(graph, reads))
    assert certain
    assert hop.evidence[0] == "tcp 8000-8999 (ipv4, load balancer)"


def test_what_aws_runs_gives_no_credentials() -> None:
    cluster = Cluster.load(
        {"arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/k8s", "name": "k8s"},
        HERE,
        authentication_mode="API",
        kms_key_arn="",
        log_group="",
    )
    database = Database.load(
        {"DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:db", "DBInstanceIdentifier": "db"},
        HERE,
    )
    graph, reads = graph_of(Identities(), resources=[cluster, database])
    for resource in (cluster, database):
        reaching(graph, resource.id)
    assert steps(entered(graph, reads)) == []


def everyone(action: str, on: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": on}
    return json.dumps(policy(statement))


def test_data_that_everyone_reads_is_marked_and_a_function_is_not() -> None:
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    queue = Queue.load(
        {}, HERE, id=arn, name="q", policy=everyone("sqs:*", arn), kms_master_key_id=""
    )
    invoked = function(document=everyone("lambda:InvokeFunction", FUNCTION))
    graph, reads = graph_of(Identities(), resources=[queue, invoked])
    found = entered(graph, reads)
    assert {(hop.target, hop.technique, certain) for hop, certain in steps(found)} == {
        (arn, "outside-readable-data", True),
        (FUNCTION, "outside-invoked-function", True),
    }
    assert [found.nodes[number].id for number in members(found.data)] == [arn]


def test_roles_of_one_source_are_one_grant() -> None:
    own = Identities()
    roles = {own.role(name, trusts=trust(VENDOR)) for name in "abc"}
    graph, reads = graph_of(own)
    found = entered(graph, reads)
    (grant,) = found.steps
    assert {found.nodes[number].id for number in members(grant.reached.certain)} == roles
    assert grant.permissions == {"sts:AssumeRole"}


def test_external_principals_get_to_administrators_by_what_they_reach() -> None:
    own = Identities()
    admin = own.role("admin", *ADMIN["Statement"], trusts=trust("lambda.amazonaws.com"))
    graph, reads = graph_of(own, resources=[function(admin)], listed=["AWSLambda"])
    reaching(graph, FUNCTION)
    found = attack_graph(graph, reads)
    internet, code = found.number[INTERNET, ""], found.number[FUNCTION, ""]
    assert found.external >> internet & 1
    reached = [grant for grant in found.steps if grant.sources >> internet & 1]
    assert [grant.reached.certain for grant in reached] == [1 << code]
    onward = [grant for grant in found.steps if grant.sources >> code & 1]
    role = found.number[admin, ""]
    assert [grant.type for grant in onward if grant.reached.certain >> role & 1] == ["RUNS_AS"]
    assert found.administrators.certain >> role & 1


def test_edges_say_on_what_they_rest() -> None:
    own = Identities()
    condition = {"StringEquals": {"sts:ExternalId": "secret"}}
    role = own.role("r", trusts=trust(VENDOR, condition=condition))
    ((source, target, edge),) = external.edges(AWSEnvironment.of(*graph_of(own)))
    assert (source.id, source.label, target.id, target.label) == (
        VENDOR,
        "AWSAccount",
        role,
        "AWSRole",
    )
    assert (edge.source_id, edge.rel, edge.target_id) == (VENDOR, "CAN_ASSUME", role)
    assert edge.properties["conditions"] == ["sts:AssumeRole: sts:ExternalId"]
    assert json.loads(edge.properties["evidence"]) == {
        "techniques": ["outside-trusted-principal"],
        "statements": [{"policy": role, "index": 0, "sid": "", "effect": "Allow"}],
        "resources": [],
    }


def test_the_schema_has_the_pair_of_every_edge() -> None:
    own = Identities()
    own.role("r", trusts=[trust(VENDOR), trust(f"arn:aws:iam::{VENDOR}:user/eve"), trust("*")])
    invoked = function(document=everyone("lambda:InvokeFunction", FUNCTION))
    found = list(external.edges(AWSEnvironment.of(*graph_of(own, resources=[invoked]))))
    assert len(found) == 4
    assert {(source.label, edge.rel, target.label) for source, target, edge in found} <= {
        *external.pairs(own_policies(models()))
    }
