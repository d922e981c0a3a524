"""Builds an Azure network for a test out of the API's own answers."""

from typing import Any

from clew.collectors.azure.loadbalancer import InboundNatRule, LoadBalancer, LoadBalancerFrontend
from clew.collectors.azure.network import (
    NetworkSecurityGroup,
    Route,
    RouteTable,
    SecurityRule,
    Subnet,
    VirtualNetwork,
)
from clew.collectors.azure.networkinterfaces import (
    InterfaceAddress,
    NetworkInterface,
    PublicIPAddress,
)
from clew.graph.model import Location, Resource

ACCOUNT = "11111111-2222-3333-4444-555555555555"
ROOT = f"/subscriptions/{ACCOUNT}/resourcegroups/rg/providers/microsoft.network"
SUBNET = f"{ROOT}/virtualnetworks/net/subnets/one"
HERE = Location(ACCOUNT, "global")


def of(kind: type[Resource], path: str, **fields: Any) -> Any:
    """A resource as the collector makes it of an answer that tells nothing else."""
    return kind.load({"id": f"{ROOT}/{path}", "name": path.rpartition("/")[2]}, HERE, **fields)


def network(group: str = "") -> list[Resource]:
    guarded = f"{ROOT}/networksecuritygroups/{group}" if group else ""
    return [
        of(VirtualNetwork, "virtualnetworks/net", security_admin_rules=[]),
        of(
            Subnet,
            "virtualnetworks/net/subnets/one",
            virtual_network=f"{ROOT}/virtualnetworks/net",
            network_security_group=guarded,
            route_table="",
        ),
    ]


def interface(name: str, group: str = "", sku: str = "", **address: Any) -> list[Resource]:
    """An interface; with a sku, it has a public address of that sku."""
    number = address.pop("number", "10.0.0.4")
    public = [of(PublicIPAddress, f"publicipaddresses/{name}-pip", sku=sku)] if sku else []
    return [
        of(
            NetworkInterface,
            f"networkinterfaces/{name}",
            network_security_group=f"{ROOT}/networksecuritygroups/{group}" if group else "",
        ),
        of(
            InterfaceAddress,
            f"networkinterfaces/{name}/ipconfigurations/{name}-ip",
            network_interface=f"{ROOT}/networkinterfaces/{name}",
            subnet=SUBNET,
            public_ip_address=public[0].id if public else "",
            private_ip_address=number,
            **address,
        ),
        *public,
    ]


def group(name: str, *rules: SecurityRule) -> list[Resource]:
    """A group with its own rules and the default that stops the rest."""
    closing = rule("DenyAllInBound", "Deny", 65500, ports=["*"])
    made = [
        each.model_copy(
            update={
                "id": f"{ROOT}/networksecuritygroups/{name}/securityrules/{each.name}",
                "network_security_group": f"{ROOT}/networksecuritygroups/{name}",
            }
        )
        for each in (*rules, closing)
    ]
    return [of(NetworkSecurityGroup, f"networksecuritygroups/{name}"), *made]


def rule(name: str, access: str, priority: int, source: str = "*", **fields: Any) -> SecurityRule:
    made: SecurityRule = of(
        SecurityRule,
        f"networksecuritygroups/x/securityrules/{name}",
        access=access,
        priority=priority,
        direction=fields.pop("direction", "Inbound"),
        protocol=fields.pop("protocol", "Tcp"),
        source_address_prefixes=[source],
        source_port_ranges=fields.pop("source_ports", ["*"]),
        destination_address_prefixes=[fields.pop("destination", "*")],
        destination_port_ranges=fields.pop("ports", ["22"]),
        **fields,
    )
    return made


def balancer(public: bool, sku: str = "Standard") -> list[Resource]:
    lb = f"{ROOT}/loadbalancers/lb"
    front = f"{lb}/frontendipconfigurations/front"
    return [
        of(LoadBalancer, "loadbalancers/lb", sku=sku),
        of(
            LoadBalancerFrontend,
            "loadbalancers/lb/frontendipconfigurations/front",
            load_balancer=lb,
            public_ip_address=f"{ROOT}/publicipaddresses/lb-pip" if public else "",
        ),
        of(
            InboundNatRule,
            "loadbalancers/lb/inboundnatrules/nat",
            load_balancer=lb,
            frontend=front,
            protocol="Tcp",
            frontend_port=50022,
            backend_port=22,
            ip_configuration=f"{ROOT}/networkinterfaces/nic/ipconfigurations/nic-ip",
        ),
    ]


def routed(*routes: tuple[str, str]) -> list[Resource]:
    """The network, its subnet with a table of these routes: prefixes and kinds of next hops."""
    table = f"{ROOT}/routetables/table"
    net, subnet = network()
    return [
        net,
        subnet.model_copy(update={"route_table": table}),
        of(RouteTable, "routetables/table"),
        *(
            of(
                Route,
                f"routetables/table/routes/route-{number}",
                route_table=table,
                address_prefix=prefix,
                next_hop_type=hop,
            )
            for number, (prefix, hop) in enumerate(routes)
        ),
    ]
