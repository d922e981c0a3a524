"""Every technique of the clouds in which roles are granted on scopes can be taken where all that it
declares is so, and not without any one of it."""

from types import MappingProxyType

import pytest
from clew.graph.attack.azure.provider import AzureProvider
from clew.graph.attack.engine.build import build
from clew.graph.attack.engine.technique import Technique
from clew.graph.attack.engine.technique_files import TechniqueSet
from clew.graph.attack.gcp.provider import GCPProvider
from clew.graph.view import GraphView
from support import azure_technique_worlds, gcp_technique_worlds
from support.technique_conditions import LeftOut, conditions, is_needed

pytestmark = pytest.mark.slow

CLOUDS = {
    AzureProvider.name: (AzureProvider, azure_technique_worlds.TechniqueWorld),
    GCPProvider.name: (GCPProvider, gcp_technique_worlds.TechniqueWorld),
}
KNOWN = {
    id_: technique
    for provider, _ in CLOUDS.values()
    for id_, technique in provider.techniques().techniques.items()
}
each = pytest.mark.parametrize("technique", KNOWN.values(), ids=KNOWN)


def taken(
    technique: Technique, left_out: LeftOut = None, *, unread: bool = False
) -> tuple[bool, bool]:
    """Whether the actor can take it for certain, and whether at all."""
    provider, world = CLOUDS[technique.provider]
    made = world(technique, left_out, unread=unread)
    labels = {each.existing for each in technique.existing.values()}
    listings = made.world.listings(more=labels)
    alone = TechniqueSet(MappingProxyType({technique.id: technique}), {})
    one = type("One", (provider,), {"techniques": classmethod(lambda _: alone)})
    found = build([one(GraphView(made.world.graph, listings), listings)])
    certain = possible = False
    for step in found.steps:
        acting = step.sources >> found.number[made.actor, ""] & 1
        if step.technique == technique.id and acting:
            certain |= bool(step.reached.certain)
            possible |= bool(step.reached.possible)
            for target in range(len(found.nodes)):
                if step.reached.possible >> target & 1:
                    found.explain(step, found.number[made.actor, ""], target)
    return certain, possible


@each
def test_it_can_be_taken(technique: Technique) -> None:
    assert taken(technique) == (not technique.assumes, True)


@each
def test_it_cannot_be_taken_without_one_of_its_permissions(technique: Technique) -> None:
    for requirement in technique.requires:
        assert taken(technique, requirement) == (False, False), requirement


@each
def test_it_cannot_be_taken_without_one_of_its_conditions(technique: Technique) -> None:
    for condition in conditions(technique):
        expected = (False, not condition.is_needed(technique))
        assert taken(technique, condition) == expected, condition


@each
def test_it_is_conditional_where_one_of_its_conditions_is_unread(technique: Technique) -> None:
    for condition in conditions(technique):
        if condition.where:
            assert taken(technique, condition, unread=True) == (False, True), condition


@each
def test_it_cannot_be_taken_without_one_of_its_relations(technique: Technique) -> None:
    for relation in technique.relations:
        expected = (False, not is_needed(relation, technique))
        assert taken(technique, relation) == expected, relation
