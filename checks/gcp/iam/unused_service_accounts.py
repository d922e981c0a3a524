"""Service accounts, and keys of theirs, that nobody uses."""

from ...check import Category, Check, Cypher, Severity

_MEASURED = (
    "Cloud Monitoring counts when a sign-in was made; how far back it keeps the counts limits what "
    "is seen. One that was made in that time and not used yet fails, too; where the counts could "
    "not be read the verdict is MANUAL."
)

family = (
    Check(
        id="iam_service_account_unused",
        title="Service accounts are used",
        provider="gcp",
        service="iam",
        severity=Severity.MEDIUM,
        categories=(Category.IDENTITY, Category.UNUSED),
        resource="GCPServiceAccount",
        what=(
            "Somebody signed in as the account in the last 180 days, or it is disabled. "
            + _MEASURED
        ),
        why="Nobody misses what an attacker does with an account that nobody uses.",
        remediation="gcloud iam service-accounts disable ADDRESS",
        passes="{resource} is used, or disabled.",
        fails="Nobody has used {resource} in the last 180 days.",
        rule=Cypher("""
            MATCH (resource:GCPServiceAccount)
            RETURN resource,
                   CASE WHEN resource.disabled THEN true ELSE resource.used END AS passed
        """),
        references=("https://docs.cloud.google.com/iam/docs/service-account-monitoring",),
    ),
    Check(
        id="iam_sa_user_managed_key_unused",
        title="User-managed keys of service accounts are used",
        provider="gcp",
        service="iam",
        severity=Severity.MEDIUM,
        categories=(Category.IDENTITY, Category.UNUSED),
        resource="GCPServiceAccountKey",
        what=(
            "Somebody signed in with the key in the last 180 days, or it is disabled. Keys that "
            "Google manages get no verdict. " + _MEASURED
        ),
        why="A key lies in a file somewhere, and anyone who finds it is the account.",
        remediation="gcloud iam service-accounts keys delete KEY --iam-account=ADDRESS",
        passes="{resource} is used, or disabled.",
        fails="Nobody has used {resource} in the last 180 days.",
        rule=Cypher("""
            MATCH (resource:GCPServiceAccountKey)
            WHERE resource.key_type = 'USER_MANAGED'
            RETURN resource,
                   CASE WHEN resource.disabled THEN true ELSE resource.used END AS passed
        """),
        references=("https://docs.cloud.google.com/iam/docs/service-account-monitoring",),
    ),
)
