"""Azure Resource Manager: resource groups, and what deploys resources."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource, Identified, TrackedResource, listing
from .session import AzureApi

_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
_API_VERSION = "2021-04-01"


class ResourceGroup(AzureResource):
    """A resource group (Resource Groups - List)."""

    label = "AzureResourceGroup"
    identity = "/subscriptions/{account}/resourcegroups/{name}"

    subscription: str | None = ref("AzureSubscription", by="id", rel="IN_ACCOUNT")
    managed_by: str | None = ref(
        (
            "AzureKubernetesCluster",
            "AzureDatabricksWorkspace",
            "AzureManagedApplication",
            "UnknownResource",
        ),
        by="id",
        rel="MANAGES",
        inverse=True,
    )
    provisioning_state: str | None = field("Succeeded, Deleting and others.")


class DeploymentStack(AzureResource):
    """A deployment stack of a resource group (Resource Graph: deploymentresources)."""

    label = "AzureDeploymentStack"
    arm_type = "Microsoft.Resources/deploymentStacks"
    table = "deploymentresources"

    subscription: str | None = ref("AzureSubscription", by="id", rel="IN_ACCOUNT")
    deny_mode: str | None = field(
        "What it denies others to do to its resources: denyDelete, denyWriteAndDelete or none.",
        wire="denySettings.mode",
    )
    excluded_principals: list[str] | None = field(
        "Object ids that this does not hold for.", wire="denySettings.excludedPrincipals"
    )
    unmanaged_resources: str | None = field(
        "What becomes of resources that it no longer has: delete or detach.",
        wire="actionOnUnmanage.resources",
    )
    managed_resources: list[str] | None = field("Ids of its resources.", wire="resources[].id")
    detached_resources: list[str] | None = field(
        "Ids of those that it has no longer.", wire="detachedResources[].id"
    )
    deleted_resources: list[str] | None = field(
        "Ids of those that it deleted.", wire="deletedResources[].id"
    )
    failed_resources: list[str] | None = field(
        "Ids of those that it could not make or delete.", wire="failedResources[].id"
    )
    deployment: str | None = field("Deployment that made it, by id.", wire="deploymentId")
    deployment_scope: str | None = field("Where it deploys, by id; empty is where it lies.")
    template: str | None = field(
        "Template spec that it is made of; else empty.", wire="templateLink.id"
    )


class DeploymentScript(Identified):
    """A script that a deployment runs (Resource Graph: resources)."""

    label = "AzureDeploymentScript"
    arm_type = "Microsoft.Resources/deploymentScripts"

    kind: str | None = field("AzureCLI or AzurePowerShell.")
    script_uri: str | None = field(
        "Where the script lies; empty if it is written down in it.", wire="primaryScriptUri"
    )
    retention_interval: str | None = field("How long it stays after its end.")
    storage_account: str | None = ref(
        "AzureStorageAccount",
        by="name",
        rel="RUNS_CODE_FROM",
        wire="storageAccountSettings.storageAccountName",
    )
    own_storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="RUNS_CODE_FROM", wire="status.storageAccountId"
    )
    container_group: str | None = ref(
        "AzureGroupContainer", by="id", rel="MANAGES", wire="status.containerInstanceId"
    )


class TemplateSpec(TrackedResource):
    """A template that is kept to be deployed (Resource Graph: resources)."""

    label = "AzureTemplateSpec"
    arm_type = "Microsoft.Resources/templateSpecs"

    description: str | None = field("Description.")
    display_name: str | None = field("Name that is shown.")


class ManagedApplication(Identified):
    """An application that its publisher may administer (Resource Graph: resources)."""

    label = "AzureManagedApplication"
    arm_type = "Microsoft.Solutions/applications"

    kind: str | None = field("MarketPlace or ServiceCatalog.")
    managed_resource_group: str | None = ref(
        "AzureResourceGroup", by="id", rel="MANAGES", wire="managedResourceGroupId"
    )
    publisher_tenant: str | None = field("Tenant of the publisher.", wire="publisherTenantId")
    publisher_principals: list[str] | None = field(
        "Object ids, in the publisher's tenant, that may act in the managed resource group.",
        wire="authorizations[].principalId",
    )


class Resources(AzureCollector):
    """Resource groups, and what deploys resources."""

    service = "resources"
    permissions = (f"{_GROUPS}/read",)

    @lists(ResourceGroup)
    def resource_groups(self, api: AzureApi) -> Iterator[ResourceGroup]:
        """Resource groups, which ARM lists itself: Resource Graph may hide some."""
        path = f"/subscriptions/{api.here.account}/resourcegroups"
        for raw in api.get(_GROUPS, path, _API_VERSION, ResourceGroup):
            yield ResourceGroup.load(raw, api.here)

    deployment_stacks = listing(DeploymentStack)
    deployment_scripts = listing(DeploymentScript)
    template_specs = listing(TemplateSpec)
    managed_applications = listing(ManagedApplication)
