"""Images that somebody without a right on the workload may replace."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import identity, unread_identity, verdicts, world_of_one_subscription
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

CHECKS = {
    "AzureAppService": "registry_poisoning_of_apps",
    "AzureFunctionApp": "registry_poisoning_of_functions",
    "AzureContainerApp": "registry_poisoning",
    "AzureContainerAppJob": "registry_poisoning_of_jobs",
    "AzureGroupContainer": "registry_poisoning_of_groups",
}
SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
REGISTRY = f"{RG}/providers/microsoft.containerregistry/registries/reg"
WORKLOAD = f"{RG}/providers/microsoft.test/things/it"
WORKLOADS = {
    "AzureAppService": "image",
    "AzureFunctionApp": "image",
    "AzureContainerApp": "images",
    "AzureContainerAppJob": "images",
    "AzureGroupContainer": "images",
}
PUSH = [{"actions": ["Microsoft.ContainerRegistry/registries/push/write"]}]
PULL = [{"actions": ["Microsoft.ContainerRegistry/registries/pull/read"]}]
READER = [{"actions": ["*/read"]}]
ADMINISTRATOR = [{"actions": ["Microsoft.Authorization/roleAssignments/*"]}]
TAG, DIGEST = "reg.azurecr.io/app:latest", "reg.azurecr.io/app@sha256:0123"


def world(
    user: Any, app: Any, image: str | None = TAG, label: str = "AzureContainerApp", **grant: Any
) -> AzureWorld:
    found = world_of_one_subscription()
    found.resource("AzureContainerRegistry", REGISTRY, login_server="reg.azurecr.io")
    field = WORKLOADS[label]
    value = [image] if field == "images" and image else image
    found.resource(label, WORKLOAD, **{field: value})
    found.graph.add_edge(WORKLOAD, REGISTRY, rel="USES_IMAGE", via="registry")
    found.assign(found.principal("user"), user, SUB)
    found.assign(identity(found, WORKLOAD, "mi"), app, SUB, **grant)
    return found


def verdict(found: AzureWorld, *unlisted: str, label: str = "AzureContainerApp") -> str:
    return verdicts(CHECKS[label], found, *unlisted)["it"]


@pytest.mark.parametrize("label", WORKLOADS)
@pytest.mark.parametrize(
    ("user", "app", "image", "expected"),
    [
        (PUSH, CONTRIBUTOR, TAG, "FAIL"),
        (PUSH, ADMINISTRATOR, TAG, "FAIL"),
        (PUSH, READER, TAG, "PASS"),
        (PUSH, CONTRIBUTOR, DIGEST, "PASS"),
        (PUSH, CONTRIBUTOR, None, "MANUAL"),
        (PULL, CONTRIBUTOR, TAG, "PASS"),
        (OWNER, CONTRIBUTOR, TAG, "PASS"),
        (PUSH, None, TAG, "MANUAL"),
        (None, CONTRIBUTOR, TAG, "MANUAL"),
    ],
)
def test_who_may_push(user: Any, app: Any, image: str | None, expected: str, label: str) -> None:
    assert verdict(world(user, app, image, label), label=label) == expected


@pytest.mark.parametrize("missing", [MissingReason.UNREADABLE, MissingReason.CROSS_ACCOUNT])
def test_a_registry_that_was_not_read_is_manual_for_what_is_privileged(
    missing: MissingReason,
) -> None:
    for role, expected in ((CONTRIBUTOR, "MANUAL"), (READER, "PASS"), (None, "MANUAL")):
        found = world(PUSH, role)
        found.graph.nodes[REGISTRY].update(missing=missing, login_server=None)
        assert verdict(found) == expected


def test_one_registry_that_others_push_to_is_enough() -> None:
    found = world(PULL, CONTRIBUTOR)
    found.assign(found.principal("eve"), PUSH, f"{REGISTRY}2")
    other = found.resource("AzureContainerRegistry", f"{REGISTRY}2", login_server="reg2.azurecr.io")
    found.graph.nodes[WORKLOAD]["images"].append("reg2.azurecr.io/more:latest")
    found.graph.add_edge(WORKLOAD, other, rel="USES_IMAGE", via="registries")
    assert verdict(found) == "FAIL"


def test_an_unread_identity_is_manual() -> None:
    found = world(PUSH, READER)
    unread_identity(found, WORKLOAD)
    assert verdict(found) == "MANUAL"


def test_a_role_under_a_condition_is_manual() -> None:
    found = world(PUSH, CONTRIBUTOR, condition="@Resource[a/b:c] StringEquals 'd'")
    assert verdict(found) == "MANUAL"


def test_unlisted_assignments_are_manual() -> None:
    assert verdict(world(PULL, CONTRIBUTOR), "AzureRoleAssignment") == "MANUAL"
