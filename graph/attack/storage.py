"""An attack graph as one file, and back; and how steps of it were explained, as another.

The first holds all that paths are found by: nodes, steps, administrators, data, sources, reasons
and what was not read. How each step is explained is not in it, since that takes the policies of the
whole scan: a step is explained once, by the graph that is built anew for it, and the second file
keeps what came out. Both are compressed JSON, after a digest of it.
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..model import Gap
from ..sets import MaySet, members, number_set
from .model import AttackGraph, Changed, Hop, Node, Statement, Step

FORMAT = 4
"""Number of the files' format; a file of another is not read."""
_DIGITS = 6
"""Characters that a member takes where a set is written as a list."""
_DIGEST = sha256().digest_size

Explained = tuple[str, str, int, frozenset[str], int, int, bool, int]
"""What decides on how a hop is explained: the step's type, technique, difficulty and permissions,
its source and target, whether it leads there for certain, and who takes it."""
_ITSELF = -1
"""Who takes a step that no changed principal stands in: its source."""


class AttackGraphFileError(ValueError):
    """A file is damaged, of another format, or that of another scan."""


def write(graph: AttackGraph, file: Path) -> None:
    """Writes a graph to a file, which is replaced."""
    _write(
        file,
        {
            "nodes": [list(node) for node in graph.nodes],
            "steps": [_written_step(step) for step in graph.steps],
            "administrators": [_written(each) for each in graph.administrators],
            "unsettled": _written(graph.unsettled),
            "data": _written(graph.data),
            "principals": _written(graph.principals),
            "external": _written(graph.external),
            "limited": _written(graph.limited),
            "reasons": list(graph.reasons.items()),
            "changed": [[number, changed.actor] for number, changed in graph.changed.items()],
            "notes": graph.notes,
            "gaps": [gap._asdict() for gap in graph.gaps],
        },
    )


def read(file: Path, explanations: "Explanations") -> AttackGraph:
    """The graph in a file, whose steps are explained by ``explanations``.

    :raises AttackGraphFileError: if it is no such file, or one of another format.
    :raises OSError: if it cannot be read.
    """
    digest, document = _read(file)
    try:
        graph = AttackGraph(
            steps=[_read_step(*each) for each in document["steps"]],
            administrators=MaySet(*map(_set, document["administrators"])),
            unsettled=_set(document["unsettled"]),
            data=_set(document["data"]),
            principals=_set(document["principals"]),
            external=_set(document["external"]),
            limited=_set(document["limited"]),
            reasons=dict(document["reasons"]),
            changed={
                number: Changed(actor, explanations.changed)
                for number, actor in document["changed"]
            },
            notes=document["notes"],
            gaps=[Gap.of(each) for each in document["gaps"]],
        )
        for node in document["nodes"]:
            graph.add(Node(*node))
    except (ValueError, TypeError, LookupError) as error:
        raise AttackGraphFileError(f"{file} holds no attack graph") from error
    graph.explainers |= dict.fromkeys(
        (step.technique or step.type for step in graph.steps), explanations.step
    )
    explanations.graph, explanations.graph_digest = graph, digest
    return graph


class Explanations:
    """How steps of a graph that was read are explained: as before, else by a graph that is built
    anew, in which nodes may have other numbers.

    ``rebuild`` builds it from its scan, and is called only if a step was not explained before.
    """

    graph: AttackGraph
    graph_digest: str
    """That of the graph's file, by whose numbers nodes go."""

    def __init__(self, rebuild: Callable[[], AttackGraph]) -> None:
        self._rebuild = rebuild
        self._known: dict[Explained, Hop] = {}
        self.are_new = False
        """Whether any was made that was not read."""

    def read(self, file: Path) -> None:
        """Adds those in a file.

        :raises AttackGraphFileError: if it is no such file, of another format or another graph.
        :raises OSError: if it cannot be read.
        """
        _, document = _read(file)
        try:
            if document["graph"] != self.graph_digest:
                raise AttackGraphFileError(f"{file} explains another graph")
            self._known |= dict(_read_explanation(*each) for each in document["explanations"])
        except (TypeError, LookupError) as error:
            raise AttackGraphFileError(f"{file} holds no explanations") from error

    def write(self, file: Path) -> None:
        """Writes all of them to a file, which is replaced."""
        known = [_written_explanation(key, hop) for key, hop in self._known.items()]
        _write(file, {"graph": self.graph_digest, "explanations": known})

    def step(self, step: Step, source: int, target: int) -> Hop:
        """Explains a step of a node."""

        def explain() -> Hop:
            there = self._number(source), self._number(target)
            return self._rebuilt.explain(self._part(step, source, target), *there)

        return self._explained(step, source, target, _ITSELF, explain)

    def changed(self, step: Step, actor: int, source: int, target: int) -> Hop:
        """Explains a step that somebody takes by way of a principal it has changed."""

        def explain() -> Hop:
            there = self._number(source), self._number(target)
            changed = self._rebuilt.changed[there[0]]
            part = self._part(step, source, target)
            return changed.explain(part, self._number(actor), *there)

        return self._explained(step, source, target, actor, explain)

    def _explained(
        self, step: Step, source: int, target: int, actor: int, explain: Callable[[], Hop]
    ) -> Hop:
        is_certain = bool(step.reached.certain >> target & 1)
        key = (
            *(step.type, step.technique, step.difficulty, step.permissions),
            *(source, target, is_certain, actor),
        )
        if key not in self._known:
            self._known[key] = explain()
            self.are_new = True
        return self._known[key]

    @cached_property
    def _rebuilt(self) -> AttackGraph:
        return self._rebuild()

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


def _write(file: Path, document: dict[str, Any]) -> None:
    text = json.dumps({"format": FORMAT, **document}, ensure_ascii=False, separators=(",", ":"))
    content = zlib.compress(text.encode(), 1)
    file.write_bytes(sha256(content).digest() + content)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """What a file holds, with its digest."""
    written = file.read_bytes()
    digest, content = written[:_DIGEST], written[_DIGEST:]
    if sha256(content).digest() != digest:
        raise AttackGraphFileError(f"{file} is damaged")
    document: dict[str, Any] = json.loads(zlib.decompress(content))
    if document["format"] != FORMAT:
        raise AttackGraphFileError(f"{file} has format {document['format']}, not {FORMAT}")
    return digest.hex(), document


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


def _written_explanation(key: Explained, hop: Hop) -> list[Any]:
    type_, technique, difficulty, permissions, *rest = key
    return [[type_, technique, difficulty, sorted(permissions), *rest], asdict(hop)]


def _read_explanation(key: list[Any], hop: dict[str, Any]) -> tuple[Explained, Hop]:
    type_, technique, difficulty, permissions, source, target, is_certain, actor = key
    statements = tuple(Statement(**each) for each in hop["statements"])
    known = hop | _tuples(hop, "permissions", "conditions", "evidence")
    return (
        (type_, technique, difficulty, frozenset(permissions), source, target, is_certain, actor),
        Hop(**known | {"statements": statements}),
    )


def _tuples(written: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some of the values, which JSON has as lists."""
    return {name: tuple(written[name]) for name in names}


def _written(numbers: int) -> list[int] | str:
    """A set as its members or, if these are many, in hexadecimal."""
    if numbers.bit_count() * _DIGITS * 4 < numbers.bit_length():
        return list(members(numbers))
    return f"{numbers:x}"


def _set(written: Any) -> int:
    return int(written, 16) if isinstance(written, str) else number_set(written)
