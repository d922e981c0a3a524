from typing import Any

from clew.collectors.aws.cloudfront import Distribution, Origin
from clew.collectors.aws.s3 import Bucket
from clew.graph.model import MissingReason
from support.audit import blank, block, bucket
from support.judging import ACCOUNT, Estate, judge, verdicts

CHECK = "cloudfront_distributions_s3_origin_non_existent_bucket"


def distribution(name: str, *buckets: str) -> list[Any]:
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}"
    origins = [
        blank(
            Origin,
            id=f"{arn}/origin/{number}",
            name=str(number),
            region="global",
            s3_bucket_name=each,
        )
        for number, each in enumerate(buckets)
    ]
    return [
        blank(
            Distribution,
            id=arn,
            name=name,
            region="global",
            origin_ids=[origin.id for origin in origins],
        ),
        *origins,
    ]


def estate(**more: Any) -> Estate:
    far = Bucket.absent(
        "arn:aws:s3:::far", MissingReason.OUT_OF_SCOPE, name="far", account=ACCOUNT, region="eu"
    )
    return Estate(
        [
            *distribution("good", "ours", ""),
            *distribution("no-bucket", ""),
            *distribution("dangling", "ours", "gone"),
            *distribution("other-region", "far"),
            *distribution("foreign", "theirs"),
            bucket("ours"),
            block(),
            far,
        ],
        exists={"AWSS3Bucket": {"gone": False, "theirs": True}.get},
        **more,
    )


def test_a_free_name_fails_and_a_foreign_one_is_left_to_a_person() -> None:
    assert verdicts(CHECK, estate()) == {
        "good": "PASS",
        "no-bucket": "PASS",
        "dangling": "FAIL",
        "other-region": "PASS",
        "foreign": ("MANUAL", "UNKNOWN_OWNER"),
    }


def test_a_free_name_fails_even_where_the_buckets_could_not_be_listed() -> None:
    found = verdicts(CHECK, estate(unread=["AWSS3Bucket"]))
    assert found["dangling"] == "FAIL"
    assert found["foreign"] == ("MANUAL", "UNREADABLE")


def test_an_origin_that_was_not_read_does_not_pass() -> None:
    one, origin = distribution("d", "")
    (found,) = judge(CHECK, Estate([one, origin.model_copy(update={"s3_bucket_name": None})]))
    assert (found.status, found.reason) == ("MANUAL", "UNREADABLE")
