"""Names that lead to something in Azure that is gone."""

from typing import Any

import pytest
from clew.collectors.azure.base import normalised
from clew.collectors.azure.dns import DnsRecord
from clew.graph.model import Resource
from support.azure_resources import ACCOUNT, GROUP, HERE, of
from support.judging import Estate, verdicts

CHECK = "dangling_dns_to_azure"
ZONE = of("AzureDnsZone", "clew.example")
APP = of("AzureAppService", "app", hostNames=["app.azurewebsites.net"])


def record(kind: str = "CNAME", zones: str = "dnsZones", **properties: Any) -> Any:
    id_ = f"{GROUP}/Microsoft.Network/{zones}/clew.example/{kind}/www"
    return DnsRecord.load(normalised({"id": id_, "name": "www", "properties": properties}), HERE)


def cname(name: str, **more: Any) -> Any:
    return record(CNAMERecord={"cname": name}, **more)


def found(*resources: Resource, **scan: Any) -> Any:
    estate = Estate([ZONE, *resources], accounts=(ACCOUNT,), regions=(), provider="azure", **scan)
    return verdicts(CHECK, estate)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("app.azurewebsites.net", "PASS"),
        ("App.AzureWebsites.net.", "PASS"),
        ("gone.azurewebsites.net", "FAIL"),
        ("gone.blob.core.windows.net", "FAIL"),
        ("gone.trafficmanager.net", "FAIL"),
        ("shop.elsewhere.example", ("MANUAL", "UNKNOWN_OWNER")),
    ],
)
def test_names(name: str, expected: Any) -> None:
    assert found(cname(name), APP) == {"www": expected}


def test_an_alias_of_a_deleted_resource_fails() -> None:
    gone = f"{GROUP}/Microsoft.Network/publicIPAddresses/gone"
    assert found(record("A", targetResource={"id": gone})) == {"www": "FAIL"}


def test_an_address_that_nobody_scanned_has_is_manual() -> None:
    records = [{"ipv4Address": "192.0.2.1"}]
    assert found(record("A", ARecords=records)) == {"www": ("MANUAL", "UNKNOWN_OWNER")}


def test_what_could_not_be_listed_may_have_the_name() -> None:
    answers = found(cname("gone.azurewebsites.net"), unread=("AzureFunctionApp",))
    assert answers["www"][0] == "MANUAL"


def test_private_zones_are_nobodys_to_claim() -> None:
    private = of("AzurePrivateDnsZone", "clew.example")
    assert found(cname("gone.azurewebsites.net", zones="privateDnsZones"), private) == {}
