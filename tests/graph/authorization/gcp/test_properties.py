"""What holds of every world: sets are single decisions, denials only take away, what is granted
above is granted below."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clew.graph.authorization.gcp import cel
from clew.graph.authorization.gcp.environment import PrincipalState
from clew.graph.authorization.gcp.permissions import is_permission, permission
from clew.graph.authorization.resource_table import ResourceRow, ResourceTable
from hypothesis import given
from hypothesis import strategies as st
from support.gcp_worlds import IAM, TREE, GCPWorld

SCOPES = {
    "organizations/o": "",
    "folders/f": "organizations/o",
    "folders/lost": "?",
    "projects/p": "folders/f",
    "projects/q": "organizations/o",
    "projects/r": "folders/lost",
}
ACTIONS = (
    "storage.objects.get",
    "resourcemanager.projects.setIamPolicy",
    "iam.serviceAccounts.getAccessToken",
)
DENIED = ("storage.googleapis.com/*.*", "iam.googleapis.com/serviceAccounts.*")
BUCKET, ACCOUNT = "//storage.googleapis.com/b", "serviceAccount:a@p.iam.gserviceaccount.com"
RESOURCES = [
    *(TREE + each for each in SCOPES),
    BUCKET,
    "//storage.googleapis.com/unknown",
    f"{IAM}projects/p/serviceAccounts/a@p.iam.gserviceaccount.com",
    "//compute.googleapis.com/projects/q/zones/z/instances/i",
]
CONDITIONS = (
    "",
    "resource.name.startsWith('projects/_/buckets/b')",
    "resource.type == 'iam.googleapis.com/ServiceAccount'",
    "resource.matchTag('o/env', 'test')",
    "request.time < timestamp('2020-01-01T00:00:00Z')",
    "request.auth.access_levels == 1",
    "no condition",
)
UNLISTED = ("GCPPolicyBinding", "GCPDenyPolicy", "GCPPrincipalAccessBoundary", "GCPTagBinding")
SOURCE = Path("/work/shared/data/iam/gcp_predefined_roles.json.gz")

conditions = st.sampled_from(CONDITIONS)
scopes = st.sampled_from([each for each in RESOURCES if not each.endswith("/unknown")])


def world_of(draw: Callable[..., Any]) -> tuple[GCPWorld, list[str], Any]:
    """Any small world, those who act in it, and how to draw whom a policy names."""
    world = GCPWorld()
    for name, parent in SCOPES.items():
        world.scope(name, parent, project_number=None)
    world.resource("GCPBucket", BUCKET, "p")
    people = [world.principal(each) for each in ("user:ann@example.com", ACCOUNT, "allUsers")]
    members = st.none() | st.lists(st.sampled_from(people[:2]), unique=True)
    inner = world.group("inner@example.com", draw(members))
    outer = world.group("outer@example.com", [inner])
    named = ["user:ann@example.com", ACCOUNT, inner, outer, "group:lost@x.com", "allUsers"]
    named += ["domain:example.com", "projectViewer:p", "allAuthenticatedUsers"]
    whom = st.lists(st.sampled_from(named), max_size=2)
    permissions = st.none() | st.lists(st.sampled_from(ACTIONS), max_size=2)
    if draw(st.booleans()):
        world.tag(TREE + "folders/f", "o/env", "test")
    for _ in range(draw(st.integers(0, 3))):
        world.grant(
            draw(st.none() | whom), draw(permissions), draw(scopes), condition=draw(conditions)
        )
    for _ in range(draw(st.integers(0, 1))):
        world.boundary(draw(st.none() | st.lists(scopes, max_size=2)), draw(scopes))
    return world, people, whom


def deny(world: GCPWorld, draw: Callable[..., Any], whom: Any) -> None:
    """Denies anything to anybody."""
    world.deny(
        draw(whom),
        draw(st.lists(st.sampled_from(DENIED), max_size=2)),
        draw(scopes),
        excluded=draw(whom),
        condition=draw(conditions),
        is_read=draw(st.booleans()),
    )


def table(world: GCPWorld) -> ResourceTable:
    """All resources of a world, and some that it does not hold."""
    nodes = world.graph.nodes
    return ResourceTable(
        ResourceRow(each, nodes[each]["account"] if each in nodes else "") for each in RESOURCES
    )


@given(st.data())
def test_a_set_is_what_its_resources_are_decided_one_by_one(data: st.DataObject) -> None:
    world, people, whom = world_of(data.draw)
    for _ in range(data.draw(st.integers(0, 2))):
        deny(world, data.draw, whom)
    authorizer = world.authorizer(*data.draw(st.sets(st.sampled_from(UNLISTED), max_size=1)))
    rows = table(world)
    for who in map(PrincipalState, people):
        for action in ACTIONS:
            found = authorizer.allowed(who, action, rows)
            for row, id_ in enumerate(rows.ids):
                assert found.holds(row) is authorizer.decide(who, action, id_).is_allowed


@given(st.data())
def test_a_denial_never_widens(data: st.DataObject) -> None:
    world, people, whom = world_of(data.draw)
    rows, before = table(world), world.authorizer()
    asked = [(PrincipalState(who), action) for who in people for action in ACTIONS]
    found = [before.allowed(*each, rows) for each in asked]
    deny(world, data.draw, whom)
    after = world.authorizer()
    for each, was in zip(asked, found, strict=True):
        now = after.allowed(*each, rows)
        assert now.certain & ~was.certain == 0
        assert now.possible & ~was.possible == 0


@given(st.data())
def test_what_is_not_read_never_becomes_safe(data: st.DataObject) -> None:
    world, people, whom = world_of(data.draw)
    deny(world, data.draw, whom)
    unlisted = data.draw(st.sets(st.sampled_from(UNLISTED)))
    rows, whole, partial = table(world), world.authorizer(), world.authorizer(*unlisted)
    for who in map(PrincipalState, people):
        for action in ACTIONS:
            assert (
                whole.allowed(who, action, rows).certain
                & ~(partial.allowed(who, action, rows).possible)
                == 0
            )


@given(scopes, st.sampled_from(ACTIONS))
def test_what_is_granted_above_is_granted_below(scope: str, action: str) -> None:
    world = GCPWorld()
    for name, parent in SCOPES.items():
        world.scope(name, parent)
    world.resource("GCPBucket", BUCKET, "p")
    ann = world.principal("user:ann@example.com")
    world.grant([ann], [action], scope)
    authorizer, rows = world.authorizer(), table(world)
    found = authorizer.allowed(PrincipalState(ann), action, rows)
    for row, id_ in enumerate(rows.ids):
        chain = authorizer.environment.place(id_).chain
        assert (found.holds(row) is True) == (scope in chain)


@given(st.text())
def test_any_text_is_a_condition_that_is_decided_or_open(text: str) -> None:
    assert cel.holds(text, {}) in (True, False, None)


@given(st.text(alphabet="()!&|='a.[],< 1", max_size=200))
def test_whatever_looks_like_a_condition_is_decided_or_open(text: str) -> None:
    assert cel.holds(text, {"a": "1"}) in (True, False, None)


@given(
    st.recursive(
        st.sampled_from(["true", "false", "x.y", "'a' == 'b'", "1 < 2", "'a' in ['a', 'b']"]),
        lambda inner: (
            st.builds("({} && {})".format, inner, inner)
            | st.builds("({} || {})".format, inner, inner)
            | st.builds("!({})".format, inner)
        ),
        max_leaves=8,
    )
)
def test_what_is_decided_hangs_on_nothing_that_is_not_known(text: str) -> None:
    decided = cel.holds(text, {})
    either = {cel.holds(text, {"x.y": value}) for value in (True, False)}
    assert decided is None or either == {decided}


@pytest.mark.skipif(not SOURCE.exists(), reason="the predefined roles are not here")
def test_every_predefined_role_is_read() -> None:
    roles = json.loads(gzip.decompress(SOURCE.read_bytes()))
    listed = roles.values() if isinstance(roles, dict) else roles
    count = 0
    for role in listed:
        for each in role.get("includedPermissions") or ():
            assert is_permission(each)
            assert permission(permission(each)) == permission(each)
        count += 1
    assert count > 1000
