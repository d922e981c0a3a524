"""What Azure Firewall hands on from the internet to addresses in virtual networks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...addresses import EVERY, Family, covered, is_internet, is_public
from ...intervals import Ranges
from ...view import GraphView
from ..missing import missing_words
from ..protocols import TCP, UDP
from ..reach import THROUGH_FIREWALL
from ..rule_chain import ports
from ..traffic import PORTS
from .entries import Entry
from .routes import PEERING

FIREWALL, POLICY = "AzureFirewall", "AzureFirewallPolicy"
_PROTOCOLS = {"tcp": (TCP,), "udp": (UDP,)}
_EVERY_PORT = Ranges([PORTS])
_ENDS = (
    ("virtual_network", "remote_virtual_network"),
    ("remote_virtual_network", "virtual_network"),
)
"""The two fields of a peering, which either of its networks lists."""


def firewall_entries(view: GraphView, address: str, family: Family) -> Iterator[Entry]:
    """The entries to an address by DNAT rules of firewalls that packets get to it from."""
    firewalls = list(view.labelled(FIREWALL))
    if not firewalls or family != Family.IPV4:
        return  # Azure Firewall translates IPv4 only.
    networks = networks_of(view, address)
    unlisted = [each for each in networks if not view.is_complete(PEERING, each)]
    near = joined_networks(view, networks)
    for firewall in firewalls:
        subnets = view.targets(firewall, "subnets")
        if networks_of(view, firewall) & near:
            yield from _from(view, firewall, address, frozenset())
        elif unlisted or view.get(firewall, "virtual_hub") or any(map(view.is_missing, subnets)):
            doubt = f"which networks firewall {view.name(firewall)} leads to"
            yield from _from(view, firewall, address, frozenset([doubt]))


def _from(view: GraphView, firewall: str, address: str, doubt: frozenset[str]) -> Iterator[Entry]:
    """The entries from a firewall to an address that it can send packets to."""
    name = view.name(firewall)
    clients = covered(
        (
            prefix
            for subnet in view.targets(firewall, "subnets")
            for prefix in view.get(subnet, "address_prefixes") or ()
        ),
        Family.IPV4,
    )
    if not clients:
        clients, doubt = EVERY[Family.IPV4], doubt | {f"from where firewall {name} sends"}
    policies = view.targets(firewall, "firewall_policy")
    for holder in policies or (firewall,):
        document = view.get(holder, "dnat_rules")
        if document is None:
            why = (
                missing_words(view, "firewall policy", holder)
                if view.is_missing(holder)
                else f"DNAT rules of {view.name(holder)}"
            )
            yield _entry(firewall, _EVERY_PORT, (TCP, UDP), clients, doubt | {why})
            continue
        for rule in json.loads(document):
            number = view.get(address, "private_ip_address")
            if rule["translated_fqdn"]:
                why = f"where DNAT rule {rule['name']} of firewall {name} leads"
                unread = doubt | {why}
            elif number is None:
                unread = doubt | {f"the private address of {view.name(address)}"}
            elif rule["translated_address"] == number:
                unread = doubt
            else:
                continue
            for_internet = _is_for_internet(rule)
            if for_internet is None:
                unread |= {f"whom DNAT rule {rule['name']} of firewall {name} is for"}
            if for_internet is not False:
                yield _entry(firewall, _target_ports(rule), _protocols(rule), clients, unread)


def _entry(
    firewall: str,
    numbers: Ranges,
    protocols: tuple[int, ...],
    clients: Ranges,
    unread: frozenset[str],
) -> Entry:
    return Entry(
        THROUGH_FIREWALL,
        numbers,
        protocols,
        closed_by_default=False,
        evidence=frozenset([("firewalls", firewall)]),
        unread=unread,
        clients=clients,
    )


def _is_for_internet(rule: Mapping[str, Any]) -> bool | None:
    """Whether a rule is for what comes from the internet; None where the groups of addresses that
    it names decide."""
    if not any(is_public(each) or each == "*" for each in rule["destinations"]):
        return False
    sources = rule["sources"]
    if "*" in sources or is_internet(covered(sources, Family.IPV4), Family.IPV4):
        return True
    return None if rule["source_groups"] else False


def _target_ports(rule: Mapping[str, Any]) -> Ranges:
    translated = rule["translated_port"]
    return ports([translated] if translated else rule["ports"])


def _protocols(rule: Mapping[str, Any]) -> tuple[int, ...]:
    named = [each.lower() for each in rule["protocols"]]
    found = {number for each in named for number in _PROTOCOLS.get(each, (TCP, UDP))}
    return tuple(sorted(found or {TCP, UDP}))


def networks_of(view: GraphView, *placed: str) -> set[str]:
    """The virtual networks of what lies in subnets."""
    subnets = [
        subnet
        for each in placed
        for field in ("subnet", "subnets")
        for subnet in view.targets(each, field)
    ]
    return {each for subnet in subnets for each in view.targets(subnet, "virtual_network")}


def joined_networks(view: GraphView, networks: set[str]) -> set[str]:
    """These networks and those that a peering joins with one of them."""
    found, cut = {*networks}, set[str]()
    for network in networks:
        for here, there in _ENDS:
            for peering in view.sources(network, PEERING, here):
                carries = _carries(view, peering)
                (found if carries else cut).update(view.targets(peering, there))
    return found - cut


def _carries(view: GraphView, peering: str) -> bool:
    is_off = view.get(peering, "allow_virtual_network_access") is False
    return not is_off and view.get(peering, "peering_state") in ("Connected", "", None)
