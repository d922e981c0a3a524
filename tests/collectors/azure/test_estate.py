"""Answers of the test estate are such as Azure gives: they parse into the models of Microsoft's own
SDK without members that these do not know. Packages that are not installed are skipped."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, get_args, get_origin

import pytest
from clew.collectors.azure.answers import _members, _subtype, hold_to_the_model
from servers.json_replay import ESTATE, load_estate

_MACHINES = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines"
OF_TYPE = {
    "Microsoft.App/containerApps": "appcontainers.ContainerApp",
    "Microsoft.App/managedEnvironments": "appcontainers.ManagedEnvironment",
    "Microsoft.CognitiveServices/accounts": "cognitiveservices.Account",
    "Microsoft.Compute/diskEncryptionSets": "compute.DiskEncryptionSet",
    "Microsoft.Compute/disks": "compute.Disk",
    "Microsoft.Compute/galleries": "compute.Gallery",
    "Microsoft.Compute/images": "compute.Image",
    "Microsoft.Compute/snapshots": "compute.Snapshot",
    "Microsoft.Compute/virtualMachineScaleSets": "compute.VirtualMachineScaleSet",
    f"{_MACHINES}/networkInterfaces": "network.NetworkInterface",
    f"{_MACHINES}/networkInterfaces/ipConfigurations/publicIPAddresses": "network.PublicIPAddress",
    "Microsoft.ContainerRegistry/registries": "containerregistry.Registry",
    "Microsoft.ContainerService/managedClusters": "containerservice.ManagedCluster",
    "Microsoft.DBforPostgreSQL/flexibleServers": "postgresqlflexibleservers.Server",
    "Microsoft.DocumentDB/databaseAccounts": "cosmosdb.DatabaseAccountGetResults",
    "Microsoft.EventHub/namespaces": "eventhub.EHNamespace",
    "Microsoft.KeyVault/managedHSMs": "keyvault.ManagedHsm",
    "Microsoft.KeyVault/vaults": "keyvault.Vault",
    "Microsoft.Network/applicationGateways": "network.ApplicationGateway",
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies": (
        "network.WebApplicationFirewallPolicy"
    ),
    "Microsoft.Network/applicationSecurityGroups": "network.ApplicationSecurityGroup",
    "Microsoft.Network/azureFirewalls": "network.AzureFirewall",
    "Microsoft.Network/bastionHosts": "network.BastionHost",
    "Microsoft.Network/connections": "network.VirtualNetworkGatewayConnection",
    "Microsoft.Network/expressRouteCircuits": "network.ExpressRouteCircuit",
    "Microsoft.Network/firewallPolicies": "network.FirewallPolicy",
    "Microsoft.Network/firewallPolicies/ruleCollectionGroups": (
        "network.FirewallPolicyRuleCollectionGroup"
    ),
    "Microsoft.Network/loadBalancers": "network.LoadBalancer",
    "Microsoft.Network/localNetworkGateways": "network.LocalNetworkGateway",
    "Microsoft.Network/natGateways": "network.NatGateway",
    "Microsoft.Network/networkInterfaces": "network.NetworkInterface",
    "Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules": (
        "network.EffectiveBaseSecurityAdminRule"
    ),
    "Microsoft.Network/networkSecurityGroups": "network.NetworkSecurityGroup",
    "Microsoft.Network/networkWatchers": "network.NetworkWatcher",
    "Microsoft.Network/networkWatchers/flowLogs": "network.FlowLog",
    "Microsoft.Network/privateEndpoints": "network.PrivateEndpoint",
    "Microsoft.Network/privateLinkServices": "network.PrivateLinkService",
    "Microsoft.Network/publicIPAddresses": "network.PublicIPAddress",
    "Microsoft.Network/publicIPPrefixes": "network.PublicIPPrefix",
    "Microsoft.Network/routeTables": "network.RouteTable",
    "Microsoft.Network/virtualHubs": "network.VirtualHub",
    "Microsoft.Network/virtualNetworkGateways": "network.VirtualNetworkGateway",
    "Microsoft.Network/virtualNetworks": "network.VirtualNetwork",
    "Microsoft.Network/virtualWans": "network.VirtualWAN",
    "Microsoft.RecoveryServices/vaults": "recoveryservices.Vault",
    "Microsoft.Sql/managedInstances": "sql.ManagedInstance",
    "Microsoft.Sql/servers": "sql.Server",
    "Microsoft.Sql/servers/databases": "sql.Database",
    "Microsoft.Storage/storageAccounts": "storage.StorageAccount",
    "Microsoft.Web/serverFarms": "web.AppServicePlan",
    "Microsoft.Web/sites": "web.Site",
}
OTHER_PACKAGES = (
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
    "Microsoft.Network/dnsZones",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/trafficManagerProfiles",
)
"""How the types of Microsoft.Network begin whose models are not in azure-mgmt-network."""
BEYOND = {
    "kind",
    "properties.allowPort25Out",
    "properties.extended",
    "properties.ipConfigurations.properties.privateIPAllocationMethod",
}
"""What ARM tells of interfaces and firewalls, and Resource Graph of machines, that the SDK does not
know."""


def answers() -> Iterator[Mapping[str, Any]]:
    for answer in load_estate(ESTATE / "azure").values():
        rows = answer if isinstance(answer, list) else answer.get("value", [answer])
        yield from (row for row in rows if isinstance(row, dict))


def type_of(row: Mapping[str, Any]) -> str:
    """A resource's type in ARM; by its id where it does not say; empty if it has none."""
    namespace, *parts = row.get("id", "").rpartition("/providers/")[2].split("/")
    return str(row.get("type") or "/".join([namespace, *parts[::2]]))


ROWS = [row for row in answers() if type_of(row) in OF_TYPE]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"].rpartition("/providers/")[2])
def test_it_parses_into_the_models_of_the_sdk(row: Mapping[str, Any]) -> None:
    package, _, name = OF_TYPE[type_of(row)].partition(".")
    try:
        models = import_module(f"azure.mgmt.{package}.models")
    except ImportError:
        pytest.skip(f"azure-mgmt-{package} is not installed")
    model = getattr(models, name)
    hold_to_the_model(model, row)
    assert {*unknown(model, row, "")} - BEYOND == set()


def test_all_of_the_network_is_looked_at() -> None:
    types = {type_of(row) for row in answers()}
    network = {each for each in types if each.startswith("Microsoft.Network/")}
    left = network - OF_TYPE.keys()
    assert {each for each in left if not each.startswith(OTHER_PACKAGES)} == set()


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
