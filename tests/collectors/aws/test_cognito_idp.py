"""User pools and their groups, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.cognito_idp import CognitoIDP
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:cognito-idp:us-east-1:111122223333:userpool"
SHOP, STAFF = f"{ARN}/us-east-1_clewshop1", f"{ARN}/us-east-1_clewstaff"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function"
POOL, GROUP = "AWSCognitoUserPool", "AWSCognitoUserPoolGroup"


@pytest.fixture
def pools(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CognitoIDP)


def test_a_pool_says_who_may_join_and_what_it_calls(pools: Callable[..., Read]) -> None:
    found = pools()
    shop, staff = found[SHOP], found[STAFF]
    assert shop.provider_name == "cognito-idp.us-east-1.amazonaws.com/us-east-1_clewshop1"
    assert (shop.sign_up_allowed, staff.sign_up_allowed) == (True, False)
    assert (shop.mfa_configuration, staff.mfa_configuration) == ("OPTIONAL", "OFF")
    assert (shop.estimated_number_of_users, staff.estimated_number_of_users) == (1200, 0)
    assert shop.triggers == [f"{FUNCTION}:resize-images", f"{FUNCTION}:rotate-secret"]
    assert shop.trigger_names == ["PostConfirmation", "PreTokenGeneration"]
    assert (staff.triggers, staff.sms_role) == ([], "")
    assert (shop.sms_role, shop.tags) == (
        "arn:aws:iam::111122223333:role/sns-feedback",
        ["team=shop"],
    )
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_group_has_a_role_for_its_members(pools: Callable[..., Read]) -> None:
    found = pools()
    editors = found[f"{SHOP}/group/editors"]
    assert (editors.name, editors.pool_id, editors.precedence) == (
        "editors",
        "us-east-1_clewshop1",
        1,
    )
    assert editors.role_arn == "arn:aws:iam::111122223333:role/ecs-task"
    assert found[f"{SHOP}/group/customers"].role_arn == ""


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListUserPools", {POOL, GROUP}),
        ("ListGroups", {GROUP}),
        ("DescribeUserPool", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    pools: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("cognito-idp", operation, code="AccessDeniedException")
    found = pools()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_a_pool_that_may_not_be_described_is_unread(
    pools: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("cognito-idp", "DescribeUserPool", code="AccessDeniedException")
    shop = pools()[SHOP]
    assert (shop.sign_up_allowed, shop.mfa_configuration, shop.sms_role) == (None, None, None)
    assert len(shop.triggers) == 2
