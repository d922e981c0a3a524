"""The tenant and its domains."""

from collections.abc import AsyncIterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import DIRECTORY, EntraCollector, EntraResource, is_synchronised
from .session import GraphApi


class Tenant(EntraResource):
    """A tenant (List organizations)."""

    label = "EntraTenant"
    identity = DIRECTORY

    tenant_id: str | None = field("Id without the path.", wire="id")
    tenant_type: str | None = field("AAD, AAD B2C or CIAM.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    verified_domains: list[str] | None = field("Domains.", wire="verifiedDomains[].name")
    on_premises_sync_enabled: bool | None = field("Users are synchronised from Active Directory.")


class Domain(EntraResource):
    """A domain of a tenant (List domains, List federationConfigurations)."""

    label = "EntraDomain"
    identity = DIRECTORY + "/domains/{name}"

    name: str | None = field("The domain.", wire="id")
    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    authentication_type: str | None = field(
        "Managed (by Entra ID) or Federated (by another identity provider)."
    )
    is_default: bool | None = field("New users get it.")
    is_initial: bool | None = field("It was made with the tenant.")
    is_verified: bool | None = field("The tenant has proved that it owns it.")
    federation_issuer: str | None = field(
        "Issuer of the tokens by which its users sign in; empty if it is not federated.",
        call="domains/{id}/federationConfiguration",
    )
    federated_idp_mfa_behavior: str | None = field(
        "Whether multi-factor authentication by the identity provider counts; empty if the domain "
        "is not federated.",
        call="domains/{id}/federationConfiguration",
    )


class TenantCollector(EntraCollector):
    """The tenant itself."""

    service = "tenant"
    permissions = ("Directory.Read.All", "Domain-InternalFederation.Read.All", "Domain.Read.All")

    @lists(Tenant)
    async def tenants(self, api: GraphApi) -> AsyncIterator[Tenant]:
        """The tenant."""
        async for raw in api.pages("organization", members=_ORGANIZATION):
            yield Tenant.load(raw, api.here, on_premises_sync_enabled=is_synchronised(raw))

    @lists(Domain)
    async def domains(self, api: GraphApi) -> AsyncIterator[Domain]:
        """Its domains, with whose tokens their users sign in."""
        found = [raw async for raw in api.pages("domains", members=_DOMAIN)]
        federated = [raw["id"] for raw in found if raw.get("authenticationType") == "Federated"]
        trusted = await api.details(
            "domains/{id}/federationConfiguration", federated, members=_FEDERATION, required=()
        )
        for raw in found:
            known: dict[str, str | None] = {
                "federation_issuer": "",
                "federated_idp_mfa_behavior": "",
            }
            if raw["id"] in trusted:
                first = next(iter(trusted[raw["id"]] or ()), {})
                known = {
                    "federation_issuer": first.get("issuerUri"),
                    "federated_idp_mfa_behavior": first.get("federatedIdpMfaBehavior"),
                }
            yield Domain.load(
                raw, api.here, tenant=DIRECTORY.format(account=api.here.account), **known
            )


_ORGANIZATION = {
    "id": str,
    "displayName": str,
    "tenantType": str,
    "createdDateTime": str,
    "verifiedDomains": [{"name": str}],
    "onPremisesSyncEnabled": bool,
}
_DOMAIN = {
    "id": str,
    "authenticationType": str,
    "isDefault": bool,
    "isInitial": bool,
    "isVerified": bool,
}
_FEDERATION = {"issuerUri": str, "federatedIdpMfaBehavior": str}
