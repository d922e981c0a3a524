"""Azure AI services."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, PlatformService, listing


class CognitiveAccount(PlatformService, Identified):
    """An account of AI services, OpenAI's among them (Resource Graph: resources)."""

    label = "AzureCognitiveAccount"
    arm_type = "Microsoft.CognitiveServices/accounts"

    kind: str | None = field("OpenAI, AIServices, TextAnalytics and others.")
    host: Host | None = field("Host that answers for it.", wire="endpoint")
    default_action: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny; empty is Allow.",
        wire="networkAcls.defaultAction",
    )
    ip_rules: list[str] | None = field(
        "Addresses that are let in.", wire="networkAcls.ipRules[].value"
    )
    bypass: str | None = field("Services that pass all rules.", wire="networkAcls.bypass")
    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="ALLOWS_FROM", wire="networkAcls.virtualNetworkRules[].id"
    )
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")
    encryption_key_vault: Host | None = field(
        "Host of the vault that holds its key; else empty.",
        wire="encryption.keyVaultProperties.keyVaultUri",
    )


class CognitiveServices(AzureCollector):
    """Accounts of AI services."""

    service = "cognitiveservices"

    accounts = listing(CognitiveAccount)
