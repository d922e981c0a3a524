"""Log groups and their filters in the demo estate."""

from pathlib import Path

from clew.collectors.aws.logs import Logs
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, Reading

GROUP, METRIC_FILTER = "AWSLogGroup", "AWSLogMetricFilter"
SUBSCRIPTION, POLICY = "AWSLogSubscriptionFilter", "AWSLogResourcePolicy"
PREFIX = "arn:aws:logs:us-east-1:111122223333:log-group:"


def test_a_log_group_names_its_key(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Logs)
    trail = read(GROUP, "/clew/trail")
    assert trail.id == f"{PREFIX}/clew/trail"
    assert trail.kms_key_id.endswith("key/1a2b3c4d-1111-4111-8111-000000000002")
    assert (trail.retention_in_days, trail.creation_time) == (365, "2025-01-07T08:03:20Z")
    assert read(GROUP, "/aws/lambda/rotate-secret").retention_in_days == 0
    assert read(GROUP, "/aws/lambda/eu-report").region == "eu-west-1"


def test_a_metric_filter_names_its_group_and_its_metric(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, Logs)
    root = read(METRIC_FILTER, "root-usage")
    assert root.id == f"{PREFIX}/clew/trail:filter:root-usage"
    assert (root.log_group_name, root.account) == ("/clew/trail", "111122223333")
    assert (root.metric_value, root.metric_dimensions) == ("1", [])
    assert root.metrics == ["arn:aws:cloudwatch:us-east-1:111122223333:metric/Clew/Trail|RootUsage"]
    assert '"Root"' in root.filter_pattern
    assert read.names(METRIC_FILTER) == {"root-usage", "unauthorized-calls"}


def test_subscriptions_name_where_events_go(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Logs)
    assert read(SUBSCRIPTION, "to-security").destination_arn == (
        "arn:aws:logs:us-east-1:777788889999:destination:central"
    )
    errors = read(SUBSCRIPTION, "errors")
    assert errors.destination_arn == (
        "arn:aws:lambda:us-east-1:111122223333:function:rotate-secret"
    )
    assert errors.log_group_name == "/aws/lambda/resize-images"
    assert "route53.amazonaws.com" in read(POLICY, "route53").policy_document


def test_each_refused_listing_leaves_its_own_label_unread(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    aws_replay.deny("logs", "DescribeSubscriptionFilters")
    read = Reading(aws_replay, tmp_path / "one", Logs, DEV, ("us-east-1",))
    assert read.incomplete == {(SUBSCRIPTION, "us-east-1")}
    assert read.names(GROUP) == {"/clew/dev-trail", "/aws/lambda/dev-hook"}
    aws_replay.reset()
    aws_replay.deny("logs", "DescribeMetricFilters")
    read = Reading(aws_replay, tmp_path / "two", Logs, DEV, ("us-east-1",))
    assert read.incomplete == {(METRIC_FILTER, "us-east-1")}
    aws_replay.reset()
    aws_replay.deny("logs", "DescribeLogGroups")
    read = Reading(aws_replay, tmp_path / "three", Logs, DEV, ("us-east-1",))
    assert read.incomplete == {(GROUP, "us-east-1"), (SUBSCRIPTION, "us-east-1")}
    assert read.names(METRIC_FILTER) == {"root"}
