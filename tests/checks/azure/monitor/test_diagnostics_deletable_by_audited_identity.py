"""Logs that what they record may delete."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import identity, unread_identity, verdicts, world_of_one_subscription
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

CHECK = "diagnostics_deletable_by_audited_identity"
RG = "/subscriptions/s/resourcegroups/rg"
STORE = f"{RG}/providers/microsoft.storage/storageaccounts/logs"
PLACES = {
    "AzureStorageAccount": STORE,
    "AzureLogAnalyticsWorkspace": f"{RG}/providers/microsoft.operationalinsights/workspaces/logs",
    "AzureEventHubsNamespace": f"{RG}/providers/microsoft.eventhub/namespaces/logs",
}
SERVER = f"{RG}/providers/microsoft.sql/servers/sql"
SETTING = f"{SERVER}/providers/microsoft.insights/diagnosticsettings/audit"
READER = [{"actions": ["*/read"]}]
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/"


def world(
    entries: Any, scope: str = RG, label: str = "AzureStorageAccount", **grant: Any
) -> AzureWorld:
    found = world_of_one_subscription()
    found.resource(label, PLACES[label])
    found.resource("AzureSQLServer", SERVER)
    found.resource("AzureDiagnosticSetting", SETTING)
    found.graph.add_edge(SETTING, SERVER, rel="AUDITS", via="resource")
    found.graph.add_edge(SETTING, PLACES[label], rel="LOGS_TO", via="place")
    found.assign(identity(found, SERVER, "mi"), entries, scope, **grant)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["audit → logs"]


@pytest.mark.parametrize("label", PLACES)
@pytest.mark.parametrize(
    ("entries", "scope", "expected"),
    [
        (OWNER, RG, "FAIL"),
        (CONTRIBUTOR, "/subscriptions/s", "FAIL"),
        (READER, RG, "PASS"),
        (OWNER, "/subscriptions/s/resourcegroups/other", "PASS"),
        (None, RG, "MANUAL"),
    ],
)
def test_what_the_identity_holds(entries: Any, scope: str, expected: str, label: str) -> None:
    assert verdict(world(entries, scope, label)) == expected


@pytest.mark.parametrize(("action", "expected"), [("delete", "FAIL"), ("write", "PASS")])
def test_who_deletes_blobs_deletes_logs(action: str, expected: str) -> None:
    assert verdict(world([{"dataActions": [BLOBS + action]}])) == expected


def test_a_condition_leaves_it_open() -> None:
    assert verdict(world(OWNER, condition="@Resource[a/b:c] StringEquals 'd'")) == "MANUAL"


def test_an_unread_identity_is_manual() -> None:
    found = world(READER)
    unread_identity(found, SERVER)
    assert verdict(found) == "MANUAL"


@pytest.mark.parametrize("missing", [SERVER, STORE])
def test_what_could_not_be_read_is_manual(missing: str) -> None:
    found = world(READER)
    found.graph.nodes[missing]["missing"] = MissingReason.UNREADABLE
    assert verdict(found) == "MANUAL"


def test_unlisted_assignments_are_manual() -> None:
    assert verdict(world(READER), "AzureRoleAssignment") == "MANUAL"


def test_what_runs_as_nobody_deletes_nothing() -> None:
    found = world(OWNER)
    found.graph.remove_edge(SERVER, found.principal("mi", "app"))
    assert verdicts(CHECK, found) == {}
