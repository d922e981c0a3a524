"""Metrics of logs, their alert policies and channels, and whether somebody is notified."""

from typing import Any

import pytest
from clew.checks.gcp.logging.logging_log_metric_filter_and_alert import family
from clew.collectors.gcp.logging_ import LogBucket, LogMetric, LogSink
from clew.collectors.gcp.monitoring import AlertPolicy, NotificationChannel
from clew.graph.model import Resource
from support.gcp_estates import (
    ORGANIZATION,
    OTHER,
    PROJECT,
    TREE,
    estate,
    organization,
    project,
    resource,
)
from support.judging import judge, verdicts

ROUTES = "logging_log_metric_filter_and_alert_for_vpc_network_route_changes_enabled"
LOGGING, MONITORING = "//logging.googleapis.com", "//monitoring.googleapis.com"
UNKNOWN = ("MANUAL", "UNREADABLE_FIELD")
FILTERS = {
    # As the CIS benchmark has them.
    "project_ownership_changes": """(protoPayload.serviceName="cloudresourcemanager.googleapis.com")
        AND (ProjectOwnership OR projectOwnerInvitee)
        OR (protoPayload.serviceData.policyDelta.bindingDeltas.action="REMOVE"
        AND protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner")
        OR (protoPayload.serviceData.policyDelta.bindingDeltas.action="ADD"
        AND protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner")""",
    "audit_configuration_changes": 'protoPayload.methodName="SetIamPolicy" AND '
    "protoPayload.serviceData.policyDelta.auditConfigDeltas:*",
    "custom_role_changes": 'resource.type="iam_role" AND (protoPayload.methodName='
    '"google.iam.admin.v1.CreateRole" OR protoPayload.methodName="google.iam.admin.v1.DeleteRole" '
    'OR protoPayload.methodName="google.iam.admin.v1.UpdateRole")',
    "vpc_firewall_rule_changes": 'resource.type="gce_firewall_rule" AND (protoPayload.methodName:'
    '"compute.firewalls.patch" OR protoPayload.methodName:"compute.firewalls.insert" OR '
    'protoPayload.methodName:"compute.firewalls.delete")',
    "vpc_network_route_changes": 'resource.type="gce_route" AND (protoPayload.methodName:'
    '"compute.routes.delete" OR protoPayload.methodName:"compute.routes.insert")',
    "vpc_network_changes": 'resource.type="gce_network" AND (protoPayload.methodName:'
    '"compute.networks.insert" OR protoPayload.methodName:"compute.networks.patch" OR '
    'protoPayload.methodName:"compute.networks.delete" OR protoPayload.methodName:'
    '"compute.networks.removePeering" OR protoPayload.methodName:"compute.networks.addPeering")',
    "bucket_permission_changes": "resource.type=gcs_bucket AND "
    'protoPayload.methodName="storage.setIamPermissions"',
    "sql_instance_configuration_changes": 'protoPayload.methodName="cloudsql.instances.update"',
    "compute_configuration_changes": 'protoPayload.serviceName="compute.googleapis.com"',
}


def watched(query: str | None, account: str = PROJECT, **fields: Any) -> list[Resource]:
    """A project with a metric, whose policy notifies a channel."""
    metric = f"{LOGGING}/projects/{account}/metrics/m"
    channel = f"{MONITORING}/projects/{account}/notificationChannels/c"
    known = {"disabled": False, "bucket": "", "on": True, "channel": True, "channels": [channel]}
    known |= fields
    return [
        project(account),
        resource(
            LogMetric,
            metric,
            account=account,
            filter=query,
            disabled=known["disabled"],
            bucket=known["bucket"],
        ),
        resource(
            AlertPolicy,
            f"{MONITORING}/projects/{account}/alertPolicies/a",
            account=account,
            enabled=known["on"],
            log_metrics=known.get("log_metrics", [metric]),
            channels=known["channels"],
        ),
        resource(NotificationChannel, channel, account=account, enabled=known["channel"]),
    ]


@pytest.mark.parametrize("check", family, ids=lambda each: each.id)
def test_the_benchmarks_own_filter_is_enough_and_another_is_not(check: Any) -> None:
    (kind,) = [each for each in FILTERS if f"_for_{each}_" in check.id]
    resources = [*watched(FILTERS[kind]), *watched('resource.type="other"', OTHER)]
    assert verdicts(check.id, estate(*resources)) == {PROJECT: "PASS", OTHER: "FAIL"}


@pytest.mark.parametrize(
    ("query", "fields", "expected"),
    [
        ("resource.type=gce_route", {}, "PASS"),
        ("compute.routes.insert", {}, "FAIL"),
        ("resource.type=gce_route AND severity>=NOTICE", {}, UNKNOWN),
        (None, {}, UNKNOWN),
        ("resource.type=gce_route", {"disabled": True}, "FAIL"),
        ("resource.type=gce_route", {"on": False}, "FAIL"),
        ("resource.type=gce_route", {"on": None}, UNKNOWN),
        ("resource.type=gce_route", {"channel": False}, "FAIL"),
        ("resource.type=gce_route", {"channels": []}, "FAIL"),
        ("resource.type=gce_route", {"log_metrics": []}, "FAIL"),
    ],
)
def test_each_link_of_the_chain_counts(query: str | None, fields: Any, expected: Any) -> None:
    assert verdicts(ROUTES, estate(*watched(query, **fields)))[PROJECT] == expected


def test_several_metrics_may_share_the_work_and_what_is_left_is_named() -> None:
    (found,) = judge(ROUTES, estate(*watched("protoPayload.methodName:routes.insert")))
    assert "compute.routes.delete" in found.message
    assert "compute.routes.insert" not in found.message


def test_what_could_not_be_listed_is_no_fail() -> None:
    for label in ("GCPLogMetric", "GCPAlertPolicy", "GCPNotificationChannel"):
        found = verdicts(ROUTES, estate(project(PROJECT), unread=[label]))
        assert found[PROJECT][0] == "MANUAL", label


def test_a_metric_in_another_project_counts_what_an_aggregated_sink_sends_there() -> None:
    def sent(query: str, children: bool = True) -> Any:
        bucket = f"{LOGGING}/projects/{OTHER}/locations/global/buckets/all"
        return verdicts(
            ROUTES,
            estate(
                organization(),
                project(PROJECT),
                *watched("resource.type=gce_route", OTHER, bucket=bucket),
                resource(LogBucket, bucket, account=OTHER),
                resource(
                    LogSink,
                    f"{LOGGING}/organizations/1/sinks/all",
                    account="organizations/1",
                    scope=ORGANIZATION,
                    destination=bucket,
                    filter=query,
                    disabled=False,
                    include_children=children,
                ),
            ),
        )[PROJECT]

    assert sent("") == "PASS"
    assert sent('log_id("cloudaudit.googleapis.com/activity")') == "PASS"
    assert sent("resource.type=gce_instance") == "FAIL"
    assert sent("severity>=ERROR") == UNKNOWN
    assert sent("", children=False) == "FAIL"


def test_a_log_bucket_that_nobody_scanned_may_have_such_a_metric() -> None:
    def verdict(bucket: str, query: str = "", **scan: Any) -> Any:
        sink = resource(
            LogSink,
            f"{LOGGING}/projects/{PROJECT}/sinks/s",
            destination=bucket,
            filter=query,
            disabled=False,
        )
        return verdicts(ROUTES, estate(project(PROJECT), sink, **scan))[PROJECT]

    elsewhere = f"{LOGGING}/projects/elsewhere/locations/global/buckets/all"
    assert verdict(elsewhere) == UNKNOWN
    assert verdict(elsewhere, "resource.type=gce_instance") == "FAIL"
    there = f"{LOGGING}/projects/{OTHER}/locations/global/buckets/gone"
    assert verdict(there) == "FAIL"


def test_a_policy_in_another_project_may_watch_the_metric() -> None:
    resources = [
        *watched("resource.type=gce_route", log_metrics=[]),
        resource(
            AlertPolicy,
            f"{MONITORING}/projects/{OTHER}/alertPolicies/a",
            account=OTHER,
            enabled=True,
            log_metrics=[f"{LOGGING}/projects/{OTHER}/metrics/m"],
            channels=[],
        ),
    ]
    assert verdicts(ROUTES, estate(*resources))[PROJECT] == UNKNOWN


def test_nobody_fails_below_a_folder_that_was_not_read() -> None:
    """A sink above it may send the events to a log bucket with such a metric."""
    found = estate(organization(), project(PROJECT, f"{TREE}folders/9"))
    assert verdicts(ROUTES, found)[PROJECT][0] == "MANUAL"
    found = estate(organization(), project(PROJECT, ORGANIZATION))
    assert verdicts(ROUTES, found) == {PROJECT: "FAIL"}
