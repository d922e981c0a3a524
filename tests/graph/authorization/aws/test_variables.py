"""Policy variables in resources and conditions."""

from typing import Any

import pytest
from support.policies import (
    ALLOWED,
    CONDITIONAL,
    DENIED,
    FORBIDDEN,
    SESSION,
    allow,
    ask,
    decision,
    deny,
    policy,
)

HOME = "arn:aws:s3:::bucket/home/${aws:username}/*"


def home(name: str) -> str:
    return f"arn:aws:s3:::bucket/home/{name}/notes"


def test_variable_in_a_resource() -> None:
    assert decision(allow(resource=HOME), resource=home("ada")) is ALLOWED
    assert decision(allow(resource=HOME), resource=home("eve")) is DENIED


def test_variable_without_a_value_matches_no_resource() -> None:
    assert decision(allow(resource=HOME), resource=home("ada"), principal=SESSION) is DENIED


def test_whether_not_resource_without_a_value_excepts_anything_is_open() -> None:
    others = {"Effect": "Allow", "Action": "*", "NotResource": HOME}
    assert decision(others, resource=home("ada")) is DENIED
    for place in (home("ada"), "arn:aws:s3:::other/key"):
        answer = ask(others, resource=place, principal=SESSION)
        assert answer.decision is CONDITIONAL
        assert answer.unread == ("how AWS evaluates statement 1 of identity_policies[0]",)
    not_home = {**others, "NotResource": [HOME, "arn:aws:s3:::other/*"]}
    assert decision(not_home, resource="arn:aws:s3:::other/key", principal=SESSION) is DENIED
    given = {**others, "NotResource": "arn:aws:s3:::bucket/${aws:username, 'none'}/*"}
    assert decision(given, resource=home("ada"), principal=SESSION) is ALLOWED


@pytest.mark.parametrize("default", ["", ", 'x'"])
def test_variable_of_a_key_with_several_values_is_open(default: str) -> None:
    place = f"arn:aws:s3:::bucket/${{x:teams{default}}}/*"
    context = {"x:teams": ["a", "b"]}
    for resource, expected in (("bucket/a/x", CONDITIONAL), ("other/a/x", DENIED)):
        case = {"resource": f"arn:aws:s3:::{resource}", "context": context}
        assert decision(allow(resource=place), **case) is expected
    others = {"Effect": "Deny", "Action": "*", "NotResource": place}
    assert decision(allow(), others, resource="arn:aws:s3:::other/x", context=context) is FORBIDDEN
    assert decision(allow(), others, resource=home("a"), context=context) is CONDITIONAL
    like = {"StringLike": {"x:team": f"${{x:teams{default}}}"}}
    assert decision(allow(Condition=like), context={**context, "x:team": "a"}) is CONDITIONAL


def test_default_stands_in_for_an_absent_key() -> None:
    team = allow(resource="arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'common'}/*")
    place = "arn:aws:s3:::bucket/{}/x"
    assert decision(team, resource=place.format("common"), strict=True) is ALLOWED
    blue: dict[str, Any] = {"context": {"aws:PrincipalTag/team": "blue"}}
    assert decision(team, resource=place.format("blue"), **blue) is ALLOWED
    assert decision(team, resource=place.format("common"), **blue) is DENIED


def test_unknown_variable_leaves_only_what_it_could_stand_for_open() -> None:
    team = allow(resource="arn:aws:s3:::bucket/${aws:PrincipalTag/Team}/*")
    answer = ask(team, resource="arn:aws:s3:::bucket/blue/x")
    assert answer.decision is CONDITIONAL
    assert answer.open_keys == ("aws:PrincipalTag/Team",)
    assert decision(team, resource="arn:aws:s3:::elsewhere/blue/x") is DENIED


@pytest.mark.parametrize(
    ("written", "matching", "other"),
    [("${*}", "*", "x"), ("${?}", "?", "x"), ("${$}{aws:username}", "${aws:username}", "ada")],
)
def test_escapes_are_literal(written: str, matching: str, other: str) -> None:
    statement = allow(resource=f"arn:aws:s3:::bucket/{written}")
    assert decision(statement, resource=f"arn:aws:s3:::bucket/{matching}") is ALLOWED
    assert decision(statement, resource=f"arn:aws:s3:::bucket/{other}") is DENIED
    like = allow(Condition={"StringLike": {"s3:prefix": written}})
    assert decision(like, context={"s3:prefix": matching}) is ALLOWED
    assert decision(like, context={"s3:prefix": other}) is DENIED


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_older_language_has_no_variables(version: str | None) -> None:
    document = policy(allow(resource=HOME))
    document.pop("Version")
    if version:
        document["Version"] = version
    assert decision(identity_policies=[document], resource=home("ada")) is DENIED
    assert decision(identity_policies=[document], resource=home("${aws:username}")) is ALLOWED


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("StringEquals", "${aws:username}"),
        ("StringEqualsIgnoreCase", "${AWS:UserName}"),
        ("StringLike", "${aws:username}*"),
        ("ArnLike", "arn:aws:iam::*:user/${aws:username}"),
        ("ArnEquals", "${aws:PrincipalArn}"),
    ],
)
def test_variable_in_a_condition(operator: str, value: str) -> None:
    is_arn = operator.startswith("Arn")
    key = "aws:SourceArn" if is_arn else "s3:prefix"
    own, foreign = (
        ("arn:aws:iam::111122223333:user/ada", "arn:aws:iam::111122223333:user/eve")
        if is_arn
        else ("ada", "eve")
    )
    statement = allow(Condition={operator: {key: value}})
    assert decision(statement, context={key: own}) is ALLOWED
    assert decision(statement, context={key: foreign}) is DENIED


def test_variables_are_text_to_operators_of_other_types() -> None:
    statement = allow(Condition={"NumericEquals": {"aws:MultiFactorAuthAge": "${aws:EpochTime}"}})
    context = {"aws:MultiFactorAuthAge": "5", "aws:EpochTime": "5"}
    assert decision(statement, context=context) is CONDITIONAL


def test_absent_variable_in_a_condition() -> None:
    key = "s3:ExistingObjectTag/team"
    equal = {"StringEquals": {key: "${aws:PrincipalTag/team}"}}
    unequal = {"StringNotEquals": {key: "${aws:PrincipalTag/team}"}}
    context = {key: "blue"}
    assert decision(allow(Condition=equal), context=context, strict=True) is DENIED
    both = (allow(), deny(Condition=unequal))
    assert decision(*both, context=context, strict=True) is FORBIDDEN
    assert decision(*both, context={**context, "aws:PrincipalTag/team": "blue"}) is ALLOWED


def test_unknown_arn_as_a_variable() -> None:
    statement = allow(Condition={"ArnEquals": {"aws:SourceArn": "${aws:PrincipalTag/arn}"}})
    answer = ask(statement, context={"aws:SourceArn": "arn:aws:s3:::bucket"})
    assert answer.decision is CONDITIONAL
    assert answer.open_keys == ("aws:PrincipalTag/arn",)


def test_wildcards_in_a_value_are_literal() -> None:
    statement = allow(resource="arn:aws:s3:::bucket/${aws:PrincipalTag/team}/x")
    context = {"aws:PrincipalTag/team": "*"}
    assert decision(statement, resource="arn:aws:s3:::bucket/*/x", context=context) is ALLOWED
    assert decision(statement, resource="arn:aws:s3:::bucket/blue/x", context=context) is DENIED


def test_tag_keys_may_hold_spaces() -> None:
    statement = allow(resource="arn:aws:s3:::bucket/${aws:PrincipalTag/cost center}")
    context = {"aws:PrincipalTag/cost center": "7"}
    assert decision(statement, resource="arn:aws:s3:::bucket/7", context=context) is ALLOWED


@pytest.mark.parametrize("text", ["${", "${}", "$", "${a", "${'x'}"])
def test_what_is_no_variable_is_text(text: str) -> None:
    statement = allow(resource=f"arn:aws:s3:::bucket/{text}")
    assert decision(statement, resource=f"arn:aws:s3:::bucket/{text}") is ALLOWED
