"""What ``clew can`` and ``clew who-can`` share: how they are asked, and how answers are written."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..scans.asking import all_of, permission_answer
from . import scans
from .options import Format
from .output import messages, opened, printable, write_json, write_rows
from .progress import working

if TYPE_CHECKING:
    from ..scans.asking import Asked, Asking

ContextOption = Annotated[
    list[str] | None,
    typer.Option(
        "--context",
        metavar="KEY=VALUE",
        help="A condition key of the request, such as aws:MultiFactorAuthPresent=true. Repeatable, "
        "also for a key of several values.",
        show_default=False,
    ),
]


def of_scan(asked: "Asked", scan: str | None, context: Sequence[str] | None) -> "Asking":
    """The permissions of a scan that the question is about.

    :raises UsageError: if the scan has no account of the action's cloud.
    """
    snapshot = scans.open_scan(scan)
    with working("Reading the scan"):
        return asked.on(snapshot, context or ())


def write_answers(
    asking: "Asking",
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    form: str,
    path: Path | None,
) -> None:
    """Writes answers as a table or CSV; as JSON in an object that says what they cover."""
    if form != Format.json:
        write_rows(rows, columns, form, path)
        return
    with opened(path) as stream:
        write_json(permission_answer(asking, rows).as_json(), stream)


def say_gaps(asking: "Asking") -> None:
    """Says once what the answers leave out."""
    for sentence in (*asking.notes, *asking.sentences):
        messages().print(printable(sentence))
    if asking.others:
        messages().print(
            f"Covers {asking.provider} only; permissions of {all_of(asking.others)} are not "
            "covered."
        )
