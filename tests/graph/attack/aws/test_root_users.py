"""Root users of member accounts, whom an organization's management account controls."""

from collections.abc import Sequence

import pytest
from clew.collectors.aws.s3 import Bucket
from clew.collectors.aws.sqs import Queue
from support.audit import blank
from support.identities import ACCOUNT, OTHER, REGION, Document, Identities, allow, deny, policy
from support.steps import Steps

ORGANIZATION = f"arn:aws:organizations::{OTHER}:organization/imported"
TASK = "arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword"

BUCKET = blank(Bucket, id="arn:aws:s3:::b", name="b", account=OTHER, policy="")
QUEUE = blank(Queue, id=f"arn:aws:sqs:{REGION}:{OTHER}:q", name="q", account=OTHER, policy="")


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
    listed = {"AWSOrganization", "AWSAccount", Bucket.label, Queue.label}
    return Steps.of(
        here,
        there,
        resources=[BUCKET, QUEUE],
        known=known,
        service_controls=controls,
        listed=listed,
    )


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


UNLOCK = "arn:aws:iam::aws:policy/root-task/{}".format
LIMITED = f"{OTHER} [root user, limited to {{}}]".format
BUCKETS = LIMITED(
    "s3:DeleteBucketPolicy, s3:GetBucketPolicy, s3:ListAllMyBuckets, s3:PutBucketPolicy"
)
QUEUES = LIMITED("sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ListQueues, sqs:SetQueueAttributes")


@pytest.mark.parametrize(
    ("task", "technique", "session", "then"),
    [
        ("S3UnlockBucketPolicy", "sts-assume-root-buckets", BUCKETS, ("s3-put-bucket-policy", "b")),
        (
            "SQSUnlockQueuePolicy",
            "sts-assume-root-queues",
            QUEUES,
            ("sqs-set-queue-attributes", "q"),
        ),
    ],
)
def test_a_session_for_a_task_does_that_and_nothing_else(
    task: str, technique: str, session: str, then: tuple[str, str]
) -> None:
    steps = of(asked(task=UNLOCK(task)), features=["RootSessions"])

    taken = steps.taken()
    assert taken["mallory", technique, session] is True
    assert steps.hop("mallory", technique, session).permissions == ("sts:AssumeRoot",)
    assert {key[1:]: found for key, found in taken.items() if key[0] == session} == {then: True}
    assert session not in steps.admins
    assert not [key for key in steps.taken("CAN_ACCESS") if key[0] == session]
    assert not [key for key in steps.taken("ADMINISTERS") if key[0] == session]
