"""All rows of a small snapshot in one file of the cache.

To open hundreds of Parquet files with a few rows each, and to decode their thousands of columns,
takes many times as long as to read the same rows as JSON.
"""

import json
from collections.abc import Iterator
from typing import Any

from ..cache import cache_root, recalled
from ..schema import EdgeType
from .snapshot import Snapshot

_KEPT = 8
"""Of how many snapshots rows stay in the cache."""


class KeptRows:
    """A snapshot's nodes and edges, row by row."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.schema = snapshot.schema
        file = cache_root() / "rows" / snapshot.digest[:32]
        found = json.loads(recalled(file, lambda: _written(snapshot), _KEPT))
        self._nodes: dict[str, list[dict[str, Any]]] = found["nodes"]
        self._edges = {EdgeType(*pair): rows for *pair, rows in found["edges"]}

    @property
    def pairs(self) -> list[EdgeType]:
        """The pairs that have edges."""
        return list(self._edges)

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """The properties of every node of a label."""
        return iter(self._nodes.get(label, ()))

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every edge of a pair."""
        return map(tuple, self._edges.get(pair, ()))


def _written(snapshot: Snapshot) -> bytes:
    edges = (
        (pair, [[row.pop("source"), row.pop("target"), row] for row in rows])
        for pair in snapshot.pairs
        for rows in [snapshot.edges(pair).to_pylist()]
    )
    found = {
        "nodes": {label: snapshot.nodes(label).to_pylist() for label in snapshot.labels},
        "edges": [[*pair, rows] for pair, rows in edges],
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
