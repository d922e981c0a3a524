"""Who holds which roles where, and what limits that, read off the graph.

Principals and groups are distinguished by their object ids, which are unique in all tenants.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeVar

from ...logic import Truth, any_of
from ...model import Gap, ListingStatus, MissingReason, Status
from ...view import GraphView
from ..resource_table import ResourceRow, ResourceTable
from .delegations import delegated_roles, without_data
from .scopes import SUBSCRIPTIONS, TENANTS, ScopeTree, top_of

USER, GROUP, SERVICE_PRINCIPAL = "EntraUser", "EntraGroup", "EntraServicePrincipal"
DELEGATION = "AzureLighthouseDelegation"
"""What stands for the principals of another tenant that hold roles by it."""
PRINCIPALS = (USER, SERVICE_PRINCIPAL, DELEGATION)
"""The labels of those who act."""
ASSIGNMENT, DEFINITION = "AzureRoleAssignment", "AzureRoleDefinition"
ELIGIBILITY, DENY, LOCK = "AzureRoleEligibility", "AzureDenyAssignment", "AzureLock"
SUBSCRIPTION, MANAGEMENT_GROUP, TENANT = "AzureSubscription", "AzureManagementGroup", "AzureTenant"
RESOURCE_GROUP = "AzureResourceGroup"
VAULT, ACCESS_POLICY = "AzureKeyVault", "AzureKeyVaultAccessPolicy"
LABELS = frozenset(
    {
        *PRINCIPALS,
        GROUP,
        ASSIGNMENT,
        DEFINITION,
        ELIGIBILITY,
        DENY,
        LOCK,
        SUBSCRIPTION,
        MANAGEMENT_GROUP,
        TENANT,
        VAULT,
        ACCESS_POLICY,
    }
)
"""All labels that decide who may do what."""

_ROLES = "/providers/microsoft.authorization/roledefinitions/"
_OF_PEOPLE = ("Group", "")
"""The types of principals that others may be members of; nothing if the type is not known."""


class PrincipalState(NamedTuple):
    """A principal just as it is, or with what an attacker has given it."""

    id: str
    roles: frozenset[tuple[str, str]] = frozenset()
    """Roles that it was given or has activated, by id, each with its scope."""
    groups: frozenset[str] = frozenset()
    """Object ids of the groups that it has joined."""
    unlocked: frozenset[str] = frozenset()
    """The locks that it has deleted, by id."""


class Groups(NamedTuple):
    """The groups of a principal, by object id."""

    certain: frozenset[str]
    possible: frozenset[str]

    def holds(self, group: str) -> Truth:
        """Whether it is a member; None if it only may be."""
        return True if group in self.certain else None if group in self.possible else False


class Grant(NamedTuple):
    """A role that a principal holds, or may activate, on a scope."""

    id: str
    principal: str
    """Object id."""
    role: str
    """Id of the role."""
    role_name: str
    permissions: str | None
    """The role's entries; None if they were not read."""
    scope: str
    condition: str | None
    """None if it was not read."""


class Held(NamedTuple):
    """A role that a principal holds, as far as it is known that it does."""

    grant: Grant
    is_holder: Truth


class Denial(NamedTuple):
    """What a deny assignment forbids."""

    id: str
    name: str
    scope: str | None
    """None if it was not read."""
    permissions: str | None
    applies_to_child_scopes: bool | None
    everyone: bool | None
    principals: frozenset[str] | None
    """Object ids; None if they were not read, as with those that are excluded."""
    excluded: frozenset[str] | None
    condition: str | None


class AccessPolicy(NamedTuple):
    """Whom a vault that does not go by roles lets do what."""

    id: str
    vault: str
    principal: str
    application: str | None
    permissions: Mapping[str, frozenset[str] | None]
    """By kind (keys, secrets, certificates); None where they were not read."""


_Granted = TypeVar("_Granted", Grant, AccessPolicy)


class AzureEnvironment:
    """What decides who may do what, in all scanned tenants."""

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus] | None) -> None:
        """Without ``listings`` all counts as listed."""
        self.view = view
        self._listed: dict[tuple[str, str], bool] | None = None
        if listings is not None:
            self._listed = {}
            for each in listings:
                key = (each.label, each.account.lower())
                self._listed[key] = self._listed.get(key, True) and each.status == Status.OK
        self._tables: dict[str, ResourceTable] = {}

    @cached_property
    def principals(self) -> Sequence[str]:
        """The ids of those who act."""
        return sorted(id_ for label in PRINCIPALS for id_ in self.view.labelled(label))

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label, as belonging to their tenants."""
        if label not in self._tables:
            self._tables[label] = ResourceTable(
                ResourceRow(id_, self.tenant_of(id_), id_) for id_ in self.view.labelled(label)
            )
        return self._tables[label]

    def tenant_of(self, id_: str) -> str:
        """The id of the tenant that a resource belongs to; empty if it is not known."""
        top = top_of(id_.lower())
        if top:
            return self.tree.above(top).tenant.removeprefix(TENANTS)
        return str(self.view.get(id_, "account") or "") if id_ in self.view.graph else ""

    @cached_property
    def tree(self) -> ScopeTree:
        """The management groups."""
        parents: dict[str, str | None] = {}
        tenants: dict[str, str] = {}
        for id_ in self.view.labelled(MANAGEMENT_GROUP):
            parents[id_] = self.view.get(id_, "parent")
            for below in self.view.get(id_, "subscriptions") or ():
                parents[below] = id_
            tenants[id_] = self.view.get(id_, "tenant") or ""
        for id_ in self.view.labelled(SUBSCRIPTION):
            tenants[id_] = self.view.get(id_, "tenant") or ""
        return ScopeTree(parents, tenants)

    @cached_property
    def subscriptions(self) -> Sequence[str]:
        """The ids of the scanned subscriptions."""
        return sorted(self.view.labelled(SUBSCRIPTION))

    def is_listed(self, label: str, top: str) -> bool:
        """Whether all of a label that holds in a subscription or management group was listed: what
        is listed of a subscription is what holds above it too."""
        if top.startswith(SUBSCRIPTIONS):
            return self._was_listed(label, top)
        return self._listed is None or any(
            self._was_listed(label, each) for each in self._below(top)
        )

    def _was_listed(self, label: str, subscription: str) -> bool:
        if self._listed is None:
            return True
        return self._listed.get((label, subscription.removeprefix(SUBSCRIPTIONS)), False)

    def _below(self, top: str) -> Iterator[str]:
        """The scanned subscriptions in a management group or tenant."""
        for each in self.subscriptions:
            above = self.tree.above(each)
            if top in above.groups or top == above.tenant:
                yield each

    @cached_property
    def grants(self) -> Sequence[Grant]:
        """The roles that are held; what had ended when the scan began is not."""
        held = (id_ for id_ in self.view.labelled(ASSIGNMENT) if not self._has_ended(id_))
        return [*map(self._grant, held), *self._delegated()]

    def _delegated(self) -> Iterator[Grant]:
        """The roles that principals of other tenants hold by delegations."""
        for id_ in self.view.labelled(DELEGATION):
            document = self.view.get(id_, "authorizations")
            if document is None:
                scope = self.scope(id_) or ""
                yield Grant(id_, object_id(id_), "", "an unread role", None, scope, None)
            else:
                yield from self._offered(id_, document)

    def _offered(self, delegation: str, document: str) -> Iterator[Grant]:
        """The roles that a delegation gives or lets activate, by that list of its offer."""
        scope = self.scope(delegation) or ""
        for each in delegated_roles(document):
            role = f"{_ROLES}{each.role}"
            permissions, name = without_data(self._permissions(role)), self._called(role)
            holder = object_id(delegation)
            yield Grant(delegation, holder, role, name, permissions, scope, each.condition)

    @cached_property
    def grants_of(self) -> Mapping[str, Sequence[Grant]]:
        """The same by the object id of who holds them."""
        return _by_principal(self.grants)

    @cached_property
    def eligibilities(self) -> Sequence[Grant]:
        """The roles that can be activated, those of principals of other tenants included."""
        own = [each for each in self.view.labelled(ELIGIBILITY) if not self._has_ended(each)]
        offered = (
            self._offered(each, self.view.get(each, "eligible_authorizations") or "")
            for each in self.view.labelled(DELEGATION)
        )
        return [*map(self._grant, own), *chain.from_iterable(offered)]

    @cached_property
    def eligibilities_of(self) -> Mapping[str, Sequence[Grant]]:
        """The same by the object id of who can activate them."""
        return _by_principal(self.eligibilities)

    def given(self, who: str, role: str, scope: str) -> Grant:
        """A role that an attacker has given somebody or has activated; by a delegation only what
        that lets activate."""
        found = Grant("", "", role, self._called(role), self._permissions(role), scope, "")
        if self.view.get(who, "label") != DELEGATION:
            return found
        offered = self.eligibilities_of.get(object_id(who), ())
        return next((one for one in offered if (one.role, one.scope) == (role, scope)), found)

    @cached_property
    def denials(self) -> Sequence[Denial]:
        """What is denied."""
        get = self.view.get
        return [
            Denial(
                id_,
                self.view.name(id_),
                self.scope(id_),
                get(id_, "permissions"),
                get(id_, "applies_to_child_scopes"),
                get(id_, "everyone"),
                _ids(get(id_, "principal_ids")),
                _ids(get(id_, "excluded_ids")),
                get(id_, "condition"),
            )
            for id_ in self.view.labelled(DENY)
        ]

    @cached_property
    def locks(self) -> Sequence[tuple[str, str, str | None]]:
        """The locks: id, scope, and level."""
        found = ((id_, self.scope(id_)) for id_ in self.view.labelled(LOCK))
        return [(id_, scope, self.view.get(id_, "level")) for id_, scope in found if scope]

    @cached_property
    def vaults(self) -> Mapping[str, str]:
        """The ids of vaults by these in lower case."""
        return {id_.lower(): id_ for id_ in self.table(VAULT).ids}

    @cached_property
    def access_policies(self) -> Mapping[str, Sequence[AccessPolicy]]:
        """The access policies of vaults, by vault."""
        found: dict[str, list[AccessPolicy]] = defaultdict(list)
        for id_ in self.view.labelled(ACCESS_POLICY):
            for holder in self.view.targets(id_, "principal"):
                policy = AccessPolicy(
                    id_,
                    str(self.view.get(id_, "key_vault") or ""),
                    object_id(holder),
                    self.view.get(id_, "application_id"),
                    {
                        kind: _ids(self.view.get(id_, f"{kind[:-1]}_permissions"))
                        for kind in ("keys", "secrets", "certificates")
                    },
                )
                found[policy.vault].append(policy)
        return found

    @cached_property
    def access_policies_of(self) -> Mapping[str, Sequence[AccessPolicy]]:
        """The same by the object id of whom they are for."""
        return _by_principal(chain.from_iterable(self.access_policies.values()))

    def scope(self, id_: str) -> str | None:
        """The scope of a grant, a denial or a lock; of everything it is the tenant's."""
        scope: str | None = self.view.get(id_, "scope")
        if scope == "/":
            return f"{TENANTS}{self.view.get(id_, 'account') or ''}"
        return scope

    def groups(self, state: PrincipalState) -> Groups:
        """The groups that a principal is a member of, by other groups too."""
        own = self._groups_of(object_id(state.id))
        if not state.groups:
            return own
        joined = self._closed(state.groups)
        return Groups(own.certain | joined, own.possible | joined)

    def holds(self, state: PrincipalState, holder: str) -> Truth:
        """Whether a principal is the one meant, or a member of it."""
        return True if holder == object_id(state.id) else self.groups(state).holds(holder)

    def has(self, state: PrincipalState, holder: str) -> Truth:
        """Whether what is granted to a holder is granted to a principal."""
        truth = self.holds(state, holder)
        return False if truth is None and holder not in self.open_groups else truth

    @property
    def open_groups(self) -> frozenset[str]:
        """Object ids of the groups whose grants anybody may have, as anybody may be a member."""
        return self.unread_groups

    @cached_property
    def opaque(self) -> frozenset[str]:
        """Object ids that roles are held by of which nobody knows who they are: groups perhaps."""
        get = self.view.get
        found = set[str]()
        for label in (ASSIGNMENT, ELIGIBILITY):
            for id_ in self.view.labelled(label):
                holder, kind = get(id_, "principal_id"), get(id_, "principal_type")
                if holder and holder not in self._known_holders and (kind or "") in _OF_PEOPLE:
                    targets = self.view.targets(id_, "principal")
                    if not any(get(each, "missing") == MissingReason.NOT_FOUND for each in targets):
                        found.add(holder)
        for denial in self.denials:
            for ids in (denial.principals, denial.excluded):
                found |= {each for each in ids or () if each not in self._known_holders}
        for policies in self.access_policies.values():
            found |= {each.principal for each in policies} - self._known_holders
        return frozenset(found)

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of roles could not be read."""
        unlisted = (
            Gap(
                f"{_CALLED[label]} of subscription {account} could not be listed.",
                provider="azure",
                account=account,
                label=label,
            )
            for label in _CALLED
            for each in self.subscriptions
            if not self._was_listed(label, each)
            for account in [each.removeprefix(SUBSCRIPTIONS)]
        )
        return [*unlisted, *self._unread_delegations()]

    def _unread_delegations(self) -> Iterator[Gap]:
        """Delegations of which it could not be read to whom they are made."""
        for id_ in self.view.labelled(DELEGATION):
            if not self.view.get(id_, "managed_by"):
                yield Gap(
                    f"To whom {self.scope(id_)} is delegated could not be read.",
                    provider="azure",
                    account=self.view.get(id_, "account"),
                    label=DELEGATION,
                )

    @cached_property
    def _known_holders(self) -> frozenset[str]:
        labels = (*PRINCIPALS, GROUP)
        return frozenset(object_id(id_) for each in labels for id_ in self.view.labelled(each))

    @cached_property
    def _above(self) -> Mapping[str, frozenset[str]]:
        """The groups that each principal and group is a direct member of."""
        found: dict[str, set[str]] = defaultdict(set)
        graph = self.view.graph
        for id_ in self.view.labelled(GROUP):
            for member, _, rel in graph.in_edges(id_, data="rel"):
                if rel == "MEMBER_OF" and not self.view.is_missing(member):
                    found[object_id(member)].add(object_id(id_))
        return {member: frozenset(groups) for member, groups in found.items()}

    @cached_property
    def unread_groups(self) -> frozenset[str]:
        """Object ids of the groups of which not all members are known, with all that these are
        members of."""
        graph = self.view.graph
        found = {
            object_id(id_)
            for id_ in self.view.labelled(GROUP)
            if any(
                rel == "MEMBER_OF" and self.view.get(member, "missing") == MissingReason.UNREADABLE
                for member, _, rel in graph.in_edges(id_, data="rel")
            )
        }
        return self._closed(found) | self.opaque

    def _groups_of(self, holder: str) -> Groups:
        if holder not in self._memberships:
            certain = self._closed(self._above.get(holder, ()))
            self._memberships[holder] = Groups(certain, certain | self.unread_groups)
        return self._memberships[holder]

    @cached_property
    def _memberships(self) -> dict[str, Groups]:
        return {}

    def _closed(self, groups: Iterable[str]) -> frozenset[str]:
        """Groups and all that these are members of."""
        found: set[str] = set()
        waiting = [*groups]
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting += self._above.get(group, ())
        return frozenset(found)

    def _has_ended(self, id_: str) -> bool:
        end, scanned = self.view.get(id_, "end"), self.view.scanned
        return bool(end and scanned and end < scanned.isoformat())

    def _grant(self, id_: str) -> Grant:
        get = self.view.get
        role = str(get(id_, "role") or "")
        return Grant(
            id_,
            str(get(id_, "principal_id") or ""),
            role,
            self._called(role),
            self._permissions(role),
            self.scope(id_) or "",
            get(id_, "condition"),
        )

    def _called(self, role: str) -> str:
        return self.view.name(role) if role in self.view.graph else role.rpartition("/")[2]

    def _permissions(self, role: str) -> str | None:
        found: str | None = None
        if role in self.view.graph and not self.view.is_missing(role):
            found = self.view.get(role, "permissions")
        return found


def _by_principal(granted: Iterable[_Granted]) -> Mapping[str, Sequence[_Granted]]:
    found: dict[str, list[_Granted]] = defaultdict(list)
    for each in granted:
        found[each.principal].append(each)
    return found


_CALLED = {
    ASSIGNMENT: "Role assignments",
    DEFINITION: "Role definitions",
    DENY: "Deny assignments",
    LOCK: "Locks",
}
"""What is called a gap if it was not listed: without it no answer is certain."""


def object_id(id_: str) -> str:
    """The object id of a principal or group, by its full identity."""
    return id_.rpartition("/")[2].lower()


def _ids(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(each.lower() for each in values)


def any_holder(
    environment: AzureEnvironment, state: PrincipalState, holders: Iterable[str]
) -> Truth:
    """Whether a principal is one of those meant, or a member of one."""
    return any_of(environment.holds(state, each) for each in holders)
