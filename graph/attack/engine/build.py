"""Builds the attack graph of all providers: every technique, and what needs none, as steps."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ...model import Internet
from ...sets import MaySet, members, number_set
from ..federation.match import add_federated_steps
from ..model import AttackGraph, Explain, Hop, Step, StepType
from ..provider import AttackProvider
from .built_in_steps import BuiltInSteps
from .candidates import Candidates
from .changes import Changes, Changing
from .explain import StepExplainer
from .matching import Matching, Outcome
from .outcomes import Outcomes
from .part_query import PartQueries
from .parts import EngineParts
from .permission_cache import Actor, PermissionCache
from .plan import Plan, Planner
from .principal_states import PrincipalStates
from .relations import RelationLike, Relations
from .runs_as import RunsAs
from .technique import GainKind, Technique


def build(providers: Sequence[AttackProvider]) -> AttackGraph:
    """All steps of the providers' environments, and those from one into another."""
    graph = AttackGraph()
    engines = [ProviderEngine(provider, graph) for provider in providers]
    for engine in engines:
        graph.steps += merged(engine.techniques())
    for engine in engines:
        engine.finish()
    add_federated_steps(
        graph,
        (token for provider in providers for token in provider.issues()),
        (rule for provider in providers for rule in provider.accepts()),
        {each for provider in providers for each in provider.unread_issuers()},
    )
    return graph


class ProviderEngine:
    """Finds the steps of one provider's environment."""

    def __init__(self, provider: AttackProvider, graph: AttackGraph) -> None:
        self.graph = graph
        self.provider = provider
        vocabulary = provider.vocabulary
        internet = provider.view.labelled(Internet.label)
        self.cache = PermissionCache(provider.authorizer, tuple(internet))
        candidates = Candidates(provider, self.cache)
        relations = Relations(
            provider.view.graph, self.cache.table, (*vocabulary.principals, *vocabulary.groups)
        )
        planner = Planner(
            candidates,
            relations,
            vocabulary.identity,
            self._assuming,
            provider.authorizer.has_own_policy,
        )
        # Credentials for some actions come last: they matter only where nothing else leads on.
        known = sorted(
            provider.techniques().techniques.values(), key=lambda each: bool(each.limited_to)
        )
        self._trusted = next(filter(self._is_trust_alone, known), None)
        self.plans = [
            planner.plan(technique) for technique in known if technique is not self._trusted
        ]
        self._runs_as = RunsAs(provider, candidates, relations, self.plans)
        self.held = sorted(self._held())
        self.states = PrincipalStates(provider, graph, self.held)
        for label in self._gained("data"):
            graph.data |= self.states.plain(label, self.cache.table(label).everything)
        self.parts = PartQueries(
            self.cache, provider.view.graph.nodes, provider.parts, provider.partition
        )
        parts = EngineParts(
            provider,
            graph,
            self.cache,
            candidates,
            relations,
            self.states,
            self._runs_as,
            self.parts,
        )
        self._matching = Matching(parts, planner)
        self._outcomes = Outcomes(parts, self._matching)
        self._built_in = BuiltInSteps(parts)
        self.explainer = StepExplainer(
            parts,
            self._matching,
            self._outcomes,
            {each.technique.id: each for each in self.plans},
        )
        self._changes = Changes(parts, self.explainer)

    def techniques(self) -> Iterator[Step]:
        """The steps that techniques take, from every state that they lead to."""
        while self.states.fresh:
            actors, self.states.fresh = self.states.fresh, []
            yield from self._taken(actors)

    def _taken(self, actors: Sequence[Actor]) -> Iterator[Step]:
        """The steps of some actors, first the single ones, then those over a change."""
        able = Able(self.provider, actors)
        taking: list[tuple[tuple[Plan, Outcome], Sequence[Actor]]] = []
        changing: list[tuple[Changing, Sequence[Actor]]] = []
        direct: dict[int, int] = defaultdict(int)
        for plan in self.plans:
            for outcome, sharing in self._matching.take(plan, able.of(plan.given)):
                if not plan.technique.holds:
                    found = self._changes.changing(plan, outcome, sharing)
                    changing += [(each, sharing) for each in found]
                    continue
                taking.append(((plan, outcome), sharing))
                for step in self._outcomes.steps(plan, outcome, sharing, direct):
                    for number in members(step.reached.certain):
                        direct[number] |= step.sources
                    yield step
        yield from self._changes.steps(changing, taking, self._trusted, direct)

    def finish(self) -> None:
        """Adds the steps that need no technique, once all states are known."""
        graph = self.graph
        graph.explainers |= self.explainer.techniques
        self._explain_by_type(StepType.RUNS_AS, self.explainer.running)
        self._explain_by_type(
            StepType.ADMINISTERS, partial(self._built_in.administration, self.explainer)
        )
        if self._trusted:
            graph.explainers[self._trusted.id] = self.explainer.assumption
            graph.steps += self._built_in.assumed(self._trusted)
        graph.steps += self._runs_as.steps(self.states, self._runs_as.labels())
        graph.steps += self._built_in.administered(self.held)
        graph.steps += self.provider.steps(self)
        for type_, explain in self.provider.explainers(self).items():
            self._explain_by_type(type_, explain)

    def _explain_by_type(self, type_: str, explain: Explain) -> None:
        """Explains the steps of a type that are about this provider's resources and accounts; those
        of others, no matter who did so before."""
        before = self.graph.explainers.get(type_)

        def either(step: Step, source: int, target: int) -> Hop:
            is_own = self.states.owns(source) or self.states.owns(target)
            return (explain if is_own or before is None else before)(step, source, target)

        self.graph.explainers[type_] = either

    def _is_trust_alone(self, technique: Technique) -> bool:
        """Whether a technique takes no more than the right to act as a principal: it becomes
        CAN_ASSUME, since it also leads into other accounts."""
        trust = self.provider.vocabulary.trust
        return technique.permissions == {trust} and technique.gain.kind == "identity"

    def _held(self) -> set[str]:
        """The labels of resources that can be held."""
        controlled = self._gained("control", "data")
        return controlled | self._runs_as.labels() | {*self.provider.held_labels}

    def _gained(self, *kinds: GainKind) -> set[str]:
        """The labels of resources that techniques gain in some way."""
        return {
            plan.existing[plan.technique.gain.resource].existing
            for plan in self.plans
            if plan.technique.gain.kind in kinds
        }

    def _assuming(self, label: str) -> RelationLike:
        return _Assuming(self.provider, self.cache, label)


class Able:
    """Which actors have, anywhere, any leave to do what a technique takes."""

    def __init__(self, provider: AttackProvider, actors: Sequence[Actor]) -> None:
        self._provider = provider
        self._authorizer = authorizer = provider.authorizer
        index = {id_: number for number, id_ in enumerate(authorizer.principals)}
        self._by_principal: dict[int, Actor] = {}
        self._others: list[Actor] = []
        """Those in a state, which have more than their principal."""
        for actor in actors:
            if actor.is_plain and actor.state.id in index:
                self._by_principal[index[actor.state.id]] = actor
            else:
                self._others.append(actor)
        self._all = number_set(self._by_principal)

    def of(self, actions: Iterable[str]) -> list[Actor]:
        """The actors for whom some statement allows each of these actions."""
        found, others = self._all, self._others
        for action in actions:
            found &= self._authorizer.principals_with(action)
            others = [each for each in others if self._provider.may_ask(each.state, action)]
        return [*(self._by_principal[number] for number in members(found)), *others]


class _Assuming:
    """Which principals of a label each of them can assume."""

    def __init__(self, provider: AttackProvider, cache: PermissionCache, label: str) -> None:
        self._provider = provider
        vocabulary = provider.vocabulary
        self._query = cache.query(vocabulary.trust, label, vocabulary.trust_context)
        self._ids = cache.table(label).ids

    def related(self, row: int) -> MaySet:
        """The principals that a principal can assume."""
        return self._query.rows(self._provider.state(self._ids[row]))


def merged(steps: Iterable[Step]) -> list[Step]:
    """The steps, with the sources of those that differ in nothing else as one."""
    sources: dict[Step, int] = {}
    for step in steps:
        alike = replace(step, sources=0)
        sources[alike] = sources.get(alike, 0) | step.sources
    return [replace(step, sources=found) for step, found in sources.items()]
