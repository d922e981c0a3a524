"""Pipelines with their roles and what they lead to, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.codepipeline import CodePipeline
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:codepipeline:us-east-1:111122223333"
ROLE = "arn:aws:iam::111122223333:role"


@pytest.fixture
def pipelines(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CodePipeline)


def test_a_pipeline_names_its_roles_and_what_it_runs(pipelines: Callable[..., Read]) -> None:
    found = pipelines()
    release = found[f"{ARN}:clew-release"]
    assert (release.name, release.pipeline_type, release.version) == ("clew-release", "V2", 3)
    assert (release.role_arn, release.action_roles) == (
        f"{ROLE}/ci-deploy",
        [f"{ROLE}/events-invoke"],
    )
    assert (release.projects, release.functions) == (["clew-api"], ["resize-images"])
    assert release.actions == [
        "Build/CodeBuild",
        "Deploy/S3",
        "Invoke/Lambda",
        "Source/CodeStarSourceConnection",
    ]
    assert (release.source_buckets, release.source_repositories) == ([], ["clew-example/shop"])
    assert (release.artifact_buckets, release.tags) == (["clew-prod-assets"], ["team=shop"])
    assert [key.partition(":key/")[1] for key in release.keys] == [":key/"]
    assert "never-to-be-kept" not in release.model_dump_json()
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_pipeline_over_regions_has_a_bucket_in_each(pipelines: Callable[..., Read]) -> None:
    website = pipelines()[f"{ARN}:clew-website"]
    assert website.artifact_buckets == ["clew-prod-assets", "clew-prod-data"]
    assert (website.source_buckets, website.keys) == (["clew-prod-data"], [])
    assert website.source_objects == ["clew-prod-data/site.zip"]
    assert website.actions == ["Compute/Commands", "Source/CodeCommit", "Source/S3"]
    assert website.code_repositories == website.source_repositories == ["clew-texts"]


def test_a_pipeline_that_may_not_be_read_has_unread_roles(
    pipelines: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("codepipeline", "GetPipeline", code="AccessDeniedException")
    found = pipelines()
    release = found[f"{ARN}:clew-release"]
    assert (release.role_arn, release.action_roles, release.actions) == (None, None, None)
    assert release.tags == ["team=shop"]
    assert (found.failed, found.incomplete) == ({"GetPipeline": "denied"}, set())


def test_a_refused_listing_leaves_pipelines_incomplete(
    pipelines: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("codepipeline", "ListPipelines", code="AccessDeniedException")
    assert pipelines().incomplete == {"AWSCodePipeline"}
