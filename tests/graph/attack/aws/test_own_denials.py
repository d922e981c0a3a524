"""What a principal denies itself it may take off."""

import pytest
from support.identities import Identities, allow, deny, policy
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


def test_what_denies_nothing_is_not_taken_off(iam: Identities) -> None:
    harmless = iam.managed("harmless", policy(allow("s3:*")))
    iam.user("mallory", allow("iam:DetachUserPolicy"), attached=[harmless])

    assert Steps.of(iam).taken() == {}
