"""Small worlds of Google Cloud, each with one answer: open to the internet, closed, or unsure."""

from typing import Any

import pytest
from clew.collectors.gcp.run import CloudRunService
from clew.graph.model import Resource
from support.exposing import edges
from support.gcp_network import allow, deny, policy, site
from support.gcp_platform import INVOKE, SERVICE, granted, run

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
