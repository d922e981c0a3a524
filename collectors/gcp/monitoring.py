"""Cloud Monitoring: alert policies and notification channels."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import KeyValues, Location, field, ref
from ..shape import Shape
from .base import AssetResource, GCPCollector, listing

_OF_LOGS = re.compile(r"logging\.googleapis\.com/user/([^\"'\s)]+)")
_CONDITIONS = (
    "conditionAbsent",
    "conditionMatchedLog",
    "conditionMonitoringQueryLanguage",
    "conditionPrometheusQueryLanguage",
    "conditionSql",
    "conditionThreshold",
)
_QUERIES = ("filter", "query")
_METRIC = "//logging.googleapis.com/projects/{account}/metrics/{name}"


class NotificationChannel(AssetResource):
    """Where alarms are sent (projects.notificationChannels.list). Addresses are not kept."""

    label = "GCPNotificationChannel"
    identity = "//monitoring.googleapis.com/projects/{account}/notificationChannels/{channel_id}"
    asset_type = "monitoring.googleapis.com/NotificationChannel"
    path = "monitoring.googleapis.com/v3/projects/{project}/notificationChannels"

    tags: KeyValues | None = field("Labels as `key=value`, sorted.", wire="userLabels")
    name: str | None = field("Display name.", wire="displayName")
    channel_id: str | None = field("Id.", wire="shortName")
    type: str | None = field("email, pagerduty, pubsub, sms, slack, webhook and others.")
    enabled: bool | None = field("Alarms are sent there.")
    verification_status: str | None = field("VERIFIED or UNVERIFIED; empty where none is needed.")


class AlertPolicy(AssetResource):
    """What raises an alarm (projects.alertPolicies.list)."""

    label = "GCPAlertPolicy"
    identity = "//monitoring.googleapis.com/projects/{account}/alertPolicies/{policy_id}"
    asset_type = "monitoring.googleapis.com/AlertPolicy"
    path = "monitoring.googleapis.com/v3/projects/{project}/alertPolicies"
    shape: ClassVar[Shape] = {
        "conditions": [{each: dict.fromkeys(_QUERIES, str) for each in _CONDITIONS}],
        "notificationChannels": [str],
    }

    tags: KeyValues | None = field("Labels as `key=value`, sorted.", wire="userLabels")
    name: str | None = field("Display name.", wire="displayName")
    policy_id: str | None = field("Id.", wire="shortName")
    enabled: bool | None = field("It raises alarms.")
    filters: list[str] | None = field("What its conditions look at, a query each.", wire="-")
    log_metrics: list[str] | None = ref("GCPLogMetric", by="id", rel="WATCHES", wire="-")
    channels: list[str] | None = ref("GCPNotificationChannel", by="id", rel="NOTIFIES", wire="-")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the policy. Metrics of logs are named without their project, which is its own."""
        filters = sorted({*_filters(raw)})
        named = {name for each in filters for name in _OF_LOGS.findall(each)}
        fields = {
            "filters": filters,
            "log_metrics": sorted(
                _METRIC.format(account=here.account, name=each) for each in named
            ),
            "channels": sorted(
                f"//monitoring.googleapis.com/{each}"
                for each in raw.get("notificationChannels") or ()
            ),
        }
        return super().load(raw, here, **fields, **known)


def _filters(raw: Mapping[str, Any]) -> Iterator[str]:
    for condition in raw.get("conditions") or ():
        for kind in _CONDITIONS:
            for key in _QUERIES:
                if found := (condition.get(kind) or {}).get(key):
                    yield found


class Monitoring(GCPCollector):
    """Alert policies and notification channels."""

    service = "monitoring"
    permissions = (
        "cloudasset.assets.listResource",
        "monitoring.alertPolicies.list",
        "monitoring.notificationChannels.list",
        "resourcemanager.projects.get",
    )

    channels = listing(NotificationChannel)
    policies = listing(AlertPolicy)
