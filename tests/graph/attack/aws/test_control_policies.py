"""An organization's management account takes away what its policies deny in other accounts."""

import pytest
from clew.collectors.aws.organizations import OrganizationPolicy
from support.identities import ACCOUNT, OTHER, Document, Identities, allow, deny, policy, trust
from support.steps import Steps

pytestmark = pytest.mark.slow

BASE = f"arn:aws:organizations::{OTHER}:policy/imported/service_control_policy"
GUARD, ALLOWS = f"{BASE}/0-1", f"{BASE}/0-0"
UNIT = f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-1"
NO_IAM = policy(deny("iam:*"))


def of(*statements: Document, level: list[Document], **known: object) -> Steps:
    """A role of another account that would administer it but for a control policy, and somebody in
    the management account who may assume it."""
    here, there = Identities(), Identities(OTHER)
    here.user("mallory", allow("sts:AssumeRole"), *statements)
    there.role("boss", allow("*"), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    last = f"{BASE}/0-{len(level) - 1}"
    return Steps.of(
        here,
        there,
        known={last: {"account": ACCOUNT, "target_arns": [UNIT], **known}},
        service_controls={OTHER: [level]},
        listed={OrganizationPolicy.label},
    )


def administers(steps: Steps) -> bool | None:
    """Whether mallory comes to the role without what binds it, for certain."""
    admins = {name for name in steps.admins if name.startswith("boss [")}
    found = [certain for step, certain in steps.taken("CAN_ASSUME").items() if step[2] in admins]
    return max(found, default=None)


DETACH = "organizations:DetachPolicy"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(DETACH)], True),
        ([allow(DETACH, on=[GUARD, UNIT])], True),
        ([allow(DETACH, on=[GUARD, f"{UNIT}x"])], None),
        ([allow(DETACH, on=UNIT)], None),
        ([allow("organizations:UpdatePolicy", on=GUARD)], True),
        ([allow("organizations:UpdatePolicy", on=ALLOWS)], None),
        ([], None),
    ],
)
def test_what_a_control_policy_denies_is_allowed_once_it_is_gone(
    statements: list[Document], expected: bool | None
) -> None:
    steps = of(*statements, level=[policy(allow("*")), NO_IAM])

    assert administers(steps) is expected
    assert "boss" not in steps.admins


def test_where_it_is_attached_may_not_have_been_read() -> None:
    steps = of(allow(DETACH), level=[policy(allow("*")), NO_IAM], target_arns=None)

    ((step, is_certain),) = steps.taken(source="mallory").items()
    assert not is_certain
    assert f"target_arns of {GUARD} could not be read" in steps.hop(*step).conditions


@pytest.mark.parametrize(
    ("action", "expected"), [(DETACH, None), ("organizations:UpdatePolicy", True)]
)
def test_the_only_policy_of_a_level_stays_and_may_be_rewritten(
    action: str, expected: bool | None
) -> None:
    steps = of(allow(action), level=[policy(allow("s3:*", "sts:*"))])

    assert administers(steps) is expected
