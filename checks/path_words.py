"""Attack paths in the words of a finding."""

from typing import NamedTuple

from ..graph.attack.model import AttackGraph
from ..graph.attack.search import Path, explain_path


class PathWords(NamedTuple):
    """A path as a finding tells of it."""

    text: str
    conditions: tuple[str, ...]
    """What it depends on."""
    involved: tuple[str, ...]
    """The ids of all that it leads over and rests on."""


def path_words(graph: AttackGraph, path: Path) -> PathWords:
    """A path as a finding tells of it."""
    hops = explain_path(graph, path).hops
    names = [graph.nodes[number].name for number in path.nodes]
    text = "; ".join(
        f"{before} → {after} ({hop.technique or hop.type.lower()})"
        for before, after, hop in zip(names, names[1:], hops, strict=False)
    )
    conditions = dict.fromkeys(each for hop in hops for each in hop.conditions)
    involved = (each for hop in hops for each in (hop.source, hop.target, *hop.evidence))
    return PathWords(text, tuple(conditions), tuple(dict.fromkeys(involved)))
