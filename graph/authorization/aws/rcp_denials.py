"""What resource control policies deny: those over the accounts that resources lie in.

Of the resources of its own account few of them matter to a principal. Of other accounts' what all
of them deny is the same for all of whom as much is known, and is worked out once for these.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ...sets import NONE, MaySet
from .context import Context, Known
from .decision import RCP_SERVICES, Levels
from .policy import Policy, service_of
from .principals import EVERYONE, Match, Principal
from .resource_policies import PolicyGrant
from .statement_index import OF_ONE, StatementIndex


class RcpDenials:
    """What the policies deny of an action on the resources of a table."""

    def __init__(
        self, sheet: StatementIndex, action: str, levels_over: Callable[[str], Levels]
    ) -> None:
        """``levels_over`` tells the policies that bind the resources of an account."""
        self._sheet = sheet
        over: dict[str, list[Policy]] = {}
        bound: dict[Policy, int] = {}
        is_bound = service_of(action) in RCP_SERVICES
        for account, rows in sheet.table.by_account.items() if is_bound else ():
            over[account] = list(chain.from_iterable(levels_over(account) if account else ()))
            for policy in over[account]:
                bound[policy] = bound.get(policy, 0) | rows
        denying = {policy: list(_denying(policy, action, rows)) for policy, rows in bound.items()}
        self._by_account = {
            account: list(chain.from_iterable(map(denying.__getitem__, policies)))
            for account, policies in over.items()
        }
        self._all = list(chain.from_iterable(denying.values()))
        self.keys = sorted(frozenset[str]().union(*(each.keys for each in self._all)))
        """The condition keys that the statements rest on."""
        said = ((each, each.statement) for each in self._all)
        self._naming = [
            each for each, one in said if one.names_principals and not one.names_everyone
        ]
        """Those that do not say the same of everyone."""
        self._abroad: dict[tuple[tuple[Known, ...], tuple[Match, ...]], MaySet] = {}

    def of(self, principal: Principal, known: Context, granted: int) -> MaySet:
        """What they deny a principal of what it is granted, and perhaps more."""
        if principal.is_service_linked or not self._all:
            return NONE
        if not granted & ~self._sheet.rows_of(principal.account):
            own = self._by_account.get(principal.account, ())
            return self._denied_by(own, principal, known)
        if not OF_ONE.isdisjoint(self.keys):
            binding = [each for each in self._all if each.rows & granted]
            return self._denied_by(binding, principal, known)
        key = (
            tuple([known.get(name) for name in self.keys]),
            tuple([each.statement.principal_match(principal) for each in self._naming]),
        )
        found = self._abroad.get(key)
        if found is None:
            found = self._abroad[key] = self._denied_by(self._all, principal, known)
        return found

    def _denied_by(
        self, rcps: Iterable[PolicyGrant], principal: Principal, known: Context
    ) -> MaySet:
        denied = NONE
        for denying in rcps:
            one = denying.statement
            named = one.principal_match(principal) if one.names_principals else EVERYONE
            if named.possible:
                found = self._sheet.applies(one, known).within(denying.rows)
                denied |= found.only_if(denying.is_certain and bool(named.certain))
        return denied


def _denying(policy: Policy, action: str, rows: int) -> Iterator[PolicyGrant]:
    for one in policy.about(action):
        if one.effect == "Deny":
            is_whole = one.resource_patterns is not None
            is_certain = is_whole and one.action_match(action) is True
            yield PolicyGrant(one, rows, is_certain, one.keys)
