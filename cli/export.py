"""``clew export``: the graph in a format of other tools."""

from enum import StrEnum
from typing import Annotated

import typer

from . import scans
from .options import OutputOption, ScanArgument
from .output import count, messages, opened


class ExportFormat(StrEnum):
    """The export formats."""

    graphml = "graphml"
    cytoscape = "cytoscape"
    dot = "dot"


def export(
    scan: ScanArgument = None,
    format: Annotated[  # noqa: A002
        ExportFormat,
        typer.Option(
            "--format",
            "-f",
            help="graphml for Gephi, yEd and Cytoscape; cytoscape for Cytoscape.js; dot for "
            "Graphviz.",
            case_sensitive=False,
        ),
    ] = ExportFormat.graphml,
    output: OutputOption = None,
) -> None:
    """Export the graph."""
    from ..graph.export import export as written_as
    from ..graph.traversal import SnapshotReader

    reader = SnapshotReader(scans.open_scan(scan))
    with opened(output) as stream:
        nodes, edges = written_as(reader, format, stream)
    messages().print(f"{count(nodes, 'node')}, {count(edges, 'edge')}.")
