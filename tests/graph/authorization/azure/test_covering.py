"""Whether one may do all that another's role allows."""

from fnmatch import fnmatchcase
from itertools import product
from typing import Any

import pytest
from clew.graph.authorization.azure.covering import covers, overlap, within
from clew.graph.authorization.azure.environment import PrincipalState
from hypothesis import given
from hypothesis import strategies as st
from support.azure_worlds import CONTRIBUTOR, OWNER, AzureWorld

SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
MACHINES = [{"actions": ["Microsoft.Compute/virtualMachines/*", "*/read"]}]
SECRETS = [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}]
READ_AND_WRITE = [{"actions": ["*/read", "*/write"]}]
READ_WRITE_AND_CALL = [{"actions": ["Microsoft.Web/*"]}]
IN_TWO = [{"actions": ["a.b/*/read", "a.b/*/write", "a.b/*/delete"]}, {"actions": ["a.b/*/action"]}]
TOGETHER = [{"actions": ["a.b/*"]}]
BY_CONDITION = [{"actions": ["*"], "condition": "@Resource[a/b:c] StringEquals 'd'"}]

patterns = st.text("ab*", max_size=5)
NAMES = ["".join(each) for size in range(7) for each in product("ab", repeat=size)]


@given(patterns, patterns)
def test_patterns_against_all_short_names(first: str, second: str) -> None:
    named = {each for each in NAMES if fnmatchcase(each, first)}
    also = {each for each in NAMES if fnmatchcase(each, second)}
    if within(first, second):
        assert named <= also
    if named & also:
        assert overlap(first, second)
    if not overlap(first, second):
        assert not named & also


def covered(own: Any, other: Any, own_scope: str = SUB, scope: str = SUB, **grant: Any) -> Any:
    world = AzureWorld()
    world.subscription("s")
    user = world.principal("user")
    world.assign(user, own, own_scope, **grant)
    held = world.assign(world.principal("app", "app"), other, scope)
    authorizer = world.authorizer()
    (asked,) = (each for each in authorizer.environment.grants if each.id == held)
    return covers(authorizer, PrincipalState(user), asked)


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        (OWNER, CONTRIBUTOR, True),
        (CONTRIBUTOR, OWNER, False),
        (CONTRIBUTOR, CONTRIBUTOR, True),
        (CONTRIBUTOR, MACHINES, True),
        (MACHINES, CONTRIBUTOR, False),
        (READ_AND_WRITE, READ_WRITE_AND_CALL, False),
        (IN_TWO, TOGETHER, None),
        (MACHINES, SECRETS, False),
        (OWNER, SECRETS, False),
        (SECRETS, SECRETS, True),
        (OWNER, None, None),
        (None, MACHINES, None),
        (BY_CONDITION, MACHINES, None),
    ],
)
def test_roles(own: Any, other: Any, expected: bool | None) -> None:
    assert covered(own, other) is expected


def test_scopes() -> None:
    assert covered(OWNER, MACHINES, SUB, RG) is True
    assert covered(OWNER, MACHINES, RG, SUB) is False
    assert covered(OWNER, MACHINES, "/", RG) is True


@pytest.mark.parametrize("condition", ["@Resource[a/b:c] StringEquals 'd'", None])
def test_a_condition_leaves_it_open(condition: str | None) -> None:
    assert covered(OWNER, MACHINES, condition=condition) is None
