"""Answers about choke points, as JSON has them."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from .attack_graph import DEFAULT_SOURCES, NamedAttackGraph, scanned_attack_graph
from .path_answers import attack_coverage, gap_rows, hop_row, statement_rows

if TYPE_CHECKING:
    from ..graph.attack.search import Target
    from ..graph.authorization.model import PolicyStatement
    from ..graph.snapshot import Snapshot
    from .documents import ChokePointAnswer, CutRow


class Unit(StrEnum):
    """What is cut."""

    step = "step"
    statement = "statement"
    policy = "policy"


def choke_points(
    snapshot: "Snapshot",
    to: str = "admin",
    sources: Sequence[str] = DEFAULT_SOURCES,
    without: Sequence[str] = (),
    number: int = 10,
    by: Unit = Unit.step,
) -> "ChokePointAnswer":
    """The changes to a scan that block the most attack paths, the best first.

    :raises UsageError: if a name stands for nothing, or attack paths cover no cloud of it.
    """
    from .documents import PATHS_FORMAT, ChokePointAnswer

    coverage = attack_coverage(snapshot)
    scanned = scanned_attack_graph(snapshot, to)
    attack = NamedAttackGraph(scanned, without)
    target = attack.target(to)
    able = able_sources(attack, target, sources)
    cuts = best_cuts(attack, to, sources, able, number, by)
    scanned.keep()
    return ChokePointAnswer(
        format=PATHS_FORMAT,
        covers=[*coverage.covers],
        gaps=gap_rows(coverage, attack),
        choke_points=cuts,
    )


def able_sources(attack: NamedAttackGraph, target: "Target", sources: Sequence[str]) -> int:
    """The sources that have a path, less those that are a target already."""
    from ..graph.attack.search import Search

    starts = attack.sources(sources, target) & ~target.possible
    return starts & Search(attack.graph, target).any.reaching


def best_cuts(
    attack: NamedAttackGraph, to: str, sources: Sequence[str], able: int, number: int, by: Unit
) -> "list[CutRow]":
    """What to cut first, of the sources that have a path."""
    if by == Unit.step:
        return _steps(attack, attack.target(to), able, number)
    return _policies(attack, to, sources, able, number, by)


def _steps(attack: NamedAttackGraph, target: "Target", able: int, number: int) -> "list[CutRow]":
    from ..graph.attack.choke_points import choke_point_steps
    from .documents import CutRow

    nodes = attack.graph.nodes
    return [
        CutRow(
            cut=f"{nodes[each.source].id}->{nodes[each.target].id}",
            name=" → ".join(attack.called_along((each.source, each.target))),
            sources=each.cut.bit_count(),
            left=each.left.bit_count(),
            share=_share(each.left.bit_count(), able),
            steps=[
                hop_row(step, attack.graph.explain(step, each.source, each.target))
                for step in each.steps
            ],
        )
        for each in islice(choke_point_steps(attack.graph, target, able), number)
    ]


def _policies(
    attack: NamedAttackGraph, to: str, sources: Sequence[str], able: int, number: int, by: Unit
) -> "list[CutRow]":
    from ..graph.attack.aws.what_if import policies, whole_policy
    from ..graph.attack.choke_points import Objective, choke_point_policies
    from ..graph.authorization.aws.arns import policy_called
    from .documents import CutRow

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
            share=_share(each.left, able),
            statements=statement_rows(each.statements),
        )
        for each in islice(choke_point_policies(compute, refer), number)
    ]


def _listed(statements: "Sequence[PolicyStatement]") -> str:
    return ", ".join(
        f"statement {each.index + 1}" + (f" ({each.sid})" if each.sid else "")
        for each in statements
    )


def _share(left: int, able: int) -> float:
    """The part of the sources that is cut off."""
    return round(1 - left / able.bit_count(), 4)
