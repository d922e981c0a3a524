"""What the internet reaches in a small estate, as a scan would derive it."""

from collections.abc import Collection, Iterable
from typing import Any

from clew.collectors.registry import collectors, models
from clew.graph.derivation import derivations, derive_into
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, Resource, Scope, Status
from clew.graph.schema import Schema
from support.network import ACCOUNT, REGION

Found = set[tuple[str, str, int, int, str, str, bool]]


EXPOSURE = tuple(
    each
    for each in derivations(Schema.of(models()))
    if {edge.rel for edge in each.writes} == {"CAN_REACH"}
)


def derived(
    resources: Iterable[Resource],
    unread: Collection[str] = (),
    provider: str = "aws",
    account: str = ACCOUNT,
    region: str = REGION,
) -> ResourceGraph:
    """The graph of these resources with its CAN_REACH edges; ``unread`` names labels whose listing
    failed, so that none of theirs are among the resources."""
    owners = collectors(provider)
    scope = Scope(
        accounts={provider: [account]},
        regions={account: [region]} if region != "global" else {},
        labels=[model.label for owner in owners for model in owner.models()],
    )
    reads = [
        ListingStatus(label, account, region, Status.DENIED if label in unread else Status.OK)
        for label in scope.labels
    ]
    listed = [one for one in resources if one.label not in unread]
    graph = link(listed, models(), reads, scope)
    derive_into(graph, reads, models(), EXPOSURE)
    return graph


def edges(
    resources: Iterable[Resource],
    unread: Collection[str] = (),
    *,
    but: str = "AWSNetworkInterface",
    **scan: str,
) -> list[tuple[str, dict[str, Any]]]:
    """Name and properties of each CAN_REACH edge ``but`` those to one label."""
    graph = derived(resources, unread, **scan)
    return [
        (graph.nodes[edge.target].name or edge.target, dict(edge.properties))
        for pair, found in sorted(graph.edges.items())
        if pair.rel == "CAN_REACH"
        for edge in found
        if pair.target != but
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
