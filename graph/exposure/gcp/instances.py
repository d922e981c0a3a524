"""Instances of Google Cloud and their interfaces that the internet reaches."""

from collections.abc import Iterable, Iterator

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...intervals import Ranges
from ...view import GraphView
from ..protocols import all_ports, protocol_name
from ..reach import BEHIND, DIRECT, ReachInterval, ReachKey, ReachSet, reaches
from ..rule_chain import Rule, Verdict, arrivals, at
from .firewalls import FIREWALL, POLICY, filters, letting_in, protocols
from .forwarding import BACKEND, LISTED, RULE, PassedOn, passed_on, place
from .receiver import INSTANCE, INTERFACE, VPC, Receiver
from .routes import ROUTE, answering


def _derive(view: GraphView) -> Derived:
    reach = ReachSet()
    passing = [*passed_on(view)]
    for instance in view.labelled(INSTANCE):
        interfaces = view.sources(instance, INTERFACE, "instance")
        for interface in interfaces:
            for family in _families(view, interface):
                receiver = Receiver(view, instance, interface, family)
                _note(reach, _directly(receiver), instance, interface)
        for each in passing:
            if instance in each.instances:
                for interface in _receiving(view, interfaces, each):
                    receiver = Receiver(view, instance, interface, each.family)
                    _note(reach, _behind(receiver, each), instance, interface)
            elif each.why_open and place(view, each.rule) == place(view, instance):
                _note(reach, _perhaps(each), instance, *interfaces)
    return reach.derived()


def _note(
    reach: ReachSet, arriving: Iterable[tuple[ReachKey, ReachInterval]], *targets: str
) -> None:
    for key, arrival in arriving:
        for target in targets:
            reach.add(key._replace(target=target), arrival)


def _receiving(view: GraphView, interfaces: list[str], passed: PassedOn) -> list[str]:
    """The interfaces that packets of a load balancer arrive at."""
    if passed.network:
        return [each for each in interfaces if passed.network in view.targets(each, "network")]
    return interfaces[:1]


def _behind(receiver: Receiver, passed: PassedOn) -> Iterator[tuple[ReachKey, ReachInterval]]:
    """What arrives at an interface by way of a load balancer that leaves packets as they are."""
    view, family = receiver.view, receiver.family
    networks = view.targets(receiver.interface, "network")
    answered = answering(receiver, networks)
    for protocol in passed.protocols:
        within = passed.ports & Ranges([all_ports(protocol)])
        taken = [Rule(Verdict.ALLOW, at(within, passed.sources))]
        chains = [filters(receiver, network, protocol) for network in networks]
        for ports, unread in arrivals([[taken], [answered], *chains], family, within):
            evidence = {
                ("forwarding_rules", passed.rule),
                ("network_interfaces", receiver.interface),
                *(
                    ("firewalls", firewall)
                    for network in networks
                    for firewall in letting_in(receiver, network, protocol, ports)
                ),
            }
            yield (
                ReachKey("", BEHIND, protocol_name(protocol), family),
                ReachInterval(ports, unread, frozenset(evidence)),
            )


def _perhaps(passed: PassedOn) -> Iterator[tuple[ReachKey, ReachInterval]]:
    """What a load balancer may pass on to somebody who is not known to be behind it."""
    evidence = frozenset([("forwarding_rules", passed.rule)])
    for protocol in passed.protocols:
        for ports in passed.ports & Ranges([all_ports(protocol)]):
            yield (
                ReachKey("", BEHIND, protocol_name(protocol), passed.family),
                ReachInterval(ports, frozenset([passed.why_open]), evidence),
            )


def _families(view: GraphView, interface: str) -> Iterator[Family]:
    """The families in which an interface has a public address, or may have."""
    if view.get(interface, "has_external_ipv4") is not False:
        yield Family.IPV4
    if view.get(interface, "has_external_ipv6") is not False:
        yield Family.IPV6


def _directly(receiver: Receiver) -> Iterator[tuple[ReachKey, ReachInterval]]:
    """What arrives at the public address of an interface."""
    view, interface, family = receiver.view, receiver.interface, receiver.family
    networks = view.targets(interface, "network")
    answered = answering(receiver, networks)
    has_address = view.get(interface, f"has_external_{family}")
    doubt = {f"public addresses of {view.name(interface)}"} if has_address is None else set()
    for protocol in sorted(protocols(receiver, networks)):
        chains = [filters(receiver, network, protocol) for network in networks]
        within = Ranges([all_ports(protocol)])
        for ports, unread in arrivals([[answered], *chains], family, within):
            evidence = {
                ("network_interfaces", interface),
                *(("networks", network) for network in networks),
                *(
                    ("firewalls", firewall)
                    for network in networks
                    for firewall in letting_in(receiver, network, protocol, ports)
                ),
            }
            yield (
                ReachKey(interface, DIRECT, protocol_name(protocol), family),
                ReachInterval(ports, unread | doubt, frozenset(evidence)),
            )


_SHOWN = frozenset({VPC, FIREWALL, POLICY, ROUTE})
DERIVATION = Derivation(
    name="gcp instances",
    provider="gcp",
    derive=_derive,
    writes=reaches(INSTANCE, INTERFACE),
    reads=_SHOWN | {INTERFACE, RULE, BACKEND, *LISTED},
    notices=_SHOWN,
    not_modelled=(
        "What proxy load balancers hand on to instances is not followed.",
        "Policy-based routes, and routes that Cloud Routers learn, are not read: they may lead "
        "answers elsewhere than the routes that are listed.",
    ),
)
