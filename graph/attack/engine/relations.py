"""How collected resources hang together: which of one kind an edge leads from, and to which.

A relation is read off the graph's edges once for two tables. What a resource refers to and could
not be read may be anything: such rows are kept apart.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from ...authorization.resource_table import ResourceTable
from ...model import MissingReason
from ...sets import NONE, MaySet, members

if TYPE_CHECKING:
    import networkx

RUNS_AS, RESOLVES_TO = "RUNS_AS", "RESOLVES_TO"


@dataclass
class RelationTable:
    """Which rows of a table stand in a relation with which rows of another."""

    others: int
    """All rows of the other table."""
    forward: dict[int, int] = field(default_factory=dict)
    """The other table's rows by row."""
    open: dict[int, int] = field(default_factory=dict)
    """Those of them, by row, that are only related as far as what could not be read may make
    them."""
    unread: int = 0
    """Rows of which it could not be read what they relate to."""

    @cached_property
    def backward(self) -> dict[int, int]:
        """The rows by row of the other table."""
        return _reversed(self.forward)

    @cached_property
    def open_backward(self) -> dict[int, int]:
        """The same of those that are open."""
        return _reversed(self.open)

    def related(self, row: int) -> MaySet:
        """The others that a row is related to."""
        possible = self.forward.get(row, 0)
        known = possible & ~self.open.get(row, 0)
        return MaySet(known, self.others if self.unread >> row & 1 else possible)

    def relating(self, other: int) -> MaySet:
        """The rows that are related to one of the others."""
        possible = self.backward.get(other, 0)
        return MaySet(possible & ~self.open_backward.get(other, 0), possible | self.unread)

    def relating_to_any(self, others: MaySet) -> MaySet:
        """The rows that are related to any of the others."""
        found = NONE
        for other in members(others.possible):
            relating = self.relating(other)
            found |= relating if others.certain >> other & 1 else relating.uncertain()
        return found


def _reversed(rows: Mapping[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for row, others in rows.items():
        for other in members(others):
            found[other] = found.get(other, 0) | 1 << row
    return found


class RelationLike(Protocol):
    """What says of a row which others it is related to."""

    def related(self, row: int) -> MaySet:
        """The others that a row is related to."""


def having(relation: RelationLike, rows: MaySet, others: MaySet) -> MaySet:
    """Those rows that are related to any of the others."""
    fewer_others = others.possible.bit_count() < rows.possible.bit_count()
    if fewer_others and isinstance(relation, RelationTable):
        return relation.relating_to_any(others) & rows
    certain = possible = 0
    for row in members(rows.possible):
        met = (relation.related(row) & others).any
        if met is not False:
            possible |= 1 << row
            if met and rows.certain >> row & 1:
                certain |= 1 << row
    return MaySet(certain, possible)


def had_by(relation: RelationLike, rows: MaySet, others: MaySet) -> MaySet:
    """Those of the others that any of the rows is related to."""
    found = NONE
    for row in members(rows.possible):
        related = relation.related(row)
        found |= related if rows.certain >> row & 1 else related.uncertain()
    return found & others


class Relations:
    """The relations of an environment."""

    def __init__(
        self,
        graph: "networkx.MultiDiGraph",
        table: Callable[[str], ResourceTable],
        principals: Iterable[str],
    ) -> None:
        self._graph = graph
        self._table = table
        self._principals = frozenset(principals)
        self._known: dict[tuple[object, ...], RelationTable] = {}

    def runs_as(self, label: str, other: str, fields: Sequence[str] = ()) -> RelationTable:
        """As which principals of a label resources run: by the first of the fields that leads
        anywhere (``field/field`` passes another resource), or by all their RUNS_AS edges. What
        runs as nothing itself, but lends its identity to what refers to it, or is but another name
        of it, is passed through."""
        return self._relation(
            RUNS_AS, label, other, tuple(fields), lambda id_: self._runs_as(id_, fields)
        )

    def by_edge(self, label: str, edge: str, other: str, tcp: Sequence[int] = ()) -> RelationTable:
        """Which resources of another label edges of a type lead to; ``tcp``: only those to one of
        these ports."""
        if edge == RUNS_AS:
            return self.runs_as(label, other)
        ports = tuple(tcp)
        return self._relation(edge, label, other, ports, partial(self._by_type, edge, ports))

    def _relation(
        self,
        edge: str,
        label: str,
        other: str,
        more: tuple[object, ...],
        related: Callable[[str], Iterable[tuple[str, bool]]],
    ) -> RelationTable:
        key = (edge, label, other, *more)
        if key not in self._known:
            self._known[key] = self._read(edge, label, other, related)
        return self._known[key]

    def _read(
        self,
        edge: str,
        label: str,
        other: str,
        related: Callable[[str], Iterable[tuple[str, bool]]],
    ) -> RelationTable:
        others = self._table(other)
        relation = RelationTable(others.everything)
        rows = others.index
        for row, id_ in enumerate(self._table(label).ids):
            for target, is_certain in related(id_):
                if target in rows:
                    bit = 1 << rows[target]
                    relation.forward[row] = relation.forward.get(row, 0) | bit
                    if not is_certain:
                        relation.open[row] = relation.open.get(row, 0) | bit
                elif self._may_be(target, other, edge):
                    relation.unread |= 1 << row
        return relation

    def _may_be(self, target: str, label: str, edge: str) -> bool:
        """Whether a missing node that an edge leads to may stand for any resource of a label:
        nobody read which, or as which of them it lets run what runs through it."""
        node = self._graph.nodes[target]
        if node["label"] == label:
            return target.startswith("unread:")
        lends = edge == RUNS_AS and node["label"] not in self._principals
        return lends and node.get("missing") not in (None, MissingReason.NOT_FOUND)

    def _by_type(self, edge: str, tcp: Sequence[int], id_: str) -> Iterator[tuple[str, bool]]:
        """What edges lead to, each with whether one does for certain."""
        for target, edges in self._graph.succ[id_].items():
            found = [
                each
                for each in edges.values()
                if each["rel"] == edge and (not tcp or _is_on(each, tcp))
            ]
            if found:
                yield target, not all(each.get("unread") for each in found)

    def _by_field(self, id_: str, name: str) -> list[str]:
        return [
            target
            for target, edges in self._graph.succ[id_].items()
            if any(each.get("via") == name for each in edges.values())
        ]

    def _runs_as(self, id_: str, fields: Sequence[str]) -> Iterator[tuple[str, bool]]:
        """The identities, and what stands for those that were not read."""
        ends = self._first(id_, fields) if fields else self._targets(id_, RUNS_AS)
        for end in ends:
            yield end, True
            if self._graph.nodes[end]["label"] not in self._principals:
                yield from self._by_type(RUNS_AS, (), end)
                yield from self._by_type(RESOLVES_TO, (), end)

    def _targets(self, id_: str, edge: str) -> list[str]:
        return [target for target, _ in self._by_type(edge, (), id_)]

    def _first(self, id_: str, fields: Sequence[str]) -> list[str]:
        for path in fields:
            ends = [id_]
            for name in path.split("/"):
                ends = [target for end in ends for target in self._by_field(end, name)]
            if ends:
                return ends
        return []


def _is_on(edge: Mapping[str, Any], ports: Iterable[int]) -> bool:
    """Whether packets of TCP arrive by an edge at one of some ports."""
    return edge["protocol"] == "tcp" and any(
        edge["from_port"] <= port <= edge["to_port"] for port in ports
    )
