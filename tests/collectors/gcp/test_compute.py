"""Compute Engine, read with the real SDK from a replayed estate."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.gcp import session
from clew.collectors.gcp.session import ENDPOINT, GCPOptions, connect
from clew.graph.model import Status
from servers.json_replay import ESTATE, GCP, JsonReplay, load_estate
from support.clouds import Scanned, scan

COMPUTE = "//compute.googleapis.com/projects"


@pytest.fixture
def gcp(gcp_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, gcp_replay.url)
    monkeypatch.setattr(session, "PATIENCE", 3.0)
    return gcp_replay


def scanned(folder: Path, *projects: str) -> Scanned:
    return scan(folder, connect(GCPOptions(projects)))


def test_projects_are_read_whole(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.names("GCPInstance") == {
        "web-1",
        "web-2",
        "app-1",
        "bastion-1",
        "shared-1",
        "ghost-1",
        "data-1",
        "runner-1",
    }
    assert found.names("GCPVpc") == {"shop-net", "data-net", "default"}
    assert found.names("GCPForwardingRule") == {"shop-https", "app-ilb", "legacy-tcp"}
    assert found.names("GCPProject") == {"clew-prod", "clew-dev"}
    assert found.incomplete() == set()
    assert not gcp.not_recorded


def test_links_become_full_resource_names(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path, "clew-prod")
    data = found.named("GCPInstance", "data-1").model_dump()
    assert data["id"] == f"{COMPUTE}/clew-prod/zones/europe-west4-a/instances/data-1"
    assert (data["account"], data["region"]) == ("clew-prod", "europe-west4")
    assert data["project"] == "//cloudresourcemanager.googleapis.com/projects/clew-prod"
    assert data["created"] == "2024-03-07T16:10:11Z"
    assert data["tags"] == ["team=data"]
    web = found.named("GCPInstance", "web-1").model_dump()
    assert (web["network_tags"], web["tags"]) == (["web"], ["env=prod", "team=shop"])


def test_references_lead_to_their_targets_or_say_why_not(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path, "clew-prod")
    assert found.edges("RUNS_AS", "GCPInstance") == {
        ("web-1", "123456789012-compute@developer.gserviceaccount.com"),
        ("web-2", "shop-web@clew-prod.iam.gserviceaccount.com"),
        ("app-1", "shop-app@clew-prod.iam.gserviceaccount.com"),
        ("shared-1", "shop-app@clew-prod.iam.gserviceaccount.com"),
        ("data-1", "etl@clew-dev.iam.gserviceaccount.com!CROSS_ACCOUNT"),
    }
    assert found.edges("IN_SUBNET", "GCPNetworkInterface") == {
        ("nic0", "shop-web"),
        ("nic0", "shop-app"),
        ("nic0", "data-eu"),
        ("nic0", "shop-old!NOT_FOUND"),
        ("nic0", "transit-apps!CROSS_ACCOUNT"),
    }
    assert found.edges("PEERS_WITH") == {
        ("shop-to-data", "data-net"),
        ("data-to-shop", "shop-net"),
        ("data-to-transit", "transit!CROSS_ACCOUNT"),
    }
    assert found.edges("ROUTES_TO", target="GCPInstance") == {("app-out-via-bastion", "bastion-1")}
    assert found.edges("ROUTES_TO", target="GCPNetworkPeering") == {
        ("peering-route-426f742b624a", "data-to-transit")
    }
    assert found.edges("ATTACHED_TO", "GCPAddress") == {
        ("shop-lb-ip", "shop-https"),
        ("app-ilb-ip", "app-ilb"),
        ("web-1-ip", "web-1"),
    }


def test_a_service_account_of_another_scanned_project_is_found(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path, "clew-prod", "clew-dev")
    assert ("data-1", "etl@clew-dev.iam.gserviceaccount.com") in found.edges("RUNS_AS")
    account = found.named("GCPServiceAccount", "etl@clew-dev.iam.gserviceaccount.com")
    assert (account.missing, account.account) == (None, "clew-dev")


def test_a_denied_listing_makes_its_targets_unreadable(gcp: JsonReplay, tmp_path: Path) -> None:
    gcp.deny("aggregated/subnetworks")
    gcp.deny("global/firewalls")
    found = scanned(tmp_path, "clew-prod")
    assert found.incomplete() == {"GCPSubnet", "GCPFirewall"}
    assert ("nic0", "shop-web!UNREADABLE") in found.edges("IN_SUBNET", "GCPNetworkInterface")
    # The network still tells which rules hold.
    assert ("data-net", "data-allow-all!UNREADABLE") in found.edges("PROTECTED_BY")
    assert found.coverage("firewalls.list").status == Status.DENIED


def test_a_denied_detail_stays_unread(gcp: JsonReplay, tmp_path: Path) -> None:
    gcp.deny("getEffectiveFirewalls")
    found = scanned(tmp_path, "clew-prod")
    assert found.incomplete() == set()
    network = found.named("GCPVpc", "data-net").model_dump()
    assert (network["firewalls"], network["firewall_policies"]) == (None, None)
    assert found.edges("PROTECTED_BY") >= {
        ("data-net", "(unread firewalls)!UNREADABLE"),
        ("data-net", "data-allow-all"),
    }


def test_policies_that_google_made_are_read_once_a_network_and_region(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    interfaces = {
        each.id.split("/")[-3]: each
        for each in found.collected.resources
        if each.label == "GCPNetworkInterface"
    }
    (policy,) = json.loads(interfaces["web-1"].system_firewall_policies or "")
    assert (policy["type"], len(policy["rules"])) == ("SYSTEM_REGIONAL", 1)
    # Of a network of another project nothing is asked.
    assert interfaces["shared-1"].system_firewall_policies is None
    asked = [
        (call.path, call.query["network"])
        for call in gcp.calls
        if "/regions/" in call.path and call.path.endswith("getEffectiveFirewalls")
    ]
    assert len(asked) == len(set(asked)) > 2
    assert all(network.startswith("https://www.googleapis.com/compute/v1/") for _, network in asked)


def test_policies_that_google_made_and_were_not_read_are_null(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    gcp.deny("europe-west1/firewallPolicies/getEffectiveFirewalls")
    found = scanned(tmp_path, "clew-prod")
    read = {
        each.region: each.system_firewall_policies
        for each in found.collected.resources
        if each.label == "GCPNetworkInterface"
    }
    assert read["europe-west1"] is None
    assert read["europe-west4"] is not None
    assert found.incomplete() == set()


def test_a_zone_that_did_not_answer_leaves_the_listing_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[str, Any] = load_estate(ESTATE / "gcp")
    zones = answers["/compute/v1/projects/clew-prod/aggregated/instances"]["items"]
    zones["zones/europe-west4-a"] = {"warning": {"code": "UNREACHABLE", "message": "No answer."}}
    with JsonReplay(GCP, answers) as server:
        monkeypatch.setenv(ENDPOINT, server.url)
        found = scanned(tmp_path, "clew-prod")
    assert found.names("GCPInstance") >= {"web-1", "ghost-1"}
    assert found.incomplete() == {"GCPInstance", "GCPNetworkInterface"}
    record = found.coverage("instances.aggregatedList")
    assert (record.status, record.code) == (Status.ERROR, "UNREACHABLE")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (429, None, Status.THROTTLED),
        (403, "rateLimitExceeded", Status.THROTTLED),
        (403, "accessNotConfigured", Status.UNSUPPORTED),
        (403, "forbidden", Status.DENIED),
        (400, "invalid", Status.ERROR),
    ],
)
def test_each_refusal_is_distinguished(
    gcp: JsonReplay, tmp_path: Path, status: int, code: str | None, expected: Status
) -> None:
    gcp.deny("global/routes", status=status, code=code)
    found = scanned(tmp_path, "clew-dev")
    assert found.incomplete() == {"GCPRoute"}
    assert found.coverage("routes.list").status == expected
    assert (len([call for call in gcp.calls if "global/routes" in call.path]) > 1) == (
        expected == Status.THROTTLED
    )


def test_throttling_that_passes_is_waited_for(gcp: JsonReplay, tmp_path: Path) -> None:
    gcp.throttle("aggregated/addresses", times=1)
    assert scanned(tmp_path, "clew-prod").incomplete() == set()


def test_values_of_metadata_are_not_kept(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    everything = json.dumps([each.model_dump() for each in found.collected.resources])
    assert "made-up-token" in (ESTATE / "gcp" / "compute-prod.json").read_text()
    assert "made-up-token" not in everything
    keys = [
        each.model_dump()["metadata_keys"]
        for each in found.collected.resources
        if (each.label, each.account, each.name) == ("GCPInstance", "clew-prod", "web-1")
    ]
    assert keys == [["startup-script"]]


def test_firewalls_say_what_they_let_through(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path, "clew-prod")
    https = found.named("GCPFirewall", "shop-allow-https-web").model_dump()
    assert https["allowed"] == ["tcp:443", "tcp:8080-8081"]
    assert https["denied"] == []
    everything = found.named("GCPFirewall", "data-allow-all").model_dump()
    assert everything["allowed"] == ["all"]


def test_each_page_of_a_listing_is_tried_as_often_as_is_wished(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    gcp.throttle("clew-prod/global/networks", times=1)
    gcp.throttle("clew-prod/aggregated/instances", times=1)
    found = scan(tmp_path, connect(GCPOptions(["clew-prod"], attempts=2)))
    assert found.incomplete() == set()
