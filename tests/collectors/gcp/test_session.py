"""Which projects a scan of Google Cloud reads, and how it says that it cannot."""

import sys
from pathlib import Path

import pytest
from clew.collectors.errors import CollectError
from clew.collectors.gcp.base import service_account
from clew.collectors.gcp.session import ENDPOINT, GCPOptions, connect
from servers.json_replay import JsonReplay

NUMBERS = {"123456789012": "clew-prod"}


@pytest.fixture(autouse=True)
def gcp(gcp_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, gcp_replay.url)
    monkeypatch.setattr("clew.collectors.gcp.session._PATIENCE_FOR_PROJECTS", 0.1)
    return gcp_replay


def test_all_visible_projects_are_read_unless_some_are_named() -> None:
    assert [each.id for each in connect(GCPOptions())] == ["clew-dev", "clew-prod"]
    (prod,) = connect(GCPOptions(["clew-prod", "clew-prod"]))
    assert (prod.id, prod.ids) == ("clew-prod", {"123456789012": "clew-prod"})


def test_a_project_that_does_not_exist_is_said() -> None:
    with pytest.raises(CollectError, match="no Google Cloud project 'clew-prdo'"):
        connect(GCPOptions(["clew-prdo"]))


def test_a_project_that_may_not_be_seen_names_the_permission(gcp: JsonReplay) -> None:
    gcp.deny("/v3/projects/clew-prod")
    with pytest.raises(CollectError, match=r"resourcemanager\.projects\.get"):
        connect(GCPOptions(["clew-prod"]))


def test_a_project_is_read_where_resource_manager_is_switched_off(gcp: JsonReplay) -> None:
    gcp.deny("/v3/projects", code="accessNotConfigured")
    accounts = connect(GCPOptions(["clew-prod", "clew-dev"]))
    assert [each.id for each in accounts] == ["clew-dev", "clew-prod"]
    assert accounts[0].ids == {}


def test_a_refused_search_is_a_sentence(gcp: JsonReplay) -> None:
    gcp.deny("projects:search")
    with pytest.raises(CollectError, match="refused to list your projects: forbidden"):
        connect(GCPOptions())


def test_an_endpoint_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    with pytest.raises(CollectError, match="Google Cloud cannot be reached"):
        connect(GCPOptions())


def test_no_credentials_names_the_ways_to_have_some(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(ENDPOINT)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(CollectError, match="gcloud auth application-default login"):
        connect(GCPOptions())


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth.exceptions", None)
    with pytest.raises(CollectError, match=r"pip install 'clew\[gcp\]'"):
        connect(GCPOptions())


@pytest.mark.parametrize(
    ("email", "owner"),
    [
        ("web@clew-prod.iam.gserviceaccount.com", "clew-prod"),
        ("web@shop.clew.example.iam.gserviceaccount.com", "clew.example:shop"),
        ("123456789012-compute@developer.gserviceaccount.com", "clew-prod"),
        ("999999999999-compute@developer.gserviceaccount.com", "999999999999"),
        ("123456789012@cloudservices.gserviceaccount.com", "cloudservices"),
        ("123456789012@cloudbuild.gserviceaccount.com", "cloudbuild"),
        ("clew-prod@appspot.gserviceaccount.com", "clew-prod"),
        ("service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com", "gcp-sa-pubsub"),
    ],
)
def test_the_project_of_a_service_account_is_in_its_address(email: str, owner: str) -> None:
    name = f"//iam.googleapis.com/projects/{owner}/serviceAccounts/{email}"
    assert service_account(email, NUMBERS) == name


def test_an_address_that_names_no_project_stays_as_it_is() -> None:
    assert service_account("someone@clew.example", NUMBERS) == "someone@clew.example"


@pytest.mark.parametrize("attempts", [1, 2])
def test_calls_are_tried_as_often_as_is_wished(
    gcp: JsonReplay, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    monkeypatch.setattr("clew.collectors.gcp.session._PATIENCE_FOR_PROJECTS", 15.0)
    gcp.throttle("/v3/projects")
    with pytest.raises(CollectError, match="refused to"):
        connect(GCPOptions(attempts=attempts))
    assert len(gcp.calls) == attempts
