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


def estate(kind: str, *levels: Document, known: Any = None) -> AWSEnvironment:
    """Ada, who may read a bucket of her account under an organization's policies, one at each
    level."""
    here = Identities()
    here.user("ada", allow("s3:*"))
    place = Location(ACCOUNT, "us-east-1", "aws")
    bucket = Bucket.load({"Name": "vault"}, place, id=BUCKET, policy="")
    given: Any = {f"{kind}_controls": {ACCOUNT: [[each] for each in levels]}}
    return AWSEnvironment.of(*graph_of(here, resources=[bucket], known=known, **given))


def unread(kind: str) -> Any:
    """That the policy on the account itself was not read."""
    return {f"{BASE}/{CONTROLS[kind].lower()}/1-0": {"document": None}}


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
    answer = may_read(estate(kind, FULL, FULL, known=unread(kind)))
    assert answer.decision is Decision.CONDITIONAL
    assert answer.decided_by is {"service": PolicyType.SCP, "resource": PolicyType.RCP}[kind]
    words = f"what {kind} control policy 1-0 forbids, which could not be read"
    assert answer.unread == (words,)
    assert words in explain(answer)


@pytest.mark.parametrize("kind", CONTROLS)
def test_it_leaves_nothing_open_that_another_one_forbids(kind: str) -> None:
    forbidding = policy(allow("*"), deny("s3:*"))
    answer = may_read(estate(kind, forbidding, FULL, known=unread(kind)))
    assert answer.decision is Decision.EXPLICITLY_DENIED


@pytest.mark.parametrize("kind", CONTROLS)
def test_it_is_also_reported_once(kind: str) -> None:
    (sentence,) = [
        one for one in estate(kind, FULL, FULL, known=unread(kind)).unread if kind in one.lower()
    ]
    assert ACCOUNT in sentence


@pytest.mark.parametrize("kind", CONTROLS)
@pytest.mark.parametrize("policies", [None, ["arn:aws:organizations::1:policy/o-1/other/p-1"]])
def test_where_it_is_not_known_whether_any_is_attached_nothing_is_left_open(
    kind: str, policies: list[str] | None
) -> None:
    found = estate(kind, FULL, FULL, known={ACCOUNT: {"policies": policies}})
    assert may_read(found).decision is Decision.ALLOWED
    assert any(kind in one.lower() for one in found.unread)


@pytest.mark.parametrize(
    ("kind", "name"), [("service", "p-FullAWSAccess"), ("resource", "p-RCPFullAWSAccess")]
)
def test_what_aws_s_own_full_access_says_is_known_without_reading_it(kind: str, name: str) -> None:
    full = f"arn:aws:organizations::aws:policy/{CONTROLS[kind].lower()}/{name}"
    found = estate(kind, FULL, FULL, known={ACCOUNT: {"policies": [full]}})
    assert may_read(found).decision is Decision.ALLOWED


@pytest.mark.parametrize("kind", CONTROLS)
def test_one_that_is_attached_and_was_not_even_listed_leaves_it_open_too(kind: str) -> None:
    other = f"arn:aws:organizations::1:policy/o-1/{CONTROLS[kind].lower()}/p-1"
    found = estate(kind, FULL, FULL, known={ACCOUNT: {"policies": [other]}})
    assert may_read(found).unread == (
        f"what {kind} control policy p-1 forbids, which could not be read",
    )
