"""What would be left if a step were cut."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from .model import AttackGraph, Step


class Cut(NamedTuple):
    """Steps that are taken away: those from some nodes to some nodes."""

    sources: int
    targets: int
    technique: str = ""
    """By this technique only; empty: by any. A step without a technique goes by its type."""


def without(graph: AttackGraph, cuts: list[Cut]) -> AttackGraph:
    """The attack graph without some steps."""
    steps = graph.steps
    for cut in cuts:
        steps = [left for step in steps for left in _left(step, cut)]
    return replace(graph, steps=steps)


def _left(step: Step, cut: Cut) -> Iterator[Step]:
    """What a cut leaves of a step."""
    hit = step.sources & cut.sources
    if (
        not hit
        or not step.reached.possible & cut.targets
        or cut.technique not in ("", step.technique or step.type)
    ):
        yield step
        return
    if step.sources != hit:
        yield replace(step, sources=step.sources & ~hit)
    reached = step.reached.within(~cut.targets)
    if reached.possible:
        yield replace(step, sources=hit, reached=reached)
