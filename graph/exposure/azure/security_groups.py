"""Network security groups of Azure, as far as they concern packets from the internet."""

from collections.abc import Iterable, Iterator

from ...addresses import EVERY, Family, is_internet
from ...intervals import Flows, Interval
from ...view import GraphView
from ..missing import missing_words
from ..protocols import ANY_PROTOCOL, every_protocol
from ..rule_chain import Rule, Verdict, unknown
from .packet_rules import Destination, PacketRule, rule_for, rule_protocol, within

GROUP, RULE, SUBNET = "AzureNetworkSecurityGroup", "AzureSecurityRule", "AzureSubnet"


def groups_around(view: GraphView, interface: str, address: str) -> list[str]:
    """The groups that packets to an address pass: its subnet's, then its interface's; a subnet
    itself where it could not be read."""
    subnets = view.targets(address, "subnet")
    unread = [subnet for subnet in subnets if view.is_missing(subnet)]
    around = [group for subnet in subnets for group in protecting(view, subnet)]
    return [*unread, *around, *protecting(view, interface)]


def protecting(view: GraphView, protected: str) -> list[str]:
    """The groups that filter what comes to a subnet or an interface."""
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
    return rule_protocol(view.get(rule, "protocol"), family)


def _rule(view: GraphView, rule: str, protocol: int, family: Family, to: Destination) -> Rule:
    written = PacketRule(
        view.name(rule),
        Verdict.ALLOW if view.get(rule, "access") == "Allow" else Verdict.DENY,
        view.get(rule, "source_address_prefixes"),
        view.get(rule, "source_port_ranges"),
        view.get(rule, "destination_port_ranges"),
        _concerns(view, rule, family, to),
    )
    return rule_for(written, protocol, family, to)


def _concerns(view: GraphView, rule: str, family: Family, to: Destination) -> bool | None:
    """Whether a rule holds for a destination."""
    wanted = view.targets(rule, "destination_application_security_groups")
    if wanted:
        return bool({*wanted} & to.application_groups)
    return within(view.get(rule, "destination_address_prefixes"), family, to)
