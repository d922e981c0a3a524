"""Azure Arc: machines, clusters and accounts elsewhere that Azure administers or reads."""

from ...graph.model import field, ref
from .base import AzureCollector, Identified, TrackedResource, listing


class ArcMachine(Identified):
    """A machine outside Azure (Resource Graph: resources)."""

    label = "AzureArcMachine"
    arm_type = "Microsoft.HybridCompute/machines"

    status: str | None = field("Connected, Disconnected or Expired.")
    os_type: str | None = field("linux or windows.")
    agent_version: str | None = field("Version of its agent.")
    fqdn: str | None = field("Host name.", wire="machineFqdn")


class ArcMachineExtension(TrackedResource):
    """What the agent installs and runs in a machine outside Azure (Resource Graph: resources)."""

    label = "AzureArcMachineExtension"
    arm_type = "Microsoft.HybridCompute/machines/extensions"

    machine: str | None = ref("AzureArcMachine", by="id", rel="PART_OF", wire="containedIn")
    publisher: str | None = field("Who publishes it.")
    extension_type: str | None = field("What it is, by its publisher.", wire="properties.type")


class ArcCluster(Identified):
    """A Kubernetes cluster outside Azure (Resource Graph: resources)."""

    label = "AzureArcCluster"
    arm_type = "Microsoft.Kubernetes/connectedClusters"

    distribution: str | None = field("Kind of Kubernetes.")
    connectivity_status: str | None = field("Connected, Offline or Expired.")
    azure_rbac: bool | None = field(
        "Azure's roles decide on what it lets users do.", wire="aadProfile.enableAzureRBAC"
    )
    oidc_issuer: str | None = field(
        "Who issues the tokens of its workloads; else empty.", wire="oidcIssuerProfile.issuerUrl"
    )


class PublicCloudConnector(TrackedResource):
    """An account of AWS whose resources Azure Arc reads (Resource Graph: resources)."""

    label = "AzurePublicCloudConnector"
    arm_type = "Microsoft.HybridConnectivity/publicCloudConnectors"

    host_type: str | None = field("AWS.")
    aws_account: str | None = ref(
        "AWSAccount", by="id", rel="READS_FROM", wire="awsCloudProfile.accountId"
    )
    excluded_accounts: list[str] | None = field(
        "Accounts of the organization that it leaves out.", wire="awsCloudProfile.excludedAccounts"
    )
    is_organization: bool | None = field(
        "The accounts of the organization count as well.",
        wire="awsCloudProfile.isOrganizationalAccount",
    )


class Arc(AzureCollector):
    """Machines, clusters and accounts outside Azure."""

    service = "hybrid"

    machines = listing(ArcMachine)
    machine_extensions = listing(ArcMachineExtension)
    clusters = listing(ArcCluster)
    connectors = listing(PublicCloudConnector)
