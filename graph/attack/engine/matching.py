"""Who can take which technique's step, and to what."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import NamedTuple

from ...logic import Truth, all_of, any_of
from ...sets import NONE, MaySet, exactly, members, number_set
from .candidates import CandidateSet
from .part_query import PartQuery, fields_of
from .parts import EngineParts
from .permission_cache import Actor, PermissionQuery
from .plan import CAN_ASSUME, Plan, Planner
from .relations import RUNS_AS
from .requirement import SELF, Choice, Context, Relation, Requirement, each_of, filled

Asked = Sequence[tuple[str, Context]]
"""Actions, with what is given of each request."""
HAS_POLICY, MEMBER_OF = "HAS_POLICY", "MEMBER_OF"


class Outcome(NamedTuple):
    """What a step leads to."""

    truth: Truth
    """Whether it can be taken at all; None if it only may be."""
    rows: MaySet
    """Of the resource that the technique gains, if it exists."""
    identities: int
    """Principals that are reached if a resource that was not read runs as them."""
    offers: tuple[tuple[Choice, "Outcome"], ...] = ()
    """By what the attacker picks, best first: what that leads to. Nothing if there is nothing to
    pick."""

    def offered(self, row: int | None = None) -> Iterator[tuple[tuple[Choice, ...], bool]]:
        """What can be picked to get to a row (or whatever is reached), and whether for certain:
        all that is certain, and then all that is possible if that is more."""
        if not self.offers:
            truth = self.truth if row is None else self.rows.holds(row)
            if truth is not False:
                yield (), truth is True
            return
        truths = [
            (choice, each.truth if row is None else each.rows.holds(row))
            for choice, each in self.offers
        ]
        certain = tuple(choice for choice, truth in truths if truth)
        possible = tuple(choice for choice, truth in truths if truth is not False)
        if certain:
            yield certain, True
        if possible != certain:
            yield possible, False


NOTHING = Outcome(False, NONE, 0)


class Binding(NamedTuple):
    """How a step is taken."""

    plan: Plan
    """With what is picked and prepared."""
    region: str
    rows: Mapping[str, int | None]
    """The existing resources by row; None where it is one that was not read."""


@dataclass(frozen=True)
class _Bound:
    """A plan in an account and region: all that is the same for everybody there."""

    candidates: Mapping[str, CandidateSet]
    queries: Mapping[str, Sequence[PermissionQuery | PartQuery]]
    own: Sequence[Callable[[str], PermissionQuery]]
    """On the actor itself, by its label."""
    unseen: Mapping[str, Sequence[Asked]]
    """The permissions on resources of which there may be others that were not read, and those on a
    part of each."""
    created: Mapping[str, tuple[str, Asked]]
    """Templates, with the permissions on one such resource."""
    narrowed: dict[tuple[object, ...], CandidateSet] = field(default_factory=dict)
    """The candidates for each resource that were found, by all that decides on them."""


class Matching:
    """Answers for a plan and actors."""

    def __init__(self, parts: EngineParts, planner: Planner) -> None:
        vocabulary = parts.provider.vocabulary
        self._provider = parts.provider
        self._cache = parts.cache
        self._candidates = parts.candidates
        self._relations = parts.relations
        self._planner = planner
        self._parts = parts.parts
        self._identity = vocabulary.identity
        self._groups_label = next(iter(vocabulary.groups), "")
        self._bound: dict[tuple[Hashable, str, str], _Bound] = {}

    def take(self, plan: Plan, actors: Iterable[Actor]) -> Iterator[tuple[Outcome, list[Actor]]]:
        """The outcomes other than none, each with those of an account who share it, in their
        order."""
        known: dict[tuple[object, ...], Outcome] = {}
        shared: dict[tuple[str, Outcome], list[Actor]] = {}
        for actor in actors:
            outcome = self._chosen(plan, actor, known)
            if outcome.truth is not False:
                shared.setdefault((actor.account, outcome), []).append(actor)
        yield from ((outcome, sharing) for (_, outcome), sharing in shared.items())

    def bind(
        self,
        plan: Plan,
        actor: Actor,
        row: int | None,
        identity: int | None = None,
        choice: Choice | None = None,
        holder: str = "",
    ) -> Binding:
        """How one takes a step most certainly: to a row of what the technique gains (None: to one
        that was not read), to an identity that this runs as, by a choice, off a holder, if these
        are given.

        :raises LookupError: if there is none.
        """
        best: Binding | None = None
        for picked in self._choosing(plan, actor) if choice is None else [plan.choosing(choice)]:
            for variant in self._prepared_plans(picked, actor):
                for region in self._places(variant):
                    truth, binding = self._bind_in(variant, actor, row, identity, region, holder)
                    if truth:
                        return binding
                    if truth is None and best is None:
                        best = binding
        if best is None:
            raise LookupError(f"{actor.state.id} cannot take {plan.technique.id}")
        return best

    def holders(
        self, plan: Plan, actor: Actor, row: int, chosen: Sequence[Choice]
    ) -> Iterator[tuple[str, Truth]]:
        """What has the resource that a technique takes off, and can be rid of it."""
        found: dict[str, list[Truth]] = {}
        for choice in chosen or ((),):
            for variant in self._prepared_plans(plan.choosing(choice), actor):
                for holder, truth in self._holding(variant, actor, row):
                    found.setdefault(holder, []).append(truth)
        yield from ((holder, any_of(truths)) for holder, truths in found.items())

    def _holding(self, plan: Plan, actor: Actor, row: int) -> Iterator[tuple[str, Truth]]:
        gained = plan.technique.gain.resource
        label = plan.existing[gained].existing
        gone = self._provider.unrelated
        id_ = self._id(plan, gained, row)
        values = self._values(plan, actor, "")
        if values is None:
            return
        for relation in plan.technique.relations:
            if relation.to != gained:
                continue
            if relation.from_ == SELF:
                if id_ not in gone(actor.state, actor.state.id, relation.edge):
                    joined = self._relations.by_edge(actor.label, relation.edge, label)
                    yield actor.state.id, joined.related(actor.row).holds(row)
                continue
            near = plan.existing[relation.from_].existing
            joined = self._relations.by_edge(near, relation.edge, label)
            able = plan.reduced(relation.from_, values).rows
            for other in members(able.possible):
                holder = self._id(plan, relation.from_, other)
                if id_ not in gone(actor.state, holder, relation.edge):
                    yield holder, all_of((able.holds(other), joined.related(other).holds(row)))

    def _bind_in(
        self,
        plan: Plan,
        actor: Actor,
        row: int | None,
        identity: int | None,
        region: str,
        holder: str = "",
    ) -> tuple[Truth, Binding]:
        rows: dict[str, int | None] = {}
        binding = Binding(plan, region, rows)
        found = self._values(plan, actor, region)
        if found is None:
            return False, binding
        values = dict(found)
        if plan.gains_existing:
            first = plan.technique.gain.resource
            known = values[first]
            wanted = NONE if row is None else known.rows & exactly(1 << row)
            values[first] = CandidateSet(wanted, row is None and known.unseen)
            for relation in plan.technique.relations if holder else ():
                if relation.to == first and relation.from_ != SELF:
                    index = self._cache.table(plan.existing[relation.from_].existing).index
                    only = values[relation.from_].rows.within(1 << index[holder])
                    values[relation.from_] = CandidateSet(only, False)
        truth = self._truth(plan, actor, region)
        for root in plan.roots:
            reduced = plan.reduced(root, values)
            truth = all_of((truth, reduced.any))
            self._choose(plan, root, reduced, values, rows, identity)
        return truth, binding

    def _chosen(
        self, plan: Plan, actor: Actor, known: dict[tuple[object, ...], Outcome]
    ) -> Outcome:
        """What a plan leads to, by whatever is picked."""
        if not plan.technique.is_choosing:
            return self._at_best(plan, actor, known)
        offers = [
            (picked.choice, outcome)
            for picked in self._choosing(plan, actor)
            if (outcome := self._at_best(picked, actor, known)).truth is not False
        ]
        found = NOTHING
        for _, outcome in offers:
            found = _either(found, outcome)
        return found._replace(offers=tuple(offers))

    def _at_best(
        self, plan: Plan, actor: Actor, known: dict[tuple[object, ...], Outcome]
    ) -> Outcome:
        """What a plan leads to in whatever region, however its resources are prepared."""
        found = NOTHING
        for variant in self._prepared_plans(plan, actor):
            for region in self._places(variant):
                outcome = self._outcome(variant, actor, region, known)
                found = outcome if found is NOTHING else _either(found, outcome)
                if found.truth and found.rows.certain == found.rows.possible:
                    break
        return found

    def _choosing(self, plan: Plan, actor: Actor) -> Iterator[Plan]:
        """A plan with each choice there is, best first."""
        technique = plan.technique
        if not technique.is_choosing:
            yield plan
            return
        offered: Sequence[Choice] = ((),)
        if technique.chosen:
            offered = self._provider.choices(technique, actor.state)
        for picked, choice in product(technique.picked, offered):
            yield plan.choosing((*picked, *choice))

    def _prepared_plans(self, plan: Plan, actor: Actor) -> Iterator[Plan]:
        """A plan as it is, and with one of its resources prepared."""
        yield plan
        for name, requirements in plan.asked.items():
            label = actor.label if name == SELF else ""
            label = label or (plan.existing[name].existing if name in plan.existing else "")
            actions = [each.action for each in requirements]
            for each in self._provider.preparations(actor.state, label, actions) if label else ():
                yield plan.prepared(name, each)

    def made(self, plan: Plan, name: str, actor: Actor, region: str) -> Sequence[Asked]:
        """What is asked of something that a step makes, with each that can be set on it while it
        is made, where that decides."""
        _, plain = self._prepared(plan, actor, region).created[name]
        by = plan.tagged.get(name)
        if by is None:
            return [plain]
        actions = [*(action for action, _ in plain), by]
        places = filling(plan, actor, region)
        return [
            asked_with(plan.made(name, each), places)
            for each in self._provider.makings(actor.state, actions[0], by, actions)
        ] or [plain]

    def doubts(self, actor: Actor, binding: Binding) -> Iterator[str]:
        """What could not be read of how the resources of a step hang together."""
        plan = binding.plan
        for name, row in binding.rows.items():
            if row is None:
                continue
            id_ = self._id(plan, name, row)
            for each in plan.asked.get(name, ()):
                part = self.part(each, plan.existing[name].existing, filling(plan, actor, ""))
                if each.part and part and part.unread >> row & 1:
                    yield f"{' and '.join(fields_of(each.part))} of {id_} could not be read"
            own = self._own(plan, actor, name)
            if own is not None and own.holds(row) is None:
                yield f"whether {actor.state.id} is related to {id_} could not be read"
            for branch in plan.branches.get(name, ()):
                far = binding.rows[branch.name]
                if far is not None and branch.links(row, far) is None:
                    other = self._id(plan, branch.name, far)
                    needed = plan.existing[branch.name].if_not
                    yield needed or f"whether {id_} is related to {other} could not be read"

    def _id(self, plan: Plan, name: str, row: int) -> str:
        return self._cache.table(plan.existing[name].existing).ids[row]

    def _own(self, plan: Plan, actor: Actor, name: str) -> MaySet | None:
        """The rows of a resource that are related to the actor as they must be; None if nothing is
        asked of that."""
        rows: MaySet | None = None
        for relation in plan.own:
            if name in (relation.from_, relation.to):
                related = self._related(plan, actor, name, relation)
                rows = related if rows is None else rows & related
        return rows

    def _unseen_identities(
        self, plan: Plan, values: Mapping[str, CandidateSet], account: str
    ) -> int:
        """The principals that a resource which was not read may run as, if the technique gives
        control of it."""
        root = plan.technique.gain.resource
        limit = plan.limits.get(root, 0)
        for branch in plan.branches.get(root, ()):
            if plan.existing[branch.name].existing == self._identity:
                return plan.reduced(branch.name, values).rows.possible & limit
        return self._candidates.account(self._identity, account) & limit

    def _places(self, plan: Plan) -> Sequence[str]:
        return self._cache.places if plan.is_regional else ("",)

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
        self, plan: Plan, values: Mapping[str, CandidateSet], truth: Truth, account: str
    ) -> Outcome:
        reduced = [plan.reduced(root, values) for root in plan.roots]
        if plan.technique.assumes:
            truth = all_of((truth, None))
        if not plan.gains_existing:
            return Outcome(all_of((truth, *(found.any for found in reduced))), NONE, 0)
        first, *others = reduced
        truth = all_of((truth, *(found.any for found in others)))
        if truth is False:
            return NOTHING
        rows = first.rows if truth else first.rows.uncertain()
        identities = 0
        if first.unseen and plan.technique.gain.kind == "control":
            identities = self._unseen_identities(plan, values, account)
        return Outcome(None if identities and not rows.certain else rows.any, rows, identities)

    def _truth(self, plan: Plan, actor: Actor, region: str) -> Truth:
        """Whether the actor is as it must be, and may do all that is asked on itself and on what
        is created."""
        bound = self._prepared(plan, actor, region)
        truths: list[Truth] = []
        if plan.actor is not None:
            if plan.actor.existing != actor.label:
                return False
            fitting = self._candidates.of(plan.actor, actor.account)
            truths.append(fitting.rows.holds(actor.row))
        truths += [query(actor.label).rows(actor.state).holds(actor.row) for query in bound.own]
        if False in truths:
            return False
        for name, (template, _) in bound.created.items():
            asked = self.made(plan, name, actor, region)
            truths.append(
                any_of(self._cache.allowed_on_new(actor.state, template, each) for each in asked)
            )
            if truths[-1] is False:
                return False
        return all_of(truths)

    def _values(self, plan: Plan, actor: Actor, region: str) -> dict[str, CandidateSet] | None:
        """The candidates for each resource on which the actor has its permissions; None if there
        are none for one of them."""
        bound = self._prepared(plan, actor, region)
        values: dict[str, CandidateSet] = {}
        for name, candidates in bound.candidates.items():
            queries = bound.queries[name]
            numbers = tuple([query.of(actor.state) for query in queries])
            own = self._own(plan, actor, name)
            unseen = candidates.unseen and self._unseen(plan, actor, name, bound)
            key = (name, numbers, own, unseen)
            found = bound.narrowed.get(key)
            if found is None:
                rows = candidates.rows if own is None else candidates.rows & own
                for query, number in zip(queries, numbers, strict=True):
                    rows &= query.answers[number]
                found = bound.narrowed[key] = CandidateSet(rows, unseen)
            if found.any is False:
                return None
            values[name] = found
        return values

    def _unseen(self, plan: Plan, actor: Actor, name: str, bound: _Bound) -> bool:
        """Whether the actor may have its permissions on something that was not read."""
        if any(each.from_ == SELF and each.to == name for each in plan.own):
            return False  # What an edge of the actor leads to is read with the actor.
        asked_on_it = plan.asked.get(name, ())
        if asked_on_it and all(each.part for each in asked_on_it):
            # Where the parts of something lie that nobody looked for may be anywhere.
            label = plan.existing[name].existing
            if not self._candidates.was_looked_for(label, actor.account):
                return False
        return all(
            self._cache.allowed_anywhere(actor.state, asked) is not False
            for asked in bound.unseen[name]
        )

    def part(
        self, requirement: Requirement, label: str, places: Mapping[str, str]
    ) -> PartQuery | None:
        """The question that a requirement asks about a part of resources of a label; None if it
        asks about them."""
        if requirement.part is None:
            return None
        context = filled_context(requirement, places)
        return self._parts.query(
            requirement.action,
            label,
            requirement.part,
            context,
            is_one_enough=requirement.any,
        )

    def _related(self, plan: Plan, actor: Actor, name: str, relation: Relation) -> MaySet:
        """The rows of a resource that an edge joins with the actor."""
        resource = plan.existing[name]
        if relation.from_ != SELF:
            if actor.row >= len(self._cache.table(actor.label)):
                return NONE
            if relation.edge == RUNS_AS:
                limit = plan.limits.get(name)
                found = self._planner.runs_as(resource, actor.label, limit)
            else:
                found = self._relations.by_edge(resource.existing, relation.edge, actor.label)
            return found.relating(actor.row)
        if relation.edge == CAN_ASSUME:
            vocabulary = self._provider.vocabulary
            return self._cache.query(
                vocabulary.trust, resource.existing, vocabulary.trust_context
            ).rows(actor.state)
        return self._leading(actor, relation.edge, resource.existing)

    def _leading(self, actor: Actor, edge: str, label: str) -> MaySet:
        """The rows that edges lead to from the actor, in its state, itself or by a group."""
        by_state = self._provider.related(actor.state, edge, label)
        if by_state is None:
            return NONE
        index = self._cache.table(label).index
        found = exactly(number_set(index[id_] for id_ in by_state if id_ in index))
        gone = partial(self._provider.unrelated, actor.state, edge=edge)

        def left(related: MaySet, holder: str) -> MaySet:
            return related.within(~number_set(index[id_] for id_ in gone(holder) if id_ in index))

        if actor.row < len(self._cache.table(actor.label)):
            own = self._relations.by_edge(actor.label, edge, label).related(actor.row)
            found |= left(own, actor.state.id)
        if edge == HAS_POLICY and self._groups_label:
            groups = self._leading(actor, MEMBER_OF, self._groups_label)
            ids = self._cache.table(self._groups_label).ids
            relation = self._relations.by_edge(self._groups_label, edge, label)
            for group in members(groups.possible):
                related = left(relation.related(group), ids[group])
                found |= related.only_if(bool(groups.certain >> group & 1))
        return found

    def _prepared(self, plan: Plan, actor: Actor, region: str) -> _Bound:
        key = (plan.key, actor.account, region)
        found = self._bound.get(key)
        if found is None:
            found = self._bound[key] = self._bind(plan, actor, region)
        return found

    def _bind(self, plan: Plan, actor: Actor, region: str) -> _Bound:
        places = filling(plan, actor, region)

        def own(requirement: Requirement, label: str) -> PermissionQuery:
            context = filled_context(requirement, places)
            return self._cache.query(requirement.action, label, context)

        def query(requirement: Requirement, label: str) -> PermissionQuery | PartQuery:
            return self.part(requirement, label, places) or own(requirement, label)

        return _Bound(
            candidates={
                name: self._candidates.of(
                    plan.declared(name), actor.account, anywhere=name in plan.anywhere
                )
                for name in plan.existing
            },
            queries={
                name: [query(one, each.existing) for one in plan.asked.get(name, ())]
                for name, each in plan.existing.items()
            },
            own=[partial(own, each) for each in plan.asked.get(SELF, ())],
            unseen={
                name: [asked_with(each, places) for each in _together(plan.asked.get(name, ()))]
                for name in plan.existing
            },
            created={
                name: (filled(template, places), asked_with(plan.asked[name], places))
                for name, template in plan.created.items()
                if plan.asked.get(name)
            },
        )

    def _choose(
        self,
        plan: Plan,
        name: str,
        found: CandidateSet,
        values: Mapping[str, CandidateSet],
        rows: dict[str, int | None],
        identity: int | None,
    ) -> None:
        """Picks a candidate for a resource, then for what hangs on it; the certain come first."""
        row = next(members(found.rows.certain or found.rows.possible), None)
        rows[name] = row
        for branch in plan.branches.get(name, ()):
            far = plan.reduced(branch.name, values)
            if identity is not None and plan.existing[branch.name].existing == self._identity:
                far = CandidateSet(exactly(1 << identity))
            elif row is not None:
                related = branch.beyond(row, far)
                far = CandidateSet(related, far.unseen and related.any is not True)
            self._choose(plan, branch.name, far, values, rows, None)


def filling(plan: Plan, actor: Actor, region: str) -> Mapping[str, str]:
    """What stands for the placeholders of a plan."""
    places = {"partition": actor.partition, "account": actor.account, "region": region}
    return {**places, **dict(plan.choice)}


def asked_with(requirements: Iterable[Requirement], places: Mapping[str, str]) -> Asked:
    """What requirements ask, with what stands for their placeholders."""
    return [(each.action, filled_context(each, places)) for each in requirements]


def _together(requirements: Sequence[Requirement]) -> Iterator[Sequence[Requirement]]:
    """Those that are asked on one and the same resource, and each that is asked on a part."""
    yield [each for each in requirements if not each.part]
    yield from ([each] for each in requirements if each.part)


def filled_context(requirement: Requirement, places: Mapping[str, str]) -> Context:
    """The keys that a requirement fixes; what is picked empty is absent."""
    return tuple(
        sorted(
            (
                filled(key, places),
                tuple(filter(None, (filled(one, places) for one in each_of(value)))),
            )
            for key, value in requirement.context.items()
        )
    )


def _either(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(
        any_of((one.truth, other.truth)),
        one.rows | other.rows,
        one.identities | other.identities,
    )
