"""Auto Scaling groups and launch configurations as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.autoscaling import AutoScaling
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:autoscaling:us-east-1:111122223333"
GROUP = f"{ARN}:autoScalingGroup:0a100000-4444-4444-8444-00000000000"


@pytest.fixture
def scaling(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, AutoScaling)


def test_a_group_names_what_its_instances_start_from(scaling: Callable[..., Read]) -> None:
    found = scaling()
    app = found[f"{GROUP}1:autoScalingGroupName/clew-app"]
    assert (app.name, app.min_size, app.max_size) == ("clew-app", 1, 4)
    assert app.launch_templates == ["lt-0a100000000000001"]
    assert app.launch_template_versions == ["$Latest"]
    assert (app.launch_configuration, app.instances) == ("", ["i-0a100000000000002"])
    assert app.subnets == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    assert [arn.split("/")[1] for arn in app.target_groups] == ["clew-web"]
    assert app.service_linked_role.endswith("/AWSServiceRoleForAutoScaling")
    assert app.tags == ["team=platform"]

    runners = found[f"{GROUP}2:autoScalingGroupName/clew-runners"]
    assert runners.launch_templates == ["lt-0a100000000000002", "lt-0a100000000000001"]
    assert runners.launch_template_versions == ["1", "$Latest"]

    legacy = found[f"{GROUP}3:autoScalingGroupName/clew-legacy"]
    assert (legacy.launch_configuration, legacy.launch_templates) == ("clew-legacy-1", [])
    assert legacy.load_balancers == ["clew-classic"]


def test_a_launch_configuration_names_what_instances_get(scaling: Callable[..., Read]) -> None:
    (found,) = (
        each for each in scaling().collected.resources if each.label == "AWSLaunchConfiguration"
    )
    legacy = found.model_dump()
    assert found.id.endswith(":launchConfigurationName/clew-legacy-1")
    assert (legacy["instance_profile"], legacy["image_id"]) == (
        "app-instance",
        "ami-0fff0000000000001",
    )
    assert legacy["security_groups"] == ["sg-0a100000000000002"]
    assert legacy["tags"] == []
    assert (legacy["public_address"], legacy["http_tokens"]) == (False, "")
    assert "IyEv" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("DescribeAutoScalingGroups", "AWSAutoScalingGroup"),
        ("DescribeLaunchConfigurations", "AWSLaunchConfiguration"),
    ],
)
def test_a_refused_listing_leaves_groups_or_configurations_incomplete(
    scaling: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("autoscaling", operation, code="AccessDenied")
    assert scaling().incomplete == {label}
