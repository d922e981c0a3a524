"""What holds for every check, whatever its rule."""

import pytest
from clew.collectors.aws.lambda_ import Function
from support.audit import blank
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
