"""Service principals, the app roles that are held on them, and what users have consented to."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import (
    APPLICATION,
    DIRECTORY,
    PAGE,
    PRINCIPAL,
    PRINCIPALS,
    DirectoryObject,
    EntraCollector,
    EntraResource,
    identities,
    identity,
    typed_identity,
)
from .session import GraphApi


class ServicePrincipal(DirectoryObject):
    """An application's, a managed identity's or an agent's account in the tenant (List
    servicePrincipals, List owners, Get agentIdentity)."""

    label = "EntraServicePrincipal"
    identity = DIRECTORY + "/servicePrincipals/{object_id}"
    unique_within = "account"

    app_id: str | None = field("Client id of its application.")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    application: str | None = ref(
        "EntraApplication",
        by=("id", "app_id"),
        rel="RUNS_AS",
        inverse=True,
        call="servicePrincipals/{id}/microsoft.graph.agentIdentity",
    )
    app_owner_organization_id: str | None = field("Tenant that its application belongs to.")
    service_principal_type: str | None = field(
        "Application, ManagedIdentity, Legacy or, of an agent, ServiceIdentity."
    )
    account_enabled: bool | None = field("May sign in.")
    app_role_assignment_required: bool | None = field("Only who was given a role may use it.")
    sign_in_audience: str | None = field("Accounts that may sign in.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    alternative_names: list[str] | None = field("The Azure resource of a managed identity.")
    service_principal_names: list[str] | None = field("Names that tokens can be asked for by.")
    verified_publisher: str | None = field(
        "Name of its publisher, if Microsoft has verified that.",
        wire="verifiedPublisher.displayName",
    )
    preferred_single_sign_on_mode: str | None = field("How users sign in to it: saml, oidc.")
    login_url: str | None = field("Where sign-ins start.")
    reply_urls: list[str] | None = field("Where sign-ins return to.")
    labels: list[str] | None = field("What the API calls its tags.", wire="tags")
    secret_expiries: list[str] | None = field(
        "When secrets of its own end.", wire="passwordCredentials[].endDateTime"
    )
    certificate_expiries: list[str] | None = field(
        "When certificates of its own end.", wire="keyCredentials[].endDateTime"
    )
    certificate_thumbprints: list[str] | None = field(
        "Thumbprints of its own certificates.", wire="keyCredentials[].customKeyIdentifier"
    )
    owners: list[str] | None = ref(
        PRINCIPALS, by="id", rel="OWNED_BY", call="servicePrincipals/{id}/owners"
    )


class AppRoleAssignment(EntraResource):
    """An app role that a user, group or service principal holds on a service principal (List
    appRoleAssignedTo)."""

    label = "EntraAppRoleAssignment"
    identity = DIRECTORY + "/servicePrincipals/{resource_id}/appRoleAssignedTo/{assignment_id}"

    name: str | None = field("The role and who holds it.", wire="-")
    assignment_id: str | None = field("Id within the resource.", wire="id")
    resource_id: str | None = field("Object id of the service principal that it opens.")
    principal: str | None = ref(PRINCIPALS, by="id", rel="GRANTED_TO")
    resource: str | None = ref("EntraServicePrincipal", by="id", rel="GRANTS_ON")
    app_role_id: str | None = field("Id of the role, the same in every tenant.")
    app_role: str | None = field(
        "The role as it stands in tokens; empty for access without a role, null if the resource "
        "does not tell of such a role."
    )
    created: Timestamp | None = field("When it was given.", wire="createdDateTime")


class DelegatedGrant(EntraResource):
    """What a client may do on an API in the name of users who sign in to it (List
    oauth2PermissionGrants)."""

    label = "EntraDelegatedGrant"
    identity = DIRECTORY + "/oauth2PermissionGrants/{grant_id}"

    name: str | None = field("The permissions.", wire="-")
    grant_id: str | None = field("Id.", wire="id")
    client: str | None = ref("EntraServicePrincipal", by="id", rel="GRANTED_TO")
    resource: str | None = ref("EntraServicePrincipal", by="id", rel="GRANTS_ON")
    user: str | None = ref("EntraUser", by="id", rel="COVERS")
    consent_type: str | None = field("AllPrincipals, or Principal for one user alone.")
    scopes: list[str] | None = field("The permissions.", wire="-")


class ServicePrincipals(EntraCollector):
    """The service principals of a tenant, and what they may do on each other."""

    service = "service-principals"
    permissions = ("Application.Read.All", "Directory.Read.All")

    @lists(ServicePrincipal, AppRoleAssignment, through={AppRoleAssignment: ServicePrincipal})
    async def service_principals(self, api: GraphApi) -> AsyncIterator[EntraResource]:
        """Service principals with their owners, and who holds which of their app roles."""
        tenant = api.here.account
        listed = api.pages(
            "servicePrincipals",
            select=_SERVICE_PRINCIPAL,
            members=_SERVICE_PRINCIPAL,
            top=PAGE,
            lists=ServicePrincipal,
        )
        found = [raw async for raw in listed]
        ids = [raw["id"] for raw in found]
        owners = await api.details(
            "servicePrincipals/{id}/owners", ids, select=("id",), members=PRINCIPAL, top=PAGE
        )
        held = await api.details(
            "servicePrincipals/{id}/appRoleAssignedTo",
            ids,
            members=_ASSIGNMENT,
            required=("id", "appRoleId", "principalId", "principalType", "resourceId"),
            top=PAGE,
            lists=AppRoleAssignment,
        )
        agents = [raw["id"] for raw in found if raw.get("servicePrincipalType") == _AGENT]
        made_of = {
            agent: blueprint
            async for agent, blueprint in api.async_each(partial(_blueprint, api), agents)
        }
        for raw in found:
            yield ServicePrincipal.load(
                raw,
                api.here,
                tenant=DIRECTORY.format(account=tenant),
                application=made_of[raw["id"]] if raw["id"] in made_of else _application(raw),
                tags=None,
                owners=identities(tenant, owners[raw["id"]]),
            )
            roles = {role["id"]: role.get("value") or "" for role in raw.get("appRoles") or []}
            for each in held[raw["id"]] or ():
                yield _assignment(api, each, roles)

    @lists(DelegatedGrant)
    async def delegated_grants(self, api: GraphApi) -> AsyncIterator[DelegatedGrant]:
        """What was consented to, by users and for all of them."""
        tenant = api.here.account
        async for raw in api.pages(
            "oauth2PermissionGrants",
            members=_GRANT,
            required=("id", "clientId", "resourceId"),
            top=PAGE,
        ):
            user = raw.get("principalId")
            scope = raw.get("scope") or ""
            yield DelegatedGrant.load(
                raw,
                api.here,
                name=scope.strip(),
                client=identity(tenant, "servicePrincipals", raw["clientId"]),
                resource=identity(tenant, "servicePrincipals", raw["resourceId"]),
                user=identity(tenant, "users", user) if user else "",
                scopes=scope.split(),
            )


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
    "verifiedPublisher": {"displayName": str},
    "preferredSingleSignOnMode": str,
    "loginUrl": str,
    "replyUrls": [str],
    "tags": [str],
    "passwordCredentials": [{"endDateTime": str}],
    "keyCredentials": [{"endDateTime": str, "customKeyIdentifier": str}],
    "appRoles": [{"id": str, "value": str}],
}
_ASSIGNMENT = {
    "id": str,
    "appRoleId": str,
    "principalId": str,
    "principalType": str,
    "principalDisplayName": str,
    "resourceId": str,
    "createdDateTime": str,
}
_GRANT = {
    "id": str,
    "clientId": str,
    "resourceId": str,
    "principalId": str,
    "consentType": str,
    "scope": str,
}
_AGENT = "ServiceIdentity"
_MADE_OF = {"id": str, "agentIdentityBlueprintId": str}
_NO_ROLE = "00000000-0000-0000-0000-000000000000"


def _application(raw: Mapping[str, Any]) -> str:
    """The application of a service principal: its full identity, or its client id alone where it
    is not known which tenant it belongs to. A managed identity has none."""
    if raw.get("servicePrincipalType") == "ManagedIdentity":
        return ""
    app_id, owner = raw.get("appId") or "", raw.get("appOwnerOrganizationId") or ""
    if not (app_id and owner):
        return app_id
    return APPLICATION.format(account=owner.lower(), app_id=app_id)


async def _blueprint(api: GraphApi, agent: str) -> tuple[str, str | None]:
    """What an agent's identity is made of and signs in with; None if it could not be read."""
    described = await api.detail(
        "servicePrincipals/{id}/microsoft.graph.agentIdentity",
        agent,
        members=_MADE_OF,
        required=_MADE_OF,
    )
    return agent, None if described is None else described["agentIdentityBlueprintId"]


def _assignment(
    api: GraphApi, raw: Mapping[str, Any], roles: Mapping[str, str]
) -> AppRoleAssignment:
    role = "" if raw["appRoleId"] == _NO_ROLE else roles.get(raw["appRoleId"])
    return AppRoleAssignment.load(
        raw,
        api.here,
        name=f"{role or 'access'} of {raw.get('principalDisplayName') or raw['principalId']}",
        principal=typed_identity(api.here.account, raw["principalType"], raw["principalId"]),
        resource=identity(api.here.account, "servicePrincipals", raw["resourceId"]),
        app_role=role,
    )
