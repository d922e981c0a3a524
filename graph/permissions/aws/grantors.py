"""The policies of a table's resources, found by whom they name.

Thousands of principals and as many trust policies are never compared pair by pair: a principal's
statements are those that name it, those that name its account, and those that may mean anyone.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from .arns import parse_arn
from .decision import ResourceKind
from .estate import Estate
from .policy import Statement
from .principals import ANYONE, Kind, Named, Principal
from .tables import Table


class Grantor(NamedTuple):
    """A statement that stands in the policies of some resources."""

    statement: Statement
    rows: int


class Grantors:
    """The statements of all resource policies that decide a service's actions on a table."""

    def __init__(self, estate: Estate, table: Table, service: str) -> None:
        self.guarded = 0
        """The rows whose policy must itself allow: roles and KMS keys."""
        self.others: list[Grantor] = []
        """Statements with ``NotPrincipal``, which mean everyone but a few."""
        self.of_anyone: list[Grantor] = []
        """Statements that may mean whoever asks."""
        self._of_account: dict[str, list[Grantor]] = defaultdict(list)
        self._by_name: dict[Hashable, list[Grantor]] = defaultdict(list)
        texts: dict[tuple[str, bool], tuple[Iterable[Statement], int]] = {}
        for number, row in enumerate(table.rows):
            policy, kind = estate.resource_policy(row, service)
            if kind is not ResourceKind.ORDINARY:
                self.guarded |= 1 << number
            if policy is not None:
                text = policy.text, bool(policy.statements)
                statements, rows = texts.get(text, (policy.statements, 0))
                texts[text] = statements, rows | 1 << number
        for statements, rows in texts.values():
            for one in statements:
                self._add(Grantor(one, rows))

    def _add(self, grantor: Grantor) -> None:
        one = grantor.statement
        if one.principals is None:
            if "Principal" in one.unread:
                self.of_anyone.append(grantor)
        elif one.is_not_principal:
            self.others.append(grantor)
        else:
            named = one.principals
            if named.everyone or named.canonical_ids or not named.is_whole:
                self.of_anyone.append(grantor)
            for account in named.accounts:
                self._of_account[account].append(grantor)
            for name in _names(named):
                self._by_name[name].append(grantor)

    def of_account(self, account: str) -> tuple[Grantor, ...]:
        """Statements that name an account as a whole."""
        return tuple(self._of_account.get(account, ()))

    def naming(self, principal: Principal) -> tuple[Grantor, ...]:
        """Statements that name a principal itself."""
        if not self._by_name:
            return ()
        by_name = self._by_name
        found = [one for name in _names_of(principal) for one in by_name.get(name, ())]
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _names(named: Named) -> set[Hashable]:
    """By what the principals that are named may be found."""
    names: set[Hashable] = {*named.ids, *named.services, *named.providers}
    for text in named.arns:
        names.add(text)
        arn = parse_arn(text)
        if arn and arn.resource.startswith(_ROLES):
            sort, *parts = arn.resource.split("/")
            names.add((arn.account, parts[-1] if sort == "role" else parts[0]))
    return names


def _names_of(principal: Principal) -> Iterator[Hashable]:
    if principal.kind is Kind.SERVICE or principal.kind is Kind.FEDERATED:
        yield principal.name
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
