"""Daily backups of virtual machines that are kept for some time."""

from ...check import Category, Check, Cypher, Severity

_DAYS = 7

check = Check(
    id="vm_sufficient_daily_backup_retention_period",
    title="Daily backups of virtual machines are kept for at least 7 days",
    provider="azure",
    service="compute",
    severity=Severity.MEDIUM,
    categories=(Category.BACKUP,),
    resource="AzureVirtualMachine",
    what=(
        "A backup item of a Recovery Services vault of a scanned subscription backs up the "
        "machine, its protection is not stopped, and its policy keeps daily backups for at least "
        f"{_DAYS} days. A policy without daily backups fails, and so does a machine that nothing "
        "backs up. Machines and items are matched by id, never by name."
    ),
    why=(
        "Ransomware and mistakes are often noticed after days; by then the last good backup may "
        "be gone."
    ),
    remediation=(
        "az backup policy set --resource-group GROUP --vault-name VAULT --name POLICY --policy "
        "POLICY.json, with retentionPolicy.dailySchedule.retentionDuration.count of 7 or more"
    ),
    passes="Daily backups of {resource} are kept for {days} days.",
    fails="Daily backups of {resource} are kept for {days} days.",
    rule=Cypher(
        """
        MATCH (resource:AzureVirtualMachine)
        OPTIONAL MATCH (item:AzureBackupItem)-[:BACKS_UP]->(resource)
        WHERE item.protection_state <> 'ProtectionStopped'
        OPTIONAL MATCH (item)-[:HAS_POLICY]->(policy:AzureBackupPolicy)
        WITH resource, item, policy,
             CASE WHEN item.id IS NULL THEN 0 ELSE policy.daily_retention_days END AS days
        RETURN resource, item, policy, days, days >= $days AS passed
        """,
        {"days": _DAYS},
    ),
    fail_requires_listing=("AzureBackupItem",),
    references=("https://learn.microsoft.com/azure/backup/backup-azure-arm-vms-prepare",),
)
