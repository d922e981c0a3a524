"""Application gateways that the internet reaches, and what they hand on into networks."""

from collections.abc import Iterator

from ...addresses import Family, covered
from ...derivation import Derivation, Derived
from ...intervals import Ranges
from ...view import GraphView
from ..missing import missing_words
from ..protocols import TCP, protocol_name
from ..reach import (
    DIRECT,
    NOBODY,
    THROUGH_GATEWAY,
    Evidence,
    ReachInterval,
    ReachKey,
    ReachSet,
    reaches,
)
from ..rule_chain import arrivals
from .entries import PUBLIC_IP, Entry
from .firewalls import joined_networks, networks_of
from .packet_rules import Destination
from .routes import PEERING, no_routes
from .security_groups import GROUP, RULE, SUBNET, filtering, protecting

GATEWAY, POOL = "AzureApplicationGateway", "AzureApplicationGatewayBackendPool"
FRONTEND = "AzureApplicationGatewayFrontendIPConfiguration"
LISTENER, ROUTING = "AzureApplicationGatewayHttpListener", "AzureApplicationGatewayRule"
LABELS = frozenset({GATEWAY, FRONTEND, LISTENER, ROUTING, POOL})


def gateway_entries(view: GraphView, address: str, family: Family) -> Iterator[Entry]:
    """The entries to an address by gateways whose pools name it."""
    number = view.get(address, "private_ip_address")
    near: set[str] | None = None
    for rule in view.labelled(ROUTING):
        for pool in view.targets(rule, "backend_pools"):
            doubt = NOBODY
            if address not in view.targets(pool, "ip_configurations"):
                if not number or number not in (view.get(pool, "ip_addresses") or ()):
                    continue
                near = near or joined_networks(view, networks_of(view, address))
                if not networks_of(view, *view.targets(rule, "gateway")) & near:
                    doubt = frozenset(
                        [f"which networks gateway of rule {view.name(rule)} leads to"]
                    )
            yield from _through(view, rule, family, doubt)


def _through(view: GraphView, rule: str, family: Family, doubt: frozenset[str]) -> Iterator[Entry]:
    """What a rule of a gateway hands on, if the internet reaches its listener."""
    ports = Ranges((int(each), int(each)) for each in view.get(rule, "ports") or ())
    for gateway in view.targets(rule, "gateway"):
        clients = covered(
            (
                prefix
                for subnet in view.targets(gateway, "subnets")
                for prefix in view.get(subnet, "address_prefixes") or ()
            ),
            family,
        )
        for listener in view.targets(rule, "listener"):
            for _, unread, _ in _listening(view, gateway, listener):
                yield Entry(
                    THROUGH_GATEWAY,
                    ports,
                    (TCP,),
                    closed_by_default=False,
                    evidence=frozenset([("gateways", gateway), ("listeners", listener)]),
                    unread=unread | doubt,
                    clients=clients,
                )


def _listening(
    view: GraphView, gateway: str, listener: str
) -> Iterator[tuple[int, frozenset[str], Evidence]]:
    """The port of a listener on a public frontend, as far as groups of the subnet let it be."""
    port = view.get(listener, "port")
    is_public = any(
        view.get(each, "public_ip_address") for each in view.targets(listener, "frontend")
    )
    if not port or not is_public:
        return
    subnets = view.targets(gateway, "subnets")
    unread = frozenset(
        missing_words(view, "subnet", each) for each in subnets if view.is_missing(each)
    )
    groups = sorted({group for subnet in subnets for group in protecting(view, subnet)})
    family = Family.IPV4
    to = Destination(Ranges(), frozenset(), no_routes(family))
    evidence = frozenset(("security_groups", group) for group in groups)
    if not groups:
        yield port, unread, evidence
        return
    chains = [[filtering(view, group, TCP, family, to)] for group in groups]
    for _, doubt in arrivals(chains, family, Ranges([(port, port)]), None):
        yield port, unread | doubt, evidence


def _derive(view: GraphView) -> Derived:
    reach = ReachSet()
    for listener in view.labelled(LISTENER):
        for gateway in view.targets(listener, "gateway"):
            if view.is_missing(gateway):
                continue
            for port, unread, evidence in _listening(view, gateway, listener):
                key = ReachKey(gateway, DIRECT, protocol_name(TCP), Family.IPV4)
                known = evidence | {("listeners", listener)}
                reach.add(key, ReachInterval((port, port), unread, known))
    return reach.derived()


DERIVATION = Derivation(
    name="azure application gateways",
    provider="azure",
    derive=_derive,
    writes=reaches(GATEWAY),
    reads=frozenset({GATEWAY, FRONTEND, LISTENER, GROUP, RULE, SUBNET, PUBLIC_IP, PEERING}),
    notices=frozenset({GROUP, RULE, SUBNET, PUBLIC_IP, PEERING}),
    not_modelled=("What stands behind a gateway by host name alone is not followed.",),
)
