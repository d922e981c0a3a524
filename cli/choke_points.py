"""``clew choke-points``: what to cut first."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..scans.attack_graph import DEFAULT_SOURCES, NamedAttackGraph
from ..scans.choke_point_answers import Unit, able_sources, best_cuts
from .attack_graph import open_attack_graph
from .options import Format, FormatOption, OutputOption, ScanArgument
from .output import count, messages, opened, printable, write_json, write_rows
from .path_coverage import PathCoverage
from .paths import FromOption, ToOption, WithoutOption
from .progress import working

if TYPE_CHECKING:
    from ..scans.documents import CutRow

_COLUMNS = ("cut", "sources_cut_off", "so_far", "left", "by")


def choke_points(
    scan: ScanArgument = None,
    from_: FromOption = None,
    to: ToOption = "admin",
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", min=1, help="Maximum cuts.")
    ] = 10,
    by: Annotated[
        Unit,
        typer.Option(
            help="Cut steps from one node to another, statements of policies, or whole policies. "
            "The last two try each cut on the policies, which takes a while on large scans.",
            case_sensitive=False,
        ),
    ] = Unit.step,
    without: WithoutOption = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """Rank the changes that block the most attack paths."""
    from ..scans.documents import ChokePointAnswer

    sources = from_ or DEFAULT_SOURCES
    with open_attack_graph(scan, without or ()) as (attack, coverage):
        starts = able_sources(attack, attack.target(to), sources)
        able = starts.bit_count()
        with working("Ranking choke points") if by == Unit.step else nullcontext():
            rows = best_cuts(attack, to, sources, starts, number, by)
        if format == Format.json:
            answer = ChokePointAnswer(**coverage.said(attack), choke_points=rows)
            with opened(output) as stream:
                write_json(answer.as_json(), stream)
        else:
            write_rows([_line(row) for row in rows], _COLUMNS, format, output)
        _summarize(rows, able, coverage, attack, sources, to, by)
        coverage.say(attack.unread, scan, is_found=able > 0)


def _line(row: "CutRow") -> dict[str, Any]:
    """A cut as a line of a table."""
    by = [hop.title or hop.type for hop in row.steps] or [row.cut]
    return {
        "cut": row.name,
        "sources_cut_off": row.sources,
        "so_far": f"{row.share:.0%}",
        "left": row.left,
        "by": "; ".join(dict.fromkeys(by)),
    }


def _summarize(
    rows: "Sequence[CutRow]",
    able: int,
    coverage: PathCoverage,
    attack: NamedAttackGraph,
    sources: Sequence[str],
    to: str,
    by: Unit,
) -> None:
    out = messages()
    if not able:
        out.print(printable(coverage.nothing_found(sources, to, attack.unread)))
        return
    left = rows[-1].left if rows else able
    out.print(
        f"{count(able, 'source')} can get to {to}; {left:,} still can after "
        f"{count(len(rows), 'cut')}."
    )
    if by == Unit.step and rows:
        out.print("Which policy statements to cut: --by statement")
