"""The scan of a small estate on disk."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from clew.collectors.registry import models
from clew.graph import snapshot
from clew.graph.linking import link
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot
from support.judging import Estate, readings

SCANNED_AT = datetime(2025, 6, 30, 12, tzinfo=UTC)


def scan_of(folder: Path, estate: Estate, labels: Iterable[str] = ()) -> Snapshot:
    """The estate linked and written; its schema has the labels of its nodes and those named."""
    scope, reads = readings(estate)
    graph = link(estate.resources, models(), reads, scope, estate.exists)
    used = {*labels, *(node.label for node in graph.nodes.values())}
    schema = Schema.of([model for model in models() if model.label in used])
    schema.pairs = [pair for pair in schema.pairs if {pair.source, pair.target} <= used]
    return snapshot.write(
        folder,
        graph,
        schema,
        scope=scope,
        coverage=estate.coverage,
        reads=reads,
        started=SCANNED_AT,
        finished=SCANNED_AT,
    )
