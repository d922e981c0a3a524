"""Attack paths from the internet to tagged data, on one small account."""

import json
from typing import Any

import pytest
from clew.collectors.aws.s3 import Bucket
from support.identities import ADMIN, Identities, allow, policy, trust
from support.judging import ACCOUNT, Estate, verdicts

from .test_paths_to_admin import resources

CHECK = "paths_internet_to_sensitive_bucket"
MARKED = ["data=sensitive"]


def bucket(tags: list[str] | None, document: Any = "") -> Bucket:
    return Bucket(
        id="arn:aws:s3:::vault",
        name="vault",
        account=ACCOUNT,
        region="us-east-1",
        tags=tags,
        policy=document,
        acl_everyone=[],
        acl_authenticated=[],
        account_public_access_block="",
        block_public_acls=False,
        ignore_public_acls=False,
        block_public_policy=False,
        restrict_public_buckets=False,
        kms_key_id="",
    )


def judged(one: Bucket, *statements: Any) -> object:
    identities = Identities(ACCOUNT)
    identities.role("door", *statements, trusts=trust("*"))
    identities.role("other", trusts=[], attached=[identities.managed("all", ADMIN, owner="aws")])
    return verdicts(CHECK, Estate([*resources(identities), one])).get("vault")


@pytest.mark.parametrize("tags", [MARKED, ["Classification=Restricted"], ["sensitivity=HIGH"]])
def test_a_role_that_everyone_may_take_leads_to_it(tags: list[str]) -> None:
    assert judged(bucket(tags), allow("s3:GetObject")) == "FAIL"


def test_there_is_no_path_to_what_the_role_may_not_read() -> None:
    assert judged(bucket(MARKED), allow("s3:GetObject", on="arn:aws:s3:::other/*")) == "PASS"


def test_unmarked_buckets_get_no_verdict() -> None:
    assert judged(bucket(["team=web"]), allow("s3:GetObject")) is None


def test_whether_it_is_marked_may_be_unread() -> None:
    assert judged(bucket(None), allow("s3:GetObject")) == ("MANUAL", "UNREADABLE_FIELD")
    assert judged(bucket(None), allow("s3:GetObject", on="arn:aws:s3:::other/*")) == "PASS"


def test_a_public_bucket_needs_no_role() -> None:
    everyone = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::vault/*",
    }
    assert judged(bucket(MARKED, json.dumps(policy(everyone)))) == "FAIL"
