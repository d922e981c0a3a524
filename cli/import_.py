"""``clew import``: a scan from saved IAM data."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import scans
from .errors import ClewError, UsageError
from .options import ScanOutputOption
from .output import count, messages, printable

if TYPE_CHECKING:
    from ..collectors.aws.authorization_details import Levels
    from ..collectors.aws.authorization_entries import Page


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Output of `aws iam get-account-authorization-details`, one file per account, or "
            "a JSON object with account numbers as keys; `-` reads standard input.",
        ),
    ],
    scps: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Service control policies: a JSON list of levels, from the organization's root "
            "to the account, each a list of policies; or an object with account numbers as keys.",
            show_default=False,
        ),
    ] = None,
    rcps: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Resource control policies, in the same form.", show_default=False
        ),
    ] = None,
    output: ScanOutputOption = None,
) -> None:
    """Make a scan of AWS accounts from saved IAM data. Prints the scan's folder.

    Data missing from the files, such as functions, buckets and access keys, is unknown: paths that
    depend on it are conditional.
    """
    from ..collectors.aws.authorization_details import collect
    from ..pipeline import import_snapshot
    from .progress import showing

    answers = _answers(files)
    forbidden = _controls(scps, answers)
    collected = collect(answers, forbidden, _controls(rcps, answers))
    wanted, uri = scans.place_of(output)
    folder = wanted or scans.new()
    with showing() as progress:
        written = import_snapshot(collected, folder, progress)
    if uri:
        scans.hand_over(written, uri)
    typer.echo(uri or folder)
    out = messages()
    out.print(f"{count(len(collected.resources), 'resource')} of {', '.join(sorted(answers))}.")
    for record in collected.coverage:
        if record.status != "ok":
            out.print(printable(f"{record.account}: {record.message}"))
    if unknown := sorted(set(answers) - set(forbidden)):
        out.print(
            "Without --scps, what service control policies deny in "
            f"{', '.join(unknown)} is unknown."
        )
    named = scans.spelled(output)
    out.print(f"Next: clew paths{named}   or: clew check{named}")


def _answers(files: list[Path]) -> "dict[str, list[Page]]":
    from ..collectors.aws.authorization_details import MalformedAnswerError, accounts_of

    answers: dict[str, list[Page]] = {}
    for file in files:
        try:
            found = accounts_of(_json(file))
        except MalformedAnswerError as error:
            raise ClewError(f"{file}: {error}") from None
        for number, pages in found.items():
            answers.setdefault(number, []).extend(pages)
    return answers


def _json(file: Path) -> Any:
    try:
        if str(file) == "-":
            return json.load(sys.stdin)
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ClewError(f"{file} is not JSON: {error}.") from None


def _controls(file: Path | None, answers: Mapping[str, object]) -> "dict[str, Levels]":
    """The levels of policies over each account in a file."""
    if file is None:
        return {}
    document = _json(file)
    by_account = document if isinstance(document, dict) else dict.fromkeys(answers, document)
    for number, levels in by_account.items():
        if number not in answers:
            raise UsageError(
                f"{file}: there is no account {number} among the imported ones "
                f"({', '.join(sorted(answers))})."
            )
        if not _is_levels(levels):
            raise UsageError(
                f"{file}: what it holds for account {number} is not a list of levels, each a list "
                "of policies."
            )
    return by_account


def _is_levels(levels: object) -> bool:
    return isinstance(levels, list) and all(
        isinstance(level, list) and all(isinstance(policy, Mapping) for policy in level)
        for level in levels
    )
