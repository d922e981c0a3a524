"""What decides in Google Cloud, as attack paths follow it: with what makes a permission useless,
and with groups that were not listed as principals of their own, whose members may be anybody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from ...authorization.gcp.authorizer import GCPAuthorizer
from ...authorization.gcp.constraints import enforced
from ...authorization.gcp.environment import (
    BINDING,
    GROUPS,
    GCPEnvironment,
    Grant,
    PrincipalState,
)
from ...authorization.gcp.impersonation import (
    ACCOUNT,
    DELEGATING,
    MAKING_KEYS,
    MINTING,
    NO_KEYS,
)
from ...authorization.gcp.members import GROUP, is_service_agent
from ...authorization.gcp.permissions import permission
from ...authorization.model import Explanation, Given
from ...authorization.resource_table import ResourceRow, ResourceTable
from ...logic import Truth, any_of
from ...model import Gap, MissingReason
from ...sets import NONE, MaySet, exactly

REALM = "gcp"
"""The one account of all principals and resources: roles may be held anywhere."""
_ELSEWHERE = (MissingReason.CROSS_ACCOUNT, MissingReason.OUT_OF_SCOPE, MissingReason.UNKNOWN_OWNER)
"""Why an account of another project is missing."""
_NAMED = 3
"""Groups that a gap names."""


class RolesAsListed(GCPEnvironment):
    """Nobody holds a role that was not listed: everybody might, which is one gap and no step of
    everybody's. Verdicts rest on these listings anyway. A group that was not listed holds its roles
    itself, and is not looked into for others: that anybody may be in it is a step of its own."""

    @cached_property
    def principals(self) -> Sequence[str]:
        """The ids of those who act, of the groups that were not listed, and of foreign accounts."""
        opaque = self.opaque.intersection(self.view.graph)
        return sorted({*super().principals, *opaque, *self.foreign})

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The service accounts with roles that lie in projects which were not scanned; service
        agents of Google's are none of them."""
        return frozenset(
            each
            for each in self.accounts_elsewhere
            if self.view.get(each, "missing") in _ELSEWHERE and not is_service_agent(each)
        )

    @property
    def not_asked(self) -> Sequence[str]:
        """Service agents, and accounts of which nobody knows whether they are there."""
        return [each for each in self.accounts_elsewhere if each not in self.foreign]

    def is_listed(self, label: str, top: str) -> bool:
        """Whether all of a label was listed, allow policies aside."""
        return label == BINDING or super().is_listed(label, top)

    def holds(self, state: PrincipalState, grant: Grant) -> Truth:
        """Whether a principal is one of those whom a role is granted to, as far as groups were
        listed."""
        others = self.opaque - {state.id}
        return self.any_has(state, None if grant.members is None else grant.members - others)

    @cached_property
    def opaque(self) -> frozenset[str]:
        """The groups with roles that were not listed."""
        named = frozenset[str]().union(*(each.members or () for each in self.grants))
        return frozenset(
            each
            for each in named
            if each.startswith(GROUP)
            and (each not in self.view.graph or self.view.is_missing(each))
        )

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of roles, and of those who hold them, could not be read."""
        found = [
            Gap(
                f"Allow policies of project {account} could not be listed.",
                provider="gcp",
                account=account,
                label=BINDING,
            )
            for each in self.projects
            if not super(RolesAsListed, self).is_listed(BINDING, each)
            for account in [str(self.view.get(each, "account") or "")]
        ]
        found += super().gaps
        if unlisted := sorted(each.removeprefix(GROUP) for each in self.opaque):
            more = f" and {len(unlisted) - _NAMED} more" if len(unlisted) > _NAMED else ""
            message = f"Who is in {', '.join(unlisted[:_NAMED])}{more} could not be read."
            found.append(Gap(message, provider="gcp"))
        return found


class Following(GCPAuthorizer):
    """Decides for techniques: what a permission is good for only if its resource is so (an account
    that is enabled, a project in which keys may be made) it does not give otherwise."""

    environment: RolesAsListed

    def __init__(self, environment: RolesAsListed) -> None:
        super().__init__(environment)
        self._tables: dict[str, ResourceTable] = {}
        self._usable = lru_cache(1024)(self._usable_rows)

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label, all of one account; of groups those that were not
        listed, and of service accounts foreign ones too."""
        if label not in self._tables:
            rows: Iterable[ResourceRow] = super().table(label).rows
            if label == GROUPS:
                opaque = self.environment.opaque.intersection(self.environment.view.graph)
                rows = (ResourceRow(each) for each in opaque)
            elif label == ACCOUNT:
                rows = (*rows, *(ResourceRow(each) for each in self.environment.foreign))
            self._tables[label] = ResourceTable(
                ResourceRow(row.id, REALM, row.owner) for row in rows
            )
        return self._tables[label]

    def allowed(
        self, who: PrincipalState, action: str, on: ResourceTable, given: Given = ()
    ) -> MaySet:
        """On which rows of a table a principal may do an action, to any effect."""
        found = super().allowed(who, action, on, given)
        if found.possible and permission(action) in self._useless:
            found &= self._usable(permission(action), on)
        return found

    def explain(
        self, who: PrincipalState, action: str, resource: str, given: Given = ()
    ) -> Explanation:
        """The same for one resource, and on what it rests."""
        found = super().explain(who, action, resource, given)
        asked = permission(action)
        if found.truth is False or asked not in self._useless:
            return found
        truth = self._is_useless(asked, resource)
        if truth is False:
            return found
        doubt = self._useless[asked][1]
        return found._replace(
            truth=None if truth is None else False, conditions=(*found.conditions, doubt)
        )

    @property
    def _useless(self) -> Mapping[str, tuple[Callable[[str], Truth], str]]:
        """By permission: what makes it useless on an account, and in words what is open then."""
        off = self._is_off, "whether the service account is enabled could not be read"
        keys = self._has_no_keys, "whether keys may be made of the account is not known"
        return {**dict.fromkeys((*MINTING, DELEGATING), off), MAKING_KEYS: keys}

    def _usable_rows(self, asked: str, on: ResourceTable) -> MaySet:
        found = NONE
        for row, id_ in enumerate(on.ids):
            truth = self._is_useless(asked, id_)
            if truth is not True:
                found |= exactly(1 << row).only_if(truth is False)
        return found

    def _is_useless(self, asked: str, id_: str) -> Truth:
        if self._kind(id_) != ACCOUNT:
            return False
        return self._useless[asked][0](id_)

    def _is_off(self, id_: str) -> Truth:
        truth: Truth = self.environment.view.get(id_, "disabled")
        return truth

    def _has_no_keys(self, id_: str) -> Truth:
        return any_of((self._is_off(id_), enforced(self.environment, NO_KEYS, id_)))

    def _kind(self, id_: str) -> str:
        view = self.environment.view
        return str(view.get(id_, "label") or "") if id_ in view.graph else ""
