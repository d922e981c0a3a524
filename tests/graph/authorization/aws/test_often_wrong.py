"""Cases that evaluators of policies get wrong, one test each."""

from typing import Any

import pytest
from support.policies import (
    ACCOUNT,
    ALLOWED,
    CONDITIONAL,
    DENIED,
    EXTERNAL,
    FORBIDDEN,
    OTHER,
    ROLE,
    USER,
    allow,
    ask,
    decision,
    deny,
    policy,
)

OTHER_BUCKET = "arn:aws:s3:::other-bucket"
ASSUME = {"action": "sts:AssumeRole", "resource": f"arn:aws:iam::{ACCOUNT}:role/other"}


def under(operator: str, written: Any, given: str | None = None) -> str:
    """The decision where a condition must hold for a value of its key."""
    statement = allow(Condition={operator: {"aws:SourceIp": written}})
    context = {} if given is None else {"aws:SourceIp": given}
    return decision(statement, context=context, strict=True)


def test_ip_address_if_exists_inside_and_outside() -> None:
    assert under("IpAddressIfExists", "10.0.0.0/8", "10.0.0.1") is ALLOWED
    assert under("IpAddressIfExists", "10.0.0.0/8", "11.0.0.1") is DENIED


def test_numeric_and_date_if_exists() -> None:
    assert under("NumericLessThanIfExists", "10", "9") is ALLOWED
    assert under("DateGreaterThanIfExists", "2024-01-01T00:00:00Z", "2025-01-01") is ALLOWED


def test_string_not_like_without_its_key() -> None:
    assert under("StringNotLike", "a*") is ALLOWED


def test_date_greater_than_the_second_of_two_values() -> None:
    dates = ["2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]
    assert under("DateGreaterThan", dates, "2025-01-01T00:00:00Z") is ALLOWED


def test_wildcard_of_arn_like_does_not_span_colons() -> None:
    assert under("ArnLike", "arn:aws:s3:*:bucket", "arn:aws:s3:::bucket") is DENIED


@pytest.mark.parametrize("text", ["a+b", "a(b", "a.b", "[a]", "a|b", "^a$", "a\\b"])
def test_string_like_takes_other_characters_literally(text: str) -> None:
    assert under("StringLike", f"{text}*", f"{text}c") is ALLOWED
    assert under("StringLike", text, "aab") is DENIED


def test_variable_inside_a_condition_value() -> None:
    statement = allow(Condition={"StringLike": {"s3:prefix": "home/${aws:username}/*"}})
    assert decision(statement, context={"s3:prefix": "home/ada/x"}) is ALLOWED
    assert decision(statement, context={"s3:prefix": "home/eve/x"}) is DENIED


def test_resources_are_case_sensitive() -> None:
    assert decision(allow(resource="arn:aws:s3:::bucket/KEY")) is DENIED


def test_question_mark_is_one_character() -> None:
    statement = allow(resource="arn:aws:s3:::b?")
    assert decision(statement, resource="arn:aws:s3:::b") is DENIED
    assert decision(statement, resource="arn:aws:s3:::bc") is ALLOWED


def test_allow_not_resource() -> None:
    assert decision(allow("s3:*", NotResource=OTHER_BUCKET)) is ALLOWED


def test_deny_not_resource() -> None:
    assert decision(allow("s3:*"), deny("s3:*", NotResource=OTHER_BUCKET)) is FORBIDDEN


def test_deny_all_without_mfa() -> None:
    condition = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    answer = ask(allow(), deny(Condition=condition))
    assert answer.decision is CONDITIONAL
    assert answer.open_keys == ("aws:MultiFactorAuthPresent",)


def test_deny_of_one_of_two_actions() -> None:
    table = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/t"
    statements = (
        allow(["dynamodb:BatchGetItem", "dynamodb:GetItem"]),
        deny("dynamodb:BatchGetItem"),
    )
    assert decision(*statements, action="dynamodb:GetItem", resource=table) is ALLOWED
    assert decision(*statements, action="dynamodb:BatchGetItem", resource=table) is FORBIDDEN


def test_deny_of_a_part_of_a_bucket() -> None:
    statements = (allow("s3:*"), deny("s3:*", "arn:aws:s3:::bucket/secret/*"))
    assert decision(*statements, resource="arn:aws:s3:::bucket/public/x") is ALLOWED
    assert decision(*statements, resource="arn:aws:s3:::bucket/secret/x") is FORBIDDEN


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions(partition: str) -> None:
    user = f"arn:{partition}:iam::{ACCOUNT}:user/ada"
    place = {"resource": f"arn:{partition}:s3:::bucket/key", "principal": user}
    statement = allow("s3:GetObject", f"arn:{partition}:s3:::bucket/*")
    assert decision(statement, **place) is ALLOWED
    grant = policy({**statement, "Principal": {"AWS": user}})
    assert decision(resource_policy=grant, **place) is ALLOWED


def test_trust_of_everyone() -> None:
    trust = policy(allow("sts:AssumeRole", None, Principal="*"))
    assert decision(**ASSUME, resource_policy=trust) is ALLOWED
    assert decision(allow(), **ASSUME, resource_policy=trust, principal=EXTERNAL) is ALLOWED


def test_trust_with_not_principal() -> None:
    trust = policy(allow("sts:AssumeRole", None, NotPrincipal={"AWS": EXTERNAL}))
    assert decision(**ASSUME, resource_policy=trust) is ALLOWED
    assert decision(allow(), **ASSUME, resource_policy=trust, principal=EXTERNAL) is DENIED


def test_trust_whose_statement_is_one_object() -> None:
    trust = {"Statement": allow("sts:AssumeRole", None, Principal={"AWS": [USER]})}
    assert decision(**ASSUME, resource_policy=trust) is ALLOWED


def test_trust_that_denies() -> None:
    trust = policy(
        allow("sts:AssumeRole", None, Principal={"AWS": ACCOUNT}),
        deny("sts:AssumeRole", None, Principal={"AWS": USER}),
    )
    assert decision(allow(), **ASSUME, resource_policy=trust) is FORBIDDEN
    assert decision(allow(), **ASSUME, resource_policy=trust, principal=ROLE) is ALLOWED


def test_policies_of_a_group_and_of_its_user() -> None:
    group, own = policy(allow("s3:*")), policy(deny("s3:GetObject"))
    assert decision(identity_policies=[group]) is ALLOWED
    assert decision(identity_policies=[own, group]) is FORBIDDEN
    assert decision(identity_policies=[own, group], action="s3:PutObject") is ALLOWED


def test_permission_on_one_resource() -> None:
    statement = allow("sts:AssumeRole", ASSUME["resource"])
    trust = policy(allow("sts:AssumeRole", None, Principal={"AWS": ACCOUNT}))
    assert decision(statement, **ASSUME, resource_policy=trust) is ALLOWED
    assert decision(statement, **{**ASSUME, "resource": "*"}) is DENIED


def test_account_hands_on_and_grants_nothing_itself() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{OTHER}:queue"
    grant = policy(allow("sqs:*", Principal={"AWS": ACCOUNT}))
    case = {"action": "sqs:SendMessage", "resource": queue, "resource_policy": grant}
    assert decision(**case) is DENIED
    assert decision(allow("sqs:*", queue), **case) is ALLOWED
