"""``clew diff``: what changed from one scan to another, and why."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from . import scans
from .completing import scan_names
from .errors import ExitCode
from .options import OutputOption, Severity
from .output import console_for, count, messages, opened, printable, write_json
from .paths import ToOption
from .progress import working

if TYPE_CHECKING:
    from ..scans.diff_documents import DiffAnswer

_STYLES = {
    "added": "red",
    "failing": "bold red",
    "worse": "bold red",
    "removed": "green",
    "resolved": "green",
    "decided": "green",
}


class DiffFormat(StrEnum):
    """The output formats."""

    table = "table"
    json = "json"
    markdown = "markdown"


class DiffPart(StrEnum):
    """What can be compared."""

    paths = "paths"
    findings = "findings"
    resources = "resources"
    edges = "edges"


def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="The scan before, as other commands take a scan.",
            autocompletion=scan_names,
            show_default=False,
        ),
    ],
    new: Annotated[
        str | None,
        typer.Argument(
            metavar="NEW",
            help="The scan after. Default: the newest.",
            autocompletion=scan_names,
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[DiffPart] | None,
        typer.Option(metavar="PART", help="Only paths, findings, resources or edges. Repeatable."),
    ] = None,
    to: ToOption = "admin",
    most: Annotated[
        int,
        typer.Option(
            "--max",
            metavar="N",
            min=0,
            help="Compare so many paths of each scan (0 = as many as `clew paths --max 0`).",
        ),
    ] = 1000,
    fail_on_new: Annotated[
        Severity | None,
        typer.Option(
            metavar="SEVERITY",
            help=f"Exit with {ExitCode.FINDINGS:d} if a finding of this severity or worse fails "
            "that did not before.",
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    fail_on_new_manual: Annotated[
        Severity | None,
        typer.Option(
            metavar="SEVERITY",
            help=f"Exit with {ExitCode.FINDINGS:d} if one is MANUAL now that was not before.",
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    fail_on_new_path: Annotated[
        bool,
        typer.Option(
            "--fail-on-new-path",
            help=f"Exit with {ExitCode.FINDINGS:d} if there is a new attack path.",
        ),
    ] = False,
    format: Annotated[  # noqa: A002
        DiffFormat,
        typer.Option(
            "--format",
            "-f",
            help="Output format; markdown suits a pull request.",
            case_sensitive=False,
        ),
    ] = DiffFormat.table,
    output: OutputOption = None,
) -> None:
    """Compare two scans: attack paths, findings, resources and edges that appeared or went, and
    why.

    What one of the scans did not read is listed as not read, never as new or gone.
    """
    from ..scans.comparing import PARTS, compare

    before, after = scans.open_scan(old), scans.open_scan(new)
    chosen = [part.value for part in only or ()] or PARTS
    answer = compare(before, after, parts=chosen, to=to, most=most, working=working)
    with opened(output) as stream:
        if format == DiffFormat.json:
            write_json(answer.as_json(), stream)
        elif format == DiffFormat.markdown:
            _write_markdown(answer, stream)
        else:
            _print(answer, stream)
    _summarize(answer)
    if _fails(answer, fail_on_new, fail_on_new_manual, fail_on_new_path):
        raise typer.Exit(ExitCode.FINDINGS)


def _fails(
    answer: "DiffAnswer", failing: Severity | None, manual: Severity | None, path: bool
) -> bool:
    from ..checks import Severity as Rank

    limits = {"failing": failing, "worse": failing, "undecided": manual, "new_manual": manual}
    is_worse = any(
        (limit := limits.get(row.change)) and row.finding.severity.rank <= Rank(limit).rank
        for row in answer.findings
    )
    opened_paths = (row.change in ("added", "newly_read") for row in answer.paths)
    return is_worse or (path and any(opened_paths))


def _print(answer: "DiffAnswer", stream: TextIO) -> None:
    """Prints a block for each kind of change, a change a line, what led to it below."""
    from rich.padding import Padding
    from rich.text import Text

    from .diff_sections import sections

    console = console_for(stream)

    def line(indent: int, text: Text) -> None:
        if console.is_terminal:
            console.print(Padding(text, (0, 0, 0, indent)))
        else:
            stream.write(" " * indent + text.plain + "\n")

    for number, section in enumerate(sections(answer)):
        if number:
            line(0, Text(""))
        line(0, Text(f"{section.title}: {section.numbers}", style="bold"))
        for item in section.items:
            style = _STYLES.get(item.change, "yellow")
            line(2, Text.assemble((item.words, style), f"  {printable(item.head)}"))
            for each in item.below:
                line(5, Text(printable(each), style="dim"))


def _write_markdown(answer: "DiffAnswer", stream: TextIO) -> None:
    from .diff_sections import notes, sections
    from .markdown import plain

    stream.write(f"## Changes from {answer.old.started} to {answer.new.started}\n")
    found = list(sections(answer))
    if not found:
        stream.write("\nNothing changed in what both scans read.\n")
    for section in found:
        stream.write(f"\n### {section.title}: {section.numbers}\n\n")
        for item in section.items:
            stream.write(f"- **{item.words}** {plain(item.head)}\n")
            for each in item.below:
                stream.write(f"  - {plain(each)}\n")
    for note in notes(answer):
        stream.write(f"\n{plain(note)}\n")


def _summarize(answer: "DiffAnswer") -> None:
    from .diff_sections import UNREAD, notes, sections

    out = messages()
    found = list(sections(answer))
    if not found:
        out.print("Nothing changed in what both scans read.")
    unread = sum(item.change in UNREAD for section in found for item in section.items)
    if unread:
        out.print(
            f"{count(unread, 'change')} only in what one of the scans did not read: neither new "
            "nor gone."
        )
    for note in notes(answer):
        out.print(printable(note))
