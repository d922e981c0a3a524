"""Service accounts that can escalate to an administrator of a project."""

from ...check import Category, Check, Severity
from ...path_rule import PathRule, any_admin_of

check = Check(
    id="paths_service_account_to_project_admin",
    title="No attack path from a service account to an administrator of a project",
    provider="gcp",
    service="paths",
    severity=Severity.HIGH,
    categories=(Category.ATTACK_PATHS,),
    resource="GCPServiceAccount",
    what=(
        "No attack path leads from a service account that is not an administrator of a project to "
        "a principal that is: over impersonation and its chains, keys, workloads that run as "
        "service accounts, custom roles, pools and deny policies, across all that was scanned. "
        "Administrators and disabled accounts get no verdict, nor do users, who belong to no "
        "project: clew paths --to admin lists their paths. A path that depends on a condition no "
        "scan can know, or on something unread, is MANUAL and named."
    ),
    why=(
        "The account's credentials are then as good as an administrator's, while they lie on "
        "machines, in pipelines and in key files."
    ),
    remediation=(
        "Take away the role of the first step, or grant it on single resources instead of the "
        "project: clew paths --from ID --to admin names what it rests on"
    ),
    passes="No attack path from {resource} to an administrator of a project.",
    fails="Attack path from {resource} to an administrator of a project: {path}.",
    rule=PathRule("principal", any_admin_of("GCPProject")),
    references=("https://cloud.google.com/iam/docs/best-practices-service-accounts",),
)
