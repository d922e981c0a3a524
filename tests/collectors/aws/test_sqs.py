"""Queues of the demo estate."""

from pathlib import Path

from clew.collectors.aws.sqs import SQS
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, Reading

QUEUE = "AWSSQSQueue"


def test_a_queue_names_its_key_and_its_dead_letters(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, SQS)
    jobs, dead = read(QUEUE, "clew-jobs"), read(QUEUE, "clew-jobs-dlq")
    assert jobs.id == "arn:aws:sqs:us-east-1:111122223333:clew-jobs"
    assert jobs.url == "https://sqs.us-east-1.amazonaws.com/111122223333/clew-jobs"
    assert (jobs.kms_master_key_id, jobs.sqs_managed_sse_enabled) == ("alias/prod-data", False)
    assert (jobs.dead_letter_target_arn, jobs.max_receive_count) == (dead.id, 5)
    assert (dead.dead_letter_target_arn, dead.max_receive_count) == ("", 0)
    assert "sns.amazonaws.com" in jobs.policy
    assert (dead.policy, jobs.tags) == ("", ["team=shop"])


def test_refused_details_are_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("sqs", "GetQueueAttributes")
    aws_replay.deny("sqs", "ListQueueTags")
    read = Reading(aws_replay, tmp_path, SQS, DEV)
    queue = read(QUEUE, "clew-dev-jobs")
    known = {name for name, value in queue.model_dump().items() if value is not None}
    assert known == {"id", "name", "account", "region", "url"}
    assert not read.incomplete


def test_a_refused_listing_leaves_its_region_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("sqs", "ListQueues", region="eu-west-1")
    assert Reading(aws_replay, tmp_path, SQS).incomplete == {(QUEUE, "eu-west-1")}
