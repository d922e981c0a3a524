"""Who makes a request, and how a statement's ``Principal`` names them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import NamedTuple

from ...logic import Truth, all_of
from .arns import is_account, is_service_linked, parse_arn
from .services import Service, read_service

ANYONE = "*"

_FIELDS = {
    "aws": "aws",
    ANYONE: "aws",
    "service": "services",
    "federated": "providers",
    "canonicaluser": "canonical_ids",
}


class Kind(StrEnum):
    """The kinds of principals."""

    USER = "user"
    ROLE = "role"
    """A role, whatever its sessions are called."""
    SESSION = "session"
    """A session of a role, by name."""
    FEDERATED_USER = "federated user"
    """A session of a user (GetFederationToken)."""
    ROOT = "root"
    SERVICE = "service"
    FEDERATED = "federated"
    """An identity provider's user, before it has assumed a role."""
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Principal:
    """Who makes a request."""

    kind: Kind
    arn: str = ""
    """Empty for services and anonymous callers."""
    account: str = ""
    name: str = ""
    """A user's, role's or session's role's name; a service's or provider's name."""
    role_arn: str = ""
    """For a role and its sessions; without the role's path where that is unknown."""
    session_name: str | None = None
    """A session's own name. A role's sessions may have any (None) or none is thought of (empty)."""
    unique_id: str = ""
    """``AIDA…`` or ``AROA…``; empty if not known."""
    canonical_id: str | None = None
    """The account's id in S3; None if not known."""
    tags: Mapping[str, str] | None = None
    """None if not known."""
    org_id: str | None = None
    """Empty if the account is in no organization; None if not known."""
    org_path: str | None = None
    """``o-…/r-…/ou-…/``; empty if the account is in no organization; None if not known."""
    is_path_unknown: bool = False
    """It is a session, and its role may have a path."""

    @classmethod
    def of_arn(cls, arn: str) -> "Principal":
        """The principal that an ARN names.

        Raises ValueError for an ARN of anything else.
        """
        parts = parse_arn(arn)
        if parts and parts.account:
            sort, _, rest = parts.resource.partition("/")
            name = rest.rpartition("/")[2]
            if parts.service == "iam":
                if parts.resource == "root":
                    return cls(Kind.ROOT, arn, parts.account)
                if sort == "user" and name:
                    return cls(Kind.USER, arn, parts.account, name)
                if sort == "role" and name:
                    return cls(Kind.ROLE, arn, parts.account, name, role_arn=arn)
                if sort in ("saml-provider", "oidc-provider") and rest:
                    return cls(Kind.FEDERATED, arn, parts.account, rest)
            if parts.service == "sts" and sort == "assumed-role":
                role, _, session = rest.partition("/")
                if role and session:
                    role_arn = f"arn:{parts.partition}:iam::{parts.account}:role/{role}"
                    return cls(
                        Kind.SESSION,
                        arn,
                        parts.account,
                        role,
                        role_arn,
                        session,
                        is_path_unknown=True,
                    )
            if parts.service == "sts" and sort == "federated-user" and rest:
                return cls(Kind.FEDERATED_USER, arn, parts.account, rest)
        raise ValueError(f"'{arn}' is not the ARN of a principal")

    @classmethod
    def of_service(cls, name: str) -> "Principal":
        """An AWS service, such as ``lambda.amazonaws.com``."""
        return cls(Kind.SERVICE, name=name)

    @classmethod
    def of_provider(cls, name: str) -> "Principal":
        """An identity provider: its ARN, or the name of one that AWS knows by itself."""
        parts = parse_arn(name)
        return cls(Kind.FEDERATED, name, parts.account if parts else "", name)

    @classmethod
    def anonymous(cls) -> "Principal":
        """Nobody in particular: a request without credentials."""
        return cls(Kind.ANONYMOUS)

    @cached_property
    def has_identity(self) -> bool:
        """Whether policies of an account's own can grant it anything."""
        return self.kind in _OF_ACCOUNTS

    @cached_property
    def is_service_linked(self) -> bool:
        """Whether it acts for a service through a service-linked role. The ARN of a session does
        not tell its role's path; there the name decides, which is always of the same form."""
        if self.kind is Kind.SESSION and self.name.startswith(_SERVICE_LINKED):
            return True
        return bool(self.role_arn) and is_service_linked(self.role_arn)


_SERVICE_LINKED = "AWSServiceRoleFor"
_OF_ACCOUNTS = frozenset((Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER, Kind.ROOT))


class MatchStrength(IntEnum):
    """How closely a statement names a principal; more grants more."""

    NOT = 0
    ACCOUNT = 1
    """By its account: leave to allow is handed on to the account's own policies."""
    ROLE = 2
    """By the ARN of the role: the role's boundary and session policies still limit."""
    DIRECT = 3
    """By the user's ARN, the service, the provider, or as everyone."""
    SESSION = 4
    """By the ARN of the session."""


class Match(NamedTuple):
    """How a statement names a principal, as far as that can be known."""

    certain: MatchStrength
    possible: MatchStrength
    """Not less than ``certain``."""


NOBODY = Match(MatchStrength.NOT, MatchStrength.NOT)
ANYBODY = Match(MatchStrength.NOT, MatchStrength.SESSION)
"""It cannot be known whom."""
EVERYONE = Match(MatchStrength.DIRECT, MatchStrength.DIRECT)


@dataclass(frozen=True)
class PrincipalElement:
    """The entries of a ``Principal`` or ``NotPrincipal``."""

    everyone: bool = False
    """``*``."""
    accounts: frozenset[str] = frozenset()
    arns: frozenset[str] = frozenset()
    """ARNs of users, roles, sessions and federated users."""
    ids: frozenset[str] = frozenset()
    """Unique ids of users and roles."""
    services: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    canonical_ids: frozenset[str] = frozenset()
    is_whole: bool = True
    """Whether every entry could be read."""

    @cached_property
    def _roles(self) -> frozenset[tuple[str, str]]:
        """Account and name of the roles among the ARNs: a name is unique in its account, and the
        ARN of a session does not tell its role's path."""
        return frozenset(_owned(self.arns, "iam", "role/", last=True))

    @cached_property
    def _session_roles(self) -> frozenset[tuple[str, str]]:
        """Account and name of the roles whose sessions are among the ARNs."""
        return frozenset(_owned(self.arns, "sts", "assumed-role/", last=False))

    @cached_property
    def _owners(self) -> frozenset[str]:
        """The accounts of the ARNs that are not of a whole account."""
        found = map(parse_arn, self.arns)
        return frozenset(arn.account for arn in found if arn and arn.resource != "root")

    @cached_property
    def _services(self) -> frozenset[Service]:
        return frozenset(map(read_service, self.services))

    def match(self, principal: Principal) -> Match:
        """How the entries name a principal."""
        certain = self._certain(principal)
        possible = certain
        if not self.is_whole or self._may_have_its_session(principal):
            possible = MatchStrength.SESSION
        elif self.canonical_ids and principal.has_identity and principal.canonical_id is None:
            possible = max(certain, MatchStrength.ACCOUNT)
        return Match(certain, possible)

    def match_others(self, principal: Principal) -> Match:
        """How the entries name a principal as those of a ``NotPrincipal`` that allows, by leaving
        it out.

        Whether an account that is named excepts its users and roles depends on the service, says
        AWS.
        """
        certain, possible = self.match(principal)
        if certain > MatchStrength.ACCOUNT or (certain and principal.kind is Kind.ROOT):
            return NOBODY
        return Match(MatchStrength.NOT, MatchStrength.DIRECT) if possible else EVERYONE

    def match_denied(self, principal: Principal) -> Match:
        """How the entries name a principal as those of a ``NotPrincipal`` that denies.

        AWS judges a session's account, role and own name one after the other, and an account and
        its user, and spares whom all of that spares. What is not named along with a closer name may
        still be denied: that depends on the service. So does whether an account alone spares all
        that is in it.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if self.everyone:
            return NOBODY
        spared = all_of(self._spared(principal))
        if spared:
            return NOBODY
        is_open = spared is None or not self.is_whole
        return Match(MatchStrength.NOT, MatchStrength.DIRECT) if is_open else EVERYONE

    def _spared(self, principal: Principal) -> Iterator[Truth]:
        """Whether each of what a principal is judged by is among the entries; None if that is not
        known, or not certain to matter."""
        if not principal.has_identity:
            yield self._certain(principal) > MatchStrength.NOT
            return
        account_alone = replace(principal, arn="", name="", role_arn="", unique_id="")
        named = self.match(account_alone)
        account = bool(named.certain) or (None if named.possible else False)
        if principal.kind is Kind.ROOT:
            yield account
            return
        yield account or None
        if principal.kind is Kind.SESSION:
            yield self._names_role(principal) or None
        yield self._spares_itself(principal, account)

    def _spares_itself(self, principal: Principal, account: Truth) -> Truth:
        """Whether a user or role, or a session, is spared where its account is; if others are named
        along with their account or role, only they are."""
        has_sessions = (principal.account, principal.name) in self._session_roles
        if self._certain(principal) is MatchStrength.ROLE and has_sessions:
            return principal.session_name == "" or (
                None if principal.session_name is None else False
            )
        if self._certain(principal) > MatchStrength.ACCOUNT:
            return True
        is_alone = account is not False and principal.account not in self._owners
        return None if is_alone or self._may_have_its_session(principal) else False

    def _may_have_its_session(self, principal: Principal) -> bool:
        """Whether it is a role that may have the session that is named."""
        return (
            principal.kind is Kind.ROLE
            and principal.session_name is None
            and (principal.account, principal.name) in self._session_roles
        )

    def _certain(self, principal: Principal) -> MatchStrength:
        kind = principal.kind
        if kind in (Kind.SESSION, Kind.FEDERATED_USER) and principal.arn in self.arns:
            return MatchStrength.SESSION
        if self.everyone or self._names(principal):
            return MatchStrength.DIRECT
        if self._names_role(principal):
            return MatchStrength.ROLE
        if principal.account in self.accounts and principal.has_identity:
            return MatchStrength.ACCOUNT
        if principal.canonical_id and principal.canonical_id in self.canonical_ids:
            return MatchStrength.ACCOUNT
        return MatchStrength.NOT

    def _names_role(self, principal: Principal) -> bool:
        """Whether they name the role that a principal is, or is a session of."""
        is_session = principal.kind is Kind.SESSION
        return bool(principal.role_arn) and (
            principal.role_arn in self.arns
            or (is_session and (principal.account, principal.name) in self._roles)
            or principal.unique_id in self.ids
        )

    def _names(self, principal: Principal) -> bool:
        if principal.kind is Kind.USER:
            return principal.arn in self.arns or principal.unique_id in self.ids
        if principal.kind is Kind.SERVICE:
            service = read_service(principal.name)
            return ANYONE in self.services or any(map(service.is_meant_by, self._services))
        if principal.kind is Kind.FEDERATED:
            return principal.arn in self.providers or ANYONE in self.providers
        return False


def _owned(
    arns: frozenset[str], service: str, prefix: str, *, last: bool
) -> Iterator[tuple[str, str]]:
    for text in arns:
        arn = parse_arn(text)
        if arn and arn.service == service and arn.resource.startswith(prefix):
            names = arn.resource[len(prefix) :].split("/")
            yield arn.account, names[-1 if last else 0]


def read_principals(element: object) -> PrincipalElement:
    """The entries of a ``Principal`` or ``NotPrincipal``, of any JSON.

    What cannot be read leaves the entries not whole. A text stands for an AWS principal; so does
    each text of a list.
    """
    found: dict[str, set[str]] = {name: set() for name in _FIELDS.values()}
    is_whole = True
    for part in element if isinstance(element, list) else [element]:
        for sort, listed in (part if isinstance(part, Mapping) else {"AWS": part}).items():
            name = _FIELDS.get(str(sort).lower())
            for entry in listed if isinstance(listed, list) else [listed]:
                if name is None or not isinstance(entry, str) or not entry:
                    is_whole = False
                else:
                    found[name].add(entry)
    named = found["aws"]
    accounts = {account for entry in named if (account := _account(entry))}
    arns = {entry for entry in named if parse_arn(entry)}
    return PrincipalElement(
        everyone=ANYONE in named,
        accounts=frozenset(accounts),
        arns=frozenset(arns),
        ids=frozenset(named - arns - accounts - {ANYONE}),
        services=frozenset(found["services"]),
        providers=frozenset(found["providers"]),
        canonical_ids=frozenset(found["canonical_ids"]),
        is_whole=is_whole,
    )


def _account(entry: str) -> str:
    """The account that an entry names as a whole; empty if it names none."""
    if is_account(entry):
        return entry
    arn = parse_arn(entry)
    return arn.account if arn and arn.service == "iam" and arn.resource == "root" else ""
