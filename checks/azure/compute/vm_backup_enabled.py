"""Virtual machines that are backed up."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="vm_backup_enabled",
    title="Virtual machines are backed up",
    provider="azure",
    service="compute",
    severity=Severity.MEDIUM,
    categories=(Category.BACKUP,),
    resource="AzureVirtualMachine",
    what=(
        "A backup item of a Recovery Services vault of a scanned subscription backs up the "
        "machine, and its protection is not stopped. Machines and items are matched by id, never "
        "by name. Other kinds of copies (snapshots, replicas, backup vaults of disks) do not "
        "count."
    ),
    why="What ransomware or a mistake deletes is gone, if there is no copy.",
    remediation=(
        "az backup protection enable-for-vm --resource-group GROUP --vault-name VAULT --vm VM "
        "--policy-name POLICY"
    ),
    passes="{resource} is backed up.",
    fails="{resource} is not backed up.",
    rule=Cypher("""
        MATCH (resource:AzureVirtualMachine)
        OPTIONAL MATCH (item:AzureBackupItem)-[:BACKS_UP]->(resource)
        WHERE item.protection_state <> 'ProtectionStopped'
        RETURN resource, item, item.id IS NOT NULL AS passed
    """),
    fail_requires_listing=("AzureBackupItem",),
    references=("https://learn.microsoft.com/azure/backup/backup-azure-vms-introduction",),
)
