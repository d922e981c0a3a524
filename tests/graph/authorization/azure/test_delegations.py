"""What principals of another tenant may do by Azure Lighthouse."""

import json
from typing import Any

import pytest
from clew.graph.authorization.azure.environment import PrincipalState
from support.azure_worlds import CONTRIBUTOR, AzureWorld

SUB = "/subscriptions/s"
VM = f"{SUB}/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm"
VAULT = f"{SUB}/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv"
OFFER = f"{SUB}/providers/microsoft.managedservices/registrationassignments/offer"
ROLE, ACCESS = "b24988ac-6180-42a0-ab88-20f7382dd24c", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
START = "Microsoft.Compute/virtualMachines/start/action"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
SECRET = "data:Microsoft.KeyVault/vaults/secrets/getSecret/action"


def world(*authorizations: Any, read: bool = True, eligible: tuple[Any, ...] = ()) -> AzureWorld:
    found = AzureWorld()
    found.subscription("s")
    found.subscription("o")
    secrets = {"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}
    found.role([*CONTRIBUTOR, secrets], "Contributor", ROLE)
    found.role([{"actions": ["Microsoft.Authorization/*"]}], "User Access Administrator", ACCESS)
    found.vault(VAULT, by_roles=True)
    document = json.dumps(list(authorizations)) if read else None
    found.resource(
        "AzureLighthouseDelegation",
        OFFER,
        scope=SUB,
        authorizations=document,
        eligible_authorizations=json.dumps(eligible) if read else None,
        managed_by="//graph.microsoft.com/tenants/other",
    )
    return found


def held(role: str, *assignable: str) -> dict[str, Any]:
    """An authorization; the roles that may be assigned by it, if any."""
    found: dict[str, Any] = {"principalId": "p", "roleDefinitionId": f"/x/roleDefinitions/{role}"}
    return {**found, "delegatedRoleDefinitionIds": list(assignable)} if assignable else found


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        (START, VM, "ALLOWED"),
        (START, VM.replace("/s/", "/o/"), "IMPLICITLY_DENIED"),
        (ASSIGN, SUB, "IMPLICITLY_DENIED"),
        (SECRET, VAULT, "IMPLICITLY_DENIED"),
    ],
)
def test_its_roles_hold_on_its_scope_and_not_for_data(
    action: str, resource: str, expected: str
) -> None:
    assert world(held(ROLE)).decision(OFFER, action, resource) == expected


@pytest.mark.parametrize(
    ("assignable", "role", "kind", "expected"),
    [
        ((), READER, "ServicePrincipal", "IMPLICITLY_DENIED"),
        ((READER,), READER, "ServicePrincipal", "ALLOWED"),
        ((READER,), ROLE, "ServicePrincipal", "IMPLICITLY_DENIED"),
        ((READER,), READER, "User", "IMPLICITLY_DENIED"),
    ],
)
def test_it_assigns_only_the_roles_that_the_offer_names(
    assignable: tuple[str, ...], role: str, kind: str, expected: str
) -> None:
    found = world(held(ACCESS, *assignable))
    given = {"RoleDefinitionId": role, "PrincipalType": kind, "PrincipalId": "mi"}
    assert found.decision(OFFER, ASSIGN, SUB, **given) == expected


def test_an_offer_that_was_not_read_may_give_any_role() -> None:
    assert world(read=False).decision(OFFER, START, VM) == "UNKNOWN"


def test_that_it_is_not_known_to_whom_is_a_gap() -> None:
    found = world(held(ROLE))
    assert not found.authorizer().environment.gaps
    found.graph.nodes[OFFER]["managed_by"] = None
    (gap,) = found.authorizer().environment.gaps
    assert gap.message == "To whom /subscriptions/s is delegated could not be read."


@pytest.mark.parametrize(
    ("action", "resource", "before", "after"),
    [
        (START, VM, "ELIGIBLE", "ALLOWED"),
        (START, VM.replace("/s/", "/o/"), "IMPLICITLY_DENIED", "IMPLICITLY_DENIED"),
        (SECRET, VAULT, "IMPLICITLY_DENIED", "IMPLICITLY_DENIED"),
        (ASSIGN, SUB, "IMPLICITLY_DENIED", "IMPLICITLY_DENIED"),
    ],
)
def test_what_it_may_activate_holds_from_then_on_and_not_for_data(
    action: str, resource: str, before: str, after: str
) -> None:
    found = world(eligible=(held(ROLE), held(ACCESS)))
    activated = {(f"/providers/microsoft.authorization/roledefinitions/{ROLE}", SUB)}
    activated.add((f"/providers/microsoft.authorization/roledefinitions/{ACCESS}", SUB))
    state = PrincipalState(OFFER, roles=frozenset(activated))
    given = {"RoleDefinitionId": READER, "PrincipalType": "User", "PrincipalId": "mi"}
    assert found.decision(OFFER, action, resource, **given) == before
    assert found.authorizer().decide(state, action, resource, given).decision.value == after


def test_only_the_delegation_itself_activates_it() -> None:
    found = world(eligible=(held(ROLE),))
    activate = "Microsoft.Authorization/roleAssignmentScheduleRequests/write"
    assert found.decision(OFFER, activate, OFFER) == "ALLOWED"
    assert found.decision(found.principal("ann"), activate, OFFER) == "IMPLICITLY_DENIED"
