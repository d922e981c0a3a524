"""How packets from the internet get to an address in Azure, before anything filters them."""

from collections.abc import Iterator
from typing import NamedTuple

from ...addresses import Family, covered
from ...intervals import Ranges
from ...view import GraphView
from ..missing import missing_words
from ..protocols import TCP, UDP
from ..reach import BEHIND, DIRECT, NOBODY, Evidence
from ..traffic import PORTS

ADDRESS, PUBLIC_IP = "AzureNetworkInterfaceIPConfiguration", "AzurePublicIPAddress"
BALANCER, FRONTEND = "AzureLoadBalancer", "AzureLoadBalancerFrontendIPConfiguration"
POOL, MEMBER = "AzureLoadBalancerBackendPool", "AzureLoadBalancerBackendAddress"
BALANCING_RULE, NAT_RULE = "AzureLoadBalancerRule", "AzureLoadBalancerInboundNatRule"
_PROTOCOLS = {"tcp": (TCP,), "udp": (UDP,), "all": (TCP, UDP)}
_EVERY_PORT = Ranges([PORTS])


class Entry(NamedTuple):
    """A public address or load balancer's rule in front of an address."""

    path: str
    ports: Ranges
    """At the address."""
    protocols: tuple[int, ...] | None
    """None for every one."""
    closed_by_default: bool | None
    """Whether nothing arrives unless a group lets it in; None if that was not read."""
    evidence: Evidence
    unread: frozenset[str] = NOBODY
    """What would tell whether there is this entry; empty if there is."""
    destination: Ranges | None = None
    """What packets are for, where it is not the address itself."""
    clients: Ranges | None = None
    """Addresses in the network, one of which packets come from in the place of the client's."""


def entries(view: GraphView, address: str, family: Family) -> Iterator[Entry]:
    """The entries to an address."""
    if view.get(address, "public_ip_address"):
        found = view.sources(address, PUBLIC_IP, "public_ip_address") or view.sources(
            address, PUBLIC_IP, "ip_configuration"
        )
        kinds = {view.get(each, "sku") for each in found} or {None}
        evidence = frozenset(("public_ip_addresses", each) for each in found)
        yield Entry(DIRECT, _EVERY_PORT, None, _closed(kinds.pop()), evidence)
    pools = {
        *view.sources(address, POOL, "ip_configurations"),
        *view.sources(address, POOL, "load_balancer_backend_pools"),
        *_pools_by_number(view, address),
    }
    rules = {
        *view.sources(address, NAT_RULE, "ip_configuration"),
        *view.sources(address, NAT_RULE, "load_balancer_inbound_nat_rules"),
    }
    for pool in pools:
        rules.update(view.sources(pool, NAT_RULE, "backend_pool"))
        rules.update(view.sources(pool, BALANCING_RULE, "backend_pools"))
    for each in sorted({*rules, *(pool for pool in pools if view.is_missing(pool))}):
        if view.is_missing(each):
            yield _unread(each, missing_words(view, "load balancing by", each))
        else:
            yield from _forwarded(view, each, family)


def _forwarded(view: GraphView, rule: str, family: Family) -> Iterator[Entry]:
    """The entry that a rule of a load balancer makes, if its frontend is public."""
    frontends = view.targets(rule, "frontend")
    unread = {missing_words(view, "frontend", each) for each in frontends if view.is_missing(each)}
    is_public = any(
        view.get(each, name)
        for each in frontends
        for name in ("public_ip_address", "public_ip_prefix")
    )
    protocols = _PROTOCOLS.get((view.get(rule, "protocol") or "").lower(), (TCP, UDP))
    if not (is_public or unread):
        return
    destination = None
    front, back = (view.get(rule, name) or 0 for name in ("frontend_port", "backend_port"))
    number = back or front
    # Azure leaves the setting out of no answer; it is off by default.
    if view.get(rule, "enable_floating_ip"):
        number, destination = front, _public_addresses(view, frontends, family)
    sku = next((view.get(each, "sku") for each in view.targets(rule, "load_balancer")), None)
    yield Entry(
        BEHIND,
        Ranges([(number, number)]) if number else _EVERY_PORT,
        protocols,
        _closed(sku),
        frozenset([("load_balancer_rules", rule), *(("frontends", each) for each in frontends)]),
        NOBODY if is_public else frozenset(unread),
        destination,
    )


def _unread(id_: str, why: str) -> Entry:
    """What may lead there by something that is not there."""
    evidence = frozenset([("load_balancer_rules", id_)])
    return Entry(BEHIND, _EVERY_PORT, (TCP, UDP), None, evidence, frozenset([why]))


def _closed(sku: str | None) -> bool | None:
    return None if sku is None else sku != "Basic"


def _public_addresses(view: GraphView, frontends: tuple[str, ...], family: Family) -> Ranges:
    numbers = [
        view.get(address, "ip_address") or ""
        for frontend in frontends
        for address in view.sources(frontend, PUBLIC_IP, "public_ip_address")
    ]
    return covered(numbers, family)


def _pools_by_number(view: GraphView, address: str) -> Iterator[str]:
    """The pools that name an address by its number, which means something in its network only."""
    for subnet in view.targets(address, "subnet"):
        for network in view.targets(subnet, "virtual_network"):
            for member in view.sources(network, MEMBER, "virtual_network"):
                number = view.get(member, "ip_address")
                if number and number == view.get(address, "private_ip_address"):
                    yield from view.targets(member, "backend_pool")
