"""Whom policies of IAM name."""

import pytest
from clew.collectors.gcp.members import pooled, principal_id
from hypothesis import given
from hypothesis import strategies as st

IDS = {"123456789012": "clew-prod"}
DEPLOYER = "deployer@clew-prod.iam.gserviceaccount.com"
ACCOUNT = f"//iam.googleapis.com/projects/clew-prod/serviceAccounts/{DEPLOYER}"
POOLS = "iam.googleapis.com/projects/{}/locations/global/workloadIdentityPools/"


@pytest.mark.parametrize(
    ("member", "id_"),
    [
        ("user:Ada@Clew.Example", "user:ada@clew.example"),
        ("principal://goog/subject/Ada@clew.example", "user:ada@clew.example"),
        ("group:engineers@clew.example", "group:engineers@clew.example"),
        ("principalSet://goog/group/engineers@clew.example", "group:engineers@clew.example"),
        ("domain:clew.example", "domain:clew.example"),
        (f"serviceAccount:{DEPLOYER}", ACCOUNT),
        (f"principal://iam.googleapis.com/projects/-/serviceAccounts/{DEPLOYER}", ACCOUNT),
        ("allUsers", "allUsers"),
        ("principalSet://goog/public:all", "allUsers"),
        ("allAuthenticatedUsers", "allAuthenticatedUsers"),
        ("deleted:user:ada@clew.example?uid=1", ""),
        ("deleted:principal://goog/subject/ada@clew.example", ""),
        (
            "serviceAccount:clew-prod.svc.id.goog[shop/web]",
            f"principal://{POOLS.format('clew-prod')}clew-prod.svc.id.goog/subject/ns/shop/sa/web",
        ),
        (
            f"principalSet://{POOLS.format('123456789012')}ci/attribute.repository/clew/shop",
            f"principalSet://{POOLS.format('clew-prod')}ci/attribute.repository/clew/shop",
        ),
        ("projectOwner:clew-prod", "projectOwner:clew-prod"),
        ("something new", "something new"),
    ],
)
def test_each_is_known_by_one_id(member: str, id_: str) -> None:
    assert principal_id(member, IDS) == id_


@pytest.mark.parametrize(
    ("identity", "parts"),
    [
        (f"principal://{POOLS.format('p')}ci/subject/a/b", ("ci", "subject", "a/b")),
        (f"principalSet://{POOLS.format('p')}ci/attribute.x/y", ("ci", "attribute.x", "y")),
        (f"principalSet://{POOLS.format('p')}ci/*", ("ci", "*", "")),
    ],
)
def test_an_identity_of_a_pool_tells_its_parts(identity: str, parts: tuple[str, ...]) -> None:
    pool, *rest = pooled(identity)
    assert (pool.rpartition("/")[2], *rest) == parts
    assert pool.startswith("//iam.googleapis.com/projects/p/")


@given(st.text())
def test_whatever_a_policy_names_has_an_id(member: str) -> None:
    first = principal_id(member, IDS)
    assert isinstance(first, str)
    assert bool(first) or member.startswith("deleted:") or not member
