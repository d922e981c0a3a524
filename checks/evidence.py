"""The part of the graph that a finding rests on."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

from ..graph.snapshot import Snapshot
from ..graph.stores.store import Node
from .finding import EvidenceEdge, EvidenceNode, Finding


def evidence_node(node: Node) -> EvidenceNode:
    """A node as a finding shows it."""
    properties = node.properties
    return EvidenceNode.model_construct(
        id=node.id,
        label=node.label,
        name=properties.get("name"),
        missing=properties.get("missing"),
    )


def unknown_node(id_: str) -> EvidenceNode:
    """A node of which no more than the id is known, until :func:`add_nodes`."""
    return EvidenceNode.model_construct(id=id_, label="", name=None, missing=None)


def ids_in(derived_from: str | None) -> list[str]:
    """The ids that the evidence of a derived edge names: a JSON object of lists, by kind."""
    if not derived_from:
        return []
    named = (each for ids in json.loads(derived_from).values() for each in ids)
    return sorted({id_ for id_ in named if isinstance(id_, str)})


def add_nodes(findings: Sequence[Finding], snapshot: Snapshot, labels: Collection[str]) -> None:
    """Completes the nodes of which a finding's evidence knows the id alone, which are of these
    labels; what is no node (an address, say) is left out."""
    ids = {node.id for found in findings for node in found.evidence.nodes if not node.label}
    known: dict[str, EvidenceNode] = {}
    for label in sorted({*labels} & {*snapshot.labels}) if ids else ():
        # To look for ids Arrow would import pandas, if there is one, for a third of a second.
        table = snapshot.nodes(label, ["id", "name", "missing"])
        for row, id_ in enumerate(table["id"].to_pylist()):
            if id_ in ids:
                name, missing = table["name"][row].as_py(), table["missing"][row].as_py()
                known[id_] = EvidenceNode.model_construct(
                    id=id_, label=label, name=name, missing=missing
                )
    for found in findings:
        nodes = [node if node.label else known.get(node.id) for node in found.evidence.nodes]
        found.evidence.nodes = sorted((node for node in nodes if node), key=lambda node: node.id)


def add_edges(findings: Sequence[Finding], snapshot: Snapshot) -> None:
    """Adds to each finding's evidence the edges among its nodes."""
    ids = {node.id for found in findings for node in found.evidence.nodes}
    labels = {node.label for found in findings for node in found.evidence.nodes}
    leaving: dict[str, list[EvidenceEdge]] = defaultdict(list)
    for pair in snapshot.pairs:
        if {pair.source, pair.target} <= labels:
            table = snapshot.edges(pair, ["source", "target"])
            ends = (table[name].to_pylist() for name in ("source", "target"))
            for source, target in zip(*ends, strict=True):
                if source in ids and target in ids:
                    edge = EvidenceEdge.model_construct(source=source, type=pair.rel, target=target)
                    leaving[source].append(edge)
    for found in findings:
        members = {node.id for node in found.evidence.nodes}
        edges = {
            (edge.source, edge.type, edge.target): edge
            for id_ in members
            for edge in leaving[id_]
            if edge.target in members
        }
        found.evidence.edges = [edges[key] for key in sorted(edges)]
