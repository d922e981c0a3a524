"""Identities from elsewhere: pools of workloads and of people, and who issues their tokens."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from ...graph.model import KeyValues, Location, Resource, field, ref
from ..collector import lists
from .base import RESOURCE_MANAGER, AssetResource, GCPCollector, listing
from .session import GCPApi

_POOL = "//iam.googleapis.com/projects/{account}/locations/global/workloadIdentityPools/{pool_id}"
_WORKFORCE = "//iam.googleapis.com/locations/global/workforcePools/{pool_id}"


_NAMED = {"name": str}


class Pool(AssetResource):
    """A pool of identities from elsewhere."""

    unique_within = "global"

    pool_id: str | None = field("Id of the pool.", wire="shortName")
    display_name: str | None = field("Display name.")
    description: str | None = field("Description.")
    state: str | None = field("ACTIVE or DELETED.")
    disabled: bool | None = field("No token is exchanged.")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the pool, which is in use where nothing is said of that."""
        return super().load(raw, here, **{"disabled": raw.get("disabled", False), **known})


class Provider(AssetResource):
    """Whose tokens a pool takes."""

    unique_within = "global"

    provider_id: str | None = field("Id within the pool.", wire="shortName")
    display_name: str | None = field("Display name.")
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

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the provider, a part of the pool that its name tells."""
        pool = raw["fullName"].partition("/providers/")[0]
        disabled = raw.get("disabled", False)
        return super().load(raw, here, **{"pool": pool, "disabled": disabled, **known})


class WorkloadIdentityPool(Pool):
    """A pool of workloads from elsewhere (workloadIdentityPools.list)."""

    label = "GCPWorkloadIdentityPool"
    identity = _POOL
    listing_omits = (_POOL.format(account="{account}", pool_id="{cluster_pool}.svc.id.goog"),)
    asset_type = "iam.googleapis.com/WorkloadIdentityPool"
    path = "iam.googleapis.com/v1/projects/{project}/locations/global/workloadIdentityPools"

    mode: str | None = field("FEDERATION_ONLY, TRUST_DOMAIN, or empty.")


class WorkloadIdentityProvider(Provider):
    """Whose tokens a pool of workloads takes (workloadIdentityPools.providers.list)."""

    label = "GCPWorkloadIdentityProvider"
    identity = _POOL + "/providers/{provider_id}"
    asset_type = "iam.googleapis.com/WorkloadIdentityPoolProvider"
    path = "iam.googleapis.com/v1/{parent}/providers"
    collection = "workloadIdentityPoolProviders"

    pool: str | None = ref("GCPWorkloadIdentityPool", by="id", rel="PART_OF", wire="-")
    aws_account: str | None = field(
        "Account of AWS whose roles it takes; else empty.", wire="aws.accountId"
    )


class WorkforcePool(Pool):
    """A pool of people from elsewhere (workforcePools.list)."""

    label = "GCPWorkforcePool"
    identity = _WORKFORCE

    organization: str | None = ref("GCPOrganization", by="id", rel="IN_ACCOUNT", wire="-")
    project: str | None = field("Empty: it belongs to no project.", wire="-")


class WorkforceProvider(Provider):
    """Whose tokens a pool of people takes (workforcePools.providers.list)."""

    label = "GCPWorkforceProvider"
    identity = _WORKFORCE + "/providers/{provider_id}"

    pool: str | None = ref("GCPWorkforcePool", by="id", rel="PART_OF", wire="-")
    client_id: str | None = field("Id of the client of OpenID Connect.", wire="oidc.clientId")
    project: str | None = field("Empty: it belongs to no project.", wire="-")


class WorkloadIdentity(GCPCollector):
    """Pools of identities from elsewhere, and whose tokens they take."""

    service = "workload-identity"
    permissions = (
        "cloudasset.assets.listResource",
        "iam.workforcePoolProviders.list",
        "iam.workforcePools.list",
        "iam.workloadIdentityPoolProviders.list",
        "iam.workloadIdentityPools.list",
        "resourcemanager.projects.get",
    )

    workload_pools = listing(WorkloadIdentityPool, WorkloadIdentityProvider)

    @lists(WorkforcePool, WorkforceProvider, through={WorkforceProvider: WorkforcePool})
    def workforce_pools(self, api: GCPApi) -> Iterator[Resource]:
        """Pools of people, which belong to the organization."""
        for scope in api.scopes(WorkforcePool):
            if not scope.startswith("organizations/"):
                continue
            host = "iam.googleapis.com/v1"
            pools = api.listed(
                "workforcePools.list",
                f"{host}/locations/global/workforcePools",
                "workforcePools",
                _NAMED,
                lists=WorkforcePool,
                params={"parent": scope},
            )
            for raw in pools:
                pool = api.described(WorkforcePool, raw)
                found = api.detailed(
                    "workforcePools.providers.list",
                    f"{host}/{raw['name']}/providers",
                    "workforcePoolProviders",
                    _NAMED,
                    lists=WorkforceProvider,
                )
                if not api.tells(scope):
                    continue
                known = {"account": scope, "project": ""}
                organization = f"{RESOURCE_MANAGER}{scope}"
                yield WorkforcePool.load(pool, api.here, organization=organization, **known)
                for each in found or ():
                    provider = api.described(WorkforceProvider, each)
                    yield WorkforceProvider.load(provider, api.here, **known)
