"""What the attacker holds once a step is taken, and on what it was taken."""

import pytest
from support.identities import ADMIN, Identities, allow
from support.steps import Steps

ATTACH, KEY = "iam:AttachUserPolicy", "iam:CreateAccessKey"
TAKEN = "iam-attach-user-policy-create-access-key"


@pytest.fixture
def iam() -> Identities:
    return Identities()


def test_who_comes_to_the_same_by_different_picks_is_each_shown_its_own(iam: Identities) -> None:
    target = iam.user("target")
    for name in ("ada", "ben", "eve"):
        wide = iam.managed(f"wide-{name}", ADMIN)
        only = {"ArnEquals": {"iam:PolicyARN": wide}}
        iam.user(name, allow(ATTACH, on=target, Condition=only), allow(KEY, on=target))

    steps = Steps.of(iam)

    for name in ("ada", "ben", "eve"):
        hop = steps.hop(name, TAKEN, "target [any policy]")
        assert hop.conditions == ()
        assert any(f"/{name}/" in one.policy for one in hop.statements)


@pytest.mark.parametrize("sure", ["wide-1", "wide-2"])
def test_a_certain_pick_is_reported_before_one_that_is_only_possible(
    iam: Identities, sure: str
) -> None:
    target = iam.user("target")
    wide = {name: iam.managed(name, ADMIN) for name in ("wide-1", "wide-2")}
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    statements = [
        allow(
            ATTACH,
            on=target,
            Condition={"ArnEquals": {"iam:PolicyARN": arn}} | ({} if name == sure else mfa),
        )
        for name, arn in wide.items()
    ]
    iam.user("ada", *statements, allow(KEY, on=target))

    steps = Steps.of(iam)

    step = ("ada", TAKEN, "target [any policy]")
    assert steps.taken()[step] is True
    assert steps.hop(*step).conditions == ()
