"""``clew can``: whether a principal is allowed an action, and why."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from ..scans.asking import Asked, Asking, allowed_rows
from .asking import ContextOption, of_scan, say_gaps, write_answers
from .options import Format, FormatOption, OutputOption
from .output import messages, write_rows

_FORM = "a principal, an action and perhaps a resource"
_COLUMNS = ("principal", "action", "resource", "decision", "decided_by", "explanation", "open_keys")
_BLANK = {"field": "", "value": ""}


def can(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCAN] PRINCIPAL ACTION [RESOURCE]",
            help="The principal's id or unique name, one action, and the resource's id (an ARN, an "
            "ARM id). A `*` in an ARN matches any resource that fits. Without a resource: all "
            "resources, and if that is not allowed, one for which it is. `data:ACTION` asks for an "
            "action on data, where clouds tell these apart.",
        ),
    ],
    context: ContextOption = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """Check whether a principal is allowed an action, and why."""
    asked = Asked.of(arguments, _FORM, range(1, 3))
    *scan, who = asked.before
    asking = of_scan(asked, scan[0] if scan else None, context)
    principal = asking.principal(who)
    rows = allowed_rows(asking, asked, principal)
    if format is Format.table:
        lines = [line for row in rows for line in (_BLANK, *_lines(asking, principal, row))][1:]
        write_rows(lines, ("field", "value"), format, output)
    else:
        write_answers(asking, rows, _COLUMNS, format, output)
    if not asked.after and (summary := asking.summary(principal, asked.action)):
        messages().print(summary)
    say_gaps(asking)


def _lines(asking: Asking, principal: Any, row: dict[str, Any]) -> Iterator[dict[str, str]]:
    """An answer in words, line by line."""
    for field in ("decision", "principal", "action", "resource"):
        yield {"field": field, "value": row[field]}
    yield {"field": "why", "value": row["explanation"]}
    for field, value in asking.lines(principal, row):
        yield {"field": field, "value": value}
