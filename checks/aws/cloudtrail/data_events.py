"""The rule behind the checks on data events: some trail records what is done to each resource."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ....graph.logic import any_of
from ...check import Row, Traversal
from ...neighbours import present
from .recording import SHADOW, TRAIL, Event, TrailsInForce, records, why_unknown

if TYPE_CHECKING:
    import networkx


def recorded(label: str, event_on: Callable[[Mapping[str, Any]], Event]) -> Traversal:
    """For each resource of a label, whether a trail records the event on it."""

    def walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
        in_force = TrailsInForce(graph)
        for resource in present(graph, label):
            properties = graph.nodes[resource]
            event = event_on(properties)
            answers = {
                trail: records(graph.nodes[trail], event)
                for trail in in_force.at(properties["account"], properties["region"])
            }
            passed = any_of(answers.values()) if properties["region"] else None
            yield Row(
                resource,
                passed,
                evidence=[trail for trail, answer in answers.items() if answer is passed],
                unread=[
                    why_unknown(graph.nodes[trail])
                    for trail, answer in answers.items()
                    if answer is None
                ]
                or ["its region could not be read"],
            )

    return Traversal((label, TRAIL, SHADOW), walk)
