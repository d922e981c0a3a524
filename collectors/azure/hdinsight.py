"""Azure HDInsight."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Identified, listing


class HDInsightCluster(Identified):
    """A cluster (Resource Graph: resources)."""

    label = "AzureHDInsightCluster"
    arm_type = "Microsoft.HDInsight/clusters"
    shape: ClassVar[Shape] = {
        "computeProfile": {"roles": [{"virtualNetworkProfile": {"subnet": str}}]}
    }

    cluster_version: str | None = field("Version of its software.")
    state: str | None = field("Running and others.", wire="clusterState")
    subnets: list[str] | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="-")
    storage_accounts: list[str] | None = ref(
        "AzureStorageAccount",
        by="id",
        rel="READS_FROM",
        wire="storageProfile.storageaccounts[].resourceId",
    )
    outbound_connection: str | None = field(
        "Inbound or Outbound: which way Azure's own machines connect.",
        wire="networkProperties.resourceProviderConnection",
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the cluster out of the roles of its machines."""
        roles = (raw.get("computeProfile") or {}).get("roles") or []
        named = {(each.get("virtualNetworkProfile") or {}).get("subnet") or "" for each in roles}
        return super().load(raw, here, **{"subnets": sorted(named - {""}), **known})


class HDInsight(AzureCollector):
    """HDInsight clusters."""

    service = "hdinsight"

    clusters = listing(HDInsightCluster)
