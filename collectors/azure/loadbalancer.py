"""Azure load balancers."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...graph.model import Location, field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource, TrackedResource
from .network_shapes import NETWORK, NETWORK_CLIENT, Address, Pool
from .session import AzureApi


class LoadBalancer(TrackedResource):
    """A load balancer (Load Balancers - List All)."""

    label = "AzureLoadBalancer"
    identity = NETWORK + "/loadbalancers/{name}"

    sku: str | None = field("Basic, Standard or Gateway.", wire="sku.name")


class LoadBalancerFrontend(Address):
    """An address that a load balancer listens on (Load Balancers - List All)."""

    label = "AzureLoadBalancerFrontendIPConfiguration"
    identity = NETWORK + "/loadbalancers/{load_balancer_name}/frontendipconfigurations/{name}"

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")
    public_ip_prefix: str | None = ref(
        "AzurePublicIPPrefix", by="id", rel="ATTACHED_TO", inverse=True, wire="publicIPPrefix.id"
    )


class BackendPool(Pool):
    """Where a load balancer sends traffic to (Load Balancers - List All)."""

    label = "AzureLoadBalancerBackendPool"
    identity = NETWORK + "/loadbalancers/{load_balancer_name}/backendaddresspools/{name}"

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")


class BackendAddress(AzureResource):
    """A member of a backend pool that is known by its address alone (Load Balancers - List All)."""

    label = "AzureLoadBalancerBackendAddress"
    identity = (
        NETWORK
        + "/loadbalancers/{load_balancer_name}/backendaddresspools/{backend_pool_name}"
        + "/loadbalancerbackendaddresses/{name}"
    )

    backend_pool: str | None = ref("AzureLoadBalancerBackendPool", by="id", rel="PART_OF")
    virtual_network: str | None = ref("AzureVirtualNetwork", by="id", rel="IN_NETWORK")
    ip_address: str | None = field("The address, which means something in its network only.")


class _Forwarding(AzureResource):
    """What becomes of traffic to a frontend of a load balancer."""

    load_balancer: str | None = ref("AzureLoadBalancer", by="id", rel="PART_OF")
    frontend: str | None = ref(
        "AzureLoadBalancerFrontendIPConfiguration",
        by="id",
        rel="ATTACHED_TO",
        wire="frontendIPConfiguration.id",
    )
    protocol: str | None = field("Tcp, Udp or All.")


class LoadBalancingRule(_Forwarding):
    """What a load balancer does with traffic to a port (Load Balancers - List All)."""

    label = "AzureLoadBalancerRule"
    identity = NETWORK + "/loadbalancers/{load_balancer_name}/loadbalancingrules/{name}"

    backend_pools: list[str] | None = ref(
        "AzureLoadBalancerBackendPool", by="id", rel="FORWARDS_TO"
    )
    frontend_port: int | None = field("Port that it listens on; 0 is every port.")
    backend_port: int | None = field("Port that it sends to; 0 is the same as it listened on.")
    enable_floating_ip: bool | None = field(
        "The destination stays the frontend's address.", wire="enableFloatingIP"
    )


class InboundNatRule(_Forwarding):
    """A port of a load balancer that leads to one machine (Load Balancers - List All)."""

    label = "AzureLoadBalancerInboundNatRule"
    identity = NETWORK + "/loadbalancers/{load_balancer_name}/inboundnatrules/{name}"

    ip_configuration: str | None = ref(
        ("AzureNetworkInterfaceIPConfiguration", "UnknownResource"),
        by="id",
        rel="FORWARDS_TO",
        wire="backendIPConfiguration.id",
    )
    backend_pool: str | None = ref(
        "AzureLoadBalancerBackendPool", by="id", rel="FORWARDS_TO", wire="backendAddressPool.id"
    )
    frontend_port: int | None = field("Port that it listens on; null where it has a range.")
    frontend_port_range_start: int | None = field("First port, one for each member of the pool.")
    frontend_port_range_end: int | None = field("Last port.")
    backend_port: int | None = field("Port that it sends to.")


class LoadBalancers(AzureCollector):
    """Load balancers, which pass packets on."""

    service = "loadbalancer"
    client = NETWORK_CLIENT
    permissions = ("Microsoft.Network/loadBalancers/read",)

    @lists(
        LoadBalancer,
        LoadBalancerFrontend,
        BackendPool,
        BackendAddress,
        LoadBalancingRule,
        InboundNatRule,
    )
    def load_balancers(self, api: AzureApi) -> Iterator[AzureResource]:
        """Load balancers, where they listen, and where they send traffic to."""
        for raw in api.pages("load_balancers.list_all"):
            balancer = LoadBalancer.load(raw, api.here)
            yield balancer
            parent = {"load_balancer": balancer.id, "region": balancer.region}
            for frontend in raw.get("frontendIPConfigurations") or []:
                yield LoadBalancerFrontend.load(frontend, api.here, **parent)
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
