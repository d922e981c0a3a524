"""What a technique asks for in addition to permissions of the actor's, each to be left out."""

from collections.abc import Iterator
from typing import NamedTuple

from clew.graph.attack.engine.requirement import Relation, Requirement, Where
from clew.graph.attack.engine.technique import Technique


class Condition(NamedTuple):
    """What a technique asks of one of its resources in addition to permissions of the actor's."""

    resource: str
    where: Where | None = None
    """What is asked, if it is about a field; that the resource is there, if not."""

    def is_needed(self, technique: Technique) -> bool:
        """Whether the step cannot be taken without it; else it is conditional."""
        declared = technique.existing[self.resource]
        return not (declared.optional or (self.where and self.where.optional))


def is_needed(relation: Relation, technique: Technique) -> bool:
    """Whether a step cannot be taken where two of its resources are not joined; else it is
    conditional."""
    ends = (technique.existing.get(name) for name in (relation.from_, relation.to))
    return not any(end and end.optional for end in ends)


LeftOut = Requirement | Condition | Relation | None


def conditions(technique: Technique) -> Iterator[Condition]:
    """All that a technique asks of its resources."""
    for name, each in technique.existing.items():
        yield Condition(name)
        yield from (Condition(name, where) for where in each.where)
