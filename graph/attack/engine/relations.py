"""How collected things hang together: which of one kind stand in a relation with which of another.

A relation is read off the graph's edges once for two tables. What a resource refers to and could
not be read may be anything: such rows are kept apart.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import networkx

from ...authorization.aws.environment import GROUP, ROLE, USER
from ...authorization.aws.resource_table import ResourceTable
from ...model import MissingReason
from ...sets import NONE, MaySet, members
from .candidates import POLICY

_PASSES_ON = "AWSInstanceProfile"
"""What runs as nothing itself, but lends its role to what refers to it."""


@dataclass
class RelationTable:
    """Which rows of a table stand in a relation with which rows of another."""

    others: int
    """All rows of the other table."""
    forward: dict[int, int] = field(default_factory=dict)
    """The other table's rows by row."""
    unread: int = 0
    """Rows of which it could not be read what they relate to."""

    @cached_property
    def backward(self) -> dict[int, int]:
        """The rows by row of the other table."""
        found: dict[int, int] = {}
        for row, others in self.forward.items():
            for other in members(others):
                found[other] = found.get(other, 0) | 1 << row
        return found

    def related(self, row: int) -> MaySet:
        """The others that a row is related to."""
        known = self.forward.get(row, 0)
        return MaySet(known, self.others if self.unread >> row & 1 else known)

    def relating(self, other: int) -> MaySet:
        """The rows that are related to one of the others."""
        known = self.backward.get(other, 0)
        return MaySet(known, known | self.unread)


class Relation(Protocol):
    """What tells of a row which others it is related to."""

    def related(self, row: int) -> MaySet:
        """The others that a row is related to."""


def having(join: Relation, rows: MaySet, others: MaySet) -> MaySet:
    """Those rows that are related to any of the others."""
    certain = possible = 0
    for row in members(rows.possible):
        met = (join.related(row) & others).any
        if met is not False:
            possible |= 1 << row
            if met and rows.certain >> row & 1:
                certain |= 1 << row
    return MaySet(certain, possible)


def had_by(join: Relation, rows: MaySet, others: MaySet) -> MaySet:
    """Those of the others that any of the rows is related to."""
    found = NONE
    for row in members(rows.possible):
        related = join.related(row)
        found |= related if rows.certain >> row & 1 else related.uncertain()
    return found & others


class Relations:
    """The relations of an estate."""

    def __init__(self, graph: networkx.MultiDiGraph, table: Callable[[str], ResourceTable]) -> None:
        self._graph = graph
        self._table = table
        self._known: dict[tuple[str, ...], RelationTable] = {}

    def carries(self, label: str, fields: Sequence[str] = ()) -> RelationTable:
        """As which roles the resources of a label run: by the first of the fields that leads
        anywhere (``field/field`` passes another resource), or by all their RUNS_AS edges."""
        return self._join(
            ("carries", label, *fields), label, ROLE, lambda id_: self._runs_as(id_, fields)
        )

    def attached(self, label: str) -> RelationTable:
        """Which managed policies the principals of a label have."""
        return self._join(
            ("attached", label), label, POLICY, lambda id_: self._by_type(id_, "HAS_POLICY")
        )

    def bounded(self, label: str) -> RelationTable:
        """Which managed policies bound the principals of a label."""
        return self._join(
            ("bounded", label), label, POLICY, lambda id_: self._by_type(id_, "BOUNDED_BY")
        )

    def joined(self) -> RelationTable:
        """Which groups the users are members of."""
        return self._join(("joined",), USER, GROUP, lambda id_: self._by_type(id_, "MEMBER_OF"))

    def refers(self, label: str, other: str) -> RelationTable:
        """Which resources of another label those of a label refer to."""
        return self._join(("refers", label, other), label, other, lambda id_: self._graph.succ[id_])

    def trusts(self, provider: str) -> RelationTable:
        """Which identity providers of a label the roles trust."""
        return self._join(
            ("trusts", provider), ROLE, provider, lambda id_: self._by_type(id_, "TRUSTS")
        )

    def _join(
        self,
        key: tuple[str, ...],
        label: str,
        other: str,
        related: Callable[[str], Iterable[str]],
    ) -> RelationTable:
        if key not in self._known:
            self._known[key] = self._read(label, other, related)
        return self._known[key]

    def _read(
        self, label: str, other: str, related: Callable[[str], Iterable[str]]
    ) -> RelationTable:
        others = self._table(other)
        join = RelationTable(others.everything)
        rows = others.index
        for row, id_ in enumerate(self._table(label).ids):
            for target in related(id_):
                if target in rows:
                    join.forward[row] = join.forward.get(row, 0) | 1 << rows[target]
                elif self._may_be(target, other):
                    join.unread |= 1 << row
        return join

    def _may_be(self, target: str, label: str) -> bool:
        """Whether a missing node may stand for any resource of a label: nobody read which, or
        what it passes on."""
        node = self._graph.nodes[target]
        if node["label"] == label:
            return target.startswith("unread:")
        passing = label == ROLE and node["label"] == _PASSES_ON
        return passing and node.get("missing") not in (None, MissingReason.NOT_FOUND)

    def _by_type(self, id_: str, rel: str) -> Iterator[str]:
        for target, edges in self._graph.succ[id_].items():
            if any(edge["rel"] == rel for edge in edges.values()):
                yield target

    def _by_field(self, id_: str, name: str) -> list[str]:
        return [
            target
            for target, edges in self._graph.succ[id_].items()
            if any(edge.get("via") == name for edge in edges.values())
        ]

    def _runs_as(self, id_: str, fields: Sequence[str]) -> Iterator[str]:
        """The roles, and what stands for those that were not read."""
        ends = self._first(id_, fields) if fields else list(self._by_type(id_, "RUNS_AS"))
        for end in ends:
            yield end
            if self._graph.nodes[end]["label"] == _PASSES_ON:
                yield from self._by_type(end, "RUNS_AS")

    def _first(self, id_: str, fields: Sequence[str]) -> list[str]:
        for path in fields:
            ends = [id_]
            for name in path.split("/"):
                ends = [target for end in ends for target in self._by_field(end, name)]
            if ends:
                return ends
        return []
