"""OpenGraph, which BloodHound reads: a payload, and the definition of the extension that it is of.

Only with the definition does BloodHound find paths: it says along which edges an attacker moves.
https://bloodhound.specterops.io/opengraph/developer/graph-definition
"""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from ..attack.model import StepType
from ..model import RELATIONSHIPS
from ..schema import Schema
from .flattening import FlatEdge, FlatNode, Flattened, Written, apart, exact
from .formats import FolderFormat

PAYLOAD = "payload.json"
EXTENSION = "extension.json"

_NAMESPACE = "Clew"
_VERSION = "v1.0.0"
"""Of the definition: raised when a kind changes its meaning."""
_ADDED = ("displayname", "id")
_RESERVED = ("distinguishedname", "environmentid", "lastseen", "objectid", "operatingsystem")
_OF_NODES = frozenset((*_ADDED, *_RESERVED, "reconcile", "system_tags"))
"""Names that BloodHound gives a meaning of its own, and those that are added here."""
_OTHERS = "others"
_OF_EDGES = frozenset(("isacl", "lastseen", _OTHERS))
_STEPS = frozenset(value for name, value in vars(StepType).items() if not name.startswith("_"))
"""The types along which an attacker moves."""
_ICON = "cloud"


def write(graph: Flattened, folder: Path) -> Written:
    """Writes what is uploaded (``payload.json``) and what is installed before it
    (``extension.json``).

    BloodHound keeps one edge of a kind between two nodes: where there are several, one that
    hangs on no conditions, if any, has the properties of the others, as JSON, in ``others``.
    """
    with (folder / EXTENSION).open("w", encoding="utf-8") as stream:
        json.dump(definition(graph.schema), stream, indent=2)
    with (folder / PAYLOAD).open("w", encoding="utf-8", newline="") as stream:
        stream.write(f'{{"metadata": {{"source_kind": "{_NAMESPACE}"}}, "graph": {{"nodes": [')
        nodes = sum(1 for _ in _written(stream, map(_node, graph.nodes())))
        stream.write('\n], "edges": [')
        edges = sum(
            1 + len(edge["properties"].get(_OTHERS, ()))
            for edge in _written(stream, _edges(graph.edges()))
        )
        stream.write("\n]}}\n")
    return Written(nodes, edges)


def definition(schema: Schema) -> dict[str, Any]:
    """The definition of the extension: the kinds of nodes and of relationships of a schema."""
    return {
        "schema": {
            "name": _NAMESPACE,
            "display_name": _NAMESPACE,
            "version": _VERSION,
            "namespace": _NAMESPACE,
        },
        "node_kinds": [
            {
                "name": kind(label),
                "display_name": label,
                "description": f"Resources with the label {label}.",
                "is_display_kind": True,
                "icon": _ICON,
                "color": _colour(schema.services.get(label, label)),
            }
            for label in sorted(schema.labels)
        ],
        "relationship_kinds": [
            {
                "name": kind(rel),
                "description": RELATIONSHIPS[rel].meaning if rel in RELATIONSHIPS else rel,
                "is_traversable": rel in _STEPS,
            }
            for rel in sorted(schema.relationships)
        ],
        "environments": [],
        "relationship_findings": [],
    }


def kind(name: str) -> str:
    """The kind of a label or type: in Clew's namespace, of the characters that kinds are of."""
    return f"{_NAMESPACE}_{re.sub('[^A-Za-z0-9_]', '_', name)}"


def object_id(id_: str) -> str:
    """A node's id in BloodHound, which takes no colons and knows upper case only."""
    return sha256(id_.encode()).hexdigest()[:32].upper()


def _node(node: FlatNode) -> dict[str, Any]:
    name = node.properties.get("name") or node.id
    own = {"id": node.id, "displayname": name}
    return {
        "id": object_id(node.id),
        "kinds": [kind(node.label)],
        "properties": {**_named(node.properties, _OF_NODES), **own, "name": name},
    }


def _edges(edges: Iterator[FlatEdge]) -> Iterator[dict[str, Any]]:
    for _, alike in groupby(edges, lambda edge: (edge.source, edge.type, edge.target)):
        first, *others = sorted(alike, key=lambda edge: bool(edge.properties.get("conditions")))
        properties = _named(first.properties, _OF_EDGES)
        if others:
            properties[_OTHERS] = [
                json.dumps(edge.properties, ensure_ascii=False) for edge in others
            ]
        yield {
            "kind": kind(first.type),
            "start": {"value": object_id(first.source), "match_by": "id"},
            "end": {"value": object_id(first.target), "match_by": "id"},
            "properties": properties,
        }


def _named(properties: Mapping[str, Any], own: frozenset[str]) -> dict[str, Any]:
    return {apart(name, own): exact(value) for name, value in properties.items()}


def _written(stream: TextIO, elements: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The elements of a list, once they are written."""
    between = "\n"
    for element in elements:
        stream.write(between + json.dumps(element, ensure_ascii=False))
        between = ",\n"
        yield element


def _colour(service: str) -> str:
    """A colour that a service keeps, neither too light nor too dark to see."""
    return "#" + "".join(f"{64 + byte // 2:02X}" for byte in sha256(service.encode()).digest()[:3])


FORMAT = FolderFormat("opengraph", write)
