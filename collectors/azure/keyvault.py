"""Azure Key Vault: vaults, who may use them, and the names of what they hold."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import (
    AzureCollector,
    AzureResource,
    Host,
    Identified,
    Part,
    PlatformService,
    VaultUri,
    listing,
)
from .session import AzureApi

_API_VERSION = "2023-07-01"
_PERMISSIONS = ("keys", "secrets", "certificates", "storage")


class KeyVault(PlatformService):
    """A key vault (Resource Graph: resources)."""

    label = "AzureKeyVault"
    arm_type = "Microsoft.KeyVault/vaults"
    unique_within = "global"
    shape: ClassVar[Shape] = {
        "accessPolicies": [
            {
                "tenantId": str,
                "objectId": str,
                "applicationId": str,
                "permissions": {key: [str] for key in _PERMISSIONS},
            }
        ]
    }

    sku: str | None = field("standard or premium.", wire="sku.name")
    host: Host | None = field("Host that answers for it.", wire="vaultUri")
    tenant_id: str | None = field("Tenant whose principals it trusts.")
    rbac_authorization: bool | None = field(
        "Roles decide who may read it, and no access policies; Azure says so of every vault that "
        "has it.",
        wire="enableRbacAuthorization",
    )
    soft_delete: bool | None = field("What is deleted can be restored.", wire="enableSoftDelete")
    soft_delete_days: int | None = field("For how long.", wire="softDeleteRetentionInDays")
    purge_protection: bool | None = field(
        "Nobody can delete for good what is deleted.", wire="enablePurgeProtection"
    )
    enabled_for_deployment: bool | None = field("Machines may be given its certificates.")
    enabled_for_template_deployment: bool | None = field("Deployments may read its secrets.")
    enabled_for_disk_encryption: bool | None = field("Disk encryption may use its keys.")
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


class AccessPolicy(AzureResource):
    """Whom a vault without roles lets use it (Resource Graph: resources, of the vault)."""

    label = "AzureKeyVaultAccessPolicy"
    identity = (
        "/subscriptions/{account}/resourcegroups/{resource_group}/providers"
        "/microsoft.keyvault/vaults/{vault_name}/accesspolicies/{name}"
    )

    key_vault: str | None = ref("AzureKeyVault", by="id", rel="GRANTS_ON")
    principal: str | None = ref(
        ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource"),
        by="object_id",
        rel="GRANTED_TO",
        wire="objectId",
    )
    application_id: str | None = field(
        "Application through which alone it may; empty is through any."
    )
    key_permissions: list[str] | None = field("For keys.", wire="permissions.keys")
    secret_permissions: list[str] | None = field("For secrets.", wire="permissions.secrets")
    certificate_permissions: list[str] | None = field(
        "For certificates.", wire="permissions.certificates"
    )


class KeyVaultKey(Part):
    """A key of a vault (Keys - List)."""

    label = "AzureKeyVaultKey"
    arm_type = "Microsoft.KeyVault/vaults/keys"
    api_version = _API_VERSION
    unique_within = "global"

    key_vault: str | None = ref("AzureKeyVault", by="id", rel="PART_OF", wire="containedIn")
    key_uri: VaultUri | None = field("Address without the version.")
    enabled: bool | None = field("It can be used.", wire="attributes.enabled")
    expires: int | None = field(
        "When it expires, in seconds since 1970; null if it never does.", wire="attributes.exp"
    )


class KeyVaultSecret(Part):
    """A secret of a vault, without what it holds (Secrets - List)."""

    label = "AzureKeyVaultSecret"
    arm_type = "Microsoft.KeyVault/vaults/secrets"
    api_version = _API_VERSION
    unique_within = "global"

    key_vault: str | None = ref("AzureKeyVault", by="id", rel="PART_OF", wire="containedIn")
    secret_uri: VaultUri | None = field("Address without the version.")
    content_type: str | None = field("What it holds, in its author's words.")
    enabled: bool | None = field("It can be used.", wire="attributes.enabled")
    expires: int | None = field(
        "When it expires, in seconds since 1970; null if it never does.", wire="attributes.exp"
    )


class KeyVaultCertificate(AzureResource):
    """A certificate of a vault. ARM does not list them, so it is only what others refer to."""

    label = "AzureKeyVaultCertificate"
    identity = (
        "/subscriptions/{account}/resourcegroups/{resource_group}/providers"
        "/microsoft.keyvault/vaults/{vault_name}/certificates/{name}"
    )


class ManagedHsm(PlatformService, Identified):
    """A managed HSM, whose roles only itself tells (Resource Graph: resources)."""

    label = "AzureManagedHsm"
    arm_type = "Microsoft.KeyVault/managedHSMs"

    sku: str | None = field("Size.", wire="sku.name")
    host: Host | None = field("Host that answers for it.", wire="hsmUri")
    purge_protection: bool | None = field(
        "Nobody can delete for good what is deleted.", wire="enablePurgeProtection"
    )
    default_action: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny; empty is Allow.",
        wire="networkAcls.defaultAction",
    )
    ip_rules: list[str] | None = field(
        "Addresses that are let in.", wire="networkAcls.ipRules[].value"
    )
    bypass: str | None = field("Services that pass all rules.", wire="networkAcls.bypass")
    initial_admins: list[str] | None = field(
        "Object ids of its first administrators.", wire="initialAdminObjectIds"
    )


class KeyVaults(AzureCollector):
    """Vaults, who may use them, and the names of what they hold."""

    service = "keyvault"

    @lists(
        KeyVault,
        AccessPolicy,
        KeyVaultKey,
        KeyVaultSecret,
        through=dict.fromkeys((AccessPolicy, KeyVaultKey, KeyVaultSecret), KeyVault),
    )
    def vaults(self, api: AzureApi) -> Iterator[AzureResource]:
        """Vaults with their access policies, keys and secrets."""

        def detailed(raw: dict[str, Any]) -> list[AzureResource]:
            vault = KeyVault.load(raw, api.here)
            return [
                vault,
                *_policies(vault, raw, api.here),
                *api.parts(KeyVaultKey, vault),
                *api.parts(KeyVaultSecret, vault),
            ]

        for resources in api.each(detailed, api.resources(KeyVault, lists=KeyVault)):
            yield from resources

    managed_hsms = listing(ManagedHsm)


def _policies(vault: KeyVault, raw: Mapping[str, Any], here: Location) -> Iterator[AccessPolicy]:
    """The access policies of a vault; those of one that goes by roles are asleep."""
    for policy in raw.get("accessPolicies") or []:
        holder = [policy.get("objectId") or "", policy.get("applicationId") or ""]
        name = "-".join(filter(None, holder)).lower()
        yield AccessPolicy.load(
            policy,
            here,
            id=f"{vault.id}/accesspolicies/{name}",
            name=name,
            key_vault=vault.id,
            region=vault.region,
        )
