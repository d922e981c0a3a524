"""The attack paths of an AWS estate: every technique, and what needs none, as grants."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import networkx

from ...authorization.aws.admin import administers
from ...authorization.aws.authorizer import AWSAuthorizer
from ...authorization.aws.environment import ROLE, AWSEnvironment, PrincipalState
from ...model import ListingStatus
from ...sets import MaySet, members
from ..model import AttackGraph, Step
from .built_in_steps import ASSUME, ASSUME_ROLE, BuiltInSteps
from .candidates import Candidates, label_of
from .data_access import DataAccess
from .explain import StepExplainer
from .external import add_external_steps as add_outside
from .matching import Matching
from .outcomes import Outcomes
from .permission_cache import Actor, PermissionCache
from .plan import plan
from .principal_states import PrincipalStates
from .relations import Relation, Relations
from .runs_as import Runs
from .technique import techniques


def attack_graph(graph: networkx.MultiDiGraph, reads: Sequence[ListingStatus]) -> AttackGraph:
    """All steps of an estate.

    The graph's nodes have their model's fields and ``label``, its edges ``rel`` and ``via``;
    ``reads`` tell what was listed whole.
    """
    return Engine(graph, reads).build()


class Engine:
    """Builds the path graph of an estate."""

    def __init__(self, graph: networkx.MultiDiGraph, reads: Sequence[ListingStatus]) -> None:
        self.graph = AttackGraph()
        self.estate = AWSEnvironment.of(graph, reads)
        permissions = AWSAuthorizer(self.estate)
        self._asks = PermissionCache(self.estate, permissions)
        self._things = Candidates(self.estate, reads, self._trusting, self._asks.anywhere)
        self._joins = Relations(graph, self.estate.table)
        self._plans = [
            plan(technique, self._things, self._joins, self._assuming)
            for technique in techniques().values()
            if technique.id != ASSUME
        ]
        self._reading = DataAccess(self.estate, self._asks)
        self._runs = Runs(self.estate, self._things, self._joins, self._plans)
        self._holders = PrincipalStates(
            self.estate,
            self.graph,
            lambda holder: administers(permissions, holder),
            self._held(),
        )
        for label in self._reading.labels:
            self.graph.data |= self._holders.plain(label, self.estate.table(label).everything)
        self._steps = Matching(self._things, self._joins, self._asks)
        self._yields = Outcomes(self.estate, self.graph, self._holders, self._runs)
        self._standing = BuiltInSteps(
            self.estate, self.graph, self._asks, self._holders, self._things
        )
        hops = StepExplainer(
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

    def build(self) -> AttackGraph:
        """The graph, with every step."""
        self.graph.steps += _merged(self._escalations())
        self.graph.steps += self._standing.assumed()
        self.graph.steps += self._runs.grants(self._holders, self._runs.labels())
        self.graph.steps += self._standing.read(self._reading)
        self.graph.steps += self._standing.administered(sorted(self._held()))
        add_outside(self.graph, self.estate)
        return self.graph

    def _escalations(self) -> Iterator[Step]:
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

    def _trusting(self, principal: str, action: str) -> MaySet:
        return self._asks.question(action, ROLE).rows(PrincipalState(principal))

    def _assuming(self) -> Relation:
        return Assuming(self._asks, self.estate.table(ROLE).ids)


class Able:
    """Which actors have, anywhere, any leave to do what a technique takes."""

    def __init__(
        self, estate: AWSEnvironment, permissions: AWSAuthorizer, actors: Sequence[Actor]
    ) -> None:
        self._permissions = permissions
        index = {id_: number for number, id_ in enumerate(estate.principals)}
        self._by_principal: dict[int, Actor] = {}
        self._others: list[Actor] = []
        """Those in a state, which have more than their principal."""
        for actor in actors:
            if actor.holder == PrincipalState(actor.holder.id) and actor.holder.id in index:
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

    def __init__(self, asks: PermissionCache, ids: Sequence[str]) -> None:
        self._question = asks.question(ASSUME_ROLE, ROLE)
        self._ids = ids

    def related(self, row: int) -> MaySet:
        """The roles that a role can assume."""
        return self._question.rows(PrincipalState(self._ids[row]))


def _merged(grants: Iterable[Step]) -> list[Step]:
    """The grants, with the sources of those that differ in nothing else as one."""
    sources: dict[Step, int] = {}
    for grant in grants:
        alike = replace(grant, sources=0)
        sources[alike] = sources.get(alike, 0) | grant.sources
    return [replace(grant, sources=found) for grant, found in sources.items()]
