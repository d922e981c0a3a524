"""Somebody becomes owner by what runs in a subscription."""

from typing import Any

import pytest
from support.azure_access import (
    identity,
    machine,
    unread_identity,
    verdicts,
    world_of_one_subscription,
)
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

CHECK = "contributor_becomes_owner"
SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
READER = [{"actions": ["*/read"]}]
MACHINES = [{"actions": ["Microsoft.Compute/virtualMachines/*"]}]


def world(
    user: Any, app: Any, user_scope: str = SUB, app_scope: str = SUB, **vm: Any
) -> AzureWorld:
    found = world_of_one_subscription()
    if user_scope != "nobody":
        found.assign(found.principal("user"), user, user_scope)
    found.assign(identity(found, machine(found, "vm", **vm), "mi"), app, app_scope)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["s"]


@pytest.mark.parametrize(
    ("user", "app", "user_scope", "app_scope", "expected"),
    [
        (CONTRIBUTOR, OWNER, SUB, SUB, "FAIL"),
        (MACHINES, OWNER, RG, SUB, "FAIL"),
        (MACHINES, OWNER, RG, RG, "FAIL"),
        (MACHINES, OWNER, SUB, "/", "FAIL"),
        (READER, OWNER, SUB, SUB, "PASS"),
        (OWNER, OWNER, SUB, SUB, "PASS"),
        (OWNER, OWNER, RG, SUB, "FAIL"),
        (OWNER, OWNER, "/", SUB, "PASS"),
        (CONTRIBUTOR, CONTRIBUTOR, SUB, SUB, "PASS"),
        (CONTRIBUTOR, None, SUB, SUB, "MANUAL"),
        (READER, OWNER, "nobody", SUB, "PASS"),
    ],
)
def test_who_holds_what(
    user: Any, app: Any, user_scope: str, app_scope: str, expected: str
) -> None:
    assert verdict(world(user, app, user_scope, app_scope)) == expected


def test_a_role_elsewhere_is_none_here() -> None:
    found = world(CONTRIBUTOR, OWNER, app_scope=f"{SUB}/resourcegroups/other")
    assert verdict(found) == "PASS"


def test_a_machine_that_is_stopped_perhaps_runs_soon() -> None:
    assert verdict(world(CONTRIBUTOR, OWNER)) == "FAIL"
    found = world(MACHINES, OWNER)
    (vm,) = (each for each, label in found.graph.nodes(data="label") if label.endswith("Machine"))
    found.graph.nodes[vm]["power_state"] = None
    assert verdict(found) == "MANUAL"


def test_an_unread_identity_is_manual() -> None:
    found = world(CONTRIBUTOR, CONTRIBUTOR)
    unread_identity(found, machine(found, "other"))
    assert verdict(found) == "MANUAL"


def test_a_denial_protects_and_an_unread_one_leaves_it_open() -> None:
    found = world(CONTRIBUTOR, OWNER)
    assert verdict(found, "AzureDenyAssignment") == "MANUAL"
    found.deny([{"actions": ["Microsoft.Compute/*"]}], SUB, [found.principal("user")])
    assert verdict(found) == "PASS"


def test_disabled_users_control_nothing() -> None:
    found = world(CONTRIBUTOR, OWNER)
    found.graph.nodes[found.principal("user")]["account_enabled"] = False
    assert verdict(found) == "PASS"
