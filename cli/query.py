"""``clew query``: saved queries and Cypher."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ..scans.querying import plain, query_gaps, saved_query
from . import scans
from .completing import query_names
from .errors import UsageError
from .gap_lines import gap_lines, say_gaps
from .options import Format, FormatOption, OutputOption
from .output import count, messages, write_rows

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store
    from ..queries.library import Query

_GRACE_SECONDS = 1.0
"""How much later than asked a query is ended that does not end itself."""


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
        float, typer.Option(min=1, max=1024, help="Maximum GiB of memory for its work.")
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
    given = _pairs(param or [])
    saved = saved_query(name) if cypher is None else None
    if saved:
        saved.expect(given)
    snapshot = scans.open_scan(scan)
    bounds = _Bounds(limit=limit + 1 if limit else None, seconds=timeout, bytes=int(memory * 2**30))
    if saved:
        text, columns = saved.cypher, list(saved.columns)
        rows = bounds.rows(snapshot, text, partial(_values, saved, given, snapshot))
    else:
        text, columns = (sys.stdin.read() if cypher == "-" else cypher or ""), []
        guessed = {name: _guessed(value) for name, value in given.items()}
        rows = bounds.rows(snapshot, text, lambda _: guessed)
    more = bool(limit) and len(rows) > limit
    shown = [
        {column: plain(value) for column, value in row.items()}
        for row in (rows[:limit] if more else rows)
    ]
    write_rows(shown, columns or list(shown[0] if shown else {}), format, output)
    if more:
        messages().print(f"There are more than {count(limit, 'row')}; --limit 0 shows all.")
    elif not shown:
        messages().print("No rows.")
    _say_gaps(text, snapshot, scan)


def _say_gaps(text: str, snapshot: "Snapshot", scan: str | None) -> None:
    """Says what the answer may lack where a query names edges that Clew derives."""
    lines = gap_lines(query_gaps(text, snapshot))
    if lines:
        messages().print(f"{count(len(lines), 'gap')}, so there may be further rows:")
        say_gaps(lines, scan)


class _Bounds(NamedTuple):
    """How much a query may take."""

    limit: int | None
    seconds: float
    bytes: int

    def rows(
        self,
        snapshot: "Snapshot",
        cypher: str,
        parameters: "Callable[[Store], Mapping[str, Any]]",
    ) -> list[dict[str, Any]]:
        """The rows of a query, worked out in a process of its own.

        :raises StoreError: if it is wrong, or takes more than it may.
        """
        from ..graph.child_process import ChildDiedError, bounded, in_child
        from ..graph.stores.store import OutOfMemoryError, QueryError

        def answer() -> list[dict[str, Any]]:
            from ..graph.stores.ladybug import open_embedded

            with open_embedded(snapshot, memory=self.bytes // 2) as store:
                values = parameters(store)
                # Half is for the engine's pages, half for the values that a query makes. The engine
                # ends a query in time by itself, unless it is busy in one function.
                with bounded(self.bytes // 2, self.seconds + _GRACE_SECONDS):
                    return store.query(cypher, values, limit=self.limit, timeout=self.seconds)

        too_much = (
            f"The query needs more than {self.bytes / 2**30:g} GiB of memory; ask for less, or "
            "give it more with --memory."
        )
        try:
            return in_child(answer)
        except OutOfMemoryError:
            raise QueryError(too_much) from None
        except ChildDiedError as error:
            if error.ran_out_of_time:
                raise QueryError(f"The query took longer than {self.seconds:g} seconds.") from None
            raise QueryError(too_much) from None


def _values(
    saved: "Query", given: Mapping[str, str], snapshot: "Snapshot", store: "Store"
) -> Mapping[str, Any]:
    from ..queries import ScanNames

    return saved.values(given, ScanNames(store, snapshot))


def _scan_and_name(arguments: list[str], *, has_cypher: bool) -> tuple[str | None, str]:
    if len(arguments) > (1 if has_cypher else 2):
        extra = "a scan beside --cypher" if has_cypher else "a scan and the name of a query"
        raise UsageError(f"Too many arguments: give at most {extra}.")
    if has_cypher:
        return (arguments[0] if arguments else None), ""
    if not arguments:
        raise UsageError("Name a saved query or give --cypher. See: clew query --list")
    return (arguments[0] if len(arguments) == 2 else None), arguments[-1]


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text} is not NAME=VALUE.")
        pairs[name] = value
    return pairs


def _guessed(text: str) -> Any:
    """A parameter without a declared type: JSON where it is JSON, text otherwise."""
    try:
        return json.loads(text)
    except ValueError:
        return text
