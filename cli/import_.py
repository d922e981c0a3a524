"""``clew import``: a scan from saved IAM data, or from an export of Cloud Asset Inventory."""

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
    from ..collectors.scan import Collected


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Output of `aws iam get-account-authorization-details`, one file per account, or "
            "a JSON object with account numbers as keys; or of `gcloud asset export`, resources "
            "and IAM policies; `-` reads standard input.",
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
    """Make a scan of AWS accounts from saved IAM data, or of Google Cloud projects from an export
    of Cloud Asset Inventory. Prints the scan's folder.

    Data missing from the files, such as functions, buckets and access keys, is unknown: paths that
    depend on it are conditional.
    """
    from ..collectors.aws.authorization_details import collect
    from ..collectors.gcp.asset_export import NOT_EXPORTED, is_export
    from ..pipeline import import_snapshot
    from .progress import showing

    texts = {file: _text(file) for file in files}
    exported = _exported(texts)
    answers = _answers({file: text for file, text in texts.items() if not is_export(text)})
    forbidden = _controls(scps, answers)
    collected = collect(answers, forbidden, _controls(rcps, answers))
    collected.add(exported)
    wanted, uri = scans.place_of(output)
    folder = wanted or scans.new()
    with showing() as progress:
        written = import_snapshot(collected, folder, progress)
    if uri:
        scans.hand_over(written, uri)
    typer.echo(uri or folder)
    out = messages()
    owners = sorted({*answers, *(record.account for record in exported.coverage)})
    out.print(f"{count(len(collected.resources), 'resource')} of {', '.join(owners)}.")
    for record in collected.coverage:
        if record.status != "ok" and record.code != NOT_EXPORTED:
            out.print(printable(f"{record.account}: {record.message}"))
    if exported.coverage:
        out.print("What the export does not tell is unknown: clew coverage lists it.")
    if unknown := sorted(set(answers) - set(forbidden)):
        out.print(
            "Without --scps, what service control policies deny in "
            f"{', '.join(unknown)} is unknown."
        )
    named = scans.spelled(output)
    out.print(f"Next: clew paths{named}   or: clew check{named}")


def _exported(texts: Mapping[Path, str]) -> "Collected":
    """What exports of Cloud Asset Inventory tell, all of them together."""
    from ..collectors.errors import CollectError
    from ..collectors.gcp.asset_export import collect, is_export, read_export
    from ..collectors.registry import collectors
    from ..collectors.scan import Collected

    assets = []
    for file, text in texts.items():
        if is_export(text):
            try:
                assets += read_export(text)
            except CollectError as error:
                raise ClewError(f"{file}: {error}") from None
    return collect(assets, collectors("gcp")) if assets else Collected()


def _answers(texts: Mapping[Path, str]) -> "dict[str, list[Page]]":
    from ..collectors.aws.authorization_details import MalformedAnswerError, accounts_of

    answers: dict[str, list[Page]] = {}
    for file, text in texts.items():
        try:
            found = accounts_of(_parsed(file, text))
        except MalformedAnswerError as error:
            raise ClewError(f"{file}: {error}") from None
        for number, pages in found.items():
            answers.setdefault(number, []).extend(pages)
    return answers


def _text(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except ValueError as error:
        raise ClewError(f"{file} is not JSON: {error}.") from None


def _json(file: Path) -> Any:
    return _parsed(file, _text(file))


def _parsed(file: Path, text: str) -> Any:
    try:
        return json.loads(text)
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
