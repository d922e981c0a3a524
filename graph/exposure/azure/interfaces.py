"""Network interfaces and virtual machines of Azure that the internet reaches."""

from collections.abc import Iterator

from ...addresses import EVERY, Family, covered
from ...derivation import Derivation, Derived
from ...intervals import Flows, Ranges
from ...model import MissingReason
from ...view import GraphView
from ..protocols import all_ports, protocol_name
from ..reach import ReachInterval, ReachKey, ReachSet, reaches
from ..rule_chain import Rule, Verdict, arrivals, at, unknown
from ..traffic import PORTS
from .admin_rules import NETWORK, AdminRules, admin_rules
from .entries import (
    ADDRESS,
    BALANCER,
    BALANCING_RULE,
    FRONTEND,
    MEMBER,
    NAT_RULE,
    POOL,
    PUBLIC_IP,
    Entry,
    entries,
)
from .firewalls import FIREWALL, POLICY, firewall_entries
from .gateways import LABELS as GATEWAYS
from .gateways import gateway_entries
from .packet_rules import Destination
from .routes import PEERING, ROUTE, TABLE, no_routes, subnet_routes
from .security_groups import (
    GROUP,
    RULE,
    SUBNET,
    filtering,
    groups_around,
    letting_in,
    protocols,
)

INTERFACE, MACHINE = "AzureNetworkInterface", "AzureVirtualMachine"
INSTANCE = "AzureScaleSetInstance"


def _derive(view: GraphView) -> Derived:
    reach = ReachSet()
    for interface in view.labelled(INTERFACE):
        targets = [interface, *_machines(view, interface)]
        for address in view.sources(interface, ADDRESS, "network_interface"):
            for key, arrival in _at_address(view, interface, address):
                for target in targets:
                    reach.add(key._replace(target=target), arrival)
    return reach.derived()


def _machines(view: GraphView, interface: str) -> Iterator[str]:
    """The machines that an interface belongs to, those that could not be read too."""
    for machine in view.targets(interface, "virtual_machine"):
        named = view.get(machine, "label") in (MACHINE, INSTANCE)
        if named and view.get(machine, "missing") in (None, MissingReason.UNREADABLE):
            yield machine


def _at_address(
    view: GraphView, interface: str, address: str
) -> Iterator[tuple[ReachKey, ReachInterval]]:
    is_v6 = view.get(address, "private_ip_address_version") == "IPv6"
    family = Family.IPV6 if is_v6 else Family.IPV4
    groups = groups_around(view, interface, address)
    first = admin_rules(view, view.targets(address, "subnet"))
    own = _destination(view, address, family)
    entry_points = (entries, firewall_entries, gateway_entries)
    for entry in (each for found in entry_points for each in found(view, address, family)):
        to = own if entry.destination is None else own._replace(addresses=entry.destination)
        if entry.clients is not None:
            to = to._replace(neighbours=entry.clients)
        wanted = protocols(view, groups, family) | first.protocols(family)
        for protocol in sorted(wanted if entry.protocols is None else entry.protocols):
            chains = _chains(view, first, groups, protocol, family, to, entry)
            within = entry.ports & Ranges([all_ports(protocol)])
            for ports, unread in arrivals(chains, family, within, entry.clients):
                evidence = {
                    *entry.evidence,
                    *own.routes.evidence,
                    *first.evidence,
                    ("ip_configurations", address),
                    ("network_interfaces", interface),
                    *(("security_groups", group) for group in groups),
                    *(
                        ("security_rules", rule)
                        for group in groups
                        for rule in letting_in(view, group, protocol, family, to, ports)
                    ),
                }
                yield (
                    ReachKey(interface, entry.path, protocol_name(protocol), family),
                    ReachInterval(ports, unread | entry.unread, frozenset(evidence)),
                )


def _destination(view: GraphView, address: str, family: Family) -> Destination:
    subnets = [each for each in view.targets(address, "subnet") if not view.is_missing(each)]
    return Destination(
        covered([view.get(address, "private_ip_address") or ""], family),
        frozenset(view.targets(address, "application_security_groups")),
        subnet_routes(view, subnets[0], family) if subnets else no_routes(family),
    )


def _chains(
    view: GraphView,
    first: AdminRules,
    groups: list[str],
    protocol: int,
    family: Family,
    to: Destination,
    entry: Entry,
) -> list[list[list[Rule]]]:
    """What all has to let packets through: each group, with the security admin rules before it,
    and the routes on the way back, unless that ends in the network."""
    above = first.filtering(protocol, family, to)
    if groups:
        chains = [[above, filtering(view, group, protocol, family, to)] for group in groups]
    elif entry.closed_by_default is None:
        chains = [[above, unknown(family, "the kind of its public address")]]
    elif entry.closed_by_default:
        chains = [[[_short_of_opening(rule) for rule in above]]]
    else:
        chains = [[above, [Rule(Verdict.ALLOW, at(Ranges([PORTS]), EVERY[family]))]]]
    return [*chains, [to.routes.answers]] if entry.clients is None else chains


def _short_of_opening(rule: Rule) -> Rule:
    """A security admin rule before an address that is closed unless a security group opens it:
    whether the rule alone opens it is not documented."""
    if rule.verdict != Verdict.ALLOW or not rule.matched:
        return rule
    why = rule.why or "whether a security admin rule opens an address without a security group"
    return Rule(rule.verdict, Flows(), rule.matched | rule.perhaps, why)


_BALANCING = frozenset({BALANCER, BALANCING_RULE, NAT_RULE, POOL, MEMBER, FRONTEND})
_SHOWN = frozenset({GROUP, RULE, NETWORK, PEERING, POLICY, SUBNET, TABLE, ROUTE, PUBLIC_IP})
DERIVATION = Derivation(
    name="azure network interfaces",
    provider="azure",
    derive=_derive,
    writes=reaches(INTERFACE, INSTANCE, MACHINE),
    reads=_SHOWN | _BALANCING | GATEWAYS | {ADDRESS, FIREWALL},
    notices=_SHOWN,
    through=frozenset({"AzureApplicationSecurityGroup"}),
    not_modelled=(
        "What other customers of Azure reach by rules for service tag AzureCloud is no CAN_REACH "
        "edge: they are not the internet.",
        "What appliances of other makers hand on to a network is not followed, nor what an Azure "
        "Firewall or an application gateway does in a subscription that was not scanned.",
        "Routes that virtual networks learn from gateways are not read: where there is a gateway "
        "that may bring some, what is open or closed by them is in doubt.",
    ),
)
