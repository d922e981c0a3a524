"""What resources of Azure's networks have in common, whichever service they are of."""

from collections.abc import Mapping
from typing import Any

from ...graph.model import field, ref
from .base import AzureResource, TrackedResource

NETWORK = "/subscriptions/{account}/resourcegroups/{resource_group}/providers/microsoft.network"
"""How the identities of networks and of what is in them begin."""
NETWORK_CLIENT = "azure.mgmt.network.NetworkManagementClient"
"""The SDK's client that lists them."""


class Address(AzureResource):
    """An address in a subnet, which a public one may lead to."""

    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnet.id")
    public_ip_address: str | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="publicIPAddress.id",
    )
    private_ip_address: str | None = field(
        "Private address; empty where there is only a public one.", wire="privateIPAddress"
    )


class Pool(AzureResource):
    """What stands behind an address."""

    ip_configurations: list[str] | None = ref(
        ("AzureNetworkInterfaceIPConfiguration", "UnknownResource"),
        by="id",
        rel="FORWARDS_TO",
        wire="backendIPConfigurations[].id",
    )


class Recorded(TrackedResource):
    """What flow logs record the traffic of."""

    flow_logs: list[str] | None = ref(
        "AzureFlowLog", by="id", rel="AUDITS", inverse=True, wire="flowLogs[].id"
    )


class LeadsOut(TrackedResource):
    """What says where the traffic of subnets goes."""

    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="ROUTES_TO", inverse=True, wire="subnets[].id"
    )


class OnInterfaces(TrackedResource):
    """What has interfaces of its own in a network."""

    network_interfaces: list[str] | None = ref(
        "AzureNetworkInterface",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="networkInterfaces[].id",
    )


def several(raw: Mapping[str, Any], one: str, many: str) -> list[str]:
    """What ARM tells in one of two fields, for one value or for several."""
    return [*([raw[one]] if raw.get(one) else []), *(raw.get(many) or [])]
