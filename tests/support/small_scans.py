"""The scan of a small estate on disk."""

from collections.abc import Iterable
from pathlib import Path

from clew.collectors.registry import models
from clew.graph.linking import link
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot
from support.judging import Estate, readings
from support.writing import part_of, write


def scan_of(folder: Path, estate: Estate, labels: Iterable[str] = ()) -> Snapshot:
    """The estate linked and written; its schema has the labels of its nodes and those named."""
    scope, reads = readings(estate)
    graph = link(estate.resources, models(), reads, scope, estate.exists)
    used = {*labels, *(node.label for node in graph.nodes.values())}
    schema = part_of(Schema.of(models()), used)
    return write(folder, graph, schema, scope, estate.coverage, reads)
