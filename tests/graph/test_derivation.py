"""Derivations say what they read and write; order and dependence follow from that."""

from collections.abc import Iterable

import pytest
from clew.collectors.registry import collectors, models, providers
from clew.graph.attack.aws.external_reach import RUNS_CODE
from clew.graph.derivation import (
    Derivation,
    DerivationCircleError,
    Derived,
    NewNode,
    absence_rests_on,
    behind,
    derivations,
    derive_into,
    in_order,
    rests_on,
    written,
)
from clew.graph.linking import ResourceGraph
from clew.graph.model import DerivedEdge, Internet, MissingReason, Resource
from clew.graph.model.vocabulary import DERIVED
from clew.graph.schema import EdgeType, Schema
from clew.graph.snapshot import Snapshot
from clew.graph.view import GraphView
from clew.scans.places import demo_folder

LISTED = {
    model.label for cloud in providers() for one in collectors(cloud) for model in one.models()
}
KNOWN = derivations(Schema.of(models()))


def edge(type_: str, source: str = "Internet", target: str = "Box") -> EdgeType:
    return EdgeType(source, type_, target)


def deriving(
    name: str,
    writes: Iterable[EdgeType],
    after: Iterable[EdgeType] = (),
    reads: Iterable[str] = (),
    notices: Iterable[str] = (),
) -> Derivation:
    return Derivation(
        name=name,
        provider="aws",
        derive=lambda _: Derived(()),
        writes=frozenset(writes),
        reads_edges=frozenset(after),
        reads=frozenset(reads),
        notices=frozenset(notices),
    )


REACH, ASSUME, ESCALATE = (edge(type_) for type_ in ("CAN_REACH", "CAN_ASSUME", "CAN_ESCALATE_TO"))
FIRST = deriving("z", [REACH], reads=["Balancer", "Rule"], notices=["Rule"])
SECOND = deriving("y", [ASSUME], after=[REACH], reads=["Role"])
THIRD = deriving("a", [ESCALATE], after=[ASSUME, ESCALATE], reads=["Function"])
OTHER = deriving("b", [edge("CAN_REACH", target="Disk")], reads=["Disk"])


def names(found: Iterable[Derivation]) -> list[str]:
    return [each.name for each in found]


def test_whoever_reads_edges_comes_after_whoever_writes_them() -> None:
    assert names(in_order([THIRD, SECOND, FIRST])) == ["z", "y", "a"]
    assert names(in_order([FIRST, THIRD, SECOND])) == ["z", "y", "a"]


def test_a_circle_is_an_error_that_names_it() -> None:
    circle = [deriving("one", [REACH], after=[ASSUME]), deriving("two", [ASSUME], after=[REACH])]
    with pytest.raises(DerivationCircleError, match=r"one.*two|two.*one"):
        in_order(circle)


def test_edges_rest_on_all_that_is_read_on_the_way_to_them() -> None:
    every = [FIRST, SECOND, THIRD, OTHER]
    assert rests_on(every, [REACH]) == {"Balancer", "Rule"}
    assert rests_on(every, [ESCALATE]) == {"Balancer", "Rule", "Role", "Function"}
    assert absence_rests_on(every, [ESCALATE]) == {"Balancer", "Role", "Function"}
    assert rests_on(every, [edge("LOGS_TO")]) == set()


def test_an_end_or_type_that_is_not_named_may_be_any() -> None:
    every = [FIRST, SECOND, THIRD, OTHER]
    assert names(behind(every, [EdgeType("", "CAN_REACH", "")])) == ["b", "z"]
    assert names(behind(every, [EdgeType("", "", "Disk")])) == ["b"]
    assert names(behind(every, [EdgeType("", "", "")])) == ["a", "b", "y", "z"]


class Box(Resource):
    provider = "aws"
    label = "Box"
    identity = "{id}"


class Account(Resource):
    provider = "aws"
    label = "Account"
    identity = "{id}"


def test_what_is_derived_is_there_for_the_next_with_ends_that_nobody_collected() -> None:
    seen = []

    def reach(_: GraphView) -> Derived:
        internet = NewNode(Internet.label, "internet", "Internet")
        return Derived([DerivedEdge("internet", "CAN_REACH", "box", {})], [internet])

    def assume(view: GraphView) -> Derived:
        seen.append(sorted(view.graph.edges(data="rel")))
        outside = NewNode("Account", "9", "nine", "9", MissingReason.CROSS_ACCOUNT)
        return Derived([DerivedEdge("9", "CAN_ASSUME", "box", {})], [outside])

    graph = ResourceGraph({"box": Box(id="box", name="box")})
    one = Derivation(name="1", provider="aws", derive=reach, writes=frozenset([REACH]))
    two = Derivation(
        name="2",
        provider="aws",
        derive=assume,
        writes=frozenset([edge("CAN_ASSUME", "Account")]),
        reads_edges=frozenset([REACH]),
    )
    derive_into(graph, (), [Box, Account, Internet], in_order([two, one]))
    assert seen == [[("internet", "box", "CAN_REACH")]]
    assert {type_: len(found) for type_, found in graph.edges.items()} == {
        REACH: 1,
        edge("CAN_ASSUME", "Account"): 1,
    }
    assert graph.nodes["9"].missing == MissingReason.CROSS_ACCOUNT
    assert graph.nodes["internet"].missing is None


# What holds for every derivation there is.


@pytest.mark.parametrize("derivation", KNOWN, ids=lambda each: each.name)
def test_a_derivation_reads_what_is_listed_and_says_what_it_leaves_out(
    derivation: Derivation,
) -> None:
    assert derivation.provider in providers()
    assert derivation.reads <= LISTED
    assert derivation.notices <= derivation.reads
    assert derivation.writes
    for sentence in derivation.not_modelled:
        assert sentence.endswith(".")


def test_every_cloud_with_a_network_has_its_exposure() -> None:
    reached = {each.target for each in written(KNOWN) if each.rel == "CAN_REACH"}
    assert {"AWSEC2Instance", "AzureNetworkInterface", "GCPInstance"} <= reached
    assert {each.source for each in written(KNOWN) if each.rel == "CAN_REACH"} == {"Internet"}


def test_steps_of_attack_paths_rest_on_all_that_exposure_reads_of_what_runs_code() -> None:
    (attack,) = [each for each in KNOWN if each.name == "aws attack steps"]
    found = rests_on(KNOWN, attack.writes)
    assert attack.reads | {"AWSLoadBalancer", "AWSLoadBalancerV2", "AWSTarget"} <= found
    assert {each.target for each in attack.reads_edges} == RUNS_CODE
    assert not {label for label in found if not label.startswith("AWS")}


def test_one_listing_does_not_decide_on_what_has_nothing_to_do_with_it() -> None:
    def behind_reach(target: str) -> frozenset[str]:
        return absence_rests_on(KNOWN, [EdgeType("Internet", "CAN_REACH", target)])

    assert "AWSLambda" not in behind_reach("AWSEC2Instance")
    assert "AWSECSService" not in behind_reach("AWSEC2Instance")
    assert behind_reach("AWSRDSInstance") == set()
    assert behind_reach("AWSEKSCluster") == set()
    assert "AWSLoadBalancer" not in behind_reach("AWSLoadBalancerV2")
    assert {"AWSLoadBalancer", "AWSLoadBalancerV2"} <= behind_reach("AWSEC2Instance")


def test_every_derived_edge_of_the_demo_is_of_a_type_that_is_declared() -> None:
    types = {*written(KNOWN)}
    derived = {each.rel for each in types}
    pairs = Snapshot.open(demo_folder()).pairs
    assert {each for each in pairs if each.rel in derived} <= types
    assert derived == {
        "ADMINISTERS",
        "CAN_ACCESS",
        "CAN_ASSUME",
        "CAN_ESCALATE_TO",
        "CAN_REACH",
    }


def test_only_what_derivations_write_counts_as_derived() -> None:
    known = derivations(Schema.of(models()))
    assert {edge.rel for each in known for edge in each.writes} == DERIVED
