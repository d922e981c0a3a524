"""``clew paths``: the ways an attacker can take."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from .attack_graph import DEFAULT_STARTS, NamedAttackGraph, open_attack_graph
from .options import OutputOption, ScanArgument
from .output import console_for, count, messages, opened, printable, write_json
from .progress import working

if TYPE_CHECKING:
    from rich.text import Text

    from ..graph.attack.model import ExplainedPath, Hop, Statement, Step
    from ..graph.attack.search import Path, RankedPaths

_STEPS = {
    "ADMINISTERS": "administers",
    "CAN_ACCESS": "can read",
    "CAN_ASSUME": "assumes",
    "CAN_ESCALATE_TO": "takes over",
    "CAN_REACH": "reaches over the network",
    "RUNS_AS": "runs as",
}


class PathFormat(StrEnum):
    """How paths are written."""

    table = "table"
    json = "json"
    dot = "dot"
    mermaid = "mermaid"


FromOption = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="START",
        help="`internet`, `outside` (all that is not in the scan), `any` (every principal that is "
        "not admin), or the ARN or unique name of something. Repeatable. "
        "Default: any and outside.",
        show_default=False,
    ),
]
ToOption = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="END",
        help="`admin`, `data`, the ARN or unique name of something, a label, or tag:KEY=VALUE.",
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
            help="At most this many paths, the best of each start before the second best of any; "
            "0 for all.",
        ),
    ] = 1000,
    without: WithoutOption = None,
    format: Annotated[  # noqa: A002
        PathFormat,
        typer.Option("--format", "-f", help="How to write it.", case_sensitive=False),
    ] = PathFormat.table,
    output: OutputOption = None,
) -> None:
    """Show how an attacker gets from a start to admin or to data, the easiest way first."""
    from ..graph.attack.drawing import write_dot, write_mermaid
    from ..graph.attack.search import Search, explain_path, ranked

    attack = open_attack_graph(scan, without or ())
    end = attack.end(to)
    starts = attack.starts(from_ or DEFAULT_STARTS, end)
    with working("Finding paths"):
        found = ranked(Search(attack.graph, end), starts, most)
    with opened(output) as stream:
        if format in (PathFormat.dot, PathFormat.mermaid):
            write = write_dot if format == PathFormat.dot else write_mermaid
            write(attack.graph, found.ways, title_of, stream)
        else:
            with working("Explaining them"):
                told = [(way, explain_path(attack.graph, way)) for way in found.ways]
            if format == PathFormat.json:
                write_json([_row(attack, way, path) for way, path in told], stream)
            else:
                print_paths(attack, told, stream)
    _summarize(found, from_ or DEFAULT_STARTS, to)


def title_of(technique: str) -> str:
    """What a technique is called; its id, if nothing is known of it."""
    from ..graph.attack.provider import known_techniques

    known = known_techniques().get(technique)
    return known.title if known else technique


def public_ids_of(technique: str) -> list[str]:
    """What public catalogues call a technique."""
    from ..graph.attack.provider import known_techniques

    return list(getattr(known_techniques().get(technique), "public_ids", ()))


def hop_row(grant: "Step", hop: "Hop") -> dict[str, Any]:
    """A step as it is written in JSON."""
    return {
        "from": hop.source,
        "to": hop.target,
        "type": hop.type,
        "technique": hop.technique or None,
        "title": title_of(hop.technique) if hop.technique else None,
        "public_ids": public_ids_of(hop.technique),
        "difficulty": grant.difficulty,
        "permissions": list(hop.permissions),
        "conditions": list(hop.conditions),
        "statements": [statement_row(each) for each in hop.statements],
        "evidence": list(hop.evidence),
    }


def statement_row(statement: "Statement") -> dict[str, Any]:
    """A statement of a policy as it is written in JSON."""
    return {
        "policy": statement.policy,
        "index": statement.index,
        "sid": statement.sid,
        "effect": statement.effect,
    }


def _row(attack: NamedAttackGraph, way: "Path", path: "ExplainedPath") -> dict[str, Any]:
    states = [attack.graph.nodes[number].state for number in way.nodes]
    return {
        "source": path.source,
        "target": path.target,
        "target_reason": path.target_reason,
        "difficulty": path.difficulty,
        "conditional": path.conditional,
        "hops": [
            hop_row(grant, hop) | {"from_state": before, "to_state": after}
            for grant, hop, before, after in zip(
                way.grants, path.hops, states, states[1:], strict=False
            )
        ],
    }


def print_paths(
    attack: NamedAttackGraph, told: "Sequence[tuple[Path, ExplainedPath]]", stream: TextIO
) -> None:
    """Prints a block for each path: from where to where, then a step a line."""
    from rich.padding import Padding

    console = console_for(stream)
    for number, (way, path) in enumerate(told, 1):
        if number > 1:
            console.print()
        for indent, line in _block(attack, number, way, path):
            if console.is_terminal:
                console.print(Padding(line, (0, 0, 0, indent)))
            else:
                stream.write(" " * indent + line.plain + "\n")


def _block(
    attack: NamedAttackGraph, number: int, way: "Path", path: "ExplainedPath"
) -> "Iterator[tuple[int, Text]]":
    """The lines of a path, each with how far it is moved in."""
    from rich.text import Text

    names = [printable(name) for name in attack.called_along(way.nodes)]
    certainty = ("conditional", "yellow") if path.conditional else ("certain", "bold red")
    ends = f"{names[0]} → {names[-1]}" if path.hops else f"{names[0]} is there already"
    yield (
        0,
        Text.assemble(
            (f"{number}. {ends}", "bold"), f"  (difficulty {path.difficulty}, ", certainty, ")"
        ),
    )
    for hop, before, after in zip(path.hops, names, names[1:], strict=False):
        yield 3, Text(f"{before} {_step(hop)} {after}")
        if hop.technique:
            yield 5, Text(f"{printable(title_of(hop.technique))} ({hop.technique})")
        if hop.permissions:
            yield 5, Text(printable(", ".join(hop.permissions)), style="dim")
        if hop.statements:
            places = (f"{one.policy.rpartition('/')[2]}#{one.index}" for one in hop.statements)
            yield 5, Text(f"by {printable(', '.join(places))}", style="dim")
        for condition in hop.conditions:
            yield 5, Text(f"if {printable(condition)}", style="yellow")
    if path.target_reason:
        yield 3, Text(f"{names[-1]}: {printable(path.target_reason)}", style="dim")


def _step(hop: "Hop") -> str:
    return "becomes" if hop.technique and hop.source == hop.target else _STEPS[hop.type]


def _summarize(found: "RankedPaths", starts: Sequence[str], to: str) -> None:
    out = messages()
    if not found.ways:
        out.print(f"No way leads from {' or '.join(starts)} to {to}.")
        return
    only_if = sum(way.conditional for way in found.ways)
    out.print(
        f"{count(len(found.ways), 'path')} from {count(found.shown, 'start')}"
        + (f", {only_if:,} of them only if conditions hold." if only_if else ".")
    )
    if found.more:
        others = found.starts - found.shown
        also = f", also from {count(others, 'other start')}" if others else ""
        out.print(f"… and more{also}: --max 0 shows all.")
