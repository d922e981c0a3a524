"""Recorded objects of real tenants, which nobody of this project made, through the whole of a
scan."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.entra.session import ENDPOINT, EntraOptions, connect
from clew.collectors.registry import models
from clew.graph.model import Status
from servers.json_replay import ESTATE, GRAPH, JsonReplay, load_estate
from support.clouds import Scanned, scan

FOLDER = Path(os.environ.get("CLEW_TEST_RECORDINGS", "/work/shared/data")) / "graph"
"""Recordings that lie outside the project."""
KINDS = {
    "applications": ("applications",),
    "groups": ("group", "groups"),
    "oauth2PermissionGrants": ("oauth2PermissionGrants",),
    "servicePrincipals": ("servicePrincipal", "servicePrincipals", "/v1.0/serviceprincipals"),
    "users": ("me", "user", "users"),
}
"""What was recorded of a collection, in whichever answer."""
DETAILS = {
    "applications": ("owners", "federatedIdentityCredentials"),
    "groups": ("members", "owners"),
    "servicePrincipals": ("appRoleAssignedTo", "owners"),
}
MODELS = {model.label: model for model in models() if model.provider == "entra"}
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the recordings are not here")


def answers() -> dict[str, Any]:
    """What a tenant of all recorded objects would answer."""
    recorded = json.loads((FOLDER / "directory_objects.json").read_text(encoding="utf-8"))
    organization = "/v1.0/organization"
    found: dict[str, Any] = {organization: load_estate(ESTATE / "entra")[organization]}
    for kind, names in KINDS.items():
        listed = [each for name in names for each in recorded[f"#microsoft.graph.{name}"]]
        by_id = {each["id"]: each for each in listed if "issuer" not in each}
        found[f"/v1.0/{kind}"] = {"value": list(by_id.values())}
        for id_ in by_id:
            for detail in DETAILS.get(kind, ()):
                found[f"/v1.0/{kind}/{id_}/{detail}"] = {"value": []}
        for each in listed:
            if "issuer" in each:  # a federated credential, recorded as an application's answer
                found[f"/v1.0/{kind}/{next(iter(by_id))}/{DETAILS[kind][1]}"]["value"].append(each)
    return found


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    with (
        JsonReplay(GRAPH, answers(), page_size=20) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(ENDPOINT, server.url)
        yield scan(tmp_path_factory.mktemp("scan"), connect(EntraOptions()))


def test_all_that_was_recorded_is_read(scanned: Scanned) -> None:
    expected = {
        label: len(answers()[f"/v1.0/{kind}"]["value"])
        for label, kind in (
            ("EntraApplication", "applications"),
            ("EntraDelegatedGrant", "oauth2PermissionGrants"),
            ("EntraGroup", "groups"),
            ("EntraServicePrincipal", "servicePrincipals"),
            ("EntraUser", "users"),
        )
    }
    found = Counter(each.label for each in scanned.collected.resources)
    assert {label: found[label] for label in expected} == expected
    # What was not recorded is answered with 404, and nothing else goes wrong.
    ended = {each.code for each in scanned.collected.coverage if each.status != Status.OK}
    assert ended <= {"Request_ResourceNotFound"}


def test_every_reference_is_an_edge(scanned: Scanned) -> None:
    graph = scanned.graph
    ends = Counter(
        (end, pair.rel)
        for pair, edges in graph.edges.items()
        for edge in edges
        for end in (edge.source, edge.target)
    )
    lost = []
    for each in scanned.collected.resources:
        wanted = Counter[str]()
        for name, reference in MODELS[each.label].references.items():
            value = getattr(each, name)
            values = {*value} if isinstance(value, list) else {value} - {""}
            wanted[reference.rel] += len(values)
        lost += [(each.id, rel) for rel, count in wanted.items() if ends[each.id, rel] < count]
    assert lost == []
    missing = Counter(node.missing for node in graph.nodes.values() if node.missing)
    assert set(missing) <= {"CROSS_ACCOUNT", "NOT_FOUND", "UNREADABLE", "UNKNOWN_OWNER"}
