from typing import Any

import pytest
from clew.collectors.aws.lambda_ import Function
from support.audit import blank, shadow, trail
from support.judging import ACCOUNT, REGION, Estate, judge, verdicts

CHECK = "awslambda_function_invoke_api_operations_cloudtrail_logging_enabled"


def function(name: str) -> Any:
    return blank(Function, id=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}", name=name)


def classic(value: str, kind: str = "All") -> Any:
    resource = {"Type": "AWS::Lambda::Function", "Values": [value]}
    return [{"ReadWriteType": kind, "DataResources": [resource]}]


def advanced(**arn: Any) -> Any:
    fields = [{"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]}]
    fields += [{"Field": "resources.ARN", **arn}] if arn else []
    return [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, *fields]}]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((classic("arn:aws:lambda"), []), ("PASS", "PASS")),
        ((classic("arn:aws:lambda", "ReadOnly"), []), ("FAIL", "FAIL")),
        ((classic(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pay"), []), ("PASS", "FAIL")),
        (([], advanced()), ("PASS", "PASS")),
        (
            ([], advanced(Equals=[f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pay"])),
            ("PASS", "FAIL"),
        ),
        (([], []), ("FAIL", "FAIL")),
        ((None, None), (("MANUAL", "UNREADABLE_FIELD"), ("MANUAL", "UNREADABLE_FIELD"))),
    ],
)
def test_a_function_is_recorded_where_a_selector_takes_it(known: Any, expected: Any) -> None:
    estate = Estate([function("pay"), function("pay-again"), trail("t", *known)])
    assert verdicts(CHECK, estate) == dict(zip(("pay", "pay-again"), expected, strict=True))


def test_without_any_trail_invocations_go_unrecorded() -> None:
    assert verdicts(CHECK, Estate([function("pay")])) == {"pay": "FAIL"}
    estate = Estate([function("pay")], unread=["AWSCloudTrailTrail"])
    assert verdicts(CHECK, estate) == {"pay": ("MANUAL", "UNREADABLE")}


def test_a_trail_that_was_not_scanned_is_reported_as_such() -> None:
    foreign = shadow(f"arn:aws:cloudtrail:{REGION}:999900001111:trail/org")
    (found,) = judge(CHECK, Estate([function("f"), foreign]))
    assert found.message == ("f: trail org belongs to an account that is not in this scan.")
