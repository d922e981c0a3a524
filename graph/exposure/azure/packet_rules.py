"""What rules of security groups and security admin rules have in common: whom they are for, on
which ports, and at which addresses."""

from collections.abc import Sequence
from typing import NamedTuple

from ...addresses import EVERY, PUBLIC, Family, block, covered
from ...intervals import Flows, Ranges
from ..protocols import ICMP, TCP, UDP, protocol_number
from ..rule_chain import Rule, Verdict, at, ports
from ..traffic import PORTS
from .routes import SubnetRoutes

_ANYONE = ("*", "any", "internet")
_NETWORK = "virtualnetwork"
_NEVER_THE_INTERNET = (_NETWORK, "azureloadbalancer")
"""Service tags that hold no address of the internet; the first one does where a route says so."""
_OTHER_CUSTOMERS = "azurecloud"
"""The service tag of all of Azure's addresses: other customers may sit there, not the internet."""
_EVERY_PORT = Ranges([PORTS])


class Destination(NamedTuple):
    """What packets are for as rules see it: behind a load balancer, after translation."""

    addresses: Ranges
    """Empty where it is not known."""
    application_groups: frozenset[str]
    routes: SubnetRoutes
    neighbours: Ranges = Ranges()
    """Of those that packets come from, the addresses that service tag VirtualNetwork covers."""


class PacketRule(NamedTuple):
    """A rule as Azure writes it."""

    name: str
    verdict: Verdict
    sources: Sequence[str]
    """Ranges, service tags or `*`."""
    source_ports: Sequence[str]
    destination_ports: Sequence[str]
    concerns: bool | None
    """Whether it is for the destination of the packets; None if that is not known."""


def rule_for(rule: PacketRule, protocol: int, family: Family, to: Destination) -> Rule:
    """A rule as far as it concerns packets of a protocol, which it is for, to a destination."""
    numbers = ports(rule.destination_ports)
    if protocol not in (TCP, UDP) and numbers != _EVERY_PORT:
        return Rule(rule.verdict, Flows())  # It is about ports, which the protocol does not have.
    matched, perhaps, why = _sources(rule.sources, family, to), Ranges(), ""
    if rule.verdict != Verdict.DENY:
        perhaps, why = _perhaps(rule, family, to)
    elif ports(rule.source_ports) != _EVERY_PORT:
        # A client chooses the port that it comes from: a rule for some of them stops nobody.
        matched = Ranges()
    if rule.concerns is False:
        return Rule(rule.verdict, Flows())
    if rule.concerns is None:
        why = why or f"whether rule {rule.name} holds for the address"
        return Rule(rule.verdict, Flows(), at(numbers, matched | perhaps), why)
    return Rule(rule.verdict, at(numbers, matched), at(numbers, perhaps), why)


def rule_protocol(name: str | None, family: Family) -> int:
    """The number of a protocol as rules name it; for ICMP that of the family."""
    number = protocol_number(name)
    return ICMP[family] if number in ICMP.values() else number


def within(prefixes: Sequence[str], family: Family, to: Destination) -> bool | None:
    """Whether a destination lies in these ranges and service tags; None if that is not known."""
    if any(prefix.lower() in ("*", "any", _NETWORK) for prefix in prefixes):
        return True
    ranges = covered(prefixes, family)
    if not to.addresses:
        return None if ranges else False
    return bool(ranges & to.addresses)


def _sources(prefixes: Sequence[str], family: Family, to: Destination) -> Ranges:
    """Who a rule is for, for certain. No service tag but Internet covers the whole internet."""
    tags = {prefix.lower() for prefix in prefixes}
    if tags & {"*", "any"}:
        return EVERY[family]
    public = PUBLIC[family] if "internet" in tags else Ranges()
    near = to.neighbours if _NETWORK in tags else Ranges()
    return public | near | covered(prefixes, family)


def _perhaps(rule: PacketRule, family: Family, to: Destination) -> tuple[Ranges, str]:
    """Who a rule may let in beyond that, by a service tag whose addresses are not known."""
    tags = sorted(
        each
        for each in rule.sources
        if each.lower() not in _ANYONE
        and each.lower().partition(".")[0] != _OTHER_CUSTOMERS
        and not block(each)
    )
    for tag in tags:
        if tag.lower() not in _NEVER_THE_INTERNET:
            return PUBLIC[family], f"whom rule {rule.name} lets in by service tag {tag}"
    if any(tag.lower() == _NETWORK for tag in tags) and to.routes.inside:
        return to.routes.inside & PUBLIC[family], to.routes.inside_why
    return Ranges(), ""
