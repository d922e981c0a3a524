"""Answers of the test estate are such as Azure gives: they parse into the models of Microsoft's own
SDK without members that these do not know. Packages that are not installed are skipped."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, get_args, get_origin

import pytest
from clew.collectors.azure.answers import _members, _subtype, hold_to_the_model
from servers.json_replay import ESTATE, load_estate

OF_TYPE = {
    "Microsoft.App/containerApps": "appcontainers.ContainerApp",
    "Microsoft.App/managedEnvironments": "appcontainers.ManagedEnvironment",
    "Microsoft.CognitiveServices/accounts": "cognitiveservices.Account",
    "Microsoft.Compute/disks": "compute.Disk",
    "Microsoft.Compute/diskEncryptionSets": "compute.DiskEncryptionSet",
    "Microsoft.Compute/galleries": "compute.Gallery",
    "Microsoft.Compute/images": "compute.Image",
    "Microsoft.Compute/snapshots": "compute.Snapshot",
    "Microsoft.Compute/virtualMachineScaleSets": "compute.VirtualMachineScaleSet",
    "Microsoft.ContainerRegistry/registries": "containerregistry.Registry",
    "Microsoft.ContainerService/managedClusters": "containerservice.ManagedCluster",
    "Microsoft.DBforPostgreSQL/flexibleServers": "postgresqlflexibleservers.Server",
    "Microsoft.DocumentDB/databaseAccounts": "cosmosdb.DatabaseAccountGetResults",
    "Microsoft.EventHub/namespaces": "eventhub.EHNamespace",
    "Microsoft.KeyVault/managedHSMs": "keyvault.ManagedHsm",
    "Microsoft.KeyVault/vaults": "keyvault.Vault",
    "Microsoft.Network/applicationGateways": "network.ApplicationGateway",
    "Microsoft.Network/bastionHosts": "network.BastionHost",
    "Microsoft.Network/connections": "network.VirtualNetworkGatewayConnection",
    "Microsoft.Network/expressRouteCircuits": "network.ExpressRouteCircuit",
    "Microsoft.Network/localNetworkGateways": "network.LocalNetworkGateway",
    "Microsoft.Network/natGateways": "network.NatGateway",
    "Microsoft.Network/networkInterfaces": "network.NetworkInterface",
    "Microsoft.Network/networkWatchers/flowLogs": "network.FlowLog",
    "Microsoft.Network/privateEndpoints": "network.PrivateEndpoint",
    "Microsoft.Network/privateLinkServices": "network.PrivateLinkService",
    "Microsoft.Network/publicIPAddresses": "network.PublicIPAddress",
    "Microsoft.Network/publicIPPrefixes": "network.PublicIPPrefix",
    "Microsoft.Network/virtualHubs": "network.VirtualHub",
    "Microsoft.Network/virtualNetworkGateways": "network.VirtualNetworkGateway",
    "Microsoft.Network/virtualWans": "network.VirtualWAN",
    "Microsoft.RecoveryServices/vaults": "recoveryservices.Vault",
    "Microsoft.Sql/managedInstances": "sql.ManagedInstance",
    "Microsoft.Sql/servers": "sql.Server",
    "Microsoft.Sql/servers/databases": "sql.Database",
    "Microsoft.Storage/storageAccounts": "storage.StorageAccount",
    "Microsoft.Web/serverFarms": "web.AppServicePlan",
    "Microsoft.Web/sites": "web.Site",
}
BEYOND = {"kind", "properties.allowPort25Out", "properties.extended"}
"""What ARM tells of interfaces, and Resource Graph of machines, that the SDK does not know."""


def answers() -> Iterator[Mapping[str, Any]]:
    for answer in load_estate(ESTATE / "azure").values():
        rows = answer if isinstance(answer, list) else answer.get("value", [answer])
        yield from (row for row in rows if isinstance(row, dict))


ROWS = [row for row in answers() if row.get("type") in OF_TYPE]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['type']}-{row['name']}")
def test_it_parses_into_the_models_of_the_sdk(row: Mapping[str, Any]) -> None:
    package, _, name = OF_TYPE[row["type"]].partition(".")
    try:
        models = import_module(f"azure.mgmt.{package}.models")
    except ImportError:
        pytest.skip(f"azure-mgmt-{package} is not installed")
    model = getattr(models, name)
    hold_to_the_model(model, row)
    assert {*unknown(model, row, "")} - BEYOND == set()


def unknown(kind: Any, value: Any, place: str) -> Iterator[str]:
    """The places of members that the SDK's models do not know."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (list, dict):
        for each in (value.values() if origin is dict else value) if value else ():
            yield from unknown(inner[-1], each, place)
    elif origin:
        choice = next((each for each in inner if get_origin(each) or _members(each)), None)
        yield from unknown(choice, value, place) if choice else ()
    elif _members(kind) and isinstance(value, Mapping):
        members = _members(_subtype(kind, value))
        for name, item in value.items():
            there = f"{place}.{name}".lstrip(".")
            yield from unknown(members[name], item, there) if name in members else [there]
