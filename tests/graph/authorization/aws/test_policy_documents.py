"""Documents as they are written, and documents that are none."""

from typing import Any

import pytest
from clew.graph.authorization.aws.policy import compile_policy
from hypothesis import given
from hypothesis import strategies as st
from support.policies import (
    ALLOWED,
    CONDITIONAL,
    DENIED,
    FORBIDDEN,
    OBJECT,
    USER,
    allow,
    decision,
    deny,
    policy,
)

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEARLY_STATEMENTS = st.dictionaries(
    st.sampled_from(
        [
            "Sid",
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Principal",
            "NotPrincipal",
            "Condition",
        ]
    ),
    st.sampled_from(
        ["Allow", "Deny", "*", {"AWS": "*"}, {"StringEquals": {"a": "b"}}, {"Nothing": 1}]
    )
    | ANY_JSON,
)


def test_elements_of_a_statement() -> None:
    found = compile_policy(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:Get*", "s3:List*"],
                    "Resource": "arn:aws:s3:::bucket/${aws:username}/*",
                    "Condition": {"Bool": {"aws:SecureTransport": "true"}},
                },
                {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*"},
            ],
        },
        "arn:aws:iam::aws:policy/Example",
    )
    first, second = found.statements
    assert first.description == "statement 1 (Read) of arn:aws:iam::aws:policy/Example"
    assert first.keys == {"aws:username", "aws:securetransport"}
    assert first.matches_action("S3:getobject")
    assert not first.matches_action("s3:PutObject")
    assert (second.index, second.sid, second.effect) == (1, "", "Deny")
    assert second.is_not_action
    assert second.is_not_resource
    assert not second.matches_action("iam:PassRole")
    assert found.problems == ()


@pytest.mark.parametrize("document", ["", "  ", {}, {"Version": "2012-10-17", "Statement": []}])
def test_empty_policy_says_nothing(document: Any) -> None:
    found = compile_policy(document, "p")
    assert found.statements == ()
    assert found.problems == ()


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "$"),
        ("{", "$"),
        ("[" * 100_000, "$"),
        ("[]", "$"),
        ('"text"', "$"),
        ({"Statement": "x"}, "$.Statement"),
        ({"Statement": [7]}, "$.Statement[0]"),
        ({"Version": "2012-10-17"}, "$"),
        ({"Version": "2020-01-01", "Statement": [allow()]}, "$.Version"),
        ({"Statement": [{**allow(), "Effect": "allow"}]}, "$.Statement[0].Effect"),
        ({"Statement": {"Action": "*", "Resource": "*"}}, "$.Statement.Effect"),
        ({"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "$.Statement[0]"),
        ({"Statement": [allow(action=7)]}, "$.Statement[0].Action"),
        ({"Statement": [allow(resource={"x": 1})]}, "$.Statement[0].Resource"),
        ({"Statement": [allow(Conditions={})]}, "$.Statement[0].Conditions"),
        ({"Statement": [{**allow(), "NotAction": "*"}]}, "$.Statement[0].NotAction"),
        ({"Statement": [allow(Condition="x")]}, "$.Statement[0].Condition"),
        ({"Statement": [allow(Condition={"Bool": 1})]}, "$.Statement[0].Condition.Bool"),
        (
            {"Statement": [allow(Condition={"StringMatches": {"a": "b"}})]},
            "$.Statement[0].Condition.StringMatches.a",
        ),
        (
            {"Statement": [allow(Condition={"NullIfExists": {"a": "true"}})]},
            "$.Statement[0].Condition.NullIfExists.a",
        ),
        (
            {"Statement": [allow(Condition={"StringEquals": {"a": {"b": 1}}})]},
            "$.Statement[0].Condition.StringEquals.a",
        ),
    ],
)
def test_malformed_document_may_allow_and_never_surely_does(document: Any, where: str) -> None:
    found = compile_policy(document, "p")
    assert where in [problem.where for problem in found.problems]
    assert all(problem.why for problem in found.problems)
    assert decision(identity_policies=[document]) is CONDITIONAL


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "*", "Resource": "*"},
        {"Effect": "DENY", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Resource": "*"},
        {"Effect": "Deny", "Action": None, "Resource": "*"},
        {"Effect": "Deny", "Action": "*"},
        deny(Condition={"StringMatches": {"aws:username": "ada"}}),
        deny(Condition={"StringEquals": None}),
        deny(resource=["arn:aws:s3:::other", 7]),
        deny(action=["ec2:*", 7]),
        deny(Colour="red"),
        "Deny",
    ],
)
def test_malformed_deny_does_not_let_anything_through(statement: Any) -> None:
    assert decision(identity_policies=[policy(allow(), statement)]) is CONDITIONAL


def test_what_a_malformed_statement_surely_is_not_about_stays_out() -> None:
    broken = deny("ec2:*", Condition={"StringMatches": {"aws:username": "ada"}})
    assert decision(allow(), broken) is ALLOWED
    broken = deny(resource="arn:aws:s3:::other/*", Condition={"StringMatches": {"a": "b"}})
    assert decision(allow(), broken) is ALLOWED
    broken = deny(Condition={"StringMatches": {"a": "b"}, "Bool": {"aws:SecureTransport": "false"}})
    assert decision(allow(), broken, context={"aws:SecureTransport": True}) is ALLOWED


def test_readable_part_of_a_list_still_counts() -> None:
    assert decision(allow(action=["s3:*", 7])) is ALLOWED
    assert decision(allow(), deny(resource=[OBJECT, 7])) is FORBIDDEN


def test_unread_policy_leaves_the_request_open() -> None:
    assert decision(identity_policies=[None]) is CONDITIONAL
    assert decision(identity_policies=[policy(allow()), None]) is CONDITIONAL
    assert decision(identity_policies=[policy(deny()), None]) is FORBIDDEN


def test_policy_as_text() -> None:
    text = '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    assert decision(identity_policies=[text]) is ALLOWED


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("S3:GETOBJECT"), ALLOWED),
        (allow("s3:Get?bject"), ALLOWED),
        (allow("s3:GetObject?"), DENIED),
        (allow("s*:*object"), ALLOWED),
        (allow("s3"), DENIED),
        (allow([]), DENIED),
        (allow(NotAction="s3:Put*"), ALLOWED),
        (allow(NotAction=["s3:Put*", "s3:g*"]), DENIED),
        (allow(resource="arn:aws:s3:::bucket/KEY"), DENIED),
        (allow(resource="arn:aws:s3:::bucket/ke?"), ALLOWED),
        (allow(resource="arn:aws:s3:::bucket/key?"), DENIED),
        (allow(resource="arn:aws:s3:::b*k/*"), DENIED),
        (allow(resource="arn:aws:s3:::*"), ALLOWED),
        (allow(resource="arn:aws:s3:*"), ALLOWED),
        (allow(resource=[]), DENIED),
        (allow(NotResource="arn:aws:s3:::other/*"), ALLOWED),
        (allow(NotResource=["arn:aws:s3:::other/*", "arn:aws:s3:::bucket/*"]), DENIED),
    ],
)
def test_what_a_statement_is_about(statement: dict[str, Any], expected: str) -> None:
    assert decision(statement) == expected


def test_a_resource_part_may_hold_colons() -> None:
    group = "arn:aws:logs:eu-west-1:111122223333:log-group:/app/a:log-stream:b:c"
    statement = allow("logs:*", "arn:aws:logs:*:*:log-group:/app/*:log-stream:*")
    assert decision(statement, action="logs:PutLogEvents", resource=group) is ALLOWED


def test_action_without_a_resource() -> None:
    listing = {"action": "s3:ListAllMyBuckets", "resource": "*"}
    assert decision(allow("s3:*"), **listing) is ALLOWED
    assert decision(allow("s3:*", "arn:aws:s3:::*"), **listing) is DENIED
    assert decision(allow("s3:*", NotResource="arn:aws:s3:::other"), **listing) is ALLOWED


def test_hostile_wildcards_take_no_time() -> None:
    pattern = "arn:aws:s3:::" + "a*" * 200 + "b"
    assert decision(allow(resource=pattern), resource="arn:aws:s3:::" + "a" * 900) is DENIED


@given(ANY_JSON)
def test_any_json_is_read(document: Any) -> None:
    found = compile_policy(document if isinstance(document, dict | str) else None, "p")
    assert isinstance(found.statements, tuple)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    compile_policy(text, "p")


@given(st.lists(NEARLY_STATEMENTS, max_size=3), st.booleans())
def test_near_statements_are_read_and_decided(
    statements: list[dict[str, Any]], is_list: bool
) -> None:
    document = {"Statement": statements if is_list or not statements else statements[0]}
    decision(
        identity_policies=[document],
        resource_policy=document,
        permissions_boundaries=[document],
        endpoint_policies=[document],
        scps=[[document]],
        rcps=[[document]],
        principal=USER,
    )
