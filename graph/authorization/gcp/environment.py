"""Who holds which roles where in Google Cloud, and what limits that, read off the graph."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...logic import Truth, all_of, any_of
from ...model import Gap, ListingStatus, Status
from ...view import GraphView
from ..resource_table import ResourceRow, ResourceTable
from . import boundary_versions, cel
from .cel import Known, Now
from .members import (
    ACCOUNT,
    CONSUMER_DOMAINS,
    CUSTOMER,
    DOMAIN,
    EVERYONE,
    GROUP,
    USER,
    PartOfTree,
    basic_role,
    domain_of,
    is_in,
    is_service_agent,
    member,
    part_of_tree,
    pooled,
    project_of_agent,
)
from .perimeters import PERIMETER, Perimeter, perimeters
from .permissions import permission
from .requests import described, kind_of
from .scopes import PROJECTS, TOPS, TREE, Place, ScopeTree, lies_in

ACCOUNTS = "GCPServiceAccount"
ACTING = ("GCPUser", ACCOUNTS, "GCPFederatedPrincipal", "GCPEveryone")
"""The labels of those who act."""
BINDING, ROLE, GROUPS, DENY = "GCPPolicyBinding", "GCPRole", "GCPGroup", "GCPDenyPolicy"
BOUNDARY = "GCPPrincipalAccessBoundary"
BOUND = "GCPPrincipalAccessBoundaryBinding"
ORGANIZATION, FOLDER, PROJECT = "GCPOrganization", "GCPFolder", "GCPProject"
TAGGED, TAG_KEY, TAG_VALUE = "GCPTagBinding", "GCPTagKey", "GCPTagValue"
RESOURCE_TAGGED = "GCPResourceTagBinding"
"""That a resource other than a project, folder or organization has a tag."""
TAGS = (TAGGED, RESOURCE_TAGGED, TAG_KEY, TAG_VALUE)
"""Labels of tags. What hangs on one that was not read is open."""
LABELS = frozenset(
    {*ACTING, BINDING, ROLE, GROUPS, DENY, BOUNDARY, BOUND, ORGANIZATION, FOLDER, PROJECT}
    | {*TAGS, PERIMETER}
)
"""All labels that decide who may do what."""
_ROLE_ID = "//iam.googleapis.com/"
_CALLED = {BINDING: "Allow policies", DENY: "Deny policies", BOUND: "Access boundaries"}
_NAMED = 3
"""Service accounts that a gap names."""
_WITHOUT_PERIMETERS = (
    "Service perimeters (VPC Service Controls) are not in the scan; they may stop what roles allow."
)


ANY_ROLE = "*"
"""Stands for the role that allows everything: what is given instead of a role that an attacker can
change at will."""


class _Everything(frozenset[str]):
    """All permissions there are."""

    def __contains__(self, each: object) -> bool:
        return True


class GivenRole(NamedTuple):
    """A role that somebody was given, as bindings name it."""

    role: str
    scope: str
    condition: str = ""


class PrincipalState(NamedTuple):
    """A principal just as it is, or with what an attacker has given it."""

    id: str
    roles: frozenset[GivenRole] = frozenset()
    """Roles that it was given."""
    groups: frozenset[str] = frozenset()
    """Ids of the groups that it has joined."""
    without: frozenset[str] = frozenset()
    """Ids of the deny policies that it has deleted, and of the projects whose organization policies
    it has lifted."""
    tags: frozenset[tuple[str, str]] = frozenset()
    """Ids of resources, each with that of the value of a tag that it has attached to it; empty if
    it is not certain that it has."""


class Grant(NamedTuple):
    """A role on a resource for some members."""

    id: str
    role: str
    """As bindings name it."""
    permissions: frozenset[str] | None
    """None if they were not read."""
    scope: str
    members: frozenset[str] | None
    condition: str | None


class Denial(NamedTuple):
    """A rule of a deny policy; what was not read is None."""

    id: str
    name: str
    number: int
    """Place of the rule in the policy, from 0."""
    scope: str
    principals: frozenset[str] | None
    excluded: frozenset[str] | None
    permissions: tuple[str, ...] | None
    spared: tuple[str, ...] | None
    condition: str | None


class Boundary(NamedTuple):
    """What those whom a boundary is bound to can reach."""

    id: str
    name: str
    scopes: frozenset[str] | None
    whom: str | None
    """The set of principals; None if it was not read."""
    condition: str | None
    version: int | None
    """Says which permissions it limits; None if it was not read."""


class GCPEnvironment:
    """What decides who may do what, in all scanned projects."""

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus] | None) -> None:
        """Without ``listings`` all counts as listed."""
        self.view = view
        self._listed: dict[tuple[str, str], bool] | None = None
        if listings is not None:
            self._listed = {}
            for each in listings:
                key = (each.label, each.account)
                self._listed[key] = self._listed.get(key, True) and each.status == Status.OK
        self._tables: dict[str, ResourceTable] = {}
        self._holders: dict[tuple[PrincipalState, str], Truth] = {}

    @cached_property
    def principals(self) -> Sequence[str]:
        """The ids of those who act."""
        return sorted(id_ for label in ACTING for id_ in self.view.labelled(label))

    @cached_property
    def projects(self) -> Sequence[str]:
        """The ids of the scanned projects."""
        return sorted(self.view.labelled(PROJECT))

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label, as belonging to their projects."""
        if label not in self._tables:
            self._tables[label] = ResourceTable(
                ResourceRow(id_, self._account(id_), id_) for id_ in self.view.labelled(label)
            )
        return self._tables[label]

    @cached_property
    def tree(self) -> ScopeTree:
        """The organizations, folders and projects."""
        parents: dict[str, str | None] = {
            id_: self._parent(id_)
            for label in (FOLDER, PROJECT)
            for id_ in self.view.labelled(label)
        }
        numbers = {
            str(number): id_.removeprefix(PROJECTS)
            for id_ in self.projects
            if (number := self.view.get(id_, "project_number"))
        }
        # Service agents lie in projects of Google's own, which are in nobody's organization.
        agents = filter(is_service_agent, self.accounts_elsewhere)
        parents |= {PROJECTS + each.split("/")[4]: "" for each in agents}
        owners = {
            id_: account
            for id_ in self.view.graph
            if (account := self._account(id_)) and not id_.startswith(TOPS)
        }
        return ScopeTree(parents, numbers, owners)

    def place(self, resource: str) -> Place:
        """Where a resource lies."""
        return self.tree.place(self.tree.named(resource))

    def is_listed(self, label: str, top: str) -> bool:
        """Whether all of a label that holds on a project, folder or organization was listed: what
        is listed of a project is what holds above it too."""
        if self._listed is None:
            return True
        if top.startswith(PROJECTS):
            return self._listed.get((label, top.removeprefix(PROJECTS)), False)
        return any(
            self._listed.get((label, each.removeprefix(PROJECTS)), False)
            for each in self.projects
            if top and top in self.tree.place(each).chain
        )

    @cached_property
    def are_boundaries_listed(self) -> bool:
        """Whether all access boundaries of the scanned organizations were listed."""
        return all(
            self.is_listed(label, each) for label in (BOUNDARY, BOUND) for each in self.projects
        )

    @cached_property
    def perimeters(self) -> Sequence[Perimeter]:
        """The service perimeters."""
        return [*perimeters(self.view, self.tree)]

    @cached_property
    def are_perimeters_asked_for(self) -> bool:
        """Whether the scan set out to list service perimeters at all."""
        return any(label == PERIMETER for label, _ in self._listed or ())

    def may_be_within_unread(self, top: str) -> bool:
        """Whether service perimeters that could not be listed may be around a project."""
        return self.are_perimeters_asked_for and not self.is_listed(PERIMETER, top)

    @cached_property
    def grants(self) -> Sequence[Grant]:
        """What allow policies grant."""
        return [self._grant(id_) for id_ in self.view.labelled(BINDING)]

    def given(self, role: GivenRole) -> Grant:
        """A role that an attacker has given somebody."""
        scope, held = self.tree.named(role.scope), self.permissions(role.role)
        return Grant("", role.role, held, scope, frozenset(), role.condition)

    @cached_property
    def denials(self) -> Sequence[Denial]:
        """What deny policies deny, rule by rule."""
        found: list[Denial] = []
        for id_ in self.view.labelled(DENY):
            name = self.view.get(id_, "name") or id_
            scope = self.tree.named(self.view.get(id_, "scope") or "")
            rules = _document(self.view.get(id_, "rules"))
            if rules is None:
                found.append(Denial(id_, name, 0, scope, None, None, None, None, None))
            for index, rule in enumerate(rules or ()):
                found.append(self._denial(id_, name, index, scope, rule))
        return found

    @cached_property
    def boundaries(self) -> Sequence[Boundary]:
        """The access boundaries, each as bound to a set of principals."""
        return [self._boundary(id_) for id_ in self.view.labelled(BOUND)]

    def has(self, state: PrincipalState, holder: str) -> Truth:
        """Whether what is granted to a holder is granted to a principal."""
        key = (state, holder)
        if key not in self._holders:
            self._holders[key] = self._has(state, self._whom(state.id), self._whom(holder))
        return self._holders[key]

    def any_has(self, state: PrincipalState, holders: frozenset[str] | None) -> Truth:
        """Whether a principal is one of some holders; None if they were not read."""
        if holders is None:
            return None
        return any_of(self.has(state, each) for each in sorted(holders))

    def holds(self, state: PrincipalState, grant: Grant) -> Truth:
        """Whether a principal is one of those whom a role is granted to."""
        return self.any_has(state, grant.members)

    def permissions(self, role: str) -> frozenset[str] | None:
        """What a role allows; None if that was not read."""
        if role == ANY_ROLE:
            return _Everything()
        id_ = _ROLE_ID + role
        if id_ not in self.view.graph or self.view.is_missing(id_):
            return None
        if self.view.get(id_, "deleted") or self.view.get(id_, "stage") == "DISABLED":
            return frozenset()
        found = self.view.get(id_, "permissions")
        return None if found is None else frozenset(permission(each) for each in found)

    def request(
        self,
        asked: str,
        resource: str,
        given: Mapping[str, Any],
        attached: frozenset[tuple[str, str]] = frozenset(),
    ) -> Known:
        """What conditions can ask of a request, as far as it is known; ``attached`` are tags that
        resources were given besides: see :attr:`PrincipalState.tags`."""
        known: dict[str, Any] = {"tags": self._tags(resource, attached)}
        if self.view.scanned:
            known["request.time"] = Now(self.view.scanned)
        known.update(described(asked, self.tree.named(resource), self._number(resource)))
        known.update(given)
        return known

    def binds(self, state: PrincipalState, boundary: Boundary) -> Truth:
        """Whether a boundary is bound to a principal."""
        if boundary.whom is None or boundary.condition is None:
            return None
        who = self._whom(state.id)
        known = {"principal.subject": who.partition(":")[2], "principal.type": kind_of(who)}
        is_meant = self._is_of_set(who, boundary.whom)
        return all_of((is_meant, cel.holds(boundary.condition, known)))

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of policies could not be read."""
        called = {**_CALLED}
        if self.are_perimeters_asked_for:
            called[PERIMETER] = "Service perimeters"
        found = [
            Gap(
                f"{what} of project {account} could not be listed.",
                provider="gcp",
                account=account,
                label=label,
            )
            for label, what in called.items()
            for each in self.projects
            if not self.is_listed(label, each)
            for account in [each.removeprefix(PROJECTS)]
        ]
        if self.projects and self._listed is not None and not self.are_perimeters_asked_for:
            found.append(Gap(_WITHOUT_PERIMETERS, provider="gcp"))
        if others := self.not_asked:
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            named = ", ".join(each.rpartition("/")[2] for each in others[:_NAMED])
            message = (
                f"What {named}{more} may do is left out: service agents of Google, and service "
                "accounts of projects that were not scanned."
            )
            found.append(Gap(message, provider="gcp"))
        return found

    @property
    def not_asked(self) -> Sequence[str]:
        """The service accounts that hold roles and are not among the principals."""
        return self.accounts_elsewhere

    @cached_property
    def accounts_elsewhere(self) -> Sequence[str]:
        """The service accounts that hold roles and were not collected."""
        holders = {
            each
            for id_ in self.view.labelled(BINDING)
            for each in self.view.targets(id_, "principals")
            if self.view.get(each, "label") == ACCOUNTS and self.view.is_missing(each)
        }
        return sorted(each for each in holders if not each.startswith("unread:"))

    def _number(self, resource: str) -> str:
        """The number of the project that a resource is in; empty if it is not known."""
        project = self.place(resource).project
        known = project in self.view.graph
        return str(self.view.get(project, "project_number") or "") if known else ""

    def _account(self, id_: str) -> str:
        return str(self.view.get(id_, "account") or "")

    def _parent(self, id_: str) -> str | None:
        found = self.view.targets(id_, "parent")
        if not found:
            return ""
        return found[0] if found[0].startswith(TREE) else None

    def _grant(self, id_: str) -> Grant:
        get = self.view.get
        role, named = get(id_, "name") or "", get(id_, "members")
        holders = None
        if named is not None:
            listed = self.view.targets(id_, "principals")
            known = (*named, *(each for each in listed if not each.startswith("unread:")))
            holders = self._named(known)
        scope = self.tree.named(get(id_, "scope") or "")
        return Grant(id_, role, self.permissions(role), scope, holders, get(id_, "condition"))

    def _denial(
        self, id_: str, name: str, number: int, scope: str, rule: Mapping[str, Any]
    ) -> Denial:
        return Denial(
            id_,
            name,
            number,
            scope,
            self._named(rule.get("deniedPrincipals") or ()),
            self._named(rule.get("exceptionPrincipals") or ()),
            tuple(rule.get("deniedPermissions") or ()),
            tuple(rule.get("exceptionPermissions") or ()),
            (rule.get("denialCondition") or {}).get("expression") or "",
        )

    def _named(self, texts: Iterable[str]) -> frozenset[str]:
        """Whom a policy names, those of pools by their projects' ids."""
        return frozenset(filter(None, map(self._whom, texts)))

    def _whom(self, text: str) -> str:
        whom = member(text)
        kind, colon, rest = whom.partition(":")
        return kind + colon + self.tree.named(rest) if rest.startswith("//") else whom

    def _boundary(self, id_: str) -> Boundary:
        get = self.view.get
        name, scopes, boundary = "", None, next(iter(self.view.targets(id_, "policy")), "")
        number = None
        if boundary and not self.view.is_missing(boundary):
            number = boundary_versions.version(get(boundary, "enforcement_version"))
            name = get(boundary, "name") or boundary
            rules = _document(get(boundary, "rules"))
            if rules is not None:
                named = (each for rule in rules for each in rule.get("resources") or ())
                scopes = frozenset(self.tree.named(each) for each in named)
        return Boundary(
            boundary or id_,
            name or id_,
            scopes,
            get(id_, "principal_set"),
            get(id_, "condition"),
            number,
        )

    def _has(self, state: PrincipalState, who: str, holder: str) -> Truth:
        known = is_in(who, holder)
        if known is not False:
            return known
        if holder.startswith(GROUP):
            return self._is_member(state, who, holder, frozenset())
        if basic := basic_role(holder):
            role, project = basic
            scope = self.tree.named(PROJECTS + project)
            if not self.is_listed(BINDING, scope):
                return None
            return any_of(
                self.any_has(state, grant.members)
                for grant in self.grants
                if grant.role == role and grant.scope == scope
            )
        if holder.startswith(DOMAIN):
            return self._is_of_domain(who, holder.removeprefix(DOMAIN))
        if holder.startswith(CUSTOMER):
            return self._is_of_customer(who, holder.removeprefix(CUSTOMER))
        if part := part_of_tree(holder):
            return self._is_of_tree(who, part)
        return False

    def _is_member(
        self, state: PrincipalState, who: str, group: str, seen: frozenset[str]
    ) -> Truth:
        if group in state.groups:
            return True
        if group in seen or who in EVERYONE or pooled(who):
            return False
        if group not in self.view.graph or self.view.is_missing(group):
            return None
        truths: list[Truth] = []
        for one, _, rel in self.view.graph.in_edges(group, data="rel"):
            if rel == "MEMBER_OF":
                name = member(one)
                if name.startswith(GROUP):
                    truths.append(self._is_member(state, who, name, seen | {group}))
                elif self.view.get(one, "missing") and not name.startswith((USER, ACCOUNT)):
                    truths.append(None)
                else:
                    truths.append(name == who)
        return any_of(truths)

    def _is_of_tree(self, who: str, part: PartOfTree) -> Truth:
        """Whether somebody is of a part of the tree, and of the kind that is meant."""
        if not part.kind:
            return self._is_of_set(who, part.scope)
        if part.kind not in ("ServiceAccount", "ServiceAgent"):
            return None
        if not who.startswith(ACCOUNT) or is_service_agent(who) != (part.kind == "ServiceAgent"):
            return False
        if part.kind == "ServiceAccount":
            return self._is_of_set(who, part.scope)
        project = self.tree.named(PROJECTS + project_of_agent(who))
        return lies_in(self.tree.place(project), self.tree.named(part.scope))

    def _is_of_set(self, who: str, named: str) -> Truth:
        """Whether somebody is of a project, folder, organization, customer or pool."""
        identity = pooled(who)
        if "Pools/" in named:
            pool = self.tree.named(named).partition("googleapis.com/")[2]
            return identity is not None and identity.pool == pool
        if "/workspace/" in named:
            return self._is_of_customer(who, named.rpartition("/")[2])
        scope = self.tree.named(named)
        if who.startswith(ACCOUNT):
            found = self._account_ids.get(who)
            return lies_in(self.tree.place(found), scope) if found else None
        if identity is not None:
            if identity.pool.startswith("projects/"):
                return lies_in(self.place(f"{_ROLE_ID}{identity.pool}"), scope)
            return None if "/organizations/" in scope else False
        if not scope.startswith(f"{TREE}organizations/") or who in EVERYONE:
            return False
        if scope not in self.view.graph:
            return None
        return self._is_of_customer(who, self.view.get(scope, "customer_id") or "")

    def _is_of_domain(self, who: str, named: str) -> Truth:
        """Whether somebody is of the customer whose domain is named. A customer may have further
        domains, which only its own directory lists."""
        domain = domain_of(who)
        if not domain or domain in CONSUMER_DOMAINS or domain == named:
            return domain == named
        own, other = self._customers.get(domain), self._customers.get(named)
        return own == other if own and other else None

    def _is_of_customer(self, who: str, customer: str) -> Truth:
        domain = domain_of(who)
        if not domain or domain in CONSUMER_DOMAINS:
            return False
        return True if customer and self._customers.get(domain) == customer else None

    @cached_property
    def _customers(self) -> Mapping[str, str]:
        """The customers by their domains, which organizations are called by."""
        found = ((self.view.name(id_), id_) for id_ in self.view.labelled(ORGANIZATION))
        return {
            name.lower(): str(customer)
            for name, id_ in found
            if (customer := self.view.get(id_, "customer_id"))
        }

    @cached_property
    def _account_ids(self) -> Mapping[str, str]:
        return {member(id_): id_ for id_ in self.view.labelled(ACCOUNTS)}

    @cached_property
    def asked_tags(self) -> frozenset[str]:
        """The ids of the values of tags whose keys some condition names."""
        granted = (each.condition for each in self.grants)
        conditions = (*granted, *(each.condition for each in self.denials))
        text = "\n".join(each for each in conditions if each and "Tag" in each)
        found = set()
        for key in self.view.labelled(TAG_KEY) if text else ():
            named = self.view.get(key, "namespaced_name"), key.removeprefix(TREE)
            if any(each and each in text for each in named):
                found.update(self.view.sources(key, TAG_VALUE, "key"))
        return frozenset(found)

    def _tags(
        self, resource: str, attached: frozenset[tuple[str, str]]
    ) -> Sequence[tuple[str, str]] | None:
        """The tags that a resource has and inherits, by name and by id; None if some were not
        read."""
        place = self.place(resource)
        if not place.is_whole or not self.is_listed(TAGGED, place.top):
            return None
        if place.chain[0] != place.top and not self._are_own_tags_read(place):
            return None
        by_key: dict[str, list[tuple[str, str]]] = {}
        for scope in reversed(place.chain):
            more = sorted(value for on, value in attached if on == scope)
            for value in (*self._tagged.get(scope, ()), *more):
                key = next(iter(self.view.targets(value, "key")), "") if value else ""
                names = self.view.get(value, "namespaced_name") if value else None
                if not names or not key:
                    return None
                named, _, short = str(names).rpartition("/")
                by_key[key] = [
                    (named, short),
                    (key.removeprefix(TREE), value.removeprefix(TREE)),
                ]
        return [pair for pairs in by_key.values() for pair in pairs]

    def _are_own_tags_read(self, place: Place) -> bool:
        """Whether the tags of a resource itself were read. Some products name it otherwise where it
        is tagged than anywhere else: one that is not known may be any of its service."""
        service = place.chain[0].split("/")[2]
        return (
            self.is_listed(RESOURCE_TAGGED, place.top)
            and (place.top, service) not in self._tagged_unknown
        )

    @cached_property
    def _tagged(self) -> Mapping[str, Sequence[str]]:
        """The values of the tags that were given to each resource itself."""
        found: dict[str, list[str]] = {}
        for label in (TAGGED, RESOURCE_TAGGED):
            for id_ in self.view.labelled(label):
                scope = id_.partition("/tagBindings/")[0]
                found.setdefault(scope, []).extend(self.view.targets(id_, "value") or ("",))
        return found

    @cached_property
    def _tagged_unknown(self) -> frozenset[tuple[str, str]]:
        """The projects and services of which resources have tags that were not collected."""
        named = (each.partition("/tagBindings/")[0] for each in self.view.labelled(RESOURCE_TAGGED))
        return frozenset(
            (self.place(each).top, each.split("/")[2])
            for each in named
            if not self.view.is_there(each)
        )


def _document(text: Any) -> list[dict[str, Any]] | None:
    found = json.loads(text) if isinstance(text, str) else text
    return found if isinstance(found, list) else None
