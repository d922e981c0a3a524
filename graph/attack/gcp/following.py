"""What decides in Google Cloud, as attack paths follow it: with what makes a permission useless,
and with groups that were not listed as principals of their own, whose members may be anybody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from ...authorization.gcp.authorizer import GCPAuthorizer
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
    forbids_keys,
)
from ...authorization.gcp.members import GROUP, is_service_agent
from ...authorization.gcp.permissions import permission
from ...authorization.gcp.scopes import PROJECTS
from ...authorization.model import Explanation, Given
from ...authorization.resource_table import ResourceRow, ResourceTable
from ...logic import Truth, all_of, any_of
from ...model import Gap, MissingReason
from ...sets import NONE, MaySet, exactly
from .agent_kinds import kind_of
from .delegation import Delegation

REALM = "gcp"
"""The one account of all principals and resources: roles may be held anywhere."""
_ELSEWHERE = (MissingReason.CROSS_ACCOUNT, MissingReason.OUT_OF_SCOPE, MissingReason.UNKNOWN_OWNER)
"""Why an account of another project is missing."""
_NAMED = 3
"""Groups that a gap names."""
_OF_ACCOUNTS = {
    **dict.fromkeys(
        (*MINTING, DELEGATING), "whether the service account is enabled could not be read"
    ),
    MAKING_KEYS: "whether keys may be made of the account is not known",
}
"""Permissions that may be useless on a service account, each with what is open then."""


class RolesAsListed(GCPEnvironment):
    """Nobody holds a role that was not listed: everybody might, which is one gap and no step of
    everybody's. Verdicts rest on these listings anyway. A group that was not listed holds its roles
    itself, and is not looked into for others: that anybody may be in it is a step of its own."""

    @cached_property
    def principals(self) -> Sequence[str]:
        """The ids of those who act, of the groups that were not listed, of foreign accounts, and of
        service agents."""
        opaque = self.opaque.intersection(self.view.graph)
        return sorted({*super().principals, *opaque, *self.foreign, *self.agents})

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The service accounts with roles that lie in projects which were not scanned; service
        agents of Google's are none of them."""
        return frozenset(
            each
            for each in self.accounts_elsewhere
            if self.view.get(each, "missing") in _ELSEWHERE and not is_service_agent(each)
        )

    @cached_property
    def agents(self) -> Mapping[str, str]:
        """The service agents with roles that somebody is known to make act, each with the project
        that it acts for."""
        found = {}
        for id_ in filter(is_service_agent, self.accounts_elsewhere):
            kind = kind_of(id_)
            project = self.tree.named(PROJECTS + kind[1]) if kind else ""
            if self.view.is_there(project):
                found[id_] = project
        return found

    @property
    def not_asked(self) -> Sequence[str]:
        """Other service agents, and accounts of which nobody knows whether they are there."""
        known = {*self.foreign, *self.agents}
        return [each for each in self.accounts_elsewhere if each not in known]

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
        self._delegation = Delegation(lambda who, on: self._once(who, DELEGATING, on))

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label, all of one account; of groups those that were not
        listed, and of service accounts foreign ones and agents too."""
        if label not in self._tables:
            rows: Iterable[ResourceRow] = super().table(label).rows
            if label == GROUPS:
                opaque = self.environment.opaque.intersection(self.environment.view.graph)
                rows = (ResourceRow(each) for each in opaque)
            elif label == ACCOUNT:
                others = (*self.environment.foreign, *self.environment.agents)
                rows = (*rows, *(ResourceRow(each) for each in others))
            self._tables[label] = ResourceTable(
                ResourceRow(row.id, REALM, row.owner) for row in rows
            )
        return self._tables[label]

    def allowed(
        self, who: PrincipalState, action: str, on: ResourceTable, given: Given = ()
    ) -> MaySet:
        """On which rows of a table a principal may do an action, to any effect. Who may delegate
        through an account may through all that this one may delegate through."""
        found = self._once(who, action, on, given)
        if found.possible and permission(action) == DELEGATING:
            found = self._delegation.through(found, on)
        return found

    def explain(
        self, who: PrincipalState, action: str, resource: str, given: Given = ()
    ) -> Explanation:
        """The same for one resource, and on what it rests."""
        if permission(action) != DELEGATING:
            return self._explained(who, action, resource, given)
        accounts = self.table(ACCOUNT)
        first, last = self._once(who, action, accounts), accounts.index.get(resource)
        chain = () if last is None else self._delegation.chain(first, accounts, last)
        ids = [accounts.ids[row] for row in chain] or [resource]
        states = [who, *map(PrincipalState, ids)]
        links = [self._explained(*each, given) for each in _links(states, action, ids)]
        return Explanation(
            all_of(each.truth for each in links),
            tuple(dict.fromkeys(one for each in links for one in each.conditions)),
            tuple(dict.fromkeys(one for each in links for one in each.statements)),
        )

    def may_have_keys_forbidden(self, resource: str) -> bool:
        """Whether an organization policy may let nobody make keys in a project."""
        return forbids_keys(self.environment, resource) is not False

    def _once(
        self, who: PrincipalState, action: str, on: ResourceTable, given: Given = ()
    ) -> MaySet:
        """On which rows a principal may do an action by itself."""
        found = super().allowed(who, action, on, given)
        if found.possible and permission(action) in _OF_ACCOUNTS:
            found &= self._usable(permission(action), on, who.without)
        return found

    def _explained(
        self, who: PrincipalState, action: str, resource: str, given: Given
    ) -> Explanation:
        found = super().explain(who, action, resource, given)
        asked = permission(action)
        if found.truth is False or asked not in _OF_ACCOUNTS:
            return found
        truth = self._is_useless(asked, resource, who.without)
        if truth is False:
            return found
        return found._replace(
            truth=None if truth is None else False,
            conditions=(*found.conditions, _OF_ACCOUNTS[asked]),
        )

    def _usable_rows(self, asked: str, on: ResourceTable, without: frozenset[str]) -> MaySet:
        found = NONE
        for row, id_ in enumerate(on.ids):
            truth = self._is_useless(asked, id_, without)
            if truth is not True:
                found |= exactly(1 << row).only_if(truth is False)
        return found

    def _is_useless(self, asked: str, id_: str, without: frozenset[str]) -> Truth:
        """Whether a permission gives nothing on a resource; ``without`` is what its holder has
        lifted."""
        if self._kind(id_) != ACCOUNT:
            return False
        is_off: Truth = self.environment.view.get(id_, "disabled")
        if asked != MAKING_KEYS or self.environment.place(id_).project in without:
            return is_off
        return any_of((is_off, forbids_keys(self.environment, id_)))

    def _kind(self, id_: str) -> str:
        view = self.environment.view
        return str(view.get(id_, "label") or "") if id_ in view.graph else ""


def _links(
    states: Sequence[PrincipalState], action: str, ids: Sequence[str]
) -> Iterator[tuple[PrincipalState, str, str]]:
    """Who does an action on what, along a chain."""
    return ((who, action, id_) for who, id_ in zip(states, ids, strict=False))
