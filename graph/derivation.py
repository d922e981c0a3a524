"""Derivations: edges that no API returns, worked out from what was collected.

A derivation declares what it reads and what it writes. In which order derivations run, what edges
the schema has, and on which listings an answer about derived edges rests all follow from that.

Each cloud's package of exposure and of attack steps has a module ``derive``, whose function
``derivations`` takes the schema and returns what is derived there.
"""

import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import NamedTuple

from .garbage import gc_paused
from .linking import Edge, ResourceGraph
from .model import DerivedEdge, ListingStatus, MissingReason, Resource
from .schema import EdgeType, Schema
from .traversal import network
from .view import GraphView

PACKAGES = ("exposure", "attack")


class DerivationCircleError(ValueError):
    """Derivations need each other's edges, so that none can be the first; names them."""


class NewNode(NamedTuple):
    """An end of derived edges that nothing collects and that may not be in the graph yet."""

    label: str
    id: str
    name: str
    account: str | None = None
    missing: MissingReason | None = None


class Derived(NamedTuple):
    """What a derivation came to."""

    edges: Sequence[DerivedEdge]
    nodes: Sequence[NewNode] = ()
    """Ends of the edges, as far as they may not be in the graph yet."""


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """How some edges are worked out, and from what."""

    name: str
    provider: str
    derive: Callable[[GraphView], Derived]
    """The edges, by a view of the graph that holds :attr:`labels` and the edges between them."""
    writes: frozenset[EdgeType]
    """The types of the edges; those whose labels have no model are never there."""
    reads: frozenset[str] = frozenset()
    """Labels whose nodes and mutual edges decide."""
    notices: frozenset[str] = frozenset()
    """Those of ``reads`` whose absence the edges show themselves: where they were not listed an
    edge is there and says that it is not certain. That there is no edge rests on the others."""
    through: frozenset[str] = frozenset()
    """Further labels that are looked at and need not be listed: those that references lead over,
    and those for want of which an edge is there, not missing."""
    reads_edges: frozenset[EdgeType] = frozenset()
    """Edges of other derivations, or of its own kind, that it goes on from."""
    not_modelled: tuple[str, ...] = ()
    """What may make further edges and is not looked at, a sentence each."""

    @property
    def labels(self) -> frozenset[str]:
        """Every label that it may look at."""
        ends = {end for edge in self.writes | self.reads_edges for end in (edge[0], edge[2])}
        return self.reads | self.through | ends


@gc_paused()
def derivations(schema: Schema) -> tuple[Derivation, ...]:
    """All derivations, each after those whose edges it reads.

    :raises DerivationCircleError: if that is impossible.
    """
    return in_order(each for module in _modules() for each in module.derivations(schema))


@cache
def _modules() -> tuple[ModuleType, ...]:
    packages = [import_module(f".{name}", __package__) for name in PACKAGES]
    return tuple(
        import_module(f"{cloud.name}.derive")
        for package in packages
        for cloud in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        if cloud.ispkg and find_spec(f"{cloud.name}.derive")
    )


def in_order(found: Iterable[Derivation]) -> tuple[Derivation, ...]:
    """Derivations, each after those whose edges it reads.

    :raises DerivationCircleError: if that is impossible.
    """
    by_name = {each.name: each for each in sorted(found, key=lambda each: each.name)}
    before = {
        name: [
            other.name
            for other in by_name.values()
            if other is not each and _writes_any(other, each.reads_edges)
        ]
        for name, each in by_name.items()
    }
    try:
        return tuple(by_name[name] for name in TopologicalSorter(before).static_order())
    except CycleError as error:
        raise DerivationCircleError(" → ".join(error.args[1])) from None


def derive_into(
    graph: ResourceGraph,
    listings: Sequence[ListingStatus],
    models: Iterable[type[Resource]],
    ordered: Iterable[Derivation],
) -> None:
    """Adds to a linked graph what derivations in their order find; ``listings`` tell what was
    wholly listed."""
    by_label = {model.label: model for model in models}
    for each in ordered:
        found = each.derive(GraphView(network(graph, each.labels), listings))
        for node in found.nodes:
            if node.id not in graph.nodes:
                graph.nodes[node.id] = _made(by_label[node.label], node)
        for edge in found.edges:
            ends = graph.nodes[edge.source_id].label, graph.nodes[edge.target_id].label
            type_ = EdgeType(ends[0], edge.rel, ends[1])
            graph.edges[type_].append(Edge(edge.source_id, edge.target_id, edge.properties))


def _made(model: type[Resource], node: NewNode) -> Resource:
    if node.missing is None:
        return model(id=node.id, name=node.name)
    return model.absent(node.id, node.missing, name=node.name, account=node.account)


def behind(known: Collection[Derivation], edges: Iterable[EdgeType]) -> list[Derivation]:
    """The derivations that write any of these edges, and those whose edges they read in turn.

    An empty label or relationship type in ``edges`` stands for any.
    """
    found: dict[str, Derivation] = {}
    wanted = frozenset(edges)
    while wanted:
        new = [one for one in known if one.name not in found and _writes_any(one, wanted)]
        found |= {one.name: one for one in new}
        wanted = frozenset(edge for one in new for edge in one.reads_edges)
    return [found[name] for name in sorted(found)]


def writing(known: Iterable[Derivation], edges: Collection[EdgeType]) -> list[Derivation]:
    """The derivations that write any of these edges, of which an empty part stands for any."""
    return [each for each in known if _writes_any(each, edges)]


def rests_on(known: Collection[Derivation], edges: Iterable[EdgeType]) -> frozenset[str]:
    """Every label that decides on these edges, transitively."""
    return frozenset(label for each in behind(known, edges) for label in each.reads)


def seen(known: Collection[Derivation], edges: Iterable[EdgeType]) -> frozenset[str]:
    """Every label that evidence of these edges may be of."""
    return frozenset(label for each in behind(known, edges) for label in each.labels)


def absence_rests_on(known: Collection[Derivation], edges: Iterable[EdgeType]) -> frozenset[str]:
    """The labels that must have been listed for the absence of these edges to mean anything."""
    needed = (each.reads - each.notices for each in behind(known, edges))
    return frozenset(label for labels in needed for label in labels)


def written(known: Iterable[Derivation]) -> Iterator[EdgeType]:
    """The types of all derived edges."""
    for each in known:
        yield from each.writes


def never_derived(
    known: Iterable[Derivation], edges: Iterable[EdgeType], schema: Schema
) -> list[EdgeType]:
    """Those of some edges, whose ends are named, that are derived now and were not yet when a scan
    with this schema was made."""
    wanted = {edge for edge in edges if edge.source and edge.target}
    new = {edge for edge in written(known) if any(_fits(each, edge) for each in wanted)}
    return sorted(new - {*schema.pairs})


def _writes_any(derivation: Derivation, wanted: Collection[EdgeType]) -> bool:
    if not derivation.writes.isdisjoint(wanted):
        return True
    patterns = [each for each in wanted if "" in each]
    return any(_fits(pattern, edge) for pattern in patterns for edge in derivation.writes)


def _fits(pattern: EdgeType, edge: EdgeType) -> bool:
    return (
        pattern.rel in ("", edge.rel)
        and pattern.source in ("", edge.source)
        and pattern.target in ("", edge.target)
    )
