"""``clew export``: the graph in a format of other tools."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..scans.attack_graph import DEFAULT_SOURCES
from ..scans.querying import query_gaps
from . import scans
from .asked_query import AskedQuery, Bounds
from .attack_graph import open_attack_graph
from .completing import label_names
from .completing import saved_names as query_names
from .errors import UsageError, nearest
from .options import OutputOption, ScanArgument
from .output import check_folder, count, messages, opened, opened_folder, printable
from .paths import FromOption, ToOption
from .progress import working
from .query import say_query_gaps
from .serve import OldOption

if TYPE_CHECKING:
    from pathlib import Path

    from ..graph.export.flattening import Written
    from ..graph.snapshot import Snapshot
    from ..graph.traversal import Readable

_QUERY_SECONDS = 300.0
_QUERY_BYTES = 2 * 2**30


class ExportFormat(StrEnum):
    """The export formats."""

    graphml = "graphml"
    gexf = "gexf"
    cytoscape = "cytoscape"
    dot = "dot"
    mermaid = "mermaid"
    opengraph = "opengraph"
    neo4j_csv = "neo4j-csv"
    parquet = "parquet"
    cypher = "cypher"
    html = "html"


_FOLDERS = (ExportFormat.opengraph, ExportFormat.neo4j_csv, ExportFormat.parquet)
"""The formats that are several files."""


def export(
    scan: ScanArgument = None,
    format: Annotated[  # noqa: A002
        ExportFormat,
        typer.Option(
            "--format",
            "-f",
            help="graphml for Gephi, yEd and Cytoscape; gexf for Gephi; cytoscape for "
            "Cytoscape.js; dot for Graphviz; mermaid for pages; cypher for Neo4j; html for the "
            "explorer as one offline file. Folders: opengraph for BloodHound; neo4j-csv for "
            "neo4j-admin; parquet for DuckDB, pandas and Spark.",
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
    query: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Only the resources that this saved query returns, and the edges among them.",
            show_default=False,
            autocompletion=query_names,
        ),
    ] = None,
    cypher: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="The same of this Cypher; `-` reads it from standard input.",
            show_default=False,
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param", "-p", metavar="NAME=VALUE", help="Parameter of the query. Repeatable."
        ),
    ] = None,
    paths: Annotated[
        bool,
        typer.Option(
            "--paths",
            help="The attack paths instead: who takes which step to what.",
        ),
    ] = False,
    from_: FromOption = None,
    to: ToOption = "admin",
    old: OldOption = None,
    output: OutputOption = None,
) -> None:
    """Export the graph, or a part of it."""
    _check_place(format, output)
    if format == ExportFormat.html:
        is_part = paths or from_ or to != "admin" or label or around or query or cypher or param
        _export_page(scan, old, output, is_part=bool(is_part))
        return
    _refuse_old(old)
    if paths:
        _refuse(label, around, query, cypher)
        _export_paths(scan, from_ or DEFAULT_SOURCES, to, format, output)
        return
    if from_ or to != "admin":
        raise UsageError("--from and --to are for --paths.")
    if (query is not None) + (cypher is not None) + (around is not None) > 1:
        raise UsageError("Give one of --around, --query and --cypher.")
    if param and query is None and cypher is None:
        raise UsageError("--param is for --query or --cypher.")
    from ..graph.export.parts import Part
    from ..graph.traversal import SnapshotReader

    asked = None if query is cypher is None else AskedQuery(query or "", cypher, param or ())
    snapshot = scans.open_scan(scan)
    reader = SnapshotReader(snapshot)
    for name in label or ():
        if name not in reader.schema.labels:
            raise UsageError(
                f"There is no label '{name}'.",
                nearest(name, list(reader.schema.labels)),
                "See: clew list labels",
            )
    near = None if around is None else _around(reader, around, depth)
    if asked:
        near = _returned(asked, snapshot)
    _write(Part(reader, label, near), format, output)
    if asked:
        say_query_gaps(query_gaps(asked.text, snapshot), scan)


def _check_place(format: ExportFormat, output: "Path | None") -> None:  # noqa: A002
    """Refuses, before anything is worked out, a place that the format cannot be written to."""
    if format in _FOLDERS:
        check_folder(output)


def _export_page(
    scan: str | None, old: str | None, output: "Path | None", *, is_part: bool
) -> None:
    """Writes the explorer as one offline file."""
    if is_part:
        raise UsageError("The html format holds the whole scan: give no part of it.")
    from .explorer.answers import Answers
    from .explorer.offline import write_page

    answers = Answers(scans.open_scan(scan), Bounds(None, _QUERY_SECONDS, _QUERY_BYTES), old)
    with working("Writing the explorer"), opened(output) as stream:
        write_page(answers, stream)
    messages().print(
        f"{count(len(answers.findings()), 'finding')} and "
        f"{count(len(answers.scanned.by_id), 'resource')}. Open the file in a browser."
    )


def _write(source: "Readable", form: str, output: "Path | None") -> "Written":
    from ..graph.export import FORMATS, Flattened, FolderFormat

    chosen, graph = FORMATS[form], Flattened(source)
    if isinstance(chosen, FolderFormat):
        with opened_folder(check_folder(output)) as folder:
            written = chosen.write(graph, folder)
    else:
        with opened(output) as stream:
            written = chosen.write(graph, stream)
    messages().print(f"{count(written.nodes, 'node')}, {count(written.edges, 'edge')}.")
    return written


def _refuse_old(old: str | None) -> None:
    if old is not None:
        raise UsageError("--old is for the html format.")


def _refuse(*others: object) -> None:
    if any(other is not None and other != [] for other in others):
        raise UsageError("--paths goes with --from and --to, and no other part of the graph.")


def _export_paths(
    scan: str | None, sources: Sequence[str], to: str, form: str, output: "Path | None"
) -> None:
    """Writes the attack paths from some sources to a target, and says what is left out."""
    from ..graph.attack.ranking import ranked
    from ..graph.attack.search import Search
    from ..graph.export.attack_paths import AttackPaths

    with open_attack_graph(scan, (), to) as (attack, coverage):
        target = attack.target(to)
        with working("Finding paths"):
            found = ranked(Search(attack.graph, target), attack.sources(sources, target))
        with working("Explaining paths"):
            nodes = attack.resources.nodes(data="missing")
            missing = {id_: reason for id_, reason in nodes if reason}
            graph = AttackPaths(attack.graph, found.paths, attack.schema, missing)
        _write(graph, form, output)
        if found.more:
            messages().print(
                f"Not all paths are written: the best {count(len(found.paths), 'path')} from "
                f"{count(found.shown, 'source')} of {found.sources:,}."
            )
        if not found.paths:
            messages().print(printable(coverage.nothing_found(sources, to, attack.unread)))
        coverage.say(attack.unread, scan, is_found=bool(found.paths))


def _returned(asked: AskedQuery, snapshot: "Snapshot") -> set[str]:
    """The identities of what a query returns."""
    from ..scans.stores import ids_in

    bounds = Bounds(limit=None, seconds=_QUERY_SECONDS, bytes=_QUERY_BYTES)
    rows = asked.rows(snapshot, bounds)
    ids = {id_ for row in rows for id_ in ids_in(row)}
    if rows and not ids:
        raise UsageError("The query returns no nodes; return nodes or paths to export them.")
    return ids


def _around(reader: "Readable", text: str, depth: int) -> Collection[str]:
    from ..graph.export.parts import around, named

    ids = named(reader, text)
    if not ids:
        raise UsageError(f"No resource has the identity or the name '{text}'.")
    if len(ids) > 1:
        raise UsageError(f"{len(ids)} resources are named '{text}': {', '.join(ids)}.")
    return around(reader, ids, depth)
