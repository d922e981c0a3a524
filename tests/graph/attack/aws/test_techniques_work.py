"""Every technique can be taken where all that it declares is so, and not without a permission."""

from types import MappingProxyType

import pytest
from clew.graph.attack.aws import AWSProvider
from clew.graph.attack.aws.vocabulary import techniques
from clew.graph.attack.engine.build import build
from clew.graph.attack.engine.technique import Technique, TechniqueSet
from clew.graph.view import GraphView
from support.identities import graph_of
from support.technique_estates import ACTOR, Condition, TechniqueEstate, conditions

KNOWN = techniques().techniques
ACTING = ("iam-create-access-key", "sts-assume-role")
"""By which a principal that was only changed is then acted as."""
ALL = [technique for technique in KNOWN.values() if technique.id != "sts-assume-role"]
each = pytest.mark.parametrize("technique", ALL, ids=[technique.id for technique in ALL])


def taken(technique: Technique, left_out: str | Condition = "") -> tuple[bool, bool]:
    """Whether the actor can take it for certain, and whether at all."""
    estate = TechniqueEstate(technique, left_out)
    graph, listings = graph_of(
        estate.iam, resources=estate.resources, listed=estate.labels, known=estate.known
    )

    class Few(AWSProvider):
        """AWS with this technique, and no other that does the same in one step."""

        @classmethod
        def techniques(cls) -> TechniqueSet:
            """The few."""
            few = {id_: KNOWN[id_] for id_ in (technique.id, *ACTING)}
            return TechniqueSet(MappingProxyType(few), techniques().external)

    found = build([Few(GraphView(graph, listings), listings)])
    certain = possible = False
    for step in found.steps:
        if step.technique == technique.id:
            for number, node in enumerate(found.nodes):
                if node.name == ACTOR and step.sources >> number & 1:
                    certain |= bool(step.reached.certain)
                    possible |= bool(step.reached.possible)
    return certain, possible


@each
def test_it_can_be_taken(technique: Technique) -> None:
    assert taken(technique) == (not technique.assumes, True)


@each
def test_it_cannot_be_taken_without_one_of_its_permissions(technique: Technique) -> None:
    for action in technique.permissions:
        assert taken(technique, action) == (False, False), action


@each
def test_it_cannot_be_taken_without_one_of_its_conditions(technique: Technique) -> None:
    for condition in conditions(technique):
        expected = (False, not condition.is_needed)
        assert taken(technique, condition) == expected, condition
