"""Function apps whose code others may write."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import identity, verdicts, world_of_one_subscription
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

CHECK = "function_storage_writable_by_others"
SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
APP = f"{RG}/providers/microsoft.web/sites/app"
ACCOUNT = f"{RG}/providers/microsoft.storage/storageaccounts/code"
KEYS = [{"actions": ["Microsoft.Storage/storageAccounts/listKeys/action"]}]
BLOBS = [{"dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"]}]
READ_BLOBS = [
    {"dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]}
]
DEPLOYS = [{"actions": ["Microsoft.Web/sites/*", *KEYS[0]["actions"]]}]


def world(entries: Any = None, *, keys: bool | None = True, **grant: Any) -> AzureWorld:
    found = world_of_one_subscription()
    found.resource("AzureFunctionApp", APP)
    found.resource("AzureStorageAccount", ACCOUNT, shared_key_access=keys)
    found.graph.add_edge(APP, ACCOUNT, rel="RUNS_CODE_FROM", via="code_storage")
    found.assign(found.principal("user"), entries, SUB, **grant)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["app"]


@pytest.mark.parametrize(
    ("entries", "keys", "expected"),
    [
        (KEYS, True, "FAIL"),
        (KEYS, False, "PASS"),
        (KEYS, None, "MANUAL"),
        (BLOBS, False, "FAIL"),
        (READ_BLOBS, True, "PASS"),
        (DEPLOYS, True, "PASS"),
        (CONTRIBUTOR, True, "PASS"),
        (OWNER, True, "PASS"),
        (None, True, "MANUAL"),
    ],
)
def test_who_may_write(entries: Any, keys: bool | None, expected: str) -> None:
    assert verdict(world(entries, keys=keys)) == expected


def test_a_condition_is_manual() -> None:
    condition = "@Resource[Microsoft.Storage/storageAccounts:isHnsEnabled] BoolEquals true"
    assert verdict(world(BLOBS, condition=condition)) == "MANUAL"


def test_a_group_whose_members_are_unread_is_manual() -> None:
    found = world(READ_BLOBS)
    found.assign(found.group("team", None), KEYS, SUB)
    assert verdict(found) == "MANUAL"


def test_the_apps_own_identity_does_not_count() -> None:
    found = world(READ_BLOBS)
    found.assign(identity(found, APP, "mi"), BLOBS, ACCOUNT)
    assert verdict(found) == "PASS"


def test_a_lock_or_denial_stops_it() -> None:
    found = world(KEYS)
    found.deny(KEYS, RG)
    assert verdict(found) == "PASS"
    assert verdict(world(KEYS), "AzureDenyAssignment") == "MANUAL"


def test_an_account_that_was_not_scanned_is_manual() -> None:
    found = world(KEYS)
    found.graph.nodes[ACCOUNT]["missing"] = MissingReason.CROSS_ACCOUNT
    assert verdict(found) == "MANUAL"


def test_one_account_that_others_may_write_is_enough() -> None:
    found = world(KEYS)
    for name, fields in (("gone", {"missing": MissingReason.UNREADABLE}), ("safe", {})):
        other = found.resource("AzureStorageAccount", f"{ACCOUNT}{name}", **fields)
        found.graph.nodes[other].update(shared_key_access=False, **fields)
        found.graph.add_edge(APP, other, rel="RUNS_CODE_FROM", via="code_storage")
    assert verdict(found) == "FAIL"
    found.graph.nodes[ACCOUNT]["shared_key_access"] = False
    assert verdict(found) == "MANUAL"


def test_unlisted_assignments_are_manual() -> None:
    assert verdict(world(READ_BLOBS), "AzureRoleAssignment") == "MANUAL"
