"""Entra ID: users, groups, applications, service principals, and the app roles they hold."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import DIRECTORY, DirectoryObject, EntraCollector, EntraResource, identity
from .session import GraphApi

_PRINCIPALS = ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource")
_PAGE = 999


class Tenant(EntraResource):
    """A tenant (List organizations)."""

    label = "EntraTenant"
    identity = DIRECTORY

    tenant_id: str | None = field("Id without the path.", wire="id")
    tenant_type: str | None = field("AAD, AAD B2C or CIAM.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    verified_domains: list[str] | None = field("Domains.", wire="verifiedDomains[].name")
    on_premises_sync_enabled: bool | None = field("Users are synchronised from Active Directory.")


class User(DirectoryObject):
    """A user (List users)."""

    label = "EntraUser"
    identity = DIRECTORY + "/users/{object_id}"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    user_principal_name: str | None = field("Name that the user signs in with.")
    mail: str | None = field("Mail address.")
    account_enabled: bool | None = field("May sign in.")
    user_type: str | None = field("Member or Guest.")
    external_user_state: str | None = field("Accepted or PendingAcceptance; empty on members.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    on_premises_sync_enabled: bool | None = field("Comes from Active Directory.")
    on_premises_security_identifier: str | None = field("SID in Active Directory.")


class Group(DirectoryObject):
    """A group (List groups, List members, List owners)."""

    label = "EntraGroup"
    identity = DIRECTORY + "/groups/{object_id}"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    description: str | None = field("Description.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    security_enabled: bool | None = field("Can be given access.")
    mail_enabled: bool | None = field("Has a mailbox.")
    group_types: list[str] | None = field("Unified (Microsoft 365), DynamicMembership.")
    membership_rule: str | None = field("Rule of a dynamic group.")
    is_assignable_to_role: bool | None = field("May hold directory roles.")
    on_premises_sync_enabled: bool | None = field("Comes from Active Directory.")
    visibility: str | None = field("Public, Private or HiddenMembership; empty for none.")
    members: list[str] | None = ref(
        _PRINCIPALS, by="id", rel="MEMBER_OF", inverse=True, call="groups/{id}/members"
    )
    owners: list[str] | None = ref(_PRINCIPALS, by="id", rel="OWNED_BY", call="groups/{id}/owners")


class Application(DirectoryObject):
    """An application registered in the tenant (List applications, List owners, List
    federatedIdentityCredentials)."""

    label = "EntraApplication"
    identity = DIRECTORY + "/applications(appId='{app_id}')"
    global_keys = ("app_id",)

    app_id: str | None = field("Client id, the same in every tenant that uses it.")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    sign_in_audience: str | None = field("Accounts that may sign in.")
    identifier_uris: list[str] | None = field("URIs that name it as an API.")
    redirect_uris: list[str] | None = field("Where sign-ins return to.", wire="web.redirectUris")
    required_resource_access: Document | None = field("Permissions that it asks for.")
    secret_expiries: list[str] | None = field(
        "When its client secrets end.", wire="passwordCredentials[].endDateTime"
    )
    certificate_expiries: list[str] | None = field(
        "When its certificates end.", wire="keyCredentials[].endDateTime"
    )
    federated_credentials: list[str] | None = field(
        "Whose tokens it takes for its own: `issuer subject`.",
        call="applications/{id}/federatedIdentityCredentials",
    )
    owners: list[str] | None = ref(
        _PRINCIPALS, by="id", rel="OWNED_BY", call="applications/{id}/owners"
    )


class ServicePrincipal(DirectoryObject):
    """An application's or a managed identity's account in the tenant (List servicePrincipals, List
    owners)."""

    label = "EntraServicePrincipal"
    identity = DIRECTORY + "/servicePrincipals/{object_id}"
    unique_within = "account"

    app_id: str | None = field("Client id of its application.")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    application: str | None = ref(
        "EntraApplication", by=("id", "app_id"), rel="RUNS_AS", inverse=True
    )
    app_owner_organization_id: str | None = field("Tenant that its application belongs to.")
    service_principal_type: str | None = field("Application, ManagedIdentity or Legacy.")
    account_enabled: bool | None = field("May sign in.")
    app_role_assignment_required: bool | None = field("Only who was given a role may use it.")
    sign_in_audience: str | None = field("Accounts that may sign in.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    alternative_names: list[str] | None = field("The Azure resource of a managed identity.")
    service_principal_names: list[str] | None = field("Names that tokens can be asked for by.")
    secret_expiries: list[str] | None = field(
        "When secrets of its own end.", wire="passwordCredentials[].endDateTime"
    )
    certificate_expiries: list[str] | None = field(
        "When certificates of its own end.", wire="keyCredentials[].endDateTime"
    )
    owners: list[str] | None = ref(
        _PRINCIPALS, by="id", rel="OWNED_BY", call="servicePrincipals/{id}/owners"
    )


class AppRoleAssignment(EntraResource):
    """An app role that a user, group or service principal holds on a service principal (List
    appRoleAssignedTo)."""

    label = "EntraAppRoleAssignment"
    identity = DIRECTORY + "/servicePrincipals/{resource_id}/appRoleAssignedTo/{assignment_id}"

    name: str | None = field("The role and who holds it.")
    assignment_id: str | None = field("Id within the resource.", wire="id")
    resource_id: str | None = field("Object id of the service principal that it opens.")
    principal: str | None = ref(_PRINCIPALS, by="id", rel="GRANTED_TO")
    resource: str | None = ref("EntraServicePrincipal", by="id", rel="GRANTS_ON")
    app_role_id: str | None = field("Id of the role, the same in every tenant.")
    app_role: str | None = field(
        "The role as it stands in tokens; empty for access without a role, null if the resource "
        "does not tell of such a role."
    )
    created: Timestamp | None = field("When it was given.", wire="createdDateTime")


class Directory(EntraCollector):
    """The directory of a tenant."""

    service = "directory"
    permissions = ("Directory.Read.All",)

    @lists(Tenant)
    async def tenants(self, api: GraphApi) -> AsyncIterator[Tenant]:
        """The tenant itself."""
        async for raw in api.pages("organization", members=_ORGANIZATION):
            yield Tenant.load(raw, api.here, on_premises_sync_enabled=_synchronised(raw))

    @lists(User)
    async def users(self, api: GraphApi) -> AsyncIterator[User]:
        """Users, with what Graph tells of them only when asked."""
        async for raw in api.pages("users", select=_USER, members=_USER, top=_PAGE):
            synchronised = _synchronised(raw)
            yield User.load(
                raw, api.here, tenant=_tenant(api), on_premises_sync_enabled=synchronised
            )

    @lists(Group)
    async def groups(self, api: GraphApi) -> AsyncIterator[Group]:
        """Groups with their members and owners."""

        async def detailed(raw: dict[str, Any]) -> Group:
            return Group.load(
                raw,
                api.here,
                tenant=_tenant(api),
                is_assignable_to_role=bool(raw.get("isAssignableToRole")),  # null is false
                on_premises_sync_enabled=_synchronised(raw),
                members=await _principals(api, "groups/{id}/members", raw["id"]),
                owners=await _principals(api, "groups/{id}/owners", raw["id"]),
            )

        listed = api.pages("groups", select=_GROUP, members=_GROUP, top=_PAGE)
        found = [raw async for raw in listed]
        async for group in api.async_each(detailed, found):
            yield group

    @lists(Application)
    async def applications(self, api: GraphApi) -> AsyncIterator[Application]:
        """Applications with their owners and the tokens that they trust."""
        federated = "applications/{id}/federatedIdentityCredentials"

        async def detailed(raw: dict[str, Any]) -> Application:
            trusted = await api.details(federated, raw["id"], members=_FEDERATED)
            return Application.load(
                raw,
                api.here,
                tenant=_tenant(api),
                federated_credentials=None
                if trusted is None
                else [f"{each['issuer']} {each.get('subject') or ''}" for each in trusted],
                owners=await _principals(api, "applications/{id}/owners", raw["id"]),
            )

        listed = api.pages("applications", select=_APPLICATION, members=_APPLICATION, top=_PAGE)
        found = [raw async for raw in listed]
        async for application in api.async_each(detailed, found):
            yield application

    @lists(ServicePrincipal, AppRoleAssignment)
    async def service_principals(self, api: GraphApi) -> AsyncIterator[EntraResource]:
        """Service principals with their owners, and who holds which of their app roles."""
        assigned = "servicePrincipals/{id}/appRoleAssignedTo"

        async def detailed(raw: dict[str, Any]) -> list[EntraResource]:
            owners = await _principals(api, "servicePrincipals/{id}/owners", raw["id"])
            held = await api.details(
                assigned, raw["id"], members=_ASSIGNMENT, top=_PAGE, lists=AppRoleAssignment
            )
            principal = ServicePrincipal.load(
                raw,
                api.here,
                tenant=_tenant(api),
                application=_application(raw),
                owners=owners,
            )
            roles = {role["id"]: role.get("value") or "" for role in raw.get("appRoles") or []}
            return [principal, *(_assignment(api, each, roles) for each in held or [])]

        shown = _SERVICE_PRINCIPAL
        listed = api.pages("servicePrincipals", select=shown, members=shown, top=_PAGE)
        found = [raw async for raw in listed]
        async for resources in api.async_each(detailed, found):
            for resource in resources:
                yield resource


_ACCESS = {"id": str, "type": str}
_CREDENTIALS = [{"endDateTime": str}]
_ORGANIZATION = {
    "id": str,
    "displayName": str,
    "tenantType": str,
    "verifiedDomains": [{"name": str}],
    "onPremisesSyncEnabled": bool,
}
_PRINCIPAL = {"id": str, "@odata.type": str}
_FEDERATED = {"issuer": str, "subject": str}
_ASSIGNMENT = {
    "id": str,
    "appRoleId": str,
    "principalId": str,
    "principalType": str,
    "principalDisplayName": str,
    "resourceId": str,
    "createdDateTime": str,
}
_USER = {
    "id": str,
    "displayName": str,
    "userPrincipalName": str,
    "mail": str,
    "accountEnabled": bool,
    "userType": str,
    "externalUserState": str,
    "createdDateTime": str,
    "onPremisesSyncEnabled": bool,
    "onPremisesSecurityIdentifier": str,
}
_GROUP = {
    "id": str,
    "displayName": str,
    "description": str,
    "createdDateTime": str,
    "securityEnabled": bool,
    "mailEnabled": bool,
    "groupTypes": [str],
    "membershipRule": str,
    "isAssignableToRole": bool,
    "onPremisesSyncEnabled": bool,
    "visibility": str,
}
_APPLICATION = {
    "id": str,
    "appId": str,
    "displayName": str,
    "createdDateTime": str,
    "signInAudience": str,
    "identifierUris": [str],
    "web": {"redirectUris": [str]},
    "requiredResourceAccess": [{"resourceAppId": str, "resourceAccess": [_ACCESS]}],
    "passwordCredentials": _CREDENTIALS,
    "keyCredentials": _CREDENTIALS,
}
_SERVICE_PRINCIPAL = {
    "id": str,
    "appId": str,
    "displayName": str,
    "appOwnerOrganizationId": str,
    "servicePrincipalType": str,
    "accountEnabled": bool,
    "appRoleAssignmentRequired": bool,
    "signInAudience": str,
    "createdDateTime": str,
    "alternativeNames": [str],
    "servicePrincipalNames": [str],
    "passwordCredentials": _CREDENTIALS,
    "keyCredentials": _CREDENTIALS,
    "appRoles": [{"id": str, "value": str}],
}
_NO_ROLE = "00000000-0000-0000-0000-000000000000"
_KINDS = {
    "User": "users",
    "Group": "groups",
    "ServicePrincipal": "servicePrincipals",
    "#microsoft.graph.user": "users",
    "#microsoft.graph.group": "groups",
    "#microsoft.graph.servicePrincipal": "servicePrincipals",
    "#microsoft.graph.device": "devices",
    "#microsoft.graph.orgContact": "contacts",
}
"""The collection that an object of a type is in."""


def _tenant(api: GraphApi) -> str:
    return DIRECTORY.format(account=api.here.account)


def _principal(api: GraphApi, kind: str, object_id: str) -> str:
    return identity(api.here.account, _KINDS.get(kind, "directoryObjects"), object_id)


def _synchronised(raw: Mapping[str, Any]) -> bool:
    """Whether an object comes from Active Directory; Graph documents null as never."""
    return bool(raw.get("onPremisesSyncEnabled"))


async def _principals(api: GraphApi, operation: str, object_id: str) -> list[str] | None:
    """The identities of an object's members or owners; None if they cannot be read."""
    found = await api.details(operation, object_id, select=("id",), members=_PRINCIPAL, top=_PAGE)
    if found is None:
        return None
    return sorted(_principal(api, each.get("@odata.type", ""), each["id"]) for each in found)


def _application(raw: Mapping[str, Any]) -> str:
    """The application of a service principal: its full identity, or its client id alone where it
    is not known which tenant it belongs to. A managed identity has none."""
    if raw.get("servicePrincipalType") == "ManagedIdentity":
        return ""
    app_id, owner = raw.get("appId") or "", raw.get("appOwnerOrganizationId") or ""
    if not (app_id and owner):
        return app_id
    return Application.identity.format(account=owner.lower(), app_id=app_id)


def _assignment(
    api: GraphApi, raw: Mapping[str, Any], roles: Mapping[str, str]
) -> AppRoleAssignment:
    role = "" if raw["appRoleId"] == _NO_ROLE else roles.get(raw["appRoleId"])
    return AppRoleAssignment.load(
        raw,
        api.here,
        name=f"{role or 'access'} of {raw.get('principalDisplayName') or raw['principalId']}",
        principal=_principal(api, raw["principalType"], raw["principalId"]),
        resource=identity(api.here.account, "servicePrincipals", raw["resourceId"]),
        app_role=role,
    )
