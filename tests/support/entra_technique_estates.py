"""The smallest tenant in which a technique of Entra ID can be taken, by its own declaration."""

from collections.abc import Iterator, Mapping
from typing import Any

import networkx
from clew.collectors.registry import models
from clew.graph.attack.engine.requirement import SELF, Existing, Relation
from clew.graph.attack.engine.technique import Technique
from clew.graph.authorization.entra.actions import (
    ACTIVATE,
    APPROVE,
    CHANGE_ONESELF,
    HOLD,
    JOIN,
    REQUEST,
    USE_CONSENT,
    Action,
    allows,
)
from clew.graph.authorization.entra.app_roles import APP_ROLES, actions_of
from clew.graph.authorization.entra.authorizer import BY
from clew.graph.authorization.entra.grants import APP_ROLE, OWNED_APP_ROLE, OWNERSHIP
from clew.graph.model import Identity, ListingStatus

from .technique_estates import Condition, LeftOut, failing, satisfying
from .technique_estates import conditions as all_conditions
from .tenant import TENANT, SmallTenant

ACTOR = "actor"
FOLLOW_UPS = ("entra-reset-password", "entra-reset-password-as-application")
"""By which a user is acted as that was only changed: by a user, and by an application."""
_ALWAYS = ("EntraTenant", "EntraUser", "EntraServicePrincipal")
NEVER_LEFT_OUT = frozenset({CHANGE_ONESELF})
"""What every user may do."""
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "EntraAccessPackagePolicy": {"allowed_targets": "notSpecified", "requires_approval": False},
}
MODELS = {model.label: model for model in models() if model.provider == "entra"}


class EntraTechniqueEstate:
    """A tenant in which ``actor`` has the permissions of a technique, less what is left out: an
    action, a condition, or a relation; or, of a condition that is ``unread``, nobody read the
    field."""

    def __init__(
        self, technique: Technique, left_out: LeftOut = "", *, unread: bool = False
    ) -> None:
        self.technique = technique
        self._left_out = left_out
        self._is_unread = unread
        self.tenant = SmallTenant()
        self.ids: dict[str, str] = {}
        is_app = any(
            each.context.get(BY, "").endswith(APP_ROLE) or each.action == USE_CONSENT
            for each in technique.requires
        )
        make = self.tenant.service_principal if is_app else self.tenant.user
        self.ids[SELF] = make(ACTOR)
        for name, each in technique.existing.items():
            self.ids[name] = self._made(name, each)
        for relation in technique.relations:
            self._relate(relation)
        self._make_gains_worthwhile()
        for number, requirement in enumerate(technique.requires):
            if requirement.action != left_out:
                self._permit(number, requirement.action, requirement.on, requirement.context)

        for name, each in technique.existing.items():
            if each.can and left_out != Condition(name, "can"):
                self.tenant.role(f"role-of-{name}", each.can)
                self.tenant.assign(f"role-of-{name}", self.ids[name])
        if not technique.holds and is_app:
            self.tenant.app_role("User-PasswordProfile.ReadWrite.All", self.ids[SELF])
        elif not technique.holds:
            self.tenant.assign("Privileged Authentication Administrator", self.ids[SELF])

    def graph(self) -> tuple[networkx.MultiDiGraph, list[ListingStatus]]:
        """The graph of a scan of it, and what was listed."""
        found = networkx.MultiDiGraph(self.tenant.view.graph)
        left = self._left_out
        if isinstance(left, Relation):
            ends = self.ids[left.from_], self.ids[left.to]
            edges = [
                (*ends, key)
                for key, edge in found.get_edge_data(*ends).items()
                if edge["rel"] == left.edge
            ]
            assert edges, f"there is no {left}"
            found.remove_edges_from(edges)
        if isinstance(left, Condition) and left.asked == "existing":
            found.remove_node(self.ids[left.resource])
        if isinstance(left, Condition) and left.where:
            label = found.nodes[self.ids[left.resource]]["label"]
            for node in (node for _, node in found.nodes(data=True) if node["label"] == label):
                node[left.where.field] = None if self._is_unread else failing(left.where)
        return found, self.tenant.listings

    def _made(self, name: str, each: Existing) -> str:
        fields = {where.field: satisfying(where) for where in each.where}
        tenant, kind = self.tenant, each.existing
        if kind == "EntraTenant":
            return tenant.tenant
        if kind == "EntraUser":
            return tenant.user(name, **fields)
        if kind == "EntraGroup":
            return tenant.group(name, **fields)
        if kind == "EntraServicePrincipal":
            if "app_id" in fields:
                return tenant.graph_api
            return tenant.service_principal(name, **fields)
        if kind == "EntraApplication":
            made = tenant.application(name, **fields)
            tenant.service_principal(f"of-{name}", application=made)
            return made
        if kind == "EntraAdministrativeUnit":
            restricted = fields.pop("is_member_management_restricted", False)
            return tenant.unit(name, restricted=restricted, **fields)
        if kind == "EntraRoleEligibility":
            return tenant.eligible("Global Administrator", self._eligible())
        if kind == "EntraGroupEligibility":
            return tenant.eligible_for_group(self._worthwhile_group(), self._eligible())
        model = MODELS[kind]
        parts = dict.fromkeys(Identity.of(model.identity).fields, name) | {"account": TENANT}
        known = {key: value for key, value in parts.items() if key in model.model_fields}
        known |= {key: [] for key, one in model.references.items() if _is_list(model, key)}
        made = model(
            **{
                **known,
                "id": model.identity.format(**parts),
                "name": name,
                "account": TENANT,
                "region": "global",
                **_DEFAULTS.get(kind, {}),
                **fields,
            }
        )
        return tenant.add(made)

    def _eligible(self) -> str:
        """Who is: somebody else, if that is left out."""
        own = {ACTIVATE, HOLD} & {*self.technique.permissions} - {self._left_out}
        return self.ids[SELF] if own else self.tenant.user("other")

    def _relate(self, relation: Relation) -> None:
        """Sets the field by which one end tells of the other."""
        ends = ((relation.from_, relation.to, False), (relation.to, relation.from_, True))
        for near, far, inverse in ends:
            model = type(self.tenant.resources[self.ids[near]])
            label = self.tenant.resources[self.ids[far]].label
            for name, reference in model.references.items():
                fits = reference.rel == relation.edge and label in reference.labels
                if fits and reference.inverse is inverse:
                    value: Any = self.ids[far]
                    self.tenant.change(
                        self.ids[near], **{name: [value] if _is_list(model, name) else value}
                    )
                    return
        raise LookupError(f"nothing tells of {relation}")

    def _worthwhile_group(self) -> str:
        group = self.tenant.group("worthwhile", is_assignable_to_role=True)
        self.tenant.assign("Global Administrator", group)
        return group

    def _make_gains_worthwhile(self) -> None:
        """A group that is joined holds something."""
        kind, name = self.technique.gain
        if kind == "membership" and self.tenant.resources[self.ids[name]].label == "EntraGroup":
            self.tenant.assign("Global Administrator", self.ids[name])

    def _permit(self, number: int, action: str, on: str, context: Any) -> None:
        actor, target = self.ids[SELF], self.ids[on]
        kind = context.get(BY, "role")
        settings: Mapping[str, Mapping[str, Any]] = {
            JOIN: {"visibility": "Public", "group_types": ["Unified"]},
            REQUEST: {"allowed_targets": "allMemberUsers", "requires_approval": False},
            USE_CONSENT: {"client": actor},
        }
        if action in (ACTIVATE, APPROVE, HOLD):
            approvers = [actor] if action == APPROVE else []
            self.tenant.policy(
                "Global Administrator", approval=bool(approvers), approvers=approvers
            )
        elif action in settings:
            self.tenant.change(target, **settings[action])
        elif action in NEVER_LEFT_OUT:
            pass
        elif kind == OWNERSHIP:
            self.tenant.change(target, owners=[actor])
        elif kind in (APP_ROLE, OWNED_APP_ROLE):
            self.tenant.app_role(_app_role(action, kind == OWNED_APP_ROLE), actor)
            if kind == OWNED_APP_ROLE:
                self.tenant.change(target, owners=[actor])
        else:
            role = f"role-{number}"
            allowed = [action]
            if action.endswith("appRoleAssignedTo/update"):
                allowed.append(
                    "microsoft.directory/servicePrincipals/"
                    "managePermissionGrantsForAll.microsoft-company-admin"
                )
            self.tenant.role(role, allowed)
            definition = next(
                id_
                for id_, each in self.tenant.resources.items()
                if each.label == "EntraRoleDefinition" and each.name == role
            )
            self.tenant.change(definition, is_built_in=kind == "role")
            self.tenant.assign(role, actor)


def conditions(technique: Technique) -> Iterator[Condition]:
    """What can be left out; that there is a tenant, a user and a service principal cannot."""
    for each in all_conditions(technique):
        declared = technique.resources[each.resource]
        assert isinstance(declared, Existing)
        if each.asked != "existing" or declared.existing not in _ALWAYS:
            yield each


def asked(technique: Technique) -> Iterator[str]:
    """The permissions that can be taken away."""
    yield from sorted(technique.permissions - NEVER_LEFT_OUT)


def _app_role(action: str, owned: bool) -> str:
    kinds = frozenset({Action.parsed(action).kind})
    return next(
        value
        for value, role in APP_ROLES.items()
        if role.only_owned is owned and any(allows(one, action, kinds) for one in actions_of(value))
    )


def _is_list(model: Any, name: str) -> bool:
    return "list" in str(model.model_fields[name].annotation)


__all__ = ["ACTOR", "FOLLOW_UPS", "EntraTechniqueEstate", "asked", "conditions"]
