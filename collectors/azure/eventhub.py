"""Azure Event Hubs."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, Part, PlatformService, listing


class EventHubsNamespace(PlatformService, Identified):
    """A namespace of event hubs (Resource Graph: resources)."""

    label = "AzureEventHubsNamespace"
    arm_type = "Microsoft.EventHub/namespaces"

    sku: str | None = field("Basic, Standard, Premium or Dedicated.", wire="sku.name")
    host: Host | None = field("Host that answers for it.", wire="serviceBusEndpoint")
    cluster: str | None = field("Dedicated cluster, by id; else empty.", wire="clusterArmId")
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")
    minimum_tls_version: str | None = field("Oldest TLS that is answered.")
    key_source: str | None = field("Whose key encrypts it.", wire="encryption.keySource")


class EventHubsNetworkRules(Part):
    """Whom a namespace lets in (Namespaces - List Network Rule Set)."""

    label = "AzureEventHubsNetworkRuleSet"
    arm_type = "Microsoft.EventHub/namespaces/networkRuleSets"
    api_version = "2024-01-01"

    namespace: str | None = ref(
        "AzureEventHubsNamespace", by="id", rel="PROTECTED_BY", inverse=True, wire="containedIn"
    )
    default_action: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny."
    )
    ip_rules: list[str] | None = field("Addresses that are let in.", wire="ipRules[].ipMask")
    trusted_services: bool | None = field(
        "Trusted services pass all rules.", wire="trustedServiceAccessEnabled"
    )
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="ALLOWS_FROM", wire="virtualNetworkRules[].subnet.id"
    )


class EventHub(Part):
    """An event hub (Event Hubs - List By Namespace)."""

    label = "AzureEventHub"
    arm_type = "Microsoft.EventHub/namespaces/eventhubs"
    api_version = "2024-01-01"

    namespace: str | None = ref(
        "AzureEventHubsNamespace", by="id", rel="PART_OF", wire="containedIn"
    )
    status: str | None = field("Active, Disabled and others.")
    retention_days: int | None = field("How long events stay.", wire="messageRetentionInDays")
    capture_storage: str | None = ref(
        "AzureStorageAccount",
        by="id",
        rel="DELIVERS_TO",
        wire="captureDescription.destination.storageAccountResourceId",
    )


class EventHubs(AzureCollector):
    """Event hubs."""

    service = "eventhub"

    namespaces = listing(EventHubsNamespace, EventHub, EventHubsNetworkRules)
