"""An attack graph as one file, and back.

The file is JSON compressed with zstd. It holds all that paths are found by: nodes, steps,
administrators, data, sources and reasons. How each step is explained is not written: that takes the
policies, so that the graph is built anew from its scan when the first step is to be explained.

A scan that kept this file beside its tables would answer every question about paths without
building the graph. The seam for that is :func:`write` after the derivations of a scan have run, and
:func:`read` where a face now calls :func:`~clew.graph.attack.attack_graph.attack_graph`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..sets import MaySet, members, number_set
from .model import AttackGraph, Changed, Hop, Node, Step

FORMAT = 1
"""Number of the file's format; a file of another is not read."""
_DIGITS = 6
"""Characters that a member takes where a set is written as a list."""


class AttackGraphFileError(ValueError):
    """A file holds no attack graph that can be read, or that of another scan."""


def write(graph: AttackGraph, file: Path) -> None:
    """Writes a graph to a file, which is replaced."""
    import pyarrow as pa

    document = {
        "format": FORMAT,
        "nodes": [list(node) for node in graph.nodes],
        "steps": [_written_step(step) for step in graph.steps],
        "administrators": [_written(each) for each in graph.administrators],
        "data": _written(graph.data),
        "principals": _written(graph.principals),
        "external": _written(graph.external),
        "reasons": list(graph.reasons.items()),
        "changed": [[number, changed.actor] for number, changed in graph.changed.items()],
        "notes": graph.notes,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    with pa.CompressedOutputStream(pa.OSFile(str(file), "wb"), "zstd") as stream:
        stream.write(text.encode())


def read(file: Path, rebuild: Callable[[], AttackGraph]) -> AttackGraph:
    """The graph in a file; ``rebuild`` builds it anew from its scan, and is called only if a step
    is to be explained.

    :raises AttackGraphFileError: if it is no such file, or one of another format.
    """
    import pyarrow as pa

    content = file.read_bytes()
    try:
        with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
            document = json.loads(stream.read())
        if document["format"] != FORMAT:
            raise AttackGraphFileError(f"{file} has format {document['format']}, not {FORMAT}")
        return _read(document, _Explainer(rebuild))
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError) as error:
        if isinstance(error, AttackGraphFileError):
            raise
        raise AttackGraphFileError(f"{file} holds no attack graph") from error


def _read(document: Any, explainer: "_Explainer") -> AttackGraph:
    graph = AttackGraph(
        steps=[_read_step(*each) for each in document["steps"]],
        administrators=MaySet(*map(_set, document["administrators"])),
        data=_set(document["data"]),
        principals=_set(document["principals"]),
        external=_set(document["external"]),
        reasons=dict(document["reasons"]),
        changed={
            number: Changed(actor, explainer.changed) for number, actor in document["changed"]
        },
        notes=document["notes"],
    )
    for node in document["nodes"]:
        graph.add(Node(*node))
    graph.explainers |= dict.fromkeys(
        (step.technique or step.type for step in graph.steps), explainer.step
    )
    explainer.graph = graph
    return graph


class _Explainer:
    """Explains the steps of a graph that was read by those of one that is built anew, in which
    nodes may have other numbers."""

    graph: AttackGraph

    def __init__(self, rebuild: Callable[[], AttackGraph]) -> None:
        self._rebuild = rebuild

    @cached_property
    def _rebuilt(self) -> AttackGraph:
        return self._rebuild()

    def step(self, step: Step, source: int, target: int) -> Hop:
        """Explains a step of a node."""
        there = self._number(source), self._number(target)
        return self._rebuilt.explain(self._part(step, source, target), *there)

    def changed(self, step: Step, actor: int, source: int, target: int) -> Hop:
        """Explains a step that somebody takes by way of a principal it has changed."""
        there = self._number(source), self._number(target)
        explain = self._rebuilt.changed[there[0]].explain
        return explain(self._part(step, source, target), self._number(actor), *there)

    def _part(self, step: Step, source: int, target: int) -> Step:
        """The part of a step that is from one node to another, by the other graph's numbers."""
        bit = 1 << self._number(target)
        reached = MaySet(bit if step.reached.certain >> target & 1 else 0, bit)
        return replace(step, sources=1 << self._number(source), reached=reached)

    def _number(self, number: int) -> int:
        node = self.graph.nodes[number]
        found = self._rebuilt.number.get((node.id, node.state))
        if found is None:
            raise AttackGraphFileError(f"The scan no longer holds {node.id}")
        return found


def _written_step(step: Step) -> list[Any]:
    return [
        step.type,
        step.technique,
        _written(step.sources),
        _written(step.reached.certain),
        _written(step.reached.open),
        step.difficulty,
        sorted(step.permissions),
    ]


def _read_step(
    type_: str,
    technique: str,
    sources: Any,
    certain: Any,
    open_: Any,
    difficulty: int,
    permissions: list[str],
) -> Step:
    surely = _set(certain)
    reached = MaySet(surely, surely | _set(open_))
    return Step(type_, technique, _set(sources), reached, difficulty, frozenset(permissions))


def _written(numbers: int) -> list[int] | str:
    """A set as its members or, if these are many, in hexadecimal."""
    if numbers.bit_count() * _DIGITS * 4 < numbers.bit_length():
        return list(members(numbers))
    return f"{numbers:x}"


def _set(written: Any) -> int:
    return int(written, 16) if isinstance(written, str) else number_set(written)
