"""Azure Backup and Site Recovery."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
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


_DURATION: Shape = {"count": int, "durationType": str}
_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}


class BackupPolicy(AzureResource):
    """How often a vault backs up, and for how long it keeps what it has (Resource Graph:
    recoveryservicesresources)."""

    label = "AzureBackupPolicy"
    arm_type = "Microsoft.RecoveryServices/vaults/backupPolicies"
    table = "recoveryservicesresources"
    shape: ClassVar[Shape] = {
        "schedulePolicy": {"scheduleRunFrequency": str},
        "retentionPolicy": {
            "retentionDuration": _DURATION,
            "dailySchedule": {"retentionDuration": _DURATION},
        },
    }

    vault: str | None = ref(
        "AzureRecoveryServicesVault", by="id", rel="PART_OF", wire="containedIn"
    )
    workload_type: str | None = field("Kind of what it is for.", wire="backupManagementType")
    daily_retention_days: int | None = field(
        "For how many days daily backups are kept; 0 if there are none.", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the policy out of its schedules; a simple one has a single duration."""
        policy, schedule = raw.get("retentionPolicy"), raw.get("schedulePolicy") or {}
        days = None
        if schedule.get("scheduleRunFrequency") == "Weekly":
            days = 0
        elif policy is not None:
            daily = policy.get("dailySchedule") or policy
            kept = daily.get("retentionDuration") or {}
            unit = _DAYS.get((kept.get("durationType") or "Days").lower())
            days = kept.get("count", 0) * unit if unit else None
        return super().load(raw, here, **{"daily_retention_days": days, **known})


class BackupItem(AzureResource):
    """What is backed up (Resource Graph: recoveryservicesresources)."""

    label = "AzureBackupItem"
    arm_type = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems"
    table = "recoveryservicesresources"

    vault: str | None = ref("AzureRecoveryServicesVault", by="id", rel="PART_OF", wire="-")
    source: str | None = ref(_SOURCES, by="id", rel="BACKS_UP", wire="sourceResourceId")
    item_type: str | None = field("Kind of what is backed up.", wire="protectedItemType")
    protection_state: str | None = field("Protected, ProtectionStopped and others.")
    policy: str | None = ref("AzureBackupPolicy", by="id", rel="HAS_POLICY", wire="policyId")
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
    policies = listing(BackupPolicy)
    backup_items = listing(BackupItem)
