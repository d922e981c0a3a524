"""Compute environments as the account has them."""

from pathlib import Path

from clew.collectors.aws.batch import Batch
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect


def test_an_environment_names_what_its_machines_will_get(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    (found,) = collect(tmp_path, [aws_account(aws_replay.url)], Batch).resources
    environment = found.model_dump()
    assert environment["name"] == "clew-nightly"
    assert environment["security_groups"] == ["sg-0a100000000000007"]
    assert environment["subnets"] == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    profile = "arn:aws:iam::111122223333:instance-profile/app-instance"
    assert environment["instance_profile"] == profile
    assert environment["cluster"] == "arn:aws:ecs:us-east-1:111122223333:cluster/clew"
    assert environment["tags"] == ["team=data"]


def test_a_refused_listing_leaves_environments_unread(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    aws_replay.deny("batch", "DescribeComputeEnvironments", code="AccessDeniedException")
    found = collect(tmp_path, [aws_account(aws_replay.url)], Batch)
    assert [(read.label, read.status) for read in found.reads] == [
        ("AWSBatchComputeEnvironment", Status.DENIED)
    ]
