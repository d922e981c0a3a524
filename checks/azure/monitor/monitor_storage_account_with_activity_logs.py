"""Storage accounts that a subscription's activity log goes to."""

from ...check import Category, Check, Cypher, Severity

_WHICH = "{target}, which {resource} sends the activity log to,"


def _check(
    name: str,
    category: Category,
    title: str,
    what: str,
    why: str,
    remediation: str,
    ends: tuple[str, str],
    passed: str,
) -> Check:
    return Check(
        id=f"monitor_storage_account_with_activity_logs_{name}",
        title=title,
        provider="azure",
        service="monitor",
        severity=Severity.HIGH,
        categories=(Category.LOGGING, category),
        resource="AzureDiagnosticSetting",
        what=(
            f"{what} The account is the one that a diagnostic setting of a subscription names by "
            "id, in whatever subscription it lies; one that was not scanned or could not be read "
            "is MANUAL."
        ),
        why=why,
        remediation=remediation,
        passes=f"{_WHICH} {ends[0]}.",
        fails=f"{_WHICH} {ends[1]}.",
        rule=Cypher(f"""
            MATCH (resource:AzureDiagnosticSetting)-[:AUDITS]->(:AzureSubscription)
            MATCH (resource)-[:LOGS_TO]->(target:AzureStorageAccount)
            RETURN resource, target, {passed} AS passed
        """),
        references=("https://learn.microsoft.com/azure/azure-monitor/platform/activity-log",),
    )


family = (
    _check(
        "is_private",
        Category.EXPOSURE,
        "Storage accounts that keep activity logs let no container be public",
        "The account forbids public containers (`allowBlobPublicAccess` is false). Where Azure "
        "does not say, it is MANUAL, since accounts made before the default changed may allow "
        "them.",
        "The activity log names administrators, resources and their weak points.",
        "az storage account update --name ACCOUNT --allow-blob-public-access false",
        ("lets no container be public", "lets containers be public"),
        "NOT target.blob_public_access",
    ),
    _check(
        "cmk_encrypted",
        Category.ENCRYPTION,
        "Storage accounts that keep activity logs are encrypted with a key of your own",
        "The account's key lies in a key vault (`keySource` is Microsoft.Keyvault).",
        "With a key of your own you decide who can read the log, and can take it away from all.",
        "az storage account update --name ACCOUNT --encryption-key-source Microsoft.Keyvault "
        "--encryption-key-vault URI --encryption-key-name KEY",
        ("is encrypted with a key of your own", "is encrypted with a key of Microsoft's"),
        "toLower(target.key_source) = 'microsoft.keyvault'",
    ),
)
