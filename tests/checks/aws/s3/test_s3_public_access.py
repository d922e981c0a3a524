"""The checks on who may reach a bucket."""

from typing import Any

import pytest
from support.audit import block, bucket
from support.judging import Estate, verdicts

UNREAD = ("MANUAL", "UNREADABLE_FIELD")


@pytest.mark.parametrize(
    ("ignore", "restrict", "expected"),
    [
        (True, True, "PASS"),
        (True, False, "FAIL"),
        (False, True, "FAIL"),
        (False, None, "FAIL"),
        (True, None, UNREAD),
        (None, None, UNREAD),
    ],
)
def test_account_level_block(ignore: Any, restrict: Any, expected: Any) -> None:
    found = verdicts("s3_account_level_public_access_blocks", Estate([block(ignore, restrict)]))
    assert found == {"public access block": expected}


@pytest.mark.parametrize(
    ("of_account", "expected"),
    [
        ((False, False), {"both": "PASS", "half": "FAIL", "none": "FAIL", "unread": UNREAD}),
        ((False, True), {"both": "PASS", "half": "PASS", "none": "FAIL", "unread": UNREAD}),
        ((True, True), {"both": "PASS", "half": "PASS", "none": "PASS", "unread": "PASS"}),
        ((None, None), {"both": "PASS", "half": UNREAD, "none": UNREAD, "unread": UNREAD}),
    ],
)
def test_bucket_level_block_adds_to_the_accounts(of_account: Any, expected: Any) -> None:
    estate = Estate(
        [
            block(*of_account),
            bucket("both", ignore_public_acls=True, restrict_public_buckets=True),
            bucket("half", ignore_public_acls=True),
            bucket("none"),
            bucket("unread", ignore_public_acls=None, restrict_public_buckets=None),
        ]
    )
    assert verdicts("s3_bucket_level_public_access_block", estate) == expected


def test_public_access_by_acl_or_policy() -> None:
    estate = Estate(
        [
            block(),
            bucket("private"),
            bucket("everyone", acl_everyone=["WRITE"]),
            bucket("any-account", acl_authenticated=["READ"]),
            bucket("policy", policy_is_public=True),
            bucket("acls-off", acl_everyone=["READ"], object_ownership="BucketOwnerEnforced"),
            bucket("restricted", policy_is_public=True, restrict_public_buckets=True),
            bucket("never-had-a-block", acl_everyone=["READ"], ignore_public_acls=False),
            bucket("unread", policy_is_public=None),
        ]
    )
    assert verdicts("s3_bucket_public_access", estate) == {
        "private": "PASS",
        "everyone": "FAIL",
        "any-account": "FAIL",
        "policy": "FAIL",
        "acls-off": "PASS",
        "restricted": "PASS",
        "never-had-a-block": "FAIL",
        "unread": UNREAD,
    }


def test_public_access_where_the_accounts_block_is_out_of_this_scan() -> None:
    estate = Estate([bucket("open", acl_everyone=["READ"]), bucket("shut")])
    assert verdicts("s3_bucket_public_access", estate) == {"open": UNREAD, "shut": "PASS"}


@pytest.mark.parametrize(
    ("check", "fails"),
    [
        ("s3_bucket_public_list_acl", {"READ", "READ_ACP", "FULL_CONTROL"}),
        ("s3_bucket_public_write_acl", {"WRITE", "WRITE_ACP", "FULL_CONTROL"}),
    ],
)
def test_public_acl(check: str, fails: set[str]) -> None:
    permissions = ("READ", "READ_ACP", "WRITE", "WRITE_ACP", "FULL_CONTROL")
    estate = Estate(
        [
            block(),
            bucket("nobody"),
            bucket("unread", acl_everyone=None, acl_authenticated=None),
            bucket("half-read", acl_everyone=["FULL_CONTROL"], acl_authenticated=None),
            bucket("ignored", acl_everyone=["FULL_CONTROL"], ignore_public_acls=True),
            bucket("off", acl_everyone=["FULL_CONTROL"], object_ownership="BucketOwnerEnforced"),
            *(bucket(f"all-{each}", acl_everyone=[each]) for each in permissions),
            *(bucket(f"any-{each}", acl_authenticated=[each]) for each in permissions),
        ]
    )
    assert verdicts(check, estate) == {
        "nobody": "PASS",
        "unread": UNREAD,
        "half-read": "FAIL",
        "ignored": "PASS",
        "off": "PASS",
        **{f"all-{each}": "FAIL" if each in fails else "PASS" for each in permissions},
        **{f"any-{each}": "FAIL" if each in fails else "PASS" for each in permissions},
    }
