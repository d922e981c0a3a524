"""Answers about choke points, as JSON has them."""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from .attack_graph import DEFAULT_SOURCES, NamedAttackGraph, scanned_attack_graph
from .path_answers import attack_coverage, gap_rows, hop_row

if TYPE_CHECKING:
    from ..graph.attack.search import Target
    from ..graph.snapshot import Snapshot
    from .documents import ChokePointAnswer, CutRow


def choke_points(
    snapshot: "Snapshot",
    to: str = "admin",
    sources: Sequence[str] = DEFAULT_SOURCES,
    without: Sequence[str] = (),
    number: int = 10,
) -> "ChokePointAnswer":
    """The steps of a scan that block the most attack paths if they are cut, the best first.

    :raises UsageError: if a name stands for nothing, or attack paths cover no cloud of it.
    """
    from ..graph.attack.search import Search
    from .documents import PATHS_FORMAT, ChokePointAnswer

    coverage = attack_coverage(snapshot)
    scanned = scanned_attack_graph(snapshot, to)
    attack = NamedAttackGraph(scanned, without)
    target = attack.target(to)
    starts = attack.sources(sources, target) & ~target.possible
    able = (starts & Search(attack.graph, target).any.reaching).bit_count()
    cuts = step_cuts(attack, target, starts, number, able)
    scanned.keep()
    return ChokePointAnswer(
        format=PATHS_FORMAT,
        covers=[*coverage.covers],
        gaps=gap_rows(coverage, attack),
        choke_points=cuts,
    )


def step_cuts(
    attack: NamedAttackGraph, target: "Target", sources: int, number: int, able: int
) -> "list[CutRow]":
    """The steps to cut, of so many sources that have a path."""
    from ..graph.attack.choke_points import choke_point_steps
    from .documents import CutRow

    nodes = attack.graph.nodes
    return [
        CutRow(
            cut=f"{nodes[each.source].id}->{nodes[each.target].id}",
            name=" → ".join(attack.called_along((each.source, each.target))),
            sources=each.cut.bit_count(),
            left=each.left.bit_count(),
            share=share(each.left.bit_count(), able),
            steps=[
                hop_row(step, attack.graph.explain(step, each.source, each.target))
                for step in each.steps
            ],
        )
        for each in islice(choke_point_steps(attack.graph, target, sources), number)
    ]


def share(left: int, able: int) -> float:
    """The part of the sources that is cut off."""
    return round(1 - left / able, 4)
