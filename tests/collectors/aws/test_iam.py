"""Principals, policies and credentials as the account has them."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.iam import IAM, Role, User, authorization_details, trusts
from clew.graph.model import Location
from servers.aws_replay import AwsReplay
from support.reading import Read, read

PROD = "arn:aws:iam::111122223333"
DEV = "arn:aws:iam::444455556666"
AWS = "arn:aws:iam::aws:policy"
ALICE, BOB, BOT = (f"{PROD}:user/{name}" for name in ("alice", "bob", "ci-bot"))


@pytest.fixture
def iam(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, IAM)


def test_a_user_has_groups_policies_and_credentials(iam: Callable[..., Read]) -> None:
    found = iam()
    alice, bob, bot = found[ALICE], found[BOB], found[BOT]
    assert (alice.groups, alice.attached_policies, alice.inline_policies) == (["admins"], [], [])
    assert (alice.has_login_profile, alice.mfa_serial_numbers) == (True, [])
    assert alice.password_last_used == "2025-10-31T08:00:00Z"
    assert (bob.has_login_profile, bob.mfa_serial_numbers) == (True, [f"{PROD}:mfa/bob"])
    assert (bob.password_last_used, bob.access_key_ids) == ("", [])
    assert bob.permissions_boundary == f"{AWS}/PowerUserAccess"
    assert (bot.has_login_profile, bot.groups, bot.permissions_boundary) == (False, [], "")
    assert bot.access_key_ids == ["AKIACLEWCIBOT0000001", "AKIACLEWCIBOT0000002"]
    assert bot.inline_policies == [f"{BOT}/inline_policy/assume-deploy"]
    assert "team=platform" in alice.tags


def test_credentials_belong_to_their_user(iam: Callable[..., Read]) -> None:
    found = iam()
    used = found[f"{PROD}:access-key/AKIACLEWCIBOT0000001"]
    assert (used.user_name, used.status, used.last_used_service) == ("ci-bot", "Active", "sts")
    never = found[f"{PROD}:access-key/AKIACLEWCIBOT0000002"]
    assert (never.status, never.last_used_date) == ("Inactive", "")
    device = found[f"{PROD}:mfa/bob"]
    assert (device.user_name, device.device_type, device.name) == ("bob", "mfa", "bob")


def test_a_role_trusts_whom_its_policy_names(iam: Callable[..., Read]) -> None:
    found = iam()
    deploy = found[f"{PROD}:role/ci-deploy"]
    assert deploy.trusted_principals == [BOT]
    assert deploy.trusted_providers == [f"{PROD}:oidc-provider/token.actions.githubusercontent.com"]
    assert (deploy.trusted_accounts, deploy.trusted_services) == ([], ["codebuild.amazonaws.com"])
    assert found[f"{PROD}:role/admin"].trusted_accounts == ["111122223333"]
    assert found[f"{PROD}:role/partner-audit"].trusted_accounts == ["999900001111"]
    assert found[f"{PROD}:role/app-instance"].trusted_services == ["ec2.amazonaws.com"]
    assert found["ec2.amazonaws.com"].label == "AWSServicePrincipal"
    assert found[f"{PROD}:role/app-instance"].last_used_date == "2025-10-30T10:00:00Z"
    assert found[f"{PROD}:role/lambda-exec"].permissions_boundary == f"{PROD}:policy/clew-boundary"
    dev = iam("444455556666")
    assert dev[f"{DEV}:role/dev-anyone"].trusted_everyone == "*"
    assert dev[f"{DEV}:role/dev-anyone"].trusted_principals == []
    assert dev["*"].label == "AWSEveryone"


def test_a_policy_carries_the_version_in_force_and_all_others(iam: Callable[..., Read]) -> None:
    found = iam()
    deploy = found[f"{PROD}:policy/clew-deploy"]
    assert deploy.default_version_id == "v2"
    assert "lambda:CreateFunction" in deploy.document
    assert [version["VersionId"] for version in json.loads(deploy.versions)] == ["v2", "v1"]
    assert found[f"{AWS}/AdministratorAccess"].account == "aws"
    denial = found[f"{PROD}:group/readers/inline_policy/no-secrets"]
    assert (denial.principal_type, denial.principal_name) == ("group", "readers")
    assert json.loads(denial.document)["Statement"][0]["Effect"] == "Deny"


def test_a_boundary_that_is_attached_nowhere_is_read_by_itself(
    iam: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    assert "NotAction" in iam()[f"{AWS}/PowerUserAccess"].document


@pytest.mark.parametrize("operation", ["GetPolicy", "GetPolicyVersion"])
def test_a_boundary_that_may_not_be_read_is_unread_not_empty(
    iam: Callable[..., Read], aws_replay: AwsReplay, operation: str
) -> None:
    aws_replay.deny("iam", operation)
    boundary = iam()[f"{AWS}/PowerUserAccess"]
    assert (boundary.name, boundary.account, boundary.document) == ("PowerUserAccess", "aws", None)


def test_what_belongs_to_the_account_is_read(iam: Callable[..., Read]) -> None:
    found = iam()
    summary = found[f"{PROD}:account-summary"]
    assert (summary.aliases, summary.account_mfa_enabled) == (["clew-prod"], True)
    assert (summary.account_access_keys_present, summary.minimum_password_length) == (False, 14)
    assert (summary.has_password_policy, summary.account_id) == (True, "111122223333")
    assert found[f"{PROD}:instance-profile/app-instance"].roles == [f"{PROD}:role/app-instance"]
    assert found[f"{PROD}:instance-profile/unused-profile"].roles == []
    assert found.names("AWSSAMLProvider") == {"clew-sso"}
    github = found[f"{PROD}:oidc-provider/token.actions.githubusercontent.com"]
    assert (github.name, github.client_ids) == (github.url, ["sts.amazonaws.com"])
    assert found[f"{PROD}:server-certificate/clew-legacy"].expiration == "2026-01-15T09:00:00Z"
    assert (found.failed, found.incomplete) == ({}, set())


def test_an_account_without_a_password_policy_has_none(iam: Callable[..., Read]) -> None:
    summary = iam("444455556666")[f"{DEV}:account-summary"]
    assert (summary.has_password_policy, summary.minimum_password_length) == (False, None)
    assert summary.account_access_keys_present is True


LISTED_TOGETHER = {
    "AWSUser",
    "AWSGroup",
    "AWSRole",
    "AWSPolicy",
    "AWSInlinePolicy",
    "AWSServicePrincipal",
    "AWSEveryone",
    "AWSAccessKey",
    "AWSMFADevice",
}


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("GetAccountAuthorizationDetails", LISTED_TOGETHER),
        ("ListAccessKeys", {"AWSAccessKey"}),
        ("ListMFADevices", {"AWSMFADevice"}),
        ("ListInstanceProfiles", {"AWSInstanceProfile"}),
        ("ListSAMLProviders", {"AWSSAMLProvider"}),
        ("ListOpenIDConnectProviders", {"AWSOIDCProvider"}),
        ("ListServerCertificates", {"AWSServerCertificate"}),
        ("GetLoginProfile", set()),
        ("ListServiceSpecificCredentials", set()),
        ("ListUsers", set()),
        ("GetAccessKeyLastUsed", set()),
        ("GetOpenIDConnectProvider", set()),
        ("GetAccountSummary", set()),
        ("GetAccountPasswordPolicy", set()),
        ("ListAccountAliases", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    iam: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("iam", operation)
    found = iam()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_was_refused_is_unread(iam: Callable[..., Read], aws_replay: AwsReplay) -> None:
    for operation in (
        "ListAccessKeys",
        "ListMFADevices",
        "GetLoginProfile",
        "ListServiceSpecificCredentials",
        "ListUsers",
        "GetOpenIDConnectProvider",
        "GetAccountSummary",
        "GetAccountPasswordPolicy",
        "ListAccountAliases",
    ):
        aws_replay.deny("iam", operation)
    found = iam()
    bot = found[BOT]
    assert bot.groups == []
    assert (bot.access_key_ids, bot.mfa_serial_numbers, bot.has_login_profile) == (None, None, None)
    assert (bot.password_last_used, bot.service_credentials) == (None, None)
    summary = found[f"{PROD}:account-summary"]
    assert (summary.account_mfa_enabled, summary.has_password_policy) == (None, None)
    assert (summary.aliases, summary.minimum_password_length) == (None, None)
    github = found[f"{PROD}:oidc-provider/token.actions.githubusercontent.com"]
    assert (github.name, github.client_ids) == ("token.actions.githubusercontent.com", None)


@pytest.mark.parametrize(
    ("statement", "trusted"),
    [
        ({"Principal": "*"}, {"everyone": "*"}),
        ({"Principal": {"AWS": "*"}}, {"everyone": "*"}),
        ({"NotPrincipal": {"AWS": ALICE}}, {"everyone": "*"}),
        (
            {"Principal": {"AWS": ["111122223333", f"{DEV}:root"]}},
            {"accounts": ["111122223333", "444455556666"]},
        ),
        ({"Principal": {"AWS": ALICE}}, {"principals": [ALICE]}),
        (
            {"Principal": {"AWS": "AROACLEW0000000000001"}},
            {"principals": ["AROACLEW0000000000001"]},
        ),
        (
            {"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/admin/alice"}},
            {"principals": ["arn:aws:sts::111122223333:assumed-role/admin"]},
        ),
        (
            {"Principal": {"Federated": "accounts.google.com"}},
            {"providers": ["accounts.google.com"]},
        ),
        ({"Principal": {"Service": ["a.amazonaws.com"]}}, {"services": ["a.amazonaws.com"]}),
        ({"Principal": {"AWS": ALICE}, "Effect": "Deny"}, {}),
        ({}, {}),
        ({"Principal": {"AWS": [None, 1]}}, {}),
    ],
)
def test_trust_policies_are_read_in_every_form(
    statement: dict[str, Any], trusted: dict[str, Any]
) -> None:
    full = {"Effect": "Allow", "Action": "sts:AssumeRole", **statement}
    nobody = trusts({})
    for document in ({"Statement": full}, {"Statement": [full]}, json.dumps({"Statement": [full]})):
        assert trusts(document) == nobody._replace(**trusted)


@pytest.mark.parametrize(
    "document", [None, "", "not JSON", "[]", {"Statement": "x"}, {"Statement": [1]}]
)
def test_a_malformed_trust_policy_trusts_nobody_and_does_no_harm(document: object) -> None:
    assert trusts(document) == trusts({})


def test_an_exported_answer_gives_the_same_resources_without_credentials() -> None:
    page = {
        "UserDetailList": [
            {"Path": "/ops/", "UserName": "u", "UserId": "AIDA1", "Arn": f"{PROD}:user/ops/u"}
        ],
        "RoleDetailList": [
            {"Path": "/", "RoleName": "r", "RoleId": "AROA1", "Arn": f"{PROD}:role/r"}
        ],
    }
    found = list(authorization_details(page, Location("111122223333", "global", "aws")))
    user, role = found
    assert isinstance(user, User)
    assert (user.id, user.groups, user.access_key_ids) == (f"{PROD}:user/ops/u", [], None)
    assert isinstance(role, Role)
    assert role.sessions_arn == "arn:aws:sts::111122223333:assumed-role/r"


def test_a_role_of_identity_center_is_known_by_its_permission_set(tmp_path: Path) -> None:
    reserved = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com"
    roles = {
        f"{reserved}/AWSReservedSSO_Ops_0123456789abcdef": f"{reserved}/AWSReservedSSO_Ops",
        f"{reserved}/eu-west-1/AWSReservedSSO_A_fedcba9876543210": f"{reserved}/AWSReservedSSO_A",
        "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_fedcba9876543210": "",
    }
    page = {"RoleDetailList": [{"Arn": arn, "RoleName": arn.rpartition("/")[2]} for arn in roles]}
    here = Location("111122223333", partition="aws")
    found = {
        each.id: each.partial_arn
        for each in authorization_details(page, here)
        if isinstance(each, Role)
    }
    assert found == roles
