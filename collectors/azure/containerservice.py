"""Azure Kubernetes Service."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import AzureCollector, AzureResource, Identified, VaultUri
from .session import AzureApi


class KubernetesCluster(Identified):
    """A Kubernetes cluster (Resource Graph: resources)."""

    label = "AzureKubernetesCluster"
    arm_type = "Microsoft.ContainerService/managedClusters"
    shape: ClassVar[Shape] = {
        "identityProfile": {"kubeletidentity": {"resourceId": str}},
        "addonProfiles": {"*": {"identity": {"resourceId": str}}},
        "agentPoolProfiles": [{"name": str}],
        "aadProfile": {"adminGroupObjectIDs": [str]},
    }

    kubernetes_version: str | None = field("Version of Kubernetes.")
    power_state: str | None = field("Running or Stopped.", wire="powerState.code")
    fqdn: str | None = field("Public host of its API server; empty if it has none.")
    node_resource_group_name: str | None = field(
        "Name of the group that its machines lie in.", wire="nodeResourceGroup"
    )
    node_resource_group: str | None = ref("AzureResourceGroup", by="id", rel="MANAGES", wire="-")
    private_cluster: bool | None = field(
        "Its API server has a private address alone.",
        wire="apiServerAccessProfile.enablePrivateCluster",
    )
    authorized_ip_ranges: list[str] | None = field(
        "Addresses that its API server answers; empty is everyone's.",
        wire="apiServerAccessProfile.authorizedIPRanges",
    )
    public_network_access: str | None = field("Enabled or Disabled; empty is Enabled.")
    local_accounts_disabled: bool | None = field(
        "Certificates of its own open nothing.", wire="disableLocalAccounts"
    )
    entra_admin_groups: list[str] | None = ref("EntraGroup", by="id", rel="GRANTED_TO", wire="-")
    azure_rbac: bool | None = field(
        "Azure's roles decide on what it lets users do.", wire="aadProfile.enableAzureRBAC"
    )
    oidc_issuer: str | None = field(
        "Who issues the tokens of its workloads; else empty.", wire="oidcIssuerProfile.issuerURL"
    )
    workload_identity: bool | None = field(
        "Its workloads may act as identities that trust their tokens.",
        wire="securityProfile.workloadIdentity.enabled",
    )
    run_command_disabled: bool | None = field(
        "Commands cannot be run in it through Azure.",
        wire="apiServerAccessProfile.disableRunCommand",
    )
    kubelet_identity: str | None = ref(
        "AzureUserAssignedIdentity", by="id", rel="RUNS_AS", wire="-"
    )
    addon_identities: list[str] | None = ref(
        "AzureUserAssignedIdentity", by="id", rel="RUNS_AS", wire="-"
    )
    secrets_key: VaultUri | None = ref(
        "AzureKeyVaultKey",
        by="key_uri",
        rel="ENCRYPTED_BY",
        wire="securityProfile.azureKeyVaultKms.keyId",
    )
    disk_encryption_set: str | None = ref(
        "AzureDiskEncryptionSet", by="id", rel="ENCRYPTED_BY", wire="diskEncryptionSetID"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the cluster, whose identities and groups ARM names in several forms."""
        kubelet = (raw.get("identityProfile") or {}).get("kubeletidentity") or {}
        addons = [each for each in (raw.get("addonProfiles") or {}).values() if each]
        acting = ((each.get("identity") or {}).get("resourceId") for each in addons)
        group = (raw.get("nodeResourceGroup") or "").lower()
        fields = {
            "kubelet_identity": kubelet.get("resourceId") or "",
            "addon_identities": sorted({each for each in acting if each}),
            "node_resource_group": group
            and f"/subscriptions/{here.account}/resourcegroups/{group}",
        }
        return super().load(raw, here, **fields, **known)


class AgentPool(AzureResource):
    """Machines of a cluster (Resource Graph: resources, of the cluster)."""

    label = "AzureKubernetesAgentPool"
    identity = (
        "/subscriptions/{account}/resourcegroups/{resource_group}/providers"
        "/microsoft.containerservice/managedclusters/{cluster_name}/agentpools/{name}"
    )

    cluster: str | None = ref("AzureKubernetesCluster", by="id", rel="PART_OF")
    vm_size: str | None = field("Size of its machines.")
    count: int | None = field("How many there are.")
    os_type: str | None = field("Linux or Windows.")
    mode: str | None = field("System or User.")
    public_addresses: bool | None = field(
        "Its machines have public addresses.", wire="enableNodePublicIP"
    )
    encryption_at_host: bool | None = field(
        "Caches and temporary disks are encrypted.", wire="enableEncryptionAtHost"
    )
    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="vnetSubnetID")
    pod_subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="podSubnetID")


class ContainerService(AzureCollector):
    """Kubernetes clusters."""

    service = "containerservice"

    @lists(KubernetesCluster, AgentPool)
    def clusters(self, api: AzureApi) -> Iterator[AzureResource]:
        """Clusters with their pools of machines."""
        for raw in api.resources(KubernetesCluster):
            admins = (raw.get("aadProfile") or {}).get("adminGroupObjectIDs") or []
            directory = f"//graph.microsoft.com/tenants/{api.account.tenant}"
            groups = [f"{directory}/groups/{each.lower()}" for each in admins]
            cluster = KubernetesCluster.load(raw, api.here, entra_admin_groups=groups)
            yield cluster
            for pool in raw.get("agentPoolProfiles") or []:
                name = pool["name"]
                yield AgentPool.load(
                    pool,
                    api.here,
                    id=f"{cluster.id}/agentpools/{name.lower()}",
                    cluster=cluster.id,
                    region=cluster.region,
                )
