"""Every technique can be taken where all that it declares is so, and not without any one of it."""

from collections import Counter
from types import MappingProxyType

import pytest
from clew.graph.attack.aws import AWSProvider
from clew.graph.attack.aws.vocabulary import techniques
from clew.graph.attack.engine.build import build
from clew.graph.attack.engine.requirement import Existing
from clew.graph.attack.engine.technique import Technique
from clew.graph.attack.engine.technique_files import TechniqueSet
from clew.graph.view import GraphView
from support.technique_estates import (
    ACTOR,
    OF_ITS_POLICIES,
    LeftOut,
    TechniqueEstate,
    conditions,
)

pytestmark = pytest.mark.slow

KNOWN = techniques().techniques
ACTING = ("iam-create-access-key", "sts-assume-role")
"""By which a principal that was only changed is then acted as."""
ALL = [technique for technique in KNOWN.values() if technique.id != "sts-assume-role"]
each = pytest.mark.parametrize("technique", ALL, ids=[technique.id for technique in ALL])


def taken(
    technique: Technique, left_out: LeftOut = "", *, unread: bool = False
) -> tuple[bool, bool]:
    """Whether the actor can take it for certain, and whether at all."""
    graph, listings = TechniqueEstate(technique, left_out, unread=unread).graph()

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
    assert taken(technique) == (not technique.assumes, True), (
        "in an estate of its own declaration it is no step: see that `requires` are on what it "
        "names, and that `relations` are edges of the models"
    )


@each
def test_it_cannot_be_taken_without_one_of_its_permissions(technique: Technique) -> None:
    for action in technique.permissions:
        assert taken(technique, action) == (False, False), f"it works without {action}: take it out"


@each
def test_it_cannot_be_taken_without_one_of_its_conditions(technique: Technique) -> None:
    for condition in conditions(technique):
        expected = (False, not condition.is_needed)
        assert taken(technique, condition) == expected, condition


@each
def test_it_is_conditional_where_one_of_its_conditions_is_unread(technique: Technique) -> None:
    for condition in conditions(technique):
        if condition.where:
            expected = (condition.where.quota and not technique.assumes, True)
            assert taken(technique, condition, unread=True) == expected, condition


@each
def test_it_cannot_be_taken_without_one_of_its_relations(technique: Technique) -> None:
    for relation in technique.relations:
        ends = [technique.resources.get(name) for name in (relation.from_, relation.to)]
        is_optional = any(isinstance(end, Existing) and end.optional for end in ends)
        assert taken(technique, relation) == (False, is_optional), relation


def test_all_that_is_declared_of_a_resource_is_left_out_in_turn() -> None:
    more = {"if_not", "changed", "elsewhere", "service_principals", "runs_as"}
    assert {*Existing.model_fields} == {"existing", "where", *OF_ITS_POLICIES, *more}
    counts = Counter(
        {
            "techniques": len(ALL),
            "permissions": sum(len(technique.permissions) for technique in ALL),
            "relations": sum(len(technique.relations) for technique in ALL),
        }
    )
    counts.update(condition.asked for technique in ALL for condition in conditions(technique))
    print("left out one by one:", dict(counts))
    assert all(counts[asked] for asked in (*OF_ITS_POLICIES, "where"))
