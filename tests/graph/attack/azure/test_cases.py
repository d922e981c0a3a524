"""The stated cases of techniques in Azure."""

from typing import Any

import pytest
from clew.graph.attack.azure.provider import AzureProvider
from clew.graph.attack.engine.build import build
from clew.graph.view import GraphView
from support.azure_stated_cases import CASES, stated, world_of

_TECHNIQUES = {
    "AZ-KV-1": {"azure-key-vault-access-policy"},
    "AZ-ST-1": {"azure-storage-list-keys", "azure-storage-regenerate-key"},
    "AZ-VM-4": {"azure-vm-assign-identity-extension", "azure-vm-assign-identity-run-command"},
}
"""What Clew calls the techniques that are asked about."""


@pytest.mark.skipif(not CASES.exists(), reason="the stated cases are not here")
@pytest.mark.parametrize("case", stated(techniques=True), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    world, who, _, unlisted = world_of(case)
    world.expose()
    known = AzureProvider.techniques().techniques.values()
    more = {each.existing for one in known for each in one.existing.values()}
    listings = world.listings(unlisted, more=more)
    graph = build([AzureProvider(GraphView(world.graph, listings), listings)])
    actor = 1 << graph.number[who, ""]
    taken = [
        step.reached.any
        for step in graph.steps
        if step.technique in _TECHNIQUES[case["ask"]["technique"]] and step.sources & actor
    ]
    found = "YES" if True in taken else "CONDITIONAL" if None in taken else "NO"
    assert found == case["expect"]
