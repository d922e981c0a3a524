"""A technique laid out for asking: which resources hang on which, and what is asked of each.

The resources that are related form trees. Of a tree only those candidates of its root count that
are related to candidates of every branch; the tree whose root the technique gains says what is
reached, the others only have to have candidates at all.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from ...model import Internet
from ...sets import MaySet, members
from ..provider import Making, Preparation
from .candidates import Candidates, CandidateSet
from .relations import RUNS_AS, RelationLike, Relations, RelationTable, had_by, having
from .requirement import NOTHING, SELF, Choice, Existing, Relation, Requirement, each_of
from .technique import Technique

CAN_ASSUME = "CAN_ASSUME"


class Branch(NamedTuple):
    """That candidates of a resource must be related to candidates of one further from the root."""

    name: str
    relation: RelationLike
    outward: bool
    """Whether the relation is read from the rows nearer to the root."""
    limit: int
    """Of the rows of the principal, if one of the two is one, those that an unseen other may
    have."""

    def keep(self, near: CandidateSet, far: CandidateSet) -> CandidateSet:
        """The candidates nearer to the root that are related to the others."""
        if self.outward:
            rows = having(self.relation, near.rows, far.rows)
        else:
            rows = had_by(self.relation, far.rows, near.rows)
        if far.unseen:
            rows |= MaySet(0, near.rows.possible & self.limit)
        unseen = near.unseen and bool(far.unseen or far.rows.possible & self.limit)
        return CandidateSet(rows, unseen)

    def links(self, near: int, far: int) -> bool | None:
        """Whether a row is related to one further from the root."""
        if self.outward:
            return self.relation.related(near).holds(far)
        return self.relation.related(far).holds(near)

    def beyond(self, row: int, far: CandidateSet) -> MaySet:
        """The candidates further from the root that a row is related to."""
        if self.outward:
            return self.relation.related(row) & far.rows
        certain = possible = 0
        for other in members(far.rows.possible):
            met = self.relation.related(other).holds(row)
            if met is not False:
                possible |= 1 << other
                if met and far.rows.certain >> other & 1:
                    certain |= 1 << other
        return MaySet(certain, possible)


@dataclass(frozen=True)
class Plan:
    """A technique laid out."""

    technique: Technique
    actor: Existing | None
    """What is asked of the acting principal, besides permissions."""
    existing: Mapping[str, Existing]
    """The resources that must be candidates among what was read."""
    created: Mapping[str, str]
    """Templates of the others; ``*`` for actions without a resource."""
    asked: Mapping[str, Sequence[Requirement]]
    """The permissions by resource."""
    branches: Mapping[str, Sequence[Branch]]
    """What hangs on each resource, away from the root of its tree."""
    roots: Sequence[str]
    """One resource of each tree; that which the technique gains, if it is one of them, comes
    first."""
    own: Sequence[Relation]
    """Relations of the acting principal."""
    limits: Mapping[str, int]
    """Of the principals, those that an unseen resource may run as."""
    anywhere: frozenset[str]
    """Resources that may lie in other accounts, whose own policies may let the actor in."""
    given: frozenset[str]
    """The actions that only policies of the principal itself can allow."""
    choice: Choice = ()
    """What the attacker picks."""
    preparation: tuple[object, ...] = ()
    """What the attacker sets on which resource beforehand."""

    @cached_property
    def key(self) -> Hashable:
        """What tells it from all other plans."""
        return self.technique.id, self.choice, self.preparation

    def declared(self, name: str) -> Existing:
        """What is asked of a resource, with what is picked."""
        return self.existing[name].choosing(self.choice)

    @cached_property
    def tagged(self) -> Mapping[str, str]:
        """The action by which each resource is tagged that may be while it is made."""
        return {
            name: by
            for name, each in self.technique.created.items()
            if (by := each.tagged_by) and self.asked.get(name)
        }

    def made(self, name: str, by: Making) -> Sequence[Requirement]:
        """What is asked of a resource on which this is set while it is made."""
        first, *others = self.asked[name]
        making = first.model_copy(update={"context": {**first.context, **dict(by.making)}})
        setting: list[Requirement] = []
        if by.setting and self.tagged[name] != first.action:
            action = self.tagged[name]
            setting = [Requirement(action=action, on=name, context=dict(by.setting))]
        later = [
            each.model_copy(update={"context": {**each.context, **dict(by.then)}})
            for each in others
        ]
        return [making, *setting, *later]

    def choosing(self, choice: Choice) -> "Plan":
        """The same with a choice."""
        return replace(self, choice=choice)

    def prepared(self, name: str, by: Preparation) -> "Plan":
        """The same with a resource that is prepared before anything else is asked on it."""
        others = [
            each
            if each.part
            else each.model_copy(update={"context": {**each.context, **dict(by.then)}})
            for each in self.asked[name]
        ]
        first = Requirement(action=by.action, on=name, context=dict(by.context))
        asked = {**self.asked, name: [first, *others]}
        return replace(self, asked=asked, preparation=(name, by))

    @cached_property
    def gains_existing(self) -> bool:
        """Whether what is reached is the first tree's root."""
        return self.technique.gain.resource in self.existing

    @cached_property
    def is_regional(self) -> bool:
        """Whether a region is to be picked."""
        texts = [*self.created.values()]
        for requirement in self.technique.requires:
            texts += chain.from_iterable(map(each_of, requirement.context.values()))
        return any("{region}" in text for text in texts)

    def reduced(self, name: str, values: Mapping[str, CandidateSet]) -> CandidateSet:
        """The candidates for a resource that are related to candidates of all that hangs on it."""
        value = values[name]
        for branch in self.branches.get(name, ()):
            value = branch.keep(value, self.reduced(branch.name, values))
        return value


class Planner:
    """Lays techniques out over an environment."""

    def __init__(
        self,
        candidates: Candidates,
        relations: Relations,
        identity: str,
        assuming: Callable[[str], RelationLike],
        has_own_policy: Callable[[str, str], bool],
    ) -> None:
        """``identity`` is the label of the principals that resources run as; ``assuming`` gives
        the relation of the principals of a label to those of it that they can assume;
        ``has_own_policy`` says whether resources of a label (empty: of any) may have a policy of
        their own that allows an action."""
        self._candidates = candidates
        self._relations = relations
        self._identity = identity
        self._assuming = assuming
        self._has_own_policy = has_own_policy

    def plan(self, technique: Technique) -> Plan:
        """Lays out a technique.

        :raises ValueError: if its relations form a circle.
        """
        existing = technique.existing
        asked: dict[str, list[Requirement]] = defaultdict(list)
        for requirement in technique.requires:
            asked[requirement.on].append(requirement)
        created = {name: each.created for name, each in technique.created.items()}
        if NOTHING in asked:
            created[NOTHING] = NOTHING
        limits = {
            name: limit
            for name, each in existing.items()
            if (limit := self._limit(each)) is not None
        }
        branches, roots = self._trees(technique, existing, limits)
        return Plan(
            technique=technique,
            actor=technique.actor,
            existing=existing,
            created=created,
            asked=dict(asked),
            branches=branches,
            roots=roots,
            own=[each for each in technique.relations if SELF in (each.from_, each.to)],
            limits=limits,
            anywhere=self._anywhere(technique, existing, asked),
            given=frozenset(
                each.action
                for each in technique.requires
                if not (each.on in existing and self._is_shared(existing[each.on], each))
            ),
        )

    def _is_shared(self, resource: Existing, requirement: Requirement) -> bool:
        """Whether what a requirement is asked on may have a policy of its own that allows it."""
        label = "" if requirement.part else resource.existing
        return self._has_own_policy(label, requirement.action)

    def _limit(self, resource: Existing) -> int | None:
        """The principals that an unseen resource may run as; None if these are all."""
        unnamed = self._candidates.unnamed(resource.existing)
        if not resource.service_principals:
            return unnamed
        services = resource.service_principals
        trusting = self._candidates.trusting(services, self._identity).possible
        return trusting if unnamed is None else trusting & unnamed

    def runs_as(self, resource: Existing, label: str, limit: int | None) -> RelationTable:
        """As which principals of a label resources run; as any of ``limit`` where unread."""
        found = self._relations.runs_as(resource.existing, label, resource.runs_as)
        return found if limit is None else replace(found, others=limit)

    def relation(
        self, relation: Relation, near: Existing, far: Existing, limit: int | None
    ) -> RelationLike:
        """The rows of one resource that edges lead to from the rows of another."""
        if relation.edge == CAN_ASSUME:
            return self._assuming(near.existing)
        if relation.edge == RUNS_AS:
            return self.runs_as(near, far.existing, limit)
        return self._relations.by_edge(near.existing, relation.edge, far.existing, relation.tcp)

    def _anywhere(
        self,
        technique: Technique,
        existing: Mapping[str, Existing],
        asked: Mapping[str, Sequence[Requirement]],
    ) -> frozenset[str]:
        found = {
            name
            for name, each in existing.items()
            if each.elsewhere
            or each.existing == Internet.label
            or (asked.get(name) and all(self._is_shared(each, one) for one in asked[name]))
        }
        # What hangs on it and of which nothing is asked lies where it does.
        for relation in technique.relations:
            for near, far in ((relation.from_, relation.to), (relation.to, relation.from_)):
                if near in found and far in existing and not asked.get(far):
                    found.add(far)
        return frozenset(found)

    def _trees(
        self,
        technique: Technique,
        existing: Mapping[str, Existing],
        limits: Mapping[str, int],
    ) -> tuple[dict[str, list[Branch]], list[str]]:
        first = technique.gain.resource
        order = sorted(existing, key=lambda name: name != first)
        branches: dict[str, list[Branch]] = defaultdict(list)
        roots: list[str] = []
        reached: set[str] = set()
        left = [each for each in technique.relations if SELF not in (each.from_, each.to)]
        for root in order:
            if root in reached:
                continue
            roots.append(root)
            reached.add(root)
            waiting = [root]
            while waiting:
                near = waiting.pop()
                for each in [one for one in left if near in (one.from_, one.to)]:
                    left.remove(each)
                    outward = each.from_ == near
                    far = each.to if outward else each.from_
                    if far in reached:
                        raise ValueError(f"{technique.id}: the relations of '{far}' form a circle")
                    reached.add(far)
                    source, target = existing[each.from_], existing[each.to]
                    relation = self.relation(each, source, target, limits.get(each.from_))
                    limit = -1
                    if target.existing == self._identity:
                        limit = limits.get(each.from_, -1)
                    branches[near].append(Branch(far, relation, outward, limit))
                    waiting.append(far)
        return branches, roots
