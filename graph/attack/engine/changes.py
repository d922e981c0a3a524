"""Principals that are changed first and acted as afterwards.

Anybody who may change a principal (give it a policy, take its boundary off, put it into a group)
and may act as it by any technique whatever (pass it to a service, assume it, make its keys, change
the code that runs as it) comes to that principal as changed. In between the attacker acts as nobody
new: the changed principal is a node that is not held, from which only those go on who changed it.

Actors who may change and take the same are one class, and each class has nodes of its own; anybody
who becomes an administrator in one certain step anyway needs none of this and is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...sets import NONE, MaySet, exactly, members, number_set
from ..model import Changed, Hop, Node, Step, StepType
from ..provider import Change, GainTarget
from .explain import StepExplainer
from .matching import MEMBER_OF, Outcome
from .outcomes import OutcomeTarget
from .parts import EngineParts
from .permission_cache import Actor
from .plan import Plan
from .relations import RelationLike, RelationTable
from .requirement import SELF
from .technique import Technique

_MOST = 100
"""Principals that a class of actors changes; of more, those that become administrators come
first."""
_ANYBODY = -1
_DEEPEST = 2
"""Changes of one principal, one after the other."""


class Taking(NamedTuple):
    """That a technique lets actors act as some principals."""

    technique: Technique
    plan: Plan | None
    """None: by trust alone."""
    label: str
    rows: MaySet
    """The principals."""
    behind: Mapping[int, int] | None = None
    """By principal: the resource that runs as it, if the technique is taken on that; one that was
    not read is left out. None if the technique gains the principals themselves."""

    def target(self, row: int) -> OutcomeTarget:
        """What it is taken on to act as a principal."""
        if self.behind is None:
            return OutcomeTarget(row)
        return OutcomeTarget(self.behind.get(row), row)


class Changing(NamedTuple):
    """That a technique lets actors change some principals."""

    plan: Plan
    label: str
    rows: MaySet
    """The principals."""
    outcome: Outcome
    """Its rows are those of the resource that the technique gains."""
    relation: RelationLike | None
    """From the principals to what is gained; None if they are gained themselves."""


@dataclass(frozen=True)
class _Class:
    """Actors who may change and take the same."""

    sources: int
    one: Actor
    changing: Sequence[Changing]
    taking: Sequence[Taking]


class Changes:
    """Finds what is changed first and acted as afterwards."""

    def __init__(self, parts: EngineParts, explainer: StepExplainer) -> None:
        self._provider = parts.provider
        self._graph = parts.graph
        self._cache = parts.cache
        self._states = parts.states
        self._candidates = parts.candidates
        self._relations = parts.relations
        self._runs_as = parts.runs_as
        self._explainer = explainer
        self._targets: dict[tuple[str, int, int], OutcomeTarget] = {}
        """What a technique was taken on, by the changed node (or _ANYBODY) and the one reached."""
        self._classes = 0

    def changing(self, plan: Plan, outcome: Outcome, actors: Sequence[Actor]) -> Iterator[Changing]:
        """What the outcome of a technique that changes principals changes."""
        technique, rows = plan.technique, outcome.rows
        name = technique.gain.resource
        gained = plan.existing[name].existing
        principals = self._provider.vocabulary.principals
        if technique.gain.kind == "role":
            for label in principals:
                activating = self._activating(label, gained, rows)
                yield Changing(plan, label, _relating(activating, rows), outcome, activating)
        elif technique.member != SELF:
            member = plan.existing[technique.member]
            fitting = self._candidates.of(member, actors[0].account)
            all_of_them = _Everything(rows)
            yield Changing(plan, member.existing, fitting.rows, outcome, all_of_them)
        elif gained in principals:
            yield Changing(plan, gained, rows, outcome, None)
        elif gained in self._provider.vocabulary.controls:
            for label in principals:
                over = self._controlling(label, gained)
                yield Changing(plan, label, _relating(over, rows), outcome, over)
        elif gained in self._provider.vocabulary.groups:
            for label in principals:
                joined = self._relations.by_edge(label, MEMBER_OF, gained)
                yield Changing(plan, label, _relating(joined, rows), outcome, joined)
        else:
            yield from self._by_relation(plan, outcome, actors[0].account)

    def _by_relation(self, plan: Plan, outcome: Outcome, account: str) -> Iterator[Changing]:
        """What is changed since an edge leads from it to what is gained."""
        name = plan.technique.gain.resource
        gained = plan.existing[name].existing
        for each in plan.technique.relations:
            if each.to == name and each.from_ in plan.existing:
                label = plan.existing[each.from_].existing
                relation = self._relations.by_edge(label, each.edge, gained)
                owned = self._candidates.account(label, account)
                changed = _relating(relation, outcome.rows).within(owned)
                yield Changing(plan, label, changed, outcome, relation)

    def _activating(self, label: str, gained: str, rows: MaySet) -> RelationTable:
        """The roles that each principal of a label can activate, among some rows."""
        principals, roles = self._cache.table(label), self._cache.table(gained)
        found = RelationTable(roles.everything)
        for row in members(rows.possible):
            for id_ in self._provider.activating(roles.ids[row]):
                if id_ in principals.index:
                    number = principals.index[id_]
                    found.forward[number] = found.forward.get(number, 0) | 1 << row
        return found

    def _controlling(self, label: str, controls: str) -> RelationTable:
        """The policies over the account of each principal of a label."""
        policies = self._cache.table(controls)
        over: dict[str, int] = {}
        forward: dict[int, int] = {}
        for row, principal in enumerate(self._cache.table(label).rows):
            if principal.account not in over:
                ids = self._provider.controls(principal.account)
                over[principal.account] = number_set(
                    {policies.index[id_] for id_ in ids if id_ in policies.index}
                )
            forward[row] = over[principal.account]
        return RelationTable(policies.everything, forward)

    def taking(self, plan: Plan, outcome: Outcome) -> Iterator[Taking]:
        """As which principals the outcome of a technique lets actors act, just as they are."""
        kind, name = plan.technique.gain
        if name == SELF or not plan.gains_existing:
            return
        resource = plan.existing[name]
        if kind == "identity":
            yield Taking(plan.technique, plan, resource.existing, outcome.rows)
        elif kind == "control":
            found, behind = NONE, dict[int, int]()
            for row in members(outcome.rows.possible):
                identities = self._runs_as.identities(resource, row)
                reached = identities.only_if(bool(outcome.rows.certain >> row & 1))
                new = reached.possible & ~found.possible | reached.certain & ~found.certain
                behind |= dict.fromkeys(members(new), row)
                found |= reached
            found |= MaySet(0, outcome.identities)
            if found.possible:
                label = self._provider.vocabulary.identity
                yield Taking(plan.technique, plan, label, found, behind)

    def assuming(self, technique: Technique, actor: Actor) -> Taking:
        """As which principals trust alone lets an actor act."""
        vocabulary = self._provider.vocabulary
        rows = self._cache.query(
            vocabulary.trust, vocabulary.identity, vocabulary.trust_context
        ).rows(actor.state)
        return Taking(technique, None, vocabulary.identity, rows)

    def steps(
        self,
        changing: Iterable[tuple[Changing, Sequence[Actor]]],
        taking: Iterable[tuple[tuple[Plan, Outcome], Sequence[Actor]]],
        trusted: Technique | None,
        direct: Mapping[int, int],
    ) -> Iterator[Step]:
        """The steps of all who may both change a principal and act as it. ``direct`` tells who
        comes to a node in one step that is certain."""
        settled = 0
        for number in members(self._graph.administrators.certain):
            settled |= direct.get(number, 0)
        for each in self._grouped(changing, taking, trusted):
            sources = each.sources & ~settled
            if sources:
                yield from self._of(each, sources, direct)

    def _grouped(
        self,
        changing: Iterable[tuple[Changing, Sequence[Actor]]],
        taking: Iterable[tuple[tuple[Plan, Outcome], Sequence[Actor]]],
        trusted: Technique | None,
    ) -> list[_Class]:
        actors: dict[int, Actor] = {}
        changes: dict[int, list[Changing]] = defaultdict(list)
        takes: dict[int, list[Taking]] = defaultdict(list)
        for change, sharing in changing:
            for actor in sharing:
                actors[actor.number] = actor
                changes[actor.number].append(change)
        for outcome, sharing in taking:
            able = [actor for actor in sharing if actor.number in changes]
            for take in self.taking(*outcome) if able else ():
                for actor in able:
                    takes[actor.number].append(take)
        alike: dict[Any, tuple[int, _Class]] = {}
        for number, actor in actors.items():
            own = list(takes[number])
            assumed: MaySet | None = None
            if trusted:
                by_trust = self.assuming(trusted, actor)
                own.append(by_trust)
                assumed = by_trust.rows
            key = (
                tuple(map(id, changes[number])),
                tuple(map(id, takes[number])),
                assumed,
            )
            sources, first = alike.get(key, (0, _Class(0, actor, changes[number], own)))
            alike[key] = sources | 1 << number, first
        return [
            _Class(sources, found.one, found.changing, found.taking)
            for sources, found in alike.values()
        ]

    def _of(self, found: _Class, sources: int, direct: Mapping[int, int]) -> Iterator[Step]:
        """The steps of a class."""
        self._classes += 1
        for label in self._provider.vocabulary.principals:
            changed = taken = 0
            for change in found.changing:
                changed |= change.rows.possible if change.label == label else 0
            for take in found.taking:
                taken |= take.rows.possible if take.label == label else 0
            for row in self._first(label, changed & taken):
                yield from self._through(found, sources, label, row, direct)

    def _first(self, label: str, rows: int) -> Iterable[int]:
        """The principals of which there are steps: all, or those that are worth most."""
        if rows.bit_count() <= _MOST:
            return members(rows)
        left = rows.bit_count() - _MOST
        self._graph.notes.append(
            f"{left:,} of {rows.bit_count():,} {label} that the same principals can change and "
            "then act as are left out"
        )
        return list(members(rows))[:_MOST]

    def _through(
        self, found: _Class, sources: int, label: str, row: int, direct: Mapping[int, int]
    ) -> Iterator[Step]:
        """The steps of a class over one principal."""
        plain = self._states.of_row(label, row)
        takes = self._takes(found, label, row)
        before: list[tuple[Any, int]] = [(plain.state, sources)]
        itself = 1 << plain.number
        seen = {plain.state}
        for _ in range(_DEEPEST):
            after: list[tuple[Any, int]] = []
            reached = [
                (starts, *each)
                for state, starts in before
                for each in self._changed(found, label, row, state)
            ]
            # A state is come to once only: by what is certain, if anything is.
            for starts, change, to, is_certain in sorted(reached, key=lambda one: not one[-1]):
                if to.state in seen:
                    continue
                if change.plan.technique.gain.kind == "role":
                    starts &= ~itself  # nobody lets oneself activate a role
                nodes = self._held(takes, plain, to.state)
                if not starts or not nodes or not starts & ~direct.get(nodes.get((), -1), 0):
                    continue
                seen.add(to.state)
                number = self._node(plain, to.state, found)
                target = OutcomeTarget(to.row, None, to.chosen)
                self._targets[change.plan.technique.id, _ANYBODY, number] = target
                yield _step(change.plan.technique, starts, number, is_certain)
                yield from self._acted(takes, row, number, nodes)
                after.append((to.state, 1 << number))
            before = after

    def _changed(
        self, found: _Class, label: str, row: int, state: Any
    ) -> Iterator[tuple[Changing, Change, bool]]:
        """The states that a principal comes into by one change."""
        for change in found.changing:
            truth = change.rows.holds(row) if change.label == label else False
            if truth is False:
                continue
            kind, name = change.plan.technique.gain
            if change.relation is None:
                for chosen, is_certain in change.outcome.offered(row):
                    for to in self._provider.apply(kind, state, "", (), chosen):
                        yield change, to._replace(row=row), is_certain
                continue
            gained = change.plan.existing[name].existing
            ids = self._cache.table(gained).ids
            related = change.relation.related(row) & change.outcome.rows
            if kind in ("policies", "unbounded"):
                # By a group or policy that it has: it is changed like by itself.
                by = next(members(related.certain or related.possible), None)
                for chosen, is_certain in change.outcome.offered(by) if by is not None else ():
                    for to in self._provider.apply(kind, state, "", (), chosen):
                        yield change, to._replace(row=by), is_certain and related.any is True
                continue
            targets = [
                GainTarget(one, ids[one], bool(related.certain >> one & 1))
                for one in members(related.possible)
            ]
            for to in self._provider.apply(kind, state, gained, targets):
                is_certain = truth is True and related.holds(to.row or 0) is True
                yield change, to, is_certain

    def _takes(self, found: _Class, label: str, row: int) -> Sequence[tuple[Taking, bool]]:
        """By what a principal is acted as, and whether for certain; credentials for
        some actions only where nothing else is certain."""
        takes = [
            (take, truth)
            for take in found.taking
            if take.label == label and (truth := take.rows.holds(row)) is not False
        ]
        enough = any(truth and not take.technique.limited_to for take, truth in takes)
        return [
            (take, truth is True)
            for take, truth in takes
            if not (enough and take.technique.limited_to)
        ]

    def _held(
        self, takes: Sequence[tuple[Taking, bool]], plain: Actor, state: Any
    ) -> dict[Sequence[str], int]:
        """The nodes of a changed principal as which it is acted as, by the only actions that can
        then be done; none if the change makes no difference."""
        limits = dict.fromkeys(take.technique.limited_to for take, _ in takes)
        found = {each: self._states.changed(plain, state, limited_to=each) for each in limits}
        return {limit: node for limit, node in found.items() if node is not None}

    def _acted(
        self,
        takes: Sequence[tuple[Taking, bool]],
        row: int,
        number: int,
        nodes: Mapping[Sequence[str], int],
    ) -> Iterator[Step]:
        """The steps by which a changed principal is acted as."""
        for take, is_certain in takes:
            node = nodes.get(take.technique.limited_to)
            if node is not None:
                self._targets[take.technique.id, number, node] = take.target(row)
                yield _step(take.technique, 1 << number, node, is_certain, take.plan is None)

    def _node(self, plain: Actor, state: Any, found: _Class) -> int:
        """The node of a principal that was changed and is not held."""
        own = self._graph.nodes[self._states.itself(plain)]
        words = f"changed: {self._provider.describe(state)}"
        node = Node(own.id, own.label, own.name, own.account, words)
        if (node.id, node.state) in self._graph.number:
            node = node._replace(state=f"{words} ({self._classes})")
        number = self._graph.add(node)
        self._graph.changed[number] = Changed(found.one.number, self._explain)
        return number

    def _explain(self, step: Step, actor: int, source: int, target: int) -> Hop:
        """Explains a step from a changed principal, which the actor who changed it takes."""
        acting = self._states.actors[actor]
        ends = self._explainer.ends(source, target)
        plan = self._explainer.plans.get(step.technique)
        if plan is None:
            return self._explainer.assuming(acting, step, *ends)
        starts = _ANYBODY if target in self._graph.changed else source
        wanted = self._targets[step.technique, starts, target]
        grounds = self._explainer.grounds(plan, acting, target, wanted)
        return grounds.hop(step, *ends)


class _Everything:
    """Any principal may be joined with all of these."""

    def __init__(self, rows: MaySet) -> None:
        self._rows = rows

    def related(self, row: int) -> MaySet:  # noqa: ARG002
        """All of them."""
        return self._rows


def _relating(relation: Any, rows: MaySet) -> MaySet:
    """The principals that an edge leads from to any of some rows."""
    found = NONE
    for row in members(rows.possible):
        found |= relation.relating(row).only_if(bool(rows.certain >> row & 1))
    return found


def _step(
    technique: Technique, sources: int, node: int, is_certain: bool, by_trust: bool = False
) -> Step:
    return Step(
        StepType.CAN_ASSUME if by_trust else StepType.CAN_ESCALATE_TO,
        technique.id,
        sources,
        exactly(1 << node).only_if(is_certain),
        technique.difficulty,
        technique.permissions,
    )
