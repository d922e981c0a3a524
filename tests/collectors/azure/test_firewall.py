"""Azure Firewall over the recorded estate."""

import json
from pathlib import Path

import pytest
from clew.collectors.azure import session
from clew.collectors.azure.session import ENDPOINT, AzureOptions, connect
from clew.graph.model import Status
from servers.json_replay import JsonReplay
from support.clouds import Scanned, scan

PROD = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def azure(azure_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, azure_replay.url)
    monkeypatch.setattr(session, "RETRIES", {"retry_total": 3, "retry_backoff_factor": 0})
    return azure_replay


def scanned(folder: Path) -> Scanned:
    return scan(folder, connect(AzureOptions((PROD,))))


def test_rules_of_a_policy_and_of_a_firewall_have_one_form(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    (of_policy,) = json.loads(found.named("AzureFirewallPolicy", "edge-policy").dnat_rules)
    (own,) = json.loads(found.named("AzureFirewall", "old-fw").dnat_rules)
    assert of_policy.keys() == own.keys()
    assert (of_policy["sources"], of_policy["translated_address"]) == (["*"], "10.20.2.4")
    assert (own["protocols"], own["ports"], own["translated_port"]) == (["TCP"], ["9100"], "9100")
    assert not azure.not_recorded


def test_a_firewall_refers_to_its_subnet_its_addresses_and_its_policy(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    assert found.edges("IN_SUBNET", "AzureFirewall") == {("edge-fw", "AzureFirewallSubnet")}
    assert found.edges("HAS_POLICY", "AzureFirewall") == {("edge-fw", "edge-policy")}
    assert ("edge-fw-pip", "edge-fw") in found.edges("ATTACHED_TO", "AzurePublicIPAddress")


def test_rules_that_were_not_read_are_null_and_the_policy_is_listed(
    azure: JsonReplay, tmp_path: Path
) -> None:
    azure.deny("ruleCollectionGroups")
    found = scanned(tmp_path)
    assert found.named("AzureFirewallPolicy", "edge-policy").dnat_rules is None
    assert "AzureFirewallPolicy" not in found.incomplete()
    record = found.coverage("firewall_policy_rule_collection_groups.list")
    assert record.status == Status.DENIED
