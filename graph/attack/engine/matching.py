"""Who can take which technique's step, and to what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ...authorization.aws.environment import GROUP, ROLE, USER
from ...logic import all_of, any_of
from ...sets import NONE, MaySet, exactly, members
from .candidates import Candidates, CandidateSet, is_role, label_of
from .permission_cache import Actor, CachedQuery, Context, PermissionCache
from .plan import Plan, carried
from .relations import Relations, RelationTable
from .technique import SELF, Existing, Requirement


class Outcome(NamedTuple):
    """What a step leads to."""

    truth: bool | None
    """Whether there is a way at all; None if there only may be one."""
    rows: MaySet
    """Of the thing that the technique yields, if it was collected."""
    roles: int
    """Roles that are reached if a resource that was not read runs as them."""


NOTHING = Outcome(False, NONE, 0)


class Binding(NamedTuple):
    """One way to take a step."""

    region: str
    rows: Mapping[str, int | None]
    """The collected things by row; None where it is one that was not read."""


class _Bound(NamedTuple):
    """A plan in an account and region: all that is the same for everybody there."""

    candidates: Mapping[str, CandidateSet]
    questions: Mapping[str, Sequence[CachedQuery]]
    own: Sequence[Callable[[str], CachedQuery]]
    """On the actor itself, by its label."""
    unseen: Mapping[str, Sequence[tuple[str, Context]]]
    """The permissions on things of which there may be others that were not read."""
    new: Sequence[tuple[str, Sequence[tuple[str, Context]]]]
    """Templates, with the permissions on one such resource."""


class Matching:
    """Answers for a plan and actors."""

    def __init__(
        self,
        things: Candidates,
        joins: Relations,
        asks: PermissionCache,
    ) -> None:
        self._things = things
        self._joins = joins
        self._asks = asks
        self._bound: dict[tuple[str, str, str], _Bound] = {}
        self._narrowed: dict[tuple[object, ...], CandidateSet] = {}

    def take(self, plan: Plan, actors: Iterable[Actor]) -> Iterator[tuple[Outcome, list[Actor]]]:
        """The outcomes other than none, each with those of an account who share it, in their
        order."""
        known: dict[tuple[object, ...], Outcome] = {}
        shared: dict[tuple[str, Outcome], list[Actor]] = {}
        for actor in actors:
            outcome = NOTHING
            for region in self._places(plan):
                outcome = _either(outcome, self._outcome(plan, actor, region, known))
                if outcome.truth and outcome.rows.certain == outcome.rows.possible:
                    break
            if outcome.truth is not False:
                shared.setdefault((actor.account, outcome), []).append(actor)
        yield from ((outcome, sharing) for (_, outcome), sharing in shared.items())

    def bind(self, plan: Plan, actor: Actor, row: int | None, role: int | None = None) -> Binding:
        """The most certain way for one to take a step: to a row of what the technique yields, or
        to a role that something runs as which was not read. Raises LookupError if there is none.
        """
        best: Binding | None = None
        for region in self._places(plan):
            values = self._values(plan, actor, region)
            if values is None:
                continue
            values = dict(values)
            first = plan.technique.yields.thing
            if plan.yields_collected:
                found = values[first]
                wanted = NONE if row is None else found.rows & exactly(1 << row)
                values[first] = CandidateSet(wanted, row is None and found.unseen)
            rows: dict[str, int | None] = {}
            certain = self._truth(plan, actor, region)
            for root in plan.roots:
                found = plan.reduced(root, values)
                certain = all_of((certain, found.any))
                _choose(plan, root, found, values, rows, role)
            if certain is not False:
                best = Binding(region, rows)
                if certain:
                    break
        if best is None:
            raise LookupError(f"{actor.holder.id} has no way to take {plan.technique.id}")
        return best

    def doubts(self, plan: Plan, actor: Actor, binding: Binding) -> Iterator[str]:
        """What could not be read of how the things of a step hang together."""
        for name, row in binding.rows.items():
            if row is None:
                continue
            own = self.own(plan, actor, name)
            if own is not None and own.holds(row) is None:
                yield f"what {actor.holder.id} has to do with {self._id(plan, name, row)}"
            for edge in plan.branches.get(name, ()):
                far = binding.rows[edge.branch]
                if far is not None and edge.links(row, far) is None:
                    yield (
                        f"what {self._id(plan, name, row)} has to do with "
                        f"{self._id(plan, edge.branch, far)}"
                    )

    def _id(self, plan: Plan, name: str, row: int) -> str:
        return self._asks.table(label_of(plan.collected[name])).ids[row]

    def own(self, plan: Plan, actor: Actor, name: str) -> MaySet | None:
        """The rows of a thing that are related to the actor as they must be; None if nothing is
        asked of that."""
        rows: MaySet | None = None
        for relation in plan.own:
            if relation.thing == name:
                related = self._related(plan, actor, name, relation.kind)
                rows = related if rows is None else rows & related
        return rows

    def unseen_roles(self, plan: Plan, values: Mapping[str, CandidateSet], account: str) -> int:
        """The roles that a resource which was not read may run as, if the technique gives
        control of it."""
        root = plan.technique.yields.thing
        limit = plan.limits.get(root, 0)
        for edge in plan.branches.get(root, ()):
            if is_role(plan.collected[edge.branch]):
                return plan.reduced(edge.branch, values).rows.possible & limit
        return self._things.account(ROLE, account) & limit

    def _places(self, plan: Plan) -> Sequence[str]:
        return self._asks.regions if plan.is_regional else ("",)

    def _outcome(
        self, plan: Plan, actor: Actor, region: str, known: dict[tuple[object, ...], Outcome]
    ) -> Outcome:
        truth = self._truth(plan, actor, region)
        if truth is False:
            return NOTHING
        values = self._values(plan, actor, region)
        if values is None:
            return NOTHING
        key = (actor.account, truth, *(id(value) for value in values.values()))
        if key not in known:
            known[key] = self._fold(plan, values, truth, actor.account)
        return known[key]

    def _fold(
        self, plan: Plan, values: Mapping[str, CandidateSet], truth: bool | None, account: str
    ) -> Outcome:
        reduced = [plan.reduced(root, values) for root in plan.roots]
        if plan.technique.assumes:
            truth = all_of((truth, None))
        if not plan.yields_collected:
            return Outcome(all_of((truth, *(found.any for found in reduced))), NONE, 0)
        first, *others = reduced
        truth = all_of((truth, *(found.any for found in others)))
        if truth is False:
            return NOTHING
        rows = first.rows if truth else first.rows.uncertain()
        roles = 0
        if first.unseen and plan.technique.yields.as_ == "control":
            roles = self.unseen_roles(plan, values, account)
        return Outcome(None if roles and not rows.certain else rows.any, rows, roles)

    def _truth(self, plan: Plan, actor: Actor, region: str) -> bool | None:
        """Whether the actor is as it must be, and may do all that is asked on itself and on what
        is new."""
        bound = self._prepared(plan, actor, region)
        truths: list[bool | None] = []
        if plan.self_ is not None:
            if label_of(plan.self_) != actor.label:
                return False
            fitting = self._things.of(plan.self_, actor.account)
            truths.append(fitting.rows.holds(actor.row))
        truths += [
            question(actor.label).rows(actor.holder).holds(actor.row) for question in bound.own
        ]
        if False in truths:
            return False
        for template, asked in bound.new:
            truths.append(self._asks.anew(actor.holder, template, asked))
            if truths[-1] is False:
                return False
        return all_of(truths)

    def _values(self, plan: Plan, actor: Actor, region: str) -> dict[str, CandidateSet] | None:
        """The candidates for each thing on which the actor has its permissions; None if there are
        none for one of them."""
        bound = self._prepared(plan, actor, region)
        values: dict[str, CandidateSet] = {}
        for name, candidates in bound.candidates.items():
            questions = bound.questions[name]
            numbers = tuple(question.of(actor.holder) for question in questions)
            own = self.own(plan, actor, name)
            unseen = candidates.unseen and self._unseen(plan, actor, name, bound)
            key = (plan.technique.id, actor.account, region, name, numbers, own, unseen)
            found = self._narrowed.get(key)
            if found is None:
                rows = candidates.rows if own is None else candidates.rows & own
                for question, number in zip(questions, numbers, strict=True):
                    rows &= question.answers[number]
                found = self._narrowed[key] = CandidateSet(rows, unseen)
            if found.any is False:
                return None
            values[name] = found
        return values

    def _unseen(self, plan: Plan, actor: Actor, name: str, bound: _Bound) -> bool:
        """Whether the actor may have its permissions on something that was not read."""
        if any(each.thing == name and each.kind in _TOLD_BY_SELF for each in plan.own):
            return False
        return self._asks.anywhere(actor.holder, bound.unseen[name]) is not False

    def _related(self, plan: Plan, actor: Actor, name: str, kind: str) -> MaySet:
        """The rows of a thing that are related to the actor."""
        thing = plan.collected[name]
        match kind:
            case "attached_to":
                return self._with_groups(actor, self._joins.attached)
            case "bounds":
                bounded = self._joins.bounded(actor.label).related(actor.row)
                return NONE if actor.holder.unbounded else bounded
            case "has_member":
                return self._groups(actor)
            case "refers_to":
                return self._joins.refers(label_of(thing), actor.label).relating(actor.row)
        return self._related_to_role(plan, actor, name, kind) if actor.label == ROLE else NONE

    def _related_to_role(self, plan: Plan, actor: Actor, name: str, kind: str) -> MaySet:
        thing = plan.collected[name]
        if kind == "assumed_by":
            return self._asks.question("sts:AssumeRole", ROLE).rows(actor.holder)
        assert isinstance(thing, Existing)
        if kind == "trusted_by":
            return self._joins.trusts(thing.live).related(actor.row)
        return carried(self._joins, thing, plan.limits.get(name)).relating(actor.row)

    def _with_groups(self, actor: Actor, join: Callable[[str], RelationTable]) -> MaySet:
        """What the actor is related to, itself or through a group."""
        found = join(actor.label).related(actor.row)
        groups = self._groups(actor)
        for group in members(groups.possible):
            related = join(GROUP).related(group)
            found |= related if groups.certain >> group & 1 else related.uncertain()
        return found

    def _groups(self, actor: Actor) -> MaySet:
        """The groups that the actor is in."""
        index = self._asks.table(GROUP).index
        joined = exactly(sum(1 << index[id_] for id_ in actor.holder.groups))
        if actor.label == USER:
            joined |= self._joins.joined().related(actor.row)
        return joined

    def _prepared(self, plan: Plan, actor: Actor, region: str) -> _Bound:
        key = (plan.technique.id, actor.account, region)
        if key not in self._bound:
            self._bound[key] = self._bind(plan, actor, region)
        return self._bound[key]

    def _bind(self, plan: Plan, actor: Actor, region: str) -> _Bound:
        places = {"partition": actor.partition, "account": actor.account, "region": region}

        def asked(requirement: Requirement) -> tuple[str, Context]:
            return requirement.action, filled_context(requirement, places)

        def question(requirement: Requirement, label: str) -> CachedQuery:
            action, context = asked(requirement)
            return self._asks.question(action, label, context)

        return _Bound(
            candidates={
                name: self._things.of(thing, actor.account)
                for name, thing in plan.collected.items()
            },
            questions={
                name: [question(each, label_of(thing)) for each in plan.asked.get(name, ())]
                for name, thing in plan.collected.items()
            },
            own=[partial(question, each) for each in plan.asked.get(SELF, ())],
            unseen={
                name: [asked(each) for each in plan.asked.get(name, ())] for name in plan.collected
            },
            new=[
                (filled(template, places), [asked(each) for each in plan.asked.get(name, ())])
                for name, template in plan.new.items()
                if plan.asked.get(name)
            ],
        )


_TOLD_BY_SELF = frozenset(("attached_to", "bounds", "has_member"))
"""Relations that are read with the acting principal, so that there are no others."""


def filled(template: str, places: Mapping[str, str]) -> str:
    """A template with its partition, region and account; what is picked stays open."""
    for name, value in places.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def filled_context(requirement: Requirement, places: Mapping[str, str]) -> Context:
    """The keys that a requirement fixes."""
    return tuple(sorted((key, filled(value, places)) for key, value in requirement.context.items()))


def _either(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(any_of((one.truth, other.truth)), one.rows | other.rows, one.roles | other.roles)


def _choose(
    plan: Plan,
    name: str,
    found: CandidateSet,
    values: Mapping[str, CandidateSet],
    rows: dict[str, int | None],
    role: int | None,
) -> None:
    """Picks a candidate for a thing, then for what hangs on it; the certain come first."""
    row = next(members(found.rows.certain or found.rows.possible), None)
    rows[name] = row
    for edge in plan.branches.get(name, ()):
        far = plan.reduced(edge.branch, values)
        if row is not None:
            related = edge.beyond(row, far)
            far = CandidateSet(related, far.unseen and related.any is not True)
        elif role is not None and is_role(plan.collected[edge.branch]):
            far = CandidateSet(exactly(1 << role))
        _choose(plan, edge.branch, far, values, rows, None)
