"""The filters of an AWS network: security groups, network ACLs, routes to the internet."""

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, NamedTuple

from ...addresses import EVERY, Family, block, covered
from ...intervals import Flows, Interval, Ranges
from ...view import GraphView
from ..protocols import (
    ANY_PROTOCOL,
    ICMP,
    TCP,
    UDP,
    all_ports,
    every_protocol,
    protocol_number,
)
from ..reach import Evidence
from ..traffic import PORTS, TrafficSet


class GroupRule(NamedTuple):
    """A rule of a security group."""

    id: str
    is_egress: bool
    protocol: int
    ports: Interval
    addresses: dict[Family, Ranges]
    groups: frozenset[str]
    unread: str
    """What of the addresses is unread."""

    def fits(self, is_egress: bool, protocol: int) -> bool:
        """Whether it is about this direction and protocol."""
        return self.is_egress == is_egress and self.protocol in (ANY_PROTOCOL, protocol)

    def concerns(self, ports: Interval, family: Family, peers: frozenset[str]) -> bool:
        """Whether it may let something through on these ports."""
        within = self.ports[0] <= ports[1] and ports[0] <= self.ports[1]
        return within and bool(self.unread or self.groups & peers or self.addresses[family])

    def passage(self, family: Family, peers: frozenset[str]) -> TrafficSet:
        """What it lets through, from or to anyone or members of the groups ``peers``."""
        known = EVERY[family] if self.groups & peers else self.addresses[family]
        at_most = EVERY[family] if self.unread else known
        return TrafficSet(
            Flows.rectangle(self.ports, known),
            Flows.rectangle(self.ports, at_most),
            frozenset([self.unread] if self.unread else []),
        )


class SecurityGroups:
    """Security groups: what any rule of any group of a resource lets through, passes."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._rules: dict[str, list[GroupRule]] = {}
        self._passages: dict[Any, TrafficSet] = {}

    def rules(self, group: str) -> list[GroupRule]:
        """The rules of a group, as far as they were read."""
        if group not in self._rules:
            sources = self._view.sources(group, "AWSEC2SecurityGroupRule", "group_id")
            self._rules[group] = [self._rule(id_) for id_ in sources]
        return self._rules[group]

    def protocols(self, groups: Iterable[str], family: Family) -> set[int]:
        """The protocols that need an answer of their own."""
        named: set[int] = set()
        for group in groups:
            named |= {rule.protocol for rule in self.rules(group) if not rule.is_egress}
            if self._unread(group):
                named.add(ANY_PROTOCOL)
        return named | every_protocol(family) if ANY_PROTOCOL in named else named

    def passage(
        self,
        groups: tuple[str, ...],
        protocol: int,
        family: Family,
        *,
        is_egress: bool = False,
        peers: frozenset[str] = frozenset(),
    ) -> TrafficSet:
        """What the groups let through between their members and anyone, or members of ``peers``."""
        key = (groups, protocol, family, is_egress, peers)
        if key not in self._passages:
            if len(groups) == 1:
                self._passages[key] = self._of(groups[0], protocol, family, is_egress, peers)
            else:
                each = (
                    self.passage((group,), protocol, family, is_egress=is_egress, peers=peers)
                    for group in groups
                )
                self._passages[key] = reduce(TrafficSet.__or__, each, TrafficSet.known(Flows()))
        return self._passages[key]

    def _of(
        self, group: str, protocol: int, family: Family, is_egress: bool, peers: frozenset[str]
    ) -> TrafficSet:
        unread = self._unread(group)
        passage = TrafficSet.unknown(family, unread) if unread else TrafficSet.known(Flows())
        for rule in self.rules(group):
            if rule.fits(is_egress, protocol):
                passage |= rule.passage(family, peers)
        return passage

    def evidence(
        self,
        groups: Iterable[str],
        protocol: int,
        family: Family,
        ports: Interval,
        *,
        is_egress: bool = False,
        peers: frozenset[str] = frozenset(),
    ) -> Iterator[tuple[str, str]]:
        """The rules that let something through on these ports."""
        for group in groups:
            for rule in self.rules(group):
                if rule.fits(is_egress, protocol) and rule.concerns(ports, family, peers):
                    yield "security_group_rules", rule.id

    def _unread(self, group: str) -> str:
        view = self._view
        if view.is_missing(group):
            return f"security group {view.name(group)}"
        if not view.is_complete("AWSEC2SecurityGroupRule", group):
            return f"rules of security group {view.name(group)}"
        return ""

    def _rule(self, id_: str) -> GroupRule:
        view = self._view
        properties = view.graph.nodes[id_]
        protocol = protocol_number(properties.get("ip_protocol"))
        is_egress = properties.get("is_egress") is True
        cidrs = [properties.get("cidr_ipv4") or "", properties.get("cidr_ipv6") or ""]
        unread = ""
        side = "destination" if is_egress else "source"
        for prefix_list in view.targets(id_, f"{side}_prefix_list"):
            entries = view.get(prefix_list, "cidrs")
            if entries is None:
                unread = f"entries of prefix list {view.name(prefix_list)}"
            cidrs += entries or []
        return GroupRule(
            id_,
            is_egress,
            protocol,
            _ports(protocol, properties.get("from_port"), properties.get("to_port")),
            {family: covered(cidrs, family) for family in Family},
            frozenset(view.targets(id_, f"{side}_group")),
            unread,
        )


class AclRule(NamedTuple):
    """An entry of a network ACL."""

    id: str
    is_egress: bool
    number: int
    allows: bool
    protocol: int
    ports: Interval
    family: Family
    addresses: Ranges


def first_match(rules: Iterable[AclRule], protocol: int, family: Family) -> Flows:
    """What the entries of one direction let through: for each pair the lowest number decides."""
    allowed, undecided = Flows(), Flows.rectangle(PORTS, EVERY[family])
    for rule in sorted(rules, key=lambda rule: rule.number):
        if rule.family == family and rule.protocol in (ANY_PROTOCOL, protocol):
            matched = Flows.rectangle(rule.ports, rule.addresses)
            if rule.allows:
                allowed |= undecided & matched
            undecided -= matched
    return allowed


class NetworkAcls:
    """Network ACLs: stateless, in both directions, in the order of their entries' numbers."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._rules: dict[str, list[AclRule]] = {}
        self._passages: dict[Any, TrafficSet] = {}

    def passage(self, subnet: str, protocol: int, family: Family, *, is_egress: bool) -> TrafficSet:
        """What may go into a subnet, or out of it."""
        key = (subnet, protocol, family, is_egress)
        if key not in self._passages:
            rules = [rule for rule in self._of(subnet) if rule.is_egress == is_egress]
            # Every ACL ends with an entry that denies: without any it was not read.
            self._passages[key] = (
                TrafficSet.known(first_match(rules, protocol, family))
                if rules
                else TrafficSet.unknown(family, f"network ACL of subnet {self._view.name(subnet)}")
            )
        return self._passages[key]

    def evidence(
        self, subnet: str, protocol: int, family: Family, ports: Interval, *, is_egress: bool
    ) -> Iterator[tuple[str, str]]:
        """The entries that allow something on these ports."""
        for rule in self._of(subnet):
            if (
                rule.allows
                and rule.is_egress == is_egress
                and rule.family == family
                and rule.protocol in (ANY_PROTOCOL, protocol)
                and rule.ports[0] <= ports[1]
                and ports[0] <= rule.ports[1]
            ):
                yield "network_acl_rules", rule.id

    def _of(self, subnet: str) -> list[AclRule]:
        if subnet not in self._rules:
            self._rules[subnet] = [
                rule
                for acl in self._view.targets(subnet, "network_acl_id")
                for id_ in self._view.sources(acl, "AWSNetworkAclRule", "network_acl_id")
                for rule in self._entries(id_)
            ]
        return self._rules[subnet]

    def _entries(self, id_: str) -> Iterator[AclRule]:
        properties = self._view.graph.nodes[id_]
        protocol = protocol_number(properties.get("protocol"))
        allows = properties.get("rule_action") == "allow"
        if protocol in ICMP.values():
            first = last = properties.get("icmp_type")
            if not allows and properties.get("icmp_code") not in (None, -1):
                return  # It denies a part of the type only.
        else:
            first, last = properties.get("from_port"), properties.get("to_port")
        for name in ("cidr_block", "ipv6_cidr_block"):
            found = block(properties.get(name) or "")
            if found:
                yield AclRule(
                    id_,
                    properties.get("direction") == "egress",
                    properties["rule_number"],
                    allows,
                    protocol,
                    _ports(protocol, first, last),
                    *found,
                )


class Routes:
    """Which addresses a subnet exchanges packets with by way of its network's internet gateway."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._answers: dict[tuple[str, Family], tuple[TrafficSet, Evidence]] = {}

    def passage(self, subnet: str, family: Family) -> TrafficSet:
        """The addresses that the subnet's routes lead to through an internet gateway: for each
        the most specific route decides."""
        return self._answer(subnet, family)[0]

    def evidence(self, subnet: str, family: Family) -> Evidence:
        """The routes and gateways that lead there."""
        return self._answer(subnet, family)[1]

    def _answer(self, subnet: str, family: Family) -> tuple[TrafficSet, Evidence]:
        key = (subnet, family)
        if key not in self._answers:
            self._answers[key] = self._follow(subnet, family)
        return self._answers[key]

    def _follow(self, subnet: str, family: Family) -> tuple[TrafficSet, Evidence]:
        view = self._view
        if view.is_missing(subnet):
            return TrafficSet.unknown(family, f"subnet {view.name(subnet)}"), frozenset()
        if (view.get(subnet, "internet_gateway_block_mode") or "").startswith("block-"):
            return TrafficSet.known(Flows()), frozenset()
        routes = [
            route
            for table in view.targets(subnet, "route_table_id")
            for route in view.sources(table, "AWSRoute", "route_table_id")
        ]
        # Every table has a route to its own network: without any it was not read.
        if not routes:
            why = f"route table of subnet {view.name(subnet)}"
            return TrafficSet.unknown(family, why), frozenset()
        destinations: list[tuple[Ranges, str]] = []
        for route in routes:
            cidrs = self._destinations(route)
            if cidrs is None:
                why = f"entries of prefix list {view.get(route, 'destination')}"
                return TrafficSet.unknown(family, why), frozenset()
            destinations += [(covered([cidr], family), route) for cidr in cidrs]
        appliances = self._appliances(subnet, family)
        certain, possible, undecided = Ranges(), Ranges(), EVERY[family]
        unread: set[str] = set()
        evidence: set[tuple[str, str]] = set()
        for destination, route in sorted(destinations, key=lambda each: (each[0].size, each[1])):
            here = undecided & destination
            undecided -= destination
            leads, doubts = self._leads_out(route, subnet, appliances)
            if here and leads:
                possible |= here
                certain = certain if doubts else certain | here
                unread |= doubts
                evidence.add(("routes", route))
                evidence |= {
                    ("gateways", id_) for id_ in view.targets(route, "internet_gateway_id")
                }
        return TrafficSet.to(certain, possible, frozenset(unread)), frozenset(evidence)

    def _destinations(self, route: str) -> list[str] | None:
        """The ranges a route is for; None if it is for a list that was not read.

        A list in a route to an endpoint holds the addresses of one AWS service and is left out.
        """
        view = self._view
        lists = view.targets(route, "destination_prefix_list")
        if not lists:
            return [view.get(route, "destination") or ""]
        if view.targets(route, "vpc_endpoint_id"):
            return []
        entries: list[str] | None = view.get(lists[0], "cidrs")
        return entries

    def _leads_out(
        self, route: str, subnet: str, appliances: frozenset[str]
    ) -> tuple[bool, set[str]]:
        """Whether a route leads to the internet, and what of it is unread."""
        view = self._view
        if view.get(route, "state") == "blackhole":
            return False, set()
        doubts = {f"what {view.name(appliance)} lets through" for appliance in appliances}
        if appliances & {*self._through(route)}:
            return True, doubts
        for gateway in view.targets(route, "internet_gateway_id"):
            if view.is_missing(gateway):
                return True, doubts | {f"internet gateway {view.name(gateway)}"}
            attached = {*view.targets(gateway, "vpc_ids")} & {*view.targets(subnet, "vpc_id")}
            return bool(attached), doubts
        return False, set()

    def _appliances(self, subnet: str, family: Family) -> frozenset[str]:
        """What stands between the internet gateway and the subnet, by the routes of a table that
        is associated with the gateway."""
        view = self._view
        own = covered(
            [view.get(subnet, "cidr_block") or "", *(view.get(subnet, "ipv6_cidr_blocks") or [])],
            family,
        )
        return frozenset(
            appliance
            for network in view.targets(subnet, "vpc_id")
            for table in view.sources(network, "AWSRouteTable", "vpc_id")
            if any(id_.startswith("igw") for id_ in view.get(table, "gateway_ids") or [])
            for route in view.sources(table, "AWSRoute", "route_table_id")
            if own & covered([view.get(route, "destination") or ""], family)
            for appliance in self._through(route)
        )

    def _through(self, route: str) -> tuple[str, ...]:
        view = self._view
        return (
            *view.targets(route, "vpc_endpoint_id"),
            *view.targets(route, "network_interface_id"),
        )


def _ports(protocol: int, first: int | None, last: int | None) -> Interval:
    if first is None or first < 0 or protocol not in (TCP, UDP, *ICMP.values()):
        return all_ports(protocol)
    if protocol in ICMP.values():
        return first, first
    return first, PORTS[1] if last is None else last
