"""Gathers by which ports resources are reached, and says it in as few edges as possible."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..addresses import Family
from ..derivation import Derived, NewNode
from ..intervals import Interval, Ranges
from ..model import DerivedEdge, Internet
from ..schema import EdgeType
from ..view import GraphView

INTERNET = "internet"
"""The id of the one node for everyone on the internet."""
CAN_REACH = "CAN_REACH"
DIRECT, BEHIND, API, THROUGH_FIREWALL = "direct", "load balancer", "API", "firewall"
THROUGH_GATEWAY = "gateway"
"""By which path packets get to what they reach."""
NOBODY: frozenset[str] = frozenset()

Evidence = frozenset[tuple[str, str]]
"""What an answer rests on, as pairs of a kind and an id."""


def reaches(*labels: str) -> frozenset[EdgeType]:
    """The types of the edges from the internet to these labels."""
    return frozenset(EdgeType(Internet.label, CAN_REACH, label) for label in labels)


class ReachInterval(NamedTuple):
    """Ports on which packets arrive; if something ``unread`` decides, that they may."""

    ports: Interval
    unread: frozenset[str]
    evidence: Evidence


class ReachKey(NamedTuple):
    """What the ports of one edge have in common."""

    target: str
    path: str
    protocol: str
    family: Family


class ReachSet:
    """Everything that is reached from the internet, gathered arrival by arrival."""

    def __init__(self) -> None:
        self._arrivals: dict[ReachKey, set[ReachInterval]] = defaultdict(set)

    def add(self, key: ReachKey, arrival: ReachInterval) -> None:
        """Notes one more arrival."""
        self._arrivals[key].add(arrival)

    def derived(self) -> Derived:
        """The same as a derivation returns it: the edges, and the internet if there are any."""
        edges = tuple(self.edges())
        internet = NewNode(Internet.label, INTERNET, Internet.label)
        return Derived(edges, (internet,) if edges else ())

    def edges(self) -> Iterator[DerivedEdge]:
        """An edge for each range of ports: those that are open, then those that may be."""
        for key, arrivals in sorted(self._arrivals.items()):
            certain = [arrival for arrival in arrivals if not arrival.unread]
            open_ports = Ranges(arrival.ports for arrival in certain)
            for ports in open_ports:
                yield _edge(key, ports, [a for a in certain if overlap(a.ports, ports)])
            doubtful = [arrival for arrival in arrivals if arrival.unread]
            for ports in Ranges(arrival.ports for arrival in doubtful) - open_ports:
                yield _edge(key, ports, [a for a in doubtful if overlap(a.ports, ports)])


def known_reach(view: GraphView, target: str) -> Iterator[tuple[ReachKey, ReachInterval]]:
    """What other derivations found to arrive at a target."""
    if INTERNET not in view.graph:
        return
    for edge in view.graph.succ[INTERNET].get(target, {}).values():
        if edge.get("rel") == CAN_REACH:
            evidence = json.loads(edge["evidence"])
            yield (
                ReachKey(target, edge["path"], edge["protocol"], Family(edge["address_family"])),
                ReachInterval(
                    (edge["from_port"], edge["to_port"]),
                    frozenset(edge["unread"]),
                    frozenset((kind, id_) for kind, ids in evidence.items() for id_ in ids),
                ),
            )


def overlap(one: Interval, other: Interval) -> bool:
    """Whether two ranges of ports have any in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def _edge(key: ReachKey, ports: Interval, arrivals: list[ReachInterval]) -> DerivedEdge:
    evidence: dict[str, set[str]] = defaultdict(set)
    for arrival in arrivals:
        for kind, id_ in arrival.evidence:
            evidence[kind].add(id_)
    return DerivedEdge(
        INTERNET,
        CAN_REACH,
        key.target,
        {
            "protocol": key.protocol,
            "from_port": ports[0],
            "to_port": ports[1],
            "address_family": key.family.value,
            "path": key.path,
            "unread": sorted(set().union(*(arrival.unread for arrival in arrivals))),
            "evidence": json.dumps(
                {kind: sorted(ids) for kind, ids in sorted(evidence.items())},
                separators=(",", ":"),
            ),
        },
    )
