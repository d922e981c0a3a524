"""Alarms of the demo estate."""

from pathlib import Path

from clew.collectors.aws.cloudwatch import CloudWatch
from servers.aws_replay import AwsReplay
from support.account_reading import PROD, Reading
from support.collecting import write_estate

ALARM, COMPOSITE, METRIC = (
    "AWSCloudWatchAlarm",
    "AWSCloudWatchCompositeAlarm",
    "AWSCloudWatchMetric",
)
HERE = "us-east-1:111122223333"


def test_an_alarm_names_its_metric_and_whom_it_tells(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, CloudWatch)
    root = read(ALARM, "root-usage")
    assert root.metrics == [f"arn:aws:cloudwatch:{HERE}:metric/Clew/Trail|RootUsage"]
    assert root.alarm_actions == [f"arn:aws:sns:{HERE}:clew-alerts"]
    assert (root.actions_enabled, root.threshold, root.watched) == (True, 1.0, [])
    metric = read(METRIC, "RootUsage")
    assert (metric.id, metric.namespace) == (root.metrics[0], "Clew/Trail")


def test_an_alarm_names_the_resource_whose_metric_it_watches(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, CloudWatch)
    cpu = read(ALARM, "bastion-cpu")
    assert cpu.watched == [f"arn:aws:ec2:{HERE}:instance/i-0a100000000000001"]
    assert cpu.dimensions == ["InstanceId=i-0a100000000000001"]
    # Stopping the instance is no resource to tell.
    assert cpu.alarm_actions == [f"arn:aws:sns:{HERE}:clew-alerts"]
    assert cpu.automation == ["arn:aws:automate:us-east-1:ec2:stop"]
    assert read(ALARM, "dead-letters").watched == [f"arn:aws:sqs:{HERE}:clew-jobs-dlq"]
    assert read(ALARM, "report-errors").watched == [
        "arn:aws:lambda:eu-west-1:111122223333:function:eu-report"
    ]


def test_a_composite_alarm_names_the_alarms_of_its_rule(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    anything = Reading(aws_replay, tmp_path, CloudWatch)(COMPOSITE, "anything")
    assert anything.alarms == [
        f"arn:aws:cloudwatch:{HERE}:alarm:dead-letters",
        f"arn:aws:cloudwatch:{HERE}:alarm:root-usage",
    ]
    assert anything.actions_suppressor == ""


def test_an_expression_over_metrics_of_another_account(tmp_path: Path) -> None:
    stat = {"Metric": {"Namespace": "App", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}
    alarm = {
        "AlarmName": "sum",
        "AlarmArn": f"arn:aws:cloudwatch:{HERE}:alarm:sum",
        "Metrics": [
            {"Id": "own", "MetricStat": stat},
            {"Id": "other", "MetricStat": stat, "AccountId": "444455556666"},
            {"Id": "both", "Expression": "own + other"},
        ],
    }
    answers = [
        {"when": {"AlarmTypes": ["MetricAlarm"]}, "response": {"MetricAlarms": [alarm]}},
        {"when": {"AlarmTypes": ["CompositeAlarm"]}, "response": {"CompositeAlarms": []}},
    ]
    estate = write_estate(tmp_path, {f"{PROD}/us-east-1/cloudwatch": {"DescribeAlarms": answers}})
    with AwsReplay(estate) as server:
        read = Reading(server, tmp_path, CloudWatch, regions=("us-east-1",))
    assert read(ALARM, "sum").metrics == [
        "arn:aws:cloudwatch:us-east-1:111122223333:metric/App|Errors",
        "arn:aws:cloudwatch:us-east-1:444455556666:metric/App|Errors",
    ]
    assert {metric.account for metric in read.all(METRIC)} == {PROD, "444455556666"}


def test_a_refused_listing_leaves_all_alarms_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("cloudwatch", "DescribeAlarms", region="eu-west-1")
    read = Reading(aws_replay, tmp_path, CloudWatch, regions=("us-east-1", "eu-west-1"))
    assert read.incomplete == {(label, "eu-west-1") for label in (ALARM, COMPOSITE, METRIC)}
