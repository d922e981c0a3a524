"""Steps along the edges of the graph that a traversal walks on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..graph.traversal import once_per_graph

if TYPE_CHECKING:
    import networkx


def targets(
    graph: "networkx.MultiDiGraph",
    source: str,
    rel: str,
    label: str | None = None,
    via: str | None = None,
) -> Iterator[str]:
    """The nodes that edges of a type lead to, if given only those of a label, or ``via`` one
    field."""
    for _, target, data in graph.out_edges(source, data=True):
        fits = data["rel"] == rel and via in (None, data["via"])
        if fits and label in (None, graph.nodes[target]["label"]):
            yield target


def sources(graph: "networkx.MultiDiGraph", target: str, rel: str, label: str) -> Iterator[str]:
    """The nodes of a label that edges of a type come from."""
    for source, _, data in graph.in_edges(target, data=True):
        if data["rel"] == rel and graph.nodes[source]["label"] == label:
            yield source


def present(graph: "networkx.MultiDiGraph", label: str) -> Iterator[str]:
    """The nodes of a label that were collected."""
    return iter(_present(graph).get(label, ()))


@once_per_graph
def _present(graph: "networkx.MultiDiGraph") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node, properties in graph.nodes(data=True):
        if properties["missing"] is None:
            found.setdefault(properties["label"], []).append(node)
    return found


def owned(graph: "networkx.MultiDiGraph", label: str, account: str) -> Iterator[str]:
    """The nodes of a label that were collected and belong to an account."""
    return iter(_owned(graph).get((label, account), ()))


@once_per_graph
def _owned(graph: "networkx.MultiDiGraph") -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for label, nodes in _present(graph).items():
        for node in nodes:
            found.setdefault((label, graph.nodes[node]["account"]), []).append(node)
    return found
