"""Edges that an API tells of from their other end."""

from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, Resource, Scope, Status, UnknownResource, field, ref
from clew.graph.schema import EdgeType, Schema

TENANT = "t"


class Club(Resource):
    """A club, which lists its members."""

    provider = "entra"
    owner_identity = "//{service}/projects/{account}/{rest}"
    service = "clubs"
    label = "InverseClub"
    identity = "//clubs/projects/{account}/clubs/{name}"

    members: list[str] | None = ref(
        ("InversePerson", "UnknownResource"), by="id", rel="MEMBER_OF", inverse=True
    )
    founder: str | None = ref("InversePerson", by="id", rel="OWNED_BY")


class Person(Resource):
    """A person, who may tell of the same membership."""

    provider = "entra"
    owner_identity = "//{service}/projects/{account}/{rest}"
    service = "people"
    label = "InversePerson"
    identity = "//people/projects/{account}/people/{name}"

    clubs: list[str] | None = ref("InverseClub", by="id", rel="MEMBER_OF")
    nickname: str | None = field("Nickname.")


MODELS = (Club, Person, UnknownResource)
ADA = "//people/projects/t/people/ada"
CHESS = "//clubs/projects/t/clubs/chess"


def club(members: list[str] | None) -> Club:
    return Club(id=CHESS, name="chess", account=TENANT, members=members, founder="")


def person(clubs: list[str]) -> Person:
    return Person(id=ADA, name="ada", account=TENANT, clubs=clubs)


def linked(*resources: Resource, listed: bool = True) -> ResourceGraph:
    status = Status.OK if listed else Status.DENIED
    reads = [ListingStatus(model.label, TENANT, "global", status) for model in (Club, Person)]
    scope = Scope(
        accounts={"entra": [TENANT]}, regions={TENANT: []}, labels=["InverseClub", "InversePerson"]
    )
    return link(resources, MODELS, reads, scope)


def ends(graph: ResourceGraph) -> list[tuple[str, str, str]]:
    return [
        (edge.source, pair.rel, edge.target)
        for pair, edges in graph.edges.items()
        for edge in edges
    ]


def test_the_edge_leads_from_the_one_that_is_named() -> None:
    graph = linked(club([ADA]), person([]))
    assert ends(graph) == [(ADA, "MEMBER_OF", CHESS)]
    ((edge,),) = graph.edges.values()
    assert edge.properties == {"via": "members"}


def test_reported_from_both_ends_it_is_one_edge() -> None:
    assert ends(linked(club([ADA]), person([CHESS]))) == [(ADA, "MEMBER_OF", CHESS)]


def test_one_that_is_missing_still_has_its_edge() -> None:
    graph = linked(club([ADA, "//pets/projects/other/cats/tom"]))
    assert set(ends(graph)) == {
        (ADA, "MEMBER_OF", CHESS),
        ("//pets/projects/other/cats/tom", "MEMBER_OF", CHESS),
    }
    assert graph.nodes[ADA].missing == "NOT_FOUND"
    assert graph.nodes["//pets/projects/other/cats/tom"].missing == "CROSS_ACCOUNT"


def test_unread_members_are_an_edge_too() -> None:
    graph = linked(club(None))
    assert ends(graph) == [(f"unread:{CHESS}#members", "MEMBER_OF", CHESS)]
    assert graph.nodes[f"unread:{CHESS}#members"].missing == "UNREADABLE"


def test_a_label_that_was_never_reached_is_unreadable_not_absent() -> None:
    scope = Scope(accounts={"entra": [TENANT]}, regions={TENANT: []}, labels=["InversePerson"])
    graph = link([club([ADA])], MODELS, [], scope)
    assert graph.nodes[ADA].missing == "UNREADABLE"


def test_the_schema_knows_its_direction() -> None:
    pairs = Schema.of(MODELS).pairs
    assert EdgeType("InversePerson", "MEMBER_OF", "InverseClub") in pairs
    assert EdgeType("UnknownResource", "MEMBER_OF", "InverseClub") in pairs
    assert EdgeType("InverseClub", "MEMBER_OF", "InversePerson") not in pairs
