"""The part of the graph that a finding rests on."""

from collections import defaultdict
from collections.abc import Sequence

from ..graph.snapshot import Snapshot
from ..graph.stores.store import Node
from .finding import EvidenceEdge, EvidenceNode, Finding


def evidence_node(node: Node) -> EvidenceNode:
    """A node as a finding shows it."""
    properties = node.properties
    return EvidenceNode(
        id=node.id,
        label=node.label,
        name=properties.get("name"),
        missing=properties.get("missing"),
    )


def add_edges(findings: Sequence[Finding], snapshot: Snapshot) -> None:
    """Adds to each finding's evidence the edges among its nodes."""
    import pyarrow as pa
    import pyarrow.compute as pc  # a tenth of a second, which only whoever runs checks should wait

    ids = pa.array(
        sorted({node.id for found in findings for node in found.evidence.nodes}), pa.string()
    )
    labels = {node.label for found in findings for node in found.evidence.nodes}
    leaving: dict[str, list[EvidenceEdge]] = defaultdict(list)
    for pair in snapshot.pairs:
        if {pair.source, pair.target} <= labels:
            table = snapshot.edges(pair).select(["source", "target"])
            both = pc.and_(
                pc.is_in(table["source"], value_set=ids), pc.is_in(table["target"], value_set=ids)
            )
            for row in table.filter(both).to_pylist():
                edge = EvidenceEdge(source=row["source"], type=pair.rel, target=row["target"])
                leaving[edge.source].append(edge)
    for found in findings:
        members = {node.id for node in found.evidence.nodes}
        edges = {
            (edge.source, edge.type, edge.target): edge
            for id_ in members
            for edge in leaving[id_]
            if edge.target in members
        }
        found.evidence.edges = [edges[key] for key in sorted(edges)]
