"""Azure Application Gateway and web application firewalls."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import (
    AzureCollector,
    AzureResource,
    Connectable,
    Hosts,
    Identified,
    TrackedResource,
    VaultUris,
    listing,
)
from .network_shapes import NETWORK, NETWORK_CLIENT, Address, Pool
from .session import AzureApi

_GATEWAY = NETWORK + "/applicationgateways/{gateway_name}"
_APPS = (
    "AzureAppService",
    "AzureFunctionApp",
    "AzureLogicAppStandard",
    "AzureAppServiceSlot",
    "AzureStaticWebApp",
    "AzureStorageAccount",
    "AzureApiManagementService",
    "UnknownResource",
)
"""What answers at a host name of its own."""


class ApplicationGateway(Connectable, Identified):
    """An application gateway (Application Gateways - List All)."""

    label = "AzureApplicationGateway"
    identity = NETWORK + "/applicationgateways/{name}"

    sku: str | None = field("Standard_v2, WAF_v2 and others.", wire="sku.tier")
    operational_state: str | None = field("Running or Stopped.")
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="gatewayIPConfigurations[].subnet.id"
    )
    waf_policy: str | None = ref(
        "AzureWafPolicy", by="id", rel="PROTECTED_BY", wire="firewallPolicy.id"
    )
    waf_enabled: bool | None = field(
        "Its own firewall of applications is on, if it has no policy.",
        wire="webApplicationFirewallConfiguration.enabled",
    )
    certificate_secrets: VaultUris | None = ref(
        "AzureKeyVaultSecret", by="secret_uri", rel="USES_CERTIFICATE", wire="-"
    )
    minimum_tls_version: str | None = field(
        "Oldest TLS that is answered; empty where a named policy says it.",
        wire="sslPolicy.minProtocolVersion",
    )


class GatewayFrontend(Address):
    """An address that a gateway listens on (Application Gateways - List All)."""

    label = "AzureApplicationGatewayFrontendIPConfiguration"
    identity = _GATEWAY + "/frontendipconfigurations/{name}"

    gateway: str | None = ref("AzureApplicationGateway", by="id", rel="PART_OF")


class GatewayListener(AzureResource):
    """What a gateway listens for (Application Gateways - List All)."""

    label = "AzureApplicationGatewayHttpListener"
    identity = _GATEWAY + "/httplisteners/{name}"

    gateway: str | None = ref("AzureApplicationGateway", by="id", rel="PART_OF")
    frontend: str | None = ref(
        "AzureApplicationGatewayFrontendIPConfiguration",
        by="id",
        rel="ATTACHED_TO",
        wire="frontendIPConfiguration.id",
    )
    port: int | None = field("Port.", wire="-")
    protocol: str | None = field("Http or Https.")
    host_names: list[str] | None = field("Host names that it is for; empty is any.")
    waf_policy: str | None = ref(
        "AzureWafPolicy", by="id", rel="PROTECTED_BY", wire="firewallPolicy.id"
    )


class GatewayRule(AzureResource):
    """Where a gateway sends requests to (Application Gateways - List All)."""

    label = "AzureApplicationGatewayRule"
    identity = _GATEWAY + "/requestroutingrules/{name}"

    gateway: str | None = ref("AzureApplicationGateway", by="id", rel="PART_OF")
    listener: str | None = ref(
        "AzureApplicationGatewayHttpListener", by="id", rel="ATTACHED_TO", wire="httpListener.id"
    )
    backend_pools: list[str] | None = ref(
        "AzureApplicationGatewayBackendPool", by="id", rel="FORWARDS_TO", wire="-"
    )
    ports: list[str] | None = field("Ports that it sends them to.", wire="-")


class GatewayPool(Pool):
    """What stands behind a gateway (Application Gateways - List All)."""

    label = "AzureApplicationGatewayBackendPool"
    identity = _GATEWAY + "/backendaddresspools/{name}"

    gateway: str | None = ref("AzureApplicationGateway", by="id", rel="PART_OF")
    ip_addresses: list[str] | None = field("Addresses that it names.", wire="-")
    hosts: Hosts | None = ref(_APPS, by=("hosts",), rel="FORWARDS_TO", wire="-")


class WafPolicy(TrackedResource):
    """Rules of a gateway's firewall of applications (Resource Graph: resources)."""

    label = "AzureWafPolicy"
    arm_type = "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"

    state: str | None = field("Enabled or Disabled.", wire="policySettings.state")
    mode: str | None = field("Prevention or Detection.", wire="policySettings.mode")
    gateways: list[str] | None = ref(
        "AzureApplicationGateway",
        by="id",
        rel="PROTECTED_BY",
        inverse=True,
        wire="applicationGateways[].id",
    )


class FrontDoorWafPolicy(TrackedResource):
    """Rules of Front Door's firewall of applications (Resource Graph: resources)."""

    label = "AzureFrontDoorWafPolicy"
    arm_type = "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies"

    state: str | None = field("Enabled or Disabled.", wire="policySettings.enabledState")
    mode: str | None = field("Prevention or Detection.", wire="policySettings.mode")
    security_policies: list[str] | None = ref(
        "AzureFrontDoorSecurityPolicy",
        by="id",
        rel="PROTECTED_BY",
        inverse=True,
        wire="securityPolicyLinks[].id",
    )
    classic_endpoints: list[str] | None = field(
        "Endpoints of the old Front Door that it protects, by id.",
        wire="frontendEndpointLinks[].id",
    )


class ApplicationGateways(AzureCollector):
    """Application gateways and firewalls of applications."""

    service = "applicationgateway"
    client = NETWORK_CLIENT
    permissions = ("Microsoft.Network/applicationGateways/read",)

    @lists(ApplicationGateway, GatewayFrontend, GatewayListener, GatewayRule, GatewayPool)
    def application_gateways(self, api: AzureApi) -> Iterator[AzureResource]:
        """Gateways, where they listen, and where they send requests to."""
        for raw in api.pages("application_gateways.list_all"):
            secrets = [
                each["keyVaultSecretId"]
                for each in raw.get("sslCertificates") or []
                if each.get("keyVaultSecretId")
            ]
            gateway = ApplicationGateway.load(raw, api.here, certificate_secrets=secrets)
            yield gateway
            parent = {"gateway": gateway.id, "region": gateway.region}
            for each in raw.get("frontendIPConfigurations") or []:
                yield GatewayFrontend.load(each, api.here, **parent)
            ports = {each["id"]: each.get("port") for each in raw.get("frontendPorts") or []}
            for each in raw.get("httpListeners") or []:
                port = ports.get((each.get("frontendPort") or {}).get("id"))
                names = [each.get("hostName") or "", *(each.get("hostNames") or [])]
                hosts = sorted({*names} - {""})
                yield GatewayListener.load(each, api.here, port=port, host_names=hosts, **parent)
            for each in raw.get("requestRoutingRules") or []:
                pools, numbers = _behind(raw, each)
                yield GatewayRule.load(each, api.here, backend_pools=pools, ports=numbers, **parent)
            for each in raw.get("backendAddressPools") or []:
                addresses = each.get("backendAddresses") or []
                yield GatewayPool.load(
                    each,
                    api.here,
                    ip_addresses=[one["ipAddress"] for one in addresses if one.get("ipAddress")],
                    hosts=[one["fqdn"] for one in addresses if one.get("fqdn")],
                    **parent,
                )

    waf_policies = listing(WafPolicy)
    front_door_waf_policies = listing(FrontDoorWafPolicy)


def _behind(gateway: dict[str, Any], rule: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The pools that a rule sends requests to, by paths or without, and on which ports."""
    maps = {each["id"]: each for each in gateway.get("urlPathMaps") or []}
    settings = {
        each["id"]: each.get("port") for each in gateway.get("backendHttpSettingsCollection") or []
    }
    by_path = maps.get((rule.get("urlPathMap") or {}).get("id"), {})
    default = {
        "backendAddressPool": by_path.get("defaultBackendAddressPool"),
        "backendHttpSettings": by_path.get("defaultBackendHttpSettings"),
    }
    choices = [rule, default, *(by_path.get("pathRules") or [])]
    pools = {(each.get("backendAddressPool") or {}).get("id") or "" for each in choices}
    ports = {settings.get((each.get("backendHttpSettings") or {}).get("id")) for each in choices}
    return sorted(pools - {""}), sorted(str(each) for each in ports if each is not None)
