"""Vaults whose secrets a workload that the internet reaches may read."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import (
    identity,
    machine,
    open_to_internet,
    unread_identity,
    verdicts,
    world_of_one_subscription,
)
from support.azure_worlds import CONTRIBUTOR, AzureWorld

CHECK = "keyvault_readable_from_exposed_workload"
VAULT = "/subscriptions/s/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv"
SUBNET = "/subscriptions/s/resourcegroups/rg/providers/microsoft.network/virtualnetworks/n/subnets/"
SECRETS = [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}]
OPEN: dict[str, Any] = {"public_network_access": "", "default_action": "", "ip_rules": []}


def world(
    entries: Any = SECRETS,
    *,
    by_roles: bool | None = True,
    policies: Any = None,
    unread: tuple[str, ...] = (),
    reached: bool = True,
    **vault: Any,
) -> AzureWorld:
    found = world_of_one_subscription()
    vm = machine(found, "vm")
    if reached:
        open_to_internet(found, vm, *unread)
    who = identity(found, vm, "mi")
    found.vault(VAULT, by_roles, {who: policies} if policies else None)
    found.graph.nodes[VAULT].update({**OPEN, **vault})
    found.assign(who, entries, VAULT)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["kv"]


GET = {"secrets": ["get"]}
LIST = {"secrets": ["list"]}


@pytest.mark.parametrize(
    ("entries", "by_roles", "policies", "expected"),
    [
        (SECRETS, True, None, "FAIL"),
        (CONTRIBUTOR, True, None, "PASS"),
        (SECRETS, False, None, "PASS"),
        ([], False, GET, "FAIL"),
        ([], False, LIST, "PASS"),
        ([], True, GET, "PASS"),
        ([], None, GET, "MANUAL"),
        (None, True, None, "MANUAL"),
    ],
)
def test_what_the_vault_goes_by(
    entries: Any, by_roles: bool | None, policies: Any, expected: str
) -> None:
    assert verdict(world(entries, by_roles=by_roles, policies=policies)) == expected


@pytest.mark.parametrize(
    ("vault", "expected"),
    [
        ({"default_action": "Deny"}, "PASS"),
        ({"default_action": "Deny", "ip_rules": ["20.0.0.1"]}, "MANUAL"),
        ({"public_network_access": "Disabled"}, "PASS"),
        ({"public_network_access": "Disabled", "ip_rules": ["20.0.0.1"]}, "PASS"),
        ({"public_network_access": None}, "MANUAL"),
        ({"default_action": None}, "MANUAL"),
    ],
)
def test_the_firewall_of_the_vault(vault: dict[str, Any], expected: str) -> None:
    assert verdict(world(**vault)) == expected


@pytest.mark.parametrize(("subnet", "expected"), [("a", "FAIL"), ("b", "PASS")])
def test_a_subnet_that_the_vault_lets_in(subnet: str, expected: str) -> None:
    found = world(default_action="Deny")
    (vm,) = (each for each, label in found.graph.nodes(data="label") if label.endswith("Machine"))
    card = f"{SUBNET.partition('/virtual')[0]}/networkinterfaces/nic"
    found.resource("AzureNetworkInterface", card)
    for each in "ab":
        found.resource("AzureSubnet", SUBNET + each)
    found.graph.add_edge(vm, card, rel="ATTACHED_TO", via="network_interfaces")
    found.graph.add_edge(card, SUBNET + subnet, rel="IN_SUBNET", via="subnet")
    found.graph.add_edge(VAULT, f"{SUBNET}a", rel="ALLOWS_FROM", via="subnets")
    assert verdict(found) == expected


def test_a_private_endpoint_may_lead_the_workload_in() -> None:
    found = world(public_network_access="Disabled")
    endpoint = f"{SUBNET.partition('/virtual')[0]}/privateendpoints/pe"
    found.graph.add_node(
        endpoint, label="AzurePrivateEndpoint", name="pe", missing=MissingReason.CROSS_ACCOUNT
    )
    found.graph.add_edge(endpoint, VAULT, rel="CONNECTS_TO", via="private_endpoints")
    assert verdict(found) == "MANUAL"


def test_what_the_internet_does_not_reach_may_read() -> None:
    assert verdict(world(reached=False)) == "PASS"


def test_what_it_reaches_perhaps_is_manual() -> None:
    assert verdict(world(unread=("rules of a security group",))) == "MANUAL"


def test_an_unread_identity_is_manual() -> None:
    found = world([])
    other = machine(found, "other")
    open_to_internet(found, other)
    unread_identity(found, other)
    assert verdict(found) == "MANUAL"


def test_an_identity_by_way_of_its_resource_and_a_group() -> None:
    found = world([])
    other = machine(found, "other")
    open_to_internet(found, other)
    shared = other.replace("compute/virtualmachines/other", "managedidentity/identities/shared")
    found.resource("AzureUserAssignedIdentity", shared)
    found.graph.add_edge(other, shared, rel="RUNS_AS", via="user_identities")
    who = found.principal("shared", "app")
    found.graph.add_edge(shared, who, rel="RESOLVES_TO", via="service_principal")
    found.assign(found.group("readers", [who]), SECRETS, "/subscriptions/s")
    assert verdict(found) == "FAIL"
