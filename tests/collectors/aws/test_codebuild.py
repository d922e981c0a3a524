"""Build projects as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.codebuild import CodeBuild
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:codebuild:us-east-1:111122223333:project"


@pytest.fixture
def projects(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CodeBuild)


def test_a_project_names_what_it_builds_and_as_what(projects: Callable[..., Read]) -> None:
    found = projects()
    api = found[f"{ARN}/clew-api"]
    assert (api.name, api.account, api.region) == ("clew-api", "111122223333", "us-east-1")
    assert api.service_role == "arn:aws:iam::111122223333:role/ci-deploy"
    assert api.batch_service_role == "arn:aws:iam::111122223333:role/ci-deploy"
    assert (api.source_type, api.source_bucket, api.artifact_bucket) == ("GITHUB", "", "")
    assert (api.image, api.privileged_mode) == ("aws/codebuild/standard:7.0", True)
    assert (api.log_group, api.log_bucket, api.security_groups) == ("/clew/builds", "", [])
    assert api.tags == ["team=platform"]

    assets = found[f"{ARN}/clew-assets"]
    assert (assets.source_bucket, assets.artifact_bucket) == ("clew-prod-data", "clew-prod-assets")
    assert assets.image_repository == "arn:aws:ecr:us-east-1:111122223333:repository/clew/api"
    assert assets.images_by_digest == "none"
    assert (assets.privileged_mode, assets.batch_service_role) == (False, "")
    assert (assets.vpc_id, assets.subnets, assets.security_groups) == (
        "vpc-0a100000000000001",
        ["subnet-0a1000000000000b1"],
        ["sg-0a100000000000002"],
    )
    assert (assets.log_group, assets.log_bucket) == ("", "clew-prod-access-logs")


def test_no_secret_of_a_project_is_kept(projects: Callable[..., Read]) -> None:
    api = projects()[f"{ARN}/clew-api"]
    assert api.environment_names == ["REPOSITORY", "DATABASE_PASSWORD", "FLAGS"]
    assert api.secrets == [
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:clew/db",
        "arn:aws:ssm:us-east-1:111122223333:parameter/clew/flags",
    ]
    assert api.source_location == "https://github.com/clew-example/api.git"
    assert "token" not in api.model_dump_json()


def test_what_a_project_leaves_out_is_reported_by_its_defaults(tmp_path: Path) -> None:
    """An emulator answers with nothing but what the project was made with."""
    raw = {
        "name": "bare",
        "arn": f"{ARN}/bare",
        "serviceRole": "arn:aws:iam::111122223333:role/x",
        "source": {"type": "S3", "location": "arn:aws:s3:::code/app.zip"},
        "environment": {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL"},
    }
    estate = write_estate(
        tmp_path,
        {
            "111122223333/us-east-1/codebuild": {
                "ListProjects": {"projects": ["bare"]},
                "BatchGetProjects": {"projects": [raw]},
            }
        },
    )
    with AwsReplay(estate) as replay:
        bare = read(replay, tmp_path, CodeBuild)[f"{ARN}/bare"]
    assert (bare.source_bucket, bare.log_group, bare.privileged_mode) == (
        "code",
        "/aws/codebuild/bare",
        False,
    )
    assert (bare.image, bare.image_repository, bare.secrets) == ("", "", [])
    assert bare.images_by_digest == ""


def test_undescribed_projects_are_there_all_the_same(
    projects: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("codebuild", "BatchGetProjects")
    found = projects()
    api = found[f"{ARN}/clew-api"]
    assert (api.name, api.service_role, api.environment_names) == ("clew-api", None, None)
    assert found.incomplete == set()
    assert found.failed == {"BatchGetProjects": "denied"}


def test_a_refused_listing_of_projects_leaves_them_incomplete(
    projects: Callable[..., Read],
) -> None:
    found = projects(account="444455556666")
    assert found.incomplete == {"AWSCodeBuildProject"}
    assert found.collected.resources == []
