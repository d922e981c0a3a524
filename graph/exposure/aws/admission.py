"""Whether what stands behind a load balancer of AWS lets its connections in."""

from ...addresses import EVERY, Family
from ...intervals import Interval, Ranges
from ...logic import ReasonedTruth, all_hold, any_holds
from ...view import GraphView
from ..reach import NOBODY, ReachInterval
from .arrivals import Arrivals
from .load_balancers import Forward
from .location import NetworkLocation, location, subnet_addresses

_REPLIES: Interval = (1024, 65535)
"""Ports from which the nodes of a load balancer connect."""


class Admission:
    """Whom the groups and network ACLs of targets admit."""

    def __init__(self, view: GraphView, arrivals: Arrivals) -> None:
        self._view = view
        self._arrivals = arrivals
        self._groups = arrivals.groups
        self._acls = arrivals.acls

    def admitted(
        self,
        balancer: str,
        place: NetworkLocation,
        forward: Forward,
        protocol: int,
        arrival: ReachInterval,
    ) -> ReachInterval | None:
        """The arrival behind a load balancer, if it may connect to the place at all."""
        if place.unread:
            return arrival._replace(unread=arrival.unread | place.unread)
        source, family = location(self._view, balancer), forward.family
        peers = frozenset(source.groups)
        answers = []
        if forward.preserves_client is not True:
            answers.append(self._admits_nodes(source, place, protocol, arrival.ports, family))
        if forward.preserves_client is not False:
            answers.append(self._admits_clients(place, protocol, arrival.ports, family, peers))
        answer = answers[0]
        if len(answers) > 1 and answers[0].value != answers[1].value:
            answer = ReasonedTruth(
                None, frozenset([f"whether {forward.via} preserves client addresses"])
            )
        if answer.value is False:
            return None
        rules = self._groups.evidence(place.groups, protocol, family, arrival.ports, peers=peers)
        return ReachInterval(
            arrival.ports, arrival.unread | answer.unread, arrival.evidence | frozenset(rules)
        )

    def _admits_nodes(
        self,
        source: NetworkLocation,
        place: NetworkLocation,
        protocol: int,
        ports: Interval,
        family: Family,
    ) -> ReasonedTruth:
        """Whether the nodes of a load balancer may connect to a place."""
        groups = self._groups
        enter = groups.passage(place.groups, protocol, family, peers=frozenset(source.groups))
        leave = groups.passage(
            source.groups, protocol, family, is_egress=True, peers=frozenset(place.groups)
        )
        return all_hold(
            [
                enter.between(ports, source.addresses[family]).any,
                ReasonedTruth(True)
                if source.is_unfiltered
                else leave.between(ports, place.addresses[family]).any,
                any_holds(
                    self._crosses(start, end, place.addresses[family], protocol, ports, family)
                    for start in source.subnets
                    for end in place.subnets
                ),
            ]
        )

    def _crosses(
        self,
        start: str,
        end: str,
        addresses: Ranges,
        protocol: int,
        ports: Interval,
        family: Family,
    ) -> ReasonedTruth:
        """Whether the network ACLs let a connection go from one subnet to another and back."""
        if start == end:
            return ReasonedTruth(True)
        nodes = subnet_addresses(self._view, [start], family)

        def passes(subnet: str, is_egress: bool, on: Interval, peers: Ranges) -> ReasonedTruth:
            passage = self._acls.passage(subnet, protocol, family, is_egress=is_egress)
            return passage.between(on, peers).any

        return all_hold(
            [
                passes(start, True, ports, addresses),
                passes(end, False, ports, nodes),
                passes(end, True, _REPLIES, nodes),
                passes(start, False, _REPLIES, addresses),
            ]
        )

    def _admits_clients(
        self,
        place: NetworkLocation,
        protocol: int,
        ports: Interval,
        family: Family,
        peers: frozenset[str],
    ) -> ReasonedTruth:
        """Whether clients may connect to a place with their own addresses, handed on."""
        groups = self._groups.passage(place.groups, protocol, family, peers=peers)
        answers = []
        for subnet in place.subnets:
            passage = groups & self._arrivals.past_acls(subnet, protocol, family)
            certain, perhaps = passage.between(ports, EVERY[family]).open_ports(family)
            unread = passage.unread if perhaps else NOBODY
            answers.append(ReasonedTruth(True if certain else None if perhaps else False, unread))
        return any_holds(answers)
