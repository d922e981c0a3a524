"""Container repositories as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.base import container_image, named_by_digest
from clew.collectors.aws.ecr import ECR
from servers.aws_replay import AwsReplay
from support.reading import Read, read

API = "arn:aws:ecr:us-east-1:111122223333:repository/clew/api"
DEV_API = "arn:aws:ecr:us-east-1:444455556666:repository/dev/api"


@pytest.fixture
def repositories(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, ECR)


def test_a_repository_says_how_images_are_kept(repositories: Callable[..., Read]) -> None:
    found = repositories()
    api = found[API]
    assert api.uri == "111122223333.dkr.ecr.us-east-1.amazonaws.com/clew/api"
    assert (api.image_tag_mutability, api.scan_on_push) == ("IMMUTABLE", True)
    assert (api.encryption_type, api.policy, api.tags) == ("KMS", "", ["team=platform"])
    assert api.kms_key.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    dev = repositories("444455556666")[DEV_API]
    assert (dev.encryption_type, dev.kms_key) == ("AES256", "")
    assert '"Principal": "*"' in dev.policy
    assert (found.failed, found.incomplete) == ({}, set())


@pytest.mark.parametrize(
    ("operation", "field"), [("GetRepositoryPolicy", "policy"), ("ListTagsForResource", "tags")]
)
def test_a_refused_detail_is_unread(
    repositories: Callable[..., Read], aws_replay: AwsReplay, operation: str, field: str
) -> None:
    aws_replay.deny("ecr", operation, code="AccessDeniedException")
    found = repositories()
    assert getattr(found[API], field) is None
    assert (found.failed, found.incomplete) == ({operation: "denied"}, set())


def test_a_refused_listing_leaves_repositories_incomplete(
    repositories: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("ecr", "DescribeRepositories", code="AccessDeniedException")
    assert repositories().incomplete == {"AWSECRRepository"}


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/clew/api:1.4", API),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/clew/api@sha256:00", API),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/clew/api", API),
        ("111122223333.dkr-ecr.us-east-1.on.aws/clew/api:1", API),
        ("111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/clew/api:1", API),
        ("public.ecr.aws/nginx/nginx:1.29", "public.ecr.aws/nginx/nginx:1.29"),
        ("nginx", "nginx"),
    ],
)
def test_an_image_leads_to_its_repository(uri: str, source: str) -> None:
    assert container_image(uri, "aws") == source


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (["clew/api:1.4", "clew/api"], "none"),
        (["clew/api@sha256:00", "clew/api:1.4@sha256:00"], "all"),
        (["clew/api@sha256:00", "clew/api:1.4"], "some"),
        ([], ""),
    ],
)
def test_a_digest_stands_for_one_image_for_ever(images: list[str], said: str) -> None:
    assert named_by_digest(images) == said
