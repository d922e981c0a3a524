"""Who can act as which service accounts of Google Cloud."""

import pytest
from clew.graph.authorization.gcp.environment import PrincipalState
from clew.graph.authorization.gcp.impersonation import (
    DELEGATING,
    MAKING_KEYS,
    MINTING,
    NO_KEYS,
    Impersonation,
)
from clew.graph.logic import Truth
from clew.graph.sets import members
from hypothesis import given
from hypothesis import strategies as st
from support.gcp_worlds import TREE, GCPWorld

ORG, HOME, OTHER = (f"{TREE}{each}" for each in ("organizations/o", "projects/p", "projects/q"))


@pytest.fixture
def world() -> GCPWorld:
    """An organization with two projects."""
    return two_projects()


def two_projects() -> GCPWorld:
    """An organization with two projects."""
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o")
    found.scope("projects/q", "organizations/o")
    return found


def account(world: GCPWorld, name: str) -> str:
    return world.principal(f"serviceAccount:{name}@q.iam.gserviceaccount.com")


def becomes(world: GCPWorld, who: str, target: str, *unlisted: str) -> Truth:
    return Impersonation(world.authorizer(*unlisted)).becomes(PrincipalState(who), target)


@pytest.mark.parametrize("permission", MINTING)
@pytest.mark.parametrize("is_own", [True, False])
def test_whoever_mints_or_signs_as_an_account_acts_as_it(
    world: GCPWorld, permission: str, is_own: bool
) -> None:
    ann, robot = world.principal("user:ann@x.com"), account(world, "a")
    world.grant([ann], [permission], robot if is_own else OTHER)
    assert becomes(world, ann, robot) is True


def test_a_role_where_the_account_has_its_power_is_not_one_on_the_account(world: GCPWorld) -> None:
    ann, robot = world.principal("user:ann@x.com"), account(world, "a")
    world.grant([ann], [*MINTING], HOME)
    world.grant([robot], ["x.y.z"], HOME)
    assert becomes(world, ann, robot) is False


def test_to_attach_an_account_is_not_to_act_as_it(world: GCPWorld) -> None:
    ann, robot = world.principal("user:ann@x.com"), account(world, "a")
    world.grant([ann], ["iam.serviceAccounts.actAs"], OTHER)
    assert becomes(world, ann, robot) is False


def test_nobody_acts_as_a_disabled_account(world: GCPWorld) -> None:
    ann, robot = world.principal("user:ann@x.com"), account(world, "a")
    world.grant([ann], [*MINTING], robot)
    world.graph.nodes[robot]["disabled"] = True
    assert becomes(world, ann, robot) is False
    world.graph.nodes[robot]["disabled"] = None
    assert becomes(world, ann, robot) is None


def test_keys_open_an_account_unless_the_nearest_policy_forbids_them(world: GCPWorld) -> None:
    ann, robot = world.principal("user:ann@x.com"), account(world, "a")
    world.grant([ann], [MAKING_KEYS], robot)
    assert becomes(world, ann, robot) is True
    assert becomes(world, ann, robot, "GCPOrgPolicy") is None
    world.constrain(NO_KEYS, ORG, True)
    assert becomes(world, ann, robot) is False
    assert becomes(world, ann, robot, "GCPOrgPolicy") is None
    world.constrain(NO_KEYS, OTHER, False)
    assert becomes(world, ann, robot) is True
    world.constrain(NO_KEYS, OTHER, None)
    assert becomes(world, ann, robot) is None


def test_delegation_goes_on_to_whom_the_account_mints_tokens_of(world: GCPWorld) -> None:
    ann, one, two = world.principal("user:ann@x.com"), account(world, "a"), account(world, "b")
    last = account(world, "c")
    world.grant([ann], [DELEGATING], one)
    world.grant([one], [DELEGATING], two)
    world.grant([two], [MINTING[0]], last)
    assert becomes(world, ann, last) is True
    assert becomes(world, ann, one) is False
    assert becomes(world, ann, two) is False


@given(st.data())
def test_a_chain_equals_its_links(data: st.DataObject) -> None:
    world = two_projects()
    people = [world.principal("user:ann@x.com"), *(account(world, each) for each in "abc")]
    permissions = st.lists(st.sampled_from([MINTING[0], DELEGATING]), max_size=1)
    for _ in range(data.draw(st.integers(0, 5))):
        who, scope = data.draw(st.sampled_from(people)), data.draw(st.sampled_from(people[1:]))
        world.grant([who], data.draw(st.none() | permissions), scope)
    asked = Impersonation(world.authorizer())
    found = {who: asked.all_of(PrincipalState(who)) for who in people}
    for who, rows in found.items():
        for row in members(rows.certain):
            through = found[asked.accounts.ids[row]]
            assert through.certain & ~rows.certain == 0, who
        for row in members(rows.possible):
            assert found[asked.accounts.ids[row]].possible & ~rows.possible == 0, who
