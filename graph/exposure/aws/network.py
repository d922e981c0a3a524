"""What the internet reaches in AWS, directly and through load balancers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import networkx

from ...addresses import EVERY, Family, covered, is_public
from ...intervals import Interval, Ranges
from ...logic import ReasonedTruth, all_hold, any_holds
from ...model import DerivedEdge, ListingStatus
from ...view import GraphView
from ..reach import Evidence, ReachInterval, ReachKey, ReachSet
from ..traffic import PORTS, TrafficSet
from .apis import Apis, Forwarded
from .endpoints import DIRECT, HTTPS, endpoints
from .filters import (
    TCP,
    NetworkAcls,
    Routes,
    SecurityGroups,
    all_ports,
    every_protocol,
    protocol_name,
)
from .load_balancers import Forward, Listener, LoadBalancers

LABELS = frozenset(
    {
        "AWSAPIGatewayMethod",
        "AWSAPIGatewayRestAPI",
        "AWSAPIGatewayStage",
        "AWSAPIGatewayV2API",
        "AWSAPIGatewayV2Route",
        "AWSAPIGatewayV2Stage",
        "AWSAppRunnerService",
        "AWSDBSubnetGroup",
        "AWSEC2Instance",
        "AWSEC2SecurityGroup",
        "AWSEC2SecurityGroupRule",
        "AWSEC2Subnet",
        "AWSECSService",
        "AWSECSTask",
        "AWSEKSCluster",
        "AWSELBListener",
        "AWSInternetGateway",
        "AWSLambda",
        "AWSListener",
        "AWSListenerRule",
        "AWSLoadBalancer",
        "AWSLoadBalancerV2",
        "AWSNetworkAcl",
        "AWSNetworkAclRule",
        "AWSNetworkInterface",
        "AWSPrefixList",
        "AWSRDSCluster",
        "AWSRDSInstance",
        "AWSRoute",
        "AWSRouteTable",
        "AWSTarget",
        "AWSTargetGroup",
        "AWSVpc",
        "AWSVpcEndpoint",
    }
)
"""Labels whose nodes, and the edges between them, decide."""
BEHIND = "load balancer"
API = "API"
_REPLIES: Interval = (1024, 65535)
"""Ports from which the nodes of a load balancer connect."""
_GONE = ("shutting-down", "terminated", "DEPROVISIONING", "STOPPED", "DELETED")
_NOBODY: frozenset[str] = frozenset()


class NetworkLocation(NamedTuple):
    """Where something takes connections: behind its groups, in one of its subnets."""

    groups: tuple[str, ...]
    subnets: tuple[str, ...]
    addresses: dict[Family, Ranges]
    is_unfiltered: bool = False
    """It takes whatever arrives, for it can do without groups."""
    unread: frozenset[str] = frozenset()
    """Why nothing is known of it."""


def derive(graph: networkx.MultiDiGraph, reads: Sequence[ListingStatus]) -> Iterator[DerivedEdge]:
    """The edges from the internet into AWS."""
    exposure = _Exposure(GraphView(graph, reads))
    exposure.follow_interfaces()
    exposure.follow_tasks()
    exposure.follow_databases()
    exposure.follow_load_balancers()
    exposure.follow_endpoints()
    yield from exposure.reach.edges()


class _Exposure:
    def __init__(self, view: GraphView) -> None:
        self.reach = ReachSet()
        self._view = view
        self._groups = SecurityGroups(view)
        self._acls = NetworkAcls(view)
        self._routes = Routes(view)
        self._balancers = LoadBalancers(view)
        self._arrived: dict[tuple[object, ...], list[ReachInterval]] = {}

    def follow_interfaces(self) -> None:
        """Interfaces with public addresses, and what they belong to."""
        for interface in self._view.labelled("AWSNetworkInterface"):
            if self._view.get(interface, "deny_all_igw_traffic"):
                continue
            targets = [interface, *self._running(interface)]
            for family, found in self._public_addresses(interface).items():
                doubts = (
                    frozenset([f"public addresses of {self._view.name(interface)}"])
                    if found is None
                    else _NOBODY
                )
                evidence = {("network_interfaces", interface)}
                evidence |= {("addresses", address) for address in found or ()}
                if found or doubts:
                    place = self._place(interface)
                    self._arrive(targets, place, family, doubts, frozenset(evidence))
        for instance in self._view.labelled("AWSEC2Instance"):
            unseen = self._unseen_interfaces(instance)
            if unseen:
                for family in Family:
                    self._arrive([instance], self._place(instance), family, unseen, frozenset())

    def follow_tasks(self) -> None:
        """Tasks whose interfaces could not be read: their services say where they would lie."""
        view = self._view
        for task in view.labelled("AWSECSTask"):
            unseen = self._unseen_task_interfaces(task)
            services = view.targets(task, "service_arn")
            evidence = frozenset(("services", service) for service in services)
            place = self._place_of_task(task, unseen)
            families = list(Family)
            if services and all(
                view.get(one, "assign_public_ip") == "DISABLED" for one in services
            ):
                families = [Family.IPV6]
            for family in families if unseen else ():
                self._arrive([task], place, family, unseen, evidence)

    def follow_databases(self) -> None:
        """Databases whose DNS name leads to a public address, and their clusters."""
        view = self._view
        for database in view.labelled("AWSRDSInstance"):
            members = (database, *view.targets(database, "cluster"))
            self._reach_database(database, self._place(database), "endpoint_port", members)
        for cluster in view.labelled("AWSRDSCluster"):
            # Only of some clusters the flag is told. Where it is not, their instances tell it.
            told = view.get(cluster, "publicly_accessible")
            if told or (told is None and not view.is_complete("AWSRDSInstance", cluster)):
                self._reach_database(cluster, self._place_of_cluster(cluster), "port", (cluster,))

    def _reach_database(
        self, database: str, place: NetworkLocation, port_field: str, targets: tuple[str, ...]
    ) -> None:
        view = self._view
        fields = ("publicly_accessible", port_field)
        is_open, port = (view.get(database, name) for name in fields)
        if is_open is False:
            return
        doubts = {
            f"{name} of {view.name(database)}"
            for name in fields
            if view.get(database, name) is None
        }
        evidence = {("databases", database)}
        for family, doubt in self._database_families(database).items():
            ports = PORTS if port is None else (port, port)
            for found in self._arrivals(place, TCP, family, ports):
                arrival = ReachInterval(
                    ports=found.ports,
                    unread=found.unread | doubts | doubt,
                    evidence=found.evidence | evidence,
                )
                for target in targets:
                    if not view.is_missing(target):
                        self.reach.add(
                            ReachKey(target, DIRECT, protocol_name(TCP), family), arrival
                        )

    def _database_families(self, database: str) -> dict[Family, frozenset[str]]:
        """The address families of a database, each with what of it is unread."""
        kind = self._view.get(database, "network_type")
        families = {Family.IPV4: _NOBODY}
        if kind is None:
            families[Family.IPV6] = frozenset([f"network_type of {self._view.name(database)}"])
        elif kind == "DUAL":
            families[Family.IPV6] = _NOBODY
        return families

    def follow_endpoints(self) -> None:
        """What AWS answers for on behalf of a resource, and what stands behind APIs."""
        for endpoint in endpoints(self._view):
            self.reach.add(*endpoint.arrival())
        for api, answer, forwarded in Apis(self._view).all():
            if answer.value is not False:
                way = ReachKey(api, DIRECT, protocol_name(TCP), Family.IPV4)
                self.reach.add(way, ReachInterval(HTTPS, answer.unread, frozenset([("apis", api)])))
            for each in forwarded:
                self._behind_api(each)

    def _behind_api(self, forwarded: Forwarded) -> None:
        """What an API hands requests on to: functions, and load balancers by way of a VPC link."""
        view = self._view
        arrival = ReachInterval(HTTPS, forwarded.answer.unread, forwarded.evidence)
        for function in forwarded.functions:
            if not view.is_missing(function):
                self.reach.add(ReachKey(function, API, protocol_name(TCP), Family.IPV4), arrival)
        for target in forwarded.private_targets:
            balancers = view.targets(target, "load_balancer") or (target,)
            for balancer in balancers:
                if view.is_missing(balancer):
                    continue
                doubts = frozenset([f"VPC link to {view.name(balancer)}"])
                if self._place(balancer).is_unfiltered:
                    doubts = _NOBODY
                known = arrival._replace(unread=arrival.unread | doubts)
                for listener in self._balancers.listeners(balancer):
                    if target in (balancer, listener.id) and TCP in listener.protocols:
                        self._reached(
                            balancer,
                            API,
                            listener,
                            TCP,
                            Family.IPV4,
                            known._replace(ports=listener.ports),
                            _NOBODY,
                        )

    def follow_load_balancers(self) -> None:
        """Internet-facing load balancers and what stands behind them."""
        for balancer in self._balancers.all():
            if self._view.get(balancer, "scheme") == "internal":
                continue
            unread = self._view.get(balancer, "scheme") is None
            doubts = frozenset([f"scheme of {self._view.name(balancer)}"] if unread else [])
            place = self._place(balancer)
            for listener in self._balancers.listeners(balancer):
                for family in self._balancers.families(balancer):
                    for protocol in listener.protocols:
                        for arrival in self._arrivals(place, protocol, family, listener.ports):
                            known = arrival._replace(unread=arrival.unread | doubts)
                            self._reached(
                                balancer, DIRECT, listener, protocol, family, known, _NOBODY
                            )

    def _reached(
        self,
        balancer: str,
        path: str,
        listener: Listener,
        protocol: int,
        family: Family,
        arrival: ReachInterval,
        passed: frozenset[str],
    ) -> None:
        here = ReachInterval(
            arrival.ports,
            arrival.unread | listener.unread,
            arrival.evidence | listener.evidence,
        )
        self.reach.add(ReachKey(balancer, path, protocol_name(protocol), family), here)
        through = here._replace(evidence=here.evidence | {("load_balancers", balancer)})
        for forward in self._balancers.forwards(balancer, listener):
            self._forwarded(balancer, forward, protocol, family, through, passed | {balancer})

    def _forwarded(
        self,
        balancer: str,
        forward: Forward,
        protocol: int,
        family: Family,
        arrival: ReachInterval,
        passed: frozenset[str],
    ) -> None:
        view = self._view
        label = view.get(forward.target, "label")
        evidence, unread = arrival.evidence | forward.evidence, arrival.unread | forward.unread
        if label == "AWSLambda":
            # A function has no ports; it is the load balancer's that one connects to.
            known = ReachInterval(arrival.ports, unread, evidence)
            self.reach.add(ReachKey(forward.target, BEHIND, protocol_name(protocol), family), known)
            return
        ports = PORTS if forward.port is None else (forward.port, forward.port)
        if forward.port is None:
            unread |= {f"port of {view.name(forward.target)} behind {view.name(balancer)}"}
        known = ReachInterval(ports, unread, evidence)
        if label == "AWSLoadBalancerV2" and forward.target not in passed:
            place = self._place(forward.target)
            admitted = self._admitted(balancer, place, forward, protocol, known)
            if admitted:
                for listener in self._balancers.listeners(forward.target):
                    if protocol in listener.protocols and Ranges([listener.ports]) & Ranges(
                        [ports]
                    ):
                        self._reached(
                            forward.target, BEHIND, listener, protocol, family, admitted, passed
                        )
        elif label == "AWSEC2Instance":
            for interface in self._main_interfaces(forward.target):
                self._behind(balancer, interface, forward, protocol, family, known)
        elif label == "AWSNetworkInterface":
            self._behind(balancer, forward.target, forward, protocol, family, known)

    def _behind(
        self,
        balancer: str,
        interface: str,
        forward: Forward,
        protocol: int,
        family: Family,
        arrival: ReachInterval,
    ) -> None:
        admitted = self._admitted(balancer, self._place(interface), forward, protocol, arrival)
        if admitted:
            for target in (interface, *self._running(interface)):
                self.reach.add(ReachKey(target, BEHIND, protocol_name(protocol), family), admitted)

    def _admitted(
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
        source, family = self._place(balancer), forward.family
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
        nodes = self._subnet_addresses([start], family)

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
            passage = groups & self._acls_of(subnet, protocol, family)
            certain, perhaps = passage.between(ports, EVERY[family]).open_ports(family)
            unread = passage.unread if perhaps else frozenset[str]()
            answers.append(ReasonedTruth(True if certain else None if perhaps else False, unread))
        return any_holds(answers)

    def _arrive(
        self,
        targets: list[str],
        place: NetworkLocation,
        family: Family,
        doubts: frozenset[str],
        evidence: Evidence,
    ) -> None:
        is_open = place.is_unfiltered or place.unread
        protocols = (
            every_protocol(family) if is_open else self._groups.protocols(place.groups, family)
        )
        for protocol in protocols:
            for arrival in self._arrivals(place, protocol, family, all_ports(protocol)):
                known = ReachInterval(
                    arrival.ports, arrival.unread | doubts, arrival.evidence | evidence
                )
                for target in targets:
                    way = ReachKey(target, DIRECT, protocol_name(protocol), family)
                    self.reach.add(way, known)

    def _arrivals(
        self, place: NetworkLocation, protocol: int, family: Family, ports: Interval
    ) -> list[ReachInterval]:
        """On which ports of a place the internet arrives, if it has a public address."""
        key = (
            place.groups,
            place.subnets,
            place.is_unfiltered,
            place.unread,
            protocol,
            family,
            ports,
        )
        if key not in self._arrived:
            self._arrived[key] = list(self._arriving(place, protocol, family, ports))
        return self._arrived[key]

    def _arriving(
        self, place: NetworkLocation, protocol: int, family: Family, ports: Interval
    ) -> Iterator[ReachInterval]:
        if place.unread:
            yield ReachInterval(ports, place.unread, frozenset())
        groups = self._groups.passage(place.groups, protocol, family)
        for subnet in place.subnets:
            passage = self._routes.passage(subnet, family) & self._acls_of(subnet, protocol, family)
            if not place.is_unfiltered:
                passage &= groups
            certain, perhaps = passage.between(ports, EVERY[family]).open_ports(family)
            for found, unread in ((certain, frozenset[str]()), (perhaps, passage.unread)):
                for interval in found:
                    evidence = {
                        *self._groups.evidence(place.groups, protocol, family, interval),
                        *self._routes.evidence(subnet, family),
                        *self._acls.evidence(subnet, protocol, family, interval, is_egress=False),
                        *self._acls.evidence(subnet, protocol, family, PORTS, is_egress=True),
                    }
                    yield ReachInterval(interval, unread, frozenset(evidence))

    def _acls_of(self, subnet: str, protocol: int, family: Family) -> TrafficSet:
        """What comes in and may be answered. ACLs keep no state, so that the answer needs an entry
        of its own; but it is the client who chooses the port that it goes to."""
        coming = self._acls.passage(subnet, protocol, family, is_egress=False)
        answers = self._acls.passage(subnet, protocol, family, is_egress=True)
        return coming & answers.from_any_port()

    def _place(self, id_: str) -> NetworkLocation:
        view = self._view
        if view.is_missing(id_):
            why = f"{view.get(id_, 'label')} {view.name(id_)}"
            return NetworkLocation((), (), {}, unread=frozenset([why]))
        subnets = view.targets(id_, "subnet_id") + view.targets(id_, "subnets")
        groups = view.targets(id_, "security_groups")
        own = view.get(id_, "private_ip_addresses"), view.get(id_, "ipv6_addresses")
        if view.get(id_, "label") == "AWSNetworkInterface" and None not in own:
            cidrs = [*(own[0] or []), *(own[1] or [])]
            addresses = {family: covered(cidrs, family) for family in Family}
        else:
            addresses = {family: self._subnet_addresses(subnets, family) for family in Family}
        return NetworkLocation(
            groups, subnets, addresses, self._balancers.is_unfiltered(id_, groups)
        )

    def _place_of_cluster(self, cluster: str) -> NetworkLocation:
        """A database cluster lies in the subnets of its subnet group."""
        named = self._view.targets(cluster, "subnet_group")
        subnets = tuple(each for one in named for each in self._view.targets(one, "subnets"))
        return self._place(cluster)._replace(subnets=subnets or named)

    def _place_of_task(self, task: str, unseen: frozenset[str]) -> NetworkLocation:
        """Where a task with unread interfaces lies, as far as it and its service tell."""
        known = [self._place(service) for service in self._view.targets(task, "service_arn")]
        groups = tuple(group for place in known for group in place.groups)
        subnets = self._place(task).subnets or tuple(
            one for place in known for one in place.subnets
        )
        if not subnets:
            return NetworkLocation((), (), {}, unread=unseen)
        return NetworkLocation(groups, subnets, {}, is_unfiltered=not groups)

    def _subnet_addresses(self, subnets: Iterable[str], family: Family) -> Ranges:
        view = self._view
        found = Ranges()
        for subnet in subnets:
            if view.is_missing(subnet):
                return EVERY[family]
            ipv6 = view.get(subnet, "ipv6_cidr_blocks") or []
            found |= covered([view.get(subnet, "cidr_block") or "", *ipv6], family)
        return found

    def _public_addresses(self, interface: str) -> dict[Family, list[str] | None]:
        """The public addresses of an interface; None where they are unread."""
        ipv6 = self._view.get(interface, "ipv6_addresses")
        return {
            Family.IPV4: self._view.get(interface, "public_ip_addresses"),
            Family.IPV6: None if ipv6 is None else [one for one in ipv6 if is_public(one)],
        }

    def _running(self, interface: str) -> list[str]:
        """The instance and the task an interface belongs to, unless they are gone for good."""
        view = self._view
        attached = (
            *view.targets(interface, "instance_id"),
            *view.sources(interface, "AWSECSTask", "network_interface_ids"),
        )
        return [one for one in attached if not view.is_missing(one) and not self._is_gone(one)]

    def _is_gone(self, id_: str) -> bool:
        view = self._view
        return view.get(id_, "state") in _GONE or view.get(id_, "last_status") in _GONE

    def _main_interfaces(self, instance: str) -> list[str]:
        """The interface at which a load balancer addresses an instance; the instance itself
        stands in for it where it could not be read."""
        view = self._view
        if self._is_gone(instance):
            return []
        attached = view.sources(instance, "AWSNetworkInterface", "instance_id")
        address = view.get(instance, "private_ip_address")
        main = [one for one in attached if address in (view.get(one, "private_ip_addresses") or [])]
        return main or attached or [instance]

    def _unseen_interfaces(self, instance: str) -> frozenset[str]:
        """The interfaces of an instance that could not be read."""
        view = self._view
        if self._is_gone(instance):
            return frozenset()
        named = view.get(instance, "network_interface_ids")
        if named is None:
            return frozenset([f"network interfaces of {view.name(instance)}"])
        attached = view.sources(instance, "AWSNetworkInterface", "instance_id")
        seen = {view.get(one, "network_interface_id") for one in attached}
        return frozenset(f"network interface {one}" for one in {*named} - seen)

    def _unseen_task_interfaces(self, task: str) -> frozenset[str]:
        """The interfaces of a task that could not be read."""
        view = self._view
        if self._is_gone(task):
            return frozenset()
        if view.get(task, "network_interface_ids") is None:
            return frozenset([f"network interfaces of {view.name(task)}"])
        named = view.targets(task, "network_interface_ids")
        return frozenset(
            f"network interface {view.name(one)}" for one in named if view.is_missing(one)
        )
