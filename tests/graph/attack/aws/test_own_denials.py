"""What a principal denies itself it may take off."""

from typing import Any

import pytest
from support.identities import ACCOUNT, Identities, allow, deny, policy
from support.steps import Steps

DENIAL = deny("iam:PutUserPolicy")
OWN = "iam-put-own-user-policy"


@pytest.fixture
def iam() -> Identities:
    return Identities()


def reached(iam: Identities) -> dict[str, bool]:
    """The states of mallory in which it administers the account."""
    return {name: sure for name, sure in Steps.of(iam).admins.items() if "any policy" in name}


def test_a_managed_policy_is_detached(iam: Identities) -> None:
    limits = iam.managed("limits", policy(DENIAL))
    iam.user("mallory", allow("iam:PutUserPolicy", "iam:DetachUserPolicy"), attached=[limits])

    assert reached(iam) == {"mallory [any policy, without limits]": True}


def test_not_without_leave_to_detach_it(iam: Identities) -> None:
    limits = iam.managed("limits", policy(DENIAL, deny("iam:DetachUserPolicy")))
    iam.user("mallory", allow("iam:PutUserPolicy", "iam:DetachUserPolicy"), attached=[limits])

    assert reached(iam) == {}


def test_a_group_is_left(iam: Identities) -> None:
    iam.group("limited", DENIAL)
    iam.user("mallory", allow("iam:PutUserPolicy", "iam:RemoveUserFromGroup"), groups=["limited"])

    assert reached(iam) == {"mallory [any policy, without limited]": True}


def test_a_policy_of_ones_group_is_deleted(iam: Identities) -> None:
    iam.group("limited", DENIAL)
    iam.user("mallory", allow("iam:PutUserPolicy", "iam:DeleteGroupPolicy"), groups=["limited"])

    assert reached(iam) == {"mallory [any policy, without own]": True}


def test_several_denials_are_taken_off(iam: Identities) -> None:
    limits = [iam.managed(name, policy(DENIAL)) for name in ("one", "two", "three")]
    iam.user("mallory", allow("iam:PutUserPolicy", "iam:DetachUserPolicy"), attached=limits)

    assert "mallory [any policy, without one, without three, without two]" in reached(iam)


LIFT = allow("iam:PutUserPolicy", "iam:DetachUserPolicy", "iam:DetachGroupPolicy")
MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}


def one(policy_arn: str) -> dict[str, Any]:
    return {"Condition": {"ArnEquals": {"iam:PolicyARN": policy_arn}}}


def test_a_denial_that_stays_stands_in_the_way(iam: Identities) -> None:
    goes, stays = (iam.managed(name, policy(DENIAL)) for name in ("goes", "stays"))
    iam.user(
        "mallory",
        allow("iam:PutUserPolicy"),
        allow("iam:DetachUserPolicy", **one(goes)),
        attached=[goes, stays],
    )

    assert Steps.of(iam).taken(source="mallory") == {
        ("mallory", "iam-detach-own-user-policy", "mallory [without goes]"): True
    }
    assert reached(iam) == {}


def test_what_may_be_detached_is_named_by_a_condition(iam: Identities) -> None:
    limits = iam.managed("limits", policy(DENIAL))
    iam.user(
        "mallory",
        allow("iam:PutUserPolicy"),
        allow("iam:DetachUserPolicy", **one(limits)),
        attached=[limits],
    )

    assert reached(iam) == {"mallory [any policy, without limits]": True}


def test_several_denials_are_gone_as_surely_as_the_last_of_them(iam: Identities) -> None:
    first, second, third = (iam.managed(name, policy(DENIAL)) for name in ("a", "b", "c"))
    iam.user(
        "mallory",
        allow("iam:PutUserPolicy"),
        allow("iam:DetachUserPolicy", **one(first)),
        allow("iam:DetachUserPolicy", **one(second)),
        allow("iam:DetachUserPolicy", Condition={**one(third)["Condition"], **MFA["Condition"]}),
        attached=[first, second, third],
    )

    found = Steps.of(iam).taken(source="mallory [without a, without b]")
    assert [certain for step, certain in found.items() if "without c" in step[2]] == [False]


def test_what_a_group_has_is_not_detached_from_its_member(iam: Identities) -> None:
    limits = iam.managed("limits", policy(DENIAL))
    iam.group("limited", attached=[limits])
    iam.user("mallory", allow("iam:PutUserPolicy", "iam:DetachUserPolicy"), groups=["limited"])

    assert Steps.of(iam).taken() == {}


@pytest.mark.parametrize(
    ("on", "is_free"),
    [
        (["user/mallory", "group/first", "group/second"], True),
        (["user/mallory", "group/first"], False),
        (["group/first", "group/second"], False),
        (["user/mallory"], False),
    ],
)
def test_a_policy_is_gone_once_it_is_off_all_that_give_it(
    iam: Identities, on: list[str], is_free: bool
) -> None:
    limits = iam.managed("limits", policy(DENIAL))
    for name in ("first", "second"):
        iam.group(name, attached=[limits])
    places = [f"arn:aws:iam::{ACCOUNT}:{each}" for each in on]
    iam.user(
        "mallory",
        allow("iam:PutUserPolicy"),
        allow("iam:DetachUserPolicy", "iam:DetachGroupPolicy", on=places),
        attached=[limits],
        groups=["first", "second"],
    )

    assert bool(reached(iam)) is is_free
    assert all(reached(iam).values())


def test_a_step_names_the_group_that_it_is_taken_on(iam: Identities) -> None:
    limits = iam.managed("limits", policy(DENIAL))
    for name in ("first", "second"):
        iam.group(name, attached=[limits])
    iam.user("mallory", LIFT, groups=["first", "second"])

    steps = Steps.of(iam)
    for step in steps.taken(source="mallory"):
        group = step[2].rpartition(" of ")[2].rstrip("]")
        assert f"arn:aws:iam::{ACCOUNT}:group/{group}" in steps.hop(*step).evidence


def test_who_has_left_a_group_has_nothing_that_the_group_is_given(iam: Identities) -> None:
    iam.group("limited", deny("iam:AttachGroupPolicy"))
    iam.user(
        "mallory",
        allow("iam:AttachGroupPolicy", "iam:RemoveUserFromGroup"),
        groups=["limited"],
    )

    assert Steps.of(iam).admins == {}


def test_what_denies_nothing_is_not_taken_off(iam: Identities) -> None:
    harmless = iam.managed("harmless", policy(allow("s3:*")))
    iam.user("mallory", allow("iam:DetachUserPolicy"), attached=[harmless])

    assert Steps.of(iam).taken() == {}
