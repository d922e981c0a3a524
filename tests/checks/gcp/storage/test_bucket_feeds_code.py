"""Who writes the bucket that a workload's code lies in."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.access_verdicts import verdicts
from support.gcp_worlds import GCPWorld

PROJECT = "//cloudresourcemanager.googleapis.com/projects/p"
BUCKET = "//storage.googleapis.com/code"
WRITE = ["storage.objects.create", "storage.objects.delete"]
APP = "serviceAccount:app@p.iam.gserviceaccount.com"
KINDS = [
    ("bucket_feeds_code", "GCPCloudFunction", "cloudfunctions.functions.update"),
    ("bucket_feeds_workflows", "GCPComposerEnvironment", "composer.environments.update"),
]


def world(label: str, *grants: tuple[Any, Any, str]) -> GCPWorld:
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o")
    found.resource("GCPBucket", BUCKET, "p")
    workload = found.resource(label, "//host/projects/p/locations/l/things/w", "p")
    found.graph.add_edge(workload, BUCKET, rel="RUNS_CODE_FROM", via="source_bucket")
    found.graph.add_edge(workload, found.principal(APP), rel="RUNS_AS", via="service_account")
    found.principal("user:u@x")
    found.group("unread@x", None)
    for member, permissions, scope in grants:
        found.grant([member], permissions, scope)
    return found


@pytest.mark.parametrize(("check", "label", "change"), KINDS)
@pytest.mark.parametrize(
    ("member", "permissions", "scope", "expected"),
    [
        ("user:u@x", WRITE, BUCKET, "FAIL"),
        ("user:u@x", WRITE, PROJECT, "FAIL"),
        ("user:u@x", [*WRITE, "CHANGE"], PROJECT, "PASS"),
        ("user:u@x", ["storage.objects.create"], BUCKET, "PASS"),
        (APP, WRITE, BUCKET, "PASS"),
        ("group:unread@x", WRITE, BUCKET, "MANUAL"),
        ("user:u@x", None, BUCKET, "MANUAL"),
    ],
)
def test_whoever_writes_it_may_change_the_workload(
    check: str, label: str, change: str, member: str, permissions: Any, scope: str, expected: str
) -> None:
    asked = permissions and [change if each == "CHANGE" else each for each in permissions]
    assert verdicts(check, world(label, (member, asked, scope))) == {"w → code": expected}


def test_a_bucket_that_nobody_scanned_is_manual() -> None:
    check, label, _ = KINDS[0]
    found = world(label)
    found.graph.nodes[BUCKET]["missing"] = MissingReason.CROSS_ACCOUNT
    assert verdicts(check, found) == {"w → code": "MANUAL"}
