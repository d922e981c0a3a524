"""Amazon EKS: clusters, their nodes, and who is let in."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered
from .session import AWSApi


class Cluster(TaggedResource):
    """A Kubernetes cluster (DescribeCluster)."""

    label = "AWSEKSCluster"
    identity = "arn:{partition}:eks:{region}:{account}:cluster/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    name: str | None = field("Name.")
    status: str | None = field("ACTIVE …")
    version: str | None = field("Version of Kubernetes.")
    platform_version: str | None = field("Version of the control plane.")
    created_at: Timestamp | None = field("When it was made.")
    endpoint: str | None = field("Address of the API server.")
    role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    vpc_id: str | None = ref(
        "AWSVpc", by="vpc_id", rel="IN_NETWORK", wire="resourcesVpcConfig.vpcId"
    )
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="resourcesVpcConfig.subnetIds"
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="resourcesVpcConfig.securityGroupIds",
    )
    cluster_security_group_id: str | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="resourcesVpcConfig.clusterSecurityGroupId",
    )
    endpoint_public_access: bool | None = field(
        "The API server answers on the internet.", wire="resourcesVpcConfig.endpointPublicAccess"
    )
    endpoint_private_access: bool | None = field(
        "The API server answers within the network.",
        wire="resourcesVpcConfig.endpointPrivateAccess",
    )
    public_access_cidrs: list[str] | None = field(
        "Who may reach it on the internet.", wire="resourcesVpcConfig.publicAccessCidrs"
    )
    authentication_mode: str | None = field(
        "API, API_AND_CONFIG_MAP or CONFIG_MAP: whether access entries count.",
        wire="accessConfig.authenticationMode",
    )
    oidc_issuer: str | None = field("Issuer of its service accounts.", wire="identity.oidc.issuer")
    kms_key_arn: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    enabled_log_types: list[str] | None = field("Logs of the control plane that are kept.")
    log_group: str | None = ref("AWSLogGroup", by="name", rel="LOGS_TO")


class Nodegroup(TaggedResource):
    """A group of worker nodes (DescribeNodegroup)."""

    label = "AWSEKSNodegroup"
    identity = (
        "arn:{partition}:eks:{region}:{account}:nodegroup/{cluster_name}/{name}/{nodegroup_id}"
    )
    wire_case = "camel"

    id: str = field("ARN.", wire="nodegroupArn")
    name: str | None = field("Name.", wire="nodegroupName")
    nodegroup_id: str | None = field("Id.", call="-")
    cluster_name: str | None = ref("AWSEKSCluster", by="name", rel="PART_OF")
    status: str | None = field("ACTIVE …")
    ami_type: str | None = field("Kind of image.")
    release_version: str | None = field("Version of the image.")
    capacity_type: str | None = field("ON_DEMAND, SPOT or CAPACITY_BLOCK.")
    created_at: Timestamp | None = field("When it was made.")
    node_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    remote_access_security_group: str | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="resources.remoteAccessSecurityGroup",
    )
    remote_access_key: str | None = field("Key pair that opens SSH.", wire="remoteAccess.ec2SshKey")
    autoscaling_groups: list[str] | None = field(
        "Names of its Auto Scaling groups.", wire="resources.autoScalingGroups[].name"
    )
    launch_template_id: str | None = field("Launch template.", wire="launchTemplate.id")


class AccessEntry(TaggedResource):
    """What an IAM principal may do in a cluster (DescribeAccessEntry)."""

    label = "AWSEKSAccessEntry"
    identity = "arn:{partition}:eks:{region}:{account}:access-entry/{cluster_name}/{entry_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="accessEntryArn")
    name: str | None = field("The principal's ARN.", wire="principalArn")
    entry_id: str | None = field("Id.", call="-")
    cluster_name: str | None = ref("AWSEKSCluster", by="name", rel="GRANTS_ON")
    principal_arn: str | None = ref(("AWSRole", "AWSUser"), by="id", rel="GRANTED_TO")
    kubernetes_groups: list[str] | None = field("Groups it is in, in the cluster.")
    username: str | None = field("Its name in the cluster.")
    type: str | None = field("STANDARD, or a kind of node.")
    created_at: Timestamp | None = field("When it was made.")
    access_policies: list[str] | None = field(
        "EKS's own policies that it has: `ARN scope`, where the scope is `cluster` or namespaces.",
        call="ListAssociatedAccessPolicies",
    )


class PodIdentityAssociation(TaggedResource):
    """A role for the pods of a service account (DescribePodIdentityAssociation)."""

    label = "AWSEKSPodIdentityAssociation"
    identity = "arn:{partition}:eks:{region}:{account}:podidentityassociation/{cluster_name}/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="associationArn")
    name: str | None = field("Id.", wire="associationId")
    cluster_name: str | None = ref("AWSEKSCluster", by="name", rel="PART_OF")
    namespace: str | None = field("Namespace of the service account.")
    service_account: str | None = field("Service account.")
    role_arn: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="DescribePodIdentityAssociation"
    )
    target_role_arn: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="DescribePodIdentityAssociation"
    )


class FargateProfile(TaggedResource):
    """Which pods run on Fargate, and as whom they are started (DescribeFargateProfile)."""

    label = "AWSEKSFargateProfile"
    identity = (
        "arn:{partition}:eks:{region}:{account}:fargateprofile/{cluster_name}/{name}/{profile_id}"
    )
    wire_case = "camel"

    id: str = field("ARN.", wire="fargateProfileArn")
    name: str | None = field("Name.", wire="fargateProfileName")
    profile_id: str | None = field("Id.", call="-")
    cluster_name: str | None = ref("AWSEKSCluster", by="name", rel="PART_OF")
    status: str | None = field("ACTIVE …")
    created_at: Timestamp | None = field("When it was made.")
    pod_execution_role: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", wire="podExecutionRoleArn"
    )
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    namespaces: list[str] | None = field(
        "Namespaces of the pods it takes.", wire="selectors[].namespace"
    )


class EKS(AWSCollector):
    """Clusters with their nodes, Fargate profiles, access entries and pod identities."""

    service = "eks"
    permissions = (
        "eks:DescribeAccessEntry",
        "eks:DescribeCluster",
        "eks:DescribeFargateProfile",
        "eks:DescribeNodegroup",
        "eks:DescribePodIdentityAssociation",
        "eks:ListAccessEntries",
        "eks:ListAssociatedAccessPolicies",
        "eks:ListClusters",
        "eks:ListFargateProfiles",
        "eks:ListNodegroups",
        "eks:ListPodIdentityAssociations",
    )

    @lists(Cluster, Nodegroup, FargateProfile, AccessEntry, PodIdentityAssociation)
    def clusters(self, api: AWSApi) -> Iterator[Resource]:
        """Clusters and all that is listed by cluster."""

        def detailed(name: str) -> list[Resource]:
            cluster = _cluster(api, name)
            # EKS refuses to list entries where they do not count.
            by_entries = cluster.authentication_mode != "CONFIG_MAP"
            entries = _access_entries(api, name) if by_entries else ()
            return [
                cluster,
                *_nodegroups(api, name),
                *_fargate_profiles(api, name),
                *entries,
                *_pod_identities(api, name),
            ]

        return chain.from_iterable(api.each(detailed, api.pages("list_clusters", "clusters")))


def _cluster(api: AWSApi, name: str) -> Cluster:
    answer = api.read("describe_cluster", name=name)
    if answer is None:
        return Cluster.unread(api.here, name=name)
    raw = answer["cluster"]
    kinds = sorted(
        kind
        for logging in answered(raw, "logging.clusterLogging", [])
        if logging.get("enabled")
        for kind in logging.get("types", [])
    )
    return Cluster.load(
        raw,
        api.here,
        # Absent where only the older way, the config map, is known.
        authentication_mode=answered(raw, "accessConfig.authenticationMode", "CONFIG_MAP"),
        kms_key_arn=next(iter(answered(raw, "encryptionConfig[].provider.keyArn", [])), ""),
        enabled_log_types=kinds,
        log_group=f"/aws/eks/{name}/cluster" if kinds else "",
    )


def _nodegroups(api: AWSApi, cluster: str) -> Iterator[Nodegroup]:
    names = api.details("list_nodegroups", "nodegroups", lists=Nodegroup, clusterName=cluster)
    for name in names or []:
        answer = api.read("describe_nodegroup", clusterName=cluster, nodegroupName=name)
        if answer:
            raw = answer["nodegroup"]
            yield Nodegroup.load(raw, api.here, nodegroup_id=_last(raw["nodegroupArn"]))
        else:
            yield Nodegroup.unread(api.here, name=name, cluster_name=cluster, nodegroup_id="")


def _fargate_profiles(api: AWSApi, cluster: str) -> Iterator[FargateProfile]:
    names = api.details(
        "list_fargate_profiles", "fargateProfileNames", lists=FargateProfile, clusterName=cluster
    )
    for name in names or []:
        answer = api.read("describe_fargate_profile", clusterName=cluster, fargateProfileName=name)
        if answer:
            raw = answer["fargateProfile"]
            yield FargateProfile.load(
                raw,
                api.here,
                profile_id=_last(raw["fargateProfileArn"]),
                tags=raw.get("tags", {}),
            )
        else:
            yield FargateProfile.unread(api.here, name=name, cluster_name=cluster, profile_id="")


def _access_entries(api: AWSApi, cluster: str) -> Iterator[AccessEntry]:
    principals = api.details(
        "list_access_entries", "accessEntries", lists=AccessEntry, clusterName=cluster
    )
    for principal in principals or []:
        grant = {"clusterName": cluster, "principalArn": principal}
        answer = api.read("describe_access_entry", **grant)
        policies = api.details(
            "list_associated_access_policies", "associatedAccessPolicies", **grant
        )
        if answer:
            raw = answer["accessEntry"]
            yield AccessEntry.load(
                raw,
                api.here,
                entry_id=_last(raw["accessEntryArn"]),
                access_policies=policies and [_scoped(policy) for policy in policies],
            )
        else:
            yield AccessEntry.unread(
                api.here,
                name=principal,
                principal_arn=principal,
                cluster_name=cluster,
                entry_id=principal,
            )


def _scoped(policy: dict[str, Any]) -> str:
    namespaces = policy["accessScope"].get("namespaces") or [policy["accessScope"]["type"]]
    return f"{policy['policyArn']} {','.join(sorted(namespaces))}"


def _pod_identities(api: AWSApi, cluster: str) -> Iterator[PodIdentityAssociation]:
    associations = api.details(
        "list_pod_identity_associations",
        "associations",
        lists=PodIdentityAssociation,
        clusterName=cluster,
    )
    for listed in associations or []:
        answer = api.read(
            "describe_pod_identity_association",
            clusterName=cluster,
            associationId=listed["associationId"],
        )
        yield PodIdentityAssociation.load(
            listed,
            api.here,
            role_arn=answered(answer, "association.roleArn"),
            target_role_arn=answered(answer, "association.targetRoleArn"),
            tags=answered(answer, "association.tags", {}),
        )


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
