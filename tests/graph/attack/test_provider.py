"""A cloud that is made up here plugs into the engine: its principals, one technique, and a token
that AWS takes."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import networkx
import pytest
from clew.graph.attack.aws import AWSProvider
from clew.graph.attack.engine.build import build
from clew.graph.attack.engine.technique import Technique
from clew.graph.attack.engine.technique_files import TechniqueSet, parse
from clew.graph.attack.engine.technique_vocabulary import TechniqueVocabulary
from clew.graph.attack.federation.model import TokenClaims
from clew.graph.attack.model import AttackGraph, Node
from clew.graph.attack.provider import AttackProvider, provider_types
from clew.graph.attack.search import Search, admin, explain_path
from clew.graph.authorization.model import Administration, Asked, Explanation, Given
from clew.graph.authorization.resource_table import ResourceRow, ResourceTable
from clew.graph.logic import Truth
from clew.graph.model import ListingStatus
from clew.graph.sets import MaySet, exactly, number_set
from clew.graph.view import GraphView
from support.identities import ADMIN, Identities, graph_of

MAY = {("ann", "Impersonate"): {"captain"}, ("bea", "Impersonate"): {"ann"}}
"""Who may do what to whom aboard."""
ISSUER = "https://Ship.example/crew"
TECHNIQUE = """\
id: impersonate
schema: 1
provider: ship
title: Act as somebody else
category: principal-access
resources: {other: {existing: ShipCrew}}
requires: [{action: Impersonate, on: other}]
gains: {identity: other}
difficulty: 1
steps: Put on the coat.
remediation: Lock the wardrobe.
references: [https://ship.example]
"""
SHIP = TechniqueVocabulary("ship", principals=("ShipCrew",), account="Ship", label="Ship.*")


class Crew(NamedTuple):
    """A member of the crew; there is but one state."""

    id: str


class ShipAuthorizer:
    """Decides aboard."""

    places: Sequence[str] = ()
    unread: Sequence[str] = ()

    def __init__(self, view: GraphView) -> None:
        self.principals = sorted(view.labelled("ShipCrew"))

    def table(self, label: str) -> ResourceTable:
        """The crew."""
        crew = self.principals if label == "ShipCrew" else ()
        return ResourceTable(ResourceRow(id_, "ship", id_) for id_ in crew)

    def allowed(self, who: Crew, action: str, on: ResourceTable, given: Given = ()) -> MaySet:
        """By the table above."""
        reached = MAY.get((who.id, action), set())
        return exactly(number_set(row for row, id_ in enumerate(on.ids) if id_ in reached))

    def allowed_on_new(self, who: Crew, asked: Asked, template: str) -> Truth:
        """Nothing is ever new aboard."""
        return False

    def example(self, who: Crew, asked: Asked, template: str) -> str:
        """Nothing."""
        return template

    def explain(self, who: Crew, action: str, resource: str, given: Given = ()) -> Explanation:
        """Without statements."""
        return Explanation(resource in MAY.get((who.id, action), set()))

    def principals_with(self, action: str) -> int:
        """By the table above."""
        able = [(id_, action) in MAY for id_ in self.principals]
        return number_set(place for place, each in enumerate(able) if each)

    def has_own_policy(self, label: str, action: str) -> bool:
        """Never."""
        return False


class ShipProvider(AttackProvider):
    """The ship."""

    name = "ship"
    vocabulary = SHIP

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus]) -> None:
        super().__init__(view, listings)
        self.authorizer = ShipAuthorizer(view)

    @classmethod
    def techniques(cls) -> TechniqueSet:
        """The one."""
        technique = parse("impersonate", TECHNIQUE, SHIP)
        assert isinstance(technique, Technique)
        return TechniqueSet({technique.id: technique}, {})

    def state(self, id_: str) -> Crew:
        """As they are."""
        return Crew(id_)

    def administration(self, state: Crew) -> Administration:
        """The captain."""
        return Administration(state.id == "captain", "it is the captain")

    def issues(self) -> Iterator[tuple[Node, TokenClaims]]:
        """Each member can show who it is."""
        for id_ in self.authorizer.principals:
            claims = {"sub": (id_,), "aud": ("sts.amazonaws.com",)}
            yield Node(id_, "ShipCrew", id_, "ship"), TokenClaims(ISSUER, claims)


def sailing(subject: str, audience: str = "sts.amazonaws.com") -> AttackGraph:
    """A ship next to an account whose role ``port`` takes the tokens of a subject."""
    iam = Identities()
    provider = f"arn:aws:iam::{iam.account}:oidc-provider/ship.example/crew"
    iam.role(
        "port",
        trusts=[
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"ship.example/crew:sub": subject}},
            }
        ],
        attached=[iam.managed("all", ADMIN)],
    )
    graph, listings = graph_of(
        iam, resources=[_provider(provider, audience)], listed=["AWSOIDCProvider"]
    )
    graph = networkx.MultiDiGraph(graph)
    for name in ("ann", "bea", "captain", "dan"):
        graph.add_node(name, id=name, label="ShipCrew", name=name, account="ship", missing=None)
    view = GraphView(graph, listings)
    return build([AWSProvider(view, listings), ShipProvider(view, listings)])


def _provider(arn: str, audience: str) -> Any:
    from clew.collectors.aws.iam import OIDCProvider
    from clew.graph.model import Location

    here = Location(arn.split(":")[4], "global", "aws")
    return OIDCProvider.unread(here, id=arn, client_ids=[audience], url="ship.example/crew")


def found(graph: AttackGraph, name: str) -> list[list[tuple[str, str]]]:
    """The paths of one of the crew to an administrator: technique, or type, and target."""
    search = Search(graph, admin(graph))
    return [
        [(hop.technique or hop.type, hop.target.rpartition("/")[2]) for hop in explained.hops]
        for path in search.paths(graph.number[name, ""])
        if not (explained := explain_path(graph, path)).conditional
    ]


def test_its_technique_is_followed_by_the_same_engine() -> None:
    graph = sailing("nobody")
    assert found(graph, "ann") == [[("impersonate", "captain")]]
    assert found(graph, "bea") == [[("impersonate", "ann"), ("impersonate", "captain")]]
    assert found(graph, "dan") == []


def test_a_path_crosses_the_border_where_aws_takes_its_tokens() -> None:
    graph = sailing("dan")
    assert found(graph, "dan") == [[("outside-web-identity", "port")]]


@pytest.mark.parametrize(("subject", "audience"), [("ann", "sts.amazonaws.com"), ("dan", "else")])
def test_a_token_for_another_subject_or_audience_is_not_taken(subject: str, audience: str) -> None:
    assert found(sailing(subject, audience), "dan") == []


def test_administrators_of_one_provider_do_not_hold_the_accounts_of_another() -> None:
    graph = sailing("nobody")
    (captain,) = (number for number, node in enumerate(graph.nodes) if node.name == "captain")
    assert graph.administrators.certain >> captain & 1
    reached = [
        graph.nodes[target].label
        for step in graph.steps
        if step.type == "ADMINISTERS" and step.sources >> captain & 1
        for target in range(len(graph.nodes))
        if step.reached.possible >> target & 1
    ]
    assert reached == ["Ship"]


def test_the_providers_are_found_in_their_packages() -> None:
    assert provider_types()["aws"] is AWSProvider
