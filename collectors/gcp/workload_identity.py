"""Identities from elsewhere: pools of workloads and of people, and who issues their tokens."""

from ...graph.model import KeyValues, field, ref
from .base import GCPResource

_POOL = "//iam.googleapis.com/projects/{account}/locations/global/workloadIdentityPools/{pool_id}"
_WORKFORCE = "//iam.googleapis.com/locations/global/workforcePools/{pool_id}"


class Pool(GCPResource):
    """A pool of identities from elsewhere."""

    unique_within = "global"

    id: str = field("Full resource name, with the project's id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    pool_id: str | None = field("Id of the pool.", wire="-")
    description: str | None = field("Description.")
    state: str | None = field("ACTIVE or DELETED.")
    disabled: bool | None = field("No token is exchanged.")


class Provider(GCPResource):
    """Whose tokens a pool takes."""

    unique_within = "global"

    id: str = field("Full resource name, with the project's id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    provider_id: str | None = field("Id within the pool.", wire="-")
    state: str | None = field("ACTIVE or DELETED.")
    disabled: bool | None = field("No token of it is exchanged.")
    issuer: str | None = field("Issuer of OpenID Connect tokens.", wire="oidc.issuerUri")
    audiences: list[str] | None = field(
        "Whom tokens must be for; empty for the provider's own name.",
        wire="oidc.allowedAudiences",
    )
    saml_metadata: str | None = field(
        "Metadata of a SAML provider, which holds public certificates.", wire="saml.idpMetadataXml"
    )
    attribute_mapping: KeyValues | None = field(
        "What becomes of the claims: `google.subject=assertion.sub`."
    )
    attribute_condition: str | None = field("What a token must say, in CEL; empty for anything.")


class WorkloadIdentityPool(Pool):
    """A pool of workloads from elsewhere (workloadIdentityPools.list)."""

    label = "GCPWorkloadIdentityPool"
    identity = _POOL

    mode: str | None = field("FEDERATION_ONLY, TRUST_DOMAIN, or empty.")
    project: str | None = ref("GCPProject", by="id", rel="IN_ACCOUNT", wire="-")


class WorkloadIdentityProvider(Provider):
    """Whose tokens a pool of workloads takes (workloadIdentityPools.providers.list)."""

    label = "GCPWorkloadIdentityProvider"
    identity = _POOL + "/providers/{provider_id}"

    pool: str | None = ref("GCPWorkloadIdentityPool", by="id", rel="PART_OF", wire="-")
    aws_account: str | None = field(
        "Account of AWS whose roles it takes; else empty.", wire="aws.accountId"
    )


class WorkforcePool(Pool):
    """A pool of people from elsewhere (workforcePools.list)."""

    label = "GCPWorkforcePool"
    identity = _WORKFORCE

    organization: str | None = ref("GCPOrganization", by="id", rel="IN_ACCOUNT", wire="-")


class WorkforceProvider(Provider):
    """Whose tokens a pool of people takes (workforcePools.providers.list)."""

    label = "GCPWorkforceProvider"
    identity = _WORKFORCE + "/providers/{provider_id}"

    pool: str | None = ref("GCPWorkforcePool", by="id", rel="PART_OF", wire="-")
    client_id: str | None = field("Id of the client of OpenID Connect.", wire="oidc.clientId")
