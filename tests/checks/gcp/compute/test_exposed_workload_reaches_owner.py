"""From the internet over a workload to an administrator: exposed_instance_account_reaches_owner and
its like."""

import json

import pytest
from clew.graph.exposure.reach import INTERNET
from support.access_verdicts import verdicts
from support.gcp_worlds import TREE, GCPWorld

PROJECT = f"{TREE}projects/p"
SET_POLICY = "resourcemanager.projects.setIamPolicy"
RUNNER = "serviceAccount:runner@p.iam.gserviceaccount.com"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
KINDS = [
    ("exposed_instance_account_reaches_owner", "GCPInstance"),
    ("exposed_service_account_reaches_owner", "GCPCloudRunService"),
    ("exposed_function_account_reaches_owner", "GCPCloudFunction"),
]


def world(
    label: str, permission: str, *unread: str, is_reached: bool = True, scope: str = CLOUD
) -> GCPWorld:
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o")
    account = found.principal(RUNNER)
    found.grant([RUNNER], [permission], PROJECT)
    scopes = {"scopes": [scope], "status": "RUNNING"} if label == "GCPInstance" else {}
    workload = found.resource(label, "//host/projects/p/things/w", "p", **scopes)
    found.graph.add_edge(workload, account, rel="RUNS_AS", via="service_account")
    found.graph.add_node(INTERNET, id=INTERNET, label="Internet", name="Internet", missing=None)
    if is_reached:
        found.graph.add_edge(
            INTERNET,
            workload,
            rel="CAN_REACH",
            protocol="tcp",
            from_port=443,
            to_port=443,
            address_family="ipv4",
            path="direct",
            unread=list(unread),
            evidence=json.dumps({}),
        )
    return found


@pytest.mark.parametrize(("check", "label"), KINDS)
def test_over_what_the_internet_reaches(check: str, label: str) -> None:
    assert verdicts(check, world(label, SET_POLICY)) == {"w": "FAIL"}
    assert verdicts(check, world(label, SET_POLICY, "rules of a network")) == {"w": "MANUAL"}
    assert verdicts(check, world(label, "storage.buckets.list")) == {"w": "PASS"}
    assert verdicts(check, world(label, SET_POLICY, is_reached=False)) == {"w": "PASS"}


def test_a_machine_s_scopes_count() -> None:
    check, label = KINDS[0]
    narrow = world(label, SET_POLICY, scope="https://www.googleapis.com/auth/devstorage.read_only")
    assert verdicts(check, narrow) == {"w": "PASS"}
