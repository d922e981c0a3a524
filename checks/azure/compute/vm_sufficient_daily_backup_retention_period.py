"""Daily backups of virtual machines that are kept for some time."""

from ...check import Check, Cypher, Severity

_DAYS = 7

check = Check(
    id="vm_sufficient_daily_backup_retention_period",
    title="Daily backups of virtual machines are kept for at least 7 days",
    provider="azure",
    service="compute",
    severity=Severity.MEDIUM,
    resource="AzureVirtualMachine",
    what=(
        "The policy of the machine's backup item, in a Recovery Services vault of a scanned "
        f"subscription, keeps daily backups for at least {_DAYS} days. A policy without daily "
        "backups fails. Machines and items are matched by id, never by name. Machines that "
        "nothing backs up get no verdict: vm_backup_enabled judges them."
    ),
    why=(
        "Ransomware and mistakes are often noticed after days; by then the last good backup may "
        "be gone."
    ),
    remediation=(
        "az backup policy set --resource-group GROUP --vault-name VAULT --name POLICY --policy "
        "POLICY.json, with retentionPolicy.dailySchedule.retentionDuration.count of 7 or more"
    ),
    passes="{target} keeps daily backups of {resource} for {days} days.",
    fails="{target} keeps daily backups of {resource} for {days} days.",
    rule=Cypher(
        """
        MATCH (item:AzureBackupItem)-[:BACKS_UP]->(resource:AzureVirtualMachine)
        MATCH (item)-[:HAS_POLICY]->(target:AzureBackupPolicy)
        WHERE item.protection_state <> 'ProtectionStopped'
        RETURN resource, target, item, target.daily_retention_days AS days,
               target.daily_retention_days >= $days AS passed
        """,
        {"days": _DAYS},
    ),
    pass_requires_listing=("AzureBackupItem",),
    references=("https://learn.microsoft.com/azure/backup/backup-azure-arm-vms-prepare",),
)
