"""What principals may do, to many resources at a time.

An answer is a pair of sets of a table's rows, as whole numbers: what may be done for certain, and
what may be done if open conditions hold or something that was not read says so. Answers are what
:func:`~.decision.decide` gives for each row by itself; they are worked out once for all principals
whose policies say the same about an action.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from .arns import is_immutable
from .context import Context, Values
from .decision import RCP_SERVICES, Answer, Gate, PolicySet, decide
from .estate import Estate, Holder
from .grantors import Grantor, Grantors
from .policy import Policy, Statement
from .principals import EVERYONE, Kind, Naming, Principal
from .request import Request, facts
from .sheets import NOWHERE, Reach, Sheet
from .tables import Table

Given = Mapping[str, str | Sequence[str]]
"""Condition keys of a request that are known, with their values; none for a key that is absent."""

NOTHING_GIVEN: Given = {}

DIRECT_CALL = Context(
    {
        "aws:CalledVia": (),
        "aws:CalledViaFirst": (),
        "aws:CalledViaLast": (),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
        "iam:PermissionsBoundary": (),
    }
)
"""What holds of a request that a caller makes itself, as it likes best."""


class Permissions:
    """Who may do what in an estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._profiles: dict[Holder, _Profile] = {}
        self._questions: dict[tuple[str, Table, _Frozen], _Question] = {}
        self._speeches: dict[str, _Speech] = {}
        self._numbers: dict[tuple[str, bool], int] = {}
        self._policies: list[Policy] = []
        self._sheets: dict[Table, Sheet] = {}
        self._grantors: dict[tuple[Table, str], Grantors] = {}

    def reach(
        self, holder: Holder, action: str, table: Table, context: Given = NOTHING_GIVEN
    ) -> Reach:
        """On which rows of a table a principal may do an action."""
        key = action, table, _frozen(context) if context else ()
        question = self._questions.get(key)
        if question is None:
            question = self._questions[key] = _Question(self, *key)
        profile = self._profiles.get(holder)
        if profile is None:
            profile = self._profiles[holder] = self._profile(holder)
        return question.answer(profile)

    def decide(
        self, holder: Holder, action: str, arn: str, context: Given = NOTHING_GIVEN
    ) -> Answer:
        """Whether a principal may do an action on one resource, and on what that rests."""
        row = self.estate.row(arn)
        held = self.estate.held(holder)
        principal = held.principal
        policy, kind = self.estate.resource_policy(row, _service(action))
        policies = PolicySet(
            identity=held.identity,
            boundaries=held.boundaries,
            resource=policy,
            resource_kind=kind,
            scps=self.estate.account(principal.account).scps if principal.has_identity else (),
            rcps=self.estate.account(row.account).rcps if row.account else (),
        )
        known = _context(principal, _frozen(context)).over(self.estate.facts(row))
        return decide(Request(principal, action, arn, row.account, known), policies)

    def number(self, policy: Policy) -> int:
        """The number of a policy; those that say the same have the same."""
        text = policy.text, bool(policy.statements)
        if text not in self._numbers:
            self._numbers[text] = len(self._policies)
            self._policies.append(policy)
        return self._numbers[text]

    def speech(self, action: str) -> "_Speech":
        """What policies, by number, say about an action."""
        if action not in self._speeches:
            self._speeches[action] = _Speech(action, self._policies)
        return self._speeches[action]

    def sheet(self, table: Table) -> Sheet:
        """What statements apply to in a table."""
        if table not in self._sheets:
            self._sheets[table] = Sheet(self.estate, table)
        return self._sheets[table]

    def grantors(self, table: Table, service: str) -> Grantors:
        """The resources' own policies."""
        if (table, service) not in self._grantors:
            self._grantors[table, service] = Grantors(self.estate, table, service)
        return self._grantors[table, service]

    def _profile(self, holder: Holder) -> "_Profile":
        held = self.estate.held(holder)
        principal = held.principal
        return _Profile(
            principal,
            tuple(dict.fromkeys(map(self.number, held.identity))),
            tuple(map(self.number, held.boundaries)),
            (
                principal.kind,
                principal.account,
                principal.is_service_linked,
                bool(held.boundaries),
            ),
        )


_Frozen = tuple[tuple[str, Values], ...]
"""Condition keys of a request that are known."""


def _frozen(given: Given) -> _Frozen:
    return tuple(
        sorted(
            (key, (values,) if isinstance(values, str) else tuple(values))
            for key, values in given.items()
        )
    )


def _context(principal: Principal, given: _Frozen) -> Context:
    return Context(dict(given)).over(facts(principal)).over(DIRECT_CALL)


def _service(action: str) -> str:
    return action.partition(":")[0].lower()


@dataclass(frozen=True, eq=False, slots=True)
class _Profile:
    """A principal in a state, as far as answers depend on it."""

    principal: Principal
    identity: tuple[int, ...]
    boundaries: tuple[int, ...]
    standing: tuple[Kind, str, bool, bool]
    """Kind, account, whether its role is linked to a service, whether it is bounded."""
    _contexts: dict[_Frozen, Context] = field(default_factory=dict)

    @property
    def is_bounded(self) -> bool:
        return self.standing[3]

    def context(self, given: _Frozen) -> Context:
        """What is known of a request of this principal."""
        if given not in self._contexts:
            self._contexts[given] = _context(self.principal, given)
        return self._contexts[given]


class _Said(NamedTuple):
    """What a policy says about an action: statements, and whether they are certainly about it."""

    allows: tuple[tuple[Statement, bool], ...]
    denies: tuple[tuple[Statement, bool], ...]

    @property
    def keys(self) -> frozenset[str]:
        return _keys(one for one, _ in (*self.allows, *self.denies))


class _Speech(dict[int, _Said | None]):
    """What policies, by number, say about an action; None if nothing."""

    def __init__(self, action: str, policies: Sequence[Policy]) -> None:
        self._action = action
        self._policies = policies

    def __missing__(self, number: int) -> _Said | None:
        said: dict[str, list[tuple[Statement, bool]]] = {"Allow": [], "Deny": []}
        for one in self._policies[number].about(self._action):
            certain = one.resource_patterns is not None and one.action_match(self._action) is True
            said[one.effect].append((one, certain))
        found = _Said(tuple(said["Allow"]), tuple(said["Deny"]))
        self[number] = found if any(found) else None
        return self[number]


def _keys(statements: Iterable[Statement]) -> frozenset[str]:
    return frozenset[str]().union(*(one.keys for one in statements))


class _Weighed(NamedTuple):
    """What some policies say together."""

    allowed: Reach
    denied: Reach


class _Named(NamedTuple):
    """What resources' own policies say of a principal: what they allow if they name it as closely
    as this or closer, and what they deny."""

    account: Reach = NOWHERE
    role: Reach = NOWHERE
    direct: Reach = NOWHERE
    denied: Reach = NOWHERE

    def joined(self, other: "_Named") -> "_Named":
        """What both say together."""
        return _Named(*(mine | its for mine, its in zip(self, other, strict=True)))


_CLOSENESS = (Naming.ACCOUNT, Naming.ROLE, Naming.DIRECT)


class _Question:
    """An action on the resources of a table, with what is given of the request."""

    def __init__(self, permissions: Permissions, action: str, table: Table, given: _Frozen) -> None:
        self._permissions = permissions
        self._action = action
        self._given = given
        self._said = permissions.speech(action)
        self._sheet = permissions.sheet(table)
        self._grantors = permissions.grantors(table, _service(action))
        self._keys: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._answers: dict[tuple[object, ...], Reach] = {}
        self._shared: dict[tuple[object, ...], _Named] = {}
        self._shared_keys: dict[tuple[object, ...], tuple[str, ...]] = {}

    def answer(self, profile: _Profile) -> Reach:
        """The rows on which the action may be done."""
        said = self._said
        grantors = self._grantors
        principal = profile.principal
        like = (
            profile.standing,
            tuple([number for number in profile.identity if said[number]]),
            tuple([number for number in profile.boundaries if said[number]]),
            grantors.naming(principal),
            tuple([one.statement.principal_match(principal) for one in grantors.others]),
        )
        keys = self._keys.get(like)
        if keys is None:
            keys = self._keys[like] = self._rests_on(profile, like[3])
        if keys:
            known = profile.context(self._given)
            key: tuple[object, ...] = like, tuple([known.get(name) for name in keys])
        else:
            key = like
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._work_out(profile, like[3])
        return found

    def _rests_on(self, profile: _Profile, own: Sequence[Grantor]) -> tuple[str, ...]:
        """The condition keys by which principals that are alike may differ."""
        numbers = {*profile.identity, *profile.boundaries}
        numbers.update(number for level in self._scps(profile) for number in level)
        found = {key for number in numbers if (said := self._said[number]) for key in said.keys}
        grantors = (*self._of_account(profile), *own, *self._grantors.others)
        found |= _keys(one.statement for one in grantors)
        found |= _keys(one for policy, _ in self._rcps for one in policy.about(self._action))
        return tuple(sorted(found))

    def _work_out(self, profile: _Profile, own: Sequence[Grantor]) -> Reach:
        sheet, principal = self._sheet, profile.principal
        known = profile.context(self._given)
        if self._needs_no_permission(principal):
            return sheet.everything
        named = self._named((*own, *self._grantors.others), profile, known)
        named = named.joined(self._of_its_account(profile, known))
        denied = named.denied | self._denied_by_rcps(profile, known)
        if principal.has_identity:
            identity = self._weigh(profile.identity, known)
            limits = self._limits(profile.boundaries, known)
            granted = self._granted(
                principal, identity.allowed & limits.allowed, limits.allowed, named
            )
            denied |= identity.denied | limits.denied
            for level in self._scps(profile):
                said = self._weigh(level, known)
                granted &= said.allowed
                denied |= said.denied
        elif principal.kind is Kind.ANONYMOUS:
            granted = named.direct.within(~self._grantors.guarded)
        else:
            granted = named.direct
        possible = granted.possible & ~denied.certain & ~self._immutable
        return Reach(granted.certain & possible & ~denied.possible, possible)

    def _granted(
        self, principal: Principal, identity: Reach, limits: Reach, named: _Named
    ) -> Reach:
        """What identity policies within their limits grant, and resources' own policies."""
        own = self._sheet.rows_of(principal.account)
        guarded = self._grantors.guarded
        delegated = identity & named.account
        within = (
            identity.within(~guarded)
            | delegated.within(guarded)
            | (named.role & limits)
            | named.direct
        )
        return within.within(own) | delegated.within(~own)

    def _weigh(self, numbers: Iterable[int], known: Context) -> _Weighed:
        """What policies, by number, say together."""
        allowed = denied = NOWHERE
        applies = self._sheet.applies
        for said in filter(None, map(self._said.__getitem__, numbers)):
            for one, certain in said.allows:
                allowed |= applies(one, known).only_if(certain)
            for one, certain in said.denies:
                denied |= applies(one, known).only_if(certain)
        return _Weighed(allowed, denied)

    def _limits(self, boundaries: Sequence[int], known: Context) -> _Weighed:
        if not boundaries:
            return _Weighed(self._sheet.everything, NOWHERE)
        return self._weigh(boundaries, known)

    def _scps(self, profile: _Profile) -> tuple[tuple[int, ...], ...]:
        """The service control policies that bind a principal, level by level."""
        principal = profile.principal
        if not principal.has_identity or principal.is_service_linked:
            return ()
        permissions = self._permissions
        levels = permissions.estate.account(principal.account).scps
        return tuple(tuple(map(permissions.number, level)) for level in levels)

    @cached_property
    def _rcps(self) -> tuple[tuple[Policy, int], ...]:
        """The resource control policies that decide about the action, with the rows they bind."""
        if _service(self._action) not in RCP_SERVICES:
            return ()
        estate = self._permissions.estate
        return tuple(
            (policy, rows)
            for account, rows in self._sheet.by_account.items()
            if account
            for level in estate.account(account).rcps
            for policy in level
        )

    def _denied_by_rcps(self, profile: _Profile, known: Context) -> Reach:
        denied = NOWHERE
        if profile.principal.is_service_linked:
            return denied
        for policy, rows in self._rcps:
            for one in policy.about(self._action):
                if one.effect == "Deny" and (one.principals or one.unread):
                    match = one.principal_match(profile.principal)
                    if match.possible:
                        certain = (
                            bool(match.certain)
                            and one.resource_patterns is not None
                            and one.action_match(self._action) is True
                        )
                        denied |= self._sheet.applies(one, known).within(rows).only_if(certain)
        return denied

    def _of_account(self, profile: _Profile) -> tuple[Grantor, ...]:
        """The statements that name a principal as anyone, or as one of its account."""
        account = profile.principal.account
        return (*self._grantors.of_anyone, *self._grantors.of_account(account))

    def _of_its_account(self, profile: _Profile, known: Context) -> _Named:
        """What resources' own policies say of all principals of an account."""
        grantors = self._of_account(profile)
        if not grantors:
            return _Named()
        keys = self._shared_keys.get(profile.standing)
        if keys is None:
            keys = tuple(sorted(_keys(one.statement for one in grantors)))
            self._shared_keys[profile.standing] = keys
        key = profile.standing, tuple([known.get(name) for name in keys])
        if key not in self._shared:
            self._shared[key] = self._named(grantors, profile, known)
        return self._shared[key]

    def _named(self, grantors: Iterable[Grantor], profile: _Profile, known: Context) -> _Named:
        """What statements of resources' own policies say of a principal."""
        allowed = [NOWHERE] * len(_CLOSENESS)
        denied = NOWHERE
        for one, rows in grantors:
            about = one.action_match(self._action)
            match = one.principal_match(profile.principal)
            if one.is_not_principal and one.effect == "Deny" and profile.is_bounded:
                match = EVERYONE
            if about is False or not match.possible:
                continue
            found = self._sheet.applies(one, known).within(rows).only_if(about is True)
            if one.effect == "Deny":
                denied |= found.only_if(bool(match.certain))
                continue
            for place, closeness in enumerate(_CLOSENESS):
                if match.possible >= closeness:
                    allowed[place] |= found.only_if(match.certain >= closeness)
        return _Named(*allowed, denied)

    def _needs_no_permission(self, principal: Principal) -> bool:
        return self._gate(principal, "*") is Gate.ALWAYS

    @cached_property
    def _immutable(self) -> int:
        """The rows that the action would change and nobody can."""
        root = Principal(Kind.ROOT)
        return sum(
            1 << row
            for row, arn in enumerate(self._sheet.table.ids)
            if is_immutable(arn) and self._gate(root, arn) is Gate.IMMUTABLE
        )

    def _gate(self, principal: Principal, arn: str) -> Gate:
        """What decides if no policy says anything."""
        return decide(Request(principal, self._action, arn), PolicySet()).gate
