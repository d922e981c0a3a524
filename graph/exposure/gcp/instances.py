"""Instances of Google Cloud and their interfaces that the internet reaches."""

from collections.abc import Iterator

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...intervals import Ranges
from ...view import GraphView
from ..protocols import all_ports, protocol_name
from ..reach import BEHIND, DIRECT, ReachInterval, ReachKey, ReachSet, reaches
from ..rule_chain import arrivals
from .firewalls import FIREWALL, POLICY, filters, letting_in, protocols
from .forwarding import RULE, passed_on, place
from .receiver import INSTANCE, INTERFACE, VPC, Receiver
from .routes import ROUTE, answering


def _derive(view: GraphView) -> Derived:
    reach = ReachSet()
    passing = passed_on(view)
    for instance in view.labelled(INSTANCE):
        interfaces = view.sources(instance, INTERFACE, "instance")
        for interface in interfaces:
            for family in _families(view, interface):
                for key, arrival in _directly(Receiver(view, instance, interface, family)):
                    for target in (instance, interface):
                        reach.add(key._replace(target=target), arrival)
        for rule, family, numbers, reached in passing.get(place(view, instance), ()):
            unread = frozenset([f"what {view.name(rule)} forwards to"])
            evidence = frozenset([("forwarding_rules", rule)])
            for protocol in numbers:
                for ports in reached & Ranges([all_ports(protocol)]):
                    for target in (instance, *interfaces):
                        reach.add(
                            ReachKey(target, BEHIND, protocol_name(protocol), family),
                            ReachInterval(ports, unread, evidence),
                        )
    return reach.derived()


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
    reads=_SHOWN | {INTERFACE, RULE},
    notices=_SHOWN,
    not_modelled=(
        "What proxy load balancers hand on to instances is not followed.",
        "Policy-based routes, and routes that Cloud Routers learn, are not read: they may lead "
        "answers elsewhere than the routes that are listed.",
    ),
)
