"""Apps and the roles of their builds and servers, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.amplify import Amplify
from servers.aws_replay import AwsReplay
from support.reading import Read, read

SITE = "arn:aws:amplify:us-east-1:111122223333:apps/clewsite01"
ROLE = "arn:aws:iam::111122223333:role"


@pytest.fixture
def apps(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Amplify)


def test_an_app_names_all_of_its_roles(apps: Callable[..., Read]) -> None:
    found = apps()
    site = found[SITE]
    assert (site.name, site.app_id, site.platform) == ("clew-site", "clewsite01", "WEB_COMPUTE")
    assert (site.service_role, site.compute_role) == (f"{ROLE}/ci-deploy", f"{ROLE}/lambda-exec")
    assert site.branch_compute_roles == [f"{ROLE}/ecs-task"]
    assert site.branch_names == ["main", "next"]
    assert site.tags == ["team=shop"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_an_apps_secrets_are_not_kept(apps: Callable[..., Read]) -> None:
    site = apps()[SITE]
    assert (site.environment_names, site.enable_basic_auth) == (["API_TOKEN"], True)
    for secret in ("never-to-be-kept", "bmV2ZXItdG8tYmUta2VwdA=="):
        assert secret not in site.model_dump_json()


def test_branches_that_may_not_be_listed_are_unread(
    apps: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("amplify", "ListBranches")
    found = apps()
    site = found[SITE]
    assert (site.branch_names, site.branch_compute_roles) == (None, None)
    assert site.service_role == f"{ROLE}/ci-deploy"
    assert found.failed == {"ListBranches": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_apps_incomplete(
    apps: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("amplify", "ListApps")
    assert apps().incomplete == {"AWSAmplifyApp"}
