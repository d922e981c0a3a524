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
    return EvidenceNode(
        id=node.id,
        label=node.label,
        name=properties.get("name"),
        missing=properties.get("missing"),
    )


def ids_in(derived_from: str | None) -> list[str]:
    """The ids that the evidence of a derived edge names: a JSON object of lists, by kind."""
    if not derived_from:
        return []
    named = (each for ids in json.loads(derived_from).values() for each in ids)
    return sorted({id_ for id_ in named if isinstance(id_, str)})


def add_nodes(findings: Sequence[Finding], snapshot: Snapshot, labels: Collection[str]) -> None:
    """Completes the nodes of which a finding's evidence knows the id alone, which are of these
    labels; what is no node (an address, say) is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc  # a tenth of a second, which only a run of checks should wait

    ids = {node.id for found in findings for node in found.evidence.nodes if not node.label}
    known: dict[str, EvidenceNode] = {}
    for label in sorted({*labels} & {*snapshot.labels}) if ids else ():
        table = snapshot.nodes(label, ["id", "name", "missing"])
        wanted = table.filter(pc.is_in(table["id"], value_set=pa.array(sorted(ids), pa.string())))
        known |= {row["id"]: EvidenceNode(label=label, **row) for row in wanted.to_pylist()}
    for found in findings:
        nodes = [node if node.label else known.get(node.id) for node in found.evidence.nodes]
        found.evidence.nodes = sorted((node for node in nodes if node), key=lambda node: node.id)


def add_edges(findings: Sequence[Finding], snapshot: Snapshot) -> None:
    """Adds to each finding's evidence the edges among its nodes."""
    import pyarrow as pa
    import pyarrow.compute as pc  # a tenth of a second, which only a run of checks should wait

    ids = pa.array(
        sorted({node.id for found in findings for node in found.evidence.nodes}), pa.string()
    )
    labels = {node.label for found in findings for node in found.evidence.nodes}
    leaving: dict[str, list[EvidenceEdge]] = defaultdict(list)
    for pair in snapshot.pairs:
        if {pair.source, pair.target} <= labels:
            table = snapshot.edges(pair, ["source", "target"])
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
