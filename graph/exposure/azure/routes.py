"""User-defined routes of Azure: whether answers leave to the internet, and what of the internet a
virtual network may count as its own."""

from collections.abc import Sequence
from typing import NamedTuple

from ...addresses import EVERY, Family, block
from ...intervals import Flows, Ranges
from ...view import GraphView
from ..missing import missing_words
from ..reach import Evidence
from ..rule_chain import Rule, Verdict, at, unknown
from ..traffic import PORTS

TABLE, ROUTE = "AzureRouteTable", "AzureRoute"
SUBNET, PEERING = "AzureSubnet", "AzureVirtualNetworkPeering"
_OF_GATEWAYS = ("gatewaysubnet", "routeserversubnet")
"""Names of the subnets that gateways and route servers stand in, and nothing else."""
_TO_NETWORKS = ("VirtualAppliance", "VirtualNetworkGateway", "VnetLocal")


class SubnetRoutes(NamedTuple):
    """What the routes of a subnet say of the internet's addresses of a family."""

    answers: list[Rule]
    """The clients that are answered, as a filter."""
    inside: Ranges
    """Addresses that the service tag VirtualNetwork may cover, since a route leads them to a
    network behind an appliance or a gateway."""
    inside_why: str
    evidence: Evidence


def subnet_routes(view: GraphView, subnet: str, family: Family) -> SubnetRoutes:
    """The routes of a subnet; where its table says nothing, the system's route to the internet
    holds, unless a gateway may have brought others."""
    everyone = EVERY[family]
    tables = view.targets(subnet, "route_table")
    for table in tables:
        if view.is_missing(table) or not view.is_complete(ROUTE, table):
            why = (
                missing_words(view, "route table", table)
                if view.is_missing(table)
                else f"routes of route table {view.name(table)}"
            )
            return SubnetRoutes(unknown(family, why), everyone, why, frozenset())
    routes = [
        (found[1], route)
        for table in tables
        for route in view.sources(table, ROUTE, "route_table")
        if (found := block(view.get(route, "address_prefix") or "")) and found[0] == family
    ]
    undecided, answered, inside = everyone, Ranges(), Ranges()
    away: dict[str, Ranges] = {}
    leading: list[str] = []
    for prefix, route in sorted(routes, key=lambda each: (each[0].size, each[1])):
        here = undecided & prefix
        undecided -= prefix
        hop = view.get(route, "next_hop_type")
        if hop == "Internet":
            answered |= here
        elif here:
            away[route] = here
        if hop in _TO_NETWORKS:
            inside |= prefix
            leading.append(view.name(route))
    out = Flows.rectangle(PORTS, answered | undecided)
    rules = [Rule(Verdict.ALLOW, out)]
    by = f"route {', '.join(sorted(leading))}"
    learned = _learned(view, subnet, tables)
    if learned:
        # A longer prefix holds against any route of the table.
        rules = [
            Rule(Verdict.ALLOW, Flows(), out, f"whether answers get back in spite of {learned}")
        ]
        inside, by = everyone, learned
    rules += [
        Rule(
            Verdict.ALLOW,
            Flows(),
            Flows.rectangle(PORTS, lost),
            f"whether answers get back in spite of route {view.name(route)}",
        )
        for route, lost in away.items()
    ]
    why = f"whether service tag VirtualNetwork covers the internet by {by}"
    return SubnetRoutes(rules, inside, why, frozenset(("routes", route) for route in away))


def _learned(view: GraphView, subnet: str, tables: Sequence[str]) -> str:
    """What routes a gateway may have brought to a subnet, which nobody lists; empty if none can."""
    if any(view.get(table, "disable_bgp_route_propagation") for table in tables):
        return ""
    for network in view.targets(subnet, "virtual_network"):
        if view.is_missing(network):
            continue  # That is said of its security admin rules.
        peerings = view.sources(network, PEERING, "virtual_network")
        subnets = view.sources(network, SUBNET, "virtual_network")
        if (
            any((view.get(each, "name") or "").lower() in _OF_GATEWAYS for each in subnets)
            or any(view.get(each, "use_remote_gateways") for each in peerings)
            or not (view.is_complete(PEERING, network) and view.is_complete(SUBNET, network))
        ):
            return f"routes that virtual network {view.name(network)} may learn from gateways"
    return ""


def _perhaps_answered(clients: Flows, in_spite_of: str) -> Rule:
    why = f"whether answers get back in spite of {in_spite_of}"
    return Rule(Verdict.ALLOW, Flows(), clients, why)


def no_routes(family: Family) -> SubnetRoutes:
    """The same where there is no subnet."""
    everyone = at(Ranges([PORTS]), EVERY[family])
    return SubnetRoutes([Rule(Verdict.ALLOW, everyone)], Ranges(), "", frozenset())
