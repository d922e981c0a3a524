"""On which ports of a location in AWS the internet arrives, if it has a public address."""

from collections.abc import Iterator

from ...addresses import EVERY, Family
from ...intervals import Interval
from ...view import GraphView
from ..protocols import all_ports, every_protocol
from ..reach import ReachInterval
from ..traffic import PORTS, TrafficSet
from .filters import NetworkAcls, Routes, SecurityGroups
from .location import NetworkLocation

FILTERS = frozenset(
    {
        "AWSEC2SecurityGroup",
        "AWSEC2SecurityGroupRule",
        "AWSEC2Subnet",
        "AWSInternetGateway",
        "AWSNetworkAcl",
        "AWSNetworkAclRule",
        "AWSPrefixList",
        "AWSRoute",
        "AWSRouteTable",
    }
)
"""Labels of what filters packets. What of them could not be read leaves the edge in doubt."""
PASSED = frozenset({"AWSNetworkInterface", "AWSVpc", "AWSVpcEndpoint"})
"""Labels that routes and subnets refer to, and of which nothing is asked here."""


class Arrivals:
    """What arrives where: filters are read once."""

    def __init__(self, view: GraphView) -> None:
        self.groups = SecurityGroups(view)
        self.acls = NetworkAcls(view)
        self._routes = Routes(view)
        self._known: dict[tuple[object, ...], list[ReachInterval]] = {}

    def by_protocol(
        self, place: NetworkLocation, family: Family
    ) -> Iterator[tuple[int, ReachInterval]]:
        """What arrives on any port, by protocol."""
        is_open = place.is_unfiltered or place.unread
        protocols = (
            every_protocol(family) if is_open else self.groups.protocols(place.groups, family)
        )
        for protocol in protocols:
            for arrival in self.on(place, protocol, family, all_ports(protocol)):
                yield protocol, arrival

    def on(
        self, place: NetworkLocation, protocol: int, family: Family, ports: Interval
    ) -> list[ReachInterval]:
        """What arrives on these ports."""
        key = (
            place.groups,
            place.subnets,
            place.is_unfiltered,
            place.unread,
            protocol,
            family,
            ports,
        )
        if key not in self._known:
            self._known[key] = list(self._arriving(place, protocol, family, ports))
        return self._known[key]

    def _arriving(
        self, place: NetworkLocation, protocol: int, family: Family, ports: Interval
    ) -> Iterator[ReachInterval]:
        if place.unread:
            yield ReachInterval(ports, place.unread, frozenset())
        groups = self.groups.passage(place.groups, protocol, family)
        for subnet in place.subnets:
            passage = self._routes.passage(subnet, family) & self.past_acls(
                subnet, protocol, family
            )
            if not place.is_unfiltered:
                passage &= groups
            certain, perhaps = passage.between(ports, EVERY[family]).open_ports(family)
            for found, unread in ((certain, frozenset[str]()), (perhaps, passage.unread)):
                for interval in found:
                    evidence = {
                        *self.groups.evidence(place.groups, protocol, family, interval),
                        *self._routes.evidence(subnet, family),
                        *self.acls.evidence(subnet, protocol, family, interval, is_egress=False),
                        *self.acls.evidence(subnet, protocol, family, PORTS, is_egress=True),
                    }
                    yield ReachInterval(interval, unread, frozenset(evidence))

    def past_acls(self, subnet: str, protocol: int, family: Family) -> TrafficSet:
        """What comes into a subnet and may be answered. ACLs keep no state, so that the answer
        needs an entry of its own; but it is the client who chooses the port that it goes to."""
        coming = self.acls.passage(subnet, protocol, family, is_egress=False)
        answers = self.acls.passage(subnet, protocol, family, is_egress=True)
        return coming & answers.from_any_port()
