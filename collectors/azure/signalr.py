"""Azure SignalR."""

from ...graph.model import field
from .base import AzureCollector, Host, Identified, PlatformService, listing


class SignalR(PlatformService, Identified):
    """A SignalR service (Resource Graph: resources)."""

    label = "AzureSignalR"
    arm_type = "Microsoft.SignalRService/signalR"

    host: Host | None = field("Host that answers for it.", wire="hostName")
    default_action: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny.",
        wire="networkACLs.defaultAction",
    )
    allowed_requests: list[str] | None = field(
        "Kinds of requests that the public network may make.",
        wire="networkACLs.publicNetwork.allow",
    )
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")


class SignalRServices(AzureCollector):
    """SignalR services."""

    service = "signalr"

    services = listing(SignalR)
