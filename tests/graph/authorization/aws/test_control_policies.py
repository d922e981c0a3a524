"""What an organization forbids, where it is known that it does and not what."""

from typing import Any

import pytest
from clew.collectors.aws.s3 import Bucket
from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.decision import Answer, Decision, PolicyType, explain
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from clew.graph.model import Location
from support.identities import ACCOUNT, Document, Identities, allow, deny, graph_of, policy

BUCKET = "arn:aws:s3:::vault"
CONTROLS = {
    "service": "SERVICE_CONTROL_POLICY",
    "resource": "RESOURCE_CONTROL_POLICY",
}
BASE = f"arn:aws:organizations::{ACCOUNT}:policy/imported"


def unread_id(kind: str, level: int = 1) -> str:
    return f"{BASE}/{CONTROLS[kind].lower()}/{level}-0"


def estate(kind: str, *levels: Document, unread: str = "") -> AWSEnvironment:
    """Ada, who may read a bucket of her account under an organization's policies, one at each
    level, of which one may be unread."""
    here = Identities()
    here.user("ada", allow("s3:*"))
    bucket = Bucket.load(
        {"Name": "vault"}, Location(ACCOUNT, "us-east-1", "aws"), id=BUCKET, policy=""
    )
    given: Any = {f"{kind}_controls": {ACCOUNT: [[each] for each in levels]}}
    known = {unread: {"document": None}} if unread else {}
    return AWSEnvironment.of(*graph_of(here, resources=[bucket], known=known, **given))


ADA = PrincipalState(f"arn:aws:iam::{ACCOUNT}:user/ada")
FULL = policy(allow("*"))


def may_read(found: AWSEnvironment) -> Answer:
    """Whether Ada may; asked of many resources at a time the answer is the same."""
    authorizer = AWSAuthorizer(found)
    answer = authorizer.decide(ADA, "s3:GetBucketPolicy", BUCKET)
    table = found.table("AWSS3Bucket")
    assert authorizer.allowed(ADA, "s3:GetBucketPolicy", table).any is answer.is_allowed
    return answer


@pytest.mark.parametrize("kind", CONTROLS)
def test_one_that_is_attached_and_unread_leaves_open_what_would_be_allowed(kind: str) -> None:
    assert may_read(estate(kind, FULL, FULL)).decision is Decision.ALLOWED
    answer = may_read(estate(kind, FULL, FULL, unread=unread_id(kind)))
    assert answer.decision is Decision.CONDITIONAL
    assert answer.decided_by is {"service": PolicyType.SCP, "resource": PolicyType.RCP}[kind]
    words = f"what {kind} control policy 1-0 forbids, which could not be read"
    assert answer.unread == (words,)
    assert words in explain(answer)


@pytest.mark.parametrize("kind", CONTROLS)
def test_it_leaves_nothing_open_that_another_one_forbids(kind: str) -> None:
    forbidding = policy(allow("*"), deny("s3:*"))
    answer = may_read(estate(kind, forbidding, FULL, unread=unread_id(kind)))
    assert answer.decision is Decision.EXPLICITLY_DENIED


@pytest.mark.parametrize("kind", CONTROLS)
def test_it_is_also_told_once(kind: str) -> None:
    (sentence,) = [
        one
        for one in estate(kind, FULL, FULL, unread=unread_id(kind)).unread
        if kind in one.lower()
    ]
    assert ACCOUNT in sentence


@pytest.mark.parametrize("kind", CONTROLS)
@pytest.mark.parametrize("policies", [None, ["arn:aws:organizations::1:policy/o-1/other/p-1"]])
def test_where_it_is_not_known_whether_any_is_attached_nothing_is_left_open(
    kind: str, policies: list[str] | None
) -> None:
    here = Identities()
    here.user("ada", allow("s3:*"))
    given: Any = {f"{kind}_controls": {ACCOUNT: [[FULL], [FULL]]}}
    graph, reads = graph_of(here, known={ACCOUNT: {"policies": policies}}, **given)
    found = AWSEnvironment.of(graph, reads)
    answer = AWSAuthorizer(found).decide(ADA, "s3:GetBucketPolicy", BUCKET)
    assert answer.decision is Decision.ALLOWED
    assert any(kind in one.lower() for one in found.unread)


@pytest.mark.parametrize(
    ("kind", "name"), [("service", "p-FullAWSAccess"), ("resource", "p-RCPFullAWSAccess")]
)
def test_what_aws_s_own_full_access_says_is_known_without_reading_it(kind: str, name: str) -> None:
    here = Identities()
    here.user("ada", allow("s3:*"))
    full = f"arn:aws:organizations::aws:policy/{CONTROLS[kind].lower()}/{name}"
    given: Any = {f"{kind}_controls": {ACCOUNT: [[FULL], [FULL]]}}
    graph, reads = graph_of(here, known={ACCOUNT: {"policies": [full]}}, **given)
    found = AWSEnvironment.of(graph, reads)
    answer = AWSAuthorizer(found).decide(ADA, "s3:GetBucketPolicy", BUCKET)
    assert answer.decision is Decision.ALLOWED
