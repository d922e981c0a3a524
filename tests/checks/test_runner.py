"""What holds for every check, whatever its rule."""

import pytest
from clew.collectors.aws.lambda_ import Function
from support.audit import blank, block, bucket, trail
from support.judging import ACCOUNT, REGION, Estate, judge

OTHER = "444455556666"


@pytest.mark.parametrize(
    ("check", "label"),
    [
        ("s3_bucket_public_access", "AWSS3AccountPublicAccessBlock"),
        (
            "awslambda_function_invoke_api_operations_cloudtrail_logging_enabled",
            "AWSCloudTrailShadowTrail",
        ),
        ("rds_instance_no_public_access", "AWSRDSInstance"),
    ],
)
def test_a_scan_that_is_older_than_what_a_check_asks_for_is_left_to_a_person(
    check: str, label: str
) -> None:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    estate = Estate(
        [blank(Function, id=arn, name="f")], accounts=(ACCOUNT, OTHER), uncollected=[label]
    )
    found = judge(check, estate)
    assert [(one.status, one.reason, one.resource) for one in found] == [
        ("MANUAL", "OUT_OF_SCOPE", ACCOUNT),
        ("MANUAL", "OUT_OF_SCOPE", OTHER),
    ]
    assert found[0].message == (f"The scan was made before Clew collected {label}. Scan again.")


def message(check: str, estate: Estate) -> str:
    (found,) = judge(check, estate)
    return found.message


PUBLIC = "cloudtrail_logs_s3_bucket_is_not_publicly_accessible"


def test_a_missing_target_is_told_with_its_place_or_with_the_call_that_failed() -> None:
    one = trail("t", s3_bucket_name="b")
    unlisted = Estate([one], accounts=(ACCOUNT, OTHER), unread={("AWSS3Bucket", OTHER)})
    assert message(PUBLIC, unlisted) == ("t: AWSS3Bucket b could not be read (List: AccessDenied).")


def test_the_block_that_counts_is_that_of_the_buckets_account() -> None:
    theirs = {"account": OTHER, "account_public_access_block": OTHER}
    open_bucket = bucket("b", acl_everyone=["READ"], **theirs)
    their_block = block().model_copy(
        update={"id": f"arn:aws:s3:global:{OTHER}:public-access-block", "account": OTHER}
    )
    known = [trail("t", s3_bucket_name="b"), open_bucket]
    label, both = "AWSS3AccountPublicAccessBlock", (ACCOUNT, OTHER)
    ours_unread = Estate([*known, their_block], accounts=both, unread={(label, ACCOUNT)})
    assert message(PUBLIC, ours_unread) == "Trail t logs to b, which is public by its ACL."
    theirs_unread = Estate([*known, block()], accounts=both, unread={(label, OTHER)})
    assert message(PUBLIC, theirs_unread) == (
        f"t: {label} {OTHER} could not be read (List: AccessDenied)."
    )
