"""The stated cases of Azure RBAC, each as a small world of the project's own."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from clew.graph.authorization.azure.environment import DENY
from support.azure_worlds import AzureWorld

CASES = Path("/work/shared/reference/clouds/cases-azure-entra.jsonl")
_SUBSCRIPTIONS = "/subscriptions/"
_LABELS = {
    "microsoft.compute/virtualmachines": "AzureVirtualMachine",
    "microsoft.storage/storageaccounts": "AzureStorageAccount",
}
"""The labels of what is asked about, by type in ARM."""
_OPEN: dict[str, Any] = {"public_network_access": "", "default_action": "", "ip_rules": []}
"""What Azure tells of a service whose network nobody has closed."""


class StatedCase(NamedTuple):
    """A world, and what is asked of it."""

    world: AzureWorld
    principal: str
    resource: str
    unlisted: tuple[str, ...]


def stated(*, techniques: bool) -> list[dict[str, Any]]:
    """The cases about single requests, or those about techniques; none where they are not."""
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    of_azure = [case for case in cases if case["area"] == "azure-rbac"]
    return [case for case in of_azure if ("technique" in case["ask"]) == techniques]


def world_of(case: dict[str, Any]) -> StatedCase:
    """The world of a case."""
    given, asked = case["given"], case["ask"]
    world = AzureWorld()
    _tree(world, given)
    members = given.get("groups", {})
    ids = {name: world.principal(name, "group") for name in members}
    ids[asked["principal"]] = world.principal(asked["principal"])
    for name, inside in members.items():
        world.group(name, None if inside is None else [ids[each] for each in inside])
    for each in given["assignments"]:
        world.assign(
            ids[each["principal"]],
            each["permissions"],
            each["scope"],
            condition=each.get("condition", ""),
            end=each.get("endDateTime", ""),
            eligible=each.get("eligible", False),
        )
    for each in given.get("deny") or ():
        everyone = each["principals"] == ["ALL"]
        world.deny(
            each["permissions"],
            each["scope"],
            None if everyone else [ids[one] for one in each["principals"]],
            [ids[one] for one in each["exclude"]],
            below=each.get("childScopes", True),
        )
    for each in given.get("locks", ()):
        world.lock(each["level"], each["scope"])
    _resources(world, given, asked["resource"], ids)
    unlisted = (DENY,) if given.get("deny", ()) is None else ()
    return StatedCase(world, ids[asked["principal"]], asked["resource"].lower(), unlisted)


def _tree(world: AzureWorld, given: dict[str, Any]) -> None:
    """The management groups; the subscription is in one of them, as those are that are read."""
    above = given.get("tree", {})
    for name in dict.fromkeys((*above.values(), *above)):
        if name != "s1":
            world.management_group(name, above.get(name, ""))
    world.subscription("s1", above.get("s1", next(iter(above), None)))


def _resources(world: AzureWorld, given: dict[str, Any], asked: str, ids: dict[str, str]) -> None:
    """What is asked about, and what the case says besides."""
    kind = "/".join(asked.lower().rpartition("/providers/")[2].split("/")[:2])
    if "vault" in given:
        policies = {
            ids[each["objectId"]]: each["permissions"]
            for each in given["vault"].get("accessPolicies", ())
        }
        vault = world.vault(asked, given["vault"]["enableRbacAuthorization"], policies)
        world.graph.nodes[vault].update(_OPEN)
    elif kind in _LABELS and "/default/" not in asked:
        keys = given.get("storage", {}).get("allowSharedKeyAccess", True)
        fields = {"power_state": "running", "shared_key_access": keys, **_OPEN}
        world.resource(_LABELS[kind], asked, **fields)
    for name in given.get("identities", ()):
        path = f"/providers/microsoft.managedidentity/userassignedidentities/{name}"
        identity = world.resource(
            "AzureUserAssignedIdentity", f"{_SUBSCRIPTIONS}s1/resourcegroups/rg1{path}"
        )
        app = world.principal(name, "app")
        world.graph.add_edge(identity, app, rel="RESOLVES_TO", via="service_principal")
