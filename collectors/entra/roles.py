"""Directory roles: what they allow, who holds one or may, where, and what activating one takes."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import (
    DIRECTORY,
    PRINCIPALS,
    EntraCollector,
    EntraResource,
    identity,
)
from .session import GraphApi

_SCOPES = (
    "EntraTenant",
    "EntraAdministrativeUnit",
    "EntraApplication",
    "EntraServicePrincipal",
    "EntraGroup",
    "EntraUser",
    "EntraDevice",
    "UnknownResource",
)
_ROLES = "roleManagement/directory"
_PAGE = 100
"""The most that most calls of role management give at a time."""


class RoleDefinition(EntraResource):
    """A directory role, Microsoft's or the tenant's own (List roleDefinitions)."""

    label = "EntraRoleDefinition"
    identity = DIRECTORY + "/roleManagement/directory/roleDefinitions/{role_id}"

    role_id: str | None = field("Id; of Microsoft's own roles the template's.", wire="id")
    template_id: str | None = field("Id of the template, the same in every tenant.")
    description: str | None = field("Description.")
    is_built_in: bool | None = field("Microsoft's own.")
    is_enabled: bool | None = field("It can be given.")
    permissions: Document | None = field(
        "What it allows: allowedResourceActions and the condition of each.", wire="rolePermissions"
    )
    actions: list[str] | None = field("All that it allows, whatever the condition.", wire="-")


class _RoleGrant(EntraResource):
    """That a principal has something to do with a role over a scope."""

    name: str | None = field("The role's name, or its id if that is not known.", wire="-")
    principal: str | None = ref(
        PRINCIPALS, by=("id", "object_id"), rel="GRANTED_TO", wire="principalId"
    )
    role: str | None = ref("EntraRoleDefinition", by="id", rel="GRANTS_ROLE")
    scope: str | None = ref(_SCOPES, by=("id", "object_id"), rel="GRANTS_ON")
    directory_scope: str | None = field(
        "`/` for the tenant, `/administrativeUnits/ID`, or `/ID` for one object.",
        wire="directoryScopeId",
    )
    app_scope: str | None = field("The same within an application.", wire="appScopeId")


class RoleAssignment(_RoleGrant):
    """That a principal holds a role (List roleAssignments)."""

    label = "EntraRoleAssignment"
    identity = DIRECTORY + "/roleManagement/directory/roleAssignments/{assignment_id}"

    assignment_id: str | None = field("Id.", wire="id")


class RoleEligibility(_RoleGrant):
    """That a principal may activate a role (List roleEligibilityScheduleInstances)."""

    label = "EntraRoleEligibility"
    identity = (
        DIRECTORY + "/roleManagement/directory/roleEligibilityScheduleInstances/{instance_id}"
    )

    instance_id: str | None = field("Id.", wire="id")
    member_type: str | None = field("Direct, or Group or Inherited if it comes by a group.")
    ends: Timestamp | None = field("When it ends; empty for never.", wire="endDateTime")


class RoleAssignmentSchedule(_RoleGrant):
    """For how long a principal holds a role, and whether it activated it (List
    roleAssignmentScheduleInstances)."""

    label = "EntraRoleAssignmentSchedule"
    identity = DIRECTORY + "/roleManagement/directory/roleAssignmentScheduleInstances/{instance_id}"

    instance_id: str | None = field("Id.", wire="id")
    assignment: str | None = ref(
        "EntraRoleAssignment", by="assignment_id", rel="PART_OF", wire="roleAssignmentOriginId"
    )
    assignment_type: str | None = field("Assigned, or Activated of an eligible role.")
    member_type: str | None = field("Direct, or Group or Inherited if it comes by a group.")
    ends: Timestamp | None = field("When it ends; empty for never.", wire="endDateTime")


class RolePolicy(EntraResource):
    """What activating a role takes (List roleManagementPolicyAssignments)."""

    label = "EntraRolePolicy"
    identity = DIRECTORY + "/policies/roleManagementPolicyAssignments/{assignment_id}"

    name: str | None = field("The role's name, or its id if that is not known.", wire="-")
    assignment_id: str | None = field("Id.", wire="id")
    role: str | None = ref("EntraRoleDefinition", by="id", rel="COVERS")
    requires_approval: bool | None = field("Somebody has to approve.")
    approvers: list[str] | None = ref(
        ("EntraUser", "EntraGroup", "UnknownResource"), by="id", rel="APPROVED_BY"
    )
    requires: list[str] | None = field(
        "What else it takes: MultiFactorAuthentication, Justification, Ticketing."
    )
    authentication_context: str | None = field(
        "Conditional Access context that must be met; empty for none."
    )
    maximum_duration: str | None = field("For how long it can be activated.")
    may_be_eligible_for_ever: bool | None = field("Eligibility need not end.")
    may_be_active_for_ever: bool | None = field("An assignment need not end.")


class Roles(EntraCollector):
    """Directory roles and who holds them."""

    service = "roles"
    permissions = (
        "RoleAssignmentSchedule.Read.Directory",
        "RoleEligibilitySchedule.Read.Directory",
        "RoleManagement.Read.Directory",
        "RoleManagementPolicy.Read.Directory",
    )

    @lists(RoleDefinition, RoleAssignment, RoleEligibility, RoleAssignmentSchedule, RolePolicy)
    async def roles(self, api: GraphApi) -> AsyncIterator[EntraResource]:
        """The roles that there are, who holds which, who may, for how long, and what activating
        each takes; all but the first two need the licence P2."""
        names: dict[str, str] = {}
        listed = api.pages(f"{_ROLES}/roleDefinitions", members=_DEFINITION, lists=RoleDefinition)
        async for raw in listed:
            names[raw["id"]] = raw.get("displayName") or ""
            allowed = raw.get("rolePermissions") or []
            actions = {one for each in allowed for one in each.get("allowedResourceActions") or ()}
            yield RoleDefinition.load(raw, api.here, actions=sorted(actions))
        for kind, model in _GRANTS.items():
            async for raw in api.pages(
                f"{_ROLES}/{kind}",
                members=_GRANT,
                required=("id", "principalId", "roleDefinitionId"),
                top=_PAGE,
                lists=model,
            ):
                yield model.load(raw, api.here, **_about(api, raw, names))
        async for raw in api.pages(
            "policies/roleManagementPolicyAssignments",
            members=_POLICY,
            required=("id", "roleDefinitionId", "policy"),
            query={
                "$filter": "scopeId eq '/' and scopeType eq 'DirectoryRole'",
                "$expand": "policy($expand=rules)",
            },
            lists=RolePolicy,
        ):
            yield RolePolicy.load(
                raw,
                api.here,
                name=names.get(raw["roleDefinitionId"], raw["roleDefinitionId"]),
                role=_role(api, raw["roleDefinitionId"]),
                **_rules(api, raw["policy"].get("rules")),
            )


_GRANTS: Mapping[str, type[_RoleGrant]] = {
    "roleAssignments": RoleAssignment,
    "roleEligibilityScheduleInstances": RoleEligibility,
    "roleAssignmentScheduleInstances": RoleAssignmentSchedule,
}
_DEFINITION = {
    "id": str,
    "templateId": str,
    "displayName": str,
    "description": str,
    "isBuiltIn": bool,
    "isEnabled": bool,
    "rolePermissions": [{"allowedResourceActions": [str], "condition": str}],
}
_GRANT = {
    "id": str,
    "principalId": str,
    "roleDefinitionId": str,
    "directoryScopeId": str,
    "appScopeId": str,
    "memberType": str,
    "assignmentType": str,
    "roleAssignmentOriginId": str,
    "endDateTime": str,
}
_APPROVER = {"@odata.type": str, "userId": str, "groupId": str}
_RULE = {
    "id": str,
    "isExpirationRequired": bool,
    "maximumDuration": str,
    "enabledRules": [str],
    "isEnabled": bool,
    "claimValue": str,
    "setting": {
        "isApprovalRequired": bool,
        "approvalStages": [{"primaryApprovers": [_APPROVER]}],
    },
}
_OF_RULES = (
    "approvers",
    "requires",
    "authentication_context",
    "maximum_duration",
)
_POLICY = {"id": str, "policyId": str, "roleDefinitionId": str, "policy": {"rules": [_RULE]}}


def _role(api: GraphApi, role_id: str) -> str:
    return identity(api.here.account, f"{_ROLES}/roleDefinitions", role_id)


def _about(
    api: GraphApi, raw: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, str | None]:
    """What a grant joins, and what it is called."""
    scope = raw.get("directoryScopeId")
    if scope is None:
        reached = "" if raw.get("appScopeId") else None
    else:
        reached = _scope(api.here.account, scope)
    role = raw["roleDefinitionId"]
    return {"name": names.get(role, role), "role": _role(api, role), "scope": reached}


def _scope(tenant: str, scope: str) -> str:
    """What a scope is; of a single object, whose kind it does not say, the object id alone."""
    if scope == "/":
        return DIRECTORY.format(account=tenant)
    kind, _, object_id = scope.strip("/").rpartition("/")
    return identity(tenant, kind, object_id) if kind else object_id


def _rules(api: GraphApi, rules: list[dict[str, Any]] | None) -> dict[str, Any]:
    """What the rules of a policy say; nothing of it is known if they were not read."""
    if rules is None:
        return dict.fromkeys(_OF_RULES)
    by_id = {rule.get("id"): rule for rule in rules}
    approval = (by_id.get("Approval_EndUser_Assignment") or {}).get("setting") or {}
    enabled = by_id.get("Enablement_EndUser_Assignment") or {}
    context = by_id.get("AuthenticationContext_EndUser_Assignment") or {}
    duration = by_id.get("Expiration_EndUser_Assignment") or {}
    return {
        "requires_approval": bool(approval.get("isApprovalRequired")),
        "approvers": sorted(_approvers(api.here.account, approval)),
        "requires": sorted(enabled.get("enabledRules") or ()),
        "authentication_context": context.get("claimValue") or ""
        if context.get("isEnabled")
        else "",
        "maximum_duration": duration.get("maximumDuration") or "",
        "may_be_eligible_for_ever": _may_last(by_id.get("Expiration_Admin_Eligibility")),
        "may_be_active_for_ever": _may_last(by_id.get("Expiration_Admin_Assignment")),
    }


def _may_last(rule: Mapping[str, Any] | None) -> bool | None:
    required = (rule or {}).get("isExpirationRequired")
    return None if required is None else not required


def _approvers(tenant: str, setting: Mapping[str, Any]) -> set[str]:
    found = set()
    for stage in setting.get("approvalStages") or ():
        for each in stage.get("primaryApprovers") or ():
            if each.get("userId"):
                found.add(identity(tenant, "users", each["userId"]))
            elif each.get("groupId"):
                found.add(identity(tenant, "groups", each["groupId"]))
    return found
