"""Azure Databricks."""

from ...graph.model import field, ref
from .base import AzureCollector, PlatformService, listing


class DatabricksWorkspace(PlatformService):
    """A workspace (Resource Graph: resources)."""

    label = "AzureDatabricksWorkspace"
    arm_type = "Microsoft.Databricks/workspaces"

    host: str | None = field("Host that answers for it.", wire="workspaceUrl")
    managed_resource_group: str | None = ref(
        "AzureResourceGroup", by="id", rel="MANAGES", wire="managedResourceGroupId"
    )
    virtual_network: str | None = ref(
        "AzureVirtualNetwork",
        by="id",
        rel="IN_NETWORK",
        wire="parameters.customVirtualNetworkId.value",
    )
    no_public_ip: bool | None = field(
        "Its machines have no public addresses.", wire="parameters.enableNoPublicIp.value"
    )
    access_connector: str | None = field(
        "What gives it an identity; else empty.", wire="accessConnector.id"
    )


class Databricks(AzureCollector):
    """Databricks workspaces."""

    service = "databricks"

    workspaces = listing(DatabricksWorkspace)
