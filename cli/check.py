"""``clew check``: what is wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, TextIO, TypeVar

import typer

from ..scans.attack_graph import ScannedAttackGraph
from ..scans.checking import report_on, selected
from . import scans
from .completing import check_ids, check_services
from .errors import ExitCode, UsageError, nearest
from .options import (
    CategoryFilter,
    OutputOption,
    Provider,
    ScanArgument,
    Severity,
    Status,
    tag_names,
)
from .output import (
    console_for,
    count,
    folded,
    messages,
    opened,
    printable,
    style_of,
    write_csv,
    write_json,
    write_table,
)
from .requirements import write_requirements

if TYPE_CHECKING:
    from ..checks import Check, Finding, Report
    from ..checks.frameworks import Framework
    from ..checks.mutes import Decided, Mutes
    from ..graph.model import Scope
    from ..graph.snapshot import Snapshot

F = TypeVar("F", bound="Finding")


class CheckFormat(StrEnum):
    """The output formats."""

    table = "table"
    json = "json"
    csv = "csv"
    ocsf = "ocsf"
    asff = "asff"
    sarif = "sarif"
    junit = "junit"
    html = "html"
    markdown = "markdown"


_COLUMNS = (
    "status",
    "severity",
    "check",
    "account",
    "region",
    "resource",
    "target",
    "reason",
    "message",
)
_MORE_COLUMNS = (
    "provider",
    "service",
    "resource_label",
    "title",
    "why",
    "remediation",
    "references",
    "categories",
    "compliance",
    "tags",
    "failed_calls",
    "time",
    "muted",
    "answer",
)
_SHOWN_NAMES = 3
_SHOWN_CALLS = 5


def check(
    scan: ScanArgument = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            "--check",
            "-c",
            metavar="ID",
            help="Run this check only. Repeatable.",
            autocompletion=check_ids,
        ),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only checks of this service. Repeatable.",
            autocompletion=check_services,
        ),
    ] = None,
    provider: Annotated[
        list[Provider] | None,
        typer.Option(metavar="CLOUD", help="Only checks of this cloud. Repeatable."),
    ] = None,
    category: CategoryFilter = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Leave this check out. Repeatable.", autocompletion=check_ids
        ),
    ] = None,
    checks_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Run the checks that this file names, one on a line; `#` begins a comment.",
            show_default=False,
        ),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only findings of this account. Repeatable."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only findings of this region, and of no region. Repeatable."
        ),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Only findings about this resource, by identity or name. Repeatable."
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Only findings about resources with this tag, or whose tags are not known. "
            "Repeatable: any of them is enough. Default: the tags given to the scan.",
            show_default=False,
        ),
    ] = None,
    severity: Annotated[
        list[Severity] | None,
        typer.Option(
            metavar="SEVERITY",
            case_sensitive=False,
            help="Only findings of this severity: critical, high, medium, low or informational. "
            "Repeatable.",
        ),
    ] = None,
    status: Annotated[
        list[Status] | None,
        typer.Option(
            metavar="STATUS",
            help="Only findings with this answer: FAIL, MANUAL, PASS or ERROR. Repeatable. A "
            "table leaves PASS out unless it is named here; other formats hold every answer.",
            case_sensitive=False,
        ),
    ] = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option(
            metavar="SEVERITY",
            help=f"Exit with {ExitCode.FINDINGS:d} if a FAIL, or a check that crashed, is of this "
            "severity or worse, whatever --status shows.",
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    fail_on_manual: Annotated[
        Severity | None,
        typer.Option(
            metavar="SEVERITY",
            help=f"Exit with {ExitCode.FINDINGS:d} if a MANUAL is of this severity or worse too.",
            case_sensitive=False,
            show_default=False,
        ),
    ] = None,
    compliance: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How each requirement of this framework stands (see: clew list compliance), as a "
            "table, json or csv.",
            show_default=False,
        ),
    ] = None,
    mutes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Mutes and answers to MANUAL findings (docs/mutes.md). Muted findings are listed "
            "as muted and do not count for --fail-on.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[  # noqa: A002
        CheckFormat,
        typer.Option("--format", "-f", help="Output format.", case_sensitive=False),
    ] = CheckFormat.table,
    output: OutputOption = None,
) -> None:
    """Run the checks on a scan. MANUAL means: a fact that decides could not be read."""
    from ..checks import checks
    from ..checks.frameworks import requirement_rows
    from ..checks.mutes import Decided
    from ..checks.report import about_tagged, decided_on

    framework = _framework(compliance, format)
    opened_scan = scans.open_scan(scan)
    ids = [*(check or ()), *_named_in(checks_file)]
    chosen = _without(
        selected(opened_scan.scope, ids, service or (), provider or (), category or ()),
        exclude or (),
    )
    wanted = _mutes_in(mutes)
    tags = tag_names(tag or opened_scan.scope.tags)
    report = report_on(opened_scan, chosen, ScannedAttackGraph(opened_scan))
    whole = len(report.findings)
    if tags:
        report = replace(report, findings=about_tagged(report.findings, opened_scan, tags))
    tagged = len(report.findings)
    report = replace(report, findings=about(report.findings, account, region, resource))
    decided = Decided({}, {})
    if wanted:
        decided = decided_on(report.findings, opened_scan, wanted, datetime.now(UTC).date())
    judged = [
        found for found in report.findings if not severity or found.severity.value in severity
    ]
    shown = [found for found in judged if found.status.value in (status or _shown(format))]
    if framework:
        found_all = report.findings  # a requirement stands by all, whatever --severity lists
        statuses = {found.id: decided.status_of(found) for found in found_all}
        rows = requirement_rows(framework, checks().values(), report.ran, found_all, statuses)
        write_requirements(rows, format, output)
    else:
        with opened(output) as stream:
            _write(shown, report.ran, opened_scan, format, stream, decided)
    _summarize(report, opened_scan, judged, judged if framework else shown, scan)
    if whole > tagged:
        messages().print(
            f"Left out: {count(whole - tagged, 'finding')} about resources without "
            f"the tag {' or '.join(tags)}."
        )
    if tagged > len(report.findings):
        left = count(tagged - len(report.findings), "finding")
        messages().print(f"Left out: {left} by --account, --region or --resource.")
    if format == "asff":
        _say_unfit(shown)
    _say_decided(decided, judged, mutes)
    if _reaches(judged, ("FAIL", "ERROR"), fail_on, decided) or _reaches(
        judged, ("MANUAL",), fail_on_manual, decided
    ):
        raise typer.Exit(ExitCode.FINDINGS)


def _framework(name: str | None, form: str) -> "Framework | None":
    """The framework that is meant.

    :raises UsageError: if there is none of this name, or the format is one of findings.
    """
    from ..checks.frameworks import frameworks

    if name is None:
        return None
    if form not in ("table", "json", "csv"):
        raise UsageError(f"--compliance writes a table, json or csv, not {form}.")
    if name not in frameworks():
        known = list(frameworks())
        hint = nearest(name, known)
        raise UsageError(f"There is no framework '{name}'.", hint, "See: clew list compliance")
    return frameworks()[name]


def _named_in(file: Path | None) -> list[str]:
    """The checks that a file names.

    :raises UsageError: if it names none.
    """
    if file is None:
        return []
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no text in UTF-8.") from None
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    if not names:
        raise UsageError(f"{file} names no check; give one on a line.")
    return names


def _without(chosen: "Sequence[Check]", excluded: Sequence[str]) -> "list[Check]":
    """Checks without those that are left out.

    :raises UsageError: if there is no such check.
    """
    from ..checks import check_named, checks

    for id_ in excluded:
        if not check_named(id_):
            raise UsageError(
                f"There is no check '{id_}'.", nearest(id_, list(checks())), "See: clew list checks"
            )
    return [check for check in chosen if check.id not in excluded]


def _mutes_in(file: Path | None) -> "Mutes | None":
    from ..checks import checks
    from ..checks.mutes import read_mutes

    return None if file is None else read_mutes(file, checks())


def about(
    findings: "Sequence[F]",
    accounts: Sequence[str] | None,
    regions: Sequence[str] | None,
    resources: Sequence[str] | None,
) -> "list[F]":
    """The findings of some accounts and regions, about some resources. What is of no region may be
    of any."""
    return [
        found
        for found in findings
        if (not accounts or found.account in (None, *accounts))
        and (not regions or found.region in (None, "global", *regions))
        and (
            not resources
            or found.status == "ERROR"
            or found.resource == found.account
            or not {found.resource, _name(found)}.isdisjoint(resources)
        )
    ]


def _say_unfit(shown: "Sequence[Finding]") -> None:
    from .reports.asff import fits

    unfit = sum(not fits(found) for found in shown)
    if unfit:
        messages().print(
            f"Left out: {count(unfit, 'finding')} that Security Hub has no place for, about other "
            "clouds or of checks that crashed."
        )


def _say_decided(decided: "Decided", judged: "Sequence[Finding]", file: Path | None) -> None:
    """Says what was muted and answered, and what of the file no longer holds."""
    out = messages()
    muted = sum(found.id in decided.muted for found in judged)
    answered = sum(found.id in decided.answers for found in judged)
    if muted:
        out.print(f"{count(muted, 'finding')} of these muted by {file}.")
    if answered:
        out.print(f"{answered:,} of the MANUAL answered in {file}.")
    for one in decided.expired:
        out.print(f"{file}, line {one.line}: expired on {one.until}, so it does not count.")
    if decided.unused:
        lines = ", ".join(str(one.line) for one in decided.unused[:_SHOWN_CALLS])
        rest = len(decided.unused) - _SHOWN_CALLS
        more = f" and {rest:,} more" if rest > 0 else ""
        out.print(f"{file}: no finding fits what begins on line {lines}{more}.")


def _reaches(
    judged: "Sequence[Finding]",
    statuses: Sequence[str],
    severity: Severity | None,
    decided: "Decided",
) -> bool:
    """Whether a finding that counts as one of these answers is of a severity or worse."""
    from ..checks import Severity as Rank

    return severity is not None and any(
        decided.status_of(found) in statuses and found.severity.rank <= Rank(severity).rank
        for found in judged
    )


def _shown(form: str) -> Sequence[str]:
    return ("ERROR", "FAIL", "MANUAL") if form == "table" else ("ERROR", "FAIL", "MANUAL", "PASS")


def _write(
    findings: "Sequence[Finding]",
    checks: "Iterable[Check]",
    snapshot: "Snapshot",
    form: str,
    stream: TextIO,
    decided: "Decided",
) -> None:
    from ..checks.report import reported
    from .reports import REPORTS, decided_words, write_report

    if form == "table" and stream.isatty() and not (decided.muted or decided.answers):
        print_findings(findings, stream)
        return
    found = reported(findings, checks, snapshot, decided)
    if form == "table" and stream.isatty():
        print_findings(found, stream, {one.id: decided_words(one) for one in found})
    elif form == "table":
        rows = [one.model_dump(mode="json", exclude={"evidence"}) for one in found]
        for row, one in zip(rows, found, strict=True):
            row["decided"] = " ".join(decided_words(one))
        columns = (*_COLUMNS, "decided") if any(row["decided"] for row in rows) else _COLUMNS
        write_table(rows, columns, stream)
    elif form == "csv":
        rows = [one.model_dump(mode="json", exclude={"evidence"}) for one in found]
        write_csv(rows, ("id", *_COLUMNS, *_MORE_COLUMNS), stream)
    elif form in REPORTS:
        write_report(form, found, stream)
    else:
        write_json([one.model_dump(mode="json") for one in found], stream)


def print_findings(
    findings: "Iterable[Finding]",
    stream: TextIO,
    decided: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Prints findings for a person: what is said about each, below it which check says so, of
    what, and what was ``decided`` about it, in words by its id. MANUAL findings of the same words
    are printed once, whatever they are about: what could not be read is the same."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("STATUS", no_wrap=True)
    table.add_column("SEVERITY", no_wrap=True)
    table.add_column("FINDING", overflow="fold", ratio=1)
    alike: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for found in findings:
        about = _words(found) if found.status == "MANUAL" else found.id
        said = tuple(decided.get(found.id, ()))
        alike[found.status, found.account, found.region, about, said].append(found)
    console = console_for(stream)
    firsts = [group[0] for group in alike.values()]
    others = (
        ["STATUS", *(found.status for found in firsts)],
        ["SEVERITY", *(found.severity for found in firsts)],
    )
    room = console.width - sum(2 + max(map(len, column)) for column in others)

    def fitting(line: str) -> str:
        """A line whose names are broken between their parts, if they must be."""
        text = printable(line)
        is_long = console.is_terminal and any(len(word) > room for word in text.split())
        return folded(text, max(room, 1)) if is_long else text

    for group in alike.values():
        first = group[0]
        table.add_row(
            Text(first.status, style=style_of(first.status)),
            Text(first.severity, style=style_of(first.severity)),
            Text.assemble(
                fitting(_said(group)),
                *(("\n" + fitting(line), "dim") for line in _below(group)),
                *(("\n" + fitting(line), "italic") for line in decided.get(first.id, ())),
            ),
        )
    console.print(table)


def _words(found: "Finding") -> str:
    """What a MANUAL finding says without the name of its resource, which it begins with."""
    return found.message.removeprefix(f"{_name(found)}: ")


def _said(alike: "Sequence[Finding]") -> str:
    resources = {found.resource for found in alike}
    first = alike[0]
    return first.message if len(resources) == 1 else f"{len(resources)} resources: {_words(first)}"


def _below(alike: "Sequence[Finding]") -> list[str]:
    """Which checks say so, where, and of what."""
    first = alike[0]
    where = " ".join(part for part in (first.account, first.region) if part)
    resources = {found.resource: _name(found) for found in alike}
    about = _some(list(resources.values()), "resource")
    if len(resources) == 1:
        about = first.resource if first.resource != first.account else ""
    checks = _some(list(dict.fromkeys(found.check for found in alike)), "check")
    return [line for line in (f"{checks}  {where}", about) if line]


def _name(found: "Finding") -> str:
    names = (node.name for node in found.evidence.nodes if node.id == found.resource)
    return next(filter(None, names), found.resource)


def _some(names: Sequence[str], noun: str) -> str:
    rest = len(names) - _SHOWN_NAMES
    shown = ", ".join(names[:_SHOWN_NAMES])
    return f"{shown} and {count(rest, f'more {noun}')}" if rest > 0 else shown


def _summarize(
    report: "Report",
    snapshot: "Snapshot",
    judged: "Sequence[Finding]",
    shown: "Sequence[Finding]",
    scan: str | None,
) -> None:
    from ..checks.report import FailedCalls

    out = messages()
    numbers = Counter(str(found.status) for found in judged)
    words = ", ".join(
        f"{numbers[status]:,} {status}"
        for status in ("ERROR", "FAIL", "MANUAL", "PASS")
        if numbers[status]
    )
    out.print(f"{words or 'No findings'} from {count(len(report.ran), 'check')}.")
    for reason, number in sorted(_why_skipped(report, snapshot.scope).items()):
        out.print(f"{count(number, 'check')} skipped: {reason}.")
    hidden = Counter(str(found.status) for found in judged) - Counter(
        str(found.status) for found in shown
    )
    if hidden:
        words = ", ".join(f"{number:,} {status}" for status, number in sorted(hidden.items()))
        out.print(f"Not listed: {words}.")
    if numbers["MANUAL"]:
        calls: Counter[str] = Counter()
        for (call, _), number in FailedCalls(snapshot).left_open(judged).items():
            calls[call] += number
        most = calls.most_common(_SHOWN_CALLS)
        if most:
            words = ", ".join(f"{call} ({number:,})" for call, number in most)
            out.print(f"Failed calls that leave the most of them open: {words}.")
        out.print(f"What could not be read: clew coverage{scans.spelled(scan)}")


def _why_skipped(report: "Report", scope: "Scope") -> Counter[str]:
    return Counter(
        "their services were left out of the scan"
        if scope.accounts.get(check.provider)
        else f"the scan did not read {check.provider}"
        for check in report.skipped
    )
