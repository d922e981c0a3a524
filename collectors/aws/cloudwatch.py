"""Amazon CloudWatch: alarms, what they watch and whom they tell."""

import re
from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, Location, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, function_arn, metric_arn
from .session import AWSApi

_ACTIONS = ("AWSSNSTopic", "AWSLambda", "UnknownResource")


class Metric(AWSResource):
    """A metric that an alarm watches, without regard to its dimensions (DescribeAlarms)."""

    label = "AWSCloudWatchMetric"
    identity = "arn:{partition}:cloudwatch:{region}:{account}:metric/{namespace}|{name}"

    id: str = field("Namespace and name within account and region.")
    name: str | None = field("Name.", wire="MetricName")
    namespace: str | None = field("Namespace; those of AWS's own metrics begin with `AWS/`.")


class Alarm(AWSResource):
    """An alarm on metrics (DescribeAlarms)."""

    label = "AWSCloudWatchAlarm"
    identity = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"

    id: str = field("ARN.", wire="AlarmArn")
    name: str | None = field("Name.", wire="AlarmName")
    actions_enabled: bool | None = field("Its actions run when the state changes.")
    alarm_actions: list[str] | None = ref(_ACTIONS, by="id", rel="NOTIFIES")
    ok_actions: list[str] | None = ref(_ACTIONS, by="id", rel="NOTIFIES", wire="OKActions")
    insufficient_data_actions: list[str] | None = ref(_ACTIONS, by="id", rel="NOTIFIES")
    automation: list[str] | None = field(
        "Built-in actions it takes on an instance when it fires: stop, reboot and the like."
    )
    metrics: list[str] | None = ref("AWSCloudWatchMetric", by="id", rel="WATCHES")
    watched: list[str] | None = ref(
        (
            "AWSEC2Instance",
            "AWSLambda",
            "AWSSQSQueue",
            "AWSSNSTopic",
            "AWSDynamoDBTable",
            "AWSRDSInstance",
            "AWSS3Bucket",
            "AWSLoadBalancerV2",
            "AWSLoadBalancer",
        ),
        by="id",
        rel="WATCHES",
    )
    dimensions: list[str] | None = field("Dimensions of the metrics, as `name=value`.", wire="-")
    comparison_operator: str | None = field("How the metric is compared to the threshold.")
    threshold: float | None = field("What the metric is compared to.")
    statistic: str | None = field("Statistic of the metric; empty for percentiles and expressions.")
    period: int | None = field("Seconds each datapoint stands for; null for expressions.")
    evaluation_periods: int | None = field("How many periods are looked at.")
    treat_missing_data: str | None = field("What missing data counts as; empty means `missing`.")
    state_value: str | None = field("OK, ALARM or INSUFFICIENT_DATA at the time of the scan.")
    alarm_configuration_updated_timestamp: Timestamp | None = field("When it was last changed.")


class CompositeAlarm(AWSResource):
    """An alarm on the state of other alarms (DescribeAlarms)."""

    label = "AWSCloudWatchCompositeAlarm"
    identity = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"

    id: str = field("ARN.", wire="AlarmArn")
    name: str | None = field("Name.", wire="AlarmName")
    actions_enabled: bool | None = field("Its actions run when the state changes.")
    alarm_rule: Document | None = field("The expression over the other alarms' states.")
    alarms: list[str] | None = ref(
        ("AWSCloudWatchAlarm", "AWSCloudWatchCompositeAlarm"), by="id", rel="WATCHES"
    )
    actions_suppressor: str | None = ref(
        ("AWSCloudWatchAlarm", "AWSCloudWatchCompositeAlarm"), by="id", rel="READS_FROM"
    )
    alarm_actions: list[str] | None = ref(_ACTIONS, by="id", rel="NOTIFIES")
    ok_actions: list[str] | None = ref(_ACTIONS, by="id", rel="NOTIFIES", wire="OKActions")
    insufficient_data_actions: list[str] | None = ref(_ACTIONS, by="id", rel="NOTIFIES")
    state_value: str | None = field("OK, ALARM or INSUFFICIENT_DATA at the time of the scan.")


class CloudWatch(AWSCollector):
    """Alarms and the metrics that they watch."""

    service = "cloudwatch"
    permissions = ("cloudwatch:DescribeAlarms",)

    @lists(Alarm, Metric)
    def alarms(self, api: AWSApi) -> Iterator[Alarm | Metric]:
        """Alarms on metrics, and those metrics."""
        seen = set()
        for raw in api.pages("describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]):
            watched = list(_metrics(raw))
            arns = [
                metric_arn(api.here, one["Namespace"], one["MetricName"], account)
                for one, account in watched
            ]
            for arn, (metric, account) in zip(arns, watched, strict=True):
                if arn not in seen:
                    seen.add(arn)
                    yield Metric.load(metric, api.here, id=arn, account=account)
            dimensions = [pair for metric, _ in watched for pair in metric.get("Dimensions", [])]
            yield Alarm.load(
                raw,
                api.here,
                **_actions(raw),
                automation=[a for a in raw.get("AlarmActions", []) if _is_automation(a)],
                metrics=sorted(set(arns)),
                watched=sorted(_resources(watched, api.here)),
                dimensions=sorted({f"{pair['Name']}={pair['Value']}" for pair in dimensions}),
            )

    @lists(CompositeAlarm)
    def composite_alarms(self, api: AWSApi) -> Iterator[CompositeAlarm]:
        """Alarms on alarms."""
        for raw in api.pages("describe_alarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]):
            yield CompositeAlarm.load(
                raw,
                api.here,
                **_actions(raw),
                alarms=sorted(_alarm_arn(name, api.here) for name in _operands(raw["AlarmRule"])),
                actions_suppressor=_alarm_arn(raw.get("ActionsSuppressor", ""), api.here),
            )


def _metrics(raw: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The metrics an alarm is on, each with its account; that is empty for the alarm's own."""
    if "MetricName" in raw:
        yield raw, ""
    for query in raw.get("Metrics", []):
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"], query.get("AccountId", "")


def _is_automation(action: str) -> bool:
    return action.startswith("arn:") and action.split(":")[2] in ("automate", "swf")


def _actions(raw: dict[str, Any]) -> dict[str, list[str]]:
    """What an alarm tells of its changes, without the actions that are no resources."""
    return {
        field_name: [
            function_arn(action) for action in raw.get(wire, []) if not _is_automation(action)
        ]
        for field_name, wire in (
            ("alarm_actions", "AlarmActions"),
            ("ok_actions", "OKActions"),
            ("insufficient_data_actions", "InsufficientDataActions"),
        )
    }


_OWNERS = {
    ("AWS/EC2", "InstanceId"): "ec2:{region}:{account}:instance/{value}",
    ("AWS/Lambda", "FunctionName"): "lambda:{region}:{account}:function:{value}",
    ("AWS/SQS", "QueueName"): "sqs:{region}:{account}:{value}",
    ("AWS/SNS", "TopicName"): "sns:{region}:{account}:{value}",
    ("AWS/DynamoDB", "TableName"): "dynamodb:{region}:{account}:table/{value}",
    ("AWS/RDS", "DBInstanceIdentifier"): "rds:{region}:{account}:db:{value}",
    ("AWS/S3", "BucketName"): "s3:::{value}",
    ("AWS/ApplicationELB", "LoadBalancer"): (
        "elasticloadbalancing:{region}:{account}:loadbalancer/{value}"
    ),
    ("AWS/NetworkELB", "LoadBalancer"): (
        "elasticloadbalancing:{region}:{account}:loadbalancer/{value}"
    ),
    ("AWS/ELB", "LoadBalancerName"): (
        "elasticloadbalancing:{region}:{account}:loadbalancer/{value}"
    ),
}
"""The resource that a dimension of AWS's own metrics stands for."""


def _resources(watched: list[tuple[dict[str, Any], str]], here: Location) -> set[str]:
    """ARNs of the resources whose own metrics are watched."""
    return {
        f"arn:{here.partition}:"
        + _OWNERS[metric["Namespace"], pair["Name"]].format(
            region=here.region, account=account or here.account, value=pair["Value"]
        )
        for metric, account in watched
        for pair in metric.get("Dimensions", [])
        if (metric["Namespace"], pair["Name"]) in _OWNERS
    }


def _operands(rule: str) -> set[str]:
    """The alarms that a composite alarm's rule names, by name or ARN."""
    found = re.findall(r'\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|([^")\s]+))\s*\)', rule)
    return {quoted or bare for quoted, bare in found}


def _alarm_arn(alarm: str, here: Location) -> str:
    """An alarm's ARN, of its name or ARN; empty for no alarm."""
    if not alarm or alarm.startswith("arn:"):
        return alarm
    return f"arn:{here.partition}:cloudwatch:{here.region}:{here.account}:alarm:{alarm}"
