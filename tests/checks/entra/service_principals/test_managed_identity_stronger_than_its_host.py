from typing import Any

import pytest
from clew.checks import checks
from clew.checks.access_rule import AccessRule
from clew.collectors.registry import models
from clew.graph.authorization.entra.app_roles import GRAPH
from clew.graph.authorization.entra.built_in_roles import by_name
from clew.graph.derivation import absence_rests_on, derivations
from clew.graph.model import MissingReason
from clew.graph.schema import Schema
from support.azure_access import (
    identity,
    machine,
    unread_identity,
    verdicts,
    world_of_one_subscription,
)
from support.azure_worlds import CONTRIBUTOR, AzureWorld

CHECK = "managed_identity_stronger_than_its_host"
SUB = "/subscriptions/s"
READER = [{"actions": ["*/read"]}]
OTHER_MACHINES = "/subscriptions/s/resourcegroups/other"
T0, T1 = "RoleManagement.ReadWrite.Directory", "Group.ReadWrite.All"


def app_role(world: AzureWorld, holder: str, value: str | None) -> None:
    """Gives an app role on Microsoft Graph."""
    api = world.principal("graph", "app", app_id=GRAPH, owners=[])
    id_ = f"held:{holder}:{value}"
    world.graph.add_node(
        id_,
        id=id_,
        label="EntraAppRoleAssignment",
        name=value,
        app_role=value,
        account="t",
        missing=None,
    )
    world.graph.add_edge(id_, holder, rel="GRANTED_TO", via="principal")
    world.graph.add_edge(id_, api, rel="GRANTS_ON", via="resource")


def directory_role(world: AzureWorld, holder: str, name: str) -> None:
    role, id_ = f"role:{name}", f"held:{holder}:{name}"
    known = {"name": name, "account": "t", "missing": None}
    world.graph.add_node(
        role, id=role, label="EntraRoleDefinition", template_id=by_name()[name], **known
    )
    world.graph.add_node(
        id_, id=id_, label="EntraRoleAssignment", directory_scope="/", app_scope="", **known
    )
    world.graph.add_edge(id_, holder, rel="GRANTED_TO", via="principal")
    world.graph.add_edge(id_, role, rel="GRANTS_ROLE", via="role")


def world(entries: Any = CONTRIBUTOR, scope: str = SUB) -> tuple[AzureWorld, str, str]:
    """A machine with a managed identity, and a user with a role on it."""
    found = world_of_one_subscription()
    user = found.principal("user", owners=[], account_enabled=True)
    found.assign(user, entries, scope)
    mi = identity(found, machine(found, "vm"), "mi")
    found.graph.nodes[mi].update(
        service_principal_type="ManagedIdentity", owners=[], account_enabled=True
    )
    return found, user, mi


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["mi"]


@pytest.mark.parametrize("strong", [T0, T1, "Application.ReadWrite.OwnedBy"])
@pytest.mark.parametrize(("entries", "expected"), [(CONTRIBUTOR, "FAIL"), (READER, "PASS")])
def test_app_roles(strong: str, entries: Any, expected: str) -> None:
    found, _, mi = world(entries)
    app_role(found, mi, strong)
    assert verdict(found) == expected


@pytest.mark.parametrize(
    ("role", "expected"), [("User Administrator", "FAIL"), ("Directory Readers", "PASS")]
)
def test_directory_roles(role: str, expected: str) -> None:
    found, _, mi = world()
    directory_role(found, mi, role)
    assert verdict(found) == expected


def test_what_is_not_strong_or_runs_nowhere_or_on_another_machine() -> None:
    found, _, mi = world()
    assert verdict(found) == "PASS"
    app_role(found, mi, "User.Read.All")
    assert verdict(found) == "PASS"
    found, _, mi = world(scope=OTHER_MACHINES)
    app_role(found, mi, T0)
    assert verdict(found) == "PASS"


@pytest.mark.parametrize(
    ("of_user", "of_identity", "expected"),
    [
        ("User Administrator", "User Administrator", "PASS"),
        ("Helpdesk Administrator", "User Administrator", "FAIL"),
        ("Global Administrator", "User Administrator", "PASS"),
        ("Privileged Role Administrator", "Global Administrator", "PASS"),
    ],
)
def test_whoever_holds_the_same_or_rules_the_tenant(
    of_user: str, of_identity: str, expected: str
) -> None:
    found, user, mi = world()
    directory_role(found, user, of_user)
    directory_role(found, mi, of_identity)
    assert verdict(found) == expected


def test_only_managed_identities_are_judged() -> None:
    found, _, mi = world()
    app_role(found, mi, T0)
    found.graph.nodes[mi]["service_principal_type"] = "Application"
    assert "mi" not in verdicts(CHECK, found)
    found.graph.nodes[mi]["service_principal_type"] = None
    assert verdict(found) == "FAIL"


def test_by_way_of_an_identity_that_is_a_resource_of_its_own() -> None:
    found = world_of_one_subscription()
    found.assign(found.principal("user", owners=[]), CONTRIBUTOR, SUB)
    mi = found.principal("mi", "app", service_principal_type="ManagedIdentity", owners=[])
    assigned = found.resource(
        "AzureUserAssignedIdentity",
        f"{SUB}/resourcegroups/rg/providers/microsoft.managedidentity/userassignedidentities/mi",
    )
    vm = machine(found, "vm")
    found.graph.add_edge(vm, assigned, rel="RUNS_AS", via="identities")
    found.graph.add_edge(assigned, mi, rel="RESOLVES_TO", via="service_principal")
    app_role(found, mi, T0)
    assert verdict(found) == "FAIL"


def test_what_could_not_be_read_is_not_safe() -> None:
    found, _, mi = world()
    app_role(found, mi, None)
    assert verdict(found) == "MANUAL", "its app role may be strong"

    found, _, mi = world(None)
    app_role(found, mi, T0)
    assert verdict(found) == "MANUAL", "the user's role may do anything"

    found, _, mi = world()
    app_role(found, mi, T0)
    directory_role(found, found.group("top", None), "Global Administrator")
    assert verdict(found) == "MANUAL", "the user may be in the group"

    found = world_of_one_subscription()
    found.assign(found.principal("user", owners=[]), CONTRIBUTOR, SUB)
    mi = found.principal("mi", "app", service_principal_type="ManagedIdentity", owners=[])
    app_role(found, mi, T0)
    assert verdict(found) == "PASS"
    unread_identity(found, machine(found, "vm"))
    assert verdict(found) == "MANUAL", "the machine may run as it"


def test_a_host_that_is_gone_runs_nothing() -> None:
    found, _, mi = world()
    app_role(found, mi, T0)
    (vm,) = (each for each, label in found.graph.nodes(data="label") if label.endswith("Machine"))
    found.graph.nodes[vm]["missing"] = MissingReason.NOT_FOUND
    assert verdict(found) == "PASS"


def test_a_pass_rests_on_both_clouds() -> None:
    asked = checks()[CHECK].resolved(Schema.of(models()))
    assert isinstance(asked.rule, AccessRule)
    behind = absence_rests_on(derivations(Schema.of(models())), asked.rule.edges)
    assert {
        "AzureRoleAssignment",
        "AzureVirtualMachine",
        "EntraAppRoleAssignment",
        "EntraGroup",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        "EntraUser",
    } <= {*behind, *asked.pass_requires_listing, *asked.rule.pass_requires_listing}


def test_who_holds_the_same_could_not_be_listed() -> None:
    found, _, mi = world()
    directory_role(found, mi, "User Administrator")
    assert verdict(found) == "FAIL"
    assert verdict(found, "EntraRoleAssignment") == "MANUAL"
    unread = found.principal("admins", "group")
    found.graph.nodes[unread]["missing"] = MissingReason.UNREADABLE
    directory_role(found, unread, "User Administrator")
    assert verdict(found) == "MANUAL", "the user may be in the group"
