from typing import Any

import pytest
from support.audit import MANAGEMENT, block, bucket, shadow, trail
from support.judging import ACCOUNT, REGION, Estate, verdicts

READ, WRITE = "cloudtrail_s3_dataevents_read_enabled", "cloudtrail_s3_dataevents_write_enabled"
UNREAD = ("MANUAL", "UNREADABLE_FIELD")


def classic(*values: str, kind: str = "All", of: str = "AWS::S3::Object") -> Any:
    return [{"ReadWriteType": kind, "DataResources": [{"Type": of, "Values": list(values)}]}]


def advanced(**conditions: Any) -> Any:
    fields = {
        "eventCategory": {"Equals": ["Data"]},
        "resources.type": {"Equals": ["AWS::S3::Object"]},
        **{name.replace("_", "."): condition for name, condition in conditions.items()},
    }
    return [{"FieldSelectors": [{"Field": name, **ops} for name, ops in fields.items()]}]


def answers(*resources: Any, check: str = READ, **more: Any) -> dict[str, Any]:
    buckets = [bucket("data"), bucket("logs")]
    return verdicts(check, Estate([*buckets, block(), *resources], **more))


BOTH, NEITHER = {"data": "PASS", "logs": "PASS"}, {"data": "FAIL", "logs": "FAIL"}
ONE = {"data": "PASS", "logs": "FAIL"}


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (MANAGEMENT, NEITHER),
        (classic("arn:aws:s3"), BOTH),
        (classic("arn:aws:s3:::"), BOTH),
        (classic("arn:aws:s3:::data/"), ONE),
        (classic("arn:aws:s3:::data/prefix"), NEITHER),
        (classic("arn:aws:s3", kind="WriteOnly"), NEITHER),
        (classic("arn:aws:s3", kind="ReadOnly"), BOTH),
        (classic("arn:aws:lambda", of="AWS::Lambda::Function"), NEITHER),
    ],
)
def test_classic_selectors(selectors: Any, expected: Any) -> None:
    assert answers(trail("t", selectors)) == expected


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (advanced(), BOTH),
        (advanced(readOnly={"Equals": ["true"]}), BOTH),
        (advanced(readOnly={"Equals": ["false"]}), NEITHER),
        (advanced(resources_ARN={"StartsWith": ["arn:aws:s3:::data/"]}), ONE),
        (advanced(resources_ARN={"NotStartsWith": ["arn:aws:s3:::logs/"]}), ONE),
        (advanced(resources_ARN={"NotStartsWith": ["arn:aws:s3:::logs/old/"]}), ONE),
        (advanced(resources_ARN={"NotEquals": ["arn:aws:s3:::logs/one.csv"]}), ONE),
        (advanced(resources_ARN={"NotEndsWith": [".tmp"]}), NEITHER),
        (advanced(resources_ARN={"Equals": ["arn:aws:s3:::data/report.csv"]}), NEITHER),
        (advanced(eventName={"NotEquals": ["HeadObject"]}), NEITHER),
        (advanced(eventName={"NotEquals": ["DeleteObject"]}), BOTH),
        (advanced(eventName={"Equals": ["DeleteObject"]}), NEITHER),
        (advanced(userIdentity_arn={"NotStartsWith": ["arn:aws:sts::1:"]}), NEITHER),
    ],
)
def test_advanced_selectors(selectors: Any, expected: Any) -> None:
    assert answers(trail("t", [], selectors)) == expected


def test_reads_and_writes_are_distinguished() -> None:
    trails = [trail("reads", classic("arn:aws:s3", kind="ReadOnly"))]
    assert answers(*trails, check=READ) == BOTH
    assert answers(*trails, check=WRITE) == NEITHER


def test_a_trail_that_is_stopped_or_far_away_records_nothing_here() -> None:
    everything = classic("arn:aws:s3")
    assert answers(trail("stopped", everything, is_logging=False)) == NEITHER
    assert answers(trail("far", everything, region="eu-west-1")) == NEITHER


def test_a_trail_of_the_organization_records_its_members() -> None:
    org = trail("org", classic("arn:aws:s3"), account="999900001111")
    scanned = answers(org, shadow(org.id), accounts=(ACCOUNT, "999900001111"))
    assert scanned == BOTH
    assert answers(shadow(org.id)) == {"data": UNREAD, "logs": UNREAD}


def test_what_was_not_read_is_neither_a_pass_nor_a_fail() -> None:
    assert answers(trail("t", None, None)) == {"data": UNREAD, "logs": UNREAD}
    assert answers(trail("t", classic("arn:aws:s3"), is_logging=None)) == {
        "data": UNREAD,
        "logs": UNREAD,
    }
    assert answers(unread=["AWSCloudTrailTrail"]) == {
        "data": ("MANUAL", "UNREADABLE"),
        "logs": ("MANUAL", "UNREADABLE"),
    }
    # One that is known to record is enough.
    assert answers(trail("t", None, None), trail("all", classic("arn:aws:s3"))) == BOTH


def test_a_bucket_is_judged_in_its_own_region() -> None:
    here = trail("here", classic("arn:aws:s3"))
    far = bucket("far", region="eu-west-1")
    found = answers(here, far, regions=(REGION, "eu-west-1"))
    assert found == {**BOTH, "far": "FAIL"}
    found = answers(here, far, shadow(here.id, region="eu-west-1"), regions=(REGION, "eu-west-1"))
    assert found == {**BOTH, "far": "PASS"}
