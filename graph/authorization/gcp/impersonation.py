"""Which service accounts a principal can act as, by itself and through others.

Anyone who may mint tokens, or sign, as an account acts as it; so does anyone who may make it a key,
where no organization policy forbids keys. Anyone who may delegate through an account mints tokens
of those that this one may. ``actAs`` alone lets nobody act as an account: it takes something to run
as it."""

from collections.abc import Callable, Iterator
from functools import cached_property

from ...logic import Truth, any_of, negation
from ...sets import NONE, MaySet, exactly, members
from ..resource_table import ResourceTable
from .authorizer import GCPAuthorizer
from .constraints import enforced
from .environment import GCPEnvironment, PrincipalState

ACCOUNT = "GCPServiceAccount"
_ACCOUNTS = "iam.serviceAccounts"
MINTING = tuple(f"{_ACCOUNTS}.{each}" for each in ("getAccessToken", "signJwt", "signBlob"))
DELEGATING = f"{_ACCOUNTS}.implicitDelegation"
MAKING_KEYS = "iam.serviceAccountKeys.create"
NO_KEYS = "iam.disableServiceAccountKeyCreation"
NO_KEYS_MANAGED = "iam.managed.disableServiceAccountKeyCreation"
"""Constraints of which either forbids keys."""


def forbids_keys(environment: GCPEnvironment, resource: str) -> Truth:
    """Whether an organization policy lets nobody make keys of a service account, or of any in a
    project."""
    return any_of(enforced(environment, each, resource) for each in (NO_KEYS, NO_KEYS_MANAGED))


class Impersonation:
    """Who can act as which of the collected service accounts."""

    def __init__(self, authorizer: GCPAuthorizer) -> None:
        self._authorizer = authorizer
        self._environment = authorizer.environment
        self._links: dict[tuple[PrincipalState, tuple[str, ...]], MaySet] = {}

    @cached_property
    def accounts(self) -> ResourceTable:
        """The collected service accounts."""
        return self._environment.table(ACCOUNT)

    def directly(self, who: PrincipalState) -> MaySet:
        """The accounts that a principal can act as by itself."""
        keys = self._may(who, MAKING_KEYS)
        free = MaySet(
            keys.certain & ~self._without_keys.possible, keys.possible & ~self._without_keys.certain
        )
        return (self._may(who, *MINTING) | free) & self._enabled

    def all_of(self, who: PrincipalState) -> MaySet:
        """The accounts that a principal can act as, through however many others."""
        own, through = self.directly(who), self._may(who, DELEGATING) & self._enabled
        while True:
            grown_own, grown_through = own | self._minted(through), through
            for account, is_certain in self._each(own):
                state = PrincipalState(account)
                grown_own |= self.directly(state).only_if(is_certain)
                grown_through |= (self._may(state, DELEGATING) & self._enabled).only_if(is_certain)
            for account, is_certain in self._each(through):
                further = self._may(PrincipalState(account), DELEGATING) & self._enabled
                grown_through |= further.only_if(is_certain)
            if (grown_own, grown_through) == (own, through):
                return own
            own, through = grown_own, grown_through

    def becomes(self, who: PrincipalState, account: str) -> Truth:
        """Whether a principal can act as a service account."""
        row = self.accounts.index.get(account)
        return None if row is None else self.all_of(who).holds(row)

    def _minted(self, through: MaySet) -> MaySet:
        found = NONE
        for account, is_certain in self._each(through):
            minted = self._may(PrincipalState(account), *MINTING) & self._enabled
            found |= minted.only_if(is_certain)
        return found

    def _each(self, rows: MaySet) -> Iterator[tuple[str, bool]]:
        for row in members(rows.possible):
            yield self.accounts.ids[row], bool(rows.certain >> row & 1)

    def _may(self, who: PrincipalState, *actions: str) -> MaySet:
        if (who, actions) not in self._links:
            found = NONE
            for each in actions:
                found |= self._authorizer.allowed(who, each, self.accounts)
            self._links[who, actions] = found
        return self._links[who, actions]

    @cached_property
    def _enabled(self) -> MaySet:
        """The accounts that were not disabled."""
        return self._rows(lambda id_: negation(self._environment.view.get(id_, "disabled")))

    @cached_property
    def _without_keys(self) -> MaySet:
        """The accounts of which an organization policy lets nobody make keys."""
        return self._rows(lambda id_: forbids_keys(self._environment, id_))

    def _rows(self, truth_of: Callable[[str], Truth]) -> MaySet:
        found = NONE
        for row, id_ in enumerate(self.accounts.ids):
            truth = truth_of(id_)
            if truth is not False:
                found |= exactly(1 << row).only_if(truth is True)
        return found
