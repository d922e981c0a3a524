"""Azure Data Explorer."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, PlatformService, listing


class KustoCluster(PlatformService, Identified):
    """A cluster (Resource Graph: resources)."""

    label = "AzureKustoCluster"
    arm_type = "Microsoft.Kusto/clusters"

    host: Host | None = field("Host that answers for it.", wire="uri")
    state: str | None = field("Running, Stopped and others.")
    ip_rules: list[str] | None = field(
        "Addresses that are let in; empty is everyone.", wire="allowedIpRangeList"
    )
    trusted_external_tenants: list[str] | None = field(
        "Tenants whose principals it lets in; `*` is every one.",
        wire="trustedExternalTenants[].value",
    )
    disk_encryption: bool | None = field("Its disks are encrypted.", wire="enableDiskEncryption")
    subnet: str | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="virtualNetworkConfiguration.subnetId"
    )


class Kusto(AzureCollector):
    """Data Explorer clusters."""

    service = "kusto"

    clusters = listing(KustoCluster)
