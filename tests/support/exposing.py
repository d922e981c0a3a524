"""What the internet reaches in a small estate, as a scan would derive it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from clew.collectors.registry import collectors, models
from clew.graph.derivation import derivations, derive_into
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import Coverage, ListingStatus, Resource, Scope, Status
from clew.graph.schema import Schema
from support.network import ACCOUNT, REGION

Found = set[tuple[str, str, int, int, str, str, bool]]


SCHEMA = Schema.of(models())
EXPOSURE = tuple(
    each for each in derivations(SCHEMA) if {edge.rel for edge in each.writes} == {"CAN_REACH"}
)


@dataclass(frozen=True)
class Scan:
    """A scan of one account, as far as it says what was listed."""

    scope: Scope
    reads: list[ListingStatus]
    schema: Schema = field(default_factory=lambda: SCHEMA)
    coverage: tuple[Coverage, ...] = ()


def scan_of(
    unread: Collection[str] = (),
    provider: str = "aws",
    account: str = ACCOUNT,
    region: str = REGION,
) -> Scan:
    """A scan that listed all labels but ``unread`` ones."""
    labels = [model.label for owner in collectors(provider) for model in owner.models()]
    scope = Scope(
        accounts={provider: [account]},
        regions={account: [region]} if region != "global" else {},
        labels=labels,
    )
    reads = [
        ListingStatus(label, account, region, Status.DENIED if label in unread else Status.OK)
        for label in labels
    ]
    return Scan(scope, reads)


def derived(
    resources: Iterable[Resource], unread: Collection[str] = (), **scan: str
) -> ResourceGraph:
    """The graph of these resources with its CAN_REACH edges; ``unread`` names labels whose listing
    failed, so that none of theirs are among the resources."""
    made = scan_of(unread, **scan)
    listed = [one for one in resources if one.label not in unread]
    graph = link(listed, models(), made.reads, made.scope)
    derive_into(graph, made.reads, models(), EXPOSURE)
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
    """Name, protocol, ports, family, path, and whether it is certain; interfaces left out."""
    return summary(edges(resources, unread))


def summary(found: Iterable[tuple[str, dict[str, Any]]]) -> Found:
    """The same of edges with their targets' names."""
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
        for name, edge in found
    }
