"""Scalable targets as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.application_autoscaling import ApplicationAutoScaling
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target"
ORDERS = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"


@pytest.fixture
def targets(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, ApplicationAutoScaling)


def test_a_target_names_what_it_scales(targets: Callable[..., Read]) -> None:
    found = targets()
    read_capacity, index, service = (found[f"{ARN}/0a100000000{n}"] for n in (1, 3, 4))
    assert (read_capacity.target, read_capacity.scalable_dimension) == (
        ORDERS,
        "dynamodb:table:ReadCapacityUnits",
    )
    assert (read_capacity.min_capacity, read_capacity.max_capacity) == (5, 50)
    assert read_capacity.policy_names == ["track-ReadCapacityUnits"]
    assert (read_capacity.scaling_in_suspended, read_capacity.scaling_out_suspended) == (False,) * 2
    assert index.target == ORDERS
    assert service.target == "arn:aws:ecs:us-east-1:111122223333:service/clew/api"
    assert read_capacity.role_arn.endswith("_DynamoDBTable")


def test_unread_policies_are_not_no_policies(
    targets: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("application-autoscaling", "DescribeScalingPolicies")
    found = targets()
    assert found[f"{ARN}/0a1000000001"].policy_names is None
    assert found.incomplete == set()


def test_a_refused_listing_leaves_targets_incomplete(
    targets: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("application-autoscaling", "DescribeScalableTargets")
    assert targets().incomplete == {"AWSScalableTarget"}


def test_a_function_is_scaled_as_a_whole_and_a_target_needs_no_arn(tmp_path: Path) -> None:
    raw = {
        "ServiceNamespace": "lambda",
        "ResourceId": "function:resize-images:live",
        "ScalableDimension": "lambda:function:ProvisionedConcurrency",
        "MinCapacity": 1,
        "MaxCapacity": 2,
        "RoleARN": "arn:aws:iam::111122223333:role/x",
        "CreationTime": "2025-01-15T09:00:00Z",
    }
    answer = [
        {"when": {"ServiceNamespace": "lambda"}, "response": {"ScalableTargets": [raw]}},
        {"response": {"ScalableTargets": []}},
    ]
    estate = write_estate(
        tmp_path,
        {
            "111122223333/us-east-1/application-autoscaling": {
                "DescribeScalableTargets": answer,
                "DescribeScalingPolicies": {"ScalingPolicies": []},
            }
        },
    )
    with AwsReplay(estate) as replay:
        (found,) = read(replay, tmp_path, ApplicationAutoScaling).collected.resources
    assert found.target == "arn:aws:lambda:us-east-1:111122223333:function:resize-images"
    assert found.id.endswith(
        ":scalable-target/function:resize-images:live:lambda:function:ProvisionedConcurrency"
    )
    assert (found.policy_names, found.scaling_out_suspended) == ([], False)
