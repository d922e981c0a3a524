"""What principals may do, to many resources at a time.

An answer is a pair of sets of a table's rows, as whole numbers: what may be done for certain, and
what may be done if open conditions hold or something that was not read says so. Answers are what
:func:`~.decision.decide` gives for each row by itself; they are worked out once for all principals
whose policies say the same about an action.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, product
from typing import NamedTuple

from .arns import is_immutable, parse_arn
from .context import Context, Truth, Values
from .decision import RCP_SERVICES, Answer, Gate, PolicySet, decide
from .estate import PARTS, Estate, Holder
from .grantors import Grantor, Grantors
from .logic import any_of
from .patterns import Piece
from .policy import Policy, Statement
from .principals import EVERYONE, Kind, Naming, Principal
from .request import Request, facts
from .sheets import NOWHERE, Reach, Sheet, widened
from .tables import Row, Table, members
from .witnesses import NAME, witnesses

Given = Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str | Sequence[str]]]
"""Condition keys of a request that are known, with their values; none for a key that is absent."""

ANYTHING = NAME
"""The template of any ARN whatever."""

_NOTHING: Given = ()

_SECURE = Context({"aws:SecureTransport": ("true",)})
"""What holds of every request, as its caller likes best."""
_DIRECT = Context(
    {
        **dict.fromkeys(
            (
                "aws:CalledVia",
                "aws:CalledViaFirst",
                "aws:CalledViaLast",
                "aws:SourceAccount",
                "aws:SourceArn",
                "aws:SourceOrgID",
                "aws:SourceOrgPaths",
                "kms:ViaService",
            ),
            (),
        ),
        "aws:ViaAWSService": ("false",),
    }
)
"""What holds of a request that its caller sends itself and no service on its behalf."""


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
        self._made: dict[tuple[str, str], Row] = {}
        """What does not exist yet, by its ARN and the account that would make it."""
        self._tables: dict[tuple[object, ...], Table] = {}

    def reach(self, holder: Holder, action: str, table: Table, context: Given = _NOTHING) -> Reach:
        """On which rows of a table a principal may do an action."""
        key = action, table, _frozen(context) if context else ()
        question = self._questions.get(key)
        if question is None:
            question = self._questions[key] = _Question(self, *key)
        return question.answer(self._profiles.get(holder) or self._profile_of(holder))

    def decide(self, holder: Holder, action: str, arn: str, context: Given = _NOTHING) -> Answer:
        """Whether a principal may do an action on one resource, and on what that rests.

        What :meth:`example` has made up counts as new, as it did there.
        """
        held = self.estate.held(holder)
        principal = held.principal
        row = self._made.get((arn, principal.account)) or self.estate.row(arn)
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

    def somewhere(self, holder: Holder, asked: Sequence[tuple[str, Given]], template: str) -> Truth:
        """Whether there is an ARN of a template on which a principal may do all of some actions,
        each with what is given of its request.

        Templates hold ``{name}`` for what the caller picks and ``{id}`` for what AWS does, and may
        hold ``{region}``, ``{partition}`` and ``{account}``, the latter two the principal's.
        """
        return self._best(holder, asked, template)[0]

    def example(self, holder: Holder, asked: Sequence[tuple[str, Given]], template: str) -> str:
        """An ARN of a template that shows what :meth:`somewhere` answers."""
        return self._best(holder, asked, template)[1]

    def anyhow(self, holder: Holder, asked: Sequence[tuple[str, Given]], id_: str) -> Truth:
        """Whether a principal may do all of some actions on a collected resource or, else, on some
        part of it."""
        part = PARTS.get(self.estate.view.get(id_, "label"))
        templates = (id_, f"{id_}{part}") if part else (id_,)
        return any_of(self.somewhere(holder, asked, each) for each in templates)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Where something may be made: the regions that were scanned or that a policy names."""
        told = {region for policy in self._of_estate for region in _REGION.findall(policy.text)}
        return tuple(sorted(told.union(self.estate.regions))) or _USUAL_REGION

    def holders_of(self, action: str) -> int:
        """The principals of the estate with a policy that may allow an action somewhere: bit *i*
        stands for ``estate.principals[i]``. What resources' own policies allow is not looked at."""
        said = self.speech(action)
        found = 0
        for number, holding in self._holding.items():
            if (each := said[number]) and each.allows:
                found |= holding
        return found

    @cached_property
    def _holding(self) -> Mapping[int, int]:
        """The principals of the estate that have each policy, by its number."""
        places: dict[int, list[int]] = {}
        for place, id_ in enumerate(self.estate.principals):
            for number in self._profile_of(Holder(id_)).identity:
                places.setdefault(number, []).append(place)
        return {number: sum(1 << place for place in each) for number, each in places.items()}

    @cached_property
    def _of_estate(self) -> set[Policy]:
        """The policies of all principals, and over them."""
        held = [self.estate.held(Holder(id_)) for id_ in self.estate.principals]
        found = {policy for each in held for policy in (*each.identity, *each.boundaries)}
        for account in self.estate.scanned:
            found.update(chain.from_iterable(self.estate.account(account).scps))
        return found

    def _best(
        self, holder: Holder, asked: Sequence[tuple[str, Given]], template: str
    ) -> tuple[Truth, str]:
        profile = self._profile_of(holder)
        actions = tuple(action for action, _ in asked)
        table = self._witnesses(profile, actions, template)
        reach = Reach(table.everything, table.everything)
        for action, given in asked:
            reach &= self.reach(holder, action, table, given)
        rows = reach.certain or reach.possible
        truth = bool(reach.certain) or (None if reach.possible else False)
        return truth, table.ids[next(members(rows), 0)]

    def _witnesses(self, profile: "_Profile", actions: tuple[str, ...], template: str) -> Table:
        """The ARNs of a template that stand for all that policies tell apart."""
        key: tuple[object, ...] = template, profile.principal.account
        if NAME in template:
            said = [self.speech(action) for action in actions]
            about = [number for number in profile.numbers if any(each[number] for each in said)]
            # What variables stand for differs from principal to principal.
            varies = any(self._has_variables(number) for number in about)
            key = *key, actions, tuple(about), profile if varies else profile.limits
        if key not in self._tables:
            self._tables[key] = self._picked(profile, actions, template)
        return self._tables[key]

    def _picked(self, profile: "_Profile", actions: Iterable[str], template: str) -> Table:
        principal, known = profile.principal, profile.context(())
        named: dict[tuple[Piece, ...], bool] = {}
        for number, action in product(profile.numbers, actions):
            said = self.speech(action)[number] or _Said((), ())
            for one, _ in (*said.allows, *said.denies):
                for pattern in one.resource_patterns or ():
                    pieces = tuple(widened(pattern, known))
                    limits = one.effect == "Deny" or number in profile.limits
                    named[pieces] = limits or named.get(pieces, False)
        arn = parse_arn(principal.arn)
        template = template.replace("{account}", principal.account)
        template = template.replace("{partition}", arn.partition if arn else "aws")
        places = self.regions if _REGION_PLACE in template else ("",)
        return Table(
            self._witness(principal, each)
            for place in places
            for each in witnesses(
                template.replace(_REGION_PLACE, place),
                named,
                [pattern for pattern, limits in named.items() if limits],
            )
        )

    def _has_variables(self, number: int) -> bool:
        return any(
            pattern.keys
            for one in self._policies[number].statements
            for pattern in one.resource_patterns or ()
        )

    def _witness(self, principal: Principal, arn: str) -> Row:
        """What is known of an ARN of a template: it is new unless it was collected or is
        another account's."""
        row = self.estate.row(arn)
        if row.owner or row.account not in ("", principal.account):
            return row
        made = self._made[arn, principal.account] = Row(arn, principal.account, is_new=True)
        return made

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

    def _profile_of(self, holder: Holder) -> "_Profile":
        if holder not in self._profiles:
            self._profiles[holder] = self._profile(holder)
        return self._profiles[holder]

    def _scps(self, principal: Principal) -> tuple[tuple[int, ...], ...]:
        """The service control policies that bind a principal, by number and level by level."""
        if not principal.has_identity or principal.is_service_linked:
            return ()
        levels = self.estate.account(principal.account).scps
        return tuple(tuple(map(self.number, level)) for level in levels)

    def _profile(self, holder: Holder) -> "_Profile":
        held = self.estate.held(holder)
        principal = held.principal
        return _Profile(
            principal,
            tuple(dict.fromkeys(map(self.number, held.identity))),
            tuple(map(self.number, held.boundaries)),
            self._scps(principal),
            (
                principal.kind,
                principal.account,
                principal.is_service_linked,
                bool(held.boundaries),
            ),
        )


_REGION = re.compile(r"\b[a-z]{2}(?:-[a-z]+)+-[0-9]\b")
_REGION_PLACE = "{region}"
_USUAL_REGION = ("us-east-1",)

_Frozen = tuple[tuple[str, Values], ...]
"""Condition keys of a request that are known."""


def _frozen(given: Given) -> _Frozen:
    return tuple(
        sorted(
            (key, (values,) if isinstance(values, str) else tuple(values))
            for key, values in dict(given).items()
        )
    )


def _context(principal: Principal, given: _Frozen) -> Context:
    known = Context(dict(given)).over(facts(principal)).over(_SECURE)
    return known if principal.kind is Kind.SERVICE else known.over(_DIRECT)


def _service(action: str) -> str:
    return action.partition(":")[0].lower()


@dataclass(frozen=True, eq=False, slots=True)
class _Profile:
    """A principal in a state, as far as answers depend on it."""

    principal: Principal
    identity: tuple[int, ...]
    boundaries: tuple[int, ...]
    scps: tuple[tuple[int, ...], ...]
    standing: tuple[Kind, str, bool, bool]
    """Kind, account, whether its role is linked to a service, whether it is bounded."""
    _contexts: dict[_Frozen, Context] = field(default_factory=dict)

    @property
    def limits(self) -> tuple[int, ...]:
        """The policies that grant nothing by themselves."""
        return (*self.boundaries, *chain.from_iterable(self.scps))

    @property
    def numbers(self) -> tuple[int, ...]:
        """All its policies."""
        return (*self.identity, *self.limits)

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
        numbers.update(chain.from_iterable(profile.scps))
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
        itself = (*own, *self._grantors.others)
        named = self._named(itself, principal, known, is_bounded=profile.is_bounded)
        named = named.joined(self._of_its_account(profile, known))
        denied = named.denied | self._denied_by_rcps(profile, known)
        if principal.has_identity:
            identity = self._weigh(profile.identity, known)
            limits = self._limits(profile.boundaries, known)
            granted = self._granted(
                principal, identity.allowed & limits.allowed, limits.allowed, named
            )
            denied |= identity.denied | limits.denied
            for level in profile.scps:
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
        principal = profile.principal
        if principal.is_service_linked:
            return denied
        for policy, rows in self._rcps:
            for one in policy.about(self._action):
                if one.effect == "Allow":
                    continue
                named = one.principal_match(principal) if one.names_principals else EVERYONE
                certain = one.resource_patterns is not None
                certain = certain and one.action_match(self._action) is True
                if named.possible:
                    found = self._sheet.applies(one, known).within(rows)
                    denied |= found.only_if(certain and bool(named.certain))
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
            anyone = replace(profile.principal, arn="", name="", role_arn="", unique_id="")
            self._shared[key] = self._named(grantors, anyone, known, is_bounded=profile.is_bounded)
        return self._shared[key]

    def _named(
        self,
        grantors: Iterable[Grantor],
        principal: Principal,
        known: Context,
        *,
        is_bounded: bool,
    ) -> _Named:
        """What statements of resources' own policies say of a principal."""
        allowed = [NOWHERE] * len(_CLOSENESS)
        denied = NOWHERE
        for one, rows in grantors:
            about = one.action_match(self._action)
            match = one.principal_match(principal)
            if one.is_not_principal and one.effect == "Deny" and is_bounded:
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
        account, role, direct = allowed
        return _Named(account, role, direct, denied)

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
