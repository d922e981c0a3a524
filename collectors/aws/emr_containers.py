"""Amazon EMR on EKS: virtual clusters, and the roles of what runs in them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource
from .session import AWSApi

_STATES = ("RUNNING", "ARRESTED", "TERMINATING")
_RAN = ("RUNNING", "COMPLETED")
"""The states of a job run whose role has let it in."""
_OPEN = ("CREATING", "ACTIVE")


class VirtualCluster(TaggedResource):
    """A namespace of an EKS cluster in which jobs run (ListVirtualClusters). It has no role of its
    own: each job run and each endpoint brings one."""

    label = "AWSEMRContainersVirtualCluster"
    identity = "arn:{partition}:emr-containers:{region}:{account}:/virtualclusters/{cluster_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    cluster_id: str | None = field("Id.", wire="id")
    state: str | None = field("RUNNING; ARRESTED if its namespace cannot be used …")
    created_at: Timestamp | None = field("When it was made.")
    eks_cluster: str | None = ref(
        "AWSEKSCluster", by="name", rel="PART_OF", wire="containerProvider.id"
    )
    namespace: str | None = field(
        "Its namespace in Kubernetes.", wire="containerProvider.info.eksInfo.namespace"
    )
    job_run_roles: list[str] | None = ref("AWSRole", by="id", rel="RUNS_AS", call="ListJobRuns")
    endpoint_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="ListManagedEndpoints"
    )


class EMRContainers(AWSCollector):
    """Virtual clusters, with the roles of their job runs and endpoints."""

    service = "emr-containers"
    permissions = (
        "emr-containers:ListJobRuns",
        "emr-containers:ListManagedEndpoints",
        "emr-containers:ListVirtualClusters",
    )

    @lists(VirtualCluster)
    def virtual_clusters(self, api: AWSApi) -> Iterator[VirtualCluster]:
        """Virtual clusters, without those that have ended."""

        def detailed(raw: dict[str, Any]) -> VirtualCluster:
            own = {"virtualClusterId": raw["id"]}
            runs = api.details("list_job_runs", "jobRuns", states=list(_RAN), **own)
            endpoints = api.details(
                "list_managed_endpoints", "endpoints", states=list(_OPEN), **own
            )
            return VirtualCluster.load(
                raw,
                api.here,
                job_run_roles=_roles(runs),
                endpoint_roles=_roles(endpoints),
                tags=raw.get("tags", {}),
            )

        listed = api.pages("list_virtual_clusters", "virtualClusters", states=list(_STATES))
        return api.each(detailed, listed)


def _roles(items: list[dict[str, Any]] | None) -> list[str] | None:
    """The roles of some job runs or endpoints; a session brings its own only when it starts."""
    if items is None:
        return None
    return sorted({item["executionRoleArn"] for item in items if item.get("executionRoleArn")})
