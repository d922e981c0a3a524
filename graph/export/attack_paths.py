"""Attack paths as a graph that the exports write: who is reached, and by which steps."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..attack.model import AttackGraph
from ..attack.search import Path, explain_path
from ..schema import Column, EdgeType, Schema

_NODE = {
    "id": Column.STRING,
    "name": Column.STRING,
    "account": Column.STRING,
    "resource": Column.STRING,
    "missing": Column.STRING,
    "state": Column.STRING,
    "administers": Column.BOOL,
}
_STEP = {
    "technique": Column.STRING,
    "difficulty": Column.INT64,
    "conditional": Column.BOOL,
    "permissions": Column.STRINGS,
    "conditions": Column.STRINGS,
}
_Steps = dict[EdgeType, dict[tuple[str, str, str], tuple[str, str, dict[str, Any]]]]


class AttackPaths:
    """The nodes of some paths of an attack graph and the steps between them, as a graph is read.

    A node is a resource in a state: its id is the resource's, with the state if there is one. The
    schema has all labels and types of the scan, those of the paths or not. ``missing`` has the
    reasons of resources that are missing from the scan, by id.
    """

    def __init__(
        self,
        graph: AttackGraph,
        paths: Iterable[Path],
        scanned: Schema,
        missing: Mapping[str, str],
    ) -> None:
        self._missing = missing
        self._nodes: dict[str, dict[str, dict[str, Any]]] = {}
        self._steps: _Steps = {}
        for path in paths:
            self._add(graph, path)
        rels = {pair.rel for pair in self._steps}
        self.schema = scanned.model_copy(
            update={
                "labels": dict.fromkeys(sorted({*scanned.labels, *self._nodes}), _NODE),
                "relationships": dict.fromkeys(sorted({*scanned.relationships, *rels}), _STEP),
                "pairs": sorted(self._steps),
            }
        )

    @property
    def pairs(self) -> list[EdgeType]:
        """The pairs that have edges."""
        return self.schema.pairs

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """The properties of every node of a label."""
        for _, properties in sorted(self._nodes.get(label, {}).items()):
            yield properties

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every step of a pair."""
        for _, step in sorted(self._steps.get(pair, {}).items()):
            yield step

    def _add(self, graph: AttackGraph, path: Path) -> None:
        ids = [self._node(graph, number) for number in path.nodes]
        labels = [graph.nodes[number].label for number in path.nodes]
        hops = explain_path(graph, path).hops
        for place, (step, hop) in enumerate(zip(path.steps, hops, strict=True)):
            pair = EdgeType(labels[place], hop.type, labels[place + 1])
            source, target = ids[place], ids[place + 1]
            self._steps.setdefault(pair, {})[source, target, hop.technique] = (
                source,
                target,
                {
                    "technique": hop.technique or None,
                    "difficulty": step.difficulty,
                    "conditional": bool(hop.conditions),
                    "permissions": list(hop.permissions),
                    "conditions": list(hop.conditions),
                },
            )

    def _node(self, graph: AttackGraph, number: int) -> str:
        node = graph.nodes[number]
        id_ = f"{node.id} ({node.state})" if node.state else node.id
        self._nodes.setdefault(node.label, {})[id_] = {
            "id": id_,
            "name": f"{node.name} ({node.state})" if node.state else node.name,
            "account": node.account or None,
            "resource": node.id,
            "missing": self._missing.get(node.id),
            "state": node.state or None,
            "administers": bool(graph.administrators.possible >> number & 1),
        }
        return id_
