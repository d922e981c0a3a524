"""Service perimeters leave open what roles allow, and never stop it for certain."""

import pytest
from clew.graph.authorization.gcp.authorizer import GCPAuthorizer
from clew.graph.authorization.gcp.environment import GCPEnvironment, PrincipalState
from clew.graph.authorization.gcp.perimeters import PERIMETER
from clew.graph.view import GraphView
from support.gcp_worlds import TREE, GCPWorld

READ, USERS = "storage.objects.get", "cloudsql.users.create"
STORAGE, SQL = "storage.googleapis.com", "sqladmin.googleapis.com"
HOME, OTHER, BUCKET = f"{TREE}projects/p", f"{TREE}projects/q", "//storage.googleapis.com/b"


@pytest.fixture
def world() -> GCPWorld:
    """Two projects, in each of which somebody may read and make users."""
    made = GCPWorld()
    made.scope("organizations/o", name="example.com")
    made.scope("projects/p", "organizations/o")
    made.scope("projects/q", "organizations/o")
    made.resource("GCPBucket", BUCKET, "p")
    made.grant([made.principal("user:ann@example.com")], [READ, USERS], f"{TREE}organizations/o")
    return made


def decided(world: GCPWorld, asked: str, resource: str, *unlisted: str) -> str:
    """What is decided of one resource, which the answer for many agrees with."""
    ann = "user:ann@example.com"
    found = world.answer(ann, asked, resource, *unlisted)
    authorizer = world.authorizer(*unlisted)
    for label in ("GCPBucket", "GCPProject"):
        table = authorizer.table(label)
        if resource in table.index:
            rows = authorizer.allowed(PrincipalState(ann), asked, table)
            assert rows.holds(table.index[resource]) is found.is_allowed
    return found.decision.value


@pytest.mark.parametrize(
    ("services", "asked", "expected"),
    [
        ([STORAGE], READ, "CONDITIONAL"),
        ([SQL], READ, "ALLOWED"),
        ([SQL], USERS, "CONDITIONAL"),
        ([], READ, "ALLOWED"),
        (None, READ, "CONDITIONAL"),
    ],
)
def test_a_perimeter_leaves_open_what_its_services_allow(
    world: GCPWorld, services: list[str] | None, asked: str, expected: str
) -> None:
    world.perimeter([HOME], services)
    assert decided(world, asked, HOME) == expected
    assert decided(world, asked, OTHER) == "ALLOWED"


def test_what_lies_in_a_project_is_within_its_perimeter(world: GCPWorld) -> None:
    world.perimeter([HOME], [STORAGE])
    assert decided(world, READ, BUCKET) == "CONDITIONAL"
    answer = world.answer("user:ann@example.com", READ, BUCKET)
    assert answer.unread == ("whether service perimeter a perimeter lets it in is not known",)


def test_a_perimeter_of_unread_extent_may_be_around_everything(world: GCPWorld) -> None:
    world.perimeter(None, [STORAGE])
    assert decided(world, READ, OTHER) == "CONDITIONAL"
    assert decided(world, USERS, OTHER) == "ALLOWED"


def test_a_perimeter_allows_nothing(world: GCPWorld) -> None:
    world.perimeter([HOME], [STORAGE])
    assert decided(world, "storage.buckets.delete", HOME) == "IMPLICITLY_DENIED"
    world.deny(["principalSet://goog/public:all"], ["storage.googleapis.com/objects.*"], HOME)
    assert decided(world, READ, HOME) == "EXPLICITLY_DENIED"


def test_perimeters_that_could_not_be_listed_may_stop_what_is_allowed(world: GCPWorld) -> None:
    assert decided(world, READ, BUCKET, PERIMETER) == "CONDITIONAL"
    answer = world.answer("user:ann@example.com", READ, BUCKET, PERIMETER)
    assert answer.unread == ("service perimeters of p could not be read",)
    gaps = world.authorizer(PERIMETER).unread
    assert "Service perimeters of project p could not be listed." in gaps


def test_a_scan_without_perimeters_says_so(world: GCPWorld) -> None:
    listings = [each for each in world.listings() if each.label != PERIMETER]
    authorizer = GCPAuthorizer(GCPEnvironment(GraphView(world.graph, listings), listings))
    assert any("perimeters" in each for each in authorizer.unread)
    assert not any("perimeters" in each for each in world.authorizer().unread)
