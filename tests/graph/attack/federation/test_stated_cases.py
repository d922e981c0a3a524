"""Cases of trust between clouds whose right answers are stated elsewhere, each made as a small
world."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.graph.logic import Truth
from support.federated_clouds import Clouds, federated

CASES = Path("/work/shared/reference/clouds/cases-gcp-exposure-cross.jsonl")
GOOGLE = "accounts.google.com"
MAPPED = ["google.subject=assertion.sub", "attribute.repository=assertion.repository"]


def _stated() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [case for case in cases if case["area"] == "cross-cloud"]


def _by_aws(world: Clouds, sink: dict[str, Any], token: dict[str, Any]) -> Truth:
    host = sink["provider"].removeprefix("https://")
    conditions = {
        operator: {f"{host}:{claim}": text for claim, text in asked.items()}
        for operator, asked in sink["condition"].items()
    }
    world.role("r", federated(world.provider(sink["provider"], sink["aud"]), **conditions))
    return world.takes(token["iss"], token)


def _by_google(world: Clouds, sink: dict[str, Any], token: dict[str, Any]) -> Truth:
    asked = sink["condition"] or {"StringEquals": {f"{GOOGLE}:aud": sink["aud"]}}
    world.role("r", federated(GOOGLE, **asked))
    world.service_account("a", token["service_account_unique_id"])
    return ("a", "r", True) in world.taken()


def _by_application(world: Clouds, sink: dict[str, Any], token: dict[str, Any]) -> Truth:
    application = world.application("app")
    world.credential(application, sink["issuer"], sink["subject"], sink["audience"])
    return world.takes(token["iss"], token)


def _by_pool(world: Clouds, sink: dict[str, Any], token: dict[str, Any]) -> Truth:
    pool = world.pool("p")
    provider = world.pool_provider(
        pool,
        issuer=sink["issuer"],
        audiences=sink["audience"],
        attribute_condition=sink["condition"],
        attribute_mapping=MAPPED,
    )
    world.identity(pool, sink["member"])
    return world.takes(token["iss"], token | {"aud": f"https:{provider}"})


def _by_pool_of_aws(world: Clouds, sink: dict[str, Any], token: dict[str, Any]) -> Truth:
    pool = world.pool("p")
    world.pool_provider(pool, aws_account=sink["accountId"], attribute_mapping=[])
    world.identity(pool, sink["member"])
    account, name = token["aws_role"].split(":")[4], token["aws_role"].rpartition("/")[2]
    world.iam.account = account
    world.role(name)
    return any(source == name for source, _, _ in world.taken())


def _by_pod(world: Clouds, sink: dict[str, Any], token: dict[str, Any]) -> Truth:
    pool, _, who = sink["member"].removeprefix("serviceAccount:").partition("[")
    namespace, account = who.removesuffix("]").split("/")
    made = world.pool(pool)
    world.identity(made, f"subject/ns/{namespace}/sa/{account}")
    assert token["subject"] == f"{namespace}/{account}"
    world.cluster("other", pool)
    return any(source == "other" and truth for source, _, truth in world.taken())


BY_KIND = {
    "aws": _by_aws,
    "aws_google": _by_google,
    "entra_fic": _by_application,
    "gcp_aws": _by_pool_of_aws,
    "gcp_oidc": _by_pool,
    "gke": _by_pod,
}


@pytest.mark.skipif(not _stated(), reason="the stated cases are not there")
@pytest.mark.parametrize("case", _stated(), ids=lambda case: case["id"])
def test_stated_cases(case: dict[str, Any]) -> None:
    ((kind, sink),) = case["given"]["sink"].items()
    found = BY_KIND[kind](Clouds(), sink, case["given"]["token"])
    assert found is case["expect"], case["why"]
