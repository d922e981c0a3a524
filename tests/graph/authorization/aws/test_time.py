"""Requests are made from the scan on: what has expired by then decides nothing any more."""

from datetime import UTC, datetime
from typing import Any

import pytest
from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from support.identities import Identities, allow, deny, graph_of

SCANNED = datetime(2026, 6, 1, tzinfo=UTC)
BEFORE, AFTER = "2026-05-31T00:00:00Z", "2027-01-01T00:00:00Z"
NOW, EPOCH, ISSUED = "aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"
READ = "iam:GetUser"


def may_read(*statements: Any, of: str = "user", scanned: datetime | None = SCANNED) -> bool | None:
    """Whether a user or role with these statements may read about itself."""
    iam = Identities()
    who = getattr(iam, of)("somebody", *statements)
    authorizer = AWSAuthorizer(AWSEnvironment.of(*graph_of(iam, scanned=scanned)))
    return authorizer.explain(PrincipalState(who), READ, who).truth


def during(operator: str, key: str, *times: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(times)}}}


@pytest.mark.parametrize(
    ("operator", "key", "times", "expected"),
    [
        ("DateLessThan", NOW, [BEFORE], False),
        ("DateLessThan", NOW, [AFTER], None),
        ("DateLessThan", NOW, [BEFORE, AFTER], None),
        ("DateLessThanEquals", NOW, [BEFORE], False),
        ("DateGreaterThan", NOW, [BEFORE], True),
        ("DateGreaterThan", NOW, [AFTER], None),
        ("DateGreaterThanEquals", NOW, ["2026-06-01T00:00:00Z"], True),
        ("DateEquals", NOW, [BEFORE], False),
        ("DateEquals", NOW, [AFTER], None),
        ("DateNotEquals", NOW, [BEFORE], True),
        ("DateNotEquals", NOW, [AFTER], None),
        ("DateLessThanIfExists", NOW, [BEFORE], False),
        ("NumericLessThan", EPOCH, ["1500000000"], False),
        ("NumericGreaterThan", EPOCH, ["1500000000"], True),
        ("StringLike", NOW, ["2026-*"], None),
        ("DateLessThan", NOW, ["not a date"], None),
    ],
)
def test_a_condition_on_the_time(
    operator: str, key: str, times: list[Any], expected: bool | None
) -> None:
    assert may_read(allow("iam:*", **during(operator, key, *times))) is expected


def test_it_stays_open_where_the_time_of_the_scan_is_not_known() -> None:
    assert may_read(allow("iam:*", **during("DateLessThan", NOW, BEFORE)), scanned=None) is None


def test_a_denial_that_has_expired_denies_nothing() -> None:
    assert may_read(allow("iam:*"), deny("iam:*", **during("DateLessThan", NOW, BEFORE))) is True


def test_sessions_that_were_revoked_before_the_scan_are_not_those_of_an_attacker() -> None:
    revoked = deny("*", **during("DateLessThan", ISSUED, BEFORE))

    assert may_read(allow("iam:*"), revoked, of="role") is True


def test_a_session_of_a_role_has_a_time_of_issue_and_a_key_of_a_user_has_none() -> None:
    without = {"Condition": {"Null": {ISSUED: "true"}}}

    assert may_read(allow("iam:*"), deny("*", **without), of="role") is True
    assert may_read(allow("iam:*"), deny("*", **without), of="user") is False
    assert may_read(allow("iam:*", **during("DateGreaterThan", ISSUED, BEFORE)), of="role") is True
    assert may_read(allow("iam:*", **during("DateGreaterThan", ISSUED, BEFORE)), of="user") is False


def test_a_time_within_a_name_is_not_known() -> None:
    timely = {"Condition": {"StringLike": {"aws:userid": "*${aws:CurrentTime}*"}}}

    assert may_read(allow("iam:*", **timely)) is None
