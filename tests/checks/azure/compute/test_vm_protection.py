"""Machines that are backed up, and whose ports are opened just in time."""

from typing import Any

import pytest
from clew.collectors.azure.security import JitPolicy
from clew.graph.model import Resource
from support.azure_resources import ACCOUNT, GROUP, HERE, of
from support.judging import Estate, verdicts

MACHINE = of("AzureVirtualMachine", "vm")
OTHER = of("AzureVirtualMachine", "other")


def verdict(check: str, *resources: Resource, **scan: Any) -> Any:
    estate = Estate(
        [MACHINE, OTHER, *resources], accounts=(ACCOUNT,), regions=(), provider="azure", **scan
    )
    return verdicts(check, estate)["vm"]


def item(source: Resource, state: str = "Protected") -> Any:
    return of("AzureBackupItem", "item", sourceResourceId=source.id, protectionState=state)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([item(MACHINE)], "PASS"),
        ([item(MACHINE, "ProtectionStopped")], "FAIL"),
        ([item(OTHER)], "FAIL"),
        ([], "FAIL"),
    ],
)
def test_backups(items: list[Resource], expected: str) -> None:
    assert verdict("vm_backup_enabled", *items) == expected


def test_unlisted_backups_are_manual() -> None:
    found = verdict("vm_backup_enabled", unread=("AzureBackupItem",))
    assert found == ("MANUAL", "UNREADABLE")


def policy(*machines: Resource) -> Any:
    id_ = f"{GROUP}/microsoft.security/locations/west/jitnetworkaccesspolicies/jit".lower()
    raw = {"id": id_, "name": "jit", "virtualMachines": [{"id": each.id} for each in machines]}
    return JitPolicy.load(raw, HERE)


@pytest.mark.parametrize(
    ("policies", "expected"),
    [([policy(MACHINE)], "PASS"), ([policy(OTHER)], "FAIL"), ([], "FAIL")],
)
def test_just_in_time(policies: list[Resource], expected: str) -> None:
    assert verdict("vm_jit_access_enabled", *policies) == expected


def test_unlisted_policies_are_manual() -> None:
    found = verdict("vm_jit_access_enabled", unread=("AzureJitPolicy",))
    assert found == ("MANUAL", "UNREADABLE")
