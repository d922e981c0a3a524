"""``clew who-can``: which principals are allowed an action, and why."""

from typing import Annotated

import typer

from ..scans.asking import Asked, able_rows, asked_at_once
from .asking import ContextOption, of_scan, say_gaps, write_answers
from .options import Format, FormatOption, OutputOption
from .output import count, messages
from .progress import working

_FORM = "an action and a resource"
_COLUMNS = ("decision", "principal", "explanation")
_ALL_COLUMNS = (
    "principal",
    "action",
    "resource",
    "decision",
    "decided_by",
    "explanation",
    "open_keys",
)


def who_can(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCAN] ACTION RESOURCE",
            help="One action, and the resource's id (an ARN, an ARM id). A `*` in an ARN matches "
            "any resource that fits; `*` alone, or no resource, stands for all.",
        ),
    ],
    context: ContextOption = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """List the principals allowed an action on a resource.

    External principals in the resource policy are included; root users are not listed.
    """
    asked = Asked.of(arguments, _FORM, range(2))
    asking = of_scan(asked, asked.before[0] if asked.before else None, context)
    with working("Evaluating principals"):
        rows = able_rows(asking, asked)
    columns = _COLUMNS if format is Format.table else _ALL_COLUMNS
    write_answers(asking, rows, columns, format, output)
    certain = sum(row["decision"] == "ALLOWED" for row in rows)
    messages().print(f"{count(certain, 'principal')} allowed, {len(rows) - certain:,} conditional.")
    if note := asked_at_once(asked):
        messages().print(note)
    say_gaps(asking)
