"""Services of Azure's platform that the internet reaches."""

from typing import Any

import pytest
from support.azure_resources import ACCOUNT, of
from support.judging import Estate, verdicts

OPEN_RULES = {"publicNetworkAccess": "Enabled"}
CASES = {
    "storage_account_open_to_internet": ("AzureStorageAccount", OPEN_RULES),
    "keyvault_open_to_internet": ("AzureKeyVault", OPEN_RULES),
    "cosmosdb_account_open_to_internet": ("AzureCosmosDBAccount", OPEN_RULES),
    "container_registry_open_to_internet": ("AzureContainerRegistry", OPEN_RULES),
    "aks_api_server_open_to_internet": ("AzureKubernetesCluster", OPEN_RULES),
}


def verdict(check: str, *resources: Any, **scan: Any) -> Any:
    estate = Estate([*resources], accounts=(ACCOUNT,), regions=(), provider="azure", **scan)
    return verdicts(check, estate)["it"]


@pytest.mark.parametrize("check", CASES)
@pytest.mark.parametrize(("network", "expected"), [("Enabled", "FAIL"), ("Disabled", "PASS")])
def test_public_network_access_decides(check: str, network: str, expected: str) -> None:
    label, _ = CASES[check]
    assert verdict(check, of(label, publicNetworkAccess=network)) == expected


@pytest.mark.parametrize(("last", "expected"), [("255.255.255.255", "FAIL"), ("0.0.0.0", "PASS")])
def test_rules_of_a_server_decide(last: str, expected: str) -> None:
    server = of("AzureSQLServer", publicNetworkAccess="Enabled")
    rule = of(
        "AzureSQLServerFirewallRule",
        "rule",
        {"server": server.id},
        startIpAddress="0.0.0.0",
        endIpAddress=last,
    )
    assert verdict("sqlserver_open_to_internet", server, rule) == expected


def test_unlisted_rules_are_manual() -> None:
    server = of("AzureSQLServer", publicNetworkAccess="Enabled")
    found = verdict("sqlserver_open_to_internet", server, unread=("AzureSQLServerFirewallRule",))
    assert found[0] == "MANUAL"


def test_a_perimeter_is_manual() -> None:
    account = of("AzureStorageAccount", publicNetworkAccess="SecuredByPerimeter")
    assert verdict("storage_account_open_to_internet", account)[0] == "MANUAL"


@pytest.mark.parametrize(("network", "expected"), [("Enabled", "PASS"), ("Disabled", "PASS")])
def test_a_server_without_rules_is_closed(network: str, expected: str) -> None:
    server = of("AzurePostgreSQLFlexibleServer", network={"publicNetworkAccess": network})
    assert verdict("postgresql_flexible_server_open_to_internet", server) == expected
