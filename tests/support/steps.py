"""The steps of a small AWS estate, one by one."""

from collections.abc import Iterator
from typing import Any

from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.model import AttackGraph, Hop, StepType
from clew.graph.sets import members

from .identities import Identities, graph_of

Step = tuple[str, str, str]
"""Source, technique (or type, if it has none), target."""


class Steps:
    """All steps of an estate; a node is its name, with its state in brackets."""

    def __init__(self, graph: AttackGraph) -> None:
        self.graph = graph

    @classmethod
    def of(cls, *accounts: Identities, **read: Any) -> "Steps":
        """The steps of these accounts; see :func:`~support.identities.graph_of`."""
        return cls(attack_graph(*graph_of(*accounts, **read)))

    def taken(self, kind: str = StepType.CAN_ESCALATE_TO, source: str = "") -> dict[Step, bool]:
        """The steps of a type, and whether each is certain; those of a source, if one is named.
        Steps to where one is already are left out."""
        return {
            step: certain
            for type_, step, certain, _ in self._all()
            if type_ == kind and step[0] != step[2] and source in ("", step[0])
        }

    def hop(self, source: str, technique: str, target: str) -> Hop:
        """All about one step."""
        (found,) = (
            self.graph.explain(*numbers)
            for _, step, _, numbers in self._all()
            if step == (source, technique, target)
        )
        return found

    @property
    def admins(self) -> dict[str, bool]:
        """Who administers an account, and whether for certain."""
        graph = self.graph
        return {
            self.name(number): bool(graph.administrators.certain >> number & 1)
            for number in members(graph.administrators.possible)
        }

    def name(self, number: int) -> str:
        """What to call a node."""
        node = self.graph.nodes[number]
        return f"{node.name} [{node.state}]" if node.state else node.name

    def _all(self) -> Iterator[tuple[str, Step, bool, Any]]:
        for grant in self.graph.steps:
            for source in members(grant.sources):
                for target in members(grant.reached.possible):
                    how = grant.technique or grant.type
                    yield (
                        grant.type,
                        (self.name(source), how, self.name(target)),
                        bool(grant.reached.certain >> target & 1),
                        (grant, source, target),
                    )
