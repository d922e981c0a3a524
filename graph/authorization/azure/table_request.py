"""One request about all rows of a table, from the grants downwards.

What a grant, a lock or a deny assignment comes to is the same no matter who asks, so it is worked
out once: a principal's answer joins what it holds itself and what the groups hold that it is in. It
comes to the same as :class:`~clew.graph.authorization.azure.single_request.SingleRequest` answers
for each row.
"""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING

from ...sets import NONE, MaySet, exactly, members
from .actions import ACTIVATE, Action
from .conditions import Attributes
from .environment import ASSIGNMENT, DENY, LOCK, Denial, Grant, object_id
from .locks import READ_ONLY, stopped
from .requests import of_resource
from .scopes import ScopedTable
from .vaults import is_of_vaults

if TYPE_CHECKING:
    from .authorizer import AzureAuthorizer
    from .environment import AzureEnvironment, PrincipalState


class _ByHolder:
    """Rows by who holds what gives them, worked out once for each holder."""

    def __init__(self, environment: "AzureEnvironment", rows: Callable[[str], MaySet]) -> None:
        """``rows`` are those of a user, a group or a service principal alone, by object id."""
        self._environment = environment
        self._rows = cache(rows)

    def of(self, who: "PrincipalState") -> MaySet:
        """What a principal has by itself, by the groups that it is in, and perhaps by those of
        which it is not known who is in them."""
        found = self._of_unread | self._rows(object_id(who.id))
        for group in self._environment.groups(who).certain:
            found |= self._rows(group)
        return found

    @cached_property
    def _of_unread(self) -> MaySet:
        found = NONE
        for group in self._environment.open_groups:
            found |= self._rows(group)
        return found.uncertain()


class TableRequest:
    """An action on each row of a table, with what is known of the request."""

    def __init__(
        self,
        authorizer: "AzureAuthorizer",
        action: Action,
        table: ScopedTable,
        known: Attributes,
    ) -> None:
        self._authorizer = authorizer
        self._environment = authorizer.environment
        self._action = action
        self._table = table
        self._known = known
        self._by_roles = _ByHolder(self._environment, self._allowed_by_roles)
        self._by_policies = _ByHolder(self._environment, self._allowed_by_policies)
        self._activated = _ByHolder(self._environment, self._activated_by)
        self._by_denial: dict[Denial, MaySet] = {}

    def allowed(self, who: "PrincipalState") -> MaySet:
        """The rows on which a principal may do it."""
        granted = self._granted(who)
        if not granted.possible:
            return NONE
        forbidden = self._forbidden(who)
        return MaySet(granted.certain & ~forbidden.possible, granted.possible & ~forbidden.certain)

    def _granted(self, who: "PrincipalState") -> MaySet:
        found = self._by_roles.of(who)
        for role, scope in who.roles:
            found |= self._by_grant(self._environment.given(who.id, role, scope))
        by_policy = self._vaults
        found = MaySet(found.certain & ~by_policy.possible, found.possible & ~by_policy.certain)
        if by_policy.possible:
            found |= self._by_policies.of(who) & by_policy
        if self._action == ACTIVATE:
            found |= self._activated.of(who)
        unlisted = self._authorizer.unlisted(ASSIGNMENT, self._table)
        return found | MaySet(0, unlisted & ~by_policy.certain)

    def _allowed_by_roles(self, holder: str) -> MaySet:
        """The rows on which the roles of a holder, by object id, allow it."""
        found = NONE
        for grant in self._environment.grants_of.get(holder, ()):
            found |= self._by_grant(grant)
        return found

    def _by_grant(self, grant: Grant) -> MaySet:
        truth = self._authorizer.allows(grant, self._action, self._known)
        if truth is False:
            return NONE
        rows = self._environment.tree.reached(grant.scope, self._table)
        if truth:
            return rows
        certain, possible = 0, 0
        for row in members(rows.possible):
            of_row = {**of_resource(self._table.table.ids[row]), **self._known}
            truth = self._authorizer.allows(grant, self._action, of_row)
            possible |= (truth is not False) << row
            certain |= (truth is True) << row
        return MaySet(certain & rows.certain, possible)

    @cached_property
    def _vaults(self) -> MaySet:
        """The rows of vaults, and of what lies in them, that go by access policies."""
        found = NONE
        for scope, vault in self._environment.vaults.items() if is_of_vaults(self._action) else ():
            by_roles = self._environment.view.get(vault, "rbac_authorization")
            rows = exactly(self._table.below(scope))
            if by_roles is None:
                found |= rows.uncertain()
            elif not by_roles:
                found |= rows
        return found

    def _allowed_by_policies(self, holder: str) -> MaySet:
        """The rows on which access policies allow it to a holder, by object id."""
        found = NONE
        for policy in self._environment.access_policies_of.get(holder, ()):
            truth = self._authorizer.lets(self._action, policy)
            if truth is not False:
                found |= exactly(self._table.below(policy.vault.lower())).only_if(truth is True)
        return found

    def _activated_by(self, holder: str) -> MaySet:
        """The eligible roles among the rows that a holder, by object id, may activate."""
        found = 0
        for each in self._environment.eligibilities_of.get(holder, ()):
            found |= self._table.at(each.id)
        return exactly(found)

    def _forbidden(self, who: "PrincipalState") -> MaySet:
        found = self._perhaps_forbidden
        for id_, rows in self._locked.items():
            if id_ not in who.unlocked:
                found |= rows
        for denial, is_meant in self._authorizer.denials_of(who):
            if denial not in self._by_denial:
                self._by_denial[denial] = self._denied(denial)
            found |= self._by_denial[denial].only_if(is_meant is True)
        return found

    @cached_property
    def _perhaps_forbidden(self) -> MaySet:
        """The rows of which it is not known what denies or locks them."""
        found = self._authorizer.unlisted(DENY, self._table)
        if stopped(READ_ONLY, self._action):
            found |= self._authorizer.unlisted(LOCK, self._table)
        return MaySet(0, found)

    @cached_property
    def _locked(self) -> Mapping[str, MaySet]:
        """The rows that each lock keeps everybody off."""
        found: dict[str, MaySet] = {}
        for id_, scope, level in self._environment.locks:
            truth = stopped(level, self._action)
            if truth is not False:
                rows = self._environment.tree.reached(scope, self._table)
                if rows.possible:
                    found[id_] = rows.only_if(truth is True)
        return found

    def _denied(self, denial: Denial) -> MaySet:
        """The rows on which a deny assignment forbids it to those whom it means."""
        truth = self._authorizer.forbids(denial, self._action, self._known)
        if truth is False:
            return NONE
        return self._rows_of(denial).only_if(truth is True)

    def _rows_of(self, denial: Denial) -> MaySet:
        if denial.scope is None:
            return MaySet(0, self._table.table.everything)
        below = self._environment.tree.reached(denial.scope, self._table)
        if denial.applies_to_child_scopes:
            return below
        itself = exactly(self._table.at(denial.scope))
        return itself if denial.applies_to_child_scopes is False else itself | below.uncertain()
