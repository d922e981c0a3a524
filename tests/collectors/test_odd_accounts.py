"""What tells which accounts there are may be odd too: a command says so in a sentence."""

from collections.abc import Callable
from typing import Any

import pytest
from clew.collectors.azure import session as azure
from clew.collectors.entra import session as entra
from clew.collectors.errors import CollectError
from clew.collectors.gcp import session as gcp
from servers.json_replay import API, AZURE, GCP, GRAPH, JsonReplay

SUBSCRIPTION = {"subscriptionId": "11111111-2222-3333-4444-555555555555", "displayName": "a"}
PROJECT = {"name": "projects/1", "projectId": "a"}
TENANT: dict[str, Any] = {"id": "t", "displayName": "T", "verifiedDomains": [{"name": "t.example"}]}

Connect = Callable[[], object]
CLOUDS: dict[str, tuple[API, str, str, Connect]] = {
    "azure": (AZURE, azure.ENDPOINT, "/subscriptions", lambda: azure.connect(azure.AzureOptions())),
    "gcp": (GCP, gcp.ENDPOINT, "/v3/projects:search", lambda: gcp.connect(gcp.GCPOptions())),
    "entra": (
        GRAPH,
        entra.ENDPOINT,
        "/v1.0/organization",
        lambda: entra.connect(entra.EntraOptions()),
    ),
}


@pytest.mark.parametrize(
    ("cloud", "answer"),
    [
        *(("azure", {"value": [{**SUBSCRIPTION, "subscriptionId": id_}]}) for id_ in (None, 7, [])),
        *(("azure", {"value": [{**SUBSCRIPTION, name: 7}]}) for name in ("tenantId", "state")),
        *(("azure", answer) for answer in ({}, [], {"value": ""}, {"value": [7]})),
        *(("gcp", {"projects": [{**PROJECT, "projectId": id_}]}) for id_ in (None, 7, [])),
        *(("gcp", answer) for answer in ([], {"projects": ""}, {"projects": [7]})),
        ("gcp", {"projects": [PROJECT], "nextPageToken": 7}),
        *(("entra", {"value": [{**TENANT, name: 7}]}) for name in TENANT),
        *(("entra", {"value": [{**TENANT, name: None}]}) for name in TENANT),
        *(("entra", answer) for answer in ({}, [], {"value": []}, {"value": {}})),
    ],
)
def test_it_is_a_sentence(cloud: str, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    api, variable, path, connect = CLOUDS[cloud]
    with JsonReplay(api, {path: {"status": 200, "body": answer}}) as server:
        monkeypatch.setenv(variable, server.url)
        with pytest.raises(CollectError, match="cannot be used"):
            connect()
