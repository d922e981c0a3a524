"""Azure Machine Learning: workspaces, what they run on, and where their data lies."""

from typing import ClassVar

from ...graph.model import field, ref
from ..shape import Shape
from .base import AzureCollector, Identified, Part, PlatformService, VaultUri, listing

_API_VERSION = "2024-04-01"
_IDENTITY: Shape = {"identity": {"principalId": str}}


class MachineLearningWorkspace(PlatformService, Identified):
    """A workspace, or a hub or project of AI Foundry (Resource Graph: resources)."""

    label = "AzureMachineLearningWorkspace"
    arm_type = "Microsoft.MachineLearningServices/workspaces"

    kind: str | None = field("Default, Hub, Project or FeatureStore.")
    storage_account: str | None = ref("AzureStorageAccount", by="id", rel="RUNS_CODE_FROM")
    key_vault: str | None = ref("AzureKeyVault", by="id", rel="USES_SECRET")
    container_registry: str | None = ref("AzureContainerRegistry", by="id", rel="USES_IMAGE")
    application_insights: str | None = ref("AzureApplicationInsights", by="id", rel="LOGS_TO")
    isolation_mode: str | None = field(
        "Where its machines may connect to: AllowInternetOutbound and others; empty is anywhere.",
        wire="managedNetwork.isolationMode",
    )
    private_endpoint_subnets: list[str] | None = ref(
        "AzureSubnet",
        by="id",
        rel="ALLOWS_FROM",
        wire="privateEndpointConnections[].privateEndpoint.subnetArmId",
    )
    v1_legacy_mode: bool | None = field("It keeps to its private network.")
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey",
        by="key_uri",
        rel="ENCRYPTED_BY",
        wire="encryption.keyVaultProperties.keyIdentifier",
    )


class MachineLearningCompute(Part):
    """Machines of a workspace (Compute - List)."""

    label = "AzureMachineLearningCompute"
    arm_type = "Microsoft.MachineLearningServices/workspaces/computes"
    api_version = _API_VERSION
    shape: ClassVar[Shape] = _IDENTITY

    workspace: str | None = ref(
        "AzureMachineLearningWorkspace", by="id", rel="PART_OF", wire="containedIn"
    )
    compute_type: str | None = field("ComputeInstance, AmlCompute, Kubernetes and others.")
    local_auth_disabled: bool | None = field("Keys open nothing.", wire="disableLocalAuth")
    principal_id: str | None = field(
        "Object id of its own identity; else empty.", wire="identity.principalId"
    )
    resource: str | None = ref(
        ("AzureKubernetesCluster", "AzureVirtualMachine", "UnknownResource"),
        by="id",
        rel="CONNECTS_TO",
        wire="resourceId",
    )


class MachineLearningEndpoint(Part):
    """Where a model answers (Online Endpoints - List)."""

    label = "AzureMachineLearningEndpoint"
    arm_type = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
    api_version = _API_VERSION
    shape: ClassVar[Shape] = _IDENTITY

    workspace: str | None = ref(
        "AzureMachineLearningWorkspace", by="id", rel="PART_OF", wire="containedIn"
    )
    auth_mode: str | None = field("Key, AMLToken or AADToken.")
    public_network_access: str | None = field("Enabled or Disabled; empty is Enabled.")
    scoring_uri: str | None = field("Where it answers.")
    principal_id: str | None = field(
        "Object id of its own identity; else empty.", wire="identity.principalId"
    )


class MachineLearningDatastore(Part):
    """Where the data of a workspace lies, without credentials (Datastores - List)."""

    label = "AzureMachineLearningDatastore"
    arm_type = "Microsoft.MachineLearningServices/workspaces/datastores"
    api_version = _API_VERSION

    workspace: str | None = ref(
        "AzureMachineLearningWorkspace", by="id", rel="PART_OF", wire="containedIn"
    )
    datastore_type: str | None = field("AzureBlob, AzureFile and others.")
    storage_account: str | None = ref(
        "AzureStorageAccount", by="name", rel="READS_FROM", wire="accountName"
    )
    credentials: str | None = field(
        "Kind of its credentials: AccountKey, Sas, None and others.",
        wire="credentials.credentialsType",
    )


class MachineLearning(AzureCollector):
    """Workspaces, what they run on, and where their data lies."""

    service = "machinelearning"

    workspaces = listing(
        MachineLearningWorkspace,
        MachineLearningCompute,
        MachineLearningEndpoint,
        MachineLearningDatastore,
    )
