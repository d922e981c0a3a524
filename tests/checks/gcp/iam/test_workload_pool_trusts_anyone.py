"""Providers of workload identity pools, and whom they let in."""

from typing import Any

import pytest
from clew.collectors.gcp.iam_policies import FederatedPrincipal, PolicyBinding
from clew.collectors.gcp.workload_identity import WorkloadIdentityPool, WorkloadIdentityProvider
from support.gcp_estates import PROJECT, TREE, estate, resource
from support.judging import verdicts

CHECK = "workload_pool_trusts_anyone"
POOL = f"//iam.googleapis.com/projects/{PROJECT}/locations/global/workloadIdentityPools/ci"
GITHUB = "https://token.actions.githubusercontent.com"
MAPPING = [
    "attribute.ref=assertion.ref",
    "attribute.repository=assertion.repository",
    "google.subject=assertion.sub",
]
UNREAD = ("MANUAL", "UNREADABLE_FIELD")


def verdict(attribute: str | None, value: str = "", *, bound: bool = True, **fields: Any) -> Any:
    known = {
        "issuer": GITHUB,
        "attribute_mapping": MAPPING,
        "attribute_condition": "",
        "disabled": False,
        "state": "ACTIVE",
        **fields,
    }
    who = f"principalSet:{POOL.removeprefix('//iam.googleapis.com')}/{attribute}/{value}"
    found = estate(
        resource(WorkloadIdentityPool, POOL),
        resource(WorkloadIdentityProvider, f"{POOL}/providers/p", pool=POOL, **known),
        resource(FederatedPrincipal, who, account="", pool=POOL, attribute=attribute, value=value),
        resource(
            PolicyBinding,
            f"{TREE}projects/{PROJECT}/iamPolicyBindings/b",
            principals=[who] if bound else [],
        ),
    )
    return verdicts(CHECK, found)["p"]


@pytest.mark.parametrize(
    ("attribute", "value", "fields", "expected"),
    [
        ("*", "", {}, "FAIL"),
        ("*", "", {"attribute_condition": "assertion.repository_owner == 'shop'"}, "PASS"),
        ("*", "", {"attribute_condition": "true"}, "FAIL"),
        ("*", "", {"attribute_condition": "has(assertion.sub)"}, UNREAD),
        ("*", "", {"attribute_condition": None}, UNREAD),
        ("*", "", {"issuer": "https://login.example.com"}, "PASS"),
        ("*", "", {"issuer": None}, UNREAD),
        ("*", "", {"disabled": True}, "PASS"),
        ("*", "", {"state": "DELETED"}, "PASS"),
        ("*", "", {"bound": False}, "PASS"),
        ("attribute.repository", "shop/web", {}, "PASS"),
        ("attribute.ref", "refs/heads/main", {}, "FAIL"),
        ("attribute.ref", "refs/heads/main", {"attribute_mapping": None}, UNREAD),
        ("subject", "repo:shop/web:ref:refs/heads/main", {}, "PASS"),
        ("subject", "ref:refs/heads/main", {}, "FAIL"),
        (None, "", {}, UNREAD),
    ],
)
def test_whom_a_pool_lets_in(attribute: str | None, value: str, fields: Any, expected: Any) -> None:
    assert verdict(attribute, value, **fields) == expected
