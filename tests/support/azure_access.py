"""Small worlds of Azure for checks that ask who may do what."""

import json
from typing import Any

from clew.graph.exposure.reach import INTERNET
from clew.graph.model import MissingReason
from support.access_verdicts import verdicts as verdicts
from support.azure_worlds import AzureWorld


def open_to_internet(world: AzureWorld, resource: str, *unread: str) -> None:
    """Lets the internet reach a resource on one port; perhaps, if something is unread."""
    if INTERNET not in world.graph:
        world.graph.add_node(
            INTERNET, id=INTERNET, label="Internet", name="internet", missing=None, account=None
        )
    world.graph.add_edge(
        INTERNET,
        resource,
        rel="CAN_REACH",
        via="",
        unread=list(unread),
        evidence=json.dumps({}),
        protocol="tcp",
        from_port=443,
        to_port=443,
        address_family="ipv4",
        path="direct",
    )


def identity(world: AzureWorld, resource: str, name: str) -> str:
    """Lets a resource run as a service principal; its id."""
    id_ = world.principal(name, "app")
    world.graph.add_edge(resource, id_, rel="RUNS_AS", via="system_identity")
    return id_


def unread_identity(world: AzureWorld, resource: str) -> None:
    """Lets nobody have read as whom a resource runs."""
    id_ = f"unread:{resource}"
    world.graph.add_node(
        id_, id=id_, label="EntraServicePrincipal", name=id_, missing=MissingReason.UNREADABLE
    )
    world.graph.add_edge(resource, id_, rel="RUNS_AS", via="system_identity")


def machine(world: AzureWorld, name: str, group: str = "rg", **fields: Any) -> str:
    """Adds a running machine to a resource group."""
    id_ = f"/subscriptions/s/resourcegroups/{group}/providers/microsoft.compute/virtualmachines/"
    known = {"power_state": "running", "os_type": "Linux"}
    return world.resource("AzureVirtualMachine", id_ + name, **known, **fields)


def world_of_one_subscription() -> AzureWorld:
    """A subscription ``s`` with a resource group ``rg``, in which nobody holds anything."""
    world = AzureWorld()
    world.subscription("s")
    world.resource("AzureResourceGroup", "/subscriptions/s/resourcegroups/rg")
    return world
