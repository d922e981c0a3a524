"""Azure networks: virtual networks, interfaces, addresses, security groups, load balancers."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ...graph.model import Document, Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import AzureCollector, AzureResource, TrackedResource, listing
from .session import AzureApi

_GROUP = "/subscriptions/{account}/resourcegroups/{resource_group}/providers"
_NETWORK = _GROUP + "/microsoft.network"
_ADMIN_RULES = "list_network_manager_effective_security_admin_rules"
_INSTANCES = (
    _GROUP + "/microsoft.compute/virtualmachinescalesets/{scale_set}/virtualmachines/{instance}",
    _GROUP + "/microsoft.compute/cloudservices/{cloud_service}/roleinstances/{instance}",
)
"""What has interfaces and addresses of its own that ARM's listing of a subscription leaves out:
instances of uniform scale sets, which Resource Graph has, and of cloud services."""
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


class VirtualNetwork(TrackedResource):
    """A virtual network (Virtual Networks - List All, List Network Manager Effective Security
    Admin Rules)."""

    label = "AzureVirtualNetwork"
    identity = _NETWORK + "/virtualnetworks/{name}"

    address_prefixes: list[str] | None = field("Ranges.", wire="addressSpace.addressPrefixes")
    dns_servers: list[str] | None = field(
        "DNS servers of its own; empty if it uses Azure's.", wire="dhcpOptions.dnsServers"
    )
    enable_ddos_protection: bool | None = field("DDoS protection by plan.")
    ddos_protection_plan: str | None = field(
        "The plan, by id; empty if it has none.", wire="ddosProtectionPlan.id"
    )
    flow_logs: list[str] | None = ref(
        "AzureFlowLog", by="id", rel="AUDITS", inverse=True, wire="flowLogs[].id"
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
    identity = _NETWORK + "/virtualnetworks/{virtual_network_name}/virtualnetworkpeerings/{name}"

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
    identity = _NETWORK + "/virtualnetworks/{virtual_network_name}/subnets/{name}"

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


class NetworkSecurityGroup(TrackedResource):
    """A network security group (Network Security Groups - List All)."""

    label = "AzureNetworkSecurityGroup"
    identity = _NETWORK + "/networksecuritygroups/{name}"

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
    flow_logs: list[str] | None = ref(
        "AzureFlowLog", by="id", rel="AUDITS", inverse=True, wire="flowLogs[].id"
    )


class SecurityRule(AzureResource):
    """A rule of a network security group, its own or one of Azure's defaults (Network Security
    Groups - List All)."""

    label = "AzureSecurityRule"
    identity = (
        _NETWORK + "/networksecuritygroups/{network_security_group_name}/securityrules/{name}"
    )

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
    identity = _NETWORK + "/applicationsecuritygroups/{name}"


class RouteTable(TrackedResource):
    """A route table (Route Tables - List All)."""

    label = "AzureRouteTable"
    identity = _NETWORK + "/routetables/{name}"

    disable_bgp_route_propagation: bool | None = field("Routes of gateways do not hold.")
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="ROUTES_TO", inverse=True, wire="subnets[].id"
    )


class Route(AzureResource):
    """A route of a route table (Route Tables - List All)."""

    label = "AzureRoute"
    identity = _NETWORK + "/routetables/{route_table_name}/routes/{name}"

    route_table: str | None = ref("AzureRouteTable", by="id", rel="PART_OF")
    address_prefix: str | None = field("Range or service tag that it holds for.")
    next_hop_type: str | None = field(
        "VirtualNetworkGateway, VnetLocal, Internet, VirtualAppliance or None."
    )
    next_hop_ip_address: str | None = field("Address of the appliance; else empty.")


class NatGateway(TrackedResource):
    """A NAT gateway, which lets traffic out and none in (Nat Gateways - List All)."""

    label = "AzureNatGateway"
    identity = _NETWORK + "/natgateways/{name}"

    sku: str | None = field("Standard or StandardV2.", wire="sku.name")
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="ROUTES_TO", inverse=True, wire="subnets[].id"
    )
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


class PublicIPPrefix(TrackedResource):
    """A range of public addresses (Public IP Prefixes - List All)."""

    label = "AzurePublicIPPrefix"
    identity = _NETWORK + "/publicipprefixes/{name}"

    ip_prefix: str | None = field("The range.", wire="ipPrefix")
    frontend: str | None = ref(
        "AzureLoadBalancerFrontendIPConfiguration",
        by="id",
        rel="ATTACHED_TO",
        wire="loadBalancerFrontendIpConfiguration.id",
    )


class PrivateEndpoint(TrackedResource):
    """An address in a network that leads to a service (Private Endpoints - List By
    Subscription)."""

    label = "AzurePrivateEndpoint"
    identity = _NETWORK + "/privateendpoints/{name}"

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
    network_interfaces: list[str] | None = ref(
        "AzureNetworkInterface",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="networkInterfaces[].id",
    )
    application_security_groups: list[str] | None = ref(
        "AzureApplicationSecurityGroup",
        by="id",
        rel="MEMBER_OF",
        wire="applicationSecurityGroups[].id",
    )


class PrivateLinkService(TrackedResource):
    """A service behind a load balancer that others may make private endpoints of (Private Link
    Services - List By Subscription)."""

    label = "AzurePrivateLinkService"
    identity = _NETWORK + "/privatelinkservices/{name}"

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
    network_interfaces: list[str] | None = ref(
        "AzureNetworkInterface",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="networkInterfaces[].id",
    )
    private_endpoints: list[str] | None = ref(
        "AzurePrivateEndpoint",
        by="id",
        rel="CONNECTS_TO",
        inverse=True,
        wire="privateEndpointConnections[].privateEndpoint.id",
    )
    visible_to: list[str] | None = field(
        "Subscriptions that may ask for it; `*` is everyone who knows the alias.",
        wire="visibility.subscriptions",
    )
    auto_approved: list[str] | None = field(
        "Subscriptions that need not be approved.", wire="autoApproval.subscriptions"
    )


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


class NetworkInterface(TrackedResource):
    """A network interface (Network Interfaces - List All)."""

    label = "AzureNetworkInterface"
    identity = _NETWORK + "/networkinterfaces/{name}"
    listing_omits = tuple(f"{each}/networkinterfaces/{{name}}" for each in _INSTANCES)

    virtual_machine: str | None = ref(
        ("AzureVirtualMachine", "AzureScaleSetInstance"),
        by="id",
        rel="ATTACHED_TO",
        wire="virtualMachine.id",
    )
    private_endpoint: str | None = ref(
        "AzurePrivateEndpoint", by="id", rel="ATTACHED_TO", wire="privateEndpoint.id"
    )
    network_security_group: str | None = ref(
        "AzureNetworkSecurityGroup", by="id", rel="PROTECTED_BY", wire="networkSecurityGroup.id"
    )
    private_link_service: str | None = ref(
        "AzurePrivateLinkService", by="id", rel="ATTACHED_TO", wire="privateLinkService.id"
    )
    hosted_workloads: list[str] | None = field("What else uses it, by id.")
    bare_metal_server: str | None = field(
        "Server that it belongs to, by id; else empty.", wire="bareMetalServer.id"
    )
    mac_address: str | None = field("MAC address; empty while it is not in use.")
    primary: bool | None = field("The first interface of its machine.")
    enable_ip_forwarding: bool | None = field(
        "Passes on traffic that is not for itself.", wire="enableIPForwarding"
    )


class InterfaceAddress(AzureResource):
    """An IP configuration of a network interface (Network Interfaces - List All)."""

    label = "AzureNetworkInterfaceIPConfiguration"
    identity = _NETWORK + "/networkinterfaces/{network_interface_name}/ipconfigurations/{name}"
    listing_omits = tuple(
        f"{each}/networkinterfaces/{{network_interface_name}}/ipconfigurations/{{name}}"
        for each in _INSTANCES
    )

    network_interface: str | None = ref("AzureNetworkInterface", by="id", rel="PART_OF")
    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnet.id")
    public_ip_address: str | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="publicIPAddress.id",
    )
    application_security_groups: list[str] | None = ref(
        "AzureApplicationSecurityGroup",
        by="id",
        rel="MEMBER_OF",
        wire="applicationSecurityGroups[].id",
    )
    load_balancer_backend_pools: list[str] | None = ref(
        "AzureLoadBalancerBackendPool",
        by="id",
        rel="FORWARDS_TO",
        inverse=True,
        wire="loadBalancerBackendAddressPools[].id",
    )
    load_balancer_inbound_nat_rules: list[str] | None = ref(
        "AzureLoadBalancerInboundNatRule",
        by="id",
        rel="FORWARDS_TO",
        inverse=True,
        wire="loadBalancerInboundNatRules[].id",
    )
    primary: bool | None = field("The first configuration of its interface.")
    private_ip_address: str | None = field("Private address.", wire="privateIPAddress")
    private_ip_address_version: str | None = field("IPv4 or IPv6.", wire="privateIPAddressVersion")


class PublicIPAddress(TrackedResource):
    """A public address (Public IP Addresses - List All)."""

    label = "AzurePublicIPAddress"
    identity = _NETWORK + "/publicipaddresses/{name}"
    global_keys = ("fqdn", "ip_address")
    listing_omits = tuple(
        f"{each}/networkinterfaces/{{network_interface_name}}/ipconfigurations"
        "/{ip_configuration}/publicipaddresses/{name}"
        for each in _INSTANCES
    )

    ip_address: str | None = field("The address; empty while a dynamic one is not in use.")
    public_ip_address_version: str | None = field("IPv4 or IPv6.", wire="publicIPAddressVersion")
    public_ip_allocation_method: str | None = field(
        "Static or Dynamic.", wire="publicIPAllocationMethod"
    )
    sku: str | None = field(
        "Basic is open unless a group filters it, Standard is closed unless a group opens it.",
        wire="sku.name",
    )
    fqdn: str | None = field("DNS name; empty if it has none.", wire="dnsSettings.fqdn")
    zones: list[str] | None = field("Availability zones.")
    ip_configuration: str | None = ref(
        (
            "AzureNetworkInterfaceIPConfiguration",
            "AzureLoadBalancerFrontendIPConfiguration",
            "AzureApplicationGatewayFrontendIPConfiguration",
            "UnknownResource",
        ),
        by="id",
        rel="ATTACHED_TO",
        wire="ipConfiguration.id",
    )
    nat_gateway: str | None = ref(
        "AzureNatGateway", by="id", rel="ATTACHED_TO", wire="natGateway.id"
    )
    public_ip_prefix: str | None = ref(
        "AzurePublicIPPrefix", by="id", rel="PART_OF", wire="publicIPPrefix.id"
    )


class LoadBalancer(TrackedResource):
    """A load balancer (Load Balancers - List All)."""

    label = "AzureLoadBalancer"
    identity = _NETWORK + "/loadbalancers/{name}"

    sku: str | None = field("Basic, Standard or Gateway.", wire="sku.name")


class Frontend(AzureResource):
    """An address that a load balancer listens on (Load Balancers - List All)."""

    label = "AzureLoadBalancerFrontendIPConfiguration"
    identity = _NETWORK + "/loadbalancers/{load_balancer_name}/frontendipconfigurations/{name}"

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")
    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnet.id")
    public_ip_address: str | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="publicIPAddress.id",
    )
    public_ip_prefix: str | None = ref(
        "AzurePublicIPPrefix", by="id", rel="ATTACHED_TO", inverse=True, wire="publicIPPrefix.id"
    )
    private_ip_address: str | None = field(
        "Private address; empty on a public one.", wire="privateIPAddress"
    )


class BackendPool(AzureResource):
    """Where a load balancer sends traffic to (Load Balancers - List All)."""

    label = "AzureLoadBalancerBackendPool"
    identity = _NETWORK + "/loadbalancers/{load_balancer_name}/backendaddresspools/{name}"

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")
    ip_configurations: list[str] | None = ref(
        ("AzureNetworkInterfaceIPConfiguration", "UnknownResource"),
        by="id",
        rel="FORWARDS_TO",
        wire="backendIPConfigurations[].id",
    )


class BackendAddress(AzureResource):
    """A member of a backend pool that is known by its address alone (Load Balancers - List All)."""

    label = "AzureLoadBalancerBackendAddress"
    identity = (
        _NETWORK
        + "/loadbalancers/{load_balancer_name}/backendaddresspools/{backend_pool_name}"
        + "/loadbalancerbackendaddresses/{name}"
    )

    backend_pool: str | None = ref("AzureLoadBalancerBackendPool", by="id", rel="PART_OF")
    virtual_network: str | None = ref("AzureVirtualNetwork", by="id", rel="IN_NETWORK")
    ip_address: str | None = field("The address, which means something in its network only.")


class LoadBalancingRule(AzureResource):
    """What a load balancer does with traffic to a port (Load Balancers - List All)."""

    label = "AzureLoadBalancerRule"
    identity = _NETWORK + "/loadbalancers/{load_balancer_name}/loadbalancingrules/{name}"

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")
    frontend: str | None = ref(
        "AzureLoadBalancerFrontendIPConfiguration",
        by="id",
        rel="ATTACHED_TO",
        wire="frontendIPConfiguration.id",
    )
    backend_pools: list[str] | None = ref(
        "AzureLoadBalancerBackendPool", by="id", rel="FORWARDS_TO"
    )
    protocol: str | None = field("Tcp, Udp or All.")
    frontend_port: int | None = field("Port that it listens on; 0 is every port.")
    backend_port: int | None = field("Port that it sends to; 0 is the same as it listened on.")
    enable_floating_ip: bool | None = field(
        "The destination stays the frontend's address.", wire="enableFloatingIP"
    )


class InboundNatRule(AzureResource):
    """A port of a load balancer that leads to one machine (Load Balancers - List All)."""

    label = "AzureLoadBalancerInboundNatRule"
    identity = _NETWORK + "/loadbalancers/{load_balancer_name}/inboundnatrules/{name}"

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")
    frontend: str | None = ref(
        "AzureLoadBalancerFrontendIPConfiguration",
        by="id",
        rel="ATTACHED_TO",
        wire="frontendIPConfiguration.id",
    )
    ip_configuration: str | None = ref(
        ("AzureNetworkInterfaceIPConfiguration", "UnknownResource"),
        by="id",
        rel="FORWARDS_TO",
        wire="backendIPConfiguration.id",
    )
    backend_pool: str | None = ref(
        "AzureLoadBalancerBackendPool", by="id", rel="FORWARDS_TO", wire="backendAddressPool.id"
    )
    protocol: str | None = field("Tcp, Udp or All.")
    frontend_port: int | None = field("Port that it listens on; null where it has a range.")
    frontend_port_range_start: int | None = field("First port, one for each member of the pool.")
    frontend_port_range_end: int | None = field("Last port.")
    backend_port: int | None = field("Port that it sends to.")


class ScaleSetInterface(NetworkInterface):
    """A network interface of a machine of a uniform scale set (Resource Graph:
    computeresources)."""

    arm_type = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces"
    table = "computeresources"
    shape: ClassVar[Shape] = {
        "ipConfigurations": [
            {
                "id": str,
                "name": str,
                "subnet": {"id": str},
                "publicIPAddress": {"id": str},
                "applicationSecurityGroups": [{"id": str}],
                "loadBalancerBackendAddressPools": [{"id": str}],
                "loadBalancerInboundNatRules": [{"id": str}],
                "primary": bool,
                "privateIPAddress": str,
                "privateIPAddressVersion": str,
            }
        ]
    }


class ScaleSetPublicIPAddress(PublicIPAddress):
    """A public address of a machine of a uniform scale set (Resource Graph: computeresources)."""

    arm_type = (
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces"
        "/ipConfigurations/publicIPAddresses"
    )
    table = "computeresources"


class Network(AzureCollector):
    """Virtual networks and what is in them."""

    service = "network"
    client = "azure.mgmt.network.NetworkManagementClient"
    permissions = (
        "Microsoft.Network/applicationSecurityGroups/read",
        "Microsoft.Network/loadBalancers/read",
        "Microsoft.Network/natGateways/read",
        "Microsoft.Network/networkInterfaces/read",
        "Microsoft.Network/networkSecurityGroups/read",
        "Microsoft.Network/privateEndpoints/read",
        "Microsoft.Network/privateLinkServices/read",
        "Microsoft.Network/publicIPAddresses/read",
        "Microsoft.Network/publicIPPrefixes/read",
        "Microsoft.Network/routeTables/read",
        "Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action",
        "Microsoft.Network/virtualNetworks/read",
    )
    also_reads = (ScaleSetInterface, ScaleSetPublicIPAddress)

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
                    address_prefixes=_several(subnet, "addressPrefix", "addressPrefixes"),
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

    @lists(NetworkInterface, InterfaceAddress)
    def network_interfaces(self, api: AzureApi) -> Iterator[AzureResource]:
        """Network interfaces with their addresses, those of scale sets included."""
        for raw in api.pages("network_interfaces.list_all"):
            yield from _interface(NetworkInterface.load(raw, api.here), raw, api.here)
        for raw in api.resources(ScaleSetInterface):
            yield from _interface(ScaleSetInterface.load(raw, api.here), raw, api.here)

    @lists(PublicIPAddress)
    def public_ip_addresses(self, api: AzureApi) -> Iterator[PublicIPAddress]:
        """Public addresses, those of scale sets included."""
        for raw in api.pages("public_ip_addresses.list_all"):
            yield PublicIPAddress.load(raw, api.here)
        for raw in api.resources(ScaleSetPublicIPAddress):
            yield ScaleSetPublicIPAddress.load(raw, api.here)

    @lists(PublicIPPrefix)
    def public_ip_prefixes(self, api: AzureApi) -> Iterator[PublicIPPrefix]:
        """Ranges of public addresses."""
        for raw in api.pages("public_ip_prefixes.list_all"):
            yield PublicIPPrefix.load(raw, api.here)

    @lists(NatGateway)
    def nat_gateways(self, api: AzureApi) -> Iterator[NatGateway]:
        """NAT gateways."""
        for raw in api.pages("nat_gateways.list_all"):
            yield NatGateway.load(raw, api.here)

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

    flow_logs = listing(FlowLog)
    network_watchers = listing(NetworkWatcher)

    @lists(LoadBalancer, Frontend, BackendPool, BackendAddress, LoadBalancingRule, InboundNatRule)
    def load_balancers(self, api: AzureApi) -> Iterator[AzureResource]:
        """Load balancers, where they listen, and where they send traffic to."""
        for raw in api.pages("load_balancers.list_all"):
            balancer = LoadBalancer.load(raw, api.here)
            yield balancer
            parent = {"load_balancer": balancer.id, "region": balancer.region}
            for frontend in raw.get("frontendIPConfigurations") or []:
                yield Frontend.load(frontend, api.here, **parent)
            for pool in raw.get("backendAddressPools") or []:
                yield BackendPool.load(pool, api.here, **parent)
                yield from _addresses(pool, api.here, balancer.region)
            for rule in raw.get("loadBalancingRules") or []:
                pools = [pool["id"] for pool in rule.get("backendAddressPools") or []]
                one = (rule.get("backendAddressPool") or {}).get("id")
                pools = pools or ([one] if one else [])
                yield LoadBalancingRule.load(rule, api.here, backend_pools=pools, **parent)
            for rule in raw.get("inboundNatRules") or []:
                yield InboundNatRule.load(rule, api.here, **parent)


def _interface(
    interface: NetworkInterface, raw: Mapping[str, Any], here: Location
) -> Iterator[AzureResource]:
    """An interface and its addresses."""
    yield interface
    parent = {"network_interface": interface.id, "region": interface.region}
    for address in raw.get("ipConfigurations") or []:
        yield InterfaceAddress.load(address, here, **parent)


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
        source_address_prefixes=_several(raw, "sourceAddressPrefix", "sourceAddressPrefixes"),
        source_port_ranges=_several(raw, "sourcePortRange", "sourcePortRanges"),
        destination_address_prefixes=_several(
            raw, "destinationAddressPrefix", "destinationAddressPrefixes"
        ),
        destination_port_ranges=_several(raw, "destinationPortRange", "destinationPortRanges"),
    )


def _addresses(
    pool: Mapping[str, Any], here: Location, region: str | None
) -> Iterator[BackendAddress]:
    """The members of a pool that name no interface; their network is the pool's or their own."""
    shared = (pool.get("virtualNetwork") or {}).get("id")
    for raw in pool.get("loadBalancerBackendAddresses") or []:
        if raw.get("ipAddress") and not raw.get("networkInterfaceIPConfiguration"):
            own = (raw.get("virtualNetwork") or {}).get("id")
            yield BackendAddress.load(
                raw,
                here,
                id=f"{pool['id']}/loadbalancerbackendaddresses/{raw['name'].lower()}",
                backend_pool=pool["id"],
                virtual_network=own or shared or "",
                region=region,
            )


def _several(raw: Mapping[str, Any], one: str, many: str) -> list[str]:
    """What ARM tells in one of two fields, for one value or for several."""
    return [*([raw[one]] if raw.get(one) else []), *(raw.get(many) or [])]
