"""``clew paths``: the paths an attacker can take."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ..scans.attack_graph import DEFAULT_SOURCES, NamedAttackGraph
from ..scans.path_answers import path_row, title_of
from .attack_graph import open_attack_graph
from .options import OutputOption, ScanArgument
from .output import console_for, count, messages, opened, printable, write_json
from .path_coverage import PathCoverage
from .progress import working

if TYPE_CHECKING:
    from rich.text import Text

    from ..graph.attack.model import ExplainedPath, Hop
    from ..graph.attack.ranking import RankedPaths
    from ..graph.attack.search import Path

_STEPS = {
    "ADMINISTERS": "administers",
    "CAN_ACCESS": "can read",
    "CAN_ASSUME": "assumes",
    "CAN_ESCALATE_TO": "takes over",
    "CAN_REACH": "reaches over the network",
    "RUNS_AS": "runs as",
}


class PathFormat(StrEnum):
    """The output formats."""

    table = "table"
    json = "json"
    dot = "dot"
    mermaid = "mermaid"


FromOption = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="SOURCE",
        help="`internet`, `outside` (every external principal), `any` (every principal that is not "
        "an administrator), or the ARN or unique name of a resource. Repeatable. "
        "Default: any and outside.",
        show_default=False,
    ),
]
ToOption = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="TARGET",
        help="`admin`, `data`, the ARN or unique name of a resource, a label, or tag:KEY=VALUE.",
    ),
]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="CUT",
        help="What if this were gone? A step FROM->TO (one technique: FROM->TO#TECHNIQUE), a "
        "policy's ARN or unique name, one statement of it (POLICY#SID or POLICY#NUMBER), a role's "
        "trust policy (ROLE#trust), a resource's policy (RESOURCE#policy). Repeatable.",
        show_default=False,
    ),
]


def paths(
    scan: ScanArgument = None,
    from_: FromOption = None,
    to: ToOption = "admin",
    most: Annotated[
        int,
        typer.Option(
            "--max",
            metavar="N",
            min=0,
            help="Maximum paths (0 = up to 100 per source, 10,000 in all); every source's best "
            "path comes first.",
        ),
    ] = 1000,
    without: WithoutOption = None,
    format: Annotated[  # noqa: A002
        PathFormat,
        typer.Option("--format", "-f", help="Output format.", case_sensitive=False),
    ] = PathFormat.table,
    output: OutputOption = None,
) -> None:
    """Show attack paths from a source to admin or data, easiest first."""
    from ..graph.attack.drawing import write_dot, write_mermaid
    from ..graph.attack.ranking import ranked
    from ..graph.attack.search import Search, explain_path
    from ..scans.documents import PathAnswer

    with open_attack_graph(scan, without or (), to) as (attack, coverage):
        target = attack.target(to)
        sources = attack.sources(from_ or DEFAULT_SOURCES, target)
        with working("Finding paths"):
            found = ranked(Search(attack.graph, target), sources, most)
        with opened(output) as stream:
            if format in (PathFormat.dot, PathFormat.mermaid):
                write = write_dot if format == PathFormat.dot else write_mermaid
                write(attack.graph, found.paths, title_of, stream)
            else:
                with working("Explaining paths"):
                    explained = [(path, explain_path(attack.graph, path)) for path in found.paths]
                if format == PathFormat.json:
                    answer = PathAnswer(
                        **coverage.said(attack),
                        paths=[path_row(attack.graph, *each) for each in explained],
                        more=found.more,
                    )
                    write_json(answer.as_json(), stream)
                else:
                    print_paths(attack, explained, stream)
        _summarize(found, attack, coverage, from_ or DEFAULT_SOURCES, to, most)
        coverage.say(attack.unread, scan, is_found=bool(found.paths))


def print_paths(
    attack: NamedAttackGraph, paths: "Sequence[tuple[Path, ExplainedPath]]", stream: TextIO
) -> None:
    """Prints a block for each path: from where to where, then a step a line."""
    from rich.padding import Padding

    console = console_for(stream)
    for number, (path, explained) in enumerate(paths, 1):
        if number > 1:
            console.print()
        for indent, line in _block(attack, number, path, explained):
            if console.is_terminal:
                console.print(Padding(line, (0, 0, 0, indent)))
            else:
                stream.write(" " * indent + line.plain + "\n")


def _block(
    attack: NamedAttackGraph, number: int, path: "Path", explained: "ExplainedPath"
) -> "Iterator[tuple[int, Text]]":
    """The lines of a path, each with how far it is moved in."""
    from rich.text import Text

    from ..graph.authorization.aws.arns import policy_called

    names = [printable(name) for name in attack.called_along(path.nodes)]
    certainty = ("conditional", "yellow") if explained.conditional else ("certain", "bold red")
    ends = f"{names[0]} → {names[-1]}" if explained.hops else f"{names[0]} is there already"
    yield (
        0,
        Text.assemble(
            (f"{number}. {ends}", "bold"), f"  (difficulty {explained.difficulty}, ", certainty, ")"
        ),
    )
    for hop, before, after in zip(explained.hops, names, names[1:], strict=False):
        yield 3, Text(f"{before} {_step(hop)} {after}")
        if hop.technique:
            yield 5, Text(f"{printable(title_of(hop.technique))} ({hop.technique})")
        if hop.permissions:
            yield 5, Text(printable(", ".join(hop.permissions)), style="dim")
        if hop.statements:
            places = (f"{policy_called(one.policy)}#{one.called}" for one in hop.statements)
            yield 5, Text(f"by {printable(', '.join(places))}", style="dim")
        for condition in hop.conditions:
            yield 5, Text(f"if {printable(condition)}", style="yellow")
    if explained.target_reason:
        yield 3, Text(f"{names[-1]}: {printable(explained.target_reason)}", style="dim")


def _step(hop: "Hop") -> str:
    return "becomes" if hop.technique and hop.source == hop.target else _STEPS[hop.type]


def _summarize(
    found: "RankedPaths",
    attack: NamedAttackGraph,
    coverage: PathCoverage,
    sources: Sequence[str],
    to: str,
    most: int,
) -> None:
    from ..graph.attack.ranking import BOUNDS

    out = messages()
    if not found.paths:
        out.print(printable(coverage.nothing_found(sources, to, attack.unread)))
        return
    only_if = sum(path.conditional for path in found.paths)
    out.print(
        f"{count(len(found.paths), 'path')} from {count(found.shown, 'source')}"
        + (f", {only_if:,} of them only if conditions hold." if only_if else ".")
    )
    if not found.more:
        return
    others = found.sources - found.shown
    also = f", also from {count(others, 'other source')}" if others else ""
    if most:
        out.print(f"… and more{also}: --max 0 shows more.")
        return
    if found.cut:
        out.print(
            f"{count(found.cut, 'source')} had more than {BOUNDS.per_source:,} paths: only their "
            "best are shown."
        )
    else:
        out.print(f"… and more{also}: no more than {BOUNDS.total:,} paths are shown.")
