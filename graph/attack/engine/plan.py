"""A technique laid out for asking: which things hang on which, and what is asked of each.

The things that are related form trees. Of a tree only those candidates of its root count that are
related to candidates of every branch; the tree whose root the technique yields says what is
reached, the others only have to have candidates at all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from ...authorization.aws.environment import RESOURCE_POLICIES
from ...sets import MaySet, members
from .candidates import Candidates, CandidateSet, is_role, label_of
from .relations import Relation, Relations, RelationTable, had_by, having
from .technique import NOTHING, SELF, Created, Existing, Principal, Requirement, Technique

Assuming = Callable[[], Relation]
"""Gives the relation of roles to the roles that they can assume."""


class PlanEdge(NamedTuple):
    """That candidates of a thing must be related to candidates of one further from the root."""

    branch: str
    relation: Relation
    outward: bool
    """Whether the relation is told of the rows nearer to the root."""
    limit: int
    """Of the rows of the role, if one of the two is one, those that an unseen other may have."""

    def keep(self, near: CandidateSet, far: CandidateSet) -> CandidateSet:
        """The candidates nearer to the root that are related to the others."""
        if self.outward:
            rows = having(self.relation, near.rows, far.rows)
        else:
            rows = had_by(self.relation, far.rows, near.rows)
        if far.unseen:
            rows |= MaySet(0, near.rows.possible & self.limit)
        return CandidateSet(
            rows, near.unseen and bool(far.unseen or far.rows.possible & self.limit)
        )

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
class OwnRelation:
    """That a thing must be related to the acting principal."""

    thing: str
    kind: str
    """The key of the declaration."""


@dataclass(frozen=True)
class Plan:
    """A technique laid out."""

    technique: Technique
    self_: Principal | None
    """What is asked of whoever acts, beside permissions."""
    collected: Mapping[str, Principal | Existing]
    """The things that must be candidates among what was read."""
    new: Mapping[str, str]
    """Templates of the others; ``*`` for actions without a resource."""
    asked: Mapping[str, Sequence[Requirement]]
    """The permissions by thing."""
    branches: Mapping[str, Sequence[PlanEdge]]
    """What hangs on each thing, away from the root of its tree."""
    roots: Sequence[str]
    """One thing of each tree; that which the technique yields, if it is one of them, comes
    first."""
    own: Sequence[OwnRelation]
    limits: Mapping[str, int]
    """Of the roles, those that an unseen resource of a live thing may run as."""

    @cached_property
    def yields_collected(self) -> bool:
        """Whether what is reached is the first tree's root."""
        return self.technique.yields.thing in self.collected

    @cached_property
    def is_regional(self) -> bool:
        """Whether a region is to be picked."""
        texts = [*self.new.values()]
        for requirement in self.technique.requires:
            texts += requirement.context.values()
        return any("{region}" in text for text in texts)

    @cached_property
    def given(self) -> frozenset[str]:
        """The actions that only policies of the principal itself can allow."""
        return frozenset(
            each.action
            for each in self.technique.requires
            if not self._has_policy(each.on, each.action.partition(":")[0])
        )

    def _has_policy(self, name: str, service: str) -> bool:
        """Whether a thing may have a policy of its own that decides about a service's actions."""
        thing = self.collected.get(name)
        own = RESOURCE_POLICIES.get(label_of(thing)) if thing else None
        return own is not None and own.service == service

    def reduced(self, name: str, values: Mapping[str, CandidateSet]) -> CandidateSet:
        """The candidates for a thing that are related to candidates of all that hangs on it."""
        value = values[name]
        for edge in self.branches.get(name, ()):
            value = edge.keep(value, self.reduced(edge.branch, values))
        return value


def plan(technique: Technique, things: Candidates, joins: Relations, assuming: Assuming) -> Plan:
    """Lays out a technique over an estate.

    Raises ValueError if its relations form a circle.
    """
    collected = {
        name: thing
        for name, thing in technique.things.items()
        if not isinstance(thing, Created) and name != SELF
    }
    own_declared = technique.things.get(SELF)
    asked: dict[str, list[Requirement]] = defaultdict(list)
    for requirement in technique.requires:
        asked[requirement.on].append(requirement)
    new = {
        name: thing.new for name, thing in technique.things.items() if isinstance(thing, Created)
    }
    if NOTHING in asked:
        new[NOTHING] = NOTHING
    limits = {
        name: things.trusting(thing.runs_for).possible
        for name, thing in collected.items()
        if isinstance(thing, Existing) and thing.runs_for
    }
    relations = _relations(collected, joins, assuming, limits)
    branches, roots = _trees(technique, collected, relations)
    return Plan(
        technique=technique,
        self_=own_declared if isinstance(own_declared, Principal) else None,
        collected=collected,
        new=new,
        asked=dict(asked),
        branches=branches,
        roots=roots,
        own=[
            OwnRelation(name, kind)
            for name, thing in collected.items()
            for kind, other in _declared(thing)
            if other == SELF
        ],
        limits=limits,
    )


class _Related(NamedTuple):
    one: str
    other: str
    relation: Relation
    """Told of the rows of ``one``."""
    limit: int


def _declared(thing: Principal | Existing) -> Iterator[tuple[str, str]]:
    """The relations that a thing's declaration asks for, with the other thing."""
    kinds = (
        ("carries", "attached_to", "bounds", "refers_to", "trusted_by")
        if isinstance(thing, Existing)
        else ("assumed_by", "has_member")
    )
    for kind in kinds:
        other = getattr(thing, kind)
        if other:
            yield kind, other


def _relations(
    collected: Mapping[str, Principal | Existing],
    joins: Relations,
    assuming: Assuming,
    limits: Mapping[str, int],
) -> list[_Related]:
    found = []
    for name, thing in collected.items():
        for kind, other in _declared(thing):
            if other == SELF:
                continue
            partner = label_of(collected[other])
            limit = limits.get(name, -1) if is_role(collected[other]) else -1
            match kind:
                case "carries":
                    assert isinstance(thing, Existing)
                    join = carried(joins, thing, limits.get(name))
                    found.append(_Related(name, other, join, limit))
                case "attached_to":
                    found.append(_Related(other, name, joins.attached(partner), limit))
                case "bounds":
                    found.append(_Related(other, name, joins.bounded(partner), limit))
                case "refers_to":
                    join = joins.refers(label_of(thing), partner)
                    found.append(_Related(name, other, join, limit))
                case "trusted_by":
                    found.append(_Related(other, name, joins.trusts(label_of(thing)), limit))
                case "assumed_by":
                    found.append(_Related(other, name, assuming(), limit))
    return found


def carried(joins: Relations, thing: Existing, limit: int | None) -> RelationTable:
    """As which roles resources of a live thing run, where that is unread as any of ``limit``."""
    join = joins.carries(thing.live, thing.runs_as)
    return join if limit is None else replace(join, others=limit)


def _trees(
    technique: Technique, collected: Mapping[str, Principal | Existing], relations: list[_Related]
) -> tuple[dict[str, list[PlanEdge]], list[str]]:
    first = technique.yields.thing
    order = sorted(collected, key=lambda name: name != first)
    branches: dict[str, list[PlanEdge]] = defaultdict(list)
    roots: list[str] = []
    reached: set[str] = set()
    left = list(relations)
    for root in order:
        if root in reached:
            continue
        roots.append(root)
        reached.add(root)
        waiting = [root]
        while waiting:
            near = waiting.pop()
            for related in [each for each in left if near in (each.one, each.other)]:
                left.remove(related)
                outward = related.one == near
                far = related.other if outward else related.one
                if far in reached:
                    raise ValueError(f"{technique.id}: the relations of '{far}' form a circle")
                reached.add(far)
                branches[near].append(PlanEdge(far, related.relation, outward, related.limit))
                waiting.append(far)
    return branches, roots
