"""``clew choke``: what to cut first."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .attack_graph import DEFAULT_STARTS, NamedAttackGraph, open_attack_graph
from .options import Format, FormatOption, OutputOption, ScanArgument
from .output import count, messages, write_rows
from .paths import FromOption, ToOption, WithoutOption, hop_row, statement_row
from .progress import working

if TYPE_CHECKING:
    from ..graph.attack.search import Target
    from ..graph.authorization.model import PolicyStatement

_COLUMNS = ("cut", "starts_cut_off", "so_far", "left", "by")


class Unit(StrEnum):
    """What is cut."""

    step = "step"
    statement = "statement"
    policy = "policy"


def choke(
    scan: ScanArgument = None,
    from_: FromOption = None,
    to: ToOption = "admin",
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", min=1, help="At most so many cuts.")
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
    """Show the cuts that take most starts their last way to admin or data, the best first."""
    from ..graph.attack.search import Search

    attack = open_attack_graph(scan, without or ())
    end = attack.end(to)
    starts = attack.starts(from_ or DEFAULT_STARTS, end)
    starts &= ~end.possible
    having = (starts & Search(attack.graph, end).any.reaching).bit_count()
    if by == Unit.step:
        rows = _steps(attack, end, starts, number)
    else:
        rows = _policies(attack, from_ or DEFAULT_STARTS, to, by, number)
    for row in rows:
        row["share"] = round(1 - row["left"] / having, 4)
    if format == Format.json:
        write_rows(rows, (), format, output)
    else:
        write_rows([_line(row) for row in rows], _COLUMNS, format, output)
    _summarize(rows, having, from_ or DEFAULT_STARTS, to, by)


def _steps(
    attack: NamedAttackGraph, end: "Target", starts: int, number: int
) -> list[dict[str, Any]]:
    """The steps to cut, as JSON has them."""
    from ..graph.attack.choke_points import choke_point_steps

    nodes = attack.graph.nodes
    with working("Weighing steps"):
        found = list(islice(choke_point_steps(attack.graph, end, starts), number))
    return [
        {
            "cut": f"{nodes[each.source].id}->{nodes[each.target].id}",
            "name": " → ".join(attack.called_along((each.source, each.target))),
            "starts": each.cut.bit_count(),
            "left": each.left.bit_count(),
            "steps": [
                hop_row(grant, attack.graph.explain(grant, each.source, each.target))
                for grant in each.grants
            ],
        }
        for each in found
    ]


def _policies(
    attack: NamedAttackGraph, starts: Sequence[str], to: str, by: Unit, number: int
) -> list[dict[str, Any]]:
    """The policies or statements to cut, as JSON has them."""
    from ..graph.attack.aws.what_if import policies, whole_policy
    from ..graph.attack.choke_points import Objective, choke_point_policies

    known = policies(attack.resources)

    def compute(cuts: Sequence[str]) -> Objective:
        left = attack.without(cuts) if cuts else attack
        end = left.end(to)
        return Objective(left.graph, end, left.starts(starts, end))

    def refer(statement: "PolicyStatement") -> str | None:
        if statement.policy not in known:
            return None
        if by == Unit.policy:
            return whole_policy(attack.resources, statement.policy)
        return f"{statement.policy}#{statement.index}"

    return [
        {
            "cut": each.reference,
            "name": f"{known[each.statements[0].policy]}: {_listed(each.statements)}",
            "starts": each.cut,
            "left": each.left,
            "statements": [statement_row(statement) for statement in each.statements],
        }
        for each in islice(choke_point_policies(compute, refer), number)
    ]


def _listed(statements: "Sequence[PolicyStatement]") -> str:
    return ", ".join(
        f"statement {each.index}" + (f" ({each.sid})" if each.sid else "") for each in statements
    )


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A cut as a line of a table."""
    hops = row.get("steps", ())
    by = [hop["title"] or hop["type"] for hop in hops] or [row["cut"]]
    return {
        "cut": row["name"],
        "starts_cut_off": row["starts"],
        "so_far": f"{row['share']:.0%}",
        "left": row["left"],
        "by": "; ".join(dict.fromkeys(by)),
    }


def _summarize(
    rows: Sequence[dict[str, Any]], having: int, starts: Sequence[str], to: str, by: Unit
) -> None:
    out = messages()
    if not having:
        out.print(f"No way leads from {' or '.join(starts)} to {to}.")
        return
    left = rows[-1]["left"] if rows else having
    out.print(
        f"{count(having, 'start')} can get to {to}; {left:,} still can after "
        f"{count(len(rows), 'cut')}."
    )
    if by == Unit.step and rows:
        out.print("Which statements of policies to cut: --by statement")
