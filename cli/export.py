"""``clew export``: the graph in a format of other tools."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from . import scans
from .completing import label_names
from .errors import UsageError, nearest
from .options import OutputOption, ScanArgument
from .output import count, messages, opened

if TYPE_CHECKING:
    from ..graph.traversal import SnapshotReader


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
    label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL",
            help="Only resources of this label, and the edges among them. Repeatable.",
            autocompletion=label_names,
        ),
    ] = None,
    around: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Only what is connected to this resource, by its identity or unique name.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many edges from it, with --around.")
    ] = 1,
    output: OutputOption = None,
) -> None:
    """Export the graph, or a part of it."""
    from ..graph.export import export as written_as
    from ..graph.export.parts import Part
    from ..graph.traversal import SnapshotReader

    reader = SnapshotReader(scans.open_scan(scan))
    for name in label or ():
        if name not in reader.schema.labels:
            raise UsageError(
                f"There is no label '{name}'.",
                nearest(name, list(reader.schema.labels)),
                "See: clew list labels",
            )
    near = None if around is None else _around(reader, around, depth)
    part = Part(reader, label, near)
    with opened(output) as stream:
        nodes, edges = written_as(part, format, stream)
    messages().print(f"{count(nodes, 'node')}, {count(edges, 'edge')}.")


def _around(reader: "SnapshotReader", text: str, depth: int) -> set[str]:
    from ..graph.export.parts import around, named

    ids = named(reader, text)
    if not ids:
        raise UsageError(f"No resource has the identity or the name '{text}'.")
    if len(ids) > 1:
        raise UsageError(f"{len(ids)} resources are named '{text}': {', '.join(ids)}.")
    return around(reader, ids, depth)
