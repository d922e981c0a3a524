"""CloudWatch's filter patterns, evaluated on events."""

import pytest
from clew.checks.aws.cloudwatch.filter_pattern import matches
from hypothesis import given
from hypothesis import strategies as st

EVENT = {
    "eventName": "ConsoleLogin",
    "eventSource": "signin.amazonaws.com",
    "errorCode": "Client.UnauthorizedOperation",
    "userIdentity": {"type": "IAMUser"},
    "resources": [{"ARN": "arn:a"}, {"ARN": "arn:b"}],
    "count": 3,
    "readOnly": False,
    "nothing": None,
    "odd.name": "x",
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", True),
        ('{ $.eventName = "ConsoleLogin" }', True),
        ("{$.eventName=ConsoleLogin}", True),
        ('{ $.eventName = "consolelogin" }', False),
        ('{ $.eventName != "ConsoleLogin" }', False),
        ('{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }', True),
        ('{ $.errorCode = "AccessDenied*" }', False),
        ("{ $.eventSource = signin.amazonaws.com }", True),
        ('{ $.eventSource = "signin.amazonawsxcom" }', False),
        ("{ $.eventName = %^Console% }", True),
        ("{ $.userIdentity.type = Root || $.userIdentity.type = IAMUser }", True),
        ('{ $.a = "1" || $.eventName = "ConsoleLogin" && $.userIdentity.type = "Root" }', False),
        ('{ ($.eventName = "A" || $.eventName = "Con*") && $.userIdentity.type = "IAM*" }', True),
        ('{ $.resources[1].ARN = "arn:b" }', True),
        ('{ $.resources[7].ARN = "arn:b" }', False),
        ("{ $.['odd.name'] = x }", True),
        ("{ $.count = 3 }", True),
        ("{ $.count >= 4 }", False),
        ("{ $.count < 4 }", True),
        ("{ $.eventName > 4 }", False),
        ("{ $.readOnly IS FALSE }", True),
        ("{ $.readOnly IS TRUE }", False),
        ("{ $.readOnly = false }", True),
        ("{ $.nothing IS NULL }", True),
        ("{ $.userIdentity.invokedBy NOT EXISTS }", True),
        ("{ $.eventName NOT  EXISTS }", False),
        ('{ $.userIdentity.invokedBy = "x" }', False),
        # Of what the event does not show nobody can say that it differs.
        ('{ $.userIdentity.invokedBy != "x" }', None),
        ('{ $.eventName = "X" && $.userIdentity.invokedBy != "x" }', False),
        # Terms are looked for in the text.
        ("ConsoleLogin", True),
        ("RunInstances", False),
        ("Console", None),
        ('"eventName":"ConsoleLogin"', None),
        ('"\\"eventName\\":\\"ConsoleLogin\\""', True),
        ('"\\"eventName\\":\\"ConsoleLogin\\",\\"x\\""', None),
        # Neither a pattern of JSON properties nor of terms, or none at all.
        ("[ip, user]", None),
        ("{ $.eventName = }", None),
        ("{ ($.eventName = A }", None),
        ("{ $.eventName = A ) }", None),
        ("{ $.eventName }", None),
        ("{}", None),
    ],
)
def test_pattern(pattern: str, expected: bool | None) -> None:
    assert matches(pattern, EVENT) is expected


@given(st.text(alphabet="{}()$.=!&|\"%'[]* aE1<>\\"))
def test_no_text_is_too_odd(pattern: str) -> None:
    assert matches(pattern, EVENT) in (True, False, None)
