"""Kubernetes clusters and who is let in, as the account has them."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.eks import EKS
from servers.aws_replay import ESTATE, AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:eks:us-east-1:111122223333"
CLUSTER = f"{ARN}:cluster/clew-eks"
ADMIN, BOT = "arn:aws:iam::111122223333:role/admin", "arn:aws:iam::111122223333:user/ci-bot"


@pytest.fixture
def kubernetes(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, EKS)


def test_a_cluster_says_who_reaches_it(kubernetes: Callable[..., Read]) -> None:
    found = kubernetes()
    cluster = found[CLUSTER]
    assert cluster.role_arn == "arn:aws:iam::111122223333:role/eks-cluster"
    assert (cluster.vpc_id, cluster.cluster_security_group_id) == (
        "vpc-0a100000000000001",
        "sg-0a100000000000002",
    )
    assert (cluster.endpoint_public_access, cluster.public_access_cidrs) == (True, ["0.0.0.0/0"])
    assert cluster.authentication_mode == "API_AND_CONFIG_MAP"
    assert cluster.kms_key_arn.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert cluster.enabled_log_types == ["api", "audit"]
    assert cluster.log_group == "/aws/eks/clew-eks/cluster"
    assert cluster.tags == ["team=platform"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_nodes_entries_and_pods_have_principals(kubernetes: Callable[..., Read]) -> None:
    found = kubernetes()
    (nodes,) = (each for each in found.collected.resources if each.label == "AWSEKSNodegroup")
    assert (nodes.cluster_name, nodes.node_role) == (
        "clew-eks",
        "arn:aws:iam::111122223333:role/eks-node",
    )
    assert nodes.autoscaling_groups == ["eks-workers-0a100000"]
    entries = {
        each.principal_arn: (each.kubernetes_groups, each.access_policies)
        for each in found.collected.resources
        if each.label == "AWSEKSAccessEntry"
    }
    policy = "arn:aws:eks::aws:cluster-access-policy"
    assert entries == {
        ADMIN: ([], [f"{policy}/AmazonEKSClusterAdminPolicy cluster"]),
        BOT: (["deployers"], [f"{policy}/AmazonEKSEditPolicy api,web"]),
    }
    pods = found[f"{ARN}:podidentityassociation/clew-eks/a-0a10000000000001"]
    assert pods.role_arn == "arn:aws:iam::111122223333:role/eks-pod"
    assert (pods.namespace, pods.service_account, pods.target_role_arn) == ("api", "orders", "")


def test_pods_on_fargate_are_started_with_a_role(kubernetes: Callable[..., Read]) -> None:
    quiet = kubernetes()[
        f"{ARN}:fargateprofile/clew-eks/quiet/0a100000-0000-4000-8000-0000000000f0"
    ]
    assert (quiet.name, quiet.cluster_name, quiet.status) == ("quiet", "clew-eks", "ACTIVE")
    assert quiet.pod_execution_role == "arn:aws:iam::111122223333:role/ecs-execution"
    assert (quiet.namespaces, quiet.subnets) == (["nightly"], ["subnet-0a1000000000000b1"])


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        (
            "ListClusters",
            {
                "AWSEKSCluster",
                "AWSEKSNodegroup",
                "AWSEKSFargateProfile",
                "AWSEKSAccessEntry",
                "AWSEKSPodIdentityAssociation",
            },
        ),
        ("ListNodegroups", {"AWSEKSNodegroup"}),
        ("ListFargateProfiles", {"AWSEKSFargateProfile"}),
        ("ListAccessEntries", {"AWSEKSAccessEntry"}),
        ("ListPodIdentityAssociations", {"AWSEKSPodIdentityAssociation"}),
        ("DescribeCluster", set()),
        ("DescribeNodegroup", set()),
        ("DescribeFargateProfile", set()),
        ("DescribeAccessEntry", set()),
        ("ListAssociatedAccessPolicies", set()),
        ("DescribePodIdentityAssociation", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    kubernetes: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("eks", operation, code="AccessDeniedException")
    found = kubernetes()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_may_not_be_described_is_known_by_name(
    kubernetes: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    for operation in (
        "DescribeCluster",
        "DescribeNodegroup",
        "DescribeFargateProfile",
        "DescribeAccessEntry",
        "DescribePodIdentityAssociation",
    ):
        aws_replay.deny("eks", operation, code="AccessDeniedException")
    found = kubernetes()
    assert found[CLUSTER].endpoint_public_access is None
    by_label = {each.label: each for each in found.collected.resources}
    nodes = by_label["AWSEKSNodegroup"]
    assert (nodes.name, nodes.cluster_name, nodes.node_role) == ("workers", "clew-eks", None)
    profile = by_label["AWSEKSFargateProfile"]
    assert (profile.name, profile.cluster_name, profile.pod_execution_role) == (
        "quiet",
        "clew-eks",
        None,
    )
    entry = by_label["AWSEKSAccessEntry"]
    assert (entry.cluster_name, entry.kubernetes_groups) == ("clew-eks", None)
    assert entry.principal_arn in (ADMIN, BOT)
    assert by_label["AWSEKSPodIdentityAssociation"].role_arn is None


def test_entries_are_not_asked_for_where_they_do_not_count(tmp_path: Path) -> None:
    recorded = json.loads((ESTATE / "111122223333/us-east-1/eks.json").read_text())
    del recorded["DescribeCluster"][0]["response"]["cluster"]["accessConfig"]
    estate = write_estate(tmp_path, {"111122223333/us-east-1/eks": recorded})
    with AwsReplay(estate) as replay:
        found = read(replay, tmp_path, EKS)
        asked = {call.operation for call in replay.calls}
    assert found[CLUSTER].authentication_mode == "CONFIG_MAP"
    assert "ListAccessEntries" not in asked
    assert found.incomplete == set()
