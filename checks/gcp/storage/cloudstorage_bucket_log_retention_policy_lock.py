"""Buckets of logs whose retention can be shortened."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="cloudstorage_bucket_log_retention_policy_lock",
    title="Buckets that logs are sent to have a locked retention policy",
    provider="gcp",
    service="storage",
    severity=Severity.MEDIUM,
    categories=(Category.LOGGING,),
    resource="GCPLoggingSink",
    what=(
        "The bucket that a sink of the project sends logs to has a retention policy, which is "
        "locked. The bucket may lie in another project; one that was not scanned or could not be "
        "read is MANUAL, never left out. Other destinations get no verdict."
    ),
    why="An attacker who breaks in deletes the logs; a lock holds even against owners.",
    remediation=(
        "gcloud storage buckets update gs://BUCKET --retention-period=PERIOD, then "
        "gcloud storage buckets update gs://BUCKET --lock-retention-period, which nobody can undo"
    ),
    passes="{target}, which {resource} sends logs to, keeps them under a locked policy.",
    fails="{target}, which {resource} sends logs to, has no locked retention policy.",
    rule=Cypher("""
        MATCH (resource:GCPLoggingSink)-[:LOGS_TO]->(target:GCPBucket)
        RETURN resource, target, target.retention_locked AS passed
    """),
    references=("https://docs.cloud.google.com/storage/docs/bucket-lock",),
)
