"""Repositories of CodeCommit, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.codecommit import CodeCommit
from servers.aws_replay import AwsReplay
from support.reading import Read, read

TEXTS = "arn:aws:codecommit:us-east-1:111122223333:clew-texts"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-1111-4111-8111-000000000001"


@pytest.fixture
def repositories(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CodeCommit)


def test_a_repository_is_described(repositories: Callable[..., Read]) -> None:
    found = repositories()
    texts = found[TEXTS]
    assert (texts.name, texts.default_branch, texts.kms_key_id) == ("clew-texts", "main", KEY)
    assert texts.tags == ["team=shop"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_repository_that_may_not_be_described_is_unread(
    repositories: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("codecommit", "GetRepository", code="AccessDeniedException")
    found = repositories()
    texts = found[TEXTS]
    assert (texts.name, texts.kms_key_id, texts.created) == ("clew-texts", None, None)
    assert (found.failed, found.incomplete) == ({"GetRepository": "denied"}, set())


def test_a_refused_listing_leaves_repositories_incomplete(
    repositories: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("codecommit", "ListRepositories", code="AccessDeniedException")
    assert repositories().incomplete == {"AWSCodeCommitRepository"}
