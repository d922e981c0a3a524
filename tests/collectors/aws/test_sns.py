"""Topics and subscriptions of the demo estate."""

from pathlib import Path

from clew.collectors.aws.sns import SNS
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, Reading

TOPIC, SUBSCRIPTION = "AWSSNSTopic", "AWSSNSSubscription"
ALERTS = "arn:aws:sns:us-east-1:111122223333:clew-alerts"


def test_a_topic_names_its_key_and_roles(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, SNS)
    topic = read(TOPIC, "clew-alerts")
    assert (topic.id, topic.kms_master_key_id) == (ALERTS, "alias/prod-logs")
    assert topic.feedback_role_arns == ["arn:aws:iam::111122223333:role/sns-feedback"]
    assert (topic.signature_version, topic.fifo_topic) == ("2", False)
    assert "cloudtrail.amazonaws.com" in topic.policy
    assert read(TOPIC, "clew-alerts-eu").kms_master_key_id == ""


def test_a_subscription_names_who_receives(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, SNS)
    by_protocol = {one.protocol: one for one in read.all(SUBSCRIPTION) if one.region == "us-east-1"}
    queue = by_protocol["sqs"]
    assert queue.endpoint_arn == "arn:aws:sqs:us-east-1:111122223333:clew-jobs"
    assert queue.dead_letter_target_arn == "arn:aws:sqs:us-east-1:111122223333:clew-jobs-dlq"
    assert (queue.topic_arn, queue.confirmed) == (ALERTS, True)
    (function,) = (one for one in read.all(SUBSCRIPTION) if one.region == "eu-west-1")
    assert function.endpoint_arn == "arn:aws:lambda:eu-west-1:111122223333:function:eu-report"
    email = by_protocol["email"]
    assert (email.id, email.confirmed) == (f"{ALERTS}:email:oncall@clew.example", False)


def test_a_subscription_of_another_account_is_that_accounts(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, SNS)
    (foreign,) = (one for one in read.all(SUBSCRIPTION) if one.account == "999900001111")
    assert foreign.topic_arn == ALERTS
    assert foreign.endpoint_arn == "arn:aws:lambda:us-east-1:999900001111:function:listener"
    # Only its owner may read its attributes, so nobody is asked.
    assert foreign.dead_letter_target_arn is None
    assert not read.failed


def test_of_a_web_address_only_the_host_is_kept(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, SNS)
    (hook,) = (one for one in read.all(SUBSCRIPTION) if one.protocol == "https")
    assert hook.endpoint == "alerts.clew.example"
    assert "not-a-secret" not in read.text()


def test_refused_details_are_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    for operation in ("GetTopicAttributes", "GetSubscriptionAttributes", "ListTagsForResource"):
        aws_replay.deny("sns", operation)
    read = Reading(aws_replay, tmp_path, SNS, DEV, ("us-east-1",))
    topic = read(TOPIC, "clew-dev-alerts")
    assert (topic.policy, topic.kms_master_key_id, topic.feedback_role_arns, topic.tags) == (
        None,
        None,
        None,
        None,
    )
    (subscription,) = read.all(SUBSCRIPTION)
    assert (subscription.dead_letter_target_arn, subscription.filter_policy) == (None, None)
    assert not read.incomplete


def test_a_refused_listing_leaves_its_label_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("sns", "ListSubscriptionsByTopic")
    read = Reading(aws_replay, tmp_path, SNS, DEV, ("us-east-1",))
    assert read.incomplete == {(SUBSCRIPTION, "us-east-1")}
    assert len(read.all(SUBSCRIPTION)) == 1
