"""Loads a part of the graph into NetworkX, for traversals in Python.

NetworkX takes a fifth of a second to import: who needs no graph does not import it.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .linking import ResourceGraph
from .schema import EdgeType, Schema
from .snapshot import Snapshot
from .snapshot.kept_rows import KeptRows

if TYPE_CHECKING:
    import networkx

_ROWS_AT_ONCE = 4096
"""How many rows are in memory as Python objects while a snapshot is read."""
_MANY_LABELS = 50
"""From so many labels on it is faster to read all of them as they are kept."""

T = TypeVar("T")


class Readable(Protocol):
    """A snapshot or a store, label by label."""

    schema: Schema

    @property
    def pairs(self) -> Iterable[EdgeType]:
        """The pairs that may have edges, in the order in which they are read best."""

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """The properties of every node of a label."""

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every edge of a pair."""


class SnapshotReader:
    """Reads a snapshot row by row, as a store would."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.schema = snapshot.schema
        self._snapshot = snapshot

    @property
    def pairs(self) -> list[EdgeType]:
        """The pairs that have edges."""
        return self._snapshot.pairs

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """The properties of every node of a label."""
        for batch in self._snapshot.nodes(label).to_batches(_ROWS_AT_ONCE):
            yield from batch.to_pylist()

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every edge of a pair."""
        for batch in self._snapshot.edges(pair).to_batches(_ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield row.pop("source"), row.pop("target"), row


def load(
    source: Readable,
    labels: Iterable[str] | None = None,
    into: "networkx.MultiDiGraph | None" = None,
) -> "networkx.MultiDiGraph":
    """A graph of the nodes of these labels (all, if none are named) and the edges among them; or
    an empty one with these in it.

    A node is its id, with its properties and ``label``; an edge has ``rel`` next to its properties.
    Which fields hold policies of resources themselves is the graph's attribute ``own_policies``.
    """
    import networkx

    graph = networkx.MultiDiGraph() if into is None else into
    graph.graph.update(own_policies=source.schema.own_policies, scanned=None)
    chosen = set(source.schema.labels if labels is None else labels)
    for label in sorted(chosen):
        for properties in source.nodes(label):
            graph.add_node(properties["id"], label=label, **properties)
    for pair in source.pairs:
        if {pair.source, pair.target} <= chosen:
            for start, end, properties in source.edges(pair):
                graph.add_edge(start, end, rel=pair.rel, **properties)
    return graph


def load_snapshot(
    snapshot: Snapshot,
    labels: Iterable[str] | None = None,
    into: "networkx.MultiDiGraph | None" = None,
) -> "networkx.MultiDiGraph":
    """The same of a snapshot; the graph tells when it was scanned."""
    chosen = None if labels is None else {*labels}
    is_much = chosen is None or len(chosen) >= _MANY_LABELS
    source = KeptRows(snapshot) if is_much and snapshot.is_small else SnapshotReader(snapshot)
    graph = load(source, chosen, into)
    graph.graph["scanned"] = snapshot.manifest.started
    return graph


def network(graph: ResourceGraph, labels: Container[str]) -> "networkx.MultiDiGraph":
    """A linked graph's nodes of these labels and the edges among them, as :func:`load` gives those
    of a snapshot."""
    import networkx

    found = networkx.MultiDiGraph(own_policies=graph.own_policies, scanned=graph.scanned)
    for node in graph.nodes.values():
        if node.label in labels:
            found.add_node(node.id, label=node.label, **vars(node))
    for pair, edges in graph.edges.items():
        if pair.source in labels and pair.target in labels:
            found.add_edges_from(
                (edge.source, edge.target, {"rel": pair.rel, **edge.properties}) for edge in edges
            )
    return found


def once_per_graph(compute: Callable[["networkx.MultiDiGraph"], T]) -> Callable[..., T]:
    """Makes a function of a frozen graph compute its answer once for each graph.

    The answer is kept on the graph and goes with it.
    """

    @wraps(compute)
    def answer(graph: "networkx.MultiDiGraph") -> T:
        if compute not in graph.graph:
            graph.graph[compute] = compute(graph)
        found: T = graph.graph[compute]
        return found

    return answer
