"""Load balancers of AWS: where they listen, and what they hand connections on to."""

from collections.abc import Iterator
from typing import NamedTuple

from ...addresses import Family
from ...intervals import Interval
from ...view import GraphView
from ..protocols import TCP, UDP, protocol_name
from ..reach import Evidence, ReachInterval, known_reach, overlap
from ..traffic import PORTS
from .location import INTERFACE

CLASSIC, CLASSIC_LISTENER = "AWSLoadBalancer", "AWSELBListener"
MODERN, LISTENER, LISTENER_RULE = "AWSLoadBalancerV2", "AWSListener", "AWSListenerRule"
TARGET_GROUP, TARGET = "AWSTargetGroup", "AWSTarget"
_PROTOCOLS = {
    "HTTP": (TCP,),
    "HTTPS": (TCP,),
    "SSL": (TCP,),
    "TCP": (TCP,),
    "TLS": (TCP,),
    "UDP": (UDP,),
    "QUIC": (UDP,),
    "TCP_UDP": (TCP, UDP),
    "TCP_QUIC": (TCP, UDP),
}
_FAMILIES = {
    "ipv4": (Family.IPV4,),
    "dualstack": (Family.IPV4, Family.IPV6),
    "dualstack-without-public-ipv4": (Family.IPV6,),
}
_TARGETS = ("instance_id", "vpc_address", "function", "load_balancer")


class Listener(NamedTuple):
    """Ports on which a load balancer takes connections; ``id`` is empty if they are unread."""

    id: str
    ports: Interval
    protocols: tuple[int, ...]
    unread: frozenset[str]
    evidence: Evidence


class Forward(NamedTuple):
    """Something that connections are handed on to."""

    target: str
    port: int | None
    family: Family
    preserves_client: bool | None
    """Whether the target sees the client's address, and its groups judge that."""
    via: str
    unread: frozenset[str]
    evidence: Evidence


class ReachedListener(NamedTuple):
    """A listener that the internet reaches, and what passes it on the way to its targets."""

    path: str
    protocol: int
    family: Family
    listener: Listener
    arrival: ReachInterval


def at_listener(listener: Listener, arrival: ReachInterval) -> ReachInterval:
    """What arrives at a listener."""
    return ReachInterval(
        arrival.ports,
        arrival.unread | listener.unread,
        arrival.evidence | listener.evidence,
    )


def past(balancer: str, listener: Listener, arrival: ReachInterval) -> ReachInterval:
    """What a load balancer hands on of what arrives at one of its listeners."""
    here = at_listener(listener, arrival)
    return here._replace(evidence=here.evidence | {("load_balancers", balancer)})


def forwarded(
    view: GraphView, balancer: str, forward: Forward, arrival: ReachInterval
) -> ReachInterval:
    """What is handed on to something that has ports of its own."""
    unread = arrival.unread | forward.unread
    if forward.port is None:
        unread |= {f"port of {view.name(forward.target)} behind {view.name(balancer)}"}
    ports = PORTS if forward.port is None else (forward.port, forward.port)
    return ReachInterval(ports, unread, arrival.evidence | forward.evidence)


class LoadBalancers:
    """Load balancers of both kinds, alike."""

    def __init__(self, view: GraphView) -> None:
        self._view = view

    def all(self, label: str) -> Iterator[str]:
        """Load balancers of a kind that take connections of clients."""
        for balancer in self._view.labelled(label):
            if self._view.get(balancer, "type") != "gateway":
                yield balancer

    def is_internal(self, balancer: str) -> bool:
        """Whether it has no public address."""
        return bool(self._view.get(balancer, "scheme") == "internal")

    def reached(self, balancer: str) -> Iterator[ReachedListener]:
        """Its listeners that the internet is known to reach."""
        listeners = self.listeners(balancer)
        own = {pair for listener in listeners for pair in listener.evidence}
        for key, found in known_reach(self._view, balancer):
            arrival = found._replace(evidence=found.evidence - own)
            for listener in listeners:
                if not overlap(listener.ports, arrival.ports):
                    continue
                for protocol in listener.protocols:
                    if protocol_name(protocol) == key.protocol:
                        through = past(balancer, listener, arrival)
                        yield ReachedListener(key.path, protocol, key.family, listener, through)

    def families(self, balancer: str) -> tuple[Family, ...]:
        """The address families of its public addresses."""
        if self._label(balancer) == CLASSIC:
            return _FAMILIES["ipv4"]
        return _FAMILIES.get(self._view.get(balancer, "ip_address_type") or "", tuple(Family))

    def listeners(self, balancer: str) -> list[Listener]:
        """Its listeners; one for every port, in doubt, if they could not be listed."""
        view = self._view
        classic = self._label(balancer) == CLASSIC
        label, via = (
            (CLASSIC_LISTENER, "load_balancer_name") if classic else (LISTENER, "load_balancer")
        )
        found = []
        for id_ in view.sources(balancer, label, via):
            port = view.get(id_, "port")
            protocols = _PROTOCOLS.get(view.get(id_, "protocol") or "", (TCP, UDP))
            doubts = frozenset([f"port of listener {view.name(id_)}"] if port is None else [])
            ports = PORTS if port is None else (port, port)
            found.append(Listener(id_, ports, protocols, doubts, frozenset([("listeners", id_)])))
        if not view.is_complete(label, balancer):
            doubts = frozenset([f"listeners of {view.name(balancer)}"])
            found.append(Listener("", PORTS, (TCP, UDP), doubts, frozenset()))
        return found

    def forwards(self, balancer: str, listener: Listener) -> Iterator[Forward]:
        """What a listener hands connections on to, by its default action or any of its rules."""
        if self._label(balancer) == CLASSIC:
            port = self._view.get(listener.id, "instance_port") if listener.id else None
            for instance in self._view.targets(balancer, "instances"):
                yield Forward(instance, port, Family.IPV4, False, "", frozenset(), frozenset())
            return
        for group, doubts, evidence in self._target_groups(balancer, listener):
            yield from self._members(balancer, group, doubts, evidence)

    def _target_groups(
        self, balancer: str, listener: Listener
    ) -> Iterator[tuple[str, frozenset[str], Evidence]]:
        view = self._view
        named: set[str] = set()
        if listener.id:
            for group in view.targets(listener.id, "target_groups"):
                named.add(group)
                yield group, frozenset(), frozenset()
            for rule in view.sources(listener.id, LISTENER_RULE, "listener"):
                for group in view.targets(rule, "target_groups"):
                    named.add(group)
                    yield group, frozenset(), frozenset([("listener_rules", rule)])
            if view.is_complete(LISTENER_RULE, balancer):
                return
            doubts = frozenset([f"rules of listener {view.name(listener.id)}"])
        else:
            doubts = listener.unread
        for group in view.labelled(TARGET_GROUP):
            if balancer in (view.get(group, "load_balancer_arns") or []) and group not in named:
                yield group, doubts, frozenset()

    def _members(
        self, balancer: str, group: str, doubts: frozenset[str], evidence: Evidence
    ) -> Iterator[Forward]:
        view = self._view
        family = Family.IPV6 if view.get(group, "ip_address_type") == "ipv6" else Family.IPV4
        network = view.get(balancer, "type") == "network"
        preserves = view.get(group, "preserves_client_ip") if network else False
        grounds = evidence | {("target_groups", group)}
        registered: set[str] = set()
        for id_ in view.sources(group, TARGET, "target_group"):
            port = view.get(id_, "port") or view.get(group, "port")
            for field in _TARGETS:
                for target in view.targets(id_, field):
                    registered.add(target)
                    if view.get(target, "missing") in (None, "UNREADABLE"):
                        yield Forward(
                            target,
                            port,
                            family,
                            preserves,
                            view.name(group),
                            doubts,
                            grounds | {("targets", id_)},
                        )
        if view.is_complete(TARGET, group) and not view.is_missing(group):
            return
        # Nobody knows who is registered: it may be anything in the group's network.
        unknown = doubts | {f"targets of target group {view.name(group)}"}
        placed = balancer if view.is_missing(group) else group
        if view.get(group, "target_type") in ("instance", "ip", None):
            for interface in self._interfaces_in_network_of(placed):
                if interface not in registered:
                    yield Forward(
                        interface,
                        view.get(group, "port"),
                        family,
                        preserves,
                        view.name(group),
                        unknown,
                        grounds,
                    )

    def _interfaces_in_network_of(self, id_: str) -> list[str]:
        view = self._view
        return [
            interface
            for network in view.targets(id_, "vpc_id")
            for interface in view.sources(network, INTERFACE, "vpc_id")
        ]

    def _label(self, id_: str) -> str:
        label: str = self._view.get(id_, "label")
        return label
