"""Amazon EMR: clusters that run."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, role_key, s3_objects
from .session import AWSApi

_RUNNING = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING")


class Cluster(AWSResource):
    """A cluster that has not ended (ListClusters)."""

    label = "AWSEMRCluster"
    identity = "arn:{partition}:elasticmapreduce:{region}:{account}:cluster/{cluster_id}"

    id: str = field("ARN.", wire="ClusterArn")
    cluster_id: str | None = field("Id.", wire="Id")
    state: str | None = field("STARTING, RUNNING, WAITING …", wire="Status.State")
    created: Timestamp | None = field("When it was made.", wire="Status.Timeline.CreationDateTime")
    release_label: str | None = field("Version of EMR.", call="DescribeCluster")
    applications: list[str] | None = field("Names of what runs on it.", call="DescribeCluster")
    service_role: str | None = ref(
        "AWSRole", by=("id", "name"), rel="RUNS_AS", call="DescribeCluster"
    )
    auto_scaling_role: str | None = ref(
        "AWSRole", by=("id", "name"), rel="RUNS_AS", call="DescribeCluster"
    )
    instance_profile: str | None = ref(
        "AWSInstanceProfile", by=("id", "name"), rel="RUNS_AS", call="DescribeCluster"
    )
    subnet_id: str | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="DescribeCluster"
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call="DescribeCluster"
    )
    key_name: str | None = field("Key pair that opens SSH.", call="DescribeCluster")
    master_public_dns_name: str | None = field(
        "Host name of its first node.", call="DescribeCluster"
    )
    bootstrap_objects: list[str] | None = field(
        "Objects in S3 whose code new nodes run, `bucket/key`.", call="ListBootstrapActions"
    )
    step_objects: list[str] | None = field(
        "Objects in S3 that steps name which wait or run, code and data, `bucket/key`.",
        call="ListSteps",
    )
    log_bucket: str | None = ref("AWSS3Bucket", by="name", rel="LOGS_TO", call="DescribeCluster")
    security_configuration: str | None = field(
        "Name of what sets its encryption and sign-in; empty if none.", call="DescribeCluster"
    )


class EMR(AWSCollector):
    """Clusters."""

    service = "emr"
    permissions = (
        "elasticmapreduce:DescribeCluster",
        "elasticmapreduce:ListBootstrapActions",
        "elasticmapreduce:ListClusters",
        "elasticmapreduce:ListSteps",
    )

    @lists(Cluster)
    def clusters(self, api: AWSApi) -> Iterator[Cluster]:
        """Clusters, without those that have ended."""

        def detailed(raw: dict[str, Any]) -> Cluster:
            answer = api.read("describe_cluster", ClusterId=raw["Id"])
            first = api.details("list_bootstrap_actions", "BootstrapActions", ClusterId=raw["Id"])
            steps = api.details(
                "list_steps", "Steps", ClusterId=raw["Id"], StepStates=["PENDING", "RUNNING"]
            )
            return Cluster.load(
                raw,
                api.here,
                bootstrap_objects=first
                and s3_objects(*(answered(each, "ScriptPath") for each in first)),
                step_objects=steps and s3_objects(*chain.from_iterable(map(_texts, steps))),
                **_details(answer),
            )

        listed = api.pages("list_clusters", "Clusters", ClusterStates=list(_RUNNING))
        return api.each(detailed, listed)


def _texts(step: dict[str, Any]) -> list[str]:
    """What a step runs, and its arguments."""
    return [answered(step, "Config.Jar"), *answered(step, "Config.Args", [])]


def _details(answer: dict[str, Any] | None) -> dict[str, Any]:
    if answer is None:
        return {}
    cluster = answer["Cluster"]
    machines = answered(cluster, "Ec2InstanceAttributes", {})
    groups = [
        answered(machines, "EmrManagedMasterSecurityGroup"),
        answered(machines, "EmrManagedSlaveSecurityGroup"),
        answered(machines, "ServiceAccessSecurityGroup"),
        *answered(machines, "AdditionalMasterSecurityGroups", []),
        *answered(machines, "AdditionalSlaveSecurityGroups", []),
    ]
    return {
        "release_label": answered(cluster, "ReleaseLabel"),
        "applications": sorted(answered(cluster, "Applications[].Name", [])),
        "service_role": role_key(answered(cluster, "ServiceRole")),
        "auto_scaling_role": role_key(answered(cluster, "AutoScalingRole")),
        "instance_profile": role_key(answered(machines, "IamInstanceProfile")),
        "subnet_id": answered(machines, "Ec2SubnetId"),
        "security_groups": sorted({*groups} - {""}),
        "key_name": answered(machines, "Ec2KeyName"),
        "master_public_dns_name": answered(cluster, "MasterPublicDnsName"),
        # s3://bucket/prefix/, s3n:// or s3a://.
        "log_bucket": answered(cluster, "LogUri").partition("://")[2].partition("/")[0],
        "security_configuration": answered(cluster, "SecurityConfiguration"),
        "tags": answered(cluster, "Tags", []),
    }
