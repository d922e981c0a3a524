"""Azure Private Link: endpoints in networks, and services that others may connect to."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AzureCollector, Connectable
from .network_shapes import NETWORK, NETWORK_CLIENT, OnInterfaces
from .session import AzureApi


class PrivateEndpoint(OnInterfaces):
    """An address in a network that leads to a service (Private Endpoints - List By
    Subscription)."""

    label = "AzurePrivateEndpoint"
    identity = NETWORK + "/privateendpoints/{name}"

    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnet.id")
    services: list[str] | None = ref(
        (
            "AzurePrivateLinkService",
            "AzureStorageAccount",
            "AzureKeyVault",
            "AzureSQLServer",
            "AzureAppService",
            "UnknownResource",
        ),
        by="id",
        rel="CONNECTS_TO",
    )
    connection_states: list[str] | None = field("Approved, Pending, Rejected or Disconnected.")
    application_security_groups: list[str] | None = ref(
        "AzureApplicationSecurityGroup",
        by="id",
        rel="MEMBER_OF",
        wire="applicationSecurityGroups[].id",
    )


class PrivateLinkService(OnInterfaces, Connectable):
    """A service behind a load balancer that others may make private endpoints of (Private Link
    Services - List By Subscription)."""

    label = "AzurePrivateLinkService"
    identity = NETWORK + "/privatelinkservices/{name}"

    alias: str | None = field("Name by which others ask for it.")
    frontends: list[str] | None = ref(
        "AzureLoadBalancerFrontendIPConfiguration",
        by="id",
        rel="FORWARDS_TO",
        wire="loadBalancerFrontendIpConfigurations[].id",
    )
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="ipConfigurations[].subnet.id"
    )
    visible_to: list[str] | None = field(
        "Subscriptions that may ask for it; `*` is everyone who knows the alias.",
        wire="visibility.subscriptions",
    )
    auto_approved: list[str] | None = field(
        "Subscriptions that need not be approved.", wire="autoApproval.subscriptions"
    )


class PrivateLink(AzureCollector):
    """Private endpoints and private link services."""

    service = "privatelink"
    client = NETWORK_CLIENT
    permissions = (
        "Microsoft.Network/privateEndpoints/read",
        "Microsoft.Network/privateLinkServices/read",
    )

    @lists(PrivateEndpoint)
    def private_endpoints(self, api: AzureApi) -> Iterator[PrivateEndpoint]:
        """Private endpoints, no matter who approved them."""
        for raw in api.pages("private_endpoints.list_by_subscription"):
            connections = [
                *(raw.get("privateLinkServiceConnections") or []),
                *(raw.get("manualPrivateLinkServiceConnections") or []),
            ]
            named = [each.get("privateLinkServiceId") for each in connections]
            states = [
                (each.get("privateLinkServiceConnectionState") or {}).get("status")
                for each in connections
            ]
            yield PrivateEndpoint.load(
                raw,
                api.here,
                services=[each for each in named if each],
                connection_states=[each for each in states if each],
            )

    @lists(PrivateLinkService)
    def private_link_services(self, api: AzureApi) -> Iterator[PrivateLinkService]:
        """Services that others may make private endpoints of."""
        for raw in api.pages("private_link_services.list_by_subscription"):
            yield PrivateLinkService.load(raw, api.here)
