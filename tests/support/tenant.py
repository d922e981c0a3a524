"""Small tenants of Entra ID, made of the product's own models."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from clew.collectors.entra.administrative_units import AdministrativeUnit
from clew.collectors.entra.applications import Application
from clew.collectors.entra.base import DIRECTORY, identity
from clew.collectors.entra.conditional_access import (
    AuthenticationStrength,
    ConditionalAccessPolicy,
)
from clew.collectors.entra.groups import Group, GroupEligibility
from clew.collectors.entra.policies import AuthenticationMethodsPolicy, SecurityDefaults
from clew.collectors.entra.roles import (
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
    RolePolicy,
)
from clew.collectors.entra.service_principals import AppRoleAssignment, ServicePrincipal
from clew.collectors.entra.tenant import Tenant
from clew.collectors.entra.users import User
from clew.collectors.registry import models
from clew.graph.authorization.entra.app_roles import GRAPH
from clew.graph.authorization.entra.authorizer import EntraAuthorizer
from clew.graph.authorization.entra.built_in_roles import by_name
from clew.graph.authorization.entra.environment import EntraEnvironment, EntraState
from clew.graph.linking import link
from clew.graph.model import ListingStatus, Location, Resource, Scope, Status
from clew.graph.traversal import network
from clew.graph.view import GraphView

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
HERE = Location(TENANT)
ROLES = "roleManagement/directory/roleDefinitions"


class SmallTenant:
    """A tenant in which nobody holds anything, until something is added. Things are added by short
    names, which are their object ids too."""

    def __init__(self, *, unlisted: Iterable[str] = ()) -> None:
        self.resources: dict[str, Resource] = {}
        self.unlisted = frozenset(unlisted)
        self._number = 0
        self._add("tenant", Tenant(id=self.tenant, name="tenant", account=TENANT))
        self.graph_api = self.service_principal("graph", app_id=GRAPH)

    @property
    def tenant(self) -> str:
        return DIRECTORY.format(account=TENANT)

    def user(self, name: str, **fields: Any) -> str:
        known: dict[str, Any] = {
            "account_enabled": True,
            "user_type": "Member",
            "external_user_state": "",
            "is_management_restricted": None,
            "on_premises_sync_enabled": False,
        }
        return self._object(User, "users", name, known | fields)

    def group(self, name: str, **fields: Any) -> str:
        known: dict[str, Any] = {
            "is_assignable_to_role": False,
            "group_types": [],
            "security_enabled": True,
            "on_premises_sync_enabled": False,
            "visibility": "",
            "members": [],
            "owners": [],
        }
        return self._object(Group, "groups", name, known | fields)

    def unit(self, name: str, *, restricted: bool | None = False, **fields: Any) -> str:
        known = {"is_member_management_restricted": restricted, "members": []}
        return self._object(AdministrativeUnit, "administrativeUnits", name, known | fields)

    def service_principal(self, name: str, **fields: Any) -> str:
        known: dict[str, Any] = {
            "app_id": f"client-of-{name}",
            "account_enabled": True,
            "service_principal_type": "Application",
            "app_owner_organization_id": TENANT,
            "owners": [],
        }
        return self._object(ServicePrincipal, "servicePrincipals", name, known | fields)

    def application(self, name: str, **fields: Any) -> str:
        client = fields.pop("app_id", f"client-of-{name}")
        id_ = Application.identity.format(account=TENANT, app_id=client)
        known = {"sign_in_audience": "AzureADMyOrg", "is_agent_blueprint": False, "owners": []}
        made = Application(
            id=id_,
            name=name,
            account=TENANT,
            region="global",
            object_id=name,
            app_id=client,
            **(known | fields),
        )
        return self._add(id_, made)

    def role(
        self, name: str, actions: Sequence[str] | None = None, condition: str | None = None
    ) -> str:
        """A role of Microsoft's by its name, or one of the tenant's own that allows actions."""
        template = by_name().get(name, name)
        id_ = identity(TENANT, ROLES, template)
        known: dict[str, Any] = {"is_built_in": actions is None, "actions": actions or []}
        if actions is not None:
            part = {"allowedResourceActions": list(actions), "condition": condition}
            known["permissions"] = [part]
        made = RoleDefinition(
            id=id_,
            name=name,
            account=TENANT,
            region="global",
            role_id=template,
            template_id=template,
            **known,
        )
        return self._add(id_, made)

    def assign(self, role: str, principal: str | None, scope: str = "/") -> str:
        """Gives a role, which must have been added unless it is Microsoft's."""
        return self._give(RoleAssignment, "assignment_id", role, principal, scope)

    def eligible(self, role: str, principal: str, scope: str = "/") -> str:
        return self._give(RoleEligibility, "instance_id", role, principal, scope)

    def eligible_for_group(self, group: str, principal: str, access: str = "member") -> str:
        number = self._next()
        id_ = GroupEligibility.identity.format(
            account=TENANT, group_id=group.rpartition("/")[2], instance_id=number
        )
        made = GroupEligibility(
            id=id_,
            name=f"eligible {access}",
            account=TENANT,
            region="global",
            instance_id=number,
            group=group,
            principal=principal,
            access=access,
        )
        return self._add(id_, made)

    def policy(self, role: str, *, approval: bool | None, approvers: Sequence[str] = ()) -> str:
        number = self._next()
        id_ = RolePolicy.identity.format(account=TENANT, assignment_id=number)
        made = RolePolicy(
            id=id_,
            name=role,
            account=TENANT,
            region="global",
            assignment_id=number,
            role=self.role(role),
            requires_approval=approval,
            approvers=list(approvers),
            requires=[],
        )
        return self._add(id_, made)

    def app_role(self, value: str | None, holder: str, on: str = "") -> str:
        number, resource = self._next(), on or self.graph_api
        id_ = AppRoleAssignment.identity.format(
            account=TENANT, resource_id=resource.rpartition("/")[2], assignment_id=number
        )
        made = AppRoleAssignment(
            id=id_,
            name=value,
            account=TENANT,
            region="global",
            assignment_id=number,
            principal=holder,
            resource=resource,
            app_role=value,
        )
        return self._add(id_, made)

    def conditional_access(self, name: str, **fields: Any) -> str:
        """A policy that asks everybody for a second factor at every sign-in, but for what is said;
        of strengths of authentication the one that :meth:`strength` adds."""
        known: dict[str, Any] = {
            "state": "enabled",
            "includes_all_users": True,
            "includes_guests": False,
            "excludes_guests": False,
            "applications": ["All"],
            "all_locations": True,
            "excludes_trusted_locations": False,
            "client_types": ["all"],
            "controls": ["mfa"],
            "operator": "OR",
            "authentication_strength": "",
            **dict.fromkeys(("insider_risk", "device_filter", "authentication_flows"), ""),
            **{
                each: []
                for each in (
                    *("users", "groups", "roles", "locations"),
                    *("excluded_users", "excluded_groups", "excluded_roles", "excluded_locations"),
                    *("excluded_applications", "platforms", "excluded_platforms"),
                    *("user_risk", "sign_in_risk", "terms_of_use", "custom_factors"),
                )
            },
        }
        id_ = ConditionalAccessPolicy.identity.format(account=TENANT, policy_id=name)
        made = ConditionalAccessPolicy(
            id=id_, name=name, account=TENANT, region="global", policy_id=name, **(known | fields)
        )
        return self._add(id_, made)

    def strength(self, name: str, satisfied: str | None = "mfa") -> str:
        id_ = AuthenticationStrength.identity.format(account=TENANT, strength_id=name)
        made = AuthenticationStrength(
            id=id_,
            name=name,
            account=TENANT,
            region="global",
            strength_id=name,
            requirements_satisfied=satisfied,
        )
        return self._add(id_, made)

    def security_defaults(self, is_enabled: bool | None) -> str:
        id_ = SecurityDefaults.identity.format(account=TENANT)
        made = SecurityDefaults(
            id=id_, name="defaults", account=TENANT, region="global", is_enabled=is_enabled
        )
        return self._add(id_, made)

    def methods(self, enabled: Sequence[str] | None) -> str:
        """The methods that are allowed for all users; None if that was not read."""
        id_ = AuthenticationMethodsPolicy.identity.format(account=TENANT)
        made = AuthenticationMethodsPolicy(
            id=id_,
            name="methods",
            account=TENANT,
            region="global",
            enabled_methods=None if enabled is None else list(enabled),
            methods_for_all=None if enabled is None else list(enabled),
        )
        return self._add(id_, made)

    def add(self, resource: Resource) -> str:
        return self._add(resource.id, resource)

    def change(self, id_: str, **fields: Any) -> None:
        """Sets fields of what was added."""
        self.resources[id_] = self.resources[id_].model_copy(update=fields)

    @cached_property
    def listings(self) -> list[ListingStatus]:
        return [
            ListingStatus(
                model.label,
                TENANT,
                "global",
                Status.DENIED if model.label in self.unlisted else Status.OK,
            )
            for model in models()
            if model.provider == "entra"
        ]

    @cached_property
    def view(self) -> GraphView:
        labels = {model.label for model in models()}
        kept = [each for each in self.resources.values() if each.label not in self.unlisted]
        scope = Scope(
            accounts={"entra": [TENANT]},
            regions={TENANT: ["global"]},
            labels=[model.label for model in models()],
        )
        linked = link(kept, models(), self.listings, scope)
        return GraphView(network(linked, labels), self.listings)

    @cached_property
    def authorizer(self) -> EntraAuthorizer:
        return EntraAuthorizer(EntraEnvironment(self.view, self.listings))

    def may(self, who: str, action: str, on: str) -> bool | None:
        """What the authorizer says of one, by itself and among all of its label."""
        explained = self.authorizer.explain(EntraState(who), action, on).truth
        label = self.view.get(on, "label")
        table = self.authorizer.table(label)
        rows = self.authorizer.allowed(EntraState(who), action, table)
        assert rows.holds(table.index[on]) is explained
        return explained

    def _give(self, model: Any, key: str, role: str, principal: str | None, scope: str) -> str:
        number = self._next()
        id_ = model.identity.format(account=TENANT, **{key: number})
        definition = identity(TENANT, ROLES, by_name().get(role, role))
        if definition not in self.resources and role in by_name():
            self.role(role)
        scope_id = self.tenant if scope == "/" else scope.lstrip("/")
        if scope.startswith("/administrativeUnits/"):
            scope_id = identity(TENANT, "administrativeUnits", scope.rpartition("/")[2])
        made = model(
            id=id_,
            name=role,
            account=TENANT,
            region="global",
            principal=principal,
            role=definition,
            scope=scope_id,
            directory_scope=scope,
            app_scope="",
            **{key: number},
        )
        return self._add(id_, made)

    def _object(self, model: Any, kind: str, name: str, fields: dict[str, Any]) -> str:
        id_ = identity(TENANT, kind, name)
        made = model(id=id_, name=name, account=TENANT, region="global", object_id=name, **fields)
        return self._add(id_, made)

    def _add(self, id_: str, resource: Resource) -> str:
        self.resources[id_] = resource
        return id_

    def _next(self) -> str:
        self._number += 1
        return str(self._number)
