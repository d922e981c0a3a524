"""The attack paths of an AWS estate: every technique, and what needs none, as grants."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import networkx

from ...model import LabelRead
from ...permissions.aws.admin import administers
from ...permissions.aws.estate import ROLE, Estate, Holder
from ...permissions.aws.sets import Permissions
from ..model import Grant, PathGraph, members
from .asks import Actor, Asks
from .holders import Holders
from .hops import Hops
from .joins import Joins, Relation
from .outside import add as add_outside
from .plan import plan
from .reading import Reading
from .rows import Rows
from .runs import Runs
from .standing import ASSUME, ASSUME_ROLE, Standing
from .steps import Steps
from .technique import techniques
from .things import Things, label_of
from .yields import Yields


def path_graph(graph: networkx.MultiDiGraph, reads: Sequence[LabelRead]) -> PathGraph:
    """All steps of an estate.

    The graph's nodes have their model's fields and ``label``, its edges ``rel`` and ``via``;
    ``reads`` tell what was listed whole.
    """
    return Engine(graph, reads).build()


class Engine:
    """Builds the path graph of an estate."""

    def __init__(self, graph: networkx.MultiDiGraph, reads: Sequence[LabelRead]) -> None:
        self.graph = PathGraph()
        self.estate = Estate.of(graph, reads)
        permissions = Permissions(self.estate)
        self._asks = Asks(self.estate, permissions)
        self._things = Things(self.estate, reads, self._trusting, self._asks.anywhere)
        self._joins = Joins(graph, self.estate.table)
        self._plans = [
            plan(technique, self._things, self._joins, self._assuming)
            for technique in techniques().values()
            if technique.id != ASSUME
        ]
        self._reading = Reading(self.estate, self._asks)
        self._runs = Runs(self.estate, self._things, self._joins, self._plans)
        self._holders = Holders(
            self.estate,
            self.graph,
            lambda holder: administers(permissions, holder),
            self._held(),
        )
        for label in self._reading.labels:
            self.graph.data |= self._holders.plain(label, self.estate.table(label).everything)
        self._steps = Steps(self._things, self._joins, self._asks)
        self._yields = Yields(self.estate, self.graph, self._holders, self._runs)
        self._standing = Standing(self.estate, self.graph, self._asks, self._holders, self._things)
        hops = Hops(
            self.estate,
            self.graph,
            self._asks,
            self._things,
            self._steps,
            self._yields,
            self._holders,
            self._standing,
            self._reading,
            {each.technique.id: each for each in self._plans},
        )
        self.graph.explainers |= hops.explainers

    def build(self) -> PathGraph:
        """The graph, with every step."""
        self.graph.grants += _merged(self._escalations())
        self.graph.grants += self._standing.assumed()
        self.graph.grants += self._runs.grants(self._holders, self._runs.labels())
        self.graph.grants += self._standing.read(self._reading)
        self.graph.grants += self._standing.administered(sorted(self._held()))
        add_outside(self.graph, self.estate)
        return self.graph

    def _escalations(self) -> Iterator[Grant]:
        """The steps that techniques take, from every state that they lead to."""
        while self._holders.fresh:
            actors, self._holders.fresh = self._holders.fresh, []
            able = Able(self.estate, self._asks.permissions, actors)
            for each in self._plans:
                chosen = able.of(each.given)
                for outcome, sharing in self._steps.take(each, chosen):
                    yield from self._yields.grants(each, outcome, sharing)

    def _held(self) -> set[str]:
        """The labels of resources that can be held."""
        controlled = {
            label_of(each.collected[each.technique.yields.thing])
            for each in self._plans
            if each.technique.yields.as_ in ("control", "data")
        }
        return controlled | self._runs.labels() | {*self._reading.labels}

    def _trusting(self, principal: str, action: str) -> Rows:
        return self._asks.question(action, ROLE).rows(Holder(principal))

    def _assuming(self) -> Relation:
        return Assuming(self._asks, self.estate.table(ROLE).ids)


class Able:
    """Which actors have, anywhere, any leave to do what a technique takes."""

    def __init__(self, estate: Estate, permissions: Permissions, actors: Sequence[Actor]) -> None:
        self._permissions = permissions
        index = {id_: number for number, id_ in enumerate(estate.principals)}
        self._by_principal: dict[int, Actor] = {}
        self._others: list[Actor] = []
        """Those in a state, which have more than their principal."""
        for actor in actors:
            if actor.holder == Holder(actor.holder.id) and actor.holder.id in index:
                self._by_principal[index[actor.holder.id]] = actor
            else:
                self._others.append(actor)
        self._all = sum(1 << number for number in self._by_principal)

    def of(self, actions: Iterable[str]) -> list[Actor]:
        """The actors for whom some statement allows each of these actions."""
        found = self._all
        for action in actions:
            found &= self._permissions.holders_of(action)
        return [*(self._by_principal[number] for number in members(found)), *self._others]


class Assuming:
    """Which roles each role can assume."""

    def __init__(self, asks: Asks, ids: Sequence[str]) -> None:
        self._question = asks.question(ASSUME_ROLE, ROLE)
        self._ids = ids

    def related(self, row: int) -> Rows:
        """The roles that a role can assume."""
        return self._question.rows(Holder(self._ids[row]))


def _merged(grants: Iterable[Grant]) -> list[Grant]:
    """The grants, with the sources of those that differ in nothing else as one."""
    sources: dict[Grant, int] = {}
    for grant in grants:
        alike = replace(grant, sources=0)
        sources[alike] = sources.get(alike, 0) | grant.sources
    return [replace(grant, sources=found) for grant, found in sources.items()]
