"""Azure Storage: accounts, and what they hold as far as ARM tells without their keys."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Hosts, Identified, Part, PlatformService, VaultUri, listing

_ABSENT = (
    "FeatureNotSupportedForAccount",
    "OperationNotAllowedOnKind",
    "ParentResourceNotFound",
    "ResourceNotFound",
)
_API_VERSION = "2023-05-01"
_ENDPOINTS = ("blob", "dfs", "file", "queue", "table", "web")


class StorageAccount(PlatformService, Identified):
    """A storage account (Resource Graph: resources)."""

    label = "AzureStorageAccount"
    arm_type = "Microsoft.Storage/storageAccounts"
    unique_within = "global"
    shape: ClassVar[Shape] = {
        "primaryEndpoints": dict.fromkeys(_ENDPOINTS, str),
        "encryption": {"keyvaultproperties": {"keyvaulturi": str, "keyname": str}},
    }

    kind: str | None = field("StorageV2, BlobStorage, FileStorage and others.")
    sku: str | None = field("Redundancy and performance.", wire="sku.name")
    hosts: Hosts | None = field("Hosts that answer for it.", wire="-")
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
    resource_access: list[str] | None = field(
        "Resources of other tenants or services that pass all rules.",
        wire="networkAcls.resourceAccessRules[].resourceId",
    )
    shared_key_access: bool | None = field(
        "Its keys open it; so it is where Azure does not say.", wire="allowSharedKeyAccess"
    )
    blob_public_access: bool | None = field(
        "Containers may be public; null where Azure does not say, since the default has changed.",
        wire="allowBlobPublicAccess",
    )
    https_only: bool | None = field("Only HTTPS is answered.", wire="supportsHttpsTrafficOnly")
    minimum_tls_version: str | None = field("Oldest TLS that is answered.")
    default_to_oauth: bool | None = field(
        "The portal signs in with Entra ID first.", wire="defaultToOAuthAuthentication"
    )
    cross_tenant_replication: bool | None = field(
        "Accounts of other tenants may copy from it.", wire="allowCrossTenantReplication"
    )
    copy_scope: str | None = field(
        "From where may be copied: AAD or PrivateLink; empty is from everywhere.",
        wire="allowedCopyScope",
    )
    hierarchical_namespace: bool | None = field("It is a data lake.", wire="isHnsEnabled")
    sftp: bool | None = field("It answers SFTP.", wire="isSftpEnabled")
    local_users: bool | None = field("It has users of its own.", wire="isLocalUserEnabled")
    key_source: str | None = field("Whose key encrypts it.", wire="encryption.keySource")
    encryption_identity: str | None = field(
        "Identity that reads the key, by id; empty is its own.",
        wire="encryption.identity.userAssignedIdentity",
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey", by="key_uri", rel="ENCRYPTED_BY", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the account, whose key and hosts ARM tells in parts."""
        vault = (raw.get("encryption") or {}).get("keyvaultproperties") or {}
        key = ""
        if vault.get("keyvaulturi") and vault.get("keyname"):
            key = f"{vault['keyvaulturi'].rstrip('/')}/keys/{vault['keyname']}"
        endpoints = raw.get("primaryEndpoints") or {}
        hosts = sorted(endpoints[name] for name in _ENDPOINTS if endpoints.get(name))
        shared = raw.get("allowSharedKeyAccess")
        fields = {
            "encryption_key": key,
            "hosts": hosts,
            "shared_key_access": True if shared is None else shared,
        }
        return super().load(raw, here, **{**fields, **known})


class BlobContainer(Part):
    """A container of blobs (Blob Containers - List)."""

    label = "AzureStorageBlobContainer"
    arm_type = "Microsoft.Storage/storageAccounts/blobServices/containers"
    api_version = _API_VERSION
    collection = "blobServices/default/containers"
    empty_codes = _ABSENT

    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="PART_OF", wire="containedIn"
    )
    public_access: str | None = field(
        "What everyone may read, if the account lets containers be public: None, Blob or Container."
    )
    immutability_policy: bool | None = field(
        "Blobs cannot be changed for some time.", wire="hasImmutabilityPolicy"
    )
    legal_hold: bool | None = field(
        "Blobs cannot be changed until it is lifted.", wire="hasLegalHold"
    )


class FileShare(Part):
    """A file share (File Shares - List)."""

    label = "AzureStorageFileShare"
    arm_type = "Microsoft.Storage/storageAccounts/fileServices/shares"
    api_version = _API_VERSION
    collection = "fileServices/default/shares"
    empty_codes = _ABSENT

    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="PART_OF", wire="containedIn"
    )
    enabled_protocols: str | None = field("SMB or NFS.")


class StorageQueue(Part):
    """A queue (Queue - List)."""

    label = "AzureStorageQueue"
    arm_type = "Microsoft.Storage/storageAccounts/queueServices/queues"
    api_version = _API_VERSION
    collection = "queueServices/default/queues"
    empty_codes = _ABSENT

    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="PART_OF", wire="containedIn"
    )


class StorageTable(Part):
    """A table (Table - List)."""

    label = "AzureStorageTable"
    arm_type = "Microsoft.Storage/storageAccounts/tableServices/tables"
    api_version = _API_VERSION
    collection = "tableServices/default/tables"
    empty_codes = _ABSENT

    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="PART_OF", wire="containedIn"
    )


class Storage(AzureCollector):
    """Storage accounts and what they hold."""

    service = "storage"

    storage_accounts = listing(StorageAccount, BlobContainer, FileShare, StorageQueue, StorageTable)
