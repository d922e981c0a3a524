"""Root users of member accounts, whom an organization's management account controls."""

from collections.abc import Sequence

import pytest
from support.identities import ACCOUNT, OTHER, Document, Identities, allow, deny, policy
from support.steps import Steps

ORGANIZATION = f"arn:aws:organizations::{OTHER}:organization/imported"
TASK = "arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword"


def of(
    *statements: Document, features: list[str] | None = None, forbids: Sequence[Document] = ()
) -> Steps:
    """An account that manages an organization with another one."""
    here, there = Identities(), Identities(OTHER)
    here.user("mallory", *statements)
    known = {
        ORGANIZATION: {"management_account": ACCOUNT, "root_access_features": features},
        ACCOUNT: {"is_management_account": True},
        OTHER: {"is_management_account": False},
    }
    controls = {OTHER: [[policy(allow("*"), *forbids)]]}
    listed = {"AWSOrganization", "AWSAccount"}
    return Steps.of(here, there, known=known, service_controls=controls, listed=listed)


def asked(on: str = "*", task: str = TASK) -> Document:
    condition = {"StringEquals": {"sts:TaskPolicyArn": task}}
    return allow("sts:AssumeRoot", on=on, Condition=condition)


STEP = ("mallory", "sts-assume-root", f"{OTHER} [root user]")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (asked(), True),
        (asked(on=f"arn:aws:iam::{OTHER}:root"), True),
        (asked(on=f"arn:aws:iam::{ACCOUNT}:root"), False),
        (asked(task="arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"), False),
        (allow("sts:AssumeRole"), False),
    ],
)
def test_a_member_s_root_user_gets_a_password(statement: Document, expected: bool) -> None:
    steps = of(statement, features=["RootSessions"])

    assert (STEP in steps.taken()) is expected
    if expected:
        assert len(steps.hop(*STEP).conditions) == 1  # The mail.
        assert STEP[2] in steps.admins


@pytest.mark.parametrize(
    ("features", "doubts"), [(["RootCredentialsManagement"], None), ([], None), (None, 2)]
)
def test_root_sessions_must_be_switched_on(features: list[str] | None, doubts: int | None) -> None:
    steps = of(asked(), features=features)

    assert (STEP in steps.taken()) is (doubts is not None)
    if doubts:
        conditions = steps.hop(*STEP).conditions
        assert len(conditions) == doubts
        assert any("root_access_features" in each for each in conditions)


def test_a_control_policy_binds_the_root_user() -> None:
    root = {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    steps = of(asked(), features=["RootSessions"], forbids=[deny("*", Condition=root)])

    assert STEP[2] not in steps.admins
