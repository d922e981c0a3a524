"""One question asked of many principals: on which rows of a table may an action be done?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from ...sets import NONE, MaySet
from ..resource_table import ResourceTable
from .arns import is_immutable, parse_arn
from .context import UNKNOWN_CONTEXT, Context, NotBefore, Open, Values
from .decision import PolicySet, PolicyType, decide, is_changing, needs_no_permission
from .policy import Policy, Statement
from .principals import EVERYONE, Kind, Match, MatchStrength, Principal
from .rcp_denials import RcpDenials
from .request import Request, facts
from .resource_policies import PolicyGrant
from .services import spellings
from .statement_index import OF_ONE

if TYPE_CHECKING:
    from .authorizer import AWSAuthorizer

Frozen = tuple[tuple[str, Values | Open], ...]
"""Condition keys of a request that are known."""

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


def context_of(principal: Principal, given: Frozen, since: NotBefore | None) -> Context:
    """What is known of a request that a principal makes itself, not before some time. A key that
    ends with a slash is absent with whatever follows it, if that is not given."""
    spelled = {
        key: _spelled(principal, value) if key.lower() in _SERVICES else value
        for key, value in given
    }
    absent = [key for key, value in given if key.endswith("/") and value == ()]
    known = Context(spelled, complete=absent).over(facts(principal, since=since)).over(_SECURE)
    return known if principal.kind is Kind.SERVICE else known.over(_DIRECT)


_SERVICES = frozenset(("iam:passedtoservice",))
"""Condition keys, in lower case, whose value is the name of a service."""


def _spelled(principal: Principal, value: Values | Open) -> Values | Open:
    """Names of services as they are called where a principal is."""
    if isinstance(value, Open):
        return value
    arn = parse_arn(principal.arn)
    partition = arn.partition if arn else "aws"
    return tuple(spellings(one, partition) if isinstance(one, str) else one for one in value)


class PrincipalClass(NamedTuple):
    """What principals have in common besides policies."""

    kind: Kind
    account: str
    is_service_linked: bool
    is_bounded: bool
    scps: tuple[tuple[int, ...], ...]
    """The service control policies that bind them, by number and level by level."""
    lifted: frozenset[str]
    """What does not bind resources any more."""


@dataclass(frozen=True, eq=False, slots=True)
class Profile:
    """A principal in a state, as far as answers depend on it."""

    principal: Principal
    identity: tuple[int, ...]
    """The numbers of its policies."""
    boundaries: tuple[int, ...]
    scps: tuple[tuple[int, ...], ...]
    standing: PrincipalClass
    standing_number: int
    since: NotBefore | None
    """When it makes its requests; None if that is not known."""
    limits: tuple[int, ...] = field(init=False)
    """The policies that grant nothing by themselves."""
    numbers: tuple[int, ...] = field(init=False)
    """All its policies."""
    _contexts: dict[Frozen, Context] = field(default_factory=dict)

    def __post_init__(self) -> None:
        limits = (*self.boundaries, *chain.from_iterable(self.scps))
        object.__setattr__(self, "limits", limits)
        object.__setattr__(self, "numbers", (*self.identity, *limits))

    def context(self, given: Frozen) -> Context:
        """What is known of a request of this principal."""
        if given not in self._contexts:
            self._contexts[given] = context_of(self.principal, given, self.since)
        return self._contexts[given]


class ActionStatements(NamedTuple):
    """What a policy says about an action: statements, and whether they are certainly about it."""

    allows: tuple[tuple[Statement, bool], ...]
    denies: tuple[tuple[Statement, bool], ...]
    keys: frozenset[str]
    """The condition keys that they rest on."""


NO_STATEMENTS = ActionStatements((), (), frozenset())


class StatementsByPolicy(dict[int, ActionStatements | None]):
    """What policies, by number, say about an action; None if nothing."""

    def __init__(self, action: str, policies: Sequence[Policy]) -> None:
        self._action = action
        self._policies = policies

    def __missing__(self, number: int) -> ActionStatements | None:
        statements = self._policies[number].about(self._action)
        found = self[number] = self._read(statements) if statements else None
        return found

    def _read(self, statements: Sequence[Statement]) -> ActionStatements:
        said: dict[str, list[tuple[Statement, bool]]] = {"Allow": [], "Deny": []}
        for one in statements:
            certain = one.resource_patterns is not None and one.action_match(self._action) is True
            said[one.effect].append((one, certain))
        keys = frozenset[str]().union(*(one.keys for one in statements))
        return ActionStatements(tuple(said["Allow"]), tuple(said["Deny"]), keys)


class _Weighed(NamedTuple):
    """What some policies say together."""

    allowed: MaySet
    denied: MaySet


class _NamedRows(NamedTuple):
    """What resources' own policies say of a principal: what they allow if they name it as closely
    as this or closer, and what they deny."""

    account: MaySet = NONE
    role: MaySet = NONE
    direct: MaySet = NONE
    denied: MaySet = NONE

    def joined(self, other: "_NamedRows") -> "_NamedRows":
        """What both say together."""
        return _NamedRows(*(mine | its for mine, its in zip(self, other, strict=True)))


_UNNAMED = _NamedRows()
_CLOSENESS = (MatchStrength.ACCOUNT, MatchStrength.ROLE, MatchStrength.DIRECT)

_Matched = Sequence[tuple[PolicyGrant, Match]]
"""Statements of resources' own policies, with how they name a principal."""


class _Shared(NamedTuple):
    """What resources' own policies say of all principals of one standing."""

    always: _NamedRows
    conditional: _Matched
    keys: tuple[str, ...]
    """The condition keys that the conditional statements rest on."""


_NOTHING_SHARED = _Shared(_UNNAMED, (), ())


class PermissionQuery:
    """An action on the resources of a table, with what is given of the request."""

    def __init__(
        self, permissions: "AWSAuthorizer", action: str, table: ResourceTable, given: Frozen
    ) -> None:
        self._permissions = permissions
        self._action = action
        self._given = given
        self._said = permissions.speech(action)
        self._sheet = permissions.sheet(table)
        self._grantors = permissions.grantors(table, action)
        self._has_grantors = bool(self._grantors)
        self._is_free = needs_no_permission(Principal(Kind.ROOT), action)
        self._keys: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._answers: dict[tuple[object, ...], MaySet] = {}
        self._shared: dict[int, _Shared] = {}
        self._of_all: dict[tuple[object, ...], _NamedRows] = {}
        self._rcps: dict[frozenset[str], RcpDenials] = {}

    def answer(self, profile: Profile) -> MaySet:
        """The rows on which the action may be done."""
        said = self._said
        own: Sequence[PolicyGrant] = ()
        identity = tuple([number for number in profile.identity if said[number]])
        if self._has_grantors:
            own = self._grantors.naming(profile.principal)
        if not identity and not own and self._is_closed(profile.standing.account):
            return NONE
        like: tuple[object, ...] = (
            profile.standing_number,
            identity,
            tuple([number for number in profile.boundaries if said[number]]),
        )
        if self._has_grantors:
            others = self._grantors.others
            like = *like, own
            if others:
                principal = profile.principal
                like = *like, tuple([one.statement.principal_match(principal) for one in others])
                own = *own, *others
        keys = self._keys.get(like)
        if keys is None:
            keys = self._keys[like] = self._rests_on(profile, own)
        if keys:
            known = profile.context(self._given)
            like = *like, tuple([known.get(name) for name in keys])
        found = self._answers.get(like)
        if found is None:
            found = self._answers[like] = self._work_out(profile, own)
        return found

    def _is_closed(self, account: str) -> bool:
        """Whether nothing lets in a principal of an account that no statement of its own policies
        or by name is about."""
        if self._is_free:
            return False
        return not self._has_grantors or not self._grantors.lets_in(account)

    def _rests_on(self, profile: Profile, own: Sequence[PolicyGrant]) -> tuple[str, ...]:
        """The condition keys by which principals that are alike may differ."""
        said = filter(None, map(self._said.__getitem__, profile.numbers))
        found = frozenset[str]().union(
            self._of_everyone.keys,
            self._shared_by(profile).keys,
            self._rcps_without(profile.standing.lifted).keys,
            *(each.keys for each in said),
            *(each.keys for each in own),
        )
        return tuple(sorted(found))

    def _work_out(self, profile: Profile, own: Sequence[PolicyGrant]) -> MaySet:
        sheet, principal = self._sheet, profile.principal
        known = profile.context(self._given)
        if needs_no_permission(principal, self._action):
            return sheet.everything
        named = self._named(self._matched(own, principal, profile.standing), known)
        named = named.joined(self._of_its_standing(profile, known))
        denied = named.denied
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
        if granted.possible:
            rcps = self._rcps_without(profile.standing.lifted)
            denied |= rcps.of(principal, known, granted.possible)
        possible = granted.possible & ~denied.certain & ~self._immutable
        return MaySet(granted.certain & possible & ~denied.possible, possible)

    def _granted(
        self, principal: Principal, identity: MaySet, limits: MaySet, named: _NamedRows
    ) -> MaySet:
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
        allowed = denied = NONE
        applies = self._sheet.applies
        for said in filter(None, map(self._said.__getitem__, numbers)):
            for one, certain in said.allows:
                allowed |= applies(one, known).only_if(certain)
            for one, certain in said.denies:
                denied |= applies(one, known).only_if(certain)
        return _Weighed(allowed, denied)

    def _limits(self, boundaries: Sequence[int], known: Context) -> _Weighed:
        if not boundaries:
            return _Weighed(self._sheet.everything, NONE)
        return self._weigh(boundaries, known)

    def _rcps_without(self, lifted: frozenset[str]) -> RcpDenials:
        """What resource control policies deny of the action, where some bind no more."""
        if lifted not in self._rcps:
            rcps = self._permissions.environment.rcps
            self._rcps[lifted] = RcpDenials(
                self._sheet, self._action, lambda account: rcps(account, lifted)
            )
        return self._rcps[lifted]

    def _shared_by(self, profile: Profile) -> _Shared:
        """What resources' own policies that do not name everyone say of a principal as one of its
        account or as anyone."""
        if not self._has_grantors:
            return _NOTHING_SHARED
        shared = self._shared.get(profile.standing_number)
        if shared is None:
            standing = profile.standing
            anyone = replace(profile.principal, arn="", name="", role_arn="", unique_id="")
            matched = self._matched(self._grantors.of_account(standing.account), anyone, standing)
            shared = self._shared[profile.standing_number] = self._sharing(matched)
        return shared

    @cached_property
    def _of_everyone(self) -> _Shared:
        """What resources' own policies say of everyone."""
        return self._sharing([(each, EVERYONE) for each in self._grantors.of_everyone])

    def _sharing(self, matched: _Matched) -> _Shared:
        always = [each for each in matched if not each[0].keys]
        conditional = [each for each in matched if each[0].keys]
        keys = frozenset[str]().union(*(one.keys for one, _ in conditional))
        return _Shared(self._named(always, UNKNOWN_CONTEXT), conditional, tuple(sorted(keys)))

    def _of_its_standing(self, profile: Profile, known: Context) -> _NamedRows:
        if not self._has_grantors:
            return _UNNAMED
        of_everyone = self._held_by(self._of_everyone, None, known)
        own = self._held_by(self._shared_by(profile), profile.standing_number, known)
        return of_everyone if own is _UNNAMED else of_everyone.joined(own)

    def _held_by(self, shared: _Shared, whose: int | None, known: Context) -> _NamedRows:
        """What is said of those who share it and of whom so much is known."""
        if not shared.conditional:
            return shared.always
        if not OF_ONE.isdisjoint(shared.keys):
            return shared.always.joined(self._named(shared.conditional, known))
        key = whose, tuple([known.get(name) for name in shared.keys])
        if key not in self._of_all:
            self._of_all[key] = shared.always.joined(self._named(shared.conditional, known))
        return self._of_all[key]

    def _matched(
        self, grantors: Iterable[PolicyGrant], principal: Principal, standing: PrincipalClass
    ) -> _Matched:
        """The statements that name, or may name, a principal."""
        found = []
        for grantor in grantors:
            one = grantor.statement
            if one.is_not_principal and one.effect == "Deny" and standing.is_bounded:
                match = EVERYONE
            else:
                match = one.principal_match(principal)
            if match.possible:
                found.append((grantor, match))
        return found

    def _named(self, matched: _Matched, known: Context) -> _NamedRows:
        """What statements of resources' own policies say of a principal."""
        if not matched:
            return _UNNAMED
        allowed = [NONE] * len(_CLOSENESS)
        denied = NONE
        for grantor, match in matched:
            one = grantor.statement
            found = self._sheet.applies(one, known)
            if not found.possible:
                continue
            found = found.within(grantor.rows).only_if(grantor.is_certain)
            if one.effect == "Deny":
                denied |= found.only_if(bool(match.certain))
                continue
            for place, closeness in enumerate(_CLOSENESS):
                if match.possible >= closeness:
                    allowed[place] |= found.only_if(match.certain >= closeness)
        account, role, direct = allowed
        return _NamedRows(account, role, direct, denied)

    @cached_property
    def _immutable(self) -> int:
        """The rows that the action would change and nobody can."""
        if not is_changing(self._action):
            return 0
        root = Principal(Kind.ROOT)
        return sum(
            1 << row
            for row, arn in enumerate(self._sheet.table.ids)
            if is_immutable(arn) and self._gate(root, arn) is PolicyType.IMMUTABLE
        )

    def _gate(self, principal: Principal, arn: str) -> PolicyType:
        """What decides if no policy says anything."""
        return decide(Request(principal, self._action, arn), PolicySet()).decided_by
