"""What everyone on the internet reaches over the network, as attack paths take it."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ..exposure.reach import INTERNET
from ..model import Internet
from ..view import GraphView
from .model import Node, StepType

THE_INTERNET = Node(INTERNET, Internet.label, "Internet", "")
"""Everyone: without credentials, or with those of an account of their own."""


class Exposed(NamedTuple):
    """That the internet reaches a resource."""

    id: str
    unread: tuple[str, ...]
    """What leaves it open; nothing if it is certain."""
    evidence: tuple[str, ...]
    """By which port, and the ids of what that rests on."""


def exposed(view: GraphView, labels: Collection[str]) -> Iterator[Exposed]:
    """The resources of some labels that CAN_REACH edges lead to, each by its best edge."""
    if INTERNET not in view.graph:
        return
    for target, several in view.graph.succ[INTERNET].items():
        edges = [edge for edge in several.values() if edge.get("rel") == StepType.CAN_REACH]
        if edges and view.get(target, "label") in labels:
            best = min(edges, key=_rank)
            yield Exposed(target, tuple(best["unread"]), (_port(best), *_resources(best)))


def _rank(edge: Mapping[str, Any]) -> tuple[bool, bool, int]:
    """Certain edges first, then direct ones, then those to lower ports."""
    return bool(edge["unread"]), edge["path"] != "direct", edge["from_port"]


def _port(edge: Mapping[str, Any]) -> str:
    first, last = edge["from_port"], edge["to_port"]
    ports = f"{first}" if first == last else f"{first}-{last}"
    return f"{edge['protocol']} {ports} ({edge['address_family']}, {edge['path']})"


def _resources(edge: Mapping[str, Any]) -> Iterator[str]:
    for ids in json.loads(edge["evidence"]).values():
        yield from ids
