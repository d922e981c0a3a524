"""Paths are taken after the scan: what has expired by then gives none and takes none away."""

from datetime import UTC, datetime

from support.identities import ACCOUNT, Identities, allow, deny, trust
from support.steps import Steps

SCANNED = datetime(2026, 6, 1, tzinfo=UTC)
BEFORE = "2026-05-31T00:00:00Z"


def test_leave_that_has_expired_makes_nobody_an_administrator() -> None:
    iam = Identities()
    iam.user("late", allow("*", Condition={"DateLessThan": {"aws:CurrentTime": BEFORE}}))

    steps = Steps.of(iam, scanned=SCANNED)

    assert (steps.admins, steps.taken()) == ({}, {})


def test_a_role_whose_older_sessions_were_revoked_can_be_assumed_for_certain() -> None:
    iam = Identities()
    iam.user("ann", allow("sts:AssumeRole"))
    older = {"DateLessThan": {"aws:TokenIssueTime": BEFORE}}
    iam.role(
        "boss",
        allow("*"),
        deny("*", Condition=older),
        trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"),
    )

    steps = Steps.of(iam, scanned=SCANNED)

    assert steps.admins["boss"] is True
    assert steps.taken("CAN_ASSUME", "ann") == {("ann", "sts-assume-role", "boss"): True}
