"""A tenant's directory as authorization sees it: who there is, what is in what, who holds what."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from ...model import Gap, ListingStatus, MissingReason, Status
from ...view import GraphView
from ..resource_table import ResourceRow, ResourceTable
from .actions import spelled_out
from .app_roles import APP_ROLES, GRAPH, READING
from .app_roles import actions_of as actions_of_app_role
from .built_in_roles import BUILT_IN, GLOBAL_ADMINISTRATOR, actions_of, by_name
from .grants import (
    APP_ROLE,
    CUSTOM_ROLE,
    OBJECT,
    OF_APPLICATION_OWNERS,
    OF_GROUP_OWNERS,
    OF_SERVICE_PRINCIPAL_OWNERS,
    OWNED,
    OWNED_APP_ROLE,
    TENANT,
    UNIT,
    Grant,
    Power,
)
from .grants import ROLE as ROLE_KIND

USER, GROUP, SERVICE_PRINCIPAL = "EntraUser", "EntraGroup", "EntraServicePrincipal"
APPLICATION, UNIT_LABEL, TENANT_LABEL = (
    "EntraApplication",
    "EntraAdministrativeUnit",
    "EntraTenant",
)
ROLE, ASSIGNMENT = "EntraRoleDefinition", "EntraRoleAssignment"
ELIGIBILITY, GROUP_ELIGIBILITY = "EntraRoleEligibility", "EntraGroupEligibility"
APP_ROLE_ASSIGNMENT, ROLE_POLICY = "EntraAppRoleAssignment", "EntraRolePolicy"
CONSENT = "EntraDelegatedGrant"
PRINCIPALS = (USER, SERVICE_PRINCIPAL)

_UNREAD = "unread:"
_UNITS = "/administrativeUnits/"
"""What a role's scope begins with that is a unit."""
_IS_OWNER = "$SubjectIsOwner"
_OWNERS: Mapping[str, Power] = {
    GROUP: OF_GROUP_OWNERS,
    APPLICATION: OF_APPLICATION_OWNERS,
    SERVICE_PRINCIPAL: OF_SERVICE_PRINCIPAL_OWNERS,
}
_ANYTHING = Power("an unread role", frozenset(), is_certain=False, resets_everybody=True)
"""What a role gives whose definition was not read."""


class EntraState(NamedTuple):
    """A principal as it is, or as it would be once something was changed."""

    id: str
    groups: frozenset[str] = frozenset()
    """Groups that it has joined."""
    activated: frozenset[str] = frozenset()
    """Ids of the eligibilities that it has activated."""
    any_role: bool = False
    """It has given itself whatever role it likes."""


class Holding(NamedTuple):
    """Which roles a user holds, for who may change its credentials."""

    roles: frozenset[str]
    """Ids of the templates, or of roles of the tenant's own."""
    in_role_group: bool = False
    """It is a member or an owner of a group that may hold roles."""
    over_restricted_unit: bool = False
    doubts: tuple[str, ...] = ()
    """What could not be read, so that it may hold more."""


class EntraEnvironment:
    """The directory."""

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus] = ()) -> None:
        self.view = view
        self._failed: dict[str, set[str]] = defaultdict(set)
        for each in listings:
            if each.status != Status.OK:
                self._failed[each.label].add(each.account)
        listed = {each.label for each in listings}
        self._never_listed = frozenset(DECIDING) - listed if listings else frozenset[str]()
        self.power = cache(self._power)
        self.grants = cache(self._grants)
        self.holding = cache(self._holding)
        self.table = cache(self._table)

    @cached_property
    def principals(self) -> list[str]:
        """Users and service principals."""
        return sorted(id_ for label in PRINCIPALS for id_ in self.view.labelled(label))

    def label(self, id_: str) -> str:
        """Of what kind something is; empty if nothing is known of it."""
        return self.view.graph.nodes[id_]["label"] if id_ in self.view.graph else ""

    def is_listed(self, label: str) -> bool:
        """Whether all resources of a label were listed."""
        return not self._failed[label] and label not in self._never_listed

    def row(self, id_: str) -> ResourceRow:
        """One resource."""
        known = id_ in self.view.graph and not self.view.is_missing(id_)
        account = (self.view.get(id_, "account") or "") if known else ""
        return ResourceRow(id_, account, id_ if known else "")

    # ------------------------------------------------------------------ what is in what

    @cached_property
    def _members(self) -> tuple[dict[str, set[str]], set[str]]:
        """By id, the groups and units that something is directly in; and those of which it could
        not be read what is in them."""
        inside: dict[str, set[str]] = defaultdict(set)
        unread: set[str] = set()
        for label in (GROUP, UNIT_LABEL):
            for id_ in self.view.labelled(label):
                if self.view.get(id_, "members") is None:
                    unread.add(id_)
                for source in self._ends(id_, "members", inverse=True):
                    inside[source].add(id_)
        return inside, unread

    @cached_property
    def _owners(self) -> tuple[dict[str, set[str]], set[str]]:
        owned: dict[str, set[str]] = defaultdict(set)
        unread: set[str] = set()
        for label in _OWNERS:
            for id_ in self.view.labelled(label):
                if self.view.get(id_, "owners") is None:
                    unread.add(id_)
                for owner in self._ends(id_, "owners"):
                    owned[owner].add(id_)
        return owned, unread

    def groups_of(self, id_: str, joined: frozenset[str] = frozenset()) -> frozenset[str]:
        """The groups that something is in, nested ones too."""
        found: set[str] = set()
        waiting = [*self._directly_in(id_), *joined]
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting += self._directly_in(group)
        return frozenset(found)

    @cached_property
    def giving_groups(self) -> frozenset[str]:
        """The groups whose members hold a role, or are eligible for something, by the group or by
        one that it is in."""
        own = {*self._by_holder, *self.eligible}
        return frozenset(
            id_
            for id_ in self.view.by_label.get(GROUP, ())
            if not own.isdisjoint({id_, *self.groups_of(id_)})
        )

    def direct_groups(self, id_: str) -> frozenset[str]:
        """The groups that something is directly in."""
        return frozenset(self._directly_in(id_))

    def _directly_in(self, id_: str) -> list[str]:
        return [each for each in self._members[0].get(id_, ()) if self.label(each) == GROUP]

    def units_of(self, id_: str) -> frozenset[str]:
        """The administrative units that something is directly in."""
        found = self._members[0].get(id_, ())
        return frozenset(each for each in found if self.label(each) == UNIT_LABEL)

    @cached_property
    def unread_groups(self) -> frozenset[str]:
        """The groups of which it could not be read who is in them."""
        missing = {
            id_
            for id_ in self.view.by_label.get(GROUP, ())
            if self.view.get(id_, "missing") == MissingReason.UNREADABLE
            and not id_.startswith(_UNREAD)
        }
        return frozenset(id_ for id_ in self._members[1] if self.label(id_) == GROUP) | missing

    @cached_property
    def unread_units(self) -> frozenset[str]:
        """The same of units."""
        return frozenset(id_ for id_ in self._members[1] if self.label(id_) == UNIT_LABEL)

    def is_unread_unit(self, unit: str) -> bool:
        """Whether it could not be read what is in a unit, one that could not be listed included."""
        known = unit in self.view.graph and not self.view.is_missing(unit)
        return unit in self.unread_units or not (known or self.is_listed(UNIT_LABEL))

    def is_restricted(self, unit: str) -> bool | None:
        """Whether only a unit's own administrators change what is in it; None if unread."""
        found: bool | None = self._node(unit).get("is_member_management_restricted")
        return found

    def owned_by(self, id_: str) -> frozenset[str]:
        """What a principal owns."""
        return frozenset(self._owners[0].get(id_, ()))

    @cached_property
    def unread_owners(self) -> frozenset[str]:
        """That of which it could not be read who owns it."""
        return frozenset(self._owners[1])

    # ------------------------------------------------------------------ who holds what

    def _power(self, role: str) -> Power:
        """What a role gives, by the id of its definition."""
        node = self._node(role)
        template = self.template(role)
        built_in = BUILT_IN.get(template)
        name = node.get("name") or (built_in.name if built_in else "") or role.rpartition("/")[2]
        actions = node.get("actions")
        if actions is None and not built_in:
            return _ANYTHING._replace(called=name)
        if not built_in:
            # One of the tenant's own can be held over a unit, an unknown one of Microsoft's not.
            over_units = not node.get("is_built_in")
            kind = CUSTOM_ROLE if over_units else ROLE_KIND
            return Power(name, frozenset(actions or ()), kind, over_units=over_units)
        known = _power(template)
        return known._replace(called=name, actions=known.actions | frozenset(actions or ()))

    def template(self, role: str) -> str:
        """The id of a role's template; of a role of the tenant's own its own id."""
        node = self._node(role)
        found = node.get("template_id") or role.rpartition("/")[2]
        if found not in BUILT_IN and node.get("is_built_in"):
            found = by_name().get(node.get("name") or "", found)
        return str(found).lower()

    @cached_property
    def _by_holder(self) -> Mapping[str, list[Grant]]:
        """The active grants of roles by whom they are given to."""
        found: dict[str, list[Grant]] = defaultdict(list)
        for id_ in self.view.labelled(ASSIGNMENT):
            for holder in self._ends(id_, "principal"):
                found[holder] += self._granted(id_)
        return found

    @cached_property
    def eligible(self) -> Mapping[str, list[str]]:
        """The eligibilities, for roles and for groups, by whom they are given to."""
        found: dict[str, list[str]] = defaultdict(list)
        for label in (ELIGIBILITY, GROUP_ELIGIBILITY):
            for id_ in self.view.labelled(label):
                for holder in self._ends(id_, "principal"):
                    found[holder].append(id_)
        return found

    def given_to(self, eligibility: str) -> Iterator[str]:
        """To whom an eligibility is known to be given, and who is in a group of these."""
        waiting, seen = self._ends(eligibility, "principal"), set[str]()
        while waiting:
            holder = waiting.pop()
            if holder not in seen:
                seen.add(holder)
                yield holder
                if self.label(holder) == GROUP:
                    waiting += self._ends(holder, "members", inverse=True)

    @cached_property
    def approved_by(self) -> Mapping[str, list[str]]:
        """The eligibilities for roles by who is named to approve that they are activated."""
        found: dict[str, list[str]] = defaultdict(list)
        for id_ in self.view.labelled(ELIGIBILITY):
            for policy in self.policies_of(id_):
                if self.view.get(policy, "requires_approval"):
                    for approver in self._ends(policy, "approvers"):
                        found[approver].append(id_)
        return found

    @cached_property
    def unread_approvals(self) -> frozenset[str]:
        """The eligibilities of which it could not be read who approves that they are activated."""
        return frozenset(
            id_ for id_ in self.view.labelled(ELIGIBILITY) if self._is_approval_unread(id_)
        )

    def _is_approval_unread(self, id_: str) -> bool:
        policies = self.policies_of(id_)
        if not policies:
            return not self.is_listed(ROLE_POLICY)
        approval, approvers = (
            self.view.get(policies[0], name) for name in ("requires_approval", "approvers")
        )
        return approval is None or (bool(approval) and approvers is None)

    def policies_of(self, eligibility: str) -> list[str]:
        """What says what activating an eligibility for a role takes."""
        roles = self.view.targets(eligibility, "role")
        return [policy for role in roles for policy in self.view.sources(role, ROLE_POLICY, "role")]

    @cached_property
    def consents(self) -> Mapping[str, list[str]]:
        """What was consented to for a client, by the client."""
        found: dict[str, list[str]] = defaultdict(list)
        for id_ in self.view.labelled(CONSENT):
            for client in self._ends(id_, "client"):
                found[client].append(id_)
        return found

    def _granted(self, id_: str) -> Iterator[Grant]:
        """What an assignment of a role, or an eligibility that was activated, gives."""
        roles = self._ends(id_, "role")
        for role in roles:
            node = self._node(role)
            power = self.power(role)
            scope, on, truth, doubt = self._scope(id_)
            grant = Grant(power, scope, on, evidence=(id_,), truth=truth, doubt=doubt)
            parts = json.loads(node.get("permissions") or "[]")
            conditions = {each.get("condition") or "" for each in parts}
            if power.actions == frozenset() or conditions <= {""} or node.get("is_built_in"):
                yield grant
                continue
            for part in parts:
                yield _conditional(grant, part)
        if not roles:
            yield Grant(_ANYTHING, TENANT, evidence=(id_,), truth=None, doubt="its role")

    def _scope(self, id_: str) -> tuple[str, str, bool | None, str]:
        """Over what an assignment holds, and whether that could be read."""
        scope = self.view.get(id_, "directory_scope")
        if scope == "/":
            return TENANT, "", True, ""
        for end in self._ends(id_, "scope"):
            label = self.label(end)
            if label == UNIT_LABEL:
                return UNIT, end, True, ""
            if not self.view.is_missing(end):
                return (TENANT, "", True, "") if label == TENANT_LABEL else (OBJECT, end, True, "")
        if scope and scope.startswith(_UNITS):
            return UNIT, scope, True, ""
        if scope is None and not self.view.get(id_, "app_scope"):
            return TENANT, "", None, f"over what {self.view.name(id_)} is given"
        return OBJECT, scope or "", True, ""

    def _grants(self, state: EntraState) -> list[Grant]:
        """All that a principal holds, but for what anybody may hold: see ``open_grants``."""
        found = [*self._roles_of(state), *self._activated(state)]
        if self._needs_reading(state.id, found):
            found = [each._replace(needs_reading=each.scope == UNIT) for each in found]
        if self.label(state.id) == SERVICE_PRINCIPAL:
            found += self._app_roles.get(state.id, ())
        if state.any_role:
            found.append(Grant(_power(GLOBAL_ADMINISTRATOR), TENANT))
        found += [
            Grant(_OWNERS[self.label(owned)], OBJECT, owned, evidence=(owned,))
            for owned in sorted(self.owned_by(state.id))
        ]
        return [_of_owner(each, state.id) for each in found]

    def _roles_of(self, state: EntraState) -> Iterator[Grant]:
        """What roles give it, its own and those of groups that it is in."""
        groups = set(self.groups_of(state.id, state.groups))
        for each in state.activated:
            if self.label(each) == GROUP_ELIGIBILITY and self.view.get(each, "access") != "owner":
                groups.update(self._ends(each, "group"))
        yield from self._by_holder.get(state.id, ())
        for group in sorted(groups):
            for grant in self._by_holder.get(group, ()):
                yield grant._replace(evidence=(*grant.evidence, group))

    def _activated(self, state: EntraState) -> Iterator[Grant]:
        """What it has activated gives, but for membership of groups."""
        for each in sorted(state.activated):
            if self.label(each) == ELIGIBILITY:
                yield from self._granted(each)
            elif self.view.get(each, "access") == "owner":
                for group in self._ends(each, "group"):
                    yield Grant(OF_GROUP_OWNERS, OBJECT, group, evidence=(each,))

    @cached_property
    def open_grants(self) -> Mapping[str, list[Grant]]:
        """By label, what any principal of it may hold, since it could not be read who does."""
        everybody: list[Grant] = []
        for group in sorted(self.unread_groups):
            doubt = f"who is in {self.view.name(group)}"
            for grant in self._by_holder.get(group, ()):
                evidence = (*grant.evidence, group)
                everybody.append(grant._replace(evidence=evidence, truth=None, doubt=doubt))
        for owned in sorted(self.unread_owners):
            doubt = f"who owns {self.view.name(owned)}"
            power = _OWNERS[self.label(owned)]
            everybody.append(Grant(power, OBJECT, owned, evidence=(), truth=None, doubt=doubt))
        anything = Grant(_ANYTHING, TENANT, truth=None)
        if not self.is_listed(ASSIGNMENT):
            everybody.append(anything._replace(doubt="who holds which role"))
        found = {label: list(everybody) for label in PRINCIPALS}
        if not self.is_listed(APP_ROLE_ASSIGNMENT):
            found[SERVICE_PRINCIPAL].append(anything._replace(doubt="who holds which app role"))
        return found

    def _needs_reading(self, id_: str, held: Sequence[Grant]) -> bool:
        """Whether a service principal or a guest may not read the directory: nothing then lets it
        use what it holds over a unit."""
        label = self.label(id_)
        is_guest = label == USER and self.view.get(id_, "user_type") == "Guest"
        if label != SERVICE_PRINCIPAL and not is_guest:
            return False
        readers = {role.name for role in BUILT_IN.values() if role.reads}
        if any(each.scope == TENANT and each.power.called in readers for each in held):
            return False
        return not any(each.power.called in READING for each in self._app_roles.get(id_, ()))

    @cached_property
    def _app_roles(self) -> Mapping[str, list[Grant]]:
        """What app roles on Microsoft Graph give, by service principal."""
        found: dict[str, list[Grant]] = defaultdict(list)
        for id_ in self.view.labelled(APP_ROLE_ASSIGNMENT):
            resources = self._ends(id_, "resource")
            clients = {self._node(each).get("app_id") for each in resources}
            if GRAPH not in clients and not clients & {None}:
                continue
            value = self.view.get(id_, "app_role")
            grant = self._app_role(id_, value, clients)
            for holder in self._ends(id_, "principal") if grant else ():
                if grant and grant.scope == OWNED:
                    grant = grant._replace(on=holder)
                found[holder] += [grant] if grant else []
        return found

    def _app_role(self, id_: str, value: str | None, clients: set[str | None]) -> Grant | None:
        if value is None:
            return Grant(_ANYTHING, TENANT, evidence=(id_,), truth=None, doubt="its app role")
        role = APP_ROLES.get(value)
        power = Power(
            value,
            actions_of_app_role(value),
            OWNED_APP_ROLE if role and role.only_owned else APP_ROLE,
            resets_everybody=bool(role and role.over_administrators),
            over_units=False,
        )
        is_known = GRAPH in clients
        doubt = "" if is_known else "whether its app role is one of Microsoft Graph"
        scope = OWNED if role and role.only_owned else TENANT
        return Grant(power, scope, evidence=(id_,), truth=is_known or None, doubt=doubt)

    def app_role_assignments(self, principal: str, value: str) -> dict[str, list[str]]:
        """By the service principal that it opens, the assignments by which a principal holds an
        app role: its own, and those of groups that it is directly in."""
        found: dict[str, list[str]] = defaultdict(list)
        for holder in (principal, *self.direct_groups(principal)):
            for id_ in self._app_role_assignments.get((holder, value), ()):
                for resource in self._ends(id_, "resource"):
                    found[resource].append(id_)
        return found

    @cached_property
    def _app_role_assignments(self) -> Mapping[tuple[str, str | None], list[str]]:
        """The assignments of app roles by who holds which."""
        found: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for id_ in self.view.labelled(APP_ROLE_ASSIGNMENT):
            for holder in self._ends(id_, "principal"):
                found[holder, self.view.get(id_, "app_role")].append(id_)
        return found

    def unread_app_roles(self, principal: str, value: str, resource: str) -> str:
        """What could not be read, so that a principal may hold an app role of a service principal;
        empty if nothing."""
        if not self.is_listed(APP_ROLE_ASSIGNMENT):
            return "who holds which app role"
        for (holder, known), ids in self._app_role_assignments.items():
            opens = any(resource in self._ends(id_, "resource") for id_ in ids)
            if opens and known is None and holder in (principal, *self.direct_groups(principal)):
                return "its app role"
            if opens and known == value and holder in self.unread_groups:
                return f"who is in {self.view.name(holder)}"
        return ""

    def _holding(self, user: str) -> Holding:
        """Which roles a user holds, by itself and by groups."""
        roles: set[str] = set()
        over_restricted, doubts = False, list(self._doubts_of_holding)
        groups = self.groups_of(user)
        for holder in (user, *groups):
            for grant in self._by_holder.get(holder, ()):
                roles |= {self.template(each) for each in self._ends(grant.evidence[0], "role")}
                if grant.scope == UNIT:
                    restricted = self.is_restricted(grant.on)
                    over_restricted |= restricted is True
                    if restricted is None:
                        doubts.append(
                            f"whether {self._node(grant.on).get('name') or grant.on} is restricted"
                        )
        owned = {each for each in self.owned_by(user) if self.label(each) == GROUP}
        near = {*groups, *owned}
        may_hold = {each: self.view.get(each, "is_assignable_to_role") for each in near}
        doubts += [
            f"whether {self.view.name(each)} may hold roles"
            for each, truth in may_hold.items()
            if truth is None
        ]
        in_group = any(truth is True for truth in may_hold.values())
        return Holding(frozenset(roles), in_group, over_restricted, tuple(doubts))

    @cached_property
    def _doubts_of_holding(self) -> Sequence[str]:
        """What of any user's roles could not be read."""
        found = [
            f"who holds which role ({label} could not be listed)"
            for label in (ASSIGNMENT, GROUP)
            if not self.is_listed(label)
        ]
        found += [
            f"who is in {self.view.name(group)}"
            for group in sorted(self.unread_groups)
            if self.view.get(group, "is_assignable_to_role") is not False
        ]
        found += [
            f"who owns {self.view.name(group)}"
            for group in sorted(self.unread_owners)
            if self.label(group) == GROUP and self.view.get(group, "is_assignable_to_role")
        ]
        return found

    # ------------------------------------------------------------------ what is not known

    @property
    def unread(self) -> Sequence[str]:
        """What could not be read and is said once."""
        return [gap.message for gap in self.gaps]

    @cached_property
    def gaps(self) -> Sequence[Gap]:
        """The same, one by one: others may hold more than what was read says."""
        found = []
        for label in DECIDING:
            for account in sorted(self._failed[label]):
                message = f"{label} could not be listed: principals may hold more in Entra ID."
                found.append(Gap(message, account=account, label=label, provider="entra"))
        for id_ in sorted(self.unread_groups):
            message = f"Who is in {self.view.name(id_)} could not be read."
            found.append(Gap(message, account=self.view.get(id_, "account") or ""))
        for id_ in sorted(self.unread_owners):
            message = f"Who owns {self.view.name(id_)} could not be read."
            found.append(Gap(message, account=self.view.get(id_, "account") or ""))
        return found

    def _ends(self, id_: str, via: str, *, inverse: bool = False) -> list[str]:
        """What a field refers to, less what could not be read."""
        if inverse:
            near = self.view.graph.pred[id_].items() if id_ in self.view.graph else ()
            found = {
                other
                for other, edges in near
                for edge in edges.values()
                if edge.get("rel") == "MEMBER_OF"
            }
        else:
            found = {*self.view.targets(id_, via)}
        return sorted(each for each in found if not each.startswith(_UNREAD))

    def _node(self, id_: str) -> Mapping[str, Any]:
        return self.view.graph.nodes[id_] if id_ in self.view.graph else {}

    def _table(self, label: str) -> ResourceTable:
        """The collected resources of a label."""
        return ResourceTable(map(self.row, self.view.labelled(label)))


def _power(template: str) -> Power:
    """What a built-in role gives."""
    built_in = BUILT_IN[template]
    return Power(
        built_in.name,
        actions_of(template),
        ROLE_KIND,
        resets=frozenset(by_name()[each] for each in built_in.resets),
        resets_everybody=built_in.resets_everybody,
        over_units=built_in.over_units,
    )


def _conditional(grant: Grant, part: Mapping[str, Any]) -> Grant:
    """What a part of a role's permissions gives, under its condition."""
    actions = frozenset(map(spelled_out, part.get("allowedResourceActions") or ()))
    condition = part.get("condition") or ""
    return grant._replace(power=grant.power._replace(actions=actions, condition=condition))


def _of_owner(grant: Grant, holder: str) -> Grant:
    """A grant whose condition is that its holder owns the object."""
    if grant.power.condition != _IS_OWNER:
        return grant
    return grant._replace(power=grant.power._replace(condition=""), scope=OWNED, on=holder)


LABELS = (
    USER,
    GROUP,
    SERVICE_PRINCIPAL,
    APPLICATION,
    UNIT_LABEL,
    TENANT_LABEL,
    ROLE,
    ASSIGNMENT,
    ELIGIBILITY,
    GROUP_ELIGIBILITY,
    ROLE_POLICY,
    APP_ROLE_ASSIGNMENT,
    "EntraAccessPackage",
    "EntraAccessPackagePolicy",
    CONSENT,
    "EntraDevice",
)
"""Labels of all that authorization looks at."""
DECIDING = (USER, GROUP, SERVICE_PRINCIPAL, APPLICATION, ROLE, ASSIGNMENT, APP_ROLE_ASSIGNMENT)
"""Labels that decide on who holds what."""
