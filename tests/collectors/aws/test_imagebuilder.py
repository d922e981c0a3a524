"""Pipelines and what they build on, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.imagebuilder import ImageBuilder
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:imagebuilder:us-east-1:111122223333"
IMAGES = f"{ARN}:infrastructure-configuration/clew-images"


@pytest.fixture
def builds(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, ImageBuilder)


def test_build_instances_have_a_profile_and_a_network(builds: Callable[..., Read]) -> None:
    found = builds()
    images = found[IMAGES]
    assert (images.name, images.instance_profile) == ("clew-images", "app-instance")
    assert images.subnet_id == "subnet-0a1000000000000b1"
    assert images.security_group_ids == ["sg-0a100000000000002"]
    assert images.log_bucket == "clew-prod-access-logs"
    assert images.sns_topic_arn == "arn:aws:sns:us-east-1:111122223333:clew-alerts"
    assert (images.http_tokens, images.key_pair) == ("required", "")
    assert images.tags == ["team=platform"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_pipeline_has_a_role_and_builds_somewhere(builds: Callable[..., Read]) -> None:
    base = builds()[f"{ARN}:image-pipeline/clew-base"]
    assert (base.name, base.status) == ("clew-base", "ENABLED")
    assert base.execution_role == "arn:aws:iam::111122223333:role/ci-deploy"
    assert base.infrastructure_configuration == IMAGES
    assert base.schedule_expression == "cron(0 4 ? * sun *)"
    assert base.container_recipe_arn == ""


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListInfrastructureConfigurations", {"AWSImageBuilderInfrastructureConfiguration"}),
        ("ListImagePipelines", {"AWSImageBuilderPipeline"}),
        ("GetInfrastructureConfiguration", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    builds: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("imagebuilder", operation)
    found = builds()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_was_refused_is_unread(builds: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("imagebuilder", "GetInfrastructureConfiguration")
    images = builds()[IMAGES]
    assert images.instance_profile == "app-instance"
    assert (images.subnet_id, images.security_group_ids, images.http_tokens) == (None, None, None)
