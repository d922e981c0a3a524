"""Steps from one cloud into another, and who controls where they begin."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..graph.attack.model import AttackGraph, StepType
from ..graph.attack.provider import provider_types
from ..graph.attack.step_edges import STEPS
from ..graph.model import ExternalSubject
from ..graph.sets import NONE, MaySet, exactly, members, number_set
from ..graph.traversal import once_per_graph
from .attack import attack_of

if TYPE_CHECKING:
    import networkx

EDGES = STEPS
"""What verdicts on them rest on."""
_TAKEN = (StepType.CAN_ASSUME, StepType.CAN_ESCALATE_TO)


class Crossing(NamedTuple):
    """That a principal of one cloud, or somebody outside, acts as one of another."""

    source: int
    target: int
    is_certain: bool


class Crossings:
    """All of them, by the numbers of an attack graph's nodes."""

    def __init__(self, attack: AttackGraph) -> None:
        self.attack = attack
        self._clouds: dict[str, str] = {}
        self._controlling: dict[int, MaySet] = {}

    def into(self, id_: str) -> list[Crossing]:
        """Those that lead to a node, from principals of other clouds."""
        return [each for each in self._by_end[1].get(id_, ()) if not self.is_outside(each.source)]

    def out_of(self, id_: str) -> list[Crossing]:
        """Those that begin at a node."""
        return self._by_end[0].get(id_, [])

    def outside(self) -> Iterator[tuple[int, list[Crossing]]]:
        """Each subject outside, with what it leads to."""
        for number, node in enumerate(self.attack.nodes):
            if self.is_outside(number):
                yield number, self.out_of(node.id)

    def is_outside(self, number: int) -> bool:
        """Whether a node is a subject outside."""
        return self.attack.nodes[number].label == ExternalSubject.label

    def cloud(self, number: int) -> str:
        """The cloud that a node belongs to; empty for none."""
        label = self.attack.nodes[number].label
        if label not in self._clouds:
            self._clouds[label] = _cloud(label)
        return self._clouds[label]

    def controlling(self, number: int) -> MaySet:
        """The principals that a step leads to a node, or to what runs as it, but those who
        administer an account."""
        if number not in self._controlling:
            self._controlling[number] = self._led_to(number)
        return self._controlling[number]

    def _led_to(self, number: int) -> MaySet:
        attack = self.attack
        held = exactly(1 << number) | self._running_as(number)
        found = NONE
        for step in attack.steps:
            acting = step.sources & attack.principals & ~(1 << number)
            if acting and step.type in _TAKEN and step.reached.possible & held.possible:
                found |= exactly(acting).only_if(bool(step.reached.certain & held.certain))
        known = attack.administrators
        return MaySet(found.certain & ~known.possible, found.possible & ~known.certain)

    def _running_as(self, number: int) -> MaySet:
        """What runs as a principal: its application, its workloads."""
        found = NONE
        for step in self.attack.steps:
            if step.type == StepType.RUNS_AS and step.reached.possible >> number & 1:
                is_certain = bool(step.reached.certain >> number & 1)
                found |= exactly(step.sources).only_if(is_certain)
        return found

    def named(self, numbers: int, most: int = 3) -> str:
        """The names of some nodes, in words."""
        names = sorted(self.attack.nodes[each].name for each in members(numbers))
        more = f" and {len(names) - most} more" if len(names) > most else ""
        return ", ".join(names[:most]) + more

    def ids(self, numbers: int, most: int = 3) -> list[str]:
        """The ids of some nodes."""
        return [self.attack.nodes[each].id for each in members(numbers)][:most]

    @cached_property
    def _acting(self) -> Mapping[str, int]:
        """The nodes of each cloud, and under no name the subjects outside."""
        found: dict[str, list[int]] = defaultdict(list)
        for number in range(len(self.attack.nodes)):
            if (cloud := self.cloud(number)) or self.is_outside(number):
                found[cloud].append(number)
        return {cloud: number_set(numbers) for cloud, numbers in found.items()}

    @cached_property
    def _by_end(self) -> tuple[Mapping[str, list[Crossing]], Mapping[str, list[Crossing]]]:
        """By the id of where they begin, and of where they end."""
        begin: dict[str, list[Crossing]] = defaultdict(list)
        end: dict[str, list[Crossing]] = defaultdict(list)
        nodes, acting = self.attack.nodes, self._acting
        pairs = [
            (before, after)
            for left, before in acting.items()
            for entered, after in acting.items()
            if entered not in ("", left)
        ]
        for step in self.attack.steps:
            if step.type != StepType.CAN_ASSUME:
                continue
            for before, after in pairs:
                reached = step.reached.possible & after
                for source in members(step.sources & before) if reached else ():
                    for target in members(reached):
                        is_certain = bool(step.reached.certain >> target & 1)
                        found = Crossing(source, target, is_certain)
                        begin[nodes[source].id].append(found)
                        end[nodes[target].id].append(found)
        return begin, end


def _cloud(label: str) -> str:
    known = provider_types().items()
    return next((name for name, each in known if each.vocabulary.has(label)), "")


@once_per_graph
def crossings(graph: "networkx.MultiDiGraph") -> Crossings:
    """Those of a scan's attack graph."""
    return Crossings(attack_of(graph))
