"""Checks of trust between clouds: role_trusts_weaker_subject_elsewhere,
repository_deploys_to_several_clouds, application_opens_another_cloud,
identity_center_user_controlled_elsewhere and trail_deletable_from_another_cloud."""

from typing import Any

import pytest
from support.access_verdicts import verdicts
from support.federated_clouds import GITHUB, TENANT, V1, Clouds, federated

HOST = V1.removeprefix("https://")
ROLE = "role_trusts_weaker_subject_elsewhere"
APPLICATION = "application_opens_another_cloud"
REPOSITORY = "repository_deploys_to_several_clouds"
USER = "identity_center_user_controlled_elsewhere"
TRAIL = "trail_deletable_from_another_cloud"


def trusting(owner: bool = True, *, admin: bool = True, version: int | None = 1) -> Clouds:
    """A role that takes the tokens of an application, which a user owns."""
    clouds = Clouds()
    tenant = f"//graph.microsoft.com/tenants/{TENANT}"
    clouds.node(tenant, "EntraTenant", TENANT, name="tenant")
    clouds.application("api", identifier_uris=["api://aws"], access_token_version=version)
    application = clouds.application("app")
    provider = clouds.provider(V1, ["api://aws"])
    clouds.role("r", federated(provider, StringEquals={f"{HOST}:sub": "app"}), admin=admin)
    if owner:
        clouds.edge(application, "OWNED_BY", clouds.user("ann"), "owners")
    return clouds


@pytest.mark.parametrize(
    ("clouds", "expected"),
    [
        (trusting(), {"r": "FAIL"}),
        (trusting(False), {"r": "PASS"}),
        (trusting(version=None), {"r": "MANUAL"}),
        (trusting(admin=False), {}),
    ],
)
def test_a_role_is_guarded_as_well_as_who_is_trusted(
    clouds: Clouds, expected: dict[str, str]
) -> None:
    assert verdicts(ROLE, clouds) == expected


@pytest.mark.parametrize(
    ("clouds", "expected"),
    [
        (trusting(admin=False), "FAIL"),
        (trusting(False), "PASS"),
        (trusting(version=None), "MANUAL"),
    ],
)
def test_an_application_that_opens_another_cloud_has_no_owner(
    clouds: Clouds, expected: str
) -> None:
    assert verdicts(APPLICATION, clouds) == {"app": expected}


def deploying(here: str, there: str = "", expression: str = "") -> Clouds:
    """A role and an application that take tokens of GitHub."""
    clouds = Clouds()
    provider = clouds.provider(GITHUB)
    host = GITHUB.removeprefix("https://")
    clouds.role("r", federated(provider, StringLike={f"{host}:sub": here}))
    clouds.credential(clouds.application("app"), GITHUB, there, expression=expression)
    return clouds


@pytest.mark.parametrize(
    ("here", "there", "expression", "expected"),
    [
        ("repo:org/app:*", "repo:org/app:ref:refs/heads/main", "", "FAIL"),
        ("repo:org/*", "repo:org/app:ref:refs/heads/main", "", "FAIL"),
        ("repo:org/one:*", "repo:org/two:ref:refs/heads/main", "", "PASS"),
        ("repo:org/app:*", "", "claims['sub'] sounds like 'repo:org/app'", "MANUAL"),
    ],
)
def test_a_repository_acts_in_one_cloud(
    here: str, there: str, expression: str, expected: str
) -> None:
    found = verdicts(REPOSITORY, deploying(here, there, expression))
    assert list(found.values()) == [expected]


def signing_in(*, ids: list[str] | None, scanned: bool = True, assigned: bool = True) -> Clouds:
    """A user of Identity Center that is taken from a tenant whose helpdesk resets it."""
    clouds = Clouds()
    tenant = f"//graph.microsoft.com/tenants/{TENANT}"
    clouds.node(tenant, "EntraTenant", TENANT, name="tenant")
    if scanned:
        clouds.user("ann")
    role = clouds.role("r")
    user = clouds.node(
        "arn:aws:identitystore:::user/u",
        "AWSSSOUser",
        clouds.iam.account,
        name="ann@clew.example",
        external_ids=ids,
        external_issuers=None if ids is None else ["scim" for _ in ids],
        user_status="ENABLED",
    )
    if assigned:
        assignment = clouds.node("assignment", "AWSSSOAccountAssignment", clouds.iam.account)
        clouds.edge(assignment, "GRANTED_TO", user, "user")
        clouds.edge(assignment, "GRANTS_ON", role, "role")
    return clouds


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ids": ["ann"]}, "PASS"),
        ({"ids": ["ann"], "scanned": False}, "MANUAL"),
        ({"ids": ["ann"], "scanned": False, "assigned": False}, "PASS"),
        ({"ids": []}, "PASS"),
    ],
)
def test_a_user_of_identity_center_comes_from_somewhere(
    given: dict[str, Any], expected: str
) -> None:
    assert verdicts(USER, signing_in(**given)) == {"ann@clew.example": expected}


def logging(clouds: Clouds, *, is_read: bool = True) -> Clouds:
    """The same with a trail."""
    bucket = clouds.node(
        "arn:aws:s3:::logs",
        "AWSS3Bucket",
        clouds.iam.account,
        name="logs",
        missing=None if is_read else "CROSS_ACCOUNT",
        policy="",
    )
    trail = clouds.node(
        f"arn:aws:cloudtrail:us-east-1:{clouds.iam.account}:trail/t",
        "AWSCloudTrailTrail",
        clouds.iam.account,
        name="t",
    )
    clouds.edge(trail, "LOGS_TO", bucket, "s3_bucket_name")
    return clouds


@pytest.mark.parametrize(
    ("clouds", "expected"),
    [
        (logging(trusting()), "FAIL"),
        (logging(trusting(admin=False)), "PASS"),
        (logging(Clouds()), "PASS"),
        (logging(trusting(version=None)), "MANUAL"),
        (logging(trusting(), is_read=False), "MANUAL"),
    ],
)
def test_logs_are_safe_from_other_clouds(clouds: Clouds, expected: str) -> None:
    assert verdicts(TRAIL, clouds) == {"t → logs": expected}
