"""Azure Backup of disks, blobs and databases."""

from ...graph.model import field, ref
from .base import AzureCollector, AzureResource, Identified, listing


class BackupVault(Identified):
    """A vault of backups of disks, blobs and databases (Resource Graph: resources)."""

    label = "AzureBackupVault"
    arm_type = "Microsoft.DataProtection/backupVaults"

    immutability: str | None = field(
        "Whether backups can be deleted before their time: Disabled, Unlocked or Locked; empty is "
        "Disabled.",
        wire="securitySettings.immutabilitySettings.state",
    )
    soft_delete: str | None = field(
        "Whether deleted backups stay for some days: On, Off or AlwaysOn; empty where Azure does "
        "not say.",
        wire="securitySettings.softDeleteSettings.state",
    )
    resource_guards: list[str] | None = field(
        "What has to agree to dangerous operations.", wire="resourceGuardOperationRequests"
    )


class BackupInstance(AzureResource):
    """What is backed up (Resource Graph: recoveryservicesresources)."""

    label = "AzureBackupInstance"
    arm_type = "Microsoft.DataProtection/backupVaults/backupInstances"
    table = "recoveryservicesresources"

    vault: str | None = ref("AzureBackupVault", by="id", rel="PART_OF", wire="containedIn")
    source: str | None = ref(
        (
            "AzureDisk",
            "AzureStorageAccount",
            "AzurePostgreSQLFlexibleServer",
            "AzureKubernetesCluster",
        ),
        by="id",
        rel="BACKS_UP",
        wire="dataSourceInfo.resourceID",
    )
    protection_state: str | None = field("Whether it works.", wire="currentProtectionState")


class DataProtection(AzureCollector):
    """Vaults of backups of disks, blobs and databases."""

    service = "dataprotection"

    vaults = listing(BackupVault)
    backup_instances = listing(BackupInstance)
