"""Azure networks: virtual networks, subnets, security groups, routes."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...graph.model import Document, Location, field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource, TrackedResource
from .network_shapes import NETWORK, NETWORK_CLIENT, LeadsOut, Recorded, several
from .session import AzureApi

_ADMIN_RULES = "list_network_manager_effective_security_admin_rules"
_OF_ADMIN_RULE = (
    "id",
    "direction",
    "access",
    "priority",
    "protocol",
    "sources",
    "sourcePortRanges",
    "destinations",
    "destinationPortRanges",
)


class VirtualNetwork(Recorded):
    """A virtual network (Virtual Networks - List All, List Network Manager Effective Security
    Admin Rules)."""

    label = "AzureVirtualNetwork"
    identity = NETWORK + "/virtualnetworks/{name}"

    address_prefixes: list[str] | None = field("Ranges.", wire="addressSpace.addressPrefixes")
    dns_servers: list[str] | None = field(
        "DNS servers of its own; empty if it uses Azure's.", wire="dhcpOptions.dnsServers"
    )
    enable_ddos_protection: bool | None = field("DDoS protection by plan.")
    ddos_protection_plan: str | None = field(
        "The plan, by id; empty if it has none.", wire="ddosProtectionPlan.id"
    )
    cloud_services: list[str] | None = field(
        "Cloud services in it, by id.", wire="cloudServices[].id"
    )
    security_admin_rules: Document | None = field(
        "Rules of Virtual Network Managers that come before security groups; empty if none hold.",
        call=_ADMIN_RULES,
    )


class VirtualNetworkPeering(AzureResource):
    """One side of a peering of two virtual networks (Virtual Networks - List All)."""

    label = "AzureVirtualNetworkPeering"
    identity = NETWORK + "/virtualnetworks/{virtual_network_name}/virtualnetworkpeerings/{name}"

    virtual_network: str | None = ref("AzureVirtualNetwork", by="id", rel="PART_OF")
    remote_virtual_network: str | None = ref(
        "AzureVirtualNetwork", by="id", rel="PEERS_WITH", wire="remoteVirtualNetwork.id"
    )
    peering_state: str | None = field("Initiated, Connected or Disconnected.")
    allow_virtual_network_access: bool | None = field("The networks reach each other.")
    allow_forwarded_traffic: bool | None = field("Also traffic from beyond the remote network.")
    allow_gateway_transit: bool | None = field("The remote network may use this one's gateway.")
    use_remote_gateways: bool | None = field("This network uses the remote one's gateway.")
    remote_address_prefixes: list[str] | None = field(
        "Ranges of the remote network.", wire="remoteAddressSpace.addressPrefixes"
    )


class Subnet(AzureResource):
    """A subnet (Virtual Networks - List All)."""

    label = "AzureSubnet"
    identity = NETWORK + "/virtualnetworks/{virtual_network_name}/subnets/{name}"

    virtual_network: str | None = ref("AzureVirtualNetwork", by="id", rel="IN_NETWORK")
    address_prefixes: list[str] | None = field("Ranges.")
    network_security_group: str | None = ref(
        "AzureNetworkSecurityGroup", by="id", rel="PROTECTED_BY", wire="networkSecurityGroup.id"
    )
    route_table: str | None = ref("AzureRouteTable", by="id", rel="ROUTES_TO", wire="routeTable.id")
    nat_gateway: str | None = ref("AzureNatGateway", by="id", rel="ROUTES_TO", wire="natGateway.id")
    service_endpoints: list[str] | None = field(
        "Services that see this subnet as the source.", wire="serviceEndpoints[].service"
    )
    delegations: list[str] | None = field(
        "Services that the subnet is left to.", wire="delegations[].serviceName"
    )
    ip_configurations: list[str] | None = ref(
        ("AzureNetworkInterfaceIPConfiguration", "AzureLoadBalancerFrontendIPConfiguration"),
        by="id",
        rel="IN_SUBNET",
        inverse=True,
        wire="ipConfigurations[].id",
    )
    private_endpoints: list[str] | None = ref(
        "AzurePrivateEndpoint", by="id", rel="IN_SUBNET", inverse=True, wire="privateEndpoints[].id"
    )
    network_intent_policies: list[str] | None = field(
        "What services ask of the subnet, by id.", wire="networkIntentPolicies[].id"
    )
    service_associations: list[str] | None = field(
        "Services that have taken the subnet over, by id.", wire="serviceAssociationLinks[].link"
    )
    default_outbound_access: bool | None = field("Azure gives outgoing traffic an address.")
    private_endpoint_network_policies: str | None = field(
        "Whether groups and routes hold for private endpoints too."
    )


class NetworkSecurityGroup(Recorded):
    """A network security group (Network Security Groups - List All)."""

    label = "AzureNetworkSecurityGroup"
    identity = NETWORK + "/networksecuritygroups/{name}"

    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="PROTECTED_BY", inverse=True, wire="subnets[].id"
    )
    network_interfaces: list[str] | None = ref(
        "AzureNetworkInterface",
        by="id",
        rel="PROTECTED_BY",
        inverse=True,
        wire="networkInterfaces[].id",
    )


class SecurityRule(AzureResource):
    """A rule of a network security group, its own or one of Azure's defaults (Network Security
    Groups - List All)."""

    label = "AzureSecurityRule"
    identity = NETWORK + "/networksecuritygroups/{network_security_group_name}/securityrules/{name}"

    network_security_group: str | None = ref("AzureNetworkSecurityGroup", by="id", rel="PART_OF")
    description: str | None = field("Description.")
    is_default: bool | None = field("Made by Azure, in every group.")
    direction: str | None = field("Inbound or Outbound.")
    access: str | None = field("Allow or Deny.")
    priority: int | None = field("The rule with the lowest number decides.")
    protocol: str | None = field("Tcp, Udp, Icmp, Esp, Ah or `*`.")
    source_address_prefixes: list[str] | None = field("Ranges, service tags or `*`.")
    source_port_ranges: list[str] | None = field("Ports, ranges or `*`.")
    source_application_security_groups: list[str] | None = ref(
        "AzureApplicationSecurityGroup",
        by="id",
        rel="COVERS",
        wire="sourceApplicationSecurityGroups[].id",
    )
    destination_address_prefixes: list[str] | None = field("Ranges, service tags or `*`.")
    destination_port_ranges: list[str] | None = field("Ports, ranges or `*`.")
    destination_application_security_groups: list[str] | None = ref(
        "AzureApplicationSecurityGroup",
        by="id",
        rel="COVERS",
        wire="destinationApplicationSecurityGroups[].id",
    )


class ApplicationSecurityGroup(TrackedResource):
    """A group of interfaces that rules can name (Application Security Groups - List All)."""

    label = "AzureApplicationSecurityGroup"
    identity = NETWORK + "/applicationsecuritygroups/{name}"


class RouteTable(LeadsOut):
    """A route table (Route Tables - List All)."""

    label = "AzureRouteTable"
    identity = NETWORK + "/routetables/{name}"

    disable_bgp_route_propagation: bool | None = field("Routes of gateways do not hold.")


class Route(AzureResource):
    """A route of a route table (Route Tables - List All)."""

    label = "AzureRoute"
    identity = NETWORK + "/routetables/{route_table_name}/routes/{name}"

    route_table: str | None = ref("AzureRouteTable", by="id", rel="PART_OF")
    address_prefix: str | None = field("Range or service tag that it holds for.")
    next_hop_type: str | None = field(
        "VirtualNetworkGateway, VnetLocal, Internet, VirtualAppliance or None."
    )
    next_hop_ip_address: str | None = field("Address of the appliance; else empty.")


class NatGateway(LeadsOut):
    """A NAT gateway, which lets traffic out and none in (Nat Gateways - List All)."""

    label = "AzureNatGateway"
    identity = NETWORK + "/natgateways/{name}"

    sku: str | None = field("Standard or StandardV2.", wire="sku.name")
    public_ip_addresses: list[str] | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="publicIpAddresses[].id",
    )
    public_ip_prefixes: list[str] | None = ref(
        "AzurePublicIPPrefix",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="publicIpPrefixes[].id",
    )


class Network(AzureCollector):
    """Virtual networks, and what filters and routes their traffic."""

    service = "network"
    client = NETWORK_CLIENT
    permissions = (
        "Microsoft.Network/applicationSecurityGroups/read",
        "Microsoft.Network/natGateways/read",
        "Microsoft.Network/networkSecurityGroups/read",
        "Microsoft.Network/routeTables/read",
        "Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action",
        "Microsoft.Network/virtualNetworks/read",
    )

    @lists(VirtualNetwork, VirtualNetworkPeering, Subnet)
    def virtual_networks(self, api: AzureApi) -> Iterator[AzureResource]:
        """Virtual networks with their subnets, peerings and security admin rules."""

        def detailed(raw: dict[str, Any]) -> list[AzureResource]:
            rules = api.queried(_ADMIN_RULES, raw["resourceGroup"], raw["name"])
            network = VirtualNetwork.load(
                raw,
                api.here,
                security_admin_rules=None if rules is None else [_admin_rule(one) for one in rules],
            )
            parent = {"virtual_network": network.id, "region": network.region}
            peerings = [
                VirtualNetworkPeering.load(peering, api.here, **parent)
                for peering in raw.get("virtualNetworkPeerings") or []
            ]
            subnets = [
                Subnet.load(
                    subnet,
                    api.here,
                    address_prefixes=several(subnet, "addressPrefix", "addressPrefixes"),
                    **parent,
                )
                for subnet in raw.get("subnets") or []
            ]
            return [network, *peerings, *subnets]

        for resources in api.each(detailed, api.pages("virtual_networks.list_all")):
            yield from resources

    @lists(NetworkSecurityGroup, SecurityRule)
    def network_security_groups(self, api: AzureApi) -> Iterator[AzureResource]:
        """Network security groups with their rules."""
        for raw in api.pages("network_security_groups.list_all"):
            group = NetworkSecurityGroup.load(raw, api.here)
            yield group
            for key, is_default in (("securityRules", False), ("defaultSecurityRules", True)):
                for rule in raw.get(key) or []:
                    yield _rule(rule, api.here, group, is_default)

    @lists(ApplicationSecurityGroup)
    def application_security_groups(self, api: AzureApi) -> Iterator[ApplicationSecurityGroup]:
        """Groups of interfaces that rules can name."""
        for raw in api.pages("application_security_groups.list_all"):
            yield ApplicationSecurityGroup.load(raw, api.here)

    @lists(RouteTable, Route)
    def route_tables(self, api: AzureApi) -> Iterator[AzureResource]:
        """Route tables with their routes."""
        for raw in api.pages("route_tables.list_all"):
            table = RouteTable.load(raw, api.here)
            yield table
            for route in raw.get("routes") or []:
                yield Route.load(route, api.here, route_table=table.id, region=table.region)

    @lists(NatGateway)
    def nat_gateways(self, api: AzureApi) -> Iterator[NatGateway]:
        """NAT gateways."""
        for raw in api.pages("nat_gateways.list_all"):
            yield NatGateway.load(raw, api.here)


def _admin_rule(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A security admin rule without the groups that it came by."""
    return {name: raw[name] for name in _OF_ADMIN_RULE if raw.get(name) is not None}


def _rule(
    raw: Mapping[str, Any], here: Location, group: NetworkSecurityGroup, is_default: bool
) -> SecurityRule:
    return SecurityRule.load(
        raw,
        here,
        network_security_group=group.id,
        region=group.region,
        is_default=is_default,
        source_address_prefixes=several(raw, "sourceAddressPrefix", "sourceAddressPrefixes"),
        source_port_ranges=several(raw, "sourcePortRange", "sourcePortRanges"),
        destination_address_prefixes=several(
            raw, "destinationAddressPrefix", "destinationAddressPrefixes"
        ),
        destination_port_ranges=several(raw, "destinationPortRange", "destinationPortRanges"),
    )
