"""What external principals take over that they reach over the network."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...exposure.reach import INTERNET
from ...view import GraphView
from ..model import StepType
from .external_callers import THE_INTERNET, node
from .external_techniques import EXPOSED, ExternalAccess

RUNS_CODE = frozenset({"AWSAppRunnerService", "AWSEC2Instance", "AWSECSTask", "AWSLambda"})
"""Labels of what runs code of the account's: a flaw in it gives its credentials. What a service of
AWS runs (a database, an API server, a load balancer) gives none."""


def reached(view: GraphView) -> Iterator[ExternalAccess]:
    """What the graph's CAN_REACH edges lead to and can be taken over."""
    if INTERNET not in view.graph:
        return
    for target, several in view.graph.succ[INTERNET].items():
        edges = [edge for edge in several.values() if edge.get("rel") == StepType.CAN_REACH]
        if edges and view.get(target, "label") in RUNS_CODE:
            best = min(edges, key=_rank)
            yield ExternalAccess(
                EXPOSED,
                THE_INTERNET,
                node(view, target),
                not best["unread"],
                conditions=tuple(best["unread"]),
                evidence=(_port(best), *_resources(best)),
            )


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
