"""What the attacker holds once a step is taken: from outcomes to steps of the graph."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...sets import NONE, MaySet, exactly, members, number_set
from ..model import Step, StepType
from ..provider import Change, GainTarget
from .matching import Matching, Outcome
from .parts import EngineParts
from .permission_cache import Actor
from .plan import Plan
from .requirement import SELF, Choice, filled


class OutcomeTarget(NamedTuple):
    """A node that a step leads to."""

    row: int | None
    """Of the resource that the technique gains; None if that does not exist yet or was not read."""
    identity: int | None = None
    """The identity that is reached since that resource runs as it."""
    chosen: tuple[Choice, ...] = ()
    """What was picked."""
    holder: str = ""
    """What the resource was taken off; empty if off all, or nothing was."""


class Outcomes:
    """Turns outcomes into steps; nodes of states are made as needed."""

    def __init__(self, parts: EngineParts, matching: Matching) -> None:
        self._matching = matching
        self._provider = parts.provider
        self._table = parts.cache.table
        self._graph = parts.graph
        self._states = parts.states
        self._runs_as = parts.runs_as
        self._reached_by: dict[tuple[str, int], dict[OutcomeTarget, MaySet]] = defaultdict(dict)
        """What led to a node of a state, by technique, and the nodes that it leads from."""

    def steps(
        self, plan: Plan, outcome: Outcome, actors: Sequence[Actor], direct: Mapping[int, int]
    ) -> Iterator[Step]:
        """What a technique gives to those who share its outcome. ``direct`` tells who is known to
        come to a node in one step that is certain."""
        technique = plan.technique
        for sources, reached in self._gains(plan, outcome, actors, direct):
            if reached.possible:
                yield Step(
                    StepType.CAN_ESCALATE_TO,
                    technique.id,
                    sources,
                    reached,
                    technique.difficulty,
                    technique.permissions,
                )

    def target(self, plan: Plan, source: int, number: int) -> OutcomeTarget:
        """What a technique is taken on to come from one node to another, most certainly."""
        known = self._reached_by.get((plan.technique.id, number), {})
        for wanted in (True, None):
            for target, sources in known.items():
                if sources.holds(source) is wanted:
                    return target
        resource = plan.existing.get(plan.technique.gain.resource)
        if resource is None:
            return OutcomeTarget(None)
        label, row = self._states.place(number)
        if resource.existing == label:
            return OutcomeTarget(row)
        return OutcomeTarget(None, row)

    def _gains(
        self, plan: Plan, outcome: Outcome, actors: Sequence[Actor], direct: Mapping[int, int]
    ) -> Iterator[tuple[int, MaySet]]:
        """Sources, with the nodes that they reach."""
        kind, name = plan.technique.gain
        vocabulary, limited_to = self._provider.vocabulary, plan.technique.limited_to
        everyone = number_set(actor.number for actor in actors)
        label = plan.existing[name].existing if plan.gains_existing else ""
        match kind:
            case "identity" if limited_to:
                known = self._reached_by_all(label, outcome.rows, everyone, direct)
                yield everyone, self._limited(label, outcome.rows, limited_to, known)
            case "identity" | "data" if name != SELF:
                yield everyone, self._plain(label, outcome.rows)
            case "control":
                reached = self._runs_as.held(
                    self._graph, self._states, plan.existing[name], outcome.rows
                )
                unseen = MaySet(0, outcome.identities)
                yield everyone, reached | self._plain(vocabulary.identity, unseen)
            case "owner":
                yield everyone, self._owners(label, outcome.rows, limited_to)
            case "policies" | "unbounded" | "tags" if label in vocabulary.principals:
                yield everyone, self._others(plan, label, outcome, everyone)
            case _ if any(each.principal for each in plan.technique.created.values()):
                # All of one outcome are of one account.
                yield everyone, self._created(plan, outcome, actors[0], everyone)
            case _:
                for actor in actors:
                    yield 1 << actor.number, self._own(plan, outcome, actor)

    def _plain(self, label: str, rows: MaySet) -> MaySet:
        return self._states.plain_set(label, rows) if rows.possible else NONE

    def _owners(self, label: str, rows: MaySet, limited_to: Sequence[str]) -> MaySet:
        """The nodes of those who own accounts, as whom only some actions can be done if there are
        any."""
        found = NONE
        for row in members(rows.possible):
            number = self._states.owner(self._table(label).ids[row], limited_to)
            if number is not None:
                found |= exactly(1 << number).only_if(bool(rows.certain >> row & 1))
        return found

    def _limited(self, label: str, rows: MaySet, limited_to: Sequence[str], known: int) -> MaySet:
        """The nodes of principals as whom only some actions can be done, but of those that are
        ``known`` to be reached without such a limit."""
        found = NONE
        for row in members(rows.possible & ~known):
            number = self._states.limited(label, row, limited_to)
            if number is not None:
                found |= exactly(1 << number).only_if(bool(rows.certain >> row & 1))
        return found

    def _reached_by_all(
        self, label: str, rows: MaySet, sources: int, direct: Mapping[int, int]
    ) -> int:
        """The rows to which all sources are known to come, just as they are."""
        return number_set(
            row
            for row in members(rows.possible)
            if not sources & ~direct.get(self._states.of_row(label, row).number, 0)
        )

    def _others(self, plan: Plan, label: str, outcome: Outcome, sources: int) -> MaySet:
        """The nodes of other principals once they are changed."""
        kind = plan.technique.gain.kind
        found = NONE
        for row in members(outcome.rows.possible):
            actor = self._states.of_row(label, row)
            for chosen, is_certain in outcome.offered(row):
                for change in self._provider.apply(kind, actor.state, "", (), chosen):
                    of_row = change._replace(row=row)
                    found |= self._reached(plan, actor, of_row, sources, is_certain)
        return found

    def _own(self, plan: Plan, outcome: Outcome, actor: Actor) -> MaySet:
        """The nodes of the actor itself once it is changed."""
        kind, name = plan.technique.gain
        itself = 1 << actor.number
        if not plan.gains_existing:
            found = NONE
            for chosen, is_certain in outcome.offered():
                for change in self._provider.apply(kind, actor.state, "", (), chosen):
                    found |= self._reached(plan, actor, change, itself, is_certain)
            return found
        label, rows = plan.existing[name].existing, outcome.rows
        ids = self._table(label).ids
        by_choice: dict[tuple[Choice, ...], list[GainTarget]] = defaultdict(list)
        for row in members(rows.possible):
            for chosen, is_certain in outcome.offered(row):
                target = GainTarget(row, ids[row], is_certain)
                by_choice[chosen] += self._held_by(plan, actor, target, chosen)
        found = NONE
        for chosen, targets in by_choice.items():
            certain = {(each.row, each.holder) for each in targets if each.is_certain}
            for change in self._provider.apply(kind, actor.state, label, targets, chosen):
                is_certain = (change.row, change.holder) in certain
                found |= self._reached(plan, actor, change, itself, is_certain)
        return found

    def _held_by(
        self, plan: Plan, actor: Actor, target: GainTarget, chosen: Sequence[Choice]
    ) -> Iterator[GainTarget]:
        """A target once for each that it is taken off, if a technique takes anything off."""
        kind, name = plan.technique.gain
        is_group = plan.existing[name].existing in self._provider.vocabulary.groups
        has_holders = any(each.to == name for each in plan.technique.relations)
        if kind != "without" or is_group or not has_holders:
            yield target
            return
        for holder, truth in self._matching.holders(plan, actor, target.row, chosen):
            if truth is not False:
                is_certain = target.is_certain and truth is True
                yield target._replace(is_certain=is_certain, holder=holder)

    def _reached(
        self, plan: Plan, actor: Actor, change: Change, sources: int, is_certain: bool
    ) -> MaySet:
        node = self._states.changed(actor, change.state, change.shown)
        if node is None:
            return NONE
        if change.row is not None or change.chosen:
            target = OutcomeTarget(change.row, None, change.chosen, change.holder)
            self._note(plan, node, target, sources, is_certain)
        return exactly(1 << node).only_if(is_certain)

    def _note(
        self, plan: Plan, node: int, target: OutcomeTarget, sources: int, is_certain: bool
    ) -> None:
        """Keeps what led to a node of a state."""
        known = self._reached_by[plan.technique.id, node]
        known[target] = known.get(target, NONE) | exactly(sources).only_if(is_certain)

    def _created(self, plan: Plan, outcome: Outcome, actor: Actor, sources: int) -> MaySet:
        """The nodes of a principal that was only just created."""
        template, label = next(
            (each.created, each.principal)
            for each in plan.technique.created.values()
            if each.principal
        )
        places = {"partition": actor.partition, "account": actor.account, "region": ""}
        id_ = filled(template, places).replace("{name}", "new")
        kind, name = plan.technique.gain
        groups: Sequence[tuple[int | None, str]] = [(None, "")]
        if plan.gains_existing:
            ids = self._table(plan.existing[name].existing).ids
            groups = [(row, ids[row]) for row in members(outcome.rows.possible)]
        found = NONE
        for row, group in groups:
            for chosen, is_certain in outcome.offered(row):
                for change in self._provider.created(id_, kind, group, chosen):
                    node = self._states.created(actor.account, label, change.state, group)
                    target = OutcomeTarget(row, None, change.chosen)
                    self._note(plan, node, target, sources, is_certain)
                    found |= exactly(1 << node).only_if(is_certain)
        return found
