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
    """The path graph without some steps."""
    grants = graph.steps
    for cut in cuts:
        grants = [left for grant in grants for left in _left(grant, cut)]
    return replace(graph, steps=grants)


def _left(grant: Step, cut: Cut) -> Iterator[Step]:
    """What a cut leaves of a grant."""
    hit = grant.sources & cut.sources
    if (
        not hit
        or not grant.reached.possible & cut.targets
        or cut.technique not in ("", grant.technique or grant.type)
    ):
        yield grant
        return
    if grant.sources != hit:
        yield replace(grant, sources=grant.sources & ~hit)
    reached = grant.reached.within(~cut.targets)
    if reached.possible:
        yield replace(grant, sources=hit, reached=reached)
