"""The policies of a table's resources, found by whom they name.

Thousands of principals and as many trust policies are never compared pair by pair: a principal's
statements are those that name it, those that name its account, those that may mean anyone, and
those that mean everyone, which are the same for all.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from ..resource_table import ResourceTable
from .arns import parse_arn
from .decision import ResourceKind
from .environment import AWSEnvironment
from .policy import Policy, Statement
from .principals import ANYONE, Kind, Principal, PrincipalElement
from .services import read_service


@dataclass(frozen=True, eq=False, slots=True)
class PolicyGrant:
    """A statement about an action that stands in the policies of some resources."""

    statement: Statement
    rows: int
    is_certain: bool
    """Whether it is certainly about the action."""
    keys: frozenset[str]
    """The condition keys it rests on."""


class OwnPolicies:
    """The policies of a table's resources that decide a service's actions."""

    def __init__(self, environment: AWSEnvironment, table: ResourceTable, service: str) -> None:
        self.guarded = 0
        """The rows whose policy must itself allow: roles and KMS keys."""
        found: dict[tuple[str, bool], tuple[Policy, int]] = {}
        for number, row in enumerate(table.rows):
            policy, kind = environment.resource_policy(row, service)
            if kind is not ResourceKind.ORDINARY:
                self.guarded |= 1 << number
            if policy is not None:
                text = policy.text, bool(policy.statements)
                first, rows = found.get(text, (policy, 0))
                found[text] = first, rows | 1 << number
        self.policies = list(found.values())
        """Policies that say different things, with the rows that have them."""


class ResourcePolicyGrants:
    """What resources' own policies say about an action."""

    def __init__(self, own: OwnPolicies, action: str) -> None:
        self.guarded = own.guarded
        """The rows whose policy must itself allow: roles and KMS keys."""
        self.of_everyone: list[PolicyGrant] = []
        """Statements that name everyone."""
        self._of_anyone: list[PolicyGrant] = []
        """Statements of which it is not certain whom they name."""
        self._of_account: dict[str, list[PolicyGrant]] = defaultdict(list)
        self._by_name: dict[Hashable, list[PolicyGrant]] = defaultdict(list)
        self.others: list[PolicyGrant] = []
        """Statements with ``NotPrincipal``, which mean everyone but a few."""
        self._lets_in: dict[str, bool] = {}
        for policy, rows in own.policies:
            for one in policy.about(action):
                self._add(PolicyGrant(one, rows, one.action_match(action) is True, one.keys))

    def __bool__(self) -> bool:
        known = (self.of_everyone, self._of_anyone, self._of_account, self._by_name, self.others)
        return any(known)

    def _add(self, grantor: PolicyGrant) -> None:
        one = grantor.statement
        if one.principals is None:
            if "Principal" in one.unread:
                self._of_anyone.append(grantor)
        elif one.is_not_principal:
            self.others.append(grantor)
        else:
            named = one.principals
            if one.names_everyone:
                self.of_everyone.append(grantor)
            elif named.everyone or named.canonical_ids or not named.is_whole:
                self._of_anyone.append(grantor)
            for account in named.accounts:
                self._of_account[account].append(grantor)
            for name in _names(named):
                self._by_name[name].append(grantor)

    def of_account(self, account: str) -> list[PolicyGrant]:
        """Statements that may name the caller, or an account as a whole, and not everyone."""
        return [*self._of_anyone, *self._of_account.get(account, ())]

    def lets_in(self, account: str) -> bool:
        """Whether a statement may allow something to those of an account whom none names."""
        if account not in self._lets_in:
            of_account = self._of_account.get(account, ())
            several = (self.of_everyone, self._of_anyone, of_account, self.others)
            self._lets_in[account] = any(
                one.statement.effect == "Allow" for each in several for one in each
            )
        return self._lets_in[account]

    def naming(self, principal: Principal) -> tuple[PolicyGrant, ...]:
        """Statements that name a principal itself."""
        by_name = self._by_name
        found = [one for name in _names_of(principal) for one in by_name.get(name, ())]
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _names(named: PrincipalElement) -> set[Hashable]:
    """By what the principals that are named may be found."""
    names: set[Hashable] = {*named.ids, *named.providers}
    names.update(read_service(name).name for name in named.services)
    for text in named.arns:
        names.add(text)
        arn = parse_arn(text)
        if arn and arn.resource.startswith(_ROLES):
            sort, *parts = arn.resource.split("/")
            names.add((arn.account, parts[-1] if sort == "role" else parts[0]))
    return names


def _names_of(principal: Principal) -> Iterator[Hashable]:
    if principal.kind is Kind.SERVICE or principal.kind is Kind.FEDERATED:
        is_service = principal.kind is Kind.SERVICE
        yield read_service(principal.name).name if is_service else principal.name
        yield ANYONE
        return
    yield principal.arn
    if principal.role_arn:
        yield principal.account, principal.name
        if principal.role_arn != principal.arn:
            yield principal.role_arn
    if principal.unique_id:
        yield principal.unique_id


_ROLES = ("role/", "assumed-role/")
