"""Azure API Management."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Hosts, Identified, Part, PlatformService, listing


class ApiManagementService(PlatformService, Identified):
    """An API Management service (Resource Graph: resources)."""

    label = "AzureApiManagementService"
    arm_type = "Microsoft.ApiManagement/service"
    global_keys = ("hosts",)

    sku: str | None = field("Size.", wire="sku.name")
    hosts: Hosts | None = field(
        "Host names that it answers to.", wire="hostnameConfigurations[].hostName"
    )
    virtual_network_type: str | None = field(
        "None, External, which the internet reaches too, or Internal."
    )
    subnet: str | None = ref(
        "AzureSubnet",
        by="id",
        rel="IN_SUBNET",
        wire="virtualNetworkConfiguration.subnetResourceId",
    )
    public_ip_address: str | None = ref(
        "AzurePublicIPAddress", by="id", rel="ATTACHED_TO", inverse=True, wire="publicIpAddressId"
    )


class ApiManagementBackend(Part):
    """A service that APIs hand requests on to (Backend - List By Service)."""

    label = "AzureApiManagementBackend"
    arm_type = "Microsoft.ApiManagement/service/backends"
    api_version = "2022-08-01"

    api_management: str | None = ref(
        "AzureApiManagementService", by="id", rel="FORWARDS_TO", inverse=True, wire="containedIn"
    )
    url: str | None = field("Address of the service.")
    host: Host | None = ref(
        ("AzureAppService", "AzureFunctionApp", "AzureLogicAppStandard", "UnknownResource"),
        by="hosts",
        rel="FORWARDS_TO",
        wire="url",
    )


class ApiManagement(AzureCollector):
    """API Management services and what stands behind them."""

    service = "apimanagement"

    services = listing(ApiManagementService, ApiManagementBackend)
