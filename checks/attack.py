"""The attack graph of the graph that rules walk."""

from typing import TYPE_CHECKING

from ..graph.attack.attack_graph import attack_graph
from ..graph.attack.model import AttackGraph
from ..graph.traversal import once_per_graph

if TYPE_CHECKING:
    import networkx


@once_per_graph
def attack_of(graph: "networkx.MultiDiGraph") -> AttackGraph:
    """All steps of attack paths: as who runs the rules gives them, or else built, once for all
    rules over the graph."""
    if given := graph.graph.get("attack"):
        found: AttackGraph = given()
        return found
    return attack_graph(graph, graph.graph["reads"])
