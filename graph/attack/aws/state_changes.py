"""Into which states a principal is brought by what an attacker picks for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from ...authorization.aws.admin import POWERS
from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.labels import GROUP
from ...authorization.aws.organization import RCP
from ...authorization.aws.policy import Policy
from ..engine.requirement import Choice
from ..provider import Change, GainTarget, joined
from .choices import BOUNDARY, POLICY, TAG, VALUE, Choices

_MOST_ATTACHED = 10
"""Managed policies that a principal can have, where the quota was not raised."""
_MOST_STATES = 16
"""Boundaries, or tags' values of one statement, that are tried on one principal."""
_MOST_SETS = 64
"""Sets of tags that are looked at to find one that is enough."""
_PROBES = ("clew:nothing", "0:0")
"""What only a policy that allows everything allows."""


class StateChanges:
    """Changes of one principal by policies, boundaries and tags.

    Of what is picked the widest counts; else the first that by itself makes an administrator; else
    all that can be picked, together where that is possible.
    """

    def __init__(
        self,
        environment: AWSEnvironment,
        choices: Choices,
        administers: Callable[[PrincipalState], bool | None],
    ) -> None:
        self._environment = environment
        self._choices = choices
        self._administers = administers
        self._powerful: dict[str, bool] = {}

    def given(self, state: PrincipalState, chosen: Sequence[Choice]) -> Iterator[Change]:
        """With further policies: any, if nothing is to be picked."""
        by_policy = {policy: choice for choice in chosen if (policy := dict(choice).get(POLICY))}
        whatever = state._replace(any_policy=True, attached=())
        if not by_policy:
            yield Change(whatever, chosen=tuple(chosen[:1]))
            return
        if widest := next(filter(self._allows_all, by_policy), None):
            yield Change(whatever, chosen=(by_policy[widest],))
            return
        new = [policy for policy in by_policy if policy not in state.attached]
        each = [Change(_with(state, [policy]), chosen=(by_policy[policy],)) for policy in new]
        wide = [
            change for change, policy in zip(each, new, strict=True) if self._gives_powers(policy)
        ]
        if enough := self._enough(wide):
            yield enough
            return
        narrow = [policy for policy in new if not _denies(self._environment.managed(policy))]
        room = max(_MOST_ATTACHED - len(state.attached), 0)
        together = self._choices.first(narrow, room, "the policies that one principal can be given")
        if together:
            picked = tuple(by_policy[policy] for policy in together)
            yield Change(_with(state, together), chosen=picked)
        yield from (
            change for change, policy in zip(each, new, strict=True) if policy not in narrow
        )

    def bounded(self, state: PrincipalState, chosen: Sequence[Choice]) -> Iterator[Change]:
        """With another boundary: without one, if nothing is to be picked."""
        by_policy = {dict(choice)[BOUNDARY]: choice for choice in chosen}
        free = state._replace(unbounded=True, bounded_by="")
        if not by_policy:
            yield Change(free)
            return
        if widest := next(filter(self._allows_all, by_policy), None):
            yield Change(free, chosen=(by_policy[widest],))
            return
        each = [
            Change(state._replace(bounded_by=policy), chosen=(choice,))
            for policy, choice in sorted(
                by_policy.items(), key=lambda item: not self._gives_powers(item[0])
            )
        ]
        what = "the boundaries that one principal can be given"
        yield from self._first_enough(self._choices.first(each, _MOST_STATES, what))

    def tagged(self, state: PrincipalState, chosen: Sequence[Choice]) -> Iterator[Change]:
        """With other tags, as far as policies look at them: those that one statement looks at, and
        those of all statements together. A principal is tagged once, with all that it takes."""
        if state.tags:
            return
        held = self._environment.held(state)
        by_tag: dict[str, list[Choice]] = {}
        for choice in chosen:
            by_tag.setdefault(dict(choice)[TAG], []).append(choice)
        sets: dict[tuple[Choice, ...], None] = {}
        together: dict[str, Choice] = {}
        for tags in self._choices.tags_looked_at((*held.identity, *held.boundaries)):
            picks = product(*(by_tag.get(tag, ()) for tag in tags))
            what = "the values of the tags that one statement looks at"
            for place, picked in enumerate(self._choices.first(picks, _MOST_STATES, what)):
                sets[picked] = None
                if not place:
                    together = {**dict(zip(tags, picked, strict=True)), **together}
        sets[tuple(together[tag] for tag in sorted(together))] = None
        each = [
            Change(state._replace(tags=tuple(map(_pair, picked))), chosen=picked)
            for picked in self._choices.first(
                filter(None, sets), _MOST_SETS, "the sets of tags that one principal can be given"
            )
        ]
        yield from self._first_enough(each)

    def relieved(
        self, state: PrincipalState, targets: Sequence[GainTarget], chosen: Sequence[Choice]
    ) -> Iterator[Change]:
        """Without each policy or group of its own that denies something, be it only off one of
        those that give it the policy. Who has got rid of one gets rid of all others that go as
        surely. Only what is picked goes, if that matters."""
        by_policy = {policy: choice for choice in chosen if (policy := dict(choice).get(POLICY))}
        denying = [
            each
            for each in targets
            if each.id not in state.without
            and (each.holder, each.id) not in state.detached
            and (not by_policy or each.id in by_policy)
            and self._cuts(each.id)
        ]
        for together in joined(denying, is_first=not (state.without or state.detached)):
            first = together[0]
            yield Change(
                state._replace(
                    without=state.without.union(each.id for each in together if not each.holder),
                    detached=state.detached.union(
                        (each.holder, each.id) for each in together if each.holder
                    ),
                ),
                first.row,
                chosen=(by_policy[first.id],) if by_policy else tuple(chosen[:1]),
                holder=first.holder,
            )

    def uncontrolled(
        self, state: PrincipalState, targets: Sequence[GainTarget]
    ) -> Iterator[Change]:
        """With each policy of its organization rewritten that forbids something. Who has rewritten
        one rewrites all the others."""
        limiting = [
            each for each in targets if each.id not in state.rewritten and self._limits(each.id)
        ]
        for together in joined(limiting, is_first=not state.rewritten):
            ids = state.rewritten.union(each.id for each in together)
            yield Change(state._replace(rewritten=ids), together[0].row)

    def moved(self, state: PrincipalState, targets: Sequence[GainTarget]) -> Iterator[Change]:
        """With its account moved to the root."""
        for each in targets:
            if each.id not in state.without and self._environment.account(each.id).at_root:
                yield Change(state._replace(without=state.without | {each.id}), each.row)

    def _limits(self, id_: str) -> bool:
        """Whether a policy of an organization may forbid something: by what it denies, or a service
        control policy by what it does not allow."""
        if self._environment.view.get(id_, "type") == RCP:
            return _denies(self._environment.managed(id_))
        return not self._allows_all(id_)

    def _cuts(self, id_: str) -> bool:
        """Whether a policy, or those of a group, may deny something."""
        if self._environment.view.get(id_, "label") != GROUP:
            return _denies(self._environment.managed(id_))
        return any(map(_denies, self._environment.policies_of(id_)))

    def created(
        self, state: PrincipalState, chosen: Sequence[Choice], *, any_policy: bool
    ) -> Iterator[Change]:
        """A principal that is made, with the boundary that is picked and, if so, any policy."""
        by_boundary: dict[str, list[Choice]] = {}
        for choice in chosen:
            by_boundary.setdefault(dict(choice).get(BOUNDARY, ""), []).append(choice)
        each = [
            change
            for boundary, picked in (by_boundary or {"": []}).items()
            for change in self._made(state._replace(bounded_by=boundary), picked, any_policy)
        ]
        yield from self._first_enough(each)

    def _made(
        self, state: PrincipalState, chosen: Sequence[Choice], any_policy: bool
    ) -> Iterable[Change]:
        if state.bounded_by and self._allows_all(state.bounded_by):
            state = state._replace(bounded_by="")
        if any_policy:
            return self.given(state, chosen)
        return [Change(state, chosen=tuple(chosen[:1]))]

    def _first_enough(self, changes: Sequence[Change]) -> Iterable[Change]:
        enough = self._enough(changes)
        what = "the states that one principal can be brought into"
        return [enough] if enough else self._choices.first(changes, _MOST_STATES, what)

    def _enough(self, changes: Iterable[Change]) -> Change | None:
        """The first that makes an administrator."""
        return next((each for each in changes if self._administers(each.state)), None)

    def _gives_powers(self, policy: str) -> bool:
        """Whether a managed policy allows anything that it takes to be an administrator: one that
        does not makes none by itself."""
        if policy not in self._powerful:
            statements = self._environment.managed(policy).statements
            self._powerful[policy] = any(
                one.effect == "Allow" and one.matches_action(action)
                for one in statements
                for action in POWERS
            )
        return self._powerful[policy]

    def _allows_all(self, policy: str) -> bool:
        """Whether a managed policy allows everything."""
        statements = self._environment.managed(policy).statements if policy else ()
        return all(one.effect == "Allow" for one in statements) and any(
            not one.conditions
            and not one.unread
            and one.resource_match("*") is True
            and all(one.action_match(action) is True for action in _PROBES)
            for one in statements
        )


def _with(state: PrincipalState, policies: Iterable[str]) -> PrincipalState:
    return state._replace(attached=tuple(sorted({*state.attached, *policies})))


def _pair(choice: Choice) -> tuple[str, str]:
    picked = dict(choice)
    return picked[TAG], picked[VALUE]


def _denies(policy: Policy) -> bool:
    return any(one.effect == "Deny" for one in policy.statements)
