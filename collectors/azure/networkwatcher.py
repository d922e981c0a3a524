"""Azure Network Watcher: flow logs."""

from ...graph.model import field, ref
from .base import AzureCollector, TrackedResource, listing


class FlowLog(TrackedResource):
    """What records the traffic of a network or of a part of it (Resource Graph: resources)."""

    label = "AzureFlowLog"
    arm_type = "Microsoft.Network/networkWatchers/flowLogs"

    enabled: bool | None = field("It is on.")
    retention_days: int | None = field("For how long; 0 is for ever.", wire="retentionPolicy.days")
    target: str | None = ref(
        (
            "AzureVirtualNetwork",
            "AzureNetworkSecurityGroup",
            "AzureSubnet",
            "AzureNetworkInterface",
        ),
        by="id",
        rel="AUDITS",
        wire="targetResourceId",
    )
    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="LOGS_TO", wire="storageId"
    )
    workspace: str | None = ref(
        "AzureLogAnalyticsWorkspace",
        by="id",
        rel="LOGS_TO",
        wire="flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration"
        ".workspaceResourceId",
    )


class NetworkWatcher(TrackedResource):
    """What flow logs of a region lie in (Resource Graph: resources)."""

    label = "AzureNetworkWatcher"
    arm_type = "Microsoft.Network/networkWatchers"


class NetworkWatchers(AzureCollector):
    """Flow logs, and the watchers that they lie in."""

    service = "networkwatcher"

    flow_logs = listing(FlowLog)
    network_watchers = listing(NetworkWatcher)
