"""Linked graphs as snapshots on disk."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from clew.graph import snapshot
from clew.graph.linking import ResourceGraph
from clew.graph.model import Coverage, ListingStatus, Scope
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot

SCANNED_AT = datetime(2025, 6, 30, 12, tzinfo=UTC)


def write(
    folder: Path,
    graph: ResourceGraph,
    schema: Schema,
    scope: Scope,
    coverage: Iterable[Coverage] = (),
    reads: Iterable[ListingStatus] = (),
) -> Snapshot:
    """The snapshot of a graph, whose scan took no time."""
    return snapshot.write(
        folder,
        graph,
        schema,
        scope=scope,
        coverage=coverage,
        reads=reads,
        started=SCANNED_AT,
        finished=SCANNED_AT,
    )


def part_of(schema: Schema, labels: Collection[str]) -> Schema:
    """A schema that knows some of the labels only, and what joins them."""
    return schema.model_copy(
        update={
            "labels": {name: each for name, each in schema.labels.items() if name in labels},
            "pairs": [pair for pair in schema.pairs if {pair.source, pair.target} <= {*labels}],
        }
    )
