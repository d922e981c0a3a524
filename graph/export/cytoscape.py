"""Cytoscape JSON, which Cytoscape.js and Cytoscape desktop read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from .flattening import Flattened, Written, apart, exact
from .formats import TextFormat

_OF_NODES = ("id", "label", "parent")
_OF_EDGES = ("id", "source", "target", "type")
"""Names that mean something of their own in the format."""


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes one JSON object; each node and edge on a line of its own."""
    stream.write('{"format_version": "1.0", "generated_by": "clew", "directed": true, ')
    stream.write('"multigraph": true, "data": {"name": "clew"}, "elements": {"nodes": [')
    nodes = _write_all(stream, _nodes(graph))
    stream.write('\n], "edges": [')
    edges = _write_all(stream, _edges(graph))
    stream.write("\n]}}\n")
    return Written(nodes, edges)


def _nodes(graph: Flattened) -> Iterator[dict[str, Any]]:
    for node in graph.nodes():
        yield {"id": node.id, "label": node.label, **_renamed(node.properties, _OF_NODES)}


def _edges(graph: Flattened) -> Iterator[dict[str, Any]]:
    for edge in graph.edges():
        yield {
            "id": edge.id,
            "source": edge.source,
            "target": edge.target,
            "type": edge.type,
            **_renamed(edge.properties, _OF_EDGES),
        }


def _renamed(properties: Mapping[str, Any], own: tuple[str, ...]) -> dict[str, Any]:
    return {apart(name, own): exact(value) for name, value in properties.items()}


def _write_all(stream: TextIO, elements: Iterator[dict[str, Any]]) -> int:
    number = 0
    for data in elements:
        stream.write(",\n" if number else "\n")
        stream.write(json.dumps({"data": data}, ensure_ascii=False))
        number += 1
    return number


FORMAT = TextFormat("cytoscape", write)
