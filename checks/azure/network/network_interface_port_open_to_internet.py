"""Network interfaces whose ports for remote administration the internet can reach."""

from collections.abc import Iterator
from functools import partial, reduce
from typing import NamedTuple

import networkx

from ....graph.addresses import EVERY, PUBLIC, Family, covered, is_internet
from ....graph.exposure.rule_chain import Rule, Verdict, chain, ports
from ....graph.exposure.traffic import PORTS, TrafficSet
from ....graph.intervals import Flows, Ranges
from ....graph.model import MissingReason
from ....graph.view import GraphView
from ...check import Check, Row, Severity, Traversal

_INTERFACE = "AzureNetworkInterface"
_ADDRESS = "AzureNetworkInterfaceIPConfiguration"
_PUBLIC_IP = "AzurePublicIPAddress"
_GROUP = "AzureNetworkSecurityGroup"
_POOL = "AzureLoadBalancerBackendPool"
_BALANCING_RULE = "AzureLoadBalancerRule"
_NAT_RULE = "AzureLoadBalancerInboundNatRule"
_MEMBER = "AzureLoadBalancerBackendAddress"
_LABELS = (
    _INTERFACE,
    _ADDRESS,
    _PUBLIC_IP,
    _GROUP,
    _POOL,
    _BALANCING_RULE,
    _NAT_RULE,
    _MEMBER,
    "AzureApplicationSecurityGroup",
    "AzureLoadBalancer",
    "AzureLoadBalancerFrontendIPConfiguration",
    "AzureSecurityRule",
    "AzureSubnet",
    "AzureVirtualNetwork",
)
_ANYONE = ("*", "any", "internet")
_EVERY_PORT = Ranges([PORTS])


class _Way(NamedTuple):
    """How packets from the internet get to an interface: to which ports, and by what."""

    ports: Ranges
    closed_by_default: bool | None
    """Whether nothing arrives unless a group lets it in; None if that was not read."""
    evidence: tuple[str, ...]
    unread: str = ""
    """What would tell whether there is this way; empty if there is."""


def _walk(port: int, graph: networkx.MultiDiGraph) -> Iterator[Row]:
    view = GraphView(graph)
    for interface in view.labelled(_INTERFACE):
        open_, perhaps = False, False
        unread, evidence = set[str](), set[str]()
        for address in view.sources(interface, _ADDRESS, "network_interface"):
            family = _family(view, address)
            filters = _groups(view, interface, address)
            evidence |= {address, *filters}
            for way in _ways(view, address):
                if port not in way.ports:
                    continue
                evidence |= {*way.evidence, *_letting_in(view, port, filters, address, family)}
                passage = _passage(view, port, filters, address, way, family)
                certain, possible = passage.open_ports(family)
                open_ |= port in certain and not way.unread
                if port in certain or port in possible:
                    perhaps = True
                    unread |= {*passage.unread, way.unread} - {""}
        yield Row(
            interface,
            passed=False if open_ else None if perhaps else True,
            unread=sorted(unread),
            evidence=sorted(evidence),
        )


def _family(view: GraphView, address: str) -> Family:
    version = view.get(address, "private_ip_address_version")
    return Family.IPV6 if version == "IPv6" else Family.IPV4


def _groups(view: GraphView, interface: str, address: str) -> list[str]:
    """The groups that packets to an address pass: its subnet's, then its interface's."""
    subnets = view.targets(address, "subnet")
    unknown = [subnet for subnet in subnets if view.is_missing(subnet)]
    around = [group for subnet in subnets for group in _protecting(view, subnet)]
    return [*unknown, *around, *_protecting(view, interface)]


def _protecting(view: GraphView, protected: str) -> list[str]:
    edges = view.graph.out_edges(protected, data="rel")
    return sorted({group for _, group, rel in edges if rel == "PROTECTED_BY"})


def _ways(view: GraphView, address: str) -> Iterator[_Way]:
    """The ways from the internet to an address, none of them filtered yet."""
    if view.get(address, "public_ip_address"):
        found = view.sources(address, _PUBLIC_IP, "public_ip_address") or view.sources(
            address, _PUBLIC_IP, "ip_configuration"
        )
        skus = {view.get(each, "sku") for each in found} or {None}
        yield _Way(_EVERY_PORT, _closed(skus.pop()), tuple(found))
    for rule, port_field in _forwarding(view, address):
        if view.is_missing(rule):
            yield _Way(_EVERY_PORT, None, (rule,), f"load balancing by {_missing(view, rule)}")
            continue
        frontends = view.targets(rule, "frontend")
        if not any(_is_public(view, frontend) for frontend in frontends):
            continue
        if view.get(rule, "protocol") not in ("Tcp", "All"):
            continue
        number = view.get(rule, port_field) or view.get(rule, "frontend_port") or 0
        balancers = view.targets(rule, "load_balancer")
        sku = next((view.get(each, "sku") for each in balancers), None)
        reached = Ranges([(number, number)]) if number else _EVERY_PORT
        yield _Way(reached, _closed(sku), (rule, *frontends))


def _missing(view: GraphView, node: str) -> str:
    return f"{view.name(node)} {MissingReason(view.get(node, 'missing')).meaning}"


def _closed(sku: str | None) -> bool | None:
    return None if sku is None else sku != "Basic"


def _is_public(view: GraphView, frontend: str) -> bool:
    fields = ("public_ip_address", "public_ip_prefix")
    return any(view.get(frontend, name) for name in fields)


def _forwarding(view: GraphView, address: str) -> Iterator[tuple[str, str]]:
    """What of load balancers sends packets to an address; a pool where that could not be read."""
    pools = {
        *view.sources(address, _POOL, "ip_configurations"),
        *view.sources(address, _POOL, "load_balancer_backend_pools"),
        *_pools_by_number(view, address),
    }
    direct = {
        *view.sources(address, _NAT_RULE, "ip_configuration"),
        *view.sources(address, _NAT_RULE, "load_balancer_inbound_nat_rules"),
    }
    for pool in sorted(pools):
        if view.is_missing(pool):
            yield pool, ""
        direct.update(view.sources(pool, _NAT_RULE, "backend_pool"))
        direct.update(view.sources(pool, _BALANCING_RULE, "backend_pools"))
    for rule in sorted(direct):
        yield rule, "backend_port"


def _pools_by_number(view: GraphView, address: str) -> Iterator[str]:
    """The pools that name an address by its number, which means something in its network only."""
    for subnet in view.targets(address, "subnet"):
        for network in view.targets(subnet, "virtual_network"):
            for member in view.sources(network, _MEMBER, "virtual_network"):
                number = view.get(member, "ip_address")
                if number and number == view.get(address, "private_ip_address"):
                    yield from view.targets(member, "backend_pool")


def _passage(
    view: GraphView, port: int, filters: list[str], address: str, way: _Way, family: Family
) -> TrafficSet:
    everyone = TrafficSet.to(EVERY[family], EVERY[family], frozenset())
    if not filters and way.closed_by_default is None:
        return TrafficSet.unknown(family, "the kind of its public address could not be read")
    if not filters and way.closed_by_default:
        return TrafficSet.known(Flows())
    return reduce(
        TrafficSet.__and__,
        (_filter(view, port, each, address, family) for each in filters),
        everyone,
    )


def _filter(view: GraphView, port: int, group: str, address: str, family: Family) -> TrafficSet:
    """What a security group lets through to an address, by TCP."""
    if view.is_missing(group):
        kind = "security group" if view.graph.nodes[group]["label"] == _GROUP else "subnet"
        return TrafficSet.unknown(family, f"{kind} {_missing(view, group)}")
    rules = [_rule(view, rule, address, family) for rule in _inbound(view, port, group)]
    return chain([rules], family)


def _inbound(view: GraphView, port: int, group: str) -> list[str]:
    """A group's rules for what comes in to a port by TCP, in their order."""
    found = [
        rule
        for rule in view.sources(group, "AzureSecurityRule", "network_security_group")
        if view.get(rule, "direction") == "Inbound"
        and view.get(rule, "protocol").lower() in ("tcp", "*")
        and port in ports(view.get(rule, "destination_port_ranges"))
    ]
    return sorted(found, key=lambda rule: view.get(rule, "priority"))


def _letting_in(
    view: GraphView, port: int, filters: list[str], address: str, family: Family
) -> Iterator[str]:
    """The rules that by themselves let the internet in to an address."""
    for group in filters:
        for rule in _inbound(view, port, group):
            verdict, matched, *_ = _rule(view, rule, address, family)
            if verdict == Verdict.ALLOW and is_internet(matched, family):
                yield rule


def _rule(view: GraphView, rule: str, address: str, family: Family) -> Rule:
    verdict = Verdict.ALLOW if view.get(rule, "access") == "Allow" else Verdict.DENY
    matched = _sources(view.get(rule, "source_address_prefixes"), family)
    # A client chooses the port that it comes from: a rule for some of them stops nobody.
    some = ports(view.get(rule, "source_port_ranges")) != _EVERY_PORT
    if verdict == Verdict.DENY and some:
        matched = Ranges()
    concerns = _concerns(view, rule, address, family)
    if concerns is None:
        why = f"whether rule {view.name(rule)} holds for the address is not known"
        return Rule(verdict, Ranges(), matched, why)
    return Rule(verdict, matched if concerns else Ranges())


def _sources(prefixes: list[str], family: Family) -> Ranges:
    """Who a rule is for. Service tags other than Internet name parts of Azure or private networks,
    which are not the internet."""
    if any(prefix.lower() in _ANYONE for prefix in prefixes):
        return EVERY[family] if "*" in prefixes else PUBLIC[family]
    return covered(prefixes, family)


def _concerns(view: GraphView, rule: str, address: str, family: Family) -> bool | None:
    """Whether a rule holds for an address; rules look at private addresses only."""
    wanted = view.targets(rule, "destination_application_security_groups")
    if wanted:
        return bool({*wanted} & {*view.targets(address, "application_security_groups")})
    prefixes = view.get(rule, "destination_address_prefixes")
    if any(prefix.lower() in ("*", "any", "virtualnetwork") for prefix in prefixes):
        return True
    number = view.get(address, "private_ip_address")
    ranges = covered(prefixes, family)
    if not number:
        return None if ranges else False
    return bool(ranges & covered([number], family))


def _check(port: int, service: str, name: str) -> Check:
    return Check(
        id=f"network_interface_{name}_open_to_internet",
        title=f"The internet does not reach {service} on network interfaces",
        provider="azure",
        service="network",
        severity=Severity.HIGH,
        resource=_INTERFACE,
        what=(
            f"Packets from the internet do not arrive at TCP port {port} of any address of the "
            "interface, be it by a public address of its own, by a load balancer's inbound NAT "
            "rule, or by a load balancing rule with a public frontend. What counts is what the "
            "subnet's and the interface's security groups let through together, rule by rule in "
            "the order of their priorities: a deny before the allow closes, and so does the other "
            "group. Without any group a Basic address is open and a Standard one closed. Sources "
            "count as the internet from a /8 of IPv4 or a /16 of IPv6 on, all of a rule's sources "
            "together; service tags other than Internet never do. Interfaces of uniform scale sets "
            "are not among those that Azure lists."
        ),
        why=(
            f"Open {service} is found within minutes and tried with leaked and guessed passwords "
            "from then on; a flaw in the service itself needs no password at all."
        ),
        remediation=(
            "Use Azure Bastion or just-in-time access, and limit the rule to the addresses that "
            "need it: az network nsg rule update -g GROUP --nsg-name NSG -n RULE "
            "--source-address-prefixes ADDRESSES"
        ),
        passes=f"The internet does not reach {service} on {{resource}}.",
        fails=f"The internet reaches {service} (TCP {port}) on {{resource}}.",
        rule=Traversal(_LABELS, partial(_walk, port)),
        pass_requires_listing=(_ADDRESS, _BALANCING_RULE, _NAT_RULE, _MEMBER),
        references=(
            "https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works",
        ),
        compliance=(f"CIS Azure 3.0: 7.{2 if port == 22 else 1}",),
    )


family = (_check(22, "SSH", "ssh"), _check(3389, "Remote Desktop", "rdp"))
