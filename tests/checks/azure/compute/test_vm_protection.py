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


RETENTION = "vm_sufficient_daily_backup_retention_period"


def retained(retention: Any, often: str = "Daily") -> tuple[Any, Any]:
    """A backup item of the machine, and its policy."""
    schedule = {"scheduleRunFrequency": often}
    kept = of("AzureBackupPolicy", "daily", retentionPolicy=retention, schedulePolicy=schedule)
    one = of(
        "AzureBackupItem",
        "item",
        sourceResourceId=MACHINE.id,
        protectionState="Protected",
        policyId=kept.id,
    )
    return one, kept


def daily(count: int, unit: str = "Days") -> dict[str, Any]:
    return {"dailySchedule": {"retentionDuration": {"count": count, "durationType": unit}}}


@pytest.mark.parametrize(
    ("retention", "expected"),
    [
        (daily(7), "PASS"),
        (daily(6), "FAIL"),
        (daily(1, "Weeks"), "PASS"),
        ({"retentionDuration": {"count": 30, "durationType": "Days"}}, "PASS"),
        ({"weeklySchedule": {"retentionDuration": {"count": 4, "durationType": "Weeks"}}}, "FAIL"),
        (None, ("MANUAL", "UNREADABLE_FIELD")),
    ],
)
def test_how_long_daily_backups_are_kept(retention: Any, expected: Any) -> None:
    found = judged_retention(*retained(retention))
    assert found == {"vm": expected}


def test_weekly_backups_are_not_daily_ones() -> None:
    simple = {"retentionDuration": {"count": 30, "durationType": "Days"}}
    assert judged_retention(*retained(simple, "Weekly")) == {"vm": "FAIL"}


def judged_retention(*resources: Any, **scan: Any) -> Any:
    estate = Estate(
        [MACHINE, *resources], accounts=(ACCOUNT,), regions=(), provider="azure", **scan
    )
    return verdicts(RETENTION, estate)


def test_a_policy_that_is_gone_or_unlisted_is_manual() -> None:
    one, _ = retained(daily(7))
    assert judged_retention(one) == {"vm": ("MANUAL", "UNREADABLE_FIELD")}
    found = judged_retention(one, unread=("AzureBackupPolicy",))
    assert found == {"vm": ("MANUAL", "UNREADABLE_FIELD")}


def test_a_machine_that_nothing_backs_up_has_no_daily_backups() -> None:
    assert judged_retention() == {"vm": "FAIL"}
    assert judged_retention(unread=("AzureBackupItem",)) == {"vm": ("MANUAL", "UNREADABLE")}


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
