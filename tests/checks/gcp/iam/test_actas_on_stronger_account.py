"""Who starts workloads as a stronger account (actas_on_stronger_account), and who acts as an
exception from a denial (deny_and_boundary_holes)."""

import json
from typing import Any

import pytest
from support.access_verdicts import verdicts
from support.gcp_worlds import TREE, GCPWorld

ACT_AS = "actas_on_stronger_account"
HOLES = "deny_and_boundary_holes"
PROJECT = f"{TREE}projects/p"
STRONG = "serviceAccount:strong@p.iam.gserviceaccount.com"
USER = "user:u@x"
SET_POLICY = "resourcemanager.projects.setIamPolicy"
TOKEN = "iam.serviceAccounts.getAccessToken"
START = [
    "iam.serviceAccounts.actAs",
    "run.services.create",
    "run.services.setIamPolicy",
    "run.jobs.create",
    "run.jobs.run",
    "cloudfunctions.functions.create",
    "cloudfunctions.functions.call",
    "compute.instances.create",
    "compute.disks.create",
    "compute.subnetworks.use",
    "compute.subnetworks.useExternalIp",
    "compute.instances.setMetadata",
    "compute.instances.setServiceAccount",
]


def world(power: list[str] | None, *grants: Any) -> GCPWorld:
    """An account with some power, and what a user holds on the project."""
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o")
    account = found.principal(STRONG)
    found.graph.nodes[account]["project"] = "p"
    found.graph.add_edge(account, PROJECT, rel="IN_ACCOUNT", via="project")
    found.principal(USER)
    found.grant([STRONG], power, PROJECT)
    for permissions, condition in grants:
        found.grant([USER], permissions, PROJECT, condition=condition)
    return found


@pytest.mark.parametrize(
    ("power", "grants", "expected"),
    [
        ([SET_POLICY], [(START, "")], "FAIL"),
        ([SET_POLICY], [([*START, SET_POLICY], "")], "PASS"),
        ([SET_POLICY], [(START[:1], "")], "PASS"),
        (["storage.buckets.list"], [(START, "")], "PASS"),
        ([SET_POLICY], [(START, 'request.host == "x"')], "MANUAL"),
    ],
)
def test_weaker_principals_start_workloads_as_it(power: Any, grants: Any, expected: str) -> None:
    found = verdicts(ACT_AS, world(power, *grants))
    assert found["strong@p.iam.gserviceaccount.com"] == expected


def denying(excepted: str, *grants: Any) -> GCPWorld:
    """A denial with an exception."""
    found = world(["storage.buckets.list"], *grants)
    excluded = {"account": found.principal(STRONG), "group": found.group("g@x", [])}[excepted]
    policy = found.deny(
        ["principalSet://goog/public:all"],
        ["storage.googleapis.com/buckets.delete"],
        PROJECT,
        excluded=[STRONG],
    )
    found.graph.add_edge(policy, excluded, rel="EXCLUDES", via="excluded")
    assert json.loads(found.graph.nodes[policy]["rules"])
    return found


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (denying("account"), "PASS"),
        (denying("account", ([TOKEN], "")), "FAIL"),
        (denying("account", ([TOKEN], 'request.host == "x"')), "MANUAL"),
        (denying("group"), "MANUAL"),
    ],
)
def test_others_act_as_an_exception(found: GCPWorld, expected: str) -> None:
    assert verdicts(HOLES, found) == {"a denial": expected}
