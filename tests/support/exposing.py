"""What the internet reaches in a small AWS estate, as a scan would derive it."""

from collections.abc import Iterable
from typing import Any

from clew.collectors.registry import collectors, models
from clew.graph import exposure
from clew.graph.linking import link
from clew.graph.model import ListingStatus, Resource, Scope, Status
from support.network import ACCOUNT, REGION

Found = set[tuple[str, str, int, int, str, str, bool]]


def edges(
    resources: Iterable[Resource], unread: tuple[str, ...] = ()
) -> list[tuple[str, dict[str, Any]]]:
    """Name and properties of each CAN_REACH edge but those to interfaces; ``unread`` names labels
    whose listing failed."""
    owners = collectors("aws")
    scope = Scope(
        accounts={"aws": [ACCOUNT]},
        regions={ACCOUNT: [REGION]},
        labels=[model.label for owner in owners for model in owner.models()],
    )
    reads = [
        ListingStatus(label, ACCOUNT, REGION, Status.DENIED if label in unread else Status.OK)
        for label in scope.labels
    ]
    listed = [one for one in resources if one.label not in unread]
    graph = link(listed, models(), reads, scope)
    exposure.derive_into(graph, reads)
    return [
        (graph.nodes[edge.target].name or edge.target, dict(edge.properties))
        for pair, found in sorted(graph.edges.items())
        if pair.rel == "CAN_REACH"
        for edge in found
        if pair.target != "AWSNetworkInterface"
    ]


def reached(resources: Iterable[Resource], unread: tuple[str, ...] = ()) -> Found:
    """Name, protocol, ports, family, way, and whether it is certain; interfaces left out."""
    return {
        (
            name,
            edge["protocol"],
            edge["from_port"],
            edge["to_port"],
            edge["address_family"],
            edge["path"],
            not edge["unread"],
        )
        for name, edge in edges(resources, unread)
    }
