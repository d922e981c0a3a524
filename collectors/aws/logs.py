"""Amazon CloudWatch Logs: log groups, what is made of their events, and who may write to them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, function_arn, metric_arn
from .session import AWSApi


class LogGroup(AWSResource):
    """A log group (DescribeLogGroups)."""

    label = "AWSLogGroup"
    identity = "arn:{partition}:logs:{region}:{account}:log-group:{name}"
    wire_case = "camel"

    id: str = field("ARN, without the `:*` that stands for its streams.", wire="logGroupArn")
    name: str | None = field("Name.", wire="logGroupName")
    creation_time: Timestamp | None = field("When it was made.")
    retention_in_days: int | None = field("Days until events are deleted; 0 keeps them forever.")
    log_group_class: str | None = field("STANDARD, INFREQUENT_ACCESS or DELIVERY.")
    kms_key_id: str | None = ref("AWSKMSKey", by="id", rel="ENCRYPTED_BY")
    data_protection_status: str | None = field("State of its data protection policy, if any.")
    deletion_protection_enabled: bool | None = field("Cannot be deleted while this is set.")


class MetricFilter(AWSResource):
    """A filter that turns matching events into a metric (DescribeMetricFilters)."""

    label = "AWSLogMetricFilter"
    identity = "arn:{partition}:logs:{region}:{account}:log-group:{log_group_name}:filter:{name}"
    wire_case = "camel"

    id: str = field("The filter within its log group.")
    name: str | None = field("Name.", wire="filterName")
    log_group_name: str | None = ref("AWSLogGroup", by="name", rel="READS_FROM")
    filter_pattern: str | None = field("What an event must match.")
    metrics: list[str] | None = ref("AWSCloudWatchMetric", by="id", rel="DELIVERS_TO")
    metric_value: str | None = field(
        "What an event counts for: a number, or the property of the event that holds it.", wire="-"
    )
    metric_dimensions: list[str] | None = field(
        "Dimensions of the metric, as `name=property of the event`.", wire="-"
    )
    creation_time: Timestamp | None = field("When it was made.")


class SubscriptionFilter(AWSResource):
    """A filter that streams matching events elsewhere (DescribeSubscriptionFilters)."""

    label = "AWSLogSubscriptionFilter"
    identity = (
        "arn:{partition}:logs:{region}:{account}:log-group:{log_group_name}:subscription:{name}"
    )
    wire_case = "camel"

    id: str = field("The subscription within its log group.")
    name: str | None = field("Name.", wire="filterName")
    log_group_name: str | None = ref("AWSLogGroup", by="name", rel="READS_FROM")
    filter_pattern: str | None = field("What an event must match; empty for every event.")
    destination_arn: str | None = ref(("AWSLambda", "UnknownResource"), by="id", rel="DELIVERS_TO")
    role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    creation_time: Timestamp | None = field("When it was made.")


class ResourcePolicy(AWSResource):
    """A policy that lets services or accounts write to log groups (DescribeResourcePolicies)."""

    label = "AWSLogResourcePolicy"
    identity = "arn:{partition}:logs:{region}:{account}:resource-policy:{name}"
    wire_case = "camel"

    id: str = field("The policy within its region.")
    name: str | None = field("Name.", wire="policyName")
    policy_document: Document | None = field("The policy.")


class Logs(AWSCollector):
    """Log groups with their filters."""

    service = "logs"
    permissions = (
        "logs:DescribeLogGroups",
        "logs:DescribeMetricFilters",
        "logs:DescribeResourcePolicies",
        "logs:DescribeSubscriptionFilters",
    )

    @lists(LogGroup, SubscriptionFilter)
    def log_groups(self, api: AWSApi) -> Iterator[LogGroup | SubscriptionFilter]:
        """Log groups, and the subscriptions of each."""
        names = []
        for raw in api.pages("describe_log_groups", "logGroups"):
            names.append(raw["logGroupName"])
            yield LogGroup.load(
                raw,
                api.here,
                id=raw["arn"].removesuffix(":*"),
                creation_time=_moment(raw),
                retention_in_days=raw.get("retentionInDays", 0),
                deletion_protection_enabled=raw.get("deletionProtectionEnabled", False),
            )

        def subscriptions(name: str) -> list[dict[str, Any]]:
            return list(
                api.pages(
                    "describe_subscription_filters",
                    "subscriptionFilters",
                    lists=SubscriptionFilter,
                    logGroupName=name,
                )
            )

        for raws in api.each(subscriptions, names):
            for raw in raws:
                yield SubscriptionFilter.load(
                    raw,
                    api.here,
                    destination_arn=function_arn(raw["destinationArn"]),
                    creation_time=_moment(raw),
                )

    @lists(MetricFilter)
    def metric_filters(self, api: AWSApi) -> Iterator[MetricFilter]:
        """The metric filters of all log groups."""
        for raw in api.pages("describe_metric_filters", "metricFilters"):
            made = raw["metricTransformations"]
            yield MetricFilter.load(
                raw,
                api.here,
                metrics=[
                    metric_arn(api.here, one["metricNamespace"], one["metricName"]) for one in made
                ],
                # A filter has one metric; the API's list is from before that was decided.
                metric_value=made[0]["metricValue"] if made else "",
                metric_dimensions=[
                    f"{name}={selector}"
                    for one in made[:1]
                    for name, selector in sorted(one.get("dimensions", {}).items())
                ],
                creation_time=_moment(raw),
            )

    @lists(ResourcePolicy)
    def resource_policies(self, api: AWSApi) -> Iterator[ResourcePolicy]:
        """The policies of this region."""
        for raw in api.pages("describe_resource_policies", "resourcePolicies"):
            yield ResourcePolicy.load(raw, api.here)


def _moment(raw: dict[str, Any]) -> datetime | None:
    """The creation time, which this service alone tells in milliseconds."""
    stamp = raw.get("creationTime")
    return None if stamp is None else datetime.fromtimestamp(stamp / 1000, UTC)
