"""Policies of which a tenant has one each: what users may do, which methods there are to sign in
with, which credentials applications may have."""

from collections.abc import AsyncIterator

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import DIRECTORY, EntraCollector, EntraResource
from .session import GraphApi


class AuthorizationPolicy(EntraResource):
    """What users and guests may do by themselves (Get authorizationPolicy)."""

    label = "EntraAuthorizationPolicy"
    identity = DIRECTORY + "/policies/authorizationPolicy"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    allow_invites_from: str | None = field("Who may invite guests.")
    guest_role_id: str | None = field("What guests may read.", wire="guestUserRoleId")
    block_msol_power_shell: bool | None = field("The old PowerShell module cannot sign in.")
    users_may_create_applications: bool | None = field(
        "Users may register applications.", wire="defaultUserRolePermissions.allowedToCreateApps"
    )
    users_may_create_groups: bool | None = field(
        "Users may make security groups.",
        wire="defaultUserRolePermissions.allowedToCreateSecurityGroups",
    )
    users_may_create_tenants: bool | None = field(
        "Users may make tenants.", wire="defaultUserRolePermissions.allowedToCreateTenants"
    )
    consent_policies: list[str] | None = field(
        "What users may consent to; empty for nothing.",
        wire="defaultUserRolePermissions.permissionGrantPoliciesAssigned",
    )
    administrators_may_reset_themselves: bool | None = field(
        "Administrators may reset their own passwords.", wire="allowedToUseSSPR"
    )


class AuthenticationMethodsPolicy(EntraResource):
    """Which methods there are to sign in with, and for whom (Get authenticationMethodsPolicy)."""

    label = "EntraAuthenticationMethodsPolicy"
    identity = DIRECTORY + "/policies/authenticationMethodsPolicy"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    enabled_methods: list[str] | None = field("Methods that are enabled for somebody.", wire="-")
    methods_for_all: list[str] | None = field("Methods that are enabled for all users.", wire="-")
    methods: Document | None = field(
        "Each method with the groups that it is for.", wire="authenticationMethodConfigurations"
    )
    migration_state: str | None = field(
        "Whether older policies count as well.", wire="policyMigrationState"
    )


class AppManagementPolicy(EntraResource):
    """Which credentials applications may have, if nothing else holds for them (Get
    tenantAppManagementPolicy)."""

    label = "EntraAppManagementPolicy"
    identity = DIRECTORY + "/policies/defaultAppManagementPolicy"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    is_enabled: bool | None = field("It holds.")
    application_restrictions: Document | None = field("For applications.")
    service_principal_restrictions: Document | None = field("For service principals.")


class SecurityDefaults(EntraResource):
    """Microsoft's basic protection, which asks everybody for a second factor (Get
    identitySecurityDefaultsEnforcementPolicy)."""

    label = "EntraSecurityDefaults"
    identity = DIRECTORY + "/policies/identitySecurityDefaultsEnforcementPolicy"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    is_enabled: bool | None = field("It holds.")


class Policies(EntraCollector):
    """The policies of a tenant of which there is one each."""

    service = "policies"
    permissions = ("Policy.Read.All",)

    @lists(AuthorizationPolicy)
    async def authorization(self, api: GraphApi) -> AsyncIterator[AuthorizationPolicy]:
        """What users may do."""
        if raw := await api.one("policies/authorizationPolicy", members=_AUTHORIZATION):
            yield AuthorizationPolicy.load(raw, api.here, tenant=_tenant(api))

    @lists(AuthenticationMethodsPolicy)
    async def authentication_methods(
        self, api: GraphApi
    ) -> AsyncIterator[AuthenticationMethodsPolicy]:
        """Which methods there are."""
        if raw := await api.one("policies/authenticationMethodsPolicy", members=_METHODS):
            listed = raw.get("authenticationMethodConfigurations")
            enabled = [each for each in listed or () if each.get("state") == "enabled"]
            yield AuthenticationMethodsPolicy.load(
                raw,
                api.here,
                tenant=_tenant(api),
                enabled_methods=None
                if listed is None
                else sorted(each.get("id") or "" for each in enabled),
                methods_for_all=None
                if listed is None
                else sorted(
                    each.get("id") or ""
                    for each in enabled
                    if not each.get("excludeTargets")
                    and any(one.get("id") == _ALL_USERS for one in each.get("includeTargets") or ())
                ),
            )

    @lists(AppManagementPolicy)
    async def app_management(self, api: GraphApi) -> AsyncIterator[AppManagementPolicy]:
        """Which credentials applications may have."""
        if raw := await api.one("policies/defaultAppManagementPolicy", members=_APP_MANAGEMENT):
            yield AppManagementPolicy.load(raw, api.here, tenant=_tenant(api))

    @lists(SecurityDefaults)
    async def security_defaults(self, api: GraphApi) -> AsyncIterator[SecurityDefaults]:
        """Microsoft's basic protection."""
        operation = "policies/identitySecurityDefaultsEnforcementPolicy"
        if raw := await api.one(operation, members=_ENABLED):
            yield SecurityDefaults.load(raw, api.here, tenant=_tenant(api))


_ALL_USERS = "all_users"
_TARGETS = [{"id": str, "targetType": str}]
_ENABLED = {"displayName": str, "isEnabled": bool}
_RESTRICTIONS = {
    "passwordCredentials": [{"restrictionType": str}],
    "keyCredentials": [{"restrictionType": str}],
}
_APP_MANAGEMENT = {
    **_ENABLED,
    "applicationRestrictions": _RESTRICTIONS,
    "servicePrincipalRestrictions": _RESTRICTIONS,
}
_AUTHORIZATION = {
    "displayName": str,
    "allowInvitesFrom": str,
    "allowedToUseSSPR": bool,
    "blockMsolPowerShell": bool,
    "guestUserRoleId": str,
    "defaultUserRolePermissions": {
        "allowedToCreateApps": bool,
        "allowedToCreateSecurityGroups": bool,
        "allowedToCreateTenants": bool,
        "permissionGrantPoliciesAssigned": [str],
    },
}
_METHODS = {
    "displayName": str,
    "policyMigrationState": str,
    "authenticationMethodConfigurations": [
        {"id": str, "state": str, "includeTargets": _TARGETS, "excludeTargets": _TARGETS}
    ],
}


def _tenant(api: GraphApi) -> str:
    return DIRECTORY.format(account=api.here.account)
