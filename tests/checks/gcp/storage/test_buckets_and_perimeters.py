"""Buckets of logs, and perimeters around projects."""

from typing import Any

import pytest
from clew.collectors.gcp.accesscontextmanager import ServicePerimeter
from clew.collectors.gcp.logging_ import LogSink
from clew.collectors.gcp.storage import Bucket
from support.gcp_estates import OTHER, PROJECT, TREE, estate, project, resource
from support.judging import verdicts

LOCKED = "cloudstorage_bucket_log_retention_policy_lock"
PERIMETERS = "cloudstorage_uses_vpc_service_controls"


def sink(destination: str) -> Any:
    id_ = f"//logging.googleapis.com/projects/{PROJECT}/sinks/s"
    return resource(LogSink, id_, destination=destination)


@pytest.mark.parametrize(
    ("locked", "expected"),
    [(True, "PASS"), (False, "FAIL"), (None, ("MANUAL", "UNREADABLE_FIELD"))],
)
def test_the_bucket_of_logs_is_locked(locked: bool | None, expected: Any) -> None:
    bucket = resource(Bucket, "//storage.googleapis.com/logs", retention_locked=locked)
    found = verdicts(LOCKED, estate(sink(bucket.id), bucket))
    assert found == {"s → logs": expected}


def test_a_bucket_that_nobody_scanned_is_manual_and_other_places_get_no_verdict() -> None:
    found = verdicts(LOCKED, estate(sink("//storage.googleapis.com/elsewhere")))
    assert [verdict[0] for verdict in found.values()] == ["MANUAL"]
    assert not verdicts(LOCKED, estate(sink("//pubsub.googleapis.com/projects/p/topics/t")))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "PASS"),
        ({"restricted_services": ["bigquery.googleapis.com"]}, "FAIL"),
        ({"restricted_services": [], "has_dry_run": True}, "FAIL"),
        ({"perimeter_type": "PERIMETER_TYPE_BRIDGE"}, "FAIL"),
    ],
)
def test_a_regular_perimeter_closes_storage(fields: Any, expected: str) -> None:
    perimeter = resource(
        ServicePerimeter,
        "//accesscontextmanager.googleapis.com/accessPolicies/7/servicePerimeters/p",
        **{
            "account": "organizations/1",
            "perimeter_type": "PERIMETER_TYPE_REGULAR",
            "covers": [f"{TREE}projects/{PROJECT}"],
            "restricted_services": ["storage.googleapis.com"],
            **fields,
        },
    )
    projects = [project(PROJECT), project(OTHER)]
    found = verdicts(PERIMETERS, estate(*projects, perimeter))
    assert found == {PROJECT: expected, OTHER: "FAIL"}
    unread = verdicts(PERIMETERS, estate(*projects, unread=["GCPServicePerimeter"]))
    assert {each[0] for each in unread.values()} == {"MANUAL"}
