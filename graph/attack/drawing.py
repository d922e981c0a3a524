"""Paths as a drawing from left to right, in DOT for Graphviz or in Mermaid for pages.

Nodes that are the same kind of thing and have the same steps from and to the same nodes are drawn
as one. What is only possible is dashed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple, TextIO

from ..export.dot import shown
from ..export.mermaid import escaped
from .model import AttackGraph, Node
from .search import Path

_NAMED = 3
"""So many of the nodes that are drawn as one are named."""


class _Arrow(NamedTuple):
    """A step as it is drawn."""

    source: int
    target: int
    text: str
    """How it is taken, line by line."""
    certain: bool


class _Box(NamedTuple):
    """Nodes that are drawn as one."""

    nodes: tuple[Node, ...]
    is_target: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """What is written in it."""
        names = [node.name + (f" ({node.state})" if node.state else "") for node in self.nodes]
        label = self.nodes[0].label
        if len(names) == 1:
            return names[0], label
        more = [f"… {len(names) - _NAMED:,} more"] if len(names) > _NAMED else []
        return (f"{len(names):,} {label}", *names[:_NAMED], *more)


class _Drawing(NamedTuple):
    boxes: list[_Box]
    arrows: list[_Arrow]
    """Between boxes, by place."""


def write_dot(
    graph: AttackGraph, paths: Iterable[Path], title: Callable[[str], str], stream: TextIO
) -> None:
    """Writes a directed graph for Graphviz; ``title`` gives the name of a technique."""
    drawing = _drawn(graph, paths, title)
    stream.write("digraph paths {\n  rankdir=LR;\n  node [shape=box];\n")
    for place, box in enumerate(drawing.boxes):
        marked = ", peripheries=2" if box.is_target else ""
        ids = "\n".join(node.id for node in box.nodes)
        text = shown("\n".join(box.lines))
        stream.write(f"  n{place} [label={text}, tooltip={shown(ids)}{marked}];\n")
    for arrow in drawing.arrows:
        style = "" if arrow.certain else ", style=dashed"
        stream.write(f"  n{arrow.source} -> n{arrow.target} [label={shown(arrow.text)}{style}];\n")
    stream.write("}\n")


def write_mermaid(
    graph: AttackGraph, paths: Iterable[Path], title: Callable[[str], str], stream: TextIO
) -> None:
    """Writes a flowchart; ``title`` gives the name of a technique."""
    drawing = _drawn(graph, paths, title)
    stream.write("flowchart LR\n")
    for place, box in enumerate(drawing.boxes):
        text = "<br/>".join(escaped(line) for line in box.lines)
        start, end = ("[[", "]]") if box.is_target else ("[", "]")
        stream.write(f'  n{place}{start}"{text}"{end}\n')
    for arrow in drawing.arrows:
        text = "<br/>".join(escaped(line) for line in arrow.text.splitlines())
        line = "-->" if arrow.certain else "-.->"
        stream.write(f'  n{arrow.source} {line}|"{text}"| n{arrow.target}\n')


def _drawn(graph: AttackGraph, paths: Iterable[Path], title: Callable[[str], str]) -> _Drawing:
    found: dict[tuple[int, int], dict[str, bool]] = defaultdict(dict)
    nodes: dict[int, None] = {}
    targets = set()
    for path in paths:
        nodes |= dict.fromkeys(path.nodes)
        targets.add(path.nodes[-1])
        for step, source, target in zip(path.steps, path.nodes, path.nodes[1:], strict=False):
            text = title(step.technique) if step.technique else step.type
            known = found[source, target]
            known[text] = known.get(text, False) or bool(step.reached.certain >> target & 1)
    arrows = [
        _Arrow(source, target, "\n".join(sorted(texts)), any(texts.values()))
        for (source, target), texts in found.items()
    ]
    around: dict[int, set[_Arrow]] = defaultdict(set)
    for arrow in arrows:
        around[arrow.source].add(arrow._replace(source=-1))
        around[arrow.target].add(arrow._replace(target=-1))
    alike: dict[object, list[int]] = defaultdict(list)
    for number in nodes:
        node = graph.nodes[number]
        likeness = node.label, node.account, number in targets, frozenset(around[number])
        alike[likeness].append(number)
    place = {number: box for box, group in enumerate(alike.values()) for number in group}
    boxes = [
        _Box(tuple(graph.nodes[number] for number in group), group[0] in targets)
        for group in alike.values()
    ]
    placed = {
        arrow._replace(source=place[arrow.source], target=place[arrow.target]): None
        for arrow in arrows
    }
    return _Drawing(boxes, list(placed))
