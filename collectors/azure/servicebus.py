"""Azure Service Bus."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, Part, PlatformService, listing


class ServiceBusNamespace(PlatformService, Identified):
    """A namespace of queues and topics (Resource Graph: resources)."""

    label = "AzureServiceBusNamespace"
    arm_type = "Microsoft.ServiceBus/namespaces"

    sku: str | None = field("Basic, Standard or Premium.", wire="sku.name")
    host: Host | None = field("Host that answers for it.", wire="serviceBusEndpoint")
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")
    minimum_tls_version: str | None = field("Oldest TLS that is answered.")


class ServiceBusNetworkRules(Part):
    """Whom a namespace lets in (Namespaces - List Network Rule Sets)."""

    label = "AzureServiceBusNetworkRuleSet"
    arm_type = "Microsoft.ServiceBus/namespaces/networkRuleSets"
    api_version = "2021-11-01"

    namespace: str | None = ref(
        "AzureServiceBusNamespace", by="id", rel="PROTECTED_BY", inverse=True, wire="containedIn"
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


class ServiceBus(AzureCollector):
    """Namespaces of queues and topics."""

    service = "servicebus"

    namespaces = listing(ServiceBusNamespace, ServiceBusNetworkRules)
