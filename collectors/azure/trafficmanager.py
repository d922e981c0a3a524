"""Azure Traffic Manager."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Hosts, TrackedResource, listing


class TrafficManagerProfile(TrackedResource):
    """A name that leads to one of several places (Resource Graph: resources)."""

    label = "AzureTrafficManagerProfile"
    arm_type = "Microsoft.Network/trafficManagerProfiles"
    global_keys = ("host",)

    status: str | None = field("Enabled or Disabled.", wire="profileStatus")
    host: Host | None = field("The name.", wire="dnsConfig.fqdn")
    routing_method: str | None = field("How the place is chosen.", wire="trafficRoutingMethod")
    targets: list[str] | None = ref(
        (
            "AzurePublicIPAddress",
            "AzureAppService",
            "AzureFunctionApp",
            "AzureTrafficManagerProfile",
            "UnknownResource",
        ),
        by="id",
        rel="RESOLVES_TO",
        wire="endpoints[].targetResourceId",
    )
    target_hosts: Hosts | None = field("Host names of the places.", wire="endpoints[].target")


class TrafficManager(AzureCollector):
    """Names that lead to one of several places."""

    service = "trafficmanager"

    profiles = listing(TrafficManagerProfile)
