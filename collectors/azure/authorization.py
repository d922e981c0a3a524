"""Azure RBAC and what it comes with: who holds which role where, and what limits that.

What is listed of a subscription is all that holds in it: at itself, above and below.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...graph.model import Document, Resource, Timestamp, field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource
from .reading import detailed, listed
from .session import AzureApi

PRINCIPALS = ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource")
"""Labels of those who can hold a role."""
SCOPES = ("AzureTenant", "AzureManagementGroup", "UnknownResource")
"""Labels of what a role can be held on: any resource, found by its id."""
EVERYONE = "00000000-0000-0000-0000-000000000000"
"""Stands for all principals in a deny assignment."""

_PREVIEW = "2022-05-01-preview"
"""Tells of conditions within roles, which the version before does not."""
_PROVIDER = "/providers/Microsoft.Authorization"
_IN_SCOPE = "{path}providers/microsoft.authorization"
_KINDS = {"User": "users", "Group": "groups", "ServicePrincipal": "servicePrincipals"}
_POLICIES = "role_management_policy_assignments.list_for_scope"

_PERMISSIONS = [
    {
        "actions": [str],
        "notActions": [str],
        "dataActions": [str],
        "notDataActions": [str],
        "condition": str,
    }
]
_DEFINITION = {
    "properties": {
        "roleName": str,
        "description": str,
        "assignableScopes": [str],
        "permissions": _PERMISSIONS,
    }
}
_GRANT = {
    "properties": {
        "scope": str,
        "roleDefinitionId": str,
        "principalId": str,
        "principalType": str,
        "condition": str,
        "delegatedManagedIdentityResourceId": str,
        "createdOn": str,
        "memberType": str,
        "status": str,
        "startDateTime": str,
        "endDateTime": str,
        "assignmentType": str,
        "originRoleAssignmentId": str,
    }
}
_GRANTED = ("scope", "roleDefinitionId", "principalId")
_APPROVER = {"id": str, "userType": str}
_RULE = {
    "id": str,
    "enabledRules": [str],
    "isEnabled": bool,
    "claimValue": str,
    "setting": {"isApprovalRequired": bool, "approvalStages": [{"primaryApprovers": [_APPROVER]}]},
}
_POLICY = {
    "properties": {
        "scope": str,
        "roleDefinitionId": str,
        "policyId": str,
        "effectiveRules": [_RULE],
    }
}
_DENIED = {"id": str, "type": str}
_DENY = {
    "properties": {
        "denyAssignmentName": str,
        "description": str,
        "permissions": _PERMISSIONS,
        "scope": str,
        "doNotApplyToChildScopes": bool,
        "principals": [_DENIED],
        "excludePrincipals": [_DENIED],
        "isSystemProtected": bool,
        "condition": str,
    }
}
_LOCK = {"properties": {"level": str, "notes": str}}
_AUTHORIZATION = {
    "principalId": str,
    "principalIdDisplayName": str,
    "roleDefinitionId": str,
    "delegatedRoleDefinitionIds": [str],
}
_OFFER = {
    "properties": {
        "registrationDefinitionName": str,
        "managedByTenantId": str,
        "managedByTenantName": str,
        "authorizations": [_AUTHORIZATION],
        "eligibleAuthorizations": [_AUTHORIZATION],
    }
}
_DELEGATION = {"properties": {"registrationDefinitionId": str}}
_IDENTITY = {"type": str, "principalId": str, "userAssignedIdentities": {}}
_POLICY_ASSIGNMENT = {
    "identity": _IDENTITY,
    "properties": {
        "displayName": str,
        "scope": str,
        "notScopes": [str],
        "policyDefinitionId": str,
        "enforcementMode": str,
    },
}


class RoleDefinition(AzureResource):
    """A role, Azure's own or a custom one (Role Definitions - List)."""

    label = "AzureRoleDefinition"
    identity = "/providers/microsoft.authorization/roledefinitions/{role_id}"
    unique_within = "global"

    name: str | None = field("Name of the role.", wire="roleName")
    role_id: str | None = field("GUID, the same in every subscription.", wire="name")
    is_custom: bool | None = field("Made by the tenant; Azure's own can be assigned anywhere.")
    description: str | None = field("Description.")
    assignable_scopes: list[str] | None = field("Where it can be assigned.")
    permissions: Document | None = field("What it allows, entry by entry.")


class RoleGrant(AzureResource):
    """That a principal holds, or may activate, a role on a scope and all below it."""

    scope: str | None = field("Id of what it holds for, with all below; `/` is everything.")
    principal_id: str | None = field("Object id of who holds it.")
    principal_type: str | None = field("User, Group, ServicePrincipal, ForeignGroup or Device.")
    condition: str | None = field("What must hold for each action.")
    principal: str | None = ref(PRINCIPALS, by="id", rel="GRANTED_TO")
    role: str | None = ref("AzureRoleDefinition", by="id", rel="GRANTS_ROLE")
    granted_on: str | None = ref(SCOPES, by="id", rel="GRANTS_ON")


class RoleAssignment(RoleGrant):
    """A role that is held (Role Assignments - List For Subscription)."""

    label = "AzureRoleAssignment"
    identity = _IN_SCOPE + "/roleassignments/{name}"

    created: Timestamp | None = field("When it was made.", wire="createdOn")
    delegated_managed_identity: str | None = field(
        "Managed identity of another tenant that holds it.",
        wire="delegatedManagedIdentityResourceId",
    )
    end: Timestamp | None = field(
        "When it ends, if it was activated or made for a time by Privileged Identity Management.",
        call="role_assignment_schedule_instances.list_for_scope",
    )


class RoleEligibility(RoleGrant):
    """A role that can be activated (Role Eligibility Schedule Instances - List For Scope)."""

    label = "AzureRoleEligibility"
    identity = _IN_SCOPE + "/roleeligibilityscheduleinstances/{name}"

    member_type: str | None = field("Direct, Inherited or Group.")
    start: Timestamp | None = field("From when on.", wire="startDateTime")
    end: Timestamp | None = field("Until when; empty without an end.", wire="endDateTime")
    policy: str | None = ref("AzureRoleManagementPolicy", by="id", rel="HAS_POLICY", call=_POLICIES)


class RoleManagementPolicy(AzureResource):
    """What it takes to activate a role on a scope (Role Management Policy Assignments - List For
    Scope)."""

    label = "AzureRoleManagementPolicy"
    identity = _IN_SCOPE + "/rolemanagementpolicyassignments/{name}"

    scope: str | None = field("Id of the scope.")
    role: str | None = ref("AzureRoleDefinition", by="id", rel="GRANTS_ROLE")
    requires_approval: bool | None = field("Somebody has to approve.")
    approvers: list[str] | None = ref(PRINCIPALS, by="id", rel="APPROVED_BY")
    enabled_rules: list[str] | None = field("MultiFactorAuthentication, Justification, Ticketing.")
    authentication_context: str | None = field("Authentication context that is asked for.")


class DenyAssignment(AzureResource):
    """What principals may not do on a scope, whatever roles they hold (Deny Assignments - List)."""

    label = "AzureDenyAssignment"
    identity = _IN_SCOPE + "/denyassignments/{deny_id}"

    name: str | None = field("Display name.", wire="denyAssignmentName")
    deny_id: str | None = field("GUID.", wire="name")
    description: str | None = field("Description.")
    permissions: Document | None = field("What it denies, entry by entry.")
    scope: str | None = field("Id of what it holds for.")
    denied_on: str | None = ref(SCOPES, by="id", rel="BOUNDED_BY", inverse=True)
    applies_to_child_scopes: bool | None = field("Holds for all below the scope too.")
    everyone: bool | None = field("All principals are meant but those excluded.")
    principal_ids: list[str] | None = field("Object ids of who is meant, of groups too.")
    excluded_ids: list[str] | None = field("Object ids of who is not meant, of groups too.")
    principals: list[str] | None = ref(PRINCIPALS, by="id", rel="BOUNDED_BY", inverse=True)
    excluded: list[str] | None = ref(PRINCIPALS, by="id", rel="EXCLUDES")
    condition: str | None = field("When it holds.")
    is_system_protected: bool | None = field("Only Azure can change it.")


class Lock(AzureResource):
    """A lock against changes, no matter who makes them (Management Locks - List At
    Subscription Level)."""

    label = "AzureLock"
    identity = _IN_SCOPE + "/locks/{name}"

    level: str | None = field("CanNotDelete or ReadOnly.")
    notes: str | None = field("Why it is there.")
    scope: str | None = field("Id of what it holds for, with all below.")
    locked: str | None = ref(SCOPES, by="id", rel="BOUNDED_BY", inverse=True)


class LighthouseDelegation(AzureResource):
    """That principals of another tenant hold roles here (Registration Assignments - List,
    Registration Definitions - List)."""

    label = "AzureLighthouseDelegation"
    identity = "{path}providers/microsoft.managedservices/registrationassignments/{assignment_id}"

    name: str | None = field("Name of the offer.", call="registration_definitions.list")
    assignment_id: str | None = field("GUID.", wire="name")
    scope: str | None = field("Id of what it holds for, with all below.")
    granted_on: str | None = ref(SCOPES, by="id", rel="GRANTS_ON")
    managed_by: str | None = ref(
        "EntraTenant", by="id", rel="TRUSTS", call="registration_definitions.list"
    )
    authorizations: Document | None = field(
        "Which principals of that tenant hold which roles.", call="registration_definitions.list"
    )
    eligible_authorizations: Document | None = field(
        "Which may activate which roles.", call="registration_definitions.list"
    )
    roles: list[str] | None = ref(
        "AzureRoleDefinition", by="id", rel="GRANTS_ROLE", call="registration_definitions.list"
    )


class PolicyAssignment(AzureResource):
    """An assignment of Azure Policy (Policy Assignments - List); one that remediates has an
    identity."""

    label = "AzurePolicyAssignment"
    identity = _IN_SCOPE + "/policyassignments/{assignment_id}"

    name: str | None = field("Display name.", wire="displayName")
    assignment_id: str | None = field("Name in the id.", wire="name")
    scope: str | None = field("Id of what it holds for, with all below.")
    assigned_on: str | None = ref(SCOPES, by="id", rel="GRANTS_ON")
    excluded_scopes: list[str] | None = field("Ids that it does not hold for.", wire="notScopes")
    policy_definition: str | None = field("Id of what is enforced.", wire="policyDefinitionId")
    enforcement_mode: str | None = field("Default or DoNotEnforce.")
    identities: list[str] | None = ref("EntraServicePrincipal", by="id", rel="RUNS_AS")


class Authorization(AzureCollector):
    """Roles, who holds them or may activate them, what denies, locks and delegates."""

    service = "authorization"
    permissions = (
        "Microsoft.Authorization/denyAssignments/read",
        "Microsoft.Authorization/locks/read",
        "Microsoft.Authorization/policyAssignments/read",
        "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
        "Microsoft.Authorization/roleAssignments/read",
        "Microsoft.Authorization/roleDefinitions/read",
        "Microsoft.Authorization/roleEligibilityScheduleInstances/read",
        "Microsoft.Authorization/roleManagementPolicyAssignments/read",
        "Microsoft.ManagedServices/registrationAssignments/read",
        "Microsoft.ManagedServices/registrationDefinitions/read",
    )

    @lists(RoleDefinition)
    def definitions(self, api: AzureApi) -> Iterator[RoleDefinition]:
        """Azure's own roles and the custom ones that can be assigned in the subscription."""
        path = _of_subscription(api, "roleDefinitions")
        for raw in listed(api, "role_definitions.list", path, _PREVIEW, _DEFINITION):
            scopes = [each.lower() for each in raw.get("assignableScopes") or []]
            yield RoleDefinition.load(
                raw,
                api.here,
                id=_role(raw["id"]),
                role_id=raw["id"].rpartition("/")[2].lower(),
                is_custom=scopes != ["/"],
                assignable_scopes=scopes,
                permissions=raw.get("permissions") or [],
                account=api.account.tenant,
            )

    @lists(RoleAssignment)
    def assignments(self, api: AzureApi) -> Iterator[RoleAssignment]:
        """Who holds which role; when it ends is in the schedules, where these can be read."""
        operation = "role_assignment_schedule_instances.list_for_scope"
        path = _of_subscription(api, "roleAssignmentScheduleInstances")
        scheduled = detailed(api, operation, path, "2020-10-01", _GRANT)
        ends = {
            _last(raw["originRoleAssignmentId"]): raw.get("endDateTime") or ""
            for raw in scheduled or ()
            if raw.get("originRoleAssignmentId")
        }
        operation = "role_assignments.list_for_subscription"
        path = _of_subscription(api, "roleAssignments")
        for raw in listed(api, operation, path, "2022-04-01", _GRANT, *_GRANTED):
            end = None if scheduled is None else ends.get(_last(raw["id"]), "")
            yield RoleAssignment.load(raw, api.here, **_grant(api, raw), end=end)

    @lists(RoleEligibility, RoleManagementPolicy, through={RoleManagementPolicy: RoleEligibility})
    def eligibilities(self, api: AzureApi) -> Iterator[Resource]:
        """Who may activate which role, and what each activation takes."""
        operation, version = "role_eligibility_schedule_instances.list_for_scope", "2020-10-01"
        path = _of_subscription(api, "roleEligibilityScheduleInstances")
        eligible = [
            (raw, _grant(api, raw))
            for raw in listed(
                api, operation, path, version, _GRANT, *_GRANTED, lists=RoleEligibility
            )
        ]
        policies = {
            scope: self._policies(api, scope) for scope in sorted({g["scope"] for _, g in eligible})
        }
        for raw, grant in eligible:
            of_scope = policies[grant["scope"]]
            policy = None if of_scope is None else of_scope.get(grant["role"])
            yield RoleEligibility.load(
                raw,
                api.here,
                **grant,
                policy=None if of_scope is None else policy.id if policy else "",
            )
            if policy:
                yield policy

    @lists(DenyAssignment)
    def denials(self, api: AzureApi) -> Iterator[DenyAssignment]:
        """What is denied; Azure's services make these, nobody does by hand."""
        path = _of_subscription(api, "denyAssignments")
        for raw in listed(api, "deny_assignments.list", path, "2022-04-01", _DENY, "scope"):
            meant, excluded = raw.get("principals") or [], raw.get("excludePrincipals") or []
            ids = [each["id"].lower() for each in meant]
            yield DenyAssignment.load(
                raw,
                api.here,
                **_placed(api, raw, raw["scope"], "denied_on"),
                permissions=raw.get("permissions") or [],
                applies_to_child_scopes=not raw.get("doNotApplyToChildScopes"),
                everyone=EVERYONE in ids,
                principal_ids=[each for each in ids if each != EVERYONE],
                excluded_ids=[each["id"].lower() for each in excluded],
                principals=[_principal(api, each) for each in meant if each["id"] != EVERYONE],
                excluded=[_principal(api, each) for each in excluded],
                is_system_protected=bool(raw.get("isSystemProtected")),
            )

    @lists(Lock)
    def locks(self, api: AzureApi) -> Iterator[Lock]:
        """The locks of the subscription and of all in it."""
        path = _of_subscription(api, "locks")
        operation = "management_locks.list_at_subscription_level"
        for raw in listed(api, operation, path, "2016-09-01", _LOCK):
            scope = raw["id"].lower().partition("/providers/microsoft.authorization/locks/")[0]
            yield Lock.load(raw, api.here, **_placed(api, raw, scope, "locked"))

    @lists(LighthouseDelegation)
    def delegations(self, api: AzureApi) -> Iterator[LighthouseDelegation]:
        """What was delegated to other tenants, each with the offer that says to whom."""
        base = f"/subscriptions/{api.here.account}/providers/Microsoft.ManagedServices"
        version = "2022-10-01"
        found = list(
            listed(
                api,
                "registration_assignments.list",
                f"{base}/registrationAssignments",
                version,
                _DELEGATION,
                "registrationDefinitionId",
            )
        )
        if not found:
            return
        offers = detailed(
            api,
            "registration_definitions.list",
            f"{base}/registrationDefinitions",
            version,
            _OFFER,
            "managedByTenantId",
        )
        by_id = {_last(raw["id"]): raw for raw in offers or ()}
        for raw in found:
            scope = raw["id"].lower().partition("/providers/microsoft.managedservices/")[0]
            offer = by_id.get(_last(raw["registrationDefinitionId"]))
            placed = _placed(api, raw, scope, "granted_on")
            yield LighthouseDelegation.load(raw, api.here, **placed, **_offered(offer))

    @lists(PolicyAssignment)
    def policies(self, api: AzureApi) -> Iterator[PolicyAssignment]:
        """The assignments of policies, with the identities that remediate."""
        path, version = _of_subscription(api, "policyAssignments"), "2023-04-01"
        operation = "policy_assignments.list"
        for raw in listed(api, operation, path, version, _POLICY_ASSIGNMENT, "scope"):
            yield PolicyAssignment.load(
                raw,
                api.here,
                **_placed(api, raw, raw["scope"], "assigned_on"),
                identities=sorted(_identities(api, raw.get("identity") or {})),
            )

    def _policies(self, api: AzureApi, scope: str) -> dict[str, RoleManagementPolicy] | None:
        """The policies of a scope by role; None if they cannot be read."""
        path = f"{scope.rstrip('/')}{_PROVIDER}/roleManagementPolicyAssignments"
        version, needed = "2020-10-01", "roleDefinitionId"
        model = RoleManagementPolicy
        found = detailed(api, _POLICIES, path, version, _POLICY, needed, lists=model)
        if found is None:
            return None
        loaded = (
            RoleManagementPolicy.load(
                raw,
                api.here,
                id=raw["id"].lower(),
                scope=scope,
                role=_role(raw["roleDefinitionId"]),
                account=_account(api, scope),
                **_activation(api, raw.get("effectiveRules")),
            )
            for raw in found
        )
        return {str(each.role): each for each in loaded}


def _of_subscription(api: AzureApi, kind: str) -> str:
    return f"/subscriptions/{api.here.account}{_PROVIDER}/{kind}"


def _last(id_: str) -> str:
    return id_.rpartition("/")[2].lower()


def _role(id_: str) -> str:
    """The identity of a role, which each subscription spells with its own path before it."""
    return RoleDefinition.identity.format(role_id=_last(id_))


def _account(api: AzureApi, scope: str) -> str:
    """Whose a scope is: its subscription's, or the tenant's above all of them."""
    parts = scope.split("/")
    return parts[2] if parts[1:2] == ["subscriptions"] else api.account.tenant


def _placed(api: AzureApi, raw: Mapping[str, Any], scope: str, field_: str) -> dict[str, Any]:
    """The identity and the place of what holds for a scope."""
    known = scope.lower()
    return {
        "id": raw["id"].lower(),
        "scope": known,
        "account": _account(api, known),
        field_: f"/tenants/{api.account.tenant}" if known == "/" else known,
    }


def _grant(api: AzureApi, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a role assignment and an eligibility have in common."""
    who = {"id": raw["principalId"], "type": raw.get("principalType") or ""}
    return {
        **_placed(api, raw, raw["scope"], "granted_on"),
        "principal_id": raw["principalId"].lower(),
        "principal": _principal(api, who),
        "role": _role(raw["roleDefinitionId"]),
    }


def _principal(api: AzureApi, who: Mapping[str, Any]) -> str:
    """The identity of a directory object of the own tenant; the bare id of any other."""
    kind = _KINDS.get(who.get("type") or who.get("userType") or "")
    object_id: str = who["id"].lower()
    if kind is None:
        return object_id
    return f"//graph.microsoft.com/tenants/{api.account.tenant}/{kind}/{object_id}"


def _identities(api: AzureApi, identity: Mapping[str, Any]) -> Iterable[str]:
    """The service principals of a resource's managed identities."""
    assigned = identity.get("userAssignedIdentities") or {}
    for each in (identity, *filter(None, assigned.values())):
        if each.get("principalId"):
            yield _principal(api, {"id": each["principalId"], "type": "ServicePrincipal"})


def _activation(api: AzureApi, rules: Iterable[Mapping[str, Any]] | None) -> dict[str, Any]:
    """What the rules about activation ask for; nothing is known if there are none."""
    if rules is None:
        return {"approvers": None, "enabled_rules": None, "authentication_context": None}
    by_id = {each.get("id"): each for each in rules}
    approval = by_id.get("Approval_EndUser_Assignment", {}).get("setting") or {}
    context = by_id.get("AuthenticationContext_EndUser_Assignment", {})
    stages = approval.get("approvalStages") or []
    approvers = [who for stage in stages for who in stage.get("primaryApprovers") or []]
    return {
        "requires_approval": bool(approval.get("isApprovalRequired")),
        "approvers": sorted({_principal(api, who) for who in approvers if who.get("id")}),
        "enabled_rules": by_id.get("Enablement_EndUser_Assignment", {}).get("enabledRules") or [],
        "authentication_context": (context.get("claimValue") or "")
        if context.get("isEnabled")
        else "",
    }


def _offered(offer: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an offer of Lighthouse says; nothing is known of one that was not read."""
    if offer is None:
        return {}
    held = offer.get("authorizations") or []
    eligible = offer.get("eligibleAuthorizations") or []
    roles = {_role(each["roleDefinitionId"]) for each in (*held, *eligible)}
    return {
        "name": offer.get("registrationDefinitionName") or "",
        "managed_by": f"//graph.microsoft.com/tenants/{offer['managedByTenantId'].lower()}",
        "authorizations": held,
        "eligible_authorizations": eligible,
        "roles": sorted(roles),
    }
