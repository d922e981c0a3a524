"""``clew demo``: a bundled estate, from what it is to what is wrong with it."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..scans.attack_graph import NamedAttackGraph, ScannedAttackGraph
from ..scans.checking import report_on
from ..scans.querying import plain
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


def demo() -> None:
    """Look at a bundled multi-cloud organization. Needs no account and no server."""
    from ..checks import checks
    from ..graph.stores.ladybug import open_embedded

    opened = scans.open_scan(scans.DEMO)
    attack = ScannedAttackGraph(opened)
    console = console_for(sys.stdout)
    _introduce(opened, console)
    _show_findings(report_on(opened, checks().values(), attack), console)
    with open_embedded(opened) as store:
        _show_queries(store, opened, console)
    _show_paths(opened, NamedAttackGraph(attack), console)
    attack.keep()
    console.print("\nNext", style="bold")
    width = max(len(command) for command, _ in _COMMANDS)
    for command, what in _COMMANDS:
        console.print(f"  {command:{width}}  [dim]{what}[/dim]", markup=True, soft_wrap=True)


def _introduce(opened: "Snapshot", console: "Console") -> None:
    nodes = sum(map(opened.node_count, opened.labels))
    edges = sum(map(opened.edge_count, opened.pairs))
    failed = sum(record.status != "ok" for record in opened.coverage)
    console.print("A small organization in four clouds", style="bold")
    for provider, accounts in opened.scope.accounts.items():
        console.print(f"  {provider}: {', '.join(accounts)}")
    console.print(
        f"It was recorded from the clouds' own APIs: {count(nodes, 'resource')} and "
        f"{count(edges, 'edge')} between them. {count(failed, 'call')} failed; dependent checks "
        "are MANUAL, never PASS."
    )


def _show_findings(report: "Report", console: "Console") -> None:
    from ..checks import Severity

    console.print(f"\nFindings from {count(len(report.ran), 'check')}", style="bold")
    numbers = Counter((found.severity, str(found.status)) for found in report.findings)
    statuses = ("FAIL", "MANUAL", "PASS", "ERROR")
    held = [status for status in statuses if any(numbers[each, status] for each in Severity)]
    rows = [
        {"severity": severity.value, **{status: numbers[severity, status] for status in held}}
        for severity in Severity
    ]
    write_table(rows, ("severity", *held), sys.stdout)
    console.print("\nTop findings", style="bold")
    print_findings(_worst(report.findings), sys.stdout)


def _worst(findings: "Sequence[Finding]") -> "list[Finding]":
    """One finding of each of the most severe checks, so that no single one fills the page."""
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
        write_table(_brief(_varied(rows)[:_SHOWN_ROWS], columns), columns, sys.stdout)
        if len(rows) > _SHOWN_ROWS:
            more = f"… and {len(rows) - _SHOWN_ROWS} more: clew query demo {name}"
            console.print(more, style="dim")


def _varied(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows about the first resource of each kind, then the others."""
    first: dict[object, int] = {}
    for place, row in enumerate(rows):
        kinds = (getattr(value, "label", None) for value in row.values())
        first.setdefault(next(filter(None, kinds), ""), place)
    return sorted(rows, key=lambda row: all(row is not rows[place] for place in first.values()))


def _show_paths(opened: "Snapshot", attack: NamedAttackGraph, console: "Console") -> None:
    """Shows the best path to an administrator from each kind of source: the internet, another
    external principal, and a principal."""
    from ..graph.attack.coverage import AttackCoverage
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
    console.print("\nEasiest attack paths to an administrator", style="bold")
    print_paths(attack, [(path, explain_path(attack.graph, path)) for path in paths], sys.stdout)
    covered = AttackCoverage.of(opened)
    console.print(
        f"\n(Attack paths cover {', '.join(covered.covers)}; not yet covered: "
        f"{', '.join(covered.uncovered)}.)",
        style="dim",
    )


def _brief(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, str]]:
    return [{column: text_of(plain(row[column])) for column in columns} for row in rows]
