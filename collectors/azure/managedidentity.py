"""Azure managed identities that are resources of their own."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Part, TrackedResource, listing, principal


class UserAssignedIdentity(TrackedResource):
    """A managed identity that resources are given (Resource Graph: resources)."""

    label = "AzureUserAssignedIdentity"
    arm_type = "Microsoft.ManagedIdentity/userAssignedIdentities"
    shape: ClassVar[Shape] = {"tenantId": str, "principalId": str}

    client_id: str | None = field("Id of its application.")
    principal_id: str | None = field("Object id of its service principal.")
    tenant_id: str | None = field("Tenant of its service principal.")
    isolation_scope: str | None = field("Regional, or None if it may be used everywhere.")
    service_principal: str | None = ref("EntraServicePrincipal", by="id", rel="RESOLVES_TO")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the identity and names its service principal."""
        account = principal(raw.get("tenantId"), raw.get("principalId"))
        return super().load(raw, here, **{"service_principal": account, **known})


class FederatedIdentityCredential(Part):
    """A token of another issuer that acts as a managed identity (Federated Identity Credentials -
    List)."""

    label = "AzureFederatedIdentityCredential"
    arm_type = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    api_version = "2024-11-30"

    managed_identity: str | None = ref(
        "AzureUserAssignedIdentity", by="id", rel="PART_OF", wire="containedIn"
    )
    issuer: str | None = field("Who issues the tokens.")
    subject: str | None = field("Whom they are issued to, compared with regard to case.")
    audiences: list[str] | None = field("Whom they are issued for.")
    matching_expression: str | None = field(
        "What tokens must say in place of a fixed subject; else empty.",
        wire="claimsMatchingExpression.value",
    )


class ManagedIdentities(AzureCollector):
    """User-assigned identities, and the tokens from elsewhere that act as them."""

    service = "managedidentity"

    user_assigned_identities = listing(UserAssignedIdentity, FederatedIdentityCredential)
