"""``clew demo``: a bundled estate, from what it is to what is wrong with it."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import scans
from .check import print_findings
from .output import console_for, count, text_of, write_table
from .paths import print_paths

if TYPE_CHECKING:
    from rich.console import Console

    from ..checks import Finding, Report
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store

_SHOWN_FINDINGS = 8
_SHOWN_ROWS = 5
_QUERIES: Mapping[str, tuple[str, ...]] = {
    "internet_reachable": ("resource", "protocol", "from_port", "path"),
    "dns_leads_to": ("name", "type", "target", "missing"),
    "roles_trusted_from_outside": ("role", "trusted", "missing"),
}
"""The saved queries that are shown, and which of their columns."""
_COMMANDS = (
    ("clew paths demo", "all ways to an administrator"),
    ("clew choke demo", "the steps and policies to cut first"),
    ("clew can demo greta codebuild:StartBuild", "what somebody may do, and why"),
    ("clew check demo", "all findings"),
    ("clew check demo -c cloudtrail_bucket_requires_mfa_delete", "one check"),
    ("clew check demo --severity critical -f json", "for other programs"),
    ("clew coverage demo", "what could not be read, and so is MANUAL"),
    ("clew query demo around --param id=arn:aws:s3:::clew-prod-trail", "around one resource"),
    ("clew query --list", "the saved queries"),
    ("clew export demo -f graphml -o estate.graphml", "for Gephi or yEd"),
    ("clew scan aws", "your own account, with calls that only read"),
)


def demo() -> None:
    """Look at a bundled multi-cloud estate. Needs no account and no server."""
    from ..checks import checks, run
    from ..graph.stores.ladybug import open_embedded

    opened = scans.open_scan(scans.DEMO)
    console = console_for(sys.stdout)
    _introduce(opened, console)
    with open_embedded(opened) as store:
        report = run(checks().values(), store, opened)
        _show_findings(report, console)
        _show_queries(store, opened, console)
    _show_paths(opened, console)
    console.print("\nGo on with", style="bold")
    width = max(len(command) for command, _ in _COMMANDS)
    for command, what in _COMMANDS:
        console.print(f"  {command:{width}}  [dim]{what}[/dim]", markup=True, soft_wrap=True)


def _introduce(opened: "Snapshot", console: "Console") -> None:
    nodes = sum(opened.nodes(label).num_rows for label in opened.labels)
    edges = sum(opened.edges(pair).num_rows for pair in opened.pairs)
    failed = sum(record.status != "ok" for record in opened.coverage)
    console.print("A small organization in four clouds", style="bold")
    for provider, accounts in opened.scope.accounts.items():
        console.print(f"  {provider}: {', '.join(accounts)}")
    console.print(
        f"It was recorded from the clouds' own APIs: {count(nodes, 'resource')} and "
        f"{count(edges, 'edge')} between them. {count(failed, 'call')} could not be made, as in "
        "life; what rests on them is MANUAL, never passed over."
    )


def _show_findings(report: "Report", console: "Console") -> None:
    from ..checks import Severity

    console.print(f"\nWhat is wrong: {count(len(report.ran), 'check')}", style="bold")
    numbers = Counter((found.severity, str(found.status)) for found in report.findings)
    statuses = ("FAIL", "MANUAL", "PASS", "ERROR")
    held = [status for status in statuses if any(numbers[each, status] for each in Severity)]
    rows = [
        {"severity": severity.value, **{status: numbers[severity, status] for status in held}}
        for severity in Severity
    ]
    write_table(rows, ("severity", *held), sys.stdout)
    console.print("\nThe worst of it", style="bold")
    print_findings(_worst(report.findings), sys.stdout)


def _worst(findings: "Sequence[Finding]") -> "list[Finding]":
    """One finding of each of the worst checks, so that no single one fills the page."""
    worst: dict[str, Finding] = {}
    for found in findings:
        if found.status == "FAIL":
            worst.setdefault(found.check, found)
    return list(worst.values())[:_SHOWN_FINDINGS]


def _show_queries(store: "Store", opened: "Snapshot", console: "Console") -> None:
    from ..queries import ScanNames, library

    names = ScanNames(store, opened)
    for name, columns in _QUERIES.items():
        saved = library()[name]
        console.print(f"\n{saved.title}", style="bold")
        rows = store.query(saved.cypher, dict(saved.values({}, names)))
        write_table(_brief(rows[:_SHOWN_ROWS], columns), columns, sys.stdout)
        if len(rows) > _SHOWN_ROWS:
            more = f"… and {len(rows) - _SHOWN_ROWS} more: clew query demo {name}"
            console.print(more, style="dim")


def _show_paths(opened: "Snapshot", console: "Console") -> None:
    """Shows the best way to an administrator from each kind of start: everyone, somebody else
    outside, and a principal."""
    from ..graph.attack.search import Search, explain_path, ranked
    from ..graph.traversal import SnapshotReader, load
    from .attack_graph import NamedAttackGraph

    attack = NamedAttackGraph(load(SnapshotReader(opened)), opened.reads)
    end = attack.end("admin")
    search = Search(attack.graph, end)
    kinds = ("internet", "outside", "any")
    internet, outside, inside = (attack.starts([text], end) for text in kinds)
    ways = [
        way
        for starts in (internet, outside & ~internet, inside)
        for way in ranked(search, starts, 1).ways
    ]
    ways.sort(key=lambda way: way.rank)
    console.print("\nWays to an administrator, the easiest of each kind", style="bold")
    print_paths(attack, [(way, explain_path(attack.graph, way)) for way in ways], sys.stdout)


def _brief(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, str]]:
    from .query import plain

    return [{column: text_of(plain(row[column])) for column in columns} for row in rows]
