"""Applications, and whose tokens they take for their own."""

from collections.abc import AsyncIterator

from ...graph.model import Document, Timestamp, field, ref
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
)
from .session import GraphApi


class Application(DirectoryObject):
    """An application registered in the tenant (List applications, List owners)."""

    label = "EntraApplication"
    identity = APPLICATION
    global_keys = ("app_id",)

    app_id: str | None = field("Client id, the same in every tenant that uses it.")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    publisher_domain: str | None = field("Domain of who published it.")
    verified_publisher: str | None = field(
        "Name of its publisher, if Microsoft has verified that.",
        wire="verifiedPublisher.displayName",
    )
    sign_in_audience: str | None = field("Accounts that may sign in.")
    identifier_uris: list[str] | None = field("URIs that name it as an API.")
    redirect_uris: list[str] | None = field("Where sign-ins return to.", wire="web.redirectUris")
    spa_redirect_uris: list[str] | None = field(
        "The same of single-page applications.", wire="spa.redirectUris"
    )
    public_client_redirect_uris: list[str] | None = field(
        "The same of clients without a secret.", wire="publicClient.redirectUris"
    )
    is_fallback_public_client: bool | None = field("Clients without a secret may use it.")
    app_roles: Document | None = field("Roles that can be given on it.")
    delegated_permissions: Document | None = field(
        "Permissions that it offers over users' own rights.", wire="api.oauth2PermissionScopes"
    )
    access_token_version: int | None = field(
        "Version of the tokens for it as an API: 1 or 2.", wire="-"
    )
    required_resource_access: Document | None = field("Permissions that it asks for.")
    secret_expiries: list[str] | None = field(
        "When its client secrets end.", wire="passwordCredentials[].endDateTime"
    )
    certificate_expiries: list[str] | None = field(
        "When its certificates end.", wire="keyCredentials[].endDateTime"
    )
    certificate_thumbprints: list[str] | None = field(
        "Thumbprints of its certificates.", wire="keyCredentials[].customKeyIdentifier"
    )
    is_credential_locked: bool | None = field(
        "In other tenants no credentials can be added to its service principals.", wire="-"
    )
    is_agent_blueprint: bool | None = field(
        "Agents' identities are made of it, and sign in with its credentials.", wire="-"
    )
    owners: list[str] | None = ref(
        PRINCIPALS, by="id", rel="OWNED_BY", call="applications/{id}/owners"
    )


class FederatedIdentityCredential(EntraResource):
    """Whose tokens an application takes for its own (List federatedIdentityCredentials)."""

    label = "EntraFederatedIdentityCredential"
    identity = APPLICATION + "/federatedIdentityCredentials/{key}"

    name: str | None = field("Name.", wire="name")
    key: str | None = field("Id within the application.", wire="id")
    app_id: str | None = field("Client id of the application.")
    application: str | None = ref("EntraApplication", by="id", rel="PART_OF")
    issuer: str | None = field("Who signs the tokens.")
    subject: str | None = field("Whom the tokens are about; empty if an expression says it.")
    audiences: list[str] | None = field("Whom the tokens are for.")
    claims_matching_expression: str | None = field(
        "What the tokens' claims must match, instead of a subject.",
        wire="claimsMatchingExpression.value",
    )


class Applications(EntraCollector):
    """The applications registered in a tenant."""

    service = "applications"
    permissions = ("Application.Read.All",)

    @lists(
        Application,
        FederatedIdentityCredential,
        through={FederatedIdentityCredential: Application},
    )
    async def applications(self, api: GraphApi) -> AsyncIterator[EntraResource]:
        """Applications with their owners and the tokens that they trust."""
        tenant = api.here.account
        listed = api.pages(
            "applications",
            select=_APPLICATION,
            members={**_APPLICATION, "@odata.type": str},
            required=("id", "appId"),
            top=PAGE,
            lists=Application,
        )
        found = [raw async for raw in listed]
        ids = [raw["id"] for raw in found]
        owners = await api.details(
            "applications/{id}/owners", ids, select=("id",), members=PRINCIPAL, top=PAGE
        )
        trusted = await api.details(
            "applications/{id}/federatedIdentityCredentials",
            ids,
            members=_FEDERATED,
            required=("id", "issuer"),
            lists=FederatedIdentityCredential,
        )
        for raw in found:
            lock = raw.get("servicePrincipalLockConfiguration") or {}
            application = Application.load(
                raw,
                api.here,
                tenant=DIRECTORY.format(account=tenant),
                is_credential_locked=bool(lock.get("isEnabled"))
                and bool(lock.get("allProperties") or lock.get("credentialsWithUsageVerify")),
                is_agent_blueprint=raw.get("@odata.type") == _BLUEPRINT,
                access_token_version=(raw.get("api") or {}).get("requestedAccessTokenVersion") or 1,
                owners=identities(tenant, owners[raw["id"]]),
            )
            yield application
            for each in trusted[raw["id"]] or ():
                yield FederatedIdentityCredential.load(
                    each, api.here, app_id=raw["appId"], application=application.id
                )


_BLUEPRINT = "#microsoft.graph.agentIdentityBlueprint"
_ACCESS = {"id": str, "type": str}
_REDIRECTS = {"redirectUris": [str]}
_APPLICATION = {
    "id": str,
    "appId": str,
    "displayName": str,
    "createdDateTime": str,
    "publisherDomain": str,
    "verifiedPublisher": {"displayName": str},
    "signInAudience": str,
    "identifierUris": [str],
    "web": _REDIRECTS,
    "spa": _REDIRECTS,
    "publicClient": _REDIRECTS,
    "isFallbackPublicClient": bool,
    "appRoles": [{"id": str, "value": str}],
    "api": {
        "oauth2PermissionScopes": [{"id": str, "value": str}],
        "requestedAccessTokenVersion": int,
    },
    "requiredResourceAccess": [{"resourceAppId": str, "resourceAccess": [_ACCESS]}],
    "passwordCredentials": [{"endDateTime": str}],
    "keyCredentials": [{"endDateTime": str, "customKeyIdentifier": str}],
    "servicePrincipalLockConfiguration": {
        "isEnabled": bool,
        "allProperties": bool,
        "credentialsWithUsageVerify": bool,
    },
}
_FEDERATED = {
    "id": str,
    "name": str,
    "issuer": str,
    "subject": str,
    "audiences": [str],
    "claimsMatchingExpression": {"value": str},
}
