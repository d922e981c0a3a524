"""Where sinks send logs."""

from typing import Any

import pytest
from clew.collectors.gcp.logging_ import LogSink
from clew.collectors.gcp.storage import Bucket
from support.gcp_estates import (
    ORGANIZATION,
    OTHER,
    PROJECT,
    TREE,
    estate,
    folder,
    organization,
    project,
    resource,
)
from support.judging import Estate, verdicts

OWN, ABOVE = "sink_out_of_the_organization", "aggregated_sink_out_of_the_organization"
UNREAD = ("MANUAL", "UNREADABLE_FIELD")
LOGS = "//storage.googleapis.com/logs"


def world(other: str, scope: str, destination: str = LOGS, **fields: Any) -> Estate:
    """A project in a folder of an organization, and another one with a bucket of logs."""
    path = scope.removeprefix(TREE)
    sink = resource(
        LogSink,
        f"//logging.googleapis.com/{path}/sinks/s",
        account=PROJECT if path.startswith("projects/") else "organizations/1",
        scope=scope,
        destination=destination,
        **{"disabled": False, "include_children": True, **fields},
    )
    return estate(
        organization(),
        organization("2"),
        folder("3"),
        project(PROJECT, f"{TREE}folders/3"),
        project(OTHER, other),
        resource(Bucket, LOGS, account=OTHER),
        sink,
    )


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (ORGANIZATION, "PASS"),
        (f"{TREE}folders/3", "PASS"),
        (f"{TREE}organizations/2", "FAIL"),
        ("", "FAIL"),
        (f"{TREE}folders/9", UNREAD),
    ],
)
def test_logs_stay_in_the_organization(other: str, expected: Any) -> None:
    assert verdicts(OWN, world(other, f"{TREE}projects/{PROJECT}")) == {"s": expected}
    for scope in (f"{TREE}folders/3", ORGANIZATION):
        assert verdicts(ABOVE, world(other, scope))[PROJECT] == expected


def test_a_place_that_is_gone_fails_and_one_that_nobody_scanned_is_manual() -> None:
    gone = f"//pubsub.googleapis.com/projects/{OTHER}/topics/gone"
    scope = f"{TREE}projects/{PROJECT}"
    assert verdicts(OWN, world(ORGANIZATION, scope, gone)) == {"s": "FAIL"}
    elsewhere = "//pubsub.googleapis.com/projects/elsewhere/topics/t"
    assert verdicts(OWN, world(ORGANIZATION, scope, elsewhere)) == {
        "s": ("MANUAL", "CROSS_ACCOUNT")
    }


def test_sinks_that_are_off_or_collect_nothing_from_below_do_not_count() -> None:
    scope = f"{TREE}projects/{PROJECT}"
    assert not verdicts(OWN, world("", scope, disabled=True))
    assert not verdicts(ABOVE, world("", ORGANIZATION, include_children=False))


def test_a_folder_that_was_not_read_may_lie_in_an_organization_with_such_sinks() -> None:
    found = world(ORGANIZATION, ORGANIZATION)
    found.resources[:] = [each for each in found.resources if each.id != f"{TREE}folders/3"]
    assert verdicts(ABOVE, found)[PROJECT][0] == "MANUAL"
