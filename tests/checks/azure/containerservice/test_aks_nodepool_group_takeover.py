"""Clusters whose nodes somebody controls who does not administer them."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import identity, unread_identity, verdicts, world_of_one_subscription
from support.azure_worlds import CONTRIBUTOR, AzureWorld

CHECK = "aks_nodepool_group_takeover"
SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
NODES = "/subscriptions/s/resourcegroups/nodes"
CLUSTER = f"{RG}/providers/microsoft.containerservice/managedclusters/aks"
ISSUER = "https://oidc.example/aks/"
RUN = [{"actions": ["Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action"]}]
READER = [{"actions": ["*/read"]}]


def world(
    user: Any, app: Any = READER, user_scope: str = NODES, app_scope: str = SUB
) -> AzureWorld:
    found = world_of_one_subscription()
    found.resource("AzureResourceGroup", NODES)
    found.resource("AzureKubernetesCluster", CLUSTER, oidc_issuer=ISSUER)
    found.graph.add_edge(CLUSTER, NODES, rel="MANAGES", via="node_resource_group")
    found.assign(found.principal("user"), user, user_scope)
    found.assign(identity(found, CLUSTER, "mi"), app, app_scope)
    return found


def verdict(found: AzureWorld, *unlisted: str) -> str:
    return verdicts(CHECK, found, *unlisted)["aks"]


@pytest.mark.parametrize(
    ("user", "app", "user_scope", "app_scope", "expected"),
    [
        (RUN, READER, NODES, SUB, "FAIL"),
        (RUN, READER, SUB, SUB, "FAIL"),
        (CONTRIBUTOR, READER, NODES, SUB, "FAIL"),
        (CONTRIBUTOR, READER, SUB, SUB, "PASS"),
        (RUN, READER, RG, SUB, "PASS"),
        (RUN, CONTRIBUTOR, NODES, NODES, "PASS"),
        (READER, CONTRIBUTOR, NODES, SUB, "PASS"),
        (None, CONTRIBUTOR, NODES, SUB, "MANUAL"),
    ],
)
def test_who_holds_what(
    user: Any, app: Any, user_scope: str, app_scope: str, expected: str
) -> None:
    assert verdict(world(user, app, user_scope, app_scope)) == expected


def test_members_of_its_administrators_groups_administer_it() -> None:
    found = world(RUN)
    group = found.group("admins", [found.principal("user")])
    found.graph.add_edge(CLUSTER, group, rel="GRANTED_TO", via="entra_admin_groups")
    assert verdict(found) == "PASS"


def test_a_group_of_administrators_whose_members_are_unread() -> None:
    found = world(RUN)
    group = found.group("admins", None)
    found.graph.add_edge(CLUSTER, group, rel="GRANTED_TO", via="entra_admin_groups")
    assert verdict(found) == "MANUAL"


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [("https://oidc.example/aks", "FAIL"), ("https://oidc.example/other/", "PASS")],
)
def test_identities_that_take_tokens_of_its_workloads(issuer: str, expected: str) -> None:
    found = world(RUN, [], app_scope=NODES)
    shared = f"{RG}/providers/microsoft.managedidentity/userassignedidentities/pods"
    found.resource("AzureUserAssignedIdentity", shared)
    token = f"{shared}/federatedidentitycredentials/pods"
    found.resource("AzureFederatedIdentityCredential", token, issuer=issuer)
    found.graph.add_edge(token, shared, rel="PART_OF", via="managed_identity")
    who = found.principal("pods", "app")
    found.graph.add_edge(shared, who, rel="RESOLVES_TO", via="service_principal")
    found.assign(who, READER, SUB)
    assert verdict(found) == expected


def test_an_unread_identity_is_manual() -> None:
    found = world(RUN, [], app_scope=NODES)
    unread_identity(found, CLUSTER)
    assert verdict(found) == "MANUAL"


def test_a_group_of_nodes_that_could_not_be_read_is_manual() -> None:
    found = world(RUN)
    found.graph.nodes[NODES]["missing"] = MissingReason.UNREADABLE
    assert verdict(found) == "MANUAL"
