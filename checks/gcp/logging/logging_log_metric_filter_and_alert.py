"""Events in a project that somebody must be notified of: one rule, nine kinds of event."""

from collections.abc import Iterable
from typing import Any

from ...check import Category, Check, Severity
from .alerting import RESTS_ON, Sample, alerted

_PREFIX = "logging_log_metric_filter_and_alert_for_"


def _event(
    says: str, service: str, method: str, resource: str, log: str = "activity", **more: Any
) -> Sample:
    """A call as Cloud Audit Logs write it."""
    return Sample(
        says,
        {
            "logName": f"projects/example/logs/cloudaudit.googleapis.com%2F{log}",
            "insertId": "example",
            "severity": "NOTICE",
            "resource": {"type": resource, "labels": {"project_id": "example"}},
            "protoPayload": {
                "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                "serviceName": f"{service}.googleapis.com",
                "methodName": method,
                "status": {},
                "authenticationInfo": {"principalEmail": "somebody@example.com"},
                **more,
            },
        },
    )


def _owner(says: str, action: str) -> Sample:
    delta = {"action": action, "role": "roles/owner", "member": "user:somebody@example.com"}
    return _event(
        says,
        "cloudresourcemanager",
        "SetIamPolicy",
        "project",
        serviceData={"policyDelta": {"bindingDeltas": [delta]}},
    )


def _calls(
    service: str, resource: str, prefix: str, *verbs: str, log: str = "activity"
) -> tuple[Sample, ...]:
    return tuple(
        _event(f"{prefix.rpartition('v1.')[2]}{each}", service, f"{prefix}{each}", resource, log)
        for each in verbs
    )


def _check(id_: str, subject: str, why: str, samples: Iterable[Sample]) -> Check:
    events = tuple(samples)
    return Check(
        id=f"{_PREFIX}{id_}_enabled",
        title=f"Somebody is notified of {subject}",
        provider="gcp",
        service="logging",
        severity=Severity.MEDIUM,
        categories=(Category.MONITORING,),
        resource="GCPProject",
        what=(
            f"A metric of Cloud Logging counts each kind of event "
            f"({', '.join(each.says for each in events)}) in the project, an alert policy that is "
            "on watches the metric, and a notification channel that is on is notified. The metric "
            "counts what its own project logs, or lies on a log bucket that a sink of the project, "
            "its folders or its organization sends the events to. Filters are evaluated on such "
            "events, so their wording does not matter, and several metrics may share the work; "
            "what of a filter is not understood is MANUAL. From which count on the policy raises "
            "an alarm is not judged."
        ),
        why=why,
        remediation=(
            "gcloud logging metrics create NAME --description=TEXT --log-filter=FILTER, then "
            "gcloud monitoring policies create with a notification channel on "
            "logging.googleapis.com/user/NAME"
        ),
        passes=f"Somebody is notified of {subject} in {{resource}}.",
        fails=f"Nobody is notified of {subject} in {{resource}}: {{silent}}.",
        rule=alerted(events),
        fail_requires_listing=RESTS_ON,
        references=("https://docs.cloud.google.com/logging/docs/alerting/log-based-alerts",),
    )


family = (
    _check(
        "project_ownership_changes",
        "changes of who owns the project",
        "An owner may do anything, and can make itself hard to remove.",
        (_owner("an owner is added", "ADD"), _owner("an owner is removed", "REMOVE")),
    ),
    _check(
        "audit_configuration_changes",
        "changes of what is audited",
        "An attacker who wants to go unseen switches the logs of data access off first.",
        (
            _event(
                "what is audited changes",
                "cloudresourcemanager",
                "SetIamPolicy",
                "project",
                serviceData={
                    "policyDelta": {
                        "auditConfigDeltas": [
                            {
                                "action": "REMOVE",
                                "service": "allServices",
                                "logType": "DATA_READ",
                            }
                        ]
                    }
                },
            ),
        ),
    ),
    _check(
        "custom_role_changes",
        "changes of custom roles",
        "A permission that is added to a role goes to all who hold it, and no binding changes.",
        _calls(
            "iam",
            "iam_role",
            "google.iam.admin.v1.",
            "CreateRole",
            "UpdateRole",
            "DeleteRole",
        ),
    ),
    _check(
        "vpc_firewall_rule_changes",
        "changes of firewall rules",
        "One rule opens a network to the internet.",
        _calls(
            "compute", "gce_firewall_rule", "v1.compute.firewalls.", "insert", "patch", "delete"
        ),
    ),
    _check(
        "vpc_network_route_changes",
        "changes of routes",
        "A route can lead traffic through an instance that reads it, or out of the network.",
        _calls("compute", "gce_route", "v1.compute.routes.", "insert", "delete"),
    ),
    _check(
        "vpc_network_changes",
        "changes of networks",
        "A peering joins a network with another, no matter who owns that.",
        _calls(
            "compute",
            "gce_network",
            "v1.compute.networks.",
            "insert",
            "patch",
            "delete",
            "addPeering",
            "removePeering",
        ),
    ),
    _check(
        "bucket_permission_changes",
        "changes of who may use buckets",
        "A bucket is made public by one binding.",
        _calls("storage", "gcs_bucket", "storage.", "setIamPermissions"),
    ),
    _check(
        "sql_instance_configuration_changes",
        "changes of database instances",
        "One change opens a database to all addresses, or switches its backups off.",
        _calls("cloudsql", "cloudsql_database", "cloudsql.instances.", "update"),
    ),
    _check(
        "compute_configuration_changes",
        "changes of instances",
        "Metadata that is set on an instance runs there as its administrator.",
        _calls(
            "compute",
            "gce_instance",
            "v1.compute.instances.",
            "insert",
            "setMetadata",
            "setServiceAccount",
            "delete",
        ),
    ),
)
