"""Condition operators, through the decisions they lead to."""

from typing import Any

import pytest
from support.policies import ALLOWED, CONDITIONAL, DENIED, allow, ask, decision

KEY = "aws:RequestTag/x"


def holds(operator: str, values: Any, *given: Any, key: str = KEY) -> bool:
    """Whether a condition holds for given values of its key; absent if none is given."""
    found = decision(
        allow(Condition={operator: {key: values}}), context={key: list(given)}, strict=True
    )
    assert found in (ALLOWED, DENIED)
    return found is ALLOWED


@pytest.mark.parametrize(
    ("operator", "values", "given", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", True, "true", True),
        ("StringEquals", 5, 5, True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringEqualsIgnoreCase", "aB", "Ab", True),
        ("StringEqualsIgnoreCase", "aB", "c", False),
        ("StringNotEqualsIgnoreCase", "aB", "Ab", False),
        ("StringLike", "a*c", "abc", True),
        ("StringLike", "a?c", "ac", False),
        ("StringLike", "a?c", "abbc", False),
        ("StringLike", "*", "", True),
        ("StringLike", "a.c", "abc", False),
        ("StringLike", "a+(b)[c].*", "a+(b)[c].d", True),
        ("StringLike", "a+", "aa", False),
        ("StringLike", "A*", "abc", False),
        ("StringLike", "a*b*c", "a\nb\nc", True),
        ("StringNotLike", "a*", "abc", False),
        ("StringNotLike", ["a*", "b*"], "cba", True),
        ("stringequals", "a", "a", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", "10", "ten", False),
        ("NumericNotEquals", "10", "11", True),
        ("NumericNotEquals", "10", "10", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", 10, 10, True),
        ("NumericGreaterThan", "10", "9", False),
        ("NumericGreaterThan", "-1", "0", True),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericLessThan", "100", "20", True),
        ("DateEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", True),
        ("DateEquals", "2024-01-01", "1704067200", True),
        ("DateNotEquals", "2024-01-01", "2024-01-02", True),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59.999Z", True),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", False),
        ("DateLessThanEquals", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z", True),
        ("DateGreaterThan", ["2030-01-01T00:00:00Z", "2024-01-01"], "2025-01-01", True),
        ("DateGreaterThanEquals", "1704067200", "2024-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2024-01-01", "yesterday", False),
        ("Bool", "true", "true", True),
        ("Bool", "True", True, True),
        ("Bool", False, "true", False),
        ("Bool", ["true", "false"], "false", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
        ("BinaryEquals", "QmluYXJ5", "no base64", False),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("IpAddress", "10.0.0.0/8", "11.1.2.3", False),
        ("IpAddress", "10.0.0.1", "10.0.0.1", True),
        ("IpAddress", ["192.0.2.0/24", "2001:db8::/32"], "2001:db8:0:1::5", True),
        ("IpAddress", "::/0", "10.0.0.1", False),
        ("IpAddress", "10.0.0.0/8", "not an address", False),
        ("NotIpAddress", "10.0.0.0/8", "10.1.2.3", False),
        ("NotIpAddress", ["10.0.0.0/8", "11.0.0.0/8"], "12.1.2.3", True),
        ("ArnEquals", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket", True),
        ("ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", True),
        ("ArnLike", "arn:aws:s3:::b?cket", "arn:aws:s3:::bucket", True),
        ("ArnLike", "arn:aws:s3:*:bucket", "arn:aws:s3:::bucket", False),
        ("ArnLike", "arn:aws:*", "arn:aws:s3:::bucket", False),
        ("ArnLike", "arn:*:s3:*:*:bucket", "arn:aws-cn:s3:::bucket", True),
        ("ArnLike", "arn:aws:sns:*:*:a:*", "arn:aws:sns:eu-west-1:1:a:b:c", True),
        ("ArnLike", "arn:aws:s3:::bucket", "bucket", False),
        ("ArnNotLike", "arn:aws:s3:::a*", "arn:aws:s3:::bucket", True),
        ("ArnNotEquals", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", False),
        ("Null", "true", "x", False),
        ("Null", "false", "x", True),
        ("Null", False, "x", True),
    ],
)
def test_operator_on_a_value(operator: str, values: Any, given: Any, expected: bool) -> None:
    assert holds(operator, values, given) is expected


POSITIVE = [
    ("StringEquals", "a"),
    ("StringEqualsIgnoreCase", "a"),
    ("StringLike", "*"),
    ("NumericEquals", "1"),
    ("NumericLessThan", "1"),
    ("NumericLessThanEquals", "1"),
    ("NumericGreaterThan", "1"),
    ("NumericGreaterThanEquals", "1"),
    ("DateEquals", "2024-01-01"),
    ("DateLessThan", "2024-01-01"),
    ("DateGreaterThan", "2024-01-01"),
    ("Bool", "false"),
    ("BinaryEquals", "QQ=="),
    ("IpAddress", "0.0.0.0/0"),
    ("ArnEquals", "arn:*:*:*:*:*"),
    ("ArnLike", "arn:*:*:*:*:*"),
]
NEGATED = [
    ("StringNotEquals", "a"),
    ("StringNotEqualsIgnoreCase", "a"),
    ("StringNotLike", "*"),
    ("NumericNotEquals", "1"),
    ("DateNotEquals", "2024-01-01"),
    ("NotIpAddress", "0.0.0.0/0"),
    ("ArnNotEquals", "arn:*:*:*:*:*"),
    ("ArnNotLike", "arn:*:*:*:*:*"),
]


@pytest.mark.parametrize(("operator", "value"), POSITIVE)
def test_positive_operator_without_its_key(operator: str, value: str) -> None:
    assert not holds(operator, value)
    assert holds(f"{operator}IfExists", value)
    assert holds(f"ForAllValues:{operator}", value)
    assert not holds(f"ForAnyValue:{operator}", value)
    assert holds(f"ForAnyValue:{operator}IfExists", value)


@pytest.mark.parametrize(("operator", "value"), NEGATED)
def test_negated_operator_without_its_key(operator: str, value: str) -> None:
    assert holds(operator, value)
    assert holds(f"{operator}IfExists", value)
    assert holds(f"ForAllValues:{operator}", value)
    assert not holds(f"ForAnyValue:{operator}", value)


def test_null_without_its_key() -> None:
    assert holds("Null", "true")
    assert not holds("Null", "false")
    assert holds("Null", ["true", "false"])


@pytest.mark.parametrize(
    ("operator", "values", "given", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
        ("foranyvalue:stringlike", ["x*"], ["a", "xy"], True),
        ("ForAllValues:NumericLessThan", "5", [1, 4], True),
        ("ForAnyValue:IpAddress", "10.0.0.0/8", ["1.1.1.1", "10.0.0.1"], True),
    ],
)
def test_set_operator(operator: str, values: Any, given: list[Any], expected: bool) -> None:
    assert holds(operator, values, *given) is expected


def test_several_values_under_an_operator_for_one_are_left_open() -> None:
    answer = ask(
        allow(Condition={"StringEquals": {"aws:TagKeys": "a"}}),
        context={"aws:TagKeys": ["a", "b"]},
        strict=True,
    )
    assert answer.decision is CONDITIONAL
    assert answer.open_keys == ()
    assert answer.unread == ("how AWS evaluates statement 1 of identity_policies[0]",)


def test_operators_and_keys_must_all_hold() -> None:
    condition = {
        "StringEquals": {"aws:PrincipalTag/a": "1", "aws:PrincipalTag/b": "2"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    context = {
        "aws:PrincipalTag/a": "1",
        "aws:PrincipalTag/b": "2",
        "aws:SecureTransport": True,
    }
    assert decision(allow(Condition=condition), context=context) is ALLOWED
    for key in context:
        changed = {**context, key: "false"}
        assert decision(allow(Condition=condition), context=changed) is DENIED


def test_keys_are_case_insensitive() -> None:
    condition = {"StringEquals": {"AWS:principaltag/Team": "blue"}}
    context = {"aws:PrincipalTag/team": "blue"}
    assert decision(allow(Condition=condition), context=context) is ALLOWED


def test_null_in_the_context_is_absent() -> None:
    condition = {"Null": {"aws:MultiFactorAuthAge": "true"}}
    assert decision(allow(Condition=condition), context={"aws:MultiFactorAuthAge": None}) is ALLOWED
    assert decision(allow(Condition=condition)) is CONDITIONAL


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("NumericLessThan", "soon"),
        ("NumericNotEquals", "NaN"),
        ("DateLessThan", "2024-13-01"),
        ("Bool", "yes"),
        ("Null", "maybe"),
        ("IpAddress", "10.0.0.0/33"),
        ("BinaryEquals", "%"),
    ],
)
def test_value_that_its_operator_cannot_read_is_not_known(operator: str, value: str) -> None:
    given = {KEY: "1.1.1.1" if operator == "IpAddress" else "0"}
    if operator.startswith("Bool"):
        given = {KEY: "true"}
    elif operator.startswith("Bin"):
        given = {KEY: "QQ=="}
    answer = ask(allow(Condition={operator: {KEY: value}}), context=given, strict=True)
    assert answer.decision is CONDITIONAL
    assert answer.unread


def test_token_time_of_a_role_is_there_but_not_known() -> None:
    role = "arn:aws:iam::111122223333:role/job"
    is_there = allow(Condition={"Null": {"aws:TokenIssueTime": "false"}})
    assert decision(is_there, principal=role) is ALLOWED
    assert decision(is_there, principal=role, strict=True) is DENIED
    is_new = allow(Condition={"DateGreaterThan": {"aws:TokenIssueTime": "2024-01-01"}})
    assert ask(is_new, principal=role).open_keys == ("aws:TokenIssueTime",)
