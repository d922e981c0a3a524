"""Network security groups of Azure, as far as they concern packets from the internet."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...addresses import EVERY, PUBLIC, Family, block, covered, is_internet
from ...intervals import Flows, Interval, Ranges
from ...view import GraphView
from ..missing import missing_words
from ..protocols import ANY_PROTOCOL, ICMP, TCP, UDP, every_protocol, protocol_number
from ..rule_chain import Rule, Verdict, at, ports, unknown
from ..traffic import PORTS
from .routes import SubnetRoutes

GROUP, RULE, SUBNET = "AzureNetworkSecurityGroup", "AzureSecurityRule", "AzureSubnet"
_ANYONE = ("*", "any", "internet")
_NETWORK = "virtualnetwork"
_NEVER_THE_INTERNET = (_NETWORK, "azureloadbalancer")
"""Service tags that hold no address of the internet; the first one does where a route says so."""
_OTHER_CUSTOMERS = "azurecloud"
_EVERY_PORT = Ranges([PORTS])


class Destination(NamedTuple):
    """What packets are for as rules see it: behind a load balancer, after translation."""

    addresses: Ranges
    """Empty where it is not known."""
    application_groups: frozenset[str]
    routes: SubnetRoutes


def groups_around(view: GraphView, interface: str, address: str) -> list[str]:
    """The groups that packets to an address pass: its subnet's, then its interface's; a subnet
    itself where it could not be read."""
    subnets = view.targets(address, "subnet")
    unread = [subnet for subnet in subnets if view.is_missing(subnet)]
    around = [group for subnet in subnets for group in _protecting(view, subnet)]
    return [*unread, *around, *_protecting(view, interface)]


def _protecting(view: GraphView, protected: str) -> list[str]:
    edges = view.graph.out_edges(protected, data="rel")
    return sorted({group for _, group, rel in edges if rel == "PROTECTED_BY"})


def protocols(view: GraphView, groups: Iterable[str], family: Family) -> set[int]:
    """The protocols that need an answer of their own."""
    named: set[int] = set()
    for group in groups:
        rules = _rules(view, group)
        named |= {_protocol(view, rule, family) for rule in rules} if rules else {ANY_PROTOCOL}
    return named | every_protocol(family) if ANY_PROTOCOL in named or not named else named


def filtering(
    view: GraphView, group: str, protocol: int, family: Family, to: Destination
) -> list[Rule]:
    """The rules of a group for what comes in by a protocol, in their order."""
    if view.is_missing(group):
        kind = "security group" if view.get(group, "label") == GROUP else "subnet"
        return unknown(family, missing_words(view, kind, group))
    if not view.is_complete(RULE, group):
        return unknown(family, f"rules of security group {view.name(group)}")
    return [_rule(view, rule, protocol, family, to) for rule in _for(view, group, protocol, family)]


def letting_in(
    view: GraphView, group: str, protocol: int, family: Family, to: Destination, on: Interval
) -> Iterator[str]:
    """The rules of a group that by themselves let the internet in on any of these ports."""
    here = Flows.rectangle(on, EVERY[family])
    for rule in _for(view, group, protocol, family):
        found = _rule(view, rule, protocol, family, to)
        widest = (found.matched | found.perhaps) & here
        if found.verdict == Verdict.ALLOW and is_internet(widest.addresses, family):
            yield rule


def _for(view: GraphView, group: str, protocol: int, family: Family) -> list[str]:
    found = [
        rule
        for rule in _rules(view, group)
        if _protocol(view, rule, family) in (ANY_PROTOCOL, protocol)
    ]
    return sorted(found, key=lambda rule: view.get(rule, "priority"))


def _rules(view: GraphView, group: str) -> list[str]:
    if view.is_missing(group):
        return []
    return [
        rule
        for rule in view.sources(group, RULE, "network_security_group")
        if view.get(rule, "direction") == "Inbound"
    ]


def _protocol(view: GraphView, rule: str, family: Family) -> int:
    number = protocol_number(view.get(rule, "protocol"))
    return ICMP[family] if number in ICMP.values() else number


def _rule(view: GraphView, rule: str, protocol: int, family: Family, to: Destination) -> Rule:
    verdict = Verdict.ALLOW if view.get(rule, "access") == "Allow" else Verdict.DENY
    numbers = ports(view.get(rule, "destination_port_ranges"))
    if protocol not in (TCP, UDP) and numbers != _EVERY_PORT:
        return Rule(verdict, Flows())  # It is about ports, which the protocol does not have.
    prefixes = view.get(rule, "source_address_prefixes")
    matched, perhaps, why = _sources(prefixes, family), Ranges(), ""
    if verdict == Verdict.ALLOW:
        perhaps, why = _perhaps(view, rule, prefixes, family, to)
    elif ports(view.get(rule, "source_port_ranges")) != _EVERY_PORT:
        # A client chooses the port that it comes from: a rule for some of them stops nobody.
        matched = Ranges()
    concerns = _concerns(view, rule, family, to)
    if concerns is False:
        return Rule(verdict, Flows())
    if concerns is None:
        why = why or f"whether rule {view.name(rule)} holds for the address"
        return Rule(verdict, Flows(), at(numbers, matched | perhaps), why)
    return Rule(verdict, at(numbers, matched), at(numbers, perhaps), why)


def _sources(prefixes: list[str], family: Family) -> Ranges:
    """Who a rule is for, for certain. No service tag but Internet covers the whole internet."""
    if any(prefix.lower() in _ANYONE for prefix in prefixes):
        return EVERY[family] if "*" in prefixes else PUBLIC[family]
    return covered(prefixes, family)


def _perhaps(
    view: GraphView, rule: str, prefixes: list[str], family: Family, to: Destination
) -> tuple[Ranges, str]:
    """Who a rule may let in beyond that, by a service tag whose addresses are not known."""
    tags = sorted(each for each in prefixes if each.lower() not in _ANYONE and not block(each))
    name = view.name(rule)
    for tag in tags:
        if tag.lower().partition(".")[0] == _OTHER_CUSTOMERS:
            return PUBLIC[family], f"which other customers of Azure rule {name} lets in by {tag}"
    for tag in tags:
        if tag.lower() not in _NEVER_THE_INTERNET:
            return PUBLIC[family], f"whom rule {name} lets in by service tag {tag}"
    if any(tag.lower() == _NETWORK for tag in tags) and to.routes.inside:
        return to.routes.inside & PUBLIC[family], to.routes.inside_why
    return Ranges(), ""


def _concerns(view: GraphView, rule: str, family: Family, to: Destination) -> bool | None:
    """Whether a rule holds for a destination."""
    wanted = view.targets(rule, "destination_application_security_groups")
    if wanted:
        return bool({*wanted} & to.application_groups)
    prefixes = view.get(rule, "destination_address_prefixes")
    if any(prefix.lower() in ("*", "any", _NETWORK) for prefix in prefixes):
        return True
    ranges = covered(prefixes, family)
    if not to.addresses:
        return None if ranges else False
    return bool(ranges & to.addresses)
