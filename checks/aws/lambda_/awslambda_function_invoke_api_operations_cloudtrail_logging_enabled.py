"""Functions that are invoked without a record."""

from collections.abc import Mapping
from typing import Any

from ...check import Category, Check, Severity
from ..cloudtrail.data_events import recorded
from ..cloudtrail.recording import SHADOW, TRAIL, Event


def _invocation(function: Mapping[str, Any]) -> Event:
    return Event(
        "lambda.amazonaws.com", "Invoke", False, "AWS::Lambda::Function", str(function["id"])
    )


check = Check(
    id="awslambda_function_invoke_api_operations_cloudtrail_logging_enabled",
    title="A trail records the invocations of every function",
    provider="aws",
    service="lambda",
    severity=Severity.LOW,
    categories=(Category.LOGGING,),
    resource="AWSLambda",
    what=(
        "For each function some trail that is logging in its region, of this account or of its "
        "organization, has a selector for data events that takes its invocations; these count as "
        "writes."
    ),
    why="A function that is misused leaves no trace of who called it.",
    remediation=(
        "aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors "
        '\'[{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, '
        '{"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]}]}]\''
    ),
    passes="A trail records the invocations of {resource}.",
    fails="No trail records the invocations of {resource}.",
    rule=recorded("AWSLambda", _invocation),
    fail_requires_listing=(TRAIL, SHADOW),
    references=("https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html",),
)
