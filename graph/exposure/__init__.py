"""Who can send packets to what, derived from groups, lists, routes, gateways and addresses."""

from collections.abc import Iterator, Sequence

import networkx

from ..linking import Edge, ResourceGraph
from ..model import DerivedEdge, Internet, ListingStatus
from ..schema import EdgeType
from ..traversal import network
from .aws import network as aws
from .reach import INTERNET

_REACHED = (
    "AWSAPIGatewayRestAPI",
    "AWSAPIGatewayV2API",
    "AWSAppRunnerService",
    "AWSEC2Instance",
    "AWSECSTask",
    "AWSEKSCluster",
    "AWSLambda",
    "AWSLoadBalancer",
    "AWSLoadBalancerV2",
    "AWSNetworkInterface",
    "AWSRDSCluster",
    "AWSRDSInstance",
)
PAIRS = tuple(EdgeType(Internet.label, "CAN_REACH", label) for label in _REACHED)
"""Between which labels edges are derived; the schema has them from the start."""

__all__ = ["PAIRS", "derive", "derive_into"]


def derive(graph: networkx.MultiDiGraph, reads: Sequence[ListingStatus]) -> Iterator[DerivedEdge]:
    """The edges from the internet to what it can reach.

    The graph's nodes have their model's fields and ``label``, its edges ``rel`` and ``via``. An
    edge whose ``unread`` is not empty cannot be excluded; where there is none, there is no way.
    """
    yield from aws.derive(graph, reads)


def derive_into(graph: ResourceGraph, reads: Sequence[ListingStatus]) -> None:
    """Adds the internet to a linked graph, and the edges from it."""
    for edge in derive(network(graph, aws.LABELS), reads):
        if INTERNET not in graph.nodes:
            graph.nodes[INTERNET] = Internet(id=INTERNET, name="Internet")
        pair = EdgeType(Internet.label, edge.rel, graph.nodes[edge.target_id].label)
        graph.edges[pair].append(Edge(edge.source_id, edge.target_id, edge.properties))
