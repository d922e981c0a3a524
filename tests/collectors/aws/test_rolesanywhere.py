"""Trust anchors and profiles, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.rolesanywhere import RolesAnywhere
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:rolesanywhere:us-east-1:111122223333"
OFFICE = f"{ARN}:trust-anchor/0a100000-0000-4000-8000-00000000ca01"
PRIVATE = f"{ARN}:trust-anchor/0a100000-0000-4000-8000-00000000ca02"
PRINTERS = f"{ARN}:profile/0a100000-0000-4000-8000-00000000cb01"


@pytest.fixture
def found(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, RolesAnywhere)


def test_an_anchor_names_its_authority_and_keeps_no_certificate(found: Callable[..., Read]) -> None:
    read = found()
    office, private = read[OFFICE], read[PRIVATE]
    assert (office.name, office.enabled, office.source_type) == (
        "clew-office",
        True,
        "CERTIFICATE_BUNDLE",
    )
    assert (private.enabled, office.certificate_authority) == (False, "")
    assert private.certificate_authority.startswith("arn:aws:acm-pca:us-east-1:")
    assert "never-to-be-kept" not in office.model_dump_json()
    assert (read.failed, read.incomplete) == ({}, set())


def test_a_profile_names_the_roles_that_it_gives(found: Callable[..., Read]) -> None:
    printers = found()[PRINTERS]
    assert (printers.name, printers.enabled, printers.tags) == (
        "clew-printers",
        True,
        ["team=office"],
    )
    assert printers.role_arns == ["arn:aws:iam::111122223333:role/app-instance"]
    assert printers.session_policies == ["arn:aws:iam::aws:policy/PowerUserAccess"]
    assert "s3:*" in printers.session_policy


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListTrustAnchors", {"AWSRolesAnywhereTrustAnchor"}),
        ("ListProfiles", {"AWSRolesAnywhereProfile"}),
        ("ListTagsForResource", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    found: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("rolesanywhere", operation, code="AccessDeniedException")
    read = found()
    assert read.failed == {operation: "denied"}
    assert read.incomplete == labels
