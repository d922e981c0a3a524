"""Gathers by which ports resources are reached, and says it in as few edges as possible."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..addresses import Family
from ..intervals import Interval, Ranges
from ..model import DerivedEdge

INTERNET = "internet"
"""The id of the one node for everyone on the internet."""

Evidence = frozenset[tuple[str, str]]
"""What an answer rests on, as pairs of a kind and an id."""


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

    def add(self, way: ReachKey, arrival: ReachInterval) -> None:
        """Notes one more arrival."""
        self._arrivals[way].add(arrival)

    def edges(self) -> Iterator[DerivedEdge]:
        """An edge for each range of ports: those that are open, then those that may be."""
        for way, arrivals in sorted(self._arrivals.items()):
            certain = [arrival for arrival in arrivals if not arrival.unread]
            open_ports = Ranges(arrival.ports for arrival in certain)
            for ports in open_ports:
                yield _edge(way, ports, [a for a in certain if _overlap(a.ports, ports)])
            doubtful = [arrival for arrival in arrivals if arrival.unread]
            for ports in Ranges(arrival.ports for arrival in doubtful) - open_ports:
                yield _edge(way, ports, [a for a in doubtful if _overlap(a.ports, ports)])


def _overlap(one: Interval, other: Interval) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _edge(way: ReachKey, ports: Interval, arrivals: list[ReachInterval]) -> DerivedEdge:
    evidence: dict[str, set[str]] = defaultdict(set)
    for arrival in arrivals:
        for kind, id_ in arrival.evidence:
            evidence[kind].add(id_)
    return DerivedEdge(
        INTERNET,
        "CAN_REACH",
        way.target,
        {
            "protocol": way.protocol,
            "from_port": ports[0],
            "to_port": ports[1],
            "address_family": way.family.value,
            "path": way.path,
            "unread": sorted(set().union(*(arrival.unread for arrival in arrivals))),
            "evidence": json.dumps(
                {kind: sorted(ids) for kind, ids in sorted(evidence.items())},
                separators=(",", ":"),
            ),
        },
    )
