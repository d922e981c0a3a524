"""Backups that one principal may delete together with what they are of."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import machine, verdicts, world_of_one_subscription
from support.azure_worlds import CONTRIBUTOR, AzureWorld

SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
VAULT = f"{RG}/providers/microsoft.recoveryservices/vaults/vault"
ITEM = f"{VAULT}/backupfabrics/azure/protectioncontainers/c/protecteditems/item"
WITH_GUARDS = f"{RG}/providers/microsoft.dataprotection/backupvaults/vault"
INSTANCE = f"{WITH_GUARDS}/backupinstances/item"
SOURCES = [{"actions": ["Microsoft.Compute/virtualMachines/*"]}]
BACKUPS = [{"actions": ["Microsoft.RecoveryServices/*", "Microsoft.DataProtection/*"]}]
OPEN: dict[str, Any] = {
    "immutability": "Disabled",
    "multi_user_authorization": "",
    "resource_guards": [],
}


def world(*entries: Any, instance: bool = False, **vault: Any) -> AzureWorld:
    """One user with all of these roles."""
    found = world_of_one_subscription()
    where, item = (WITH_GUARDS, INSTANCE) if instance else (VAULT, ITEM)
    label = "AzureBackup" if instance else "AzureRecoveryServices"
    found.resource(f"{label}Vault", where, **{**OPEN, **vault})
    found.resource("AzureBackupInstance" if instance else "AzureBackupItem", item)
    found.graph.add_edge(item, where, rel="PART_OF", via="vault")
    found.graph.add_edge(item, machine(found, "vm"), rel="BACKS_UP", via="source")
    for each in entries:
        found.assign(found.principal("user"), each, SUB)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    is_instance = INSTANCE in found.graph
    check = f"backup_{'instance_' if is_instance else ''}deletable_with_source"
    return verdicts(check, found, *unlisted)["item → vm"]


@pytest.mark.parametrize("instance", [False, True])
@pytest.mark.parametrize(
    ("entries", "vault", "expected"),
    [
        ([SOURCES, BACKUPS], {}, "FAIL"),
        ([CONTRIBUTOR], {}, "FAIL"),
        ([SOURCES], {}, "PASS"),
        ([BACKUPS], {}, "PASS"),
        ([BACKUPS, None], {}, "MANUAL"),
        ([CONTRIBUTOR], {"immutability": "Locked"}, "PASS"),
        ([CONTRIBUTOR], {"immutability": "Unlocked"}, "FAIL"),
        ([CONTRIBUTOR], {"immutability": None}, "MANUAL"),
        ([SOURCES], {"immutability": None}, "PASS"),
    ],
)
def test_who_may_delete_both(
    entries: list[Any], vault: dict[str, Any], expected: str, instance: bool
) -> None:
    assert verdict(world(*entries, instance=instance, **vault)) == expected


def test_others_have_to_agree() -> None:
    assert verdict(world(CONTRIBUTOR, multi_user_authorization="Enabled")) == "PASS"
    assert verdict(world(CONTRIBUTOR, instance=True, resource_guards=["guard"])) == "PASS"
    assert verdict(world(CONTRIBUTOR, instance=True, resource_guards=None)) == "MANUAL"


def test_two_who_may_delete_one_each_are_no_finding() -> None:
    found = world(SOURCES)
    found.assign(found.principal("other"), BACKUPS, SUB)
    assert verdict(found) == "PASS"


def test_a_lock_protects_from_deleting() -> None:
    found = world(CONTRIBUTOR)
    found.lock("CanNotDelete", VAULT)
    assert verdict(found) == "PASS"
    assert verdict(world(CONTRIBUTOR), "AzureLock") == "MANUAL"


def test_a_source_or_vault_that_could_not_be_read_is_manual() -> None:
    for missing in (VAULT, f"{RG}/providers/microsoft.compute/virtualmachines/vm"):
        found = world(CONTRIBUTOR)
        found.graph.nodes[missing]["missing"] = MissingReason.UNREADABLE
        assert verdict(found) == "MANUAL"
