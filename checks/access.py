"""Who may do what in a scan, and what techniques lead to, as rules ask it.

It stands apart from the rules, since only a run of one needs all that it imports.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..graph.attack.engine.relations import RESOLVES_TO, RUNS_AS
from ..graph.attack.model import AttackGraph, Step, StepType
from ..graph.authorization.model import AuthorizerType, Given
from ..graph.authorization.resource_table import ResourceRow, ResourceTable
from ..graph.logic import Truth
from ..graph.model import MissingReason
from ..graph.scan_coverage import Place
from ..graph.sets import NONE, MaySet, exactly, members
from ..graph.traversal import once_per_graph
from ..graph.view import GraphView
from .attack import attack_of

if TYPE_CHECKING:
    import networkx


class Identity(NamedTuple):
    """As whom a resource runs."""

    id: str
    is_certain: bool
    """False if it was not read whether there is this one, or which."""


class Access:
    """What one cloud's authorizer answers of a scan, and the scan's attack graph."""

    def __init__(self, graph: "networkx.MultiDiGraph", kind: AuthorizerType) -> None:
        self.graph = graph
        self.view = GraphView(graph, graph.graph["reads"])
        self.kind = kind
        self.authorizer = kind.make(self.view, graph.graph["reads"])
        self._known: dict[tuple[object, ...], Truth] = {}
        self._who: dict[tuple[str, str], Mapping[str, MaySet]] = {}
        self.principals = tuple(
            each for each in self.authorizer.principals if kind.may_act(self.view, each)
        )
        """The ids of those who may act at all."""

    @property
    def attack(self) -> AttackGraph:
        """All steps of attack paths."""
        return attack_of(self.graph)

    def may(self, who: str, action: str, resource: str, given: Given = ()) -> Truth:
        """Whether a principal may do an action on one resource."""
        asked = who, action, resource, tuple(given.items() if isinstance(given, Mapping) else given)
        if asked not in self._known:
            state = self.kind.state(who)
            self._known[asked] = self.authorizer.explain(state, action, resource, given).truth
        return self._known[asked]

    def why_open(self, who: str, action: str, resource: str) -> str:
        """What leaves that open, in a phrase."""
        found = self.authorizer.explain(self.kind.state(who), action, resource)
        return "; ".join(found.conditions) or "what it may do could not be read"

    def who_may(self, actions: Iterable[str], resource: str) -> MaySet:
        """Which of the principals may do all of some actions on a resource, by number."""
        found = exactly((1 << len(self.principals)) - 1)
        for action in actions:
            found &= self._allowed(action, resource)
        return found

    def who_may_any(self, choices: Iterable[Iterable[str]], resource: str) -> MaySet:
        """Which of the principals may do all that one of some choices takes."""
        found = NONE
        for actions in choices:
            found |= self.who_may(actions, resource)
        return found

    def _allowed(self, action: str, resource: str) -> MaySet:
        label = self.view.get(resource, "label") if resource in self.graph else ""
        if not label or self.view.is_missing(resource):
            return self._asked(action, ResourceTable([ResourceRow(resource)])).get(resource, NONE)
        if (label, action) not in self._who:
            self._who[label, action] = self._asked(action, self.authorizer.table(label), label)
        return self._who[label, action].get(resource, NONE)

    def _asked(self, action: str, table: ResourceTable, label: str = "") -> Mapping[str, MaySet]:
        """Who may do an action on each row of a table."""
        everybody = self.authorizer.has_own_policy(label, action)
        able = -1 if everybody else self.authorizer.principals_with(action)
        places = {id_: place for place, id_ in enumerate(self.authorizer.principals)}
        found: dict[str, MaySet] = {}
        for number, who in enumerate(self.principals):
            if not able >> places[who] & 1:
                continue
            rows = self.authorizer.allowed(self.kind.state(who), action, table)
            for row in members(rows.possible):
                one = exactly(1 << number).only_if(bool(rows.certain >> row & 1))
                found[table.ids[row]] = found.get(table.ids[row], NONE) | one
        return found

    def identities(self, resource: str) -> Iterator[Identity]:
        """As whom a resource runs: the principals that its edges lead to, also by way of what
        stands for one. What does not exist any more is none."""
        return self._led_to(resource, RUNS_AS)

    def stands_for(self, resource: str) -> Iterator[Identity]:
        """The principals that a resource stands for."""
        return self._led_to(resource, RESOLVES_TO)

    def _led_to(self, resource: str, edge: str) -> Iterator[Identity]:
        ahead, seen = [(resource, edge)], {resource}
        while ahead:
            at, wanted = ahead.pop()
            for _, target, rel in self.graph.out_edges(at, data="rel"):
                missing = self.view.get(target, "missing")
                if rel != wanted or target in seen or missing == MissingReason.NOT_FOUND:
                    continue
                seen.add(target)
                if missing or self.is_principal(target):
                    yield Identity(target, is_certain=missing is None)
                else:
                    ahead.append((target, RESOLVES_TO))

    def is_principal(self, id_: str) -> bool:
        """Whether somebody acts as a node."""
        return id_ in self._acting

    @cached_property
    def _acting(self) -> frozenset[str]:
        return frozenset(self.authorizer.principals)

    def places(self, resource: str) -> list[Place]:
        """The accounts in which it is decided who controls a resource: its own, and those of what
        it refers to."""
        near = (resource, *self.graph.successors(resource))
        accounts = {self.view.get(each, "account") for each in near}
        return [Place(each) for each in sorted(accounts - {None})]

    def name(self, id_: str) -> str:
        """What to call a node."""
        return self.view.name(id_) if id_ in self.graph else id_

    def named(self, numbers: int, most: int = 3) -> str:
        """The names of some principals, in words."""
        ids = [self.principals[each] for each in members(numbers)]
        more = f" and {len(ids) - most} more" if len(ids) > most else ""
        return ", ".join(map(self.name, ids[:most])) + more

    def ids(self, numbers: int, most: int | None = 3) -> list[str]:
        """The ids of the same, or of all."""
        return [self.principals[each] for each in members(numbers)][:most]

    @cached_property
    def _by_node(self) -> dict[int, int]:
        """The number of a principal by that of its node."""
        known = self.attack.number
        nodes = ((known.get((id_, "")), number) for number, id_ in enumerate(self.principals))
        return {node: number for node, number in nodes if node is not None}

    @cached_property
    def _steps_to(self) -> dict[str, list[tuple[Step, int]]]:
        """The steps by technique that lead to each resource, with the number of its node."""
        found: dict[str, list[tuple[Step, int]]] = {}
        for step in self.attack.steps:
            if step.type == StepType.CAN_ESCALATE_TO:
                for node in members(step.reached.possible):
                    found.setdefault(self.attack.nodes[node].id, []).append((step, node))
        return found

    def who_controls(self, resource: str, by: Collection[str] | None = None) -> MaySet:
        """Which of the principals a technique, or one of some, leads to control of a resource, by
        number."""
        found = NONE
        for step, node in self._steps_to.get(resource, ()):
            if by is not None and step.technique not in by:
                continue
            is_certain = bool(step.reached.certain >> node & 1)
            for acting in members(step.sources):
                if acting in self._by_node:
                    found |= exactly(1 << self._by_node[acting]).only_if(is_certain)
        return found

    def control(self, who: int, resource: str) -> str:
        """The technique by which one of the principals comes to control a resource, best first."""
        node = self.attack.number[self.principals[who], ""]
        found = [
            (not step.reached.certain >> to & 1, step.difficulty, step.technique)
            for step, to in self._steps_to.get(resource, ())
            if step.sources >> node & 1
        ]
        return min(found)[2] if found else ""


def worst(bad: MaySet) -> bool | None:
    """The verdict where nobody may be in a set: False if somebody is, None if somebody may be."""
    return False if bad.certain else None if bad.possible else True


@once_per_graph
def _made(graph: "networkx.MultiDiGraph") -> dict[AuthorizerType, Access]:  # noqa: ARG001
    return {}


def access(graph: "networkx.MultiDiGraph", kind: AuthorizerType) -> Access:
    """What an authorizer answers of a graph, made once for each graph."""
    made: dict[AuthorizerType, Access] = _made(graph)
    if kind not in made:
        made[kind] = Access(graph, kind)
    return made[kind]
