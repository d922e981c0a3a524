"""Identity pools and whose roles they give, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.cognito_identity import CognitoIdentity
from servers.aws_replay import AwsReplay
from support.reading import Read, read

POOL = "arn:aws:cognito-identity:us-east-1:111122223333:identitypool/us-east-1:0a100000-0000-4000"
SHOP, PARTNERS = f"{POOL}-8000-00000000c091", f"{POOL}-8000-00000000c092"
ROLE = "arn:aws:iam::111122223333:role"


@pytest.fixture
def pools(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CognitoIdentity)


def test_a_pool_keeps_the_guests_role_apart(pools: Callable[..., Read]) -> None:
    found = pools()
    shop = found[SHOP]
    assert (shop.name, shop.account, shop.region) == ("clew-shop", "111122223333", "us-east-1")
    assert (shop.allow_unauthenticated_identities, shop.allow_classic_flow) == (True, True)
    assert shop.unauthenticated_role == f"{ROLE}/shop-guest"
    assert shop.authenticated_role == f"{ROLE}/ecs-task"
    assert shop.mapped_roles == [f"{ROLE}/app-instance"]
    assert shop.login_providers == [
        "accounts.google.com",
        "cognito-idp.us-east-1.amazonaws.com/us-east-1_clewshop1",
    ]
    assert shop.user_pools == ["cognito-idp.us-east-1.amazonaws.com/us-east-1_clewshop1"]
    assert shop.roles_by_token is False
    assert shop.tags == ["team=shop"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_pool_without_roles_says_so(pools: Callable[..., Read]) -> None:
    partners = pools()[PARTNERS]
    assert (partners.allow_unauthenticated_identities, partners.allow_classic_flow) == (False,) * 2
    assert (partners.unauthenticated_role, partners.authenticated_role) == ("", "")
    assert (partners.mapped_roles, partners.login_providers) == ([], [])
    assert partners.identity_providers == ["arn:aws:iam::111122223333:saml-provider/clew-sso"]


def test_what_was_refused_is_unread(pools: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("cognito-identity", "DescribeIdentityPool", code="NotAuthorizedException")
    aws_replay.deny("cognito-identity", "GetIdentityPoolRoles", code="NotAuthorizedException")
    found = pools()
    shop = found[SHOP]
    assert shop.name == "clew-shop"
    assert (shop.allow_unauthenticated_identities, shop.allow_classic_flow) == (None, None)
    assert (shop.login_providers, shop.identity_providers, shop.tags) == (None, None, None)
    assert (shop.unauthenticated_role, shop.authenticated_role, shop.mapped_roles) == (None,) * 3
    assert (shop.user_pools, shop.roles_by_token) == (None, None)
    assert found.failed == {"DescribeIdentityPool": "denied", "GetIdentityPoolRoles": "denied"}
    assert found.incomplete == set()


def test_a_refused_listing_leaves_pools_incomplete(pools: Callable[..., Read]) -> None:
    found = pools("444455556666")
    assert found.failed == {"ListIdentityPools": "denied"}
    assert found.incomplete == {"AWSCognitoIdentityPool"}
