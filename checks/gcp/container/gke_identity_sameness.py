"""Service accounts that pods of an unequal cluster may act as, too."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ....graph.logic import Truth
from ...check import Category, Check, Place, Row, Severity, Traversal
from ...neighbours import present, sources, targets

if TYPE_CHECKING:
    import networkx

_ACCOUNT, _CLUSTER = "GCPServiceAccount", "GKECluster"
_BINDING, _POD = "GCPPolicyBinding", "GCPFederatedPrincipal"
_POOL = ".svc.id.goog"
_OF_PODS = re.compile(r"/workloadIdentityPools/(?P<pool>[^/]+\.svc\.id\.goog)(?:/|$)")


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    clusters: dict[str, list[str]] = {}
    unread = []
    for each in present(graph, _CLUSTER):
        pool = graph.nodes[each]["workload_pool"]
        clusters.setdefault(pool, []).append(each) if pool else None
        if pool is None:
            unread.append(each)
    for account in present(graph, _ACCOUNT):
        for pool, pods in _pods(graph, account).items():
            yield _judged(graph, account, pool, pods, clusters.get(pool, []), unread)


def _pods(graph: "networkx.MultiDiGraph", account: str) -> Mapping[str, list[str]]:
    """Whom of Kubernetes the account lets in, by pool."""
    found: dict[str, list[str]] = {}
    for binding in sources(graph, account, "GRANTS_ON", _BINDING):
        for who in targets(graph, binding, "GRANTED_TO", _POD):
            if pool := _OF_PODS.search(who):
                found.setdefault(pool["pool"], []).append(who)
    return found


def _judged(
    graph: "networkx.MultiDiGraph",
    account: str,
    pool: str,
    pods: list[str],
    clusters: list[str],
    unread: list[str],
) -> Row:
    guarded = {each: _is_guarded(graph.nodes[each]) for each in clusters}
    known = {*guarded.values()}
    weak = sorted(each for each, truth in guarded.items() if truth is False)
    passed: Truth = not {True, False} <= known
    project = pool.removesuffix(_POOL)
    is_scanned = any(each.account == project for each in graph.graph["reads"])
    if passed and (not is_scanned or unread or (None in known and len(guarded) > 1)):
        passed = None
    names = ", ".join(str(graph.nodes[each]["name"]) for each in weak)
    return Row(
        account,
        passed,
        unread=[
            "how a cluster's control plane is guarded could not be read"
            if is_scanned
            else f"clusters of project {project}, which was not scanned"
        ],
        evidence=sorted({*pods, *clusters}),
        values={"weak": names},
        listing_scope=[Place(graph.nodes[account]["account"]), Place(project)],
    )


def _is_guarded(cluster: Mapping[str, object]) -> Truth:
    """Whether only some networks reach the control plane."""
    private, limited = cluster["private_endpoint"], cluster["authorized_networks_enabled"]
    if private or limited:
        return True
    return None if private is None or limited is None else False


check = Check(
    id="gke_identity_sameness",
    title="No weaker cluster shares the identities of a service account's pods",
    provider="gcp",
    service="container",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_ACCOUNT,
    what=(
        "An account lets in pods by namespace and Kubernetes service account. These names are the "
        "same in all clusters of the pool's project, so that a pod of that name in any of them is "
        "let in. Where some of these clusters have a guarded control plane (private, or limited to "
        "authorized networks) all have one. A cluster alone passes, whatever it is like. Who may "
        "make pods in each cluster is Kubernetes' matter, and is not read."
    ),
    why=(
        "An attacker who gets into the weaker cluster makes a namespace and an account of the "
        "right names, and acts as the service account that only the stronger one was meant to have."
    ),
    remediation=(
        "Keep clusters that trust each other less in projects of their own, or guard all alike: "
        "gcloud container clusters update CLUSTER --enable-master-authorized-networks "
        "--master-authorized-networks=RANGES"
    ),
    passes="No weaker cluster shares the identities that {resource} lets in.",
    fails="{weak}, whose control plane everybody reaches, shares the identities that {resource} "
    "lets in.",
    rule=Traversal((_ACCOUNT, _CLUSTER, _BINDING, _POD), _walk),
    pass_requires_listing=(_CLUSTER, _BINDING),
    selected_by=(_BINDING,),
    references=("https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",),
)
