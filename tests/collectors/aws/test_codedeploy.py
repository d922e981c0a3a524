"""Applications, where they are deployed to and as whom, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.codedeploy import CodeDeploy
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:codedeploy:us-east-1:111122223333"
DEPLOYER = "arn:aws:iam::111122223333:role/ci-deploy"


@pytest.fixture
def deployments(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CodeDeploy)


def test_a_group_says_where_it_deploys_to_and_as_whom(deployments: Callable[..., Read]) -> None:
    found = deployments()
    instances = found[f"{ARN}:deploymentgroup:clew-app/instances"]
    service = found[f"{ARN}:deploymentgroup:clew-api/service"]
    assert (instances.name, instances.application_name) == ("instances", "clew-app")
    assert instances.service_role == service.service_role == DEPLOYER
    assert instances.instance_tags == ["Name=app", "team=shop"]
    assert instances.auto_scaling_groups == ["eks-workers-0a100000"]
    assert instances.topics == ["arn:aws:sns:us-east-1:111122223333:clew-alerts"]
    assert (instances.revision_object, instances.revision_is_pinned) == (
        "clew-prod-assets/app/release.zip",
        False,
    )
    assert (service.revision_object, service.revision_is_pinned) == ("", False)
    assert service.ecs_services == ["arn:aws:ecs:us-east-1:111122223333:service/clew/api"]
    assert (service.instance_tags, service.auto_scaling_groups) == ([], [])
    assert found[f"{ARN}:application:clew-api"].compute_platform == "ECS"
    assert (found.failed, found.incomplete) == ({}, set())


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListApplications", {"AWSCodeDeployApplication", "AWSCodeDeployDeploymentGroup"}),
        ("ListDeploymentGroups", {"AWSCodeDeployDeploymentGroup"}),
        ("BatchGetApplications", set()),
        ("BatchGetDeploymentGroups", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    deployments: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("codedeploy", operation)
    found = deployments()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_may_not_be_described_is_known_by_name(
    deployments: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    for operation in ("BatchGetApplications", "BatchGetDeploymentGroups"):
        aws_replay.deny("codedeploy", operation)
    found = deployments()
    group = found[f"{ARN}:deploymentgroup:clew-app/instances"]
    assert (group.application_name, group.service_role) == ("clew-app", None)
    assert found[f"{ARN}:application:clew-app"].compute_platform is None


def test_many_applications_are_described_a_hundred_at_a_time(tmp_path: Path) -> None:
    names = [f"app-{number:03}" for number in range(101)]
    estate = write_estate(
        tmp_path,
        {
            "111122223333/us-east-1/codedeploy": {
                "ListApplications": {"applications": names},
                "ListDeploymentGroups": {"deploymentGroups": []},
                "BatchGetApplications": {"applicationsInfo": []},
            }
        },
    )
    with AwsReplay(estate, page_size=50) as replay:
        found = read(replay, tmp_path, CodeDeploy)
        asked = [
            len(call.params["applicationNames"])
            for call in replay.calls
            if call.operation == "BatchGetApplications"
        ]
    assert asked == [100, 1]
    assert found.names("AWSCodeDeployApplication") == {*names}


@pytest.mark.parametrize("pin", ["version", "eTag"])
def test_a_revision_may_be_named_by_its_version_or_digest(tmp_path: Path, pin: str) -> None:
    place = {"bucket": "b", "key": "k.zip", pin: "1"}
    group = {
        "applicationName": "app",
        "deploymentGroupName": "group",
        "targetRevision": {"revisionType": "S3", "s3Location": place},
    }
    estate = write_estate(
        tmp_path,
        {
            "111122223333/us-east-1/codedeploy": {
                "ListApplications": {"applications": ["app"]},
                "ListDeploymentGroups": {"deploymentGroups": ["group"]},
                "BatchGetApplications": {"applicationsInfo": []},
                "BatchGetDeploymentGroups": {"deploymentGroupsInfo": [group]},
            }
        },
    )
    with AwsReplay(estate) as replay:
        found = read(replay, tmp_path, CodeDeploy)[f"{ARN}:deploymentgroup:app/group"]
    assert (found.revision_object, found.revision_is_pinned) == ("b/k.zip", True)
