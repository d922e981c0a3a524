"""Agents' identities, and the blueprints that they are made of and sign in with."""

from collections.abc import Callable

import pytest
from clew.graph.model import Status
from servers.json_replay import JsonReplay
from support.clouds import Scanned

Scan = Callable[[], Scanned]

BLUEPRINT, AGENT = "c0000000-0000-4000-8000-0000000000a1", "d0000000-0000-4000-8000-0000000000a1"
CLIENT = "c1000000-0000-4000-8000-0000000000a1"
DESCRIBED = f"/v1.0/servicePrincipals/{AGENT}/microsoft.graph.agentIdentity"
CALL = "servicePrincipals/{id}/microsoft.graph.agentIdentity"


@pytest.fixture(autouse=True)
def with_an_agent(entra: JsonReplay) -> None:
    blueprint = {
        "@odata.type": "#microsoft.graph.agentIdentityBlueprint",
        "id": BLUEPRINT,
        "appId": CLIENT,
        "displayName": "helpers",
        "signInAudience": "AzureADMyOrg",
    }
    agent = {
        "@odata.type": "#microsoft.graph.agentIdentity",
        "id": AGENT,
        "appId": AGENT,
        "displayName": "helper",
        "servicePrincipalType": "ServiceIdentity",
        "accountEnabled": True,
    }
    answers = entra._answers
    for path, made in (("applications", blueprint), ("servicePrincipals", agent)):
        listed = answers[f"/v1.0/{path}"]
        answers[f"/v1.0/{path}"] = {**listed, "value": [*listed["value"], made]}
    for path in (
        f"applications/{BLUEPRINT}/owners",
        f"applications/{BLUEPRINT}/federatedIdentityCredentials",
        f"servicePrincipals/{AGENT}/owners",
        f"servicePrincipals/{AGENT}/appRoleAssignedTo",
    ):
        answers[f"/v1.0/{path}"] = {"value": []}
    answers[DESCRIBED] = {**agent, "agentIdentityBlueprintId": CLIENT}


def test_an_agent_runs_as_its_blueprint_lets_it(entra: JsonReplay, scanned: Scan) -> None:
    found = scanned()
    assert ("helpers", "helper") in found.edges("RUNS_AS")
    blueprints = {
        each.name: each.model_dump()["is_agent_blueprint"]
        for each in found.collected.resources
        if each.label == "EntraApplication"
    }
    assert blueprints == {
        "helpers": True,
        "shop-api": False,
        "deploy-bot": False,
        "build-runner": False,
    }
    asked = [call.path for call in entra.calls if call.path.endswith("agentIdentity")]
    assert asked == [DESCRIBED]  # of agents alone
    assert found.incomplete() == set()


@pytest.mark.parametrize("answer", [None, {"id": AGENT}, {"agentIdentityBlueprintId": 1}])
def test_what_an_agent_is_made_of_may_be_unread(
    entra: JsonReplay, scanned: Scan, answer: object
) -> None:
    if answer is None:
        entra.deny("agentIdentity")
    else:
        entra._answers[DESCRIBED] = answer
    found = scanned()
    assert ("(unread application)!UNREADABLE", "helper") in found.edges("RUNS_AS")
    assert found.coverage(CALL).status == (Status.DENIED if answer is None else Status.ERROR)
    assert found.incomplete() == set()
