"""Steps along the edges of the graph that a traversal walks on."""

from collections.abc import Iterator

import networkx


def targets(graph: networkx.MultiDiGraph, source: str, rel: str, label: str) -> Iterator[str]:
    """The nodes of a label that edges of a type lead to."""
    for _, target, data in graph.out_edges(source, data=True):
        if data["rel"] == rel and graph.nodes[target]["label"] == label:
            yield target


def sources(graph: networkx.MultiDiGraph, target: str, rel: str, label: str) -> Iterator[str]:
    """The nodes of a label that edges of a type come from."""
    for source, _, data in graph.in_edges(target, data=True):
        if data["rel"] == rel and graph.nodes[source]["label"] == label:
            yield source


def present(graph: networkx.MultiDiGraph, label: str) -> Iterator[str]:
    """The nodes of a label that were collected."""
    for node, properties in graph.nodes(data=True):
        if properties["label"] == label and properties["missing"] is None:
            yield node
