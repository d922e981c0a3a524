"""What runs, keeps data and answers in Google Cloud, from a replayed project."""

from pathlib import Path
from typing import Any

import pytest
from clew.collectors.gcp import session
from clew.collectors.gcp.session import ENDPOINT, GCPOptions, connect
from clew.collectors.registry import collectors
from clew.graph.model import Status
from servers.json_replay import ESTATE, GCP, JsonReplay, load_estate
from support.clouds import Scanned, scan

COMPUTE_ACCOUNT = "123456789012-compute@developer.gserviceaccount.com"
APP = "shop-app@clew-prod.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    with JsonReplay(GCP, ESTATE / "gcp") as replay, pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENDPOINT, replay.url)
        whole = scan(tmp_path_factory.mktemp("gcp"), connect(GCPOptions()))
        assert not replay.not_recorded
    return whole


def fields(found: Scanned, label: str, name: str) -> dict[str, Any]:
    return found.named(label, name).model_dump()


def test_everything_is_read_whole(found: Scanned) -> None:
    assert found.incomplete() == set()
    assert {each.status for each in found.collected.coverage} == {Status.OK}
    labels = {model.label for each in collectors("gcp") for model in each.models()}
    read = {each.label for each in found.collected.resources}
    # Of these the estate has none.
    assert labels - read == {
        "GCPDataflowJob",
        "GCPResourceTagBinding",
        "GCPServiceAttachment",
        "GCPTargetHttpProxy",
        "GCPTargetInstance",
        "GCPTargetSslProxy",
        "GCPTargetTcpProxy",
    }


def test_what_runs_has_an_identity_if_need_be_by_default(found: Scanned) -> None:
    ran = {
        label: found.edges("RUNS_AS", label)
        for label in (
            "GCPCloudRunService",
            "GCPCloudRunJob",
            "GCPCloudFunction",
            "GKECluster",
            "GCPInstanceTemplate",
            "GCPCloudBuildTrigger",
            "GCPDataprocCluster",
            "GCPComposerEnvironment",
            "GCPPubSubSubscription",
        )
    }
    deployer = "deployer@clew-prod.iam.gserviceaccount.com"
    assert ran == {
        "GCPCloudRunService": {
            ("shop-api", APP),
            ("shop-admin", COMPUTE_ACCOUNT),
            ("resize", APP),
        },
        "GCPCloudRunJob": {("nightly", "etl@clew-dev.iam.gserviceaccount.com")},
        "GCPCloudFunction": {("resize", APP), ("hook", "clew-prod@appspot.gserviceaccount.com")},
        "GKECluster": {
            ("shop", COMPUTE_ACCOUNT),
            ("lab", "shop-web@clew-prod.iam.gserviceaccount.com"),
        },
        "GCPInstanceTemplate": {("web", COMPUTE_ACCOUNT)},
        "GCPCloudBuildTrigger": {("deploy-shop", deployer)},
        "GCPDataprocCluster": {("reports", COMPUTE_ACCOUNT)},
        "GCPComposerEnvironment": {("pipelines", deployer)},
        "GCPPubSubSubscription": {("to-api", APP)},
    }


def test_a_load_balancer_leads_to_what_answers(found: Scanned) -> None:
    assert found.edges("FORWARDS_TO") == {
        ("shop-https", "shop-proxy"),
        ("app-ilb", "app-backend"),
        ("legacy-tcp", "legacy-pool"),
        ("legacy-pool", "web-2"),
        ("shop-proxy", "shop-map"),
        ("shop-map", "shop-web"),
        ("shop-map", "shop-assets"),
        ("shop-web", "web"),
        ("shop-web", "shop-api"),
        ("shop-api", "shop-api"),
    }
    assert found.edges("SERVES_FROM") == {("shop-assets", "clew-shop-assets")}
    assert found.edges("MEMBER_OF", target="GCPInstanceGroup") == {
        ("web-1", "web"),
        ("web-2", "web"),
    }
    assert found.edges("PROTECTED_BY", "GCPBackendService") == {("shop-web", "shop-armor")}
    assert fields(found, "GCPBackendService", "app-backend")["iap_enabled"] is True
    assert fields(found, "GCPBackendService", "shop-web")["iap_enabled"] is False


def test_data_is_encrypted_by_the_key_and_not_by_its_version(found: Scanned) -> None:
    assert found.edges("ENCRYPTED_BY") == {
        (name, "data")
        for name in (
            "clew-shop-orders",
            "orders",
            "sales",
            "shop",
            "shop-db",
        )
    }
    assert found.edges("PART_OF", "GCPCryptoKey") == {("data", "shop")}
    assert fields(found, "GCPCryptoKey", "data")["primary_state"] == "ENABLED"


def test_what_is_left_out_of_an_answer_has_its_default(found: Scanned) -> None:
    database = fields(found, "GCPCloudSQLInstance", "shop-db")
    assert database["public_address_enabled"] is True
    assert database["authorized_networks"] == ["0.0.0.0/0"]
    assert database["requires_tls"] is False
    replica = fields(found, "GCPCloudSQLInstance", "shop-db-replica")
    assert (replica["public_address_enabled"], replica["requires_tls"]) == (False, True)
    assert found.edges("REPLICATES_TO") == {("shop-db", "shop-db-replica")}
    lab = fields(found, "GKECluster", "lab")
    assert (lab["private_endpoint"], lab["authorized_networks_enabled"]) == (False, False)
    assert lab["legacy_abac"] is True
    assert fields(found, "GCPCloudRunService", "shop-api")["invoker_iam_disabled"] is False
    assert fields(found, "GCPBucket", "clew-shop-logs")["uniform_access"] is False


def test_what_feeds_and_follows_is_joined(found: Scanned) -> None:
    assert found.edges("READS_FROM", "GCPPubSubSubscription") == {
        ("to-api", "orders"),
        ("archive", "orders"),
    }
    assert found.edges("DEAD_LETTERS_TO") == {("to-api", "dead-orders")}
    assert found.edges("DELIVERS_TO") == {("archive", "clew-shop-orders")}
    assert found.edges("RUNS_CODE_FROM") == {
        ("resize", "clew-shop-assets"),
        ("pipelines", "clew-shop-assets"),
    }
    assert found.edges("USES_SECRET") == {("shop-api", "shop-db"), ("hook", "shop-db")}
    assert found.edges("LOGS_TO") == {
        ("clew-shop-orders", "clew-shop-logs"),
        ("to-bucket", "clew-shop-logs"),
        ("all-audit", "_Default"),
        ("to-gone", "gone!NOT_FOUND"),
        ("to-outside", "clew-partner-logs!UNKNOWN_OWNER"),
        ("to-partner", "clew!CROSS_ACCOUNT"),
    }
    assert found.edges("RESOLVES_TO") == {("resize", "resize")}


def test_who_may_read_a_bucket_is_a_binding_on_it(found: Scanned) -> None:
    assert ("roles/storage.objectViewer", "clew-shop-assets") in found.edges(
        "GRANTS_ON", target="GCPBucket"
    )
    assert ("roles/storage.objectViewer", "allUsers") in found.edges("GRANTED_TO")


def test_sinks_of_what_is_above_send_what_projects_log(found: Scanned) -> None:
    sink = fields(found, "GCPLoggingSink", "all-audit")
    organization = "//cloudresourcemanager.googleapis.com/organizations/345678901234"
    assert (sink["scope"], sink["project"], sink["include_children"]) == (organization, "", True)
    assert found.edges("READS_FROM", "GCPLogMetric") == {("owners", "_Default")}
    assert found.edges("WATCHES") == {
        ("Owners change", "owners"),
        ("Routes change", "routes"),
        ("Firewalls change", "firewalls"),
        ("Networks change", "networks"),
    }
    assert found.edges("NOTIFIES", "GCPAlertPolicy") == {
        ("Owners change", "On-call"),
        ("Firewalls change", "On-call"),
        ("Networks change", "Dev"),
    }


def test_policies_of_the_organization_hold_for_what_they_name(found: Scanned) -> None:
    assert found.edges("COVERS", "GCPServicePerimeter") == {("Shop", "clew-prod")}
    assert found.edges("ALLOWS_FROM", "GCPServicePerimeter") == {("Shop", "Offices")}
    assert found.edges("PROTECTED_BY", target="GCPFirewallPolicy") == {("Shop", "base")}
    assert found.edges("PART_OF", "GCPFirewallPolicy") == {("base", "clew.example")}


def test_uses_are_counted_by_account_and_by_key(found: Scanned) -> None:
    used = {
        (label, each.name)
        for label in ("GCPServiceAccount", "GCPServiceAccountKey")
        for each in found.collected.resources
        if each.label == label and each.model_dump()["used"]
    }
    assert used == {("GCPServiceAccount", APP), ("GCPServiceAccountKey", "a1" * 20)}


def test_names_and_versions_are_part_of_what_holds_them(found: Scanned) -> None:
    assert found.edges("PART_OF", "GCPRecordSet") == {
        ("shop.clew.example.", "shop"),
        ("img.shop.clew.example.", "shop"),
    }
    assert found.edges("PART_OF", "GCPSecretManagerSecretVersion") == {("1", "shop-db")}
    assert found.edges("COVERS", "GCPDNSPolicy") == {("logged", "shop-net")}


def test_an_api_key_says_what_it_opens_and_to_whom(found: Scanned) -> None:
    keys = {each: fields(found, "GCPApiKey", each) for each in ("Maps", "Old")}
    assert {name: (key["services"], key["callers"]) for name, key in keys.items()} == {
        "Maps": (["maps-backend.googleapis.com"], "referrers"),
        "Old": ([], ""),
    }


def test_no_secret_is_kept(found: Scanned) -> None:
    kept = "".join(each.model_dump_json() for each in found.collected.resources)
    assert "made-up" not in kept
    assert fields(found, "GCPCloudRunService", "shop-api")["environment_names"] == [
        "DB_PASSWORD",
        "MODE",
    ]


def test_a_product_that_is_switched_off_or_does_not_answer_is_not_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    estate = load_estate(ESTATE / "gcp")
    functions = "/cloudfunctions.googleapis.com/v2/projects/clew-dev/locations/-/functions"
    estate[functions] = {"unreachable": ["projects/clew-dev/locations/europe-west1"]}
    with JsonReplay(GCP, estate) as replay:
        monkeypatch.setenv(ENDPOINT, replay.url)
        monkeypatch.setattr(session, "PATIENCE", 3.0)
        replay.deny("run.googleapis.com/v2/projects/clew-dev", code="SERVICE_DISABLED")
        dev = scan(tmp_path, connect(GCPOptions(["clew-dev"])))
    assert dev.incomplete() == {"GCPCloudRunService", "GCPCloudRunJob", "GCPCloudFunction"}
    assert dev.coverage("services.list").status == Status.UNSUPPORTED
    assert dev.coverage("functions.list").code == "UNREACHABLE"
