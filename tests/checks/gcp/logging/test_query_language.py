"""Filters of Cloud Logging, and whether they take one entry."""

from typing import Any

import pytest
from clew.checks.gcp.logging.query_language import matches
from hypothesis import given
from hypothesis import strategies as st

ENTRY: dict[str, Any] = {
    "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
    "resource": {"type": "gce_route", "labels": {"project_id": "p"}},
    "protoPayload": {
        "methodName": "v1.compute.routes.insert",
        "serviceData": {
            "policyDelta": {"bindingDeltas": [{"action": "ADD"}, {"action": "REMOVE"}]}
        },
    },
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", True),
        ("-- all\n", True),
        ('resource.type="gce_route"', True),
        ("resource.type = gce_route", True),
        ('resource.type="GCE_Route"', True),
        ('resource.type="gce_network"', False),
        ('resource.type="gce_route" AND protoPayload.methodName:"routes.insert"', True),
        ('resource.type="gce_route"\nprotoPayload.methodName:"routes.delete"', False),
        ('protoPayload.methodName=~"routes\\.(insert|delete)$"', True),
        ('protoPayload.methodName=~"^routes"', False),
        ('protoPayload.methodName!~"^routes"', True),
        ('resource.type=("gce_network" OR "gce_route")', True),
        ('resource.type=("gce_network" OR "gce_subnetwork")', False),
        ('NOT resource.type="gce_route"', False),
        ('-resource.type="gce_network"', True),
        ('resource.type!="gce_network"', True),
        ("protoPayload.serviceData.policyDelta.bindingDeltas.action=REMOVE", True),
        ("protoPayload.serviceData:*", True),
        ("protoPayload.metadata:*", False),
        ('resource.labels."project_id"="p"', True),
        ("routes.insert", True),
        ("nowhere", False),
        ('log_id("cloudaudit.googleapis.com/activity")', True),
        ('log_id("cloudaudit.googleapis.com/data_access")', False),
        # OR binds more tightly than AND.
        ("nowhere AND gce_route OR gce_route", False),
        ("gce_route OR gce_route AND nowhere", False),
        ("(nowhere AND gce_route) OR gce_route", True),
        # What is not known.
        ("severity >= NOTICE", None),
        ("severity != NOTICE", None),
        ('source(projects/p) AND resource.type="gce_route"', None),
        ("sample(insertId, 0.1)", None),
        ('resource.type="gce_route" AND (', None),
        ("AND", None),
        ('protoPayload.methodName=~"("', None),
        ("severity >= NOTICE AND nowhere", False),
        ("severity >= NOTICE OR gce_route", True),
    ],
)
def test_a_filter_takes_an_entry_or_not(query: str, expected: bool | None) -> None:
    assert matches(query, ENTRY) is expected


@given(st.text(alphabet="ab.=~:!<>()\"'- \\\nANDORNT*", max_size=30))
def test_no_filter_is_too_odd(query: str) -> None:
    assert matches(query, ENTRY) in (True, False, None)


@given(st.sampled_from(["gce_route", "nowhere", "severity > x"]))
def test_a_negation_is_the_opposite(query: str) -> None:
    opposite = {True: False, False: True, None: None}
    assert matches(f"NOT ({query})", ENTRY) is opposite[matches(query, ENTRY)]
