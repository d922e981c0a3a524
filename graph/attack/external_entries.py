"""That external principals come in, as steps."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..sets import NONE, exactly
from .engine.technique import ExternalTechnique
from .model import AttackGraph, Hop, Node, Step


class Entry(NamedTuple):
    """That somebody outside comes to act as a principal, or to control a resource."""

    technique: str
    source: Node
    target: str
    """Its id."""
    is_certain: bool = True
    conditions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def add_entries(
    graph: AttackGraph, entries: Iterable[Entry], declared: Mapping[str, ExternalTechnique]
) -> Iterator[Step]:
    """The steps of entries by declared techniques, once what they lead to is numbered. An entry to
    anything else leads nowhere."""
    known: dict[tuple[str, int, int], Entry] = {}
    reached = defaultdict[tuple[str, int], list[tuple[int, bool]]](list)
    for each in entries:
        target = graph.number.get((each.target, ""))
        if target is None:
            continue
        source = graph.add(each.source)
        if (each.technique, source, target) in known:
            continue
        known[each.technique, source, target] = each
        graph.external |= 1 << source
        reached[each.technique, source].append((target, each.is_certain))

    def explain(step: Step, source: int, target: int) -> Hop:
        entry = known[step.technique, source, target]
        return Hop(
            entry.source.id,
            entry.target,
            step.type,
            step.technique,
            (),
            entry.conditions,
            (),
            entry.evidence,
        )

    graph.explainers.update(dict.fromkeys(declared, explain))
    for (technique, source), targets in reached.items():
        found = NONE
        for target, is_certain in targets:
            found |= exactly(1 << target).only_if(is_certain)
        one = declared[technique]
        yield Step(one.edge, technique, 1 << source, found, one.difficulty)
