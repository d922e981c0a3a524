"""Routes of Google Cloud: which clients an instance can answer."""

from collections.abc import Iterable

from ...addresses import EVERY, covered
from ...intervals import Flows, Ranges
from ...view import GraphView
from ..rule_chain import Rule, Verdict, at
from ..traffic import PORTS
from .receiver import Receiver

ROUTE = "GCPRoute"
_EVERY_PORT = Ranges([PORTS])


def answering(receiver: Receiver, networks: Iterable[str]) -> list[Rule]:
    """The clients that a route to the internet leads to, as a filter; for each the longest prefix
    decides."""
    view, family = receiver.view, receiver.family
    networks = list(networks)
    routes = [
        route
        for network in networks
        for route in view.sources(network, ROUTE, "network")
        if not (tags := view.get(route, "network_tags")) or {*tags} & receiver.tags
    ]
    routes.sort(key=lambda route: (-_length(view, route), view.get(route, "priority") or 0))
    answered, decided = Ranges(), Ranges()
    for route in routes:
        found = covered([view.get(route, "dest_range") or ""], family) - decided
        decided |= found
        if (view.get(route, "next_hop_gateway") or "").endswith("/default-internet-gateway"):
            answered |= found
    rules = [Rule(Verdict.ALLOW, at(_EVERY_PORT, answered))]
    # Every network has a route to each of its subnets: without any they were not read.
    if not routes or not all(view.is_complete(ROUTE, network) for network in networks):
        names = ", ".join(view.name(network) for network in networks)
        perhaps = at(_EVERY_PORT, EVERY[family] - answered)
        rules.append(Rule(Verdict.ALLOW, Flows(), perhaps, f"routes of network {names}"))
    return rules


def _length(view: GraphView, route: str) -> int:
    """The length of a route's prefix: the longer one holds."""
    return int((view.get(route, "dest_range") or "").partition("/")[2] or 0)
