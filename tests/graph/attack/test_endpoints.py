"""The names of sources and targets."""

import pytest
from clew.graph.attack.endpoints import (
    AmbiguousNameError,
    MissingError,
    NotCoveredError,
    NotIncludedError,
    PathEndpoints,
    UnknownNameError,
)
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.provider import provider_types
from clew.graph.sets import members
from support.graphs import empty_graph
from support.path_graphs import AWAY, HOME, StepByName, path_graph


def _names() -> tuple[AttackGraph, PathEndpoints]:
    graph = path_graph(
        [
            StepByName("internet ann", f"bob twin twin@{AWAY} bucket"),
            StepByName("bob", "bob!raised admin"),
        ],
        admins="admin",
        data="bucket",
        external="internet",
    )
    resources = empty_graph()
    for node in graph.nodes:
        resources.add_node(node.id, label=node.label, name=node.name, tags=["env=prod"])
    resources.add_node("arn:idle", label="AWSRole", name="idle")
    resources.add_node("arn:net", label="AWSVpc", name="net")
    return graph, PathEndpoints(graph, resources)


def _called(graph: AttackGraph, numbers: int) -> set[str]:
    return {graph.nodes[number].name + graph.nodes[number].state for number in members(numbers)}


def test_words_stand_for_many() -> None:
    graph, names = _names()
    assert _called(graph, names.sources("any")) == {"ann", "bob", "twin"}
    assert _called(graph, names.sources("internet")) == {"internet"}
    assert _called(graph, names.sources("outside")) == {"internet"}
    assert _called(graph, names.target("admin").certain) == {"admin"}
    assert _called(graph, names.target("data").certain) == {"bucket"}
    assert names.target("AWSRole").certain == names.target("tag:env=prod").certain & ~graph.external


def test_a_source_is_in_no_state_and_a_target_in_any() -> None:
    graph, names = _names()
    bob = f"arn:aws:iam::{HOME}:role/bob"
    for name in ("bob", bob):
        assert _called(graph, names.sources(name)) == {"bob"}
        assert _called(graph, names.target(name).certain) == {"bob", "bobraised"}


def test_what_has_no_step_is_known_all_the_same() -> None:
    _, names = _names()
    assert names.sources("idle") == names.nodes("arn:idle") == 0


def test_names_that_say_nothing_or_too_much() -> None:
    _, names = _names()
    with pytest.raises(UnknownNameError) as unknown:
        names.sources("anne")
    assert "ann" in unknown.value.known
    with pytest.raises(AmbiguousNameError, match=f"{HOME}.*{AWAY}"):
        names.target("twin")
    with pytest.raises(NotIncludedError, match="AWSVpc"):
        names.target("net")
    with pytest.raises(UnknownNameError, match="tag:env=test"):
        names.target("tag:env=test")


def test_what_paths_say_nothing_of_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(provider_types(), "gcp")
    graph, _ = _names()
    resources = empty_graph()
    for node in graph.nodes:
        resources.add_node(node.id, label=node.label, name=node.name, provider="aws")
    resources.add_node("vm", label="GCPInstance", name="vm", provider="gcp", tags=["a=b"])
    resources.add_node(
        "arn:gone", label="AWSRole", name="gone", provider="aws", missing="NOT_FOUND"
    )
    resources.add_node(
        "arn:out", label="AWSRole", name="out", provider="aws", missing="OUT_OF_SCOPE"
    )
    names = PathEndpoints(graph, resources)
    for name in (names.sources, names.target, names.nodes):
        with pytest.raises(NotCoveredError, match="GCPInstance: attack paths do not cover gcp yet"):
            name("vm")
        with pytest.raises(MissingError, match="'gone' does not exist"):
            name("gone")
        with pytest.raises(MissingError, match="'out' was left out by this scan's own filters"):
            name("out")
    with pytest.raises(NotCoveredError, match="tag:a=b"):
        names.target("tag:a=b")
