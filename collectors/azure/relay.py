"""Azure Relay."""

from ...graph.model import field
from .base import AzureCollector, Host, PlatformService, listing


class RelayNamespace(PlatformService):
    """A relay (Resource Graph: resources)."""

    label = "AzureRelayNamespace"
    arm_type = "Microsoft.Relay/namespaces"

    host: Host | None = field("Host that answers for it.", wire="serviceBusEndpoint")


class Relay(AzureCollector):
    """Relays."""

    service = "relay"

    namespaces = listing(RelayNamespace)
