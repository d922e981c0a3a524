"""``clew query``: saved queries and Cypher."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from . import scans
from .asked_query import AskedQuery, Bounds
from .completing import query_names
from .errors import UsageError
from .gap_lines import gap_lines, say_gaps
from .options import Format, FormatOption, OutputOption
from .output import count, messages, write_rows

if TYPE_CHECKING:
    from ..graph.model import Gap


def query(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCAN] [NAME]",
            help="The name of a saved query, after the scan if it is not the newest.",
            show_default=False,
            autocompletion=query_names,
        ),
    ] = None,
    cypher: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Run this Cypher instead of a saved query; `-` reads it from standard input.",
            show_default=False,
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param", "-p", metavar="NAME=VALUE", help="Parameter of the query. Repeatable."
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the saved queries.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Maximum rows (0 = all).")] = 10_000,
    timeout: Annotated[
        float, typer.Option(min=0.001, max=86_400, help="Give up after this many seconds.")
    ] = 60.0,
    memory: Annotated[
        float,
        typer.Option(
            min=1, max=1024, help="Maximum GiB of memory for its work; a Neo4j has its own limits."
        ),
    ] = 1.0,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """Run a saved query or Cypher. Queries only read; `clew query --list` lists the saved ones."""
    if list_:
        from .listing import queries

        queries(format=format, output=output)
        return
    scan, name = _scan_and_name(arguments or [], has_cypher=cypher is not None)
    asked = AskedQuery(name, cypher, param or ())
    snapshot = scans.open_scan(scan)
    bounds = Bounds(limit=limit or None, seconds=timeout, bytes=int(memory * 2**30))
    found = asked.answer(snapshot, bounds)
    write_rows(found.parts, found.columns, format, output)
    if found.more:
        messages().print(f"There are more than {count(limit, 'row')}; --limit 0 shows all.")
    elif not found:
        messages().print("No rows.")
    say_query_gaps(found.gaps, scan)


def say_query_gaps(gaps: "Sequence[Gap]", scan: str | None) -> None:
    """Says what the rows of a query may lack."""
    lines = gap_lines(gaps)
    if lines:
        messages().print(f"{count(len(lines), 'gap')}, so there may be further rows:")
        say_gaps(lines, scan)


def _scan_and_name(arguments: list[str], *, has_cypher: bool) -> tuple[str | None, str]:
    if len(arguments) > (1 if has_cypher else 2):
        extra = "a scan with --cypher" if has_cypher else "a scan and the name of a query"
        raise UsageError(f"Too many arguments: give at most {extra}.")
    if has_cypher:
        return (arguments[0] if arguments else None), ""
    if not arguments:
        raise UsageError("Name a saved query or give --cypher. See: clew query --list")
    return (arguments[0] if len(arguments) == 2 else None), arguments[-1]
