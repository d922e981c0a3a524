"""Small worlds of Google Cloud, each with one answer: open to the internet, closed, or unsure."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.gcp.run import CloudRunService
from clew.graph.model import Resource
from support.exposing import edges
from support.gcp_network import allow, deny, policy, site
from support.gcp_platform import INVOKE, SERVICE, granted, run

CASES = Path("/work/shared/reference/clouds/cases-gcp-exposure-cross.jsonl")
ABOVE = {"type": "HIERARCHY", "displayName": "above"}
OWN = {"type": "NETWORK", "displayName": "own"}
BEFORE = "BEFORE_CLASSIC_FIREWALL"
TO_SSH, NO_SSH, NEXT = (policy(100, each, "22") for each in ("allow", "deny", "goto_next"))


def opened(resources: list[Resource], port: int) -> str:
    scan = {"provider": "gcp", "account": resources[0].account, "region": "global"}
    found = [
        edge
        for name, edge in edges(resources, but="GCPNetworkInterface", **scan)
        if name in ("i", "s") and edge["from_port"] <= port <= edge["to_port"]
    ]
    return "CLOSED" if not found else "UNSURE" if found[0]["unread"] else "OPEN"


def ruled(*rules: dict[str, Any], **more: Any) -> list[Resource]:
    return site("i", *rules, **more)


EVERY_SOURCE: dict[str, Any] = {"source_ranges": [], "source_tags": []}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (ruled(allow(), deny(1000), policies=[{**ABOVE, "rules": [NEXT]}]), "CLOSED"),
        (ruled(deny(1), policies=[{**ABOVE, "rules": [TO_SSH]}]), "OPEN"),
        (ruled(allow(), policies=[{**ABOVE, "rules": [NO_SSH]}]), "CLOSED"),
        (ruled(deny(1), policies=[{**OWN, "rules": [TO_SSH]}]), "CLOSED"),
        (ruled(deny(1), policies=[{**OWN, "rules": [TO_SSH]}], order=BEFORE), "OPEN"),
        (ruled(policies=[{**OWN, "rules": [TO_SSH]}]), "OPEN"),
        (ruled(allow(), policies=None), "UNSURE"),
        (ruled(allow(), system=None), "UNSURE"),
        (ruled(allow(), public=(False, False)), "CLOSED"),
        (ruled(allow(**EVERY_SOURCE)), "OPEN"),
        (ruled(allow(source_ranges=[], source_tags=["web"])), "CLOSED"),
        (ruled(allow(source_ranges=["0.0.0.0/0"], source_tags=["web"])), "OPEN"),
    ],
)
def test_machines(resources: list[Resource], expected: str) -> None:
    assert opened(resources, 22) == expected


def test_a_policys_rule_without_any_source_is_for_every_source() -> None:
    rule = policy(100, "allow", "22")
    del rule["match"]["srcIpRanges"]
    assert opened(ruled(policies=[{**ABOVE, "rules": [rule]}]), 22) == "OPEN"


@pytest.mark.parametrize(
    ("service", "grants", "expected"),
    [
        (run(invoker_iam_disabled=True), [], "OPEN"),
        (run(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"), granted([INVOKE], SERVICE), "CLOSED"),
    ],
)
def test_services(service: CloudRunService, grants: list[Resource], expected: str) -> None:
    assert opened([service, *grants], 443) == expected


def _stated() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [
        each for each in cases if each["area"] == "exposure" and each["given"]["cloud"] == "gcp"
    ]


def _world(given: dict[str, Any]) -> list[Resource]:
    """The world of a case."""
    if "run" in given:
        told = given["run"]
        service = run(
            ingress=told["ingress"], invoker_iam_disabled=told.get("invokerIamDisabled", False)
        )
        return [service, *(one for who in told["iam"] for one in granted([INVOKE], SERVICE, who))]
    rules = []
    for one in given.get("vpc", ()):
        source = {"source_ranges": [one["source"]]}
        is_allowed = "allow" in one
        make = allow if is_allowed else deny
        rules.append(make(one["priority"], one["allow" if is_allowed else "deny"], **source))
    above = [
        policy(100 + place, one["action"], one.get("port", "0-65535"))
        for place, one in enumerate(given.get("hierarchical", ()))
    ]
    return ruled(
        *rules,
        policies=[{**ABOVE, "rules": above}] if above else (),
        public=(given.get("externalIp", False), False),
    )


@pytest.mark.skipif(not CASES.exists(), reason="the stated cases are not here")
@pytest.mark.parametrize("case", _stated(), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    assert opened(_world(case["given"]), case["ask"]) == case["expect"], case["why"]
