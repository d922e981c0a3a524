"""Azure Container Registry."""

from ...graph.model import field, ref
from .base import Acting, AzureCollector, Host, Identified, Part, PlatformService, VaultUri, listing


class ContainerRegistry(PlatformService, Identified):
    """A registry of images (Resource Graph: resources)."""

    label = "AzureContainerRegistry"
    arm_type = "Microsoft.ContainerRegistry/registries"
    unique_within = "global"

    sku: str | None = field("Basic, Standard or Premium.", wire="sku.name")
    login_server: Host | None = field("Host that answers for it.")
    admin_user: bool | None = field("A password opens all of it.", wire="adminUserEnabled")
    anonymous_pull: bool | None = field("Everyone may pull.", wire="anonymousPullEnabled")
    default_action: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny; empty is Allow.",
        wire="networkRuleSet.defaultAction",
    )
    ip_rules: list[str] | None = field(
        "Addresses that are let in.", wire="networkRuleSet.ipRules[].value"
    )
    bypass: str | None = field(
        "AzureServices if trusted services pass all rules.", wire="networkRuleBypassOptions"
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey",
        by="key_uri",
        rel="ENCRYPTED_BY",
        wire="encryption.keyVaultProperties.keyIdentifier",
    )
    trust_policy: str | None = field(
        "enabled if images are signed.", wire="policies.trustPolicy.status"
    )


class RegistryTask(Acting, Part):
    """What a registry builds by itself (Tasks - List)."""

    label = "AzureContainerRegistryTask"
    arm_type = "Microsoft.ContainerRegistry/registries/tasks"
    api_version = "2019-04-01"

    registry: str | None = ref("AzureContainerRegistry", by="id", rel="PART_OF", wire="containedIn")
    status: str | None = field("Enabled or Disabled.")
    context_path: str | None = field(
        "Repository that it builds from; else empty.", wire="step.contextPath"
    )


class RegistryToken(Part):
    """A user of a registry alone (Tokens - List)."""

    label = "AzureContainerRegistryToken"
    arm_type = "Microsoft.ContainerRegistry/registries/tokens"
    api_version = "2023-07-01"

    registry: str | None = ref("AzureContainerRegistry", by="id", rel="PART_OF", wire="containedIn")
    status: str | None = field("enabled or disabled.")
    scope_map: str | None = field("What it may do, by id.", wire="scopeMapId")


class ContainerRegistries(AzureCollector):
    """Registries of images."""

    service = "containerregistry"

    registries = listing(ContainerRegistry, RegistryTask, RegistryToken)
