"""Every technique can be taken where all that it declares is so, and not without a permission."""

import pytest
from clew.graph.attack.aws.engine import attack_graph
from clew.graph.attack.aws.technique import Technique, techniques
from support.identities import graph_of
from support.technique_estates import ACTOR, TechniqueEstate

ALL = [technique for technique in techniques().values() if technique.id != "sts-assume-role"]
each = pytest.mark.parametrize("technique", ALL, ids=[technique.id for technique in ALL])


def taken(technique: Technique, left_out: str = "") -> tuple[bool, bool]:
    """Whether the actor can take it for certain, and whether at all."""
    estate = TechniqueEstate(technique, left_out)
    graph = attack_graph(
        *graph_of(estate.iam, resources=estate.resources, listed=estate.labels, known=estate.known)
    )
    certain = possible = False
    for grant in graph.steps:
        if grant.technique == technique.id:
            for number, node in enumerate(graph.nodes):
                if node.name == ACTOR and grant.sources >> number & 1:
                    certain |= bool(grant.reached.certain)
                    possible |= bool(grant.reached.possible)
    return certain, possible


@each
def test_it_can_be_taken(technique: Technique) -> None:
    assert taken(technique) == (not technique.assumes, True)


@each
def test_it_cannot_be_taken_without_one_of_its_permissions(technique: Technique) -> None:
    for action in technique.permissions:
        assert taken(technique, action) == (False, False), action
