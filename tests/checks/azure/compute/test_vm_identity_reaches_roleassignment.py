"""Machines that the internet reaches and whose identity may give out roles."""

from typing import Any

import pytest
from support.azure_access import (
    identity,
    machine,
    open_to_internet,
    unread_identity,
    verdicts,
    world_of_one_subscription,
)
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

CHECK = "vm_identity_reaches_roleassignment"
SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
ADMINISTRATOR = [{"actions": ["Microsoft.Authorization/roleAssignments/*"]}]
READER = [{"actions": ["*/read"]}]
READERS = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ONLY_READERS = (
    "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
    f"ForAnyOfAnyValues:GuidEquals {{{READERS}}}"
)


def world(entries: Any, scope: str = SUB, *, reached: bool = True, **grant: Any) -> AzureWorld:
    found = world_of_one_subscription()
    vm = machine(found, "vm")
    if reached:
        open_to_internet(found, vm)
    found.assign(identity(found, vm, "mi"), entries, scope, **grant)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["vm"]


@pytest.mark.parametrize("scope", [SUB, RG, "/"])
@pytest.mark.parametrize(
    ("entries", "expected"),
    [(OWNER, "FAIL"), (ADMINISTRATOR, "FAIL"), (CONTRIBUTOR, "PASS"), (READER, "PASS")],
)
def test_the_role_of_the_identity(entries: Any, scope: str, expected: str) -> None:
    assert verdict(world(entries, scope)) == expected


def test_a_condition_that_lets_no_useful_role_be_given() -> None:
    found = world(ADMINISTRATOR, condition=ONLY_READERS)
    found.role(READER, "Reader", READERS)
    assert verdict(found) == "PASS"


def test_what_is_not_reached_passes() -> None:
    assert verdict(world(OWNER, reached=False)) == "PASS"


def test_what_is_reached_perhaps_is_manual() -> None:
    found = world(OWNER, reached=False)
    open_to_internet(found, machine(found, "vm"), "rules of a security group")
    assert verdict(found) == "MANUAL"


def test_a_role_of_a_group_counts() -> None:
    found = world(READER)
    group = found.group("admins", [found.principal("mi", "app")])
    found.assign(group, OWNER, SUB)
    assert verdict(found) == "FAIL"


def test_a_principal_that_it_reaches_counts() -> None:
    """It may run commands on another machine, whose identity is owner."""
    found = world([{"actions": ["Microsoft.Compute/virtualMachines/*"]}])
    other = machine(found, "other")
    found.assign(identity(found, other, "strong"), OWNER, SUB)
    assert verdicts(CHECK, found) == {"vm": "FAIL", "other": "PASS"}


def test_an_unread_identity_is_manual() -> None:
    found = world_of_one_subscription()
    vm = machine(found, "vm")
    open_to_internet(found, vm)
    unread_identity(found, vm)
    assert verdict(found) == "MANUAL"


def test_an_unread_role_is_manual() -> None:
    assert verdict(world(None)) == "MANUAL"
