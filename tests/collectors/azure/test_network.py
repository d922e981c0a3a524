"""Azure networks, read with the real SDK from a replayed estate."""

import json
from pathlib import Path

import pytest
from clew.collectors.azure import session
from clew.collectors.azure.session import ENDPOINT, AzureOptions, connect
from clew.graph.model import Status
from servers.json_replay import AZURE, ESTATE, JsonReplay
from support.clouds import Scanned, scan

PROD = "11111111-2222-3333-4444-555555555555"
DEV = "66666666-7777-8888-9999-000000000000"
NETWORK = f"/subscriptions/{PROD}/resourcegroups/net-prod-rg/providers/microsoft.network"
LOAD_BALANCERS = {
    "AzureLoadBalancer",
    "AzureLoadBalancerBackendAddress",
    "AzureLoadBalancerBackendPool",
    "AzureLoadBalancerFrontendIPConfiguration",
    "AzureLoadBalancerInboundNatRule",
    "AzureLoadBalancerRule",
}


@pytest.fixture
def azure(azure_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, azure_replay.url)
    monkeypatch.setattr(session, "RETRIES", {"retry_total": 3, "retry_backoff_factor": 0})
    return azure_replay


def scanned(folder: Path, *subscriptions: str) -> Scanned:
    return scan(folder, connect(AzureOptions(subscriptions)))


def test_both_subscriptions_are_read_whole_but_for_what_is_denied(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    assert found.names("AzureVirtualNetwork") == {
        "shop-vnet",
        "batch-vnet",
        "legacy-vnet",
        "dev-vnet",
    }
    assert found.names("AzureNetworkInterface") == {
        "web-nic-0",
        "web-nic-1",
        "bastion-nic",
        "app-nic",
        "orphan-nic",
        "jump-nic",
        "build-nic",
        "worker-nic",
    }
    assert found.names("AzureLoadBalancer") == {"shop-lb", "app-ilb", "legacy-lb"}
    assert found.incomplete(PROD) == set()
    assert found.incomplete(DEV) == LOAD_BALANCERS
    assert not azure.not_recorded


def test_ids_are_in_lower_case_and_names_as_given(azure: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path, DEV)
    address = found.named("AzurePublicIPAddress", "jump-pip")
    assert address.id == address.id.lower()
    assert found.edges("ATTACHED_TO", "AzurePublicIPAddress") == {
        ("jump-pip", "ipconfig1"),
        ("build-pip", "ipconfig1"),
    }
    rule = found.named("AzureSecurityRule", "AllowVnetInBound")
    assert (rule.account, rule.region) == (DEV, "northeurope")


def test_references_lead_to_their_targets(azure: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path, PROD)
    assert found.edges("PROTECTED_BY", "AzureSubnet") == {
        ("web", "web-nsg"),
        ("app", "app-nsg"),
    }
    assert found.edges("PROTECTED_BY", "AzureNetworkInterface") == {
        ("web-nic-1", "bastion-nsg"),
        ("bastion-nic", "bastion-nsg"),
        ("orphan-nic", "retired-nsg!NOT_FOUND"),
        ("worker-nic", "bastion-nsg"),
    }
    assert found.edges("FORWARDS_TO", "AzureLoadBalancerRule") == {
        ("https", "web-pool"),
        ("api", "app-pool"),
        ("http", "legacy-pool"),
    }
    assert found.edges("IN_NETWORK", "AzureLoadBalancerBackendAddress") == {
        ("old-web", "legacy-vnet")
    }
    assert found.edges("ROUTES_TO", "AzureSubnet") == {
        ("app", "app-routes"),
        ("web", "own-way-out"),
        ("mgmt", "own-way-out"),
    }
    assert found.edges("IN_ACCOUNT", "AzureSubscription") == {("clew-prod", "Clew Retail")}
    # Named by the pool and by the interface, it is one edge all the same.
    pools = [
        edge
        for pair, edges in found.graph.edges.items()
        if (pair.source, pair.rel) == ("AzureLoadBalancerBackendPool", "FORWARDS_TO")
        for edge in edges
    ]
    assert len(pools) == len({(edge.source, edge.target) for edge in pools}) == 3


def test_what_is_not_in_the_scan_says_why(azure: JsonReplay, tmp_path: Path) -> None:
    azure.deny("networkSecurityGroups")
    found = scanned(tmp_path, PROD)
    assert found.edges("PEERS_WITH", "AzureVirtualNetworkPeering") == {
        ("to-hub", "hub-vnet!CROSS_ACCOUNT"),
        ("to-sold-business", "divested-vnet!CROSS_ACCOUNT"),
        ("to-batch", "batch-vnet"),
        ("to-shop", "shop-vnet"),
    }
    assert ("web-nic-1", "bastion-nsg!UNREADABLE") in found.edges("PROTECTED_BY")
    assert ("app-nic", "app-0") in found.edges("ATTACHED_TO")
    tenant = "0a0a0a0a-1111-4222-8333-444455556666"
    resolved = found.edges("RESOLVES_TO", "AzureTenant")
    assert resolved == {("Clew Retail", f"{tenant}!CROSS_ACCOUNT")}
    assert ("shop", "shop-gw-pip") in found.edges("RESOLVES_TO", "AzureDnsRecord")
    assert found.incomplete() == {"AzureNetworkSecurityGroup", "AzureSecurityRule"}
    record = found.coverage("network_security_groups.list_all")
    assert (record.status, record.code) == (Status.DENIED, "AuthorizationFailed")


def test_the_side_that_can_be_read_tells_of_the_edge(azure: JsonReplay, tmp_path: Path) -> None:
    azure.deny("loadBalancers")
    found = scanned(tmp_path, PROD)
    assert found.edges("FORWARDS_TO", "AzureLoadBalancerBackendPool") == {
        ("web-pool!UNREADABLE", "ipconfig1"),
        ("app-pool!UNREADABLE", "ipconfig1"),
    }


def test_rules_keep_one_and_several_prefixes_and_ports(azure: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path, PROD)
    cdn = found.named("AzureSecurityRule", "allow-cdn").model_dump()
    assert cdn["destination_port_ranges"] == ["80", "8080-8081"]
    assert cdn["source_address_prefixes"] == ["AzureFrontDoor.Backend"]
    assert cdn["is_default"] is False
    tier = found.named("AzureSecurityRule", "allow-web-tier").model_dump()
    assert tier["source_address_prefixes"] == ["10.20.1.0/24", "10.20.9.0/27"]


def test_security_admin_rules_of_all_pages_are_a_field_of_their_network(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path, PROD)
    rules = json.loads(found.named("AzureVirtualNetwork", "shop-vnet").security_admin_rules)
    assert [(rule["access"], rule["priority"]) for rule in rules] == [
        ("AlwaysAllow", 10),
        ("Deny", 20),
        ("Allow", 30),
    ]
    assert rules[1]["sources"] == [
        {"addressPrefix": "Internet", "addressPrefixType": "ServiceTag"},
    ]
    assert found.named("AzureVirtualNetwork", "batch-vnet").security_admin_rules == "[]"


@pytest.mark.parametrize("page", ["shop-vnet/listNetworkManager", "batch-vnet/listNetworkManager"])
def test_security_admin_rules_that_were_not_read_are_null_and_the_network_is_listed(
    azure: JsonReplay, tmp_path: Path, page: str
) -> None:
    azure.deny(page)
    found = scanned(tmp_path, PROD)
    name = page.partition("/")[0]
    assert found.named("AzureVirtualNetwork", name).security_admin_rules is None
    assert "AzureVirtualNetwork" not in found.incomplete()
    record = found.coverage("list_network_manager_effective_security_admin_rules")
    assert (record.status, record.code) == (Status.DENIED, "AuthorizationFailed")


def test_a_failing_page_leaves_what_was_read(azure: JsonReplay, tmp_path: Path) -> None:
    azure.deny("$skiptoken", status=500)
    found = scanned(tmp_path, PROD)
    assert len(found.names("AzureVirtualNetwork")) == 2
    assert {"AzureVirtualNetwork", "AzureSubnet"} <= found.incomplete()
    assert "AzureRouteTable" not in found.incomplete()


def test_throttling_is_waited_for_and_ends(azure: JsonReplay, tmp_path: Path) -> None:
    azure.throttle("routeTables", times=2)
    azure.throttle("Microsoft.Network/publicIPAddresses")
    found = scanned(tmp_path, PROD)
    assert found.incomplete() == {"AzurePublicIPAddress"}
    assert found.coverage("public_ip_addresses.list_all").status == Status.THROTTLED
    assert len([call for call in azure.calls if "/publicIPAddresses" in call.path]) == 4


def test_a_provider_that_was_never_used_is_not_registered(
    azure: JsonReplay, tmp_path: Path
) -> None:
    azure.deny("routeTables", status=409, code="MissingSubscriptionRegistration")
    found = scanned(tmp_path, PROD)
    assert found.coverage("route_tables.list_all").status == Status.UNSUPPORTED
    posted = {call.path.rpartition("/")[2] for call in azure.calls if call.method != "GET"}
    assert posted == {"listNetworkManagerEffectiveSecurityAdminRules", "resources"}


def test_a_page_larger_than_the_estate_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, azure: JsonReplay
) -> None:
    paged = scanned(tmp_path / "paged", PROD)
    with JsonReplay(AZURE, ESTATE / "azure", page_size=100) as server:
        monkeypatch.setenv(ENDPOINT, server.url)
        whole = scanned(tmp_path / "whole", PROD)
    assert [each.id for each in whole.collected.resources] == [
        each.id for each in paged.collected.resources
    ]
