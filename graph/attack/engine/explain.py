"""Tells of one step from one node to another: what it takes, and on what that rests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...authorization.aws.decision import Answer
from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.policy import Statement as PolicyStatement
from ..model import AttackGraph, Explain, Hop, Statement, Step, StepType
from .built_in_steps import ASSUME_ROLE, BuiltInSteps
from .candidates import WEB_IDENTITY, Candidates, label_of
from .data_access import DataAccess
from .matching import Binding, Matching, filled, filled_context
from .outcomes import Outcomes
from .permission_cache import ANYTHING, Actor, PermissionCache
from .plan import Plan
from .principal_states import PrincipalStates
from .technique import SELF, Existing, Principal


@dataclass
class Explanation:
    """What a step rests on, gathered."""

    permissions: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    statements: list[PolicyStatement] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    def add(self, action: str, answer: Answer) -> None:
        """Adds why an action is allowed."""
        if answer.is_allowed is None:
            self.conditions += [f"{action}: {key}" for key in (*answer.open_keys, *answer.unread)]
        self.statements += answer.statements

    def hop(self, grant: Step, source: str, target: str) -> Hop:
        """The hop, with each thing said once."""
        statements = [
            Statement(one.policy_id, one.index, one.sid, one.effect) for one in self.statements
        ]
        ends = (source, target)
        return Hop(
            source,
            target,
            grant.type,
            grant.technique,
            tuple(dict.fromkeys(self.permissions)),
            tuple(dict.fromkeys(self.conditions)),
            tuple(dict.fromkeys(statements)),
            tuple(each for each in dict.fromkeys(self.evidence) if each not in ends),
        )


class StepExplainer:
    """Explains the steps of an estate, by their type."""

    def __init__(
        self,
        estate: AWSEnvironment,
        graph: AttackGraph,
        asks: PermissionCache,
        things: Candidates,
        steps: Matching,
        yields: Outcomes,
        holders: PrincipalStates,
        standing: BuiltInSteps,
        reading: DataAccess,
        plans: Mapping[str, Plan],
    ) -> None:
        self._estate = estate
        self._graph = graph
        self._asks = asks
        self._things = things
        self._steps = steps
        self._yields = yields
        self._holders = holders
        self._standing = standing
        self._reading = reading
        self._plans = plans

    @property
    def explainers(self) -> Mapping[str, Explain]:
        """What tells of a step, by its type."""
        return {
            StepType.CAN_ESCALATE_TO: self.escalation,
            StepType.CAN_ASSUME: self.assumption,
            StepType.RUNS_AS: self.running,
            StepType.ADMINISTERS: self.administration,
            StepType.CAN_ACCESS: self.access,
        }

    def escalation(self, grant: Step, source: int, target: int) -> Hop:
        """By a technique."""
        plan, actor = self._plans[grant.technique], self._holders.actors[source]
        wanted = self._yields.target(plan, target)
        binding = self._steps.bind(plan, actor, wanted.row, wanted.role)
        told = Explanation(conditions=list(plan.technique.assumes))
        if plan.self_ is not None:
            self._tell_thing(told, plan.self_, actor.holder.id)
        for name, row in binding.rows.items():
            thing = plan.collected[name]
            if row is None:
                assert isinstance(thing, Existing)
                told.conditions.append(self._unread(thing, target))
            else:
                id_ = self._estate.table(label_of(thing)).ids[row]
                told.evidence.append(id_)
                self._tell_thing(told, thing, id_)
        told.conditions += self._steps.doubts(plan, actor, binding)
        self._tell_requirements(told, plan, actor, binding)
        return told.hop(grant, *self._ends(source, target))

    def assumption(self, grant: Step, source: int, target: int) -> Hop:
        """By sts:AssumeRole."""
        told = Explanation([ASSUME_ROLE])
        holder = self._holders.actors[source].holder
        told.add(ASSUME_ROLE, self._asks.decide(holder, ASSUME_ROLE, self._graph.nodes[target].id))
        return told.hop(grant, *self._ends(source, target))

    def running(self, grant: Step, source: int, target: int) -> Hop:
        """What a resource runs has its role's credentials."""
        told = Explanation()
        if grant.reached.open >> target & 1:
            name = self._graph.nodes[source].name
            told.conditions.append(f"as which role {name} runs could not be read")
        return told.hop(grant, *self._ends(source, target))

    def administration(self, grant: Step, source: int, target: int) -> Hop:
        """By administering an account."""
        told = Explanation()
        if source in self._holders.actors:
            found = self._holders.administration(source)
            told.statements += found.statements
            if found.truth is None:
                told.conditions += found.open_keys
        elif self._graph.nodes[target].account != self._graph.nodes[source].account:
            self._tell_disguise(told, self._graph.nodes[source].id, self._graph.nodes[target].id)
        return told.hop(grant, *self._ends(source, target))

    def access(self, grant: Step, source: int, target: int) -> Hop:
        """By the permissions that reading data takes."""
        holder = self._holders.actors[source].holder
        label, row = self._holders.place(target)
        taken = self._reading.taken(label, row, holder)
        told = Explanation(conditions=list(taken.doubts))
        for action, arn in taken.reads:
            told.permissions.append(action)
            told.add(action, self._asks.decide(holder, action, arn))
            told.evidence += [arn] * (arn in self._estate.view.graph)
        return told.hop(grant, *self._ends(source, target))

    def _tell_requirements(
        self, told: Explanation, plan: Plan, actor: Actor, binding: Binding
    ) -> None:
        places = {"partition": actor.partition, "account": actor.account, "region": binding.region}
        for name, requirements in plan.asked.items():
            asked = [(each.action, filled_context(each, places)) for each in requirements]
            if name == SELF:
                id_ = actor.holder.id
            elif name in plan.new:
                id_ = self._asks.example(actor.holder, filled(plan.new[name], places), asked)
            elif (row := binding.rows[name]) is None:
                id_ = self._asks.example(actor.holder, ANYTHING, asked)
            else:
                id_ = self._estate.table(label_of(plan.collected[name])).ids[row]
            for action, context in asked:
                told.permissions.append(action)
                told.add(action, self._asks.decide(actor.holder, action, id_, context))

    def _tell_thing(self, told: Explanation, thing: Principal | Existing, id_: str) -> None:
        """What must hold of a thing beside relations and permissions."""
        told.conditions += self._things.doubts(thing, id_)
        if isinstance(thing, Principal):
            self._tell_any(
                told, [(PrincipalState(each), ASSUME_ROLE, id_) for each in thing.trusts]
            )
            self._tell_any(
                told, [(PrincipalState(each), WEB_IDENTITY, id_) for each in thing.federates]
            )
            for action in thing.may:
                if self._asks.anywhere(PrincipalState(id_), [(action, ())]) is not False:
                    arn = self._asks.example(PrincipalState(id_), ANYTHING, [(action, ())])
                    self._tell_any(told, [(PrincipalState(id_), action, arn)])
                    break

    def _tell_any(
        self, told: Explanation, asked: Sequence[tuple[PrincipalState, str, str]]
    ) -> None:
        """Why one of some requests is allowed, the first that is certain if there is one."""
        answers = [
            (action, self._asks.decide(holder, action, id_)) for holder, action, id_ in asked
        ]
        for wanted in (True, None):
            for action, answer in answers:
                if answer.is_allowed is wanted:
                    told.add(action, answer)
                    return

    def _tell_disguise(self, told: Explanation, account: str, role: str) -> None:
        """As whom an administrator of an account can assume a foreign role."""
        for wanted in (True, None):
            for holder, given in self._standing.disguises(account):
                answer = self._asks.permissions.decide(holder, ASSUME_ROLE, role, given)
                if answer.is_allowed is wanted:
                    told.permissions.append(ASSUME_ROLE)
                    told.add(ASSUME_ROLE, answer)
                    if not holder.fresh:
                        told.evidence.append(holder.id)
                    return

    def _ends(self, source: int, target: int) -> tuple[str, str]:
        return self._graph.nodes[source].id, self._graph.nodes[target].id

    def _unread(self, thing: Existing, target: int) -> str:
        """What must be so of a resource that was not read."""
        if thing.otherwise:
            return thing.otherwise
        if thing.runs_for:
            name = self._graph.nodes[target].name
            return f"whether a {thing.live} runs as {name} could not be read"
        return f"whether there is such a {thing.live} could not be read"
