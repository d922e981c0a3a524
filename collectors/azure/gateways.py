"""Azure VPN, ExpressRoute, Virtual WAN and Bastion: how networks are entered from elsewhere."""

from ...graph.model import field, ref
from .base import AzureCollector, TrackedResource, listing


class VirtualNetworkGateway(TrackedResource):
    """A gateway of a network for VPN or ExpressRoute (Resource Graph: resources)."""

    label = "AzureVpnGateway"
    arm_type = "Microsoft.Network/virtualNetworkGateways"

    gateway_type: str | None = field("Vpn or ExpressRoute.")
    vpn_type: str | None = field("RouteBased or PolicyBased.")
    sku: str | None = field("Size.", wire="sku.name")
    bgp: bool | None = field("It learns routes.", wire="enableBgp")
    active_active: bool | None = field("Both of its machines answer.", wire="activeActive")
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="ipConfigurations[].subnet.id"
    )
    public_ip_addresses: list[str] | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="ipConfigurations[].publicIPAddress.id",
    )
    client_authentication: list[str] | None = field(
        "How people's machines prove who they are: Certificate, Radius, AAD; empty if they cannot "
        "connect.",
        wire="vpnClientConfiguration.vpnAuthenticationTypes",
    )


class LocalNetworkGateway(TrackedResource):
    """The other side of a VPN (Resource Graph: resources)."""

    label = "AzureLocalNetworkGateway"
    arm_type = "Microsoft.Network/localNetworkGateways"

    gateway_address: str | None = field("Its address.", wire="gatewayIpAddress")
    fqdn: str | None = field("Its name, if it has no fixed address.")
    address_prefixes: list[str] | None = field(
        "Ranges behind it.", wire="localNetworkAddressSpace.addressPrefixes"
    )


class GatewayConnection(TrackedResource):
    """What a gateway is connected with (Resource Graph: resources)."""

    label = "AzureGatewayConnection"
    arm_type = "Microsoft.Network/connections"

    connection_type: str | None = field("IPsec, Vnet2Vnet or ExpressRoute.")
    connection_status: str | None = field("Connected, NotConnected and others.")
    gateway: str | None = ref(
        "AzureVpnGateway", by="id", rel="PART_OF", wire="virtualNetworkGateway1.id"
    )
    other_gateway: str | None = ref(
        "AzureVpnGateway", by="id", rel="PEERS_WITH", wire="virtualNetworkGateway2.id"
    )
    local_gateway: str | None = ref(
        "AzureLocalNetworkGateway", by="id", rel="PEERS_WITH", wire="localNetworkGateway2.id"
    )
    circuit: str | None = ref("AzureExpressRouteCircuit", by="id", rel="PEERS_WITH", wire="peer.id")


class ExpressRouteCircuit(TrackedResource):
    """A line of a provider's (Resource Graph: resources)."""

    label = "AzureExpressRouteCircuit"
    arm_type = "Microsoft.Network/expressRouteCircuits"

    sku: str | None = field("Tier.", wire="sku.tier")
    provider_name: str | None = field(
        "Provider.", wire="serviceProviderProperties.serviceProviderName"
    )
    provisioning: str | None = field(
        "Whether the provider has set it up.", wire="serviceProviderProvisioningState"
    )


class VirtualWan(TrackedResource):
    """A wide area network (Resource Graph: resources)."""

    label = "AzureVirtualWan"
    arm_type = "Microsoft.Network/virtualWans"

    branch_to_branch: bool | None = field(
        "Its branches reach each other.", wire="allowBranchToBranchTraffic"
    )
    wan_type: str | None = field("Basic or Standard.", wire="properties.type")


class VirtualHub(TrackedResource):
    """A hub of a wide area network (Resource Graph: resources)."""

    label = "AzureVirtualHub"
    arm_type = "Microsoft.Network/virtualHubs"

    address_prefix: str | None = field("Range.")
    virtual_wan: str | None = ref("AzureVirtualWan", by="id", rel="PART_OF", wire="virtualWan.id")
    firewall: str | None = ref(
        "AzureFirewall", by="id", rel="PROTECTED_BY", wire="azureFirewall.id"
    )


class BastionHost(TrackedResource):
    """What machines are signed in to through (Resource Graph: resources)."""

    label = "AzureBastionHost"
    arm_type = "Microsoft.Network/bastionHosts"

    sku: str | None = field("Developer, Basic, Standard or Premium.", wire="sku.name")
    shareable_links: bool | None = field(
        "Anyone who has a link may come to the sign-in of a machine.", wire="enableShareableLink"
    )
    tunneling: bool | None = field("Other programs may connect.", wire="enableTunneling")
    ip_connect: bool | None = field("Machines may be named by address.", wire="enableIpConnect")
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="ipConfigurations[].subnet.id"
    )
    public_ip_addresses: list[str] | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="ipConfigurations[].publicIPAddress.id",
    )


class Gateways(AzureCollector):
    """What networks are entered by from elsewhere."""

    service = "gateways"

    gateways = listing(VirtualNetworkGateway)
    local_gateways = listing(LocalNetworkGateway)
    connections = listing(GatewayConnection)
    circuits = listing(ExpressRouteCircuit)
    wans = listing(VirtualWan)
    hubs = listing(VirtualHub)
    bastions = listing(BastionHost)
