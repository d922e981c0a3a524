"""Clusters that share a pool of identities."""

from typing import Any

import pytest
from clew.collectors.gcp.container import Cluster
from clew.collectors.gcp.iam import ServiceAccount
from clew.collectors.gcp.iam_policies import FederatedPrincipal, PolicyBinding
from clew.graph.model import Resource
from support.gcp_estates import OTHER, PROJECT, estate, resource
from support.judging import verdicts

CHECK = "gke_identity_sameness"
POOL = f"{PROJECT}.svc.id.goog"
ACCOUNT = f"//iam.googleapis.com/projects/{OTHER}/serviceAccounts/a@{OTHER}.iam.gserviceaccount.com"
POD = (
    f"principal://iam.googleapis.com/projects/{PROJECT}/locations/global/workloadIdentityPools/"
    f"{POOL}/subject/ns/shop/sa/web"
)
BOUND: list[Resource] = [
    resource(ServiceAccount, ACCOUNT, account=OTHER, name="a"),
    resource(FederatedPrincipal, POD, account=""),
    resource(
        PolicyBinding,
        f"{ACCOUNT}/iamPolicyBindings/b",
        account=OTHER,
        granted_on=ACCOUNT,
        principals=[POD],
    ),
]


def cluster(name: str, limited: bool | None, pool: str | None = POOL) -> Any:
    return resource(
        Cluster,
        f"//container.googleapis.com/projects/{PROJECT}/locations/l/clusters/{name}",
        workload_pool=pool,
        private_endpoint=False,
        authorized_networks_enabled=limited,
    )


@pytest.mark.parametrize(
    ("clusters", "expected"),
    [
        ([], "PASS"),
        ([cluster("one", False)], "PASS"),
        ([cluster("one", True), cluster("two", True)], "PASS"),
        ([cluster("one", False), cluster("two", False)], "PASS"),
        ([cluster("one", True), cluster("two", False)], "FAIL"),
        ([cluster("one", True), cluster("two", False, "")], "PASS"),
        ([cluster("one", True), cluster("two", False, "x.svc.id.goog")], "PASS"),
        ([cluster("one", True), cluster("two", None)], ("MANUAL", "UNREADABLE_FIELD")),
        ([cluster("one", True), cluster("two", False, None)], ("MANUAL", "UNREADABLE_FIELD")),
    ],
)
def test_all_clusters_of_a_pool_are_guarded_alike(clusters: list[Any], expected: Any) -> None:
    assert verdicts(CHECK, estate(*BOUND, *clusters)) == {"a": expected}


def test_an_account_that_lets_no_pods_in_gets_no_verdict() -> None:
    assert not verdicts(CHECK, estate(BOUND[0], cluster("one", True), cluster("two", False)))


def test_clusters_that_were_not_listed_or_not_scanned_are_manual() -> None:
    found = verdicts(CHECK, estate(*BOUND, unread=[("GKECluster", PROJECT)]))
    assert found["a"][0] == "MANUAL"
    assert verdicts(CHECK, estate(*BOUND, accounts=(OTHER,)))["a"][0] == "MANUAL"
