"""Google Kubernetes Engine."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Document, Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, ComputeName, CryptoKeyName, GCPCollector, listing


class Cluster(AssetResource):
    """A cluster with its node pools (projects.locations.clusters.list)."""

    label = "GKECluster"
    identity = "//container.googleapis.com/projects/{account}/locations/{place}/clusters/{name}"
    asset_type = "container.googleapis.com/Cluster"
    path = "container.googleapis.com/v1/projects/{project}/locations/-/clusters"
    shape: ClassVar[Shape] = {
        "nodePools": [{"config": {"serviceAccount": str, "oauthScopes": [str]}}],
        "masterAuthorizedNetworksConfig": {
            "enabled": bool,
            "cidrBlocks": [{"cidrBlock": str}],
            "gcpPublicCidrsAccessEnabled": bool,
        },
        "privateClusterConfig": {"enablePrivateEndpoint": bool, "enablePrivateNodes": bool},
        "legacyAbac": {"enabled": bool},
    }

    status: str | None = field("RUNNING, PROVISIONING, STOPPING, ERROR and others.")
    endpoint: str | None = field("Address of its control plane.")
    version: str | None = field("Version of its control plane.", wire="currentMasterVersion")
    network: ComputeName | None = ref(
        "GCPVpc", by="id", rel="IN_NETWORK", wire="networkConfig.network"
    )
    subnetwork: ComputeName | None = ref(
        "GCPSubnet", by="id", rel="IN_SUBNET", wire="networkConfig.subnetwork"
    )
    node_groups: list[str] | None = ref(
        ("GCPInstanceGroupManager", "UnknownResource"),
        by="id",
        rel="MANAGES",
        wire="instanceGroupUrls",
    )
    service_accounts: list[str] | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    scopes: list[str] | None = field("What its nodes may ask tokens for.", wire="-")
    workload_pool: str | None = field(
        "Pool that its workloads have identities in; empty without workload identity.",
        wire="workloadIdentityConfig.workloadPool",
    )
    private_endpoint: bool | None = field("The control plane has no public address.", wire="-")
    private_nodes: bool | None = field("Nodes have no public addresses.", wire="-")
    authorized_networks_enabled: bool | None = field(
        "Only some ranges reach the control plane.", wire="-"
    )
    authorized_networks: list[str] | None = field(
        "Ranges that reach the control plane.",
        wire="masterAuthorizedNetworksConfig.cidrBlocks[].cidrBlock",
    )
    google_addresses_allowed: bool | None = field(
        "Public addresses of Google Cloud reach the control plane.", wire="-"
    )
    dns_endpoint_external: bool | None = field(
        "The control plane answers at a name from anywhere, to whom IAM allows.",
        wire="controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic",
    )
    legacy_abac: bool | None = field("Service accounts of Kubernetes may do anything.", wire="-")
    secrets_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="databaseEncryption.keyName"
    )
    node_pools: Document | None = field("Its node pools: name, version and how nodes are set up.")
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the cluster, which Asset Inventory may name by its zone; what is off is not
        there."""
        pools = raw.get("nodePools") or []
        configs = [each.get("config") or {} for each in pools]
        named = {each.get("serviceAccount") or "default" for each in configs}
        usual = raw.get("computeAccount")
        accounts = {str(usual) if each == "default" else each for each in named}
        is_known = bool(usual) or "default" not in named
        networks = raw.get("masterAuthorizedNetworksConfig") or {}
        private = raw.get("privateClusterConfig") or {}
        parts = {"account": here.account, "place": raw.get("location"), "name": raw.get("name")}
        fields = {
            "id": cls.identity.format(**parts),
            "service_accounts": sorted(accounts) if is_known else None,
            "scopes": sorted(
                {scope for each in configs for scope in each.get("oauthScopes") or ()}
            ),
            "private_endpoint": private.get("enablePrivateEndpoint", False),
            "private_nodes": private.get("enablePrivateNodes", False),
            "authorized_networks_enabled": networks.get("enabled", False),
            "google_addresses_allowed": networks.get("gcpPublicCidrsAccessEnabled"),
            "legacy_abac": (raw.get("legacyAbac") or {}).get("enabled", False),
            "node_pools": [_pool(each) for each in pools],
        }
        return super().load(raw, here, **fields, **known)


_KEPT = ("machineType", "imageType", "workloadMetadataConfig", "shieldedInstanceConfig", "tags")


def _pool(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a node pool: no metadata."""
    config = raw.get("config") or {}
    kept = {name: config[name] for name in _KEPT if name in config}
    return {"name": raw.get("name"), "version": raw.get("version"), "config": kept}


class GKE(GCPCollector):
    """Clusters."""

    service = "container"
    permissions = (
        "cloudasset.assets.listResource",
        "container.clusters.list",
        "resourcemanager.projects.get",
    )

    clusters = listing(Cluster)
