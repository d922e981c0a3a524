"""Interfaces in Azure's networks, and public addresses."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import AzureCollector, AzureResource, TrackedResource
from .network_shapes import NETWORK, NETWORK_CLIENT, Address
from .session import AzureApi

_COMPUTE = "/subscriptions/{account}/resourcegroups/{resource_group}/providers/microsoft.compute"
_INSTANCES = (
    _COMPUTE + "/virtualmachinescalesets/{scale_set}/virtualmachines/{instance}",
    _COMPUTE + "/cloudservices/{cloud_service}/roleinstances/{instance}",
)
"""What has interfaces and addresses of its own that ARM's listing of a subscription leaves out:
instances of uniform scale sets, which Resource Graph has, and of cloud services."""


class NetworkInterface(TrackedResource):
    """A network interface (Network Interfaces - List All)."""

    label = "AzureNetworkInterface"
    identity = NETWORK + "/networkinterfaces/{name}"
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


class InterfaceAddress(Address):
    """An IP configuration of a network interface (Network Interfaces - List All)."""

    label = "AzureNetworkInterfaceIPConfiguration"
    identity = NETWORK + "/networkinterfaces/{network_interface_name}/ipconfigurations/{name}"
    listing_omits = tuple(
        f"{each}/networkinterfaces/{{network_interface_name}}/ipconfigurations/{{name}}"
        for each in _INSTANCES
    )

    network_interface: str | None = ref("AzureNetworkInterface", by="id", rel="PART_OF")
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
    private_ip_address_version: str | None = field("IPv4 or IPv6.", wire="privateIPAddressVersion")


class PublicIPAddress(TrackedResource):
    """A public address (Public IP Addresses - List All)."""

    label = "AzurePublicIPAddress"
    identity = NETWORK + "/publicipaddresses/{name}"
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


class PublicIPPrefix(TrackedResource):
    """A range of public addresses (Public IP Prefixes - List All)."""

    label = "AzurePublicIPPrefix"
    identity = NETWORK + "/publicipprefixes/{name}"

    ip_prefix: str | None = field("The range.", wire="ipPrefix")
    frontend: str | None = ref(
        "AzureLoadBalancerFrontendIPConfiguration",
        by="id",
        rel="ATTACHED_TO",
        wire="loadBalancerFrontendIpConfiguration.id",
    )


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


class NetworkInterfaces(AzureCollector):
    """Network interfaces and public addresses, those of scale sets included."""

    service = "networkinterfaces"
    client = NETWORK_CLIENT
    permissions = (
        "Microsoft.Network/networkInterfaces/read",
        "Microsoft.Network/publicIPAddresses/read",
        "Microsoft.Network/publicIPPrefixes/read",
    )
    also_reads = (ScaleSetInterface, ScaleSetPublicIPAddress)

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


def _interface(
    interface: NetworkInterface, raw: Mapping[str, Any], here: Location
) -> Iterator[AzureResource]:
    """An interface and its addresses."""
    yield interface
    parent = {"network_interface": interface.id, "region": interface.region}
    for address in raw.get("ipConfigurations") or []:
        yield InterfaceAddress.load(address, here, **parent)
