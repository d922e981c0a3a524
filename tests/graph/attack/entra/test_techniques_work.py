"""Every technique can be taken where all that it declares is so, and not without any one of it."""

from types import MappingProxyType

import pytest
from clew.graph.attack.engine.build import build
from clew.graph.attack.engine.requirement import Existing
from clew.graph.attack.engine.technique import Technique
from clew.graph.attack.engine.technique_files import TechniqueSet
from clew.graph.attack.entra import EntraProvider
from clew.graph.attack.entra.vocabulary import techniques
from clew.graph.authorization.entra.environment import EntraState
from clew.graph.authorization.model import Administration
from clew.graph.view import GraphView
from support.entra_technique_estates import (
    ACTOR,
    FOLLOW_UPS,
    EntraTechniqueEstate,
    asked,
    conditions,
)
from support.technique_estates import LeftOut

KNOWN = techniques().techniques
ALL = list(KNOWN.values())
each = pytest.mark.parametrize("technique", ALL, ids=[technique.id for technique in ALL])


def taken(
    technique: Technique, left_out: LeftOut = "", *, unread: bool = False
) -> tuple[bool, bool]:
    """Whether the actor can take it for certain, and whether at all."""
    graph, listings = EntraTechniqueEstate(technique, left_out, unread=unread).graph()

    class Few(EntraProvider):
        """Entra ID with this technique alone. Who administers the tenant already takes no steps,
        so here only who has given itself every role does."""

        @classmethod
        def techniques(cls) -> TechniqueSet:
            """The one, and what follows where it only changes a user."""
            few = {technique.id: technique}
            if not technique.holds:
                few |= {each: KNOWN[each] for each in FOLLOW_UPS}
            return TechniqueSet(MappingProxyType(few), techniques().external)

        def administration(self, state: EntraState) -> Administration:
            """By any role alone."""
            return Administration(state.any_role)

    found = build([Few(GraphView(graph, listings), listings)])
    certain = possible = False
    for step in found.steps:
        if step.technique == technique.id:
            for number, node in enumerate(found.nodes):
                if node.name == ACTOR and step.sources >> number & 1:
                    others = ~(1 << number)
                    certain |= bool(step.reached.certain & others)
                    possible |= bool(step.reached.possible & others)
    return certain, possible


@each
def test_it_can_be_taken(technique: Technique) -> None:
    assert taken(technique) == (not technique.assumes, True)


@each
def test_it_cannot_be_taken_without_one_of_its_permissions(technique: Technique) -> None:
    for action in asked(technique):
        assert taken(technique, action) == (False, False), action


@each
def test_it_cannot_be_taken_without_one_of_its_conditions(technique: Technique) -> None:
    for condition in conditions(technique):
        expected = (False, not condition.is_needed)
        assert taken(technique, condition) == expected, condition


@each
def test_it_is_conditional_where_one_of_its_conditions_is_unread(technique: Technique) -> None:
    for condition in conditions(technique):
        if condition.where:
            assert taken(technique, condition, unread=True) == (False, True), condition


@each
def test_it_cannot_be_taken_without_one_of_its_relations(technique: Technique) -> None:
    for relation in technique.relations:
        ends = [technique.resources.get(name) for name in (relation.from_, relation.to)]
        is_optional = any(isinstance(end, Existing) and end.optional for end in ends)
        assert taken(technique, relation) == (False, is_optional), relation
