"""What whoever has taken a step holds: from outcomes to grants."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...authorization.aws.environment import GROUP, ROLE, AWSEnvironment, PrincipalState
from ...sets import NONE, MaySet, exactly, members
from ..model import AttackGraph, Step, StepType
from .candidates import label_of
from .matching import Outcome, filled
from .permission_cache import Actor
from .plan import Plan
from .principal_states import PrincipalStates
from .runs_as import Runs
from .technique import SELF, Existing

_PRINCIPAL = re.compile(r"[^:]*:[^:]*:iam:[^:]*:[^:]*:(user|role)/")


class OutcomeTarget(NamedTuple):
    """A node that a step leads to."""

    row: int | None
    """Of the thing that the technique yields; None if that was not collected."""
    role: int | None = None
    """The role that is reached if a resource which was not read runs as it."""


class Outcomes:
    """Turns outcomes into grants; nodes of states are made on the way."""

    def __init__(
        self, estate: AWSEnvironment, graph: AttackGraph, holders: PrincipalStates, runs: Runs
    ) -> None:
        self._estate = estate
        self._graph = graph
        self._runs = runs
        self._holders = holders
        self._rows: dict[tuple[str, int], OutcomeTarget] = {}
        """What led to a node of a state, by technique."""

    def grants(self, plan: Plan, outcome: Outcome, actors: Sequence[Actor]) -> Iterator[Step]:
        """What a step gives to those who share its outcome."""
        technique = plan.technique
        for sources, reached in self._gains(plan, outcome, actors):
            if reached.possible:
                yield Step(
                    StepType.CAN_ESCALATE_TO,
                    technique.id,
                    sources,
                    reached,
                    technique.difficulty,
                    technique.permissions,
                )

    def target(self, plan: Plan, number: int) -> OutcomeTarget:
        """What a technique was taken on to come to a node."""
        if (plan.technique.id, number) in self._rows:
            return self._rows[plan.technique.id, number]
        thing = plan.collected.get(plan.technique.yields.thing)
        if thing is None:
            return OutcomeTarget(None)
        label, row = self._holders.place(number)
        return OutcomeTarget(row) if label_of(thing) == label else OutcomeTarget(None, row)

    def _gains(
        self, plan: Plan, outcome: Outcome, actors: Sequence[Actor]
    ) -> Iterator[tuple[int, MaySet]]:
        """Sources, with the nodes that they reach."""
        yields = plan.technique.yields
        label = label_of(plan.collected[yields.thing]) if plan.yields_collected else ""
        everyone = sum(1 << actor.number for actor in actors)
        match yields.as_:
            case "identity" | "data" if yields.thing != SELF:
                yield everyone, self._plain(label, outcome.rows)
            case "control":
                thing = plan.collected[yields.thing]
                assert isinstance(thing, Existing)
                reached = self._runs.held(self._graph, self._holders, thing, outcome.rows)
                yield everyone, reached | self._plain(ROLE, MaySet(0, outcome.roles))
            case "policies" | "unbounded" if plan.yields_collected and label != GROUP:
                yield everyone, self._others(plan, label, outcome.rows)
            case _ if template := _newcomer(plan):
                # All of one outcome are of one account.
                yield everyone, self._new(plan, template, outcome, actors[0])
            case _:
                for actor in actors:
                    yield 1 << actor.number, self._own(plan, outcome, actor)

    def _plain(self, label: str, rows: MaySet) -> MaySet:
        return self._holders.plain_set(label, rows) if rows.possible else NONE

    def _others(self, plan: Plan, label: str, rows: MaySet) -> MaySet:
        """The nodes of other principals once they are changed."""
        ids = self._estate.table(label).ids
        certain = possible = 0
        for row in members(rows.possible):
            node = self._holders.changed(
                self._holders.of_row(label, row),
                _changed(PrincipalState(ids[row]), plan.technique.yields.as_),
            )
            if node is not None:
                self._rows[plan.technique.id, node] = OutcomeTarget(row)
                possible |= 1 << node
                if rows.certain >> row & 1:
                    certain |= 1 << node
        return MaySet(certain, possible)

    def _own(self, plan: Plan, outcome: Outcome, actor: Actor) -> MaySet:
        """The nodes of the actor itself once it is changed."""
        if not plan.yields_collected:
            holder = _changed(actor.holder, plan.technique.yields.as_)
            return _one(self._holders.changed(actor, holder), outcome.truth)
        if plan.technique.yields.as_ == "version":
            return self._versions(plan, outcome.rows, actor)
        found = NONE
        for row, holder in self._joined(plan, outcome.rows, actor):
            shown = self._estate.table(GROUP).ids[row]
            node = self._holders.changed(actor, holder, shown)
            if node is not None:
                self._rows[plan.technique.id, node] = OutcomeTarget(row)
                found |= _one(node, outcome.rows.holds(row))
        return found

    def _joined(
        self, plan: Plan, rows: MaySet, actor: Actor
    ) -> Iterator[tuple[int, PrincipalState]]:
        """The actor through each of some groups: as their member, or with any policy if that is
        put on them.

        Whoever has joined one already then joins all the others, since each may lend what another
        lacks; only groups that deny something, or that make an administrator by themselves, are
        never joined beside others.
        """
        ids = self._estate.table(GROUP).ids
        holder = actor.holder
        if plan.technique.yields.as_ != "membership":
            changed = _changed(holder, plan.technique.yields.as_)
            yield from ((row, changed) for row in members(rows.possible))
        elif not holder.groups:
            for row in members(rows.possible):
                yield row, holder._replace(groups=frozenset((ids[row],)))
        else:
            more = [
                row
                for row in members(rows.certain or rows.possible)
                if ids[row] not in holder.groups
                and not self._denies(ids[row])
                and not self._is_enough(actor, ids[row])
            ]
            if more:
                joined = holder.groups.union(ids[row] for row in more)
                yield more[0], holder._replace(groups=joined)

    def _is_enough(self, actor: Actor, group: str) -> bool:
        """Whether who joins but this group administers the account."""
        alone = self._holders.changed(
            actor, PrincipalState(actor.holder.id, groups=frozenset((group,))), group
        )
        return alone is not None and bool(self._graph.administrators.certain >> alone & 1)

    def _denies(self, group: str) -> bool:
        """Whether a group's policies take anything away."""
        own = self._estate.held(PrincipalState("*", groups=frozenset((group,)))).identity
        return any(each.effect == "Deny" for policy in own for each in policy.statements)

    def _versions(self, plan: Plan, rows: MaySet, actor: Actor) -> MaySet:
        """The actor with each other version of a policy in force."""
        found = NONE
        table = self._estate.table(label_of(plan.collected[plan.technique.yields.thing]))
        for row in members(rows.possible):
            id_ = table.ids[row]
            policy = self._estate.view.graph.nodes[id_]
            for version in json.loads(policy.get("versions") or "[]"):
                number = version["VersionId"]
                if number != policy.get("default_version_id"):
                    held = tuple(each for each in actor.holder.versions if each[0] != id_)
                    holder = actor.holder._replace(versions=tuple(sorted((*held, (id_, number)))))
                    node = self._holders.changed(actor, holder)
                    if node is not None:
                        self._rows[plan.technique.id, node] = OutcomeTarget(row)
                        found |= _one(node, rows.holds(row))
        return found

    def _new(self, plan: Plan, template: str, outcome: Outcome, actor: Actor) -> MaySet:
        """The nodes of a principal that was only just made."""
        places = {"partition": actor.partition, "account": actor.account, "region": ""}
        id_ = filled(template, places).replace("{name}", "new")
        if plan.technique.yields.as_ == "administrator":
            holder = PrincipalState(id_, any_policy=True, fresh=True)
            return _one(self._holders.newcomer(actor.account, holder), outcome.truth)
        found = NONE
        ids = self._estate.table(GROUP).ids
        for row in members(outcome.rows.possible):
            holder = PrincipalState(id_, groups=frozenset((ids[row],)), fresh=True)
            node = self._holders.newcomer(actor.account, holder, ids[row])
            self._rows[plan.technique.id, node] = OutcomeTarget(row)
            found |= _one(node, outcome.rows.holds(row))
        return found


def _newcomer(plan: Plan) -> str:
    """The template of the principal that a technique makes; empty if it makes none."""
    return next((new for new in plan.new.values() if _PRINCIPAL.match(new)), "")


def _changed(holder: PrincipalState, how: str) -> PrincipalState:
    if how == "unbounded":
        return holder._replace(unbounded=True)
    return holder._replace(any_policy=True)


def _one(node: int | None, truth: bool | None) -> MaySet:
    if node is None or truth is False:
        return NONE
    return exactly(1 << node) if truth else MaySet(0, 1 << node)
