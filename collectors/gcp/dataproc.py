"""Dataproc."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AssetResource, ComputeName, CryptoKeyName, GCPCollector, listing


class DataprocCluster(AssetResource):
    """A cluster (Asset Inventory)."""

    label = "GCPDataprocCluster"
    identity = "//dataproc.googleapis.com/projects/{account}/regions/{place}/clusters/{name}"
    asset_type = "dataproc.googleapis.com/Cluster"
    shape: ClassVar[Shape] = {"config": {"gceClusterConfig": {"serviceAccount": str}}}

    name: str | None = field("Name.", wire="clusterName")
    state: str | None = field("RUNNING, STOPPED, ERROR and others.", wire="status.state")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    scopes: list[str] | None = field(
        "What its machines may ask tokens for.", wire="config.gceClusterConfig.serviceAccountScopes"
    )
    network: ComputeName | None = ref(
        "GCPVpc", by="id", rel="IN_NETWORK", wire="config.gceClusterConfig.networkUri"
    )
    subnetwork: ComputeName | None = ref(
        "GCPSubnet", by="id", rel="IN_SUBNET", wire="config.gceClusterConfig.subnetworkUri"
    )
    bucket: str | None = ref("GCPBucket", by="name", rel="READS_FROM", wire="config.configBucket")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="config.encryptionConfig.gcePdKmsKeyName"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the cluster, whose machines act as those of Compute Engine where none is named."""
        machines = (raw.get("config") or {}).get("gceClusterConfig") or {}
        account = machines.get("serviceAccount") or raw.get("computeAccount")
        return super().load(raw, here, **{"service_account": account, **known})


class Dataproc(GCPCollector):
    """Clusters."""

    service = "dataproc"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
    )

    clusters = listing(DataprocCluster)
