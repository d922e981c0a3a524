from support.audit import block, bucket, trail
from support.judging import Estate, verdicts

CHECK = "cloudtrail_logs_s3_bucket_is_not_publicly_accessible"
BUCKETS = [
    bucket("private"),
    bucket("everyone", acl_everyone=["READ"]),
    bucket("any-account", acl_authenticated=["READ"]),
    bucket("by-policy", policy_is_public=True),
    bucket("ignored", acl_everyone=["READ"], ignore_public_acls=True),
    bucket("acls-off", acl_everyone=["READ"], object_ownership="BucketOwnerEnforced"),
    bucket("restricted", policy_is_public=True, restrict_public_buckets=True),
    bucket("unread-acl", acl_everyone=None, acl_authenticated=None),
    bucket("unread-acl-ignored", acl_everyone=None, ignore_public_acls=True),
    bucket("unread-acl-open-policy", acl_everyone=None, policy_is_public=True),
    bucket("unread-policy", policy_is_public=None),
]
TRAILS = [trail(each.name, s3_bucket_name=each.name) for each in BUCKETS]


def answers(*more: object) -> dict[str, object]:
    found = verdicts(CHECK, Estate([*BUCKETS, *TRAILS, *more]))  # type: ignore[list-item]
    return {key.split(" → ")[0]: answer for key, answer in found.items()}


def test_acl_and_policy_count_unless_they_have_no_effect() -> None:
    unread = ("MANUAL", "UNREADABLE_FIELD")
    assert answers(block()) == {
        "private": "PASS",
        "everyone": "FAIL",
        "any-account": "FAIL",
        "by-policy": "FAIL",
        "ignored": "PASS",
        "acls-off": "PASS",
        "restricted": "PASS",
        "unread-acl": unread,
        "unread-acl-ignored": "PASS",
        "unread-acl-open-policy": "FAIL",
        "unread-policy": unread,
    }


def test_the_accounts_block_covers_every_bucket() -> None:
    assert set(answers(block(ignore=True, restrict=True)).values()) == {"PASS"}


def test_an_unread_block_leaves_open_what_it_might_stop() -> None:
    unread = ("MANUAL", "UNREADABLE_FIELD")
    found = answers(block(ignore=None, restrict=None))
    assert (found["private"], found["ignored"]) == ("PASS", "PASS")
    assert (found["everyone"], found["by-policy"]) == (unread, unread)


def test_a_bucket_nobody_scanned_owns_is_manual() -> None:
    estate = Estate([trail("lost", s3_bucket_name="not-ours"), block()])
    assert verdicts(CHECK, estate) == {"lost → not-ours": ("MANUAL", "UNKNOWN_OWNER")}
