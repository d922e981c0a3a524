"""Azure Backup and Site Recovery."""

from collections.abc import Mapping
from typing import Any, Self

from ...graph.model import Location, Timestamp, field, ref
from .base import AzureCollector, AzureResource, Identified, PlatformService, VaultUri, listing

_SOURCES = (
    "AzureVirtualMachine",
    "AzureStorageAccount",
    "AzureSQLDatabase",
    "AzurePostgreSQLFlexibleServer",
    "AzureDisk",
    "UnknownResource",
)


class RecoveryServicesVault(PlatformService, Identified):
    """A vault of backups of machines and shares (Resource Graph: resources)."""

    label = "AzureRecoveryServicesVault"
    arm_type = "Microsoft.RecoveryServices/vaults"

    immutability: str | None = field(
        "Whether backups can be deleted before their time: Disabled, Unlocked or Locked; empty is "
        "Disabled.",
        wire="securitySettings.immutabilitySettings.state",
    )
    soft_delete: str | None = field(
        "Whether deleted backups stay for some days: Enabled, Disabled or AlwaysON; empty where "
        "Azure does not say.",
        wire="securitySettings.softDeleteSettings.softDeleteState",
    )
    multi_user_authorization: str | None = field(
        "Enabled if somebody else has to agree.",
        wire="securitySettings.multiUserAuthorization",
    )
    redundancy: str | None = field(
        "Where backups are kept.", wire="redundancySettings.standardTierStorageRedundancy"
    )
    encryption_key: VaultUri | None = ref(
        "AzureKeyVaultKey",
        by="key_uri",
        rel="ENCRYPTED_BY",
        wire="encryption.keyVaultProperties.keyUri",
    )


class BackupItem(AzureResource):
    """What is backed up (Resource Graph: recoveryservicesresources)."""

    label = "AzureBackupItem"
    arm_type = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems"
    table = "recoveryservicesresources"

    vault: str | None = ref("AzureRecoveryServicesVault", by="id", rel="PART_OF", wire="-")
    source: str | None = ref(_SOURCES, by="id", rel="BACKS_UP", wire="sourceResourceId")
    item_type: str | None = field("Kind of what is backed up.", wire="protectedItemType")
    protection_state: str | None = field("Protected, ProtectionStopped and others.")
    policy: str | None = field("Backup policy, by id.", wire="policyId")
    last_recovery_point: Timestamp | None = field(
        "When it was last backed up.", wire="lastRecoveryPoint"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the item, whose id tells the vault."""
        vault = raw["id"].lower().partition("/backupfabrics/")[0]
        return super().load(raw, here, **{"vault": vault, **known})


class RecoveryServices(AzureCollector):
    """Vaults of backups of machines and shares."""

    service = "recoveryservices"

    vaults = listing(RecoveryServicesVault)
    backup_items = listing(BackupItem)
