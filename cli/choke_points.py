"""``clew choke-points``: what to cut first."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..scans.attack_graph import DEFAULT_SOURCES, NamedAttackGraph
from ..scans.choke_point_answers import share, step_cuts
from ..scans.path_answers import statement_rows
from .attack_graph import open_attack_graph
from .options import Format, FormatOption, OutputOption, ScanArgument
from .output import count, messages, opened, printable, write_json, write_rows
from .path_coverage import PathCoverage
from .paths import FromOption, ToOption, WithoutOption
from .progress import working

if TYPE_CHECKING:
    from ..graph.authorization.model import PolicyStatement
    from ..scans.documents import CutRow

_COLUMNS = ("cut", "sources_cut_off", "so_far", "left", "by")


class Unit(StrEnum):
    """What is cut."""

    step = "step"
    statement = "statement"
    policy = "policy"


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
    from ..graph.attack.search import Search
    from ..scans.documents import ChokePointAnswer

    with open_attack_graph(scan, without or ()) as (attack, coverage):
        target = attack.target(to)
        sources = attack.sources(from_ or DEFAULT_SOURCES, target)
        sources &= ~target.possible
        able = (sources & Search(attack.graph, target).any.reaching).bit_count()
        if by == Unit.step:
            with working("Ranking choke points"):
                rows = step_cuts(attack, target, sources, number, able)
        else:
            rows = _policies(attack, from_ or DEFAULT_SOURCES, to, by, number, able)
        if format == Format.json:
            answer = ChokePointAnswer(**coverage.said(attack), choke_points=rows)
            with opened(output) as stream:
                write_json(answer.as_json(), stream)
        else:
            write_rows([_line(row) for row in rows], _COLUMNS, format, output)
        _summarize(rows, able, coverage, attack, from_ or DEFAULT_SOURCES, to, by)
        coverage.say(attack.unread, scan, is_found=able > 0)


def _policies(
    attack: NamedAttackGraph, sources: Sequence[str], to: str, by: Unit, number: int, able: int
) -> "list[CutRow]":
    """The policies or statements to cut, of so many sources that have a path."""
    from ..graph.attack.aws.what_if import policies, whole_policy
    from ..graph.attack.choke_points import Objective, choke_point_policies
    from ..graph.authorization.aws.arns import policy_called
    from ..scans.documents import CutRow

    known = policies(attack.resources)

    def compute(cuts: Sequence[str]) -> Objective:
        left = attack.without(cuts) if cuts else attack
        target = left.target(to)
        return Objective(left.graph, target, left.sources(sources, target))

    def refer(statement: "PolicyStatement") -> str | None:
        if statement.policy not in known:
            return None
        if by == Unit.policy:
            return whole_policy(attack.resources, statement.policy)
        return statement.reference

    return [
        CutRow(
            cut=each.reference,
            name=f"{policy_called(each.statements[0].policy)}: {_listed(each.statements)}",
            sources=each.cut,
            left=each.left,
            share=share(each.left, able),
            statements=statement_rows(each.statements),
        )
        for each in islice(choke_point_policies(compute, refer), number)
    ]


def _listed(statements: "Sequence[PolicyStatement]") -> str:
    return ", ".join(
        f"statement {each.index + 1}" + (f" ({each.sid})" if each.sid else "")
        for each in statements
    )


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
