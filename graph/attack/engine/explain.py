"""Explains one step from one node to another: what it takes, and on what that rests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...authorization.model import Explanation, PolicyStatement, State
from ..model import Explain, Hop, Step
from .matching import Asked, Binding, Matching, asked_with, filled_context, filling
from .outcomes import Outcomes, OutcomeTarget
from .parts import EngineParts
from .permission_cache import ANYTHING, Actor
from .plan import Plan
from .requirement import SELF, Context, Existing, filled


@dataclass
class Grounds:
    """What a step rests on, gathered."""

    permissions: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    statements: list[PolicyStatement] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    def add(self, action: str, explanation: Explanation) -> None:
        """Adds why an action is allowed."""
        self.conditions += [f"{action}: {condition}" for condition in explanation.conditions]
        self.statements += explanation.statements

    def hop(self, step: Step, source: str, target: str) -> Hop:
        """The hop, with each thing said once."""
        return Hop(
            source,
            target,
            step.type,
            step.technique,
            tuple(dict.fromkeys(self.permissions)),
            tuple(dict.fromkeys(self.conditions)),
            tuple(dict.fromkeys(self.statements)),
            tuple(one for one in dict.fromkeys(self.evidence) if one not in (source, target)),
        )


class StepExplainer:
    """Explains the steps of an environment, by their type."""

    def __init__(
        self,
        parts: EngineParts,
        matching: Matching,
        outcomes: Outcomes,
        plans: Mapping[str, Plan],
    ) -> None:
        self._provider = parts.provider
        self._graph = parts.graph
        self._cache = parts.cache
        self._candidates = parts.candidates
        self._states = parts.states
        self._runs_as = parts.runs_as
        self._matching = matching
        self._outcomes = outcomes
        self.plans = plans

    @property
    def techniques(self) -> Mapping[str, Explain]:
        """What explains a step, by technique."""
        return dict.fromkeys(self.plans, self.technique)

    def technique(self, step: Step, source: int, target: int) -> Hop:
        """By a technique."""
        if target in self._graph.changed:
            return self._graph.changed[target].explain(step, source, source, target)
        plan, actor = self.plans[step.technique], self._states.actors[source]
        wanted = self._outcomes.target(plan, source, target)
        grounds = self.grounds(plan, actor, target, wanted)
        return grounds.hop(step, *self.ends(source, target))

    def grounds(self, plan: Plan, actor: Actor, target: int, wanted: OutcomeTarget) -> Grounds:
        """What a technique rests on if an actor takes it on what a node was reached by."""
        grounds = Grounds(conditions=list(plan.technique.assumes))
        if plan.actor is not None:
            self._add_resource(grounds, plan.actor, actor.state.id)
        for choice in wanted.chosen or (None,):
            binding = self._matching.bind(
                plan, actor, wanted.row, wanted.identity, choice, wanted.holder
            )
            self._add_binding(grounds, binding, actor, target)
        if wanted.row is not None and wanted.identity is not None:
            resource = plan.existing[plan.technique.gain.resource]
            if self._runs_as.identities(resource, wanted.row).holds(wanted.identity) is None:
                name = self._states.plain_node(resource.existing, wanted.row).name
                grounds.conditions.append(self._unread_identity(name))
        return grounds

    def _add_binding(self, grounds: Grounds, binding: Binding, actor: Actor, target: int) -> None:
        """What a step rests on that is taken on these resources."""
        plan = binding.plan
        for name, bound in binding.rows.items():
            resource = plan.declared(name)
            if bound is None:
                grounds.conditions.append(self._unread(resource, target))
            else:
                id_ = self._cache.table(resource.existing).ids[bound]
                grounds.evidence.append(id_)
                self._add_resource(grounds, resource, id_)
        grounds.conditions += self._matching.doubts(actor, binding)
        self._add_requirements(grounds, actor, binding)

    def assumption(self, step: Step, source: int, target: int) -> Hop:
        """By the action with which one principal acts as another."""
        return self.assuming(self._states.actors[source], step, *self.ends(source, target))

    def assuming(self, actor: Actor, step: Step, source: str, target: str) -> Hop:
        """The same by an actor, with the ids of the ends."""
        action, context = self._provider.vocabulary.trust, self._provider.vocabulary.trust_context
        grounds = Grounds([action])
        grounds.add(action, self._cache.explain(actor.state, action, target, context))
        return grounds.hop(step, source, target)

    def running(self, step: Step, source: int, target: int) -> Hop:
        """What a resource runs has its identity's credentials."""
        grounds = Grounds()
        if step.reached.open >> target & 1:
            name = self._graph.nodes[source].name
            grounds.conditions.append(self._unread_identity(name))
        return grounds.hop(step, *self.ends(source, target))

    def ends(self, source: int, target: int) -> tuple[str, str]:
        """The ids of two nodes."""
        return self._graph.nodes[source].id, self._graph.nodes[target].id

    def _add_requirements(self, grounds: Grounds, actor: Actor, binding: Binding) -> None:
        for name in binding.plan.asked:
            for action, context, id_ in self._asked(actor, binding, name):
                grounds.permissions.append(action)
                grounds.add(action, self._cache.explain(actor.state, action, id_, context))

    def _asked(
        self, actor: Actor, binding: Binding, name: str
    ) -> Iterator[tuple[str, Context, str]]:
        """What is asked of a resource, each with the identity on which it is."""
        plan = binding.plan
        places = filling(plan, actor, binding.region)
        if name in plan.created:
            template = filled(plan.created[name], places)
            asked = self._best_made(actor, binding, name, template)
            id_ = self._cache.example(actor.state, template, asked)
            yield from ((action, context, id_) for action, context in asked)
            return
        row = None if name == SELF else binding.rows[name]
        label = "" if name == SELF else plan.existing[name].existing
        for each in plan.asked[name]:
            context = filled_context(each, places)
            part = self._matching.part(each, label, places)
            id_ = part.example(actor.state, row) if part and row is not None else ""
            if not id_ and name == SELF:
                id_ = actor.state.id
            elif not id_ and not part and row is not None:
                id_ = self._cache.table(label).ids[row]
            elif not id_:
                together = [each] if part else [one for one in plan.asked[name] if not one.part]
                id_ = self._cache.example(actor.state, ANYTHING, asked_with(together, places))
            yield each.action, context, id_

    def _best_made(self, actor: Actor, binding: Binding, name: str, template: str) -> Asked:
        """What is asked of something that a step makes, with what is best set on it."""
        offered = self._matching.made(binding.plan, name, actor, binding.region)
        truths = [self._cache.allowed_on_new(actor.state, template, each) for each in offered]
        return offered[truths.index(True if True in truths else None)]

    def _add_resource(self, grounds: Grounds, resource: Existing, id_: str) -> None:
        """What must hold of a resource besides relations and permissions."""
        provider, vocabulary = self._provider, self._provider.vocabulary
        grounds.conditions += self._candidates.doubts(resource, id_)
        for names, action in (
            (resource.trusts, vocabulary.trust),
            (resource.federates, vocabulary.federate),
        ):
            self._add_any(grounds, [(provider.state(name), action, id_) for name in names])
        for action in resource.can:
            state = provider.state(id_)
            if self._cache.allowed_anywhere(state, [(action, ())]) is not False:
                example = self._cache.example(state, ANYTHING, [(action, ())])
                self._add_any(grounds, [(state, action, example)])
                break
        for own in resource.to_itself:
            why = self._cache.explain(provider.state(id_), own.action, id_, own.context)
            grounds.add(own.action, why)

    def _add_any(self, grounds: Grounds, asked: Sequence[tuple[State, str, str]]) -> None:
        """Why one of some requests is allowed, the first that is certain if there is one."""
        found = [(action, self._cache.explain(state, action, id_)) for state, action, id_ in asked]
        for wanted in (True, None):
            for action, explanation in found:
                if explanation.truth is wanted:
                    grounds.add(action, explanation)
                    return

    def _unread_identity(self, name: str) -> str:
        noun = self._provider.vocabulary.identity_noun
        return f"as which {noun} {name} runs could not be read"

    def _unread(self, resource: Existing, target: int) -> str:
        """What must be so of a resource that was not read."""
        if resource.if_not:
            return resource.if_not
        if resource.service_principals:
            name = self._graph.nodes[target].name
            return f"whether a {resource.existing} runs as {name} could not be read"
        return f"whether there is such a {resource.existing} could not be read"
