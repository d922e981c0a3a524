"""Where the state of a live resource decides: taken for certain, perhaps, or not at all."""

from typing import Any

import pytest
from clew.collectors.aws.base import AWSResource
from clew.collectors.aws.codebuild import Project
from clew.collectors.aws.cognito_identity import IdentityPool
from clew.collectors.aws.cognito_idp import Group, UserPool
from clew.collectors.aws.config import Remediation
from clew.collectors.aws.ecr import Repository
from clew.collectors.aws.ecs import TaskDefinition
from clew.collectors.aws.rds import Instance
from clew.collectors.aws.rolesanywhere import Profile, TrustAnchor
from clew.collectors.aws.servicecatalog import Portfolio, Product
from clew.collectors.aws.ssm import SSMDocument
from clew.graph.model import Location
from support.identities import ACCOUNT, REGION, Identities, allow, trust
from support.steps import Steps

HERE = Location(ACCOUNT, REGION, "aws")
IMAGES = "arn:aws:ecr:us-east-1:111111111111:repository/images"
PUSH = (
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)
CERTAIN, PERHAPS, NOT = [True], [False], list[bool]()


@pytest.fixture
def iam() -> Identities:
    return Identities()


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def taken(iam: Identities, technique: str, *resources: AWSResource) -> list[bool]:
    """Whether each step by a technique is certain."""
    found = Steps.of(iam, resources=resources, listed={each.label for each in resources})
    return [certain for step, certain in found.taken().items() if step[1] == technique]


def repository(mutability: str | None = "MUTABLE") -> AWSResource:
    return Repository.unread(HERE, name="images", policy="", image_tag_mutability=mutability)


def task(by_digest: str | None = "none", image: str = IMAGES) -> AWSResource:
    known = {"images": [image], "images_by_digest": by_digest, "task_role_arn": role("task")}
    return TaskDefinition.unread(HERE, family="api", revision="1", **known)


@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ([repository(), task()], CERTAIN),
        ([repository("IMMUTABLE"), task()], NOT),
        ([repository("MUTABLE_WITH_EXCLUSION"), task()], PERHAPS),
        ([repository(None), task()], PERHAPS),
        ([repository(), task("all")], NOT),
        ([repository(), task("some")], PERHAPS),
        ([repository(), task(None)], PERHAPS),
        ([repository(), task(image="public.ecr.aws/nginx/nginx")], NOT),
    ],
)
def test_a_push_reaches_what_names_its_image_by_a_tag(
    iam: Identities, resources: list[AWSResource], wanted: list[bool]
) -> None:
    iam.user("mallory", allow(*PUSH, on=IMAGES))
    iam.role("task", trusts=trust("ecs-tasks.amazonaws.com"))
    assert taken(iam, "ecr-push-image-task", *resources) == wanted


def test_a_push_into_another_repository_reaches_nothing(iam: Identities) -> None:
    iam.user("mallory", allow(*PUSH, on=IMAGES.replace("images", "others")))
    iam.role("build", trusts=trust("codebuild.amazonaws.com"))
    project = Project.unread(
        HERE, name="p", image_repository=IMAGES, images_by_digest="none", service_role=role("build")
    )
    assert taken(iam, "ecr-push-image-build", repository(), project) == NOT


@pytest.mark.parametrize(
    ("has_password", "devices", "by"),
    [
        (True, ["one"], {"iam-deactivate-mfa-update-login-profile"}),
        (False, ["one"], {"iam-deactivate-mfa-create-login-profile"}),
        (True, [], {"iam-update-login-profile"}),
        (False, [], {"iam-create-login-profile"}),
    ],
)
def test_a_second_factor_is_taken_away_where_there_is_one(
    iam: Identities, has_password: bool, devices: list[str], by: set[str]
) -> None:
    iam.user(
        "mallory",
        allow("iam:DeactivateMFADevice", "iam:UpdateLoginProfile", "iam:CreateLoginProfile"),
    )
    alice = iam.user("alice")
    known = {alice: {"has_login_profile": has_password, "mfa_serial_numbers": devices}}
    known[alice]["access_key_ids"] = ["a", "b"]
    steps = Steps.of(iam, known=known).taken()
    certain = {technique for (_, technique, to), sure in steps.items() if sure and to == "alice"}
    assert certain == by


def profile(enabled: bool | None = True, gives: str = "badge") -> AWSResource:
    return Profile.unread(HERE, profile_id="p", enabled=enabled, role_arns=[role(gives)])


def anchor(enabled: bool | None = True) -> AWSResource:
    return TrustAnchor.unread(HERE, trust_anchor_id="t", enabled=enabled)


@pytest.mark.parametrize(
    ("technique", "resources", "wanted"),
    [
        ("rolesanywhere-create-trust-anchor", [profile()], CERTAIN),
        ("rolesanywhere-create-trust-anchor", [profile(None)], PERHAPS),
        ("rolesanywhere-create-trust-anchor", [profile(False)], NOT),
        ("rolesanywhere-create-trust-anchor", [profile(gives="other")], NOT),
        ("rolesanywhere-update-trust-anchor", [profile(), anchor()], CERTAIN),
        ("rolesanywhere-update-trust-anchor", [profile(), anchor(False)], NOT),
        ("rolesanywhere-update-trust-anchor", [profile(False), anchor()], NOT),
    ],
)
def test_any_anchor_opens_the_profiles_that_are_on(
    iam: Identities, technique: str, resources: list[AWSResource], wanted: list[bool]
) -> None:
    iam.user("mallory", allow("rolesanywhere:CreateTrustAnchor", "rolesanywhere:UpdateTrustAnchor"))
    iam.role("badge", trusts=trust("rolesanywhere.amazonaws.com"))
    iam.role("other", trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    assert taken(iam, technique, *resources) == wanted


def pools(**more: Any) -> list[AWSResource]:
    """A user pool with a group that has a role, and an identity pool that takes its tokens."""
    provider = f"cognito-idp.{REGION}.amazonaws.com/users"
    users = UserPool.unread(HERE, pool_id="users", provider_name=provider)
    group = Group.unread(HERE, pool_id="users", name="editors", role_arn=role("editor"))
    given = {"user_pools": [provider], "roles_by_token": True, **more}
    return [users, group, IdentityPool.unread(HERE, pool_id="identities", **given)]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, PERHAPS),
        ({"roles_by_token": None}, PERHAPS),
        ({"roles_by_token": False}, NOT),
        ({"user_pools": []}, NOT),
        ({"user_pools": None}, PERHAPS),
    ],
)
def test_a_groups_role_is_had_where_an_identity_pool_takes_it_from_the_token(
    iam: Identities, more: dict[str, Any], wanted: list[bool]
) -> None:
    iam.user("mallory", allow("cognito-idp:AdminAddUserToGroup"))
    federated = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    iam.role("editor", trusts=federated)
    iam.role("of-no-group", trusts=federated)
    assert taken(iam, "cognito-join-group", *pools(**more)) == wanted


@pytest.mark.parametrize(
    ("version", "wanted"), [("", CERTAIN), ("$DEFAULT", CERTAIN), ("3", NOT), (None, PERHAPS)]
)
def test_a_remediation_runs_the_changed_document_unless_it_names_a_version(
    iam: Identities, version: str | None, wanted: list[bool]
) -> None:
    iam.user(
        "mallory",
        allow("ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"),
        allow("config:StartRemediationExecution"),
    )
    iam.role("mender", trusts=trust("ssm.amazonaws.com"))
    remediation = Remediation.unread(
        HERE, remediation_id="r/1", document="mend", document_version=version, role=role("mender")
    )
    document = SSMDocument.unread(HERE, name="mend")
    assert taken(iam, "config-change-remediation", remediation, document) == wanted


@pytest.mark.parametrize(
    ("portfolios", "wanted"), [(["port"], CERTAIN), ([], NOT), (None, PERHAPS)]
)
def test_a_product_is_launched_from_a_portfolio(
    iam: Identities, portfolios: list[str] | None, wanted: list[bool]
) -> None:
    iam.user("mallory", allow("servicecatalog:*"))
    iam.role("launcher", trusts=trust("servicecatalog.amazonaws.com"))
    product = Product.unread(
        HERE, product_id="prod", portfolios=portfolios, launch_roles=["launcher"]
    )
    portfolio = Portfolio.unread(HERE, portfolio_id="port")
    assert taken(iam, "servicecatalog-join-create-artifact", product, portfolio) == wanted


@pytest.mark.parametrize(("cluster", "wanted"), [("", PERHAPS), ("ledger", NOT), (None, PERHAPS)])
def test_an_instance_of_a_cluster_has_no_master_password_of_its_own(
    iam: Identities, cluster: str | None, wanted: list[bool]
) -> None:
    iam.user("mallory", allow("rds:ModifyDBInstance"))
    database = Instance.unread(HERE, name="orders", cluster=cluster)
    assert taken(iam, "rds-set-instance-password", database) == wanted
