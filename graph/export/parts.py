"""A part of a graph: some labels, or what lies around a resource."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ..schema import EdgeType
from ..traversal import Readable


class Part:
    """The nodes of some labels or identities, with the edges among them, as a graph is read.

    What is None limits nothing.
    """

    def __init__(
        self, whole: Readable, labels: Collection[str] | None, ids: Collection[str] | None
    ) -> None:
        self.schema = whole.schema
        self._whole = whole
        self._labels = whole.schema.labels.keys() if labels is None else {*labels}
        self._ids = ids

    @property
    def pairs(self) -> Iterable[EdgeType]:
        """The pairs that may have edges."""
        return [pair for pair in self._whole.pairs if {pair.source, pair.target} <= self._labels]

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """The properties of the nodes of a label that belong to it."""
        if label in self._labels:
            yield from (node for node in self._whole.nodes(label) if self._has(node["id"]))

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The edges of a pair that belong to it."""
        if {pair.source, pair.target} <= self._labels:
            for edge in self._whole.edges(pair):
                if self._has(edge[0]) and self._has(edge[1]):
                    yield edge

    def _has(self, id_: str) -> bool:
        return self._ids is None or id_ in self._ids


def around(whole: Readable, ids: Iterable[str], depth: int) -> set[str]:
    """The identities of what lies at most so many edges, of whatever direction, from these."""
    found = {*ids}
    for _ in range(depth):
        reached: set[str] = set()
        for pair in whole.pairs:
            for source, target, _properties in whole.edges(pair):
                if source in found or target in found:
                    reached |= {source, target}
        if reached <= found:
            break
        found |= reached
    return found


def named(whole: Readable, text: str) -> list[str]:
    """The identities of the nodes that have this identity or, if none has, this name."""
    by_name: list[str] = []
    for label in whole.schema.labels:
        for node in whole.nodes(label):
            if node["id"] == text:
                return [text]
            if node["name"] == text:
                by_name.append(node["id"])
    return sorted(by_name)
