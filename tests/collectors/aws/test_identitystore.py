"""The directory of Identity Center, as the organization's management account sees it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.identitystore import IdentityStore
from servers.aws_replay import AwsReplay
from support.reading import Read, read

USER, GROUP = "arn:aws:identitystore:::user", "arn:aws:identitystore:::group"
ADA, BEN = (f"0a100000-0000-4000-8000-00000000d00{number}" for number in (2, 4))
OPERATORS, AUDITORS = (f"0a100000-0000-4000-8000-00000000d00{number}" for number in (1, 3))


@pytest.fixture
def directory(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, IdentityStore)


def test_a_user_is_known_by_its_names_alone(directory: Callable[..., Read]) -> None:
    found = directory()
    ada = found[f"{USER}/{ADA}"]
    assert (ada.name, ada.display_name, ada.user_status) == ("ada", "Ada Brook", "ENABLED")
    assert (ada.account, ada.identity_store_id) == ("111122223333", "d-0a10000001")
    assert "never-to-be-kept" not in ada.model_dump_json()
    assert ada.external_issuers == []
    assert found[f"{USER}/{BEN}"].external_issuers == ["https://scim.clew.example"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_group_names_its_members(directory: Callable[..., Read]) -> None:
    found = directory()
    assert found[f"{GROUP}/{OPERATORS}"].members == [ADA, BEN]
    assert found[f"{GROUP}/{AUDITORS}"].members == []


@pytest.mark.parametrize(
    ("service", "operation", "labels"),
    [
        ("identitystore", "ListUsers", {"AWSSSOUser"}),
        ("identitystore", "ListGroups", {"AWSSSOGroup"}),
        ("sso-admin", "ListInstances", {"AWSSSOUser", "AWSSSOGroup"}),
    ],
)
def test_a_refused_listing_leaves_its_labels_incomplete(
    directory: Callable[..., Read],
    aws_replay: AwsReplay,
    service: str,
    operation: str,
    labels: set[str],
) -> None:
    aws_replay.deny(service, operation, code="AccessDeniedException")
    assert directory().incomplete == labels


def test_members_that_may_not_be_listed_are_not_none(
    directory: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("identitystore", "ListGroupMemberships", code="AccessDeniedException")
    found = directory()
    assert found[f"{GROUP}/{OPERATORS}"].members is None
    assert found.incomplete == set()
