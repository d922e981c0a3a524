"""``clew demo``: a bundled estate, from what it is to what is wrong with it."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ..scans.attack_graph import NamedAttackGraph, ScannedAttackGraph
from ..scans.checking import report_on
from ..scans.path_answers import path_row
from ..scans.querying import plain
from . import scans
from .check import print_findings
from .output import console_for, count, opened, text_of, write_json, write_table
from .paths import print_paths

if TYPE_CHECKING:
    from rich.console import Console

    from ..checks import Finding, Report
    from ..graph.attack.model import ExplainedPath
    from ..graph.attack.search import Path
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store
    from ..queries.library import Query

_FORMAT = 1
"""Number of the JSON's format; raised when a key changes its meaning."""
_STATUSES = ("FAIL", "MANUAL", "PASS", "ERROR")
_SHOWN_FINDINGS = 8
_SHOWN_ROWS = 8
_QUERIES: Mapping[str, tuple[str, ...]] = {
    "internet_reachable": ("resource", "protocol", "from_port", "path"),
    "dns_leads_to": ("name", "type", "target", "missing"),
    "roles_trusted_from_outside": ("role", "trusted", "missing"),
}
"""The saved queries that are shown, and which of their columns."""
_COMMANDS = (
    ("clew paths demo", "all attack paths to an administrator"),
    ("clew choke-points demo", "the steps and policies to cut first"),
    (
        "clew can demo greta codebuild:StartBuild",
        "whether a principal is allowed an action, and why",
    ),
    ("clew check demo", "all findings"),
    ("clew check demo -c cloudtrail_bucket_requires_mfa_delete", "one check"),
    ("clew check demo --severity critical -f json", "as JSON"),
    ("clew coverage demo", "failed API calls; dependent checks are MANUAL"),
    ("clew query demo around --param id=arn:aws:s3:::clew-prod-trail", "around one resource"),
    ("clew query --list", "the saved queries"),
    ("clew export demo -f graphml -o estate.graphml", "for Gephi or yEd"),
    ("clew scan aws", "your own account, with read-only calls"),
)


class _Answer(NamedTuple):
    """What a saved query came to."""

    query: "Query"
    columns: Sequence[str]
    """Those that are shown."""
    rows: Sequence[Mapping[str, Any]]


class DemoFormat(StrEnum):
    """The output formats."""

    table = "table"
    json = "json"


def demo(
    format: Annotated[  # noqa: A002
        DemoFormat,
        typer.Option("--format", "-f", help="Output format.", case_sensitive=False),
    ] = DemoFormat.table,
) -> None:
    """Look at a bundled multi-cloud organization. Needs no account and no server."""
    from ..checks import checks
    from ..graph.stores.ladybug import open_embedded

    snapshot = scans.open_scan(scans.DEMO)
    console = console_for(sys.stdout)
    if format is DemoFormat.table:
        _introduce(snapshot, console)
    attack = ScannedAttackGraph(snapshot)
    report = report_on(snapshot, checks().values(), attack)
    named = NamedAttackGraph(attack)
    paths = _best_paths(named)
    with open_embedded(snapshot) as store:
        answers = list(_answers(store, snapshot))
    attack.keep()
    if format is DemoFormat.json:
        with opened(None) as stream:
            write_json(_document(snapshot, report, answers, named, paths), stream)
        return
    _show_findings(report, console)
    _show_queries(answers, console)
    _show_paths(snapshot, named, paths, console)
    console.print("\nNext", style="bold")
    width = max(len(command) for command, _ in _COMMANDS)
    for command, what in _COMMANDS:
        console.print(f"  {command:{width}}  [dim]{what}[/dim]", markup=True, soft_wrap=True)


def _size(snapshot: "Snapshot") -> dict[str, int]:
    return {
        "resources": sum(map(snapshot.node_count, snapshot.labels)),
        "edges": sum(map(snapshot.edge_count, snapshot.pairs)),
        "failed_calls": sum(record.status != "ok" for record in snapshot.coverage),
    }


def _document(
    snapshot: "Snapshot",
    report: "Report",
    answers: "Iterable[_Answer]",
    attack: NamedAttackGraph,
    paths: "Iterable[tuple[Path, ExplainedPath]]",
) -> dict[str, Any]:
    """All that is shown, as JSON; rows, findings and paths as the commands of their own have
    them."""
    from ..checks.report import reported
    from ..graph.attack.coverage import AttackCoverage

    worst = reported(_worst(report.findings), report.ran, snapshot)
    covered = AttackCoverage.of(snapshot)
    return {
        "format": _FORMAT,
        "accounts": snapshot.scope.accounts,
        **_size(snapshot),
        "checks": len(report.ran),
        "findings": _numbers(report),
        "top_findings": [one.model_dump(mode="json") for one in worst],
        "queries": {
            query.id: [{name: plain(value) for name, value in row.items()} for row in rows]
            for query, _, rows in answers
        },
        "paths": [path_row(attack.graph, path, explained).as_json() for path, explained in paths],
        "covers": list(covered.covers),
        "uncovered": list(covered.uncovered),
    }


def _introduce(snapshot: "Snapshot", console: "Console") -> None:
    size = _size(snapshot)
    console.print("A small organization in four clouds", style="bold")
    for provider, accounts in snapshot.scope.accounts.items():
        console.print(f"  {provider}: {', '.join(accounts)}")
    console.print(
        f"It was recorded from the clouds' own APIs: {count(size['resources'], 'resource')} and "
        f"{count(size['edges'], 'edge')} between them. {count(size['failed_calls'], 'call')} "
        "failed; dependent checks are MANUAL, never PASS."
    )


def _show_findings(report: "Report", console: "Console") -> None:
    console.print(f"\nFindings from {count(len(report.ran), 'check')}", style="bold")
    numbers = _numbers(report)
    held = [each for each in _STATUSES if any(counts[each] for counts in numbers.values())]
    rows = [
        {"severity": severity, **{status: counts[status] for status in held}}
        for severity, counts in numbers.items()
    ]
    write_table(rows, ("severity", *held), sys.stdout)
    console.print("\nTop findings", style="bold")
    print_findings(_worst(report.findings), sys.stdout)


def _numbers(report: "Report") -> dict[str, dict[str, int]]:
    """How many findings of each severity have each status."""
    from ..checks import Severity

    numbers = Counter((found.severity, str(found.status)) for found in report.findings)
    return {
        severity.value: {status: numbers[severity, status] for status in _STATUSES}
        for severity in Severity
    }


def _worst(findings: "Sequence[Finding]") -> "list[Finding]":
    """One finding of each of the most severe checks, so that no single one fills the page."""
    worst: dict[str, Finding] = {}
    for found in findings:
        if found.status == "FAIL":
            worst.setdefault(found.check, found)
    return list(worst.values())[:_SHOWN_FINDINGS]


def _answers(store: "Store", snapshot: "Snapshot") -> "Iterator[_Answer]":
    from ..queries import ScanNames
    from ..queries.library import query_named

    names = ScanNames(store, snapshot)
    for name, columns in _QUERIES.items():
        saved = query_named(name)
        assert saved, "the demo asks a saved query that there is not"
        rows = store.query(saved.cypher, dict(saved.values({}, names)))
        yield _Answer(saved, columns, rows)


def _show_queries(answers: "Iterable[_Answer]", console: "Console") -> None:
    for query, columns, rows in answers:
        console.print(f"\n{query.title}", style="bold")
        write_table(_brief(_varied(rows)[:_SHOWN_ROWS], columns), columns, sys.stdout)
        if len(rows) > _SHOWN_ROWS:
            more = f"… and {len(rows) - _SHOWN_ROWS} more: clew query demo {query.id}"
            console.print(more, style="dim")


def _varied(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows about the first resource of each kind, then the others."""
    first: dict[object, int] = {}
    for place, row in enumerate(rows):
        kinds = (getattr(value, "label", None) for value in row.values())
        first.setdefault(next(filter(None, kinds), ""), place)
    return sorted(rows, key=lambda row: all(row is not rows[place] for place in first.values()))


def _best_paths(attack: NamedAttackGraph) -> "list[tuple[Path, ExplainedPath]]":
    """The best path to an administrator from each kind of source: the internet, another external
    principal, and a principal."""
    from ..graph.attack.ranking import ranked
    from ..graph.attack.search import Search, explain_path

    target = attack.target("admin")
    search = Search(attack.graph, target)
    kinds = ("internet", "outside", "any")
    internet, external, inside = (attack.sources([text], target) for text in kinds)
    paths = [
        path
        for sources in (internet, external & ~internet, inside)
        for path in ranked(search, sources, 1).paths
    ]
    paths.sort(key=lambda path: path.rank)
    return [(path, explain_path(attack.graph, path)) for path in paths]


def _show_paths(
    snapshot: "Snapshot",
    attack: NamedAttackGraph,
    paths: "Sequence[tuple[Path, ExplainedPath]]",
    console: "Console",
) -> None:
    from ..graph.attack.coverage import AttackCoverage

    console.print("\nEasiest attack paths to an administrator", style="bold")
    print_paths(attack, paths, sys.stdout)
    covered = AttackCoverage.of(snapshot)
    console.print(
        f"\n(Attack paths cover {', '.join(covered.covers)}; not yet covered: "
        f"{', '.join(covered.uncovered)}.)",
        style="dim",
    )


def _brief(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, str]]:
    return [{column: text_of(plain(row[column])) for column in columns} for row in rows]
