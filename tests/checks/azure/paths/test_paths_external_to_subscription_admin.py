"""Paths from outside to an administrator of a subscription."""

import json
from typing import Any

import pytest
from clew.checks import checks
from clew.checks.path_rule import PathRule
from clew.collectors.registry import models
from support.azure_access import (
    identity,
    machine,
    open_to_internet,
    unread_identity,
    world_of_one_subscription,
)
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

INTERNET, EXTERNAL = (f"paths_{each}_to_subscription_admin" for each in ("internet", "external"))
OFFERED = "b24988ac-6180-42a0-ab88-20f7382dd24c"
SUB = "/subscriptions/s"
MACHINES = [{"actions": ["Microsoft.Compute/virtualMachines/*"]}]


def verdict(check: str, world: AzureWorld) -> bool | None:
    """Whether the subscription passes."""
    rule = checks()[check].rule
    assert isinstance(rule, PathRule)
    graph = world.graph.copy()
    labels = {each.label for each in models() if each.provider in ("azure", "entra")}
    graph.graph["reads"] = world.listings(more=labels)
    (row,) = rule.rows(graph, "AzureSubscription")
    return row.passed


def world(entries: Any, *unread: str, reached: bool = True) -> AzureWorld:
    """A machine that the internet reaches, with an identity."""
    found = world_of_one_subscription()
    vm = machine(found, "vm")
    if reached:
        open_to_internet(found, vm, *unread)
    found.assign(identity(found, vm, "mi"), entries, SUB)
    return found


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (world(OWNER), False),
        (world(OWNER, "rules of a group"), None),
        (world(None), None),
        (world(CONTRIBUTOR), True),
        (world(OWNER, reached=False), True),
    ],
)
def test_over_an_exposed_machine(found: AzureWorld, expected: bool | None) -> None:
    assert verdict(INTERNET, found) is expected
    assert verdict(EXTERNAL, found) is True


def test_over_a_machine_whose_identity_is_unread() -> None:
    """It may be anybody's who is an administrator."""
    found = world(CONTRIBUTOR)
    vm = f"{SUB}/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm"
    unread_identity(found, vm)
    found.assign(found.principal("strong", "app"), OWNER, SUB)
    assert verdict(INTERNET, found) is None


@pytest.mark.parametrize("kind", ["authorizations", "eligible_authorizations"])
@pytest.mark.parametrize(("entries", "expected"), [(MACHINES, False), ([], True)])
def test_over_a_delegation(kind: str, entries: Any, expected: bool) -> None:
    """From the managing tenant, by a role that it holds or may activate, over a machine."""
    found = world(OWNER, reached=False)
    role = found.role(entries, "Offered", OFFERED)
    lists = {"authorizations": "[]", "eligible_authorizations": "[]"}
    found.resource(
        "AzureLighthouseDelegation",
        f"{SUB}/providers/microsoft.managedservices/registrationassignments/offer",
        scope=SUB,
        managed_by="//graph.microsoft.com/tenants/other",
        **{**lists, kind: json.dumps([{"roleDefinitionId": role}])},
    )
    assert verdict(EXTERNAL, found) is expected
