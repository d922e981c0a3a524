"""User-defined routes of Azure: whether answers leave to the internet, and what of the internet a
virtual network may count as its own."""

from typing import NamedTuple

from ...addresses import EVERY, Family, block
from ...intervals import Flows, Ranges
from ...view import GraphView
from ..missing import missing_words
from ..reach import Evidence
from ..rule_chain import Rule, Verdict, at, unknown
from ..traffic import PORTS

TABLE, ROUTE = "AzureRouteTable", "AzureRoute"
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
    holds."""
    everyone = EVERY[family]
    for table in view.targets(subnet, "route_table"):
        if view.is_missing(table) or not view.is_complete(ROUTE, table):
            why = (
                missing_words(view, "route table", table)
                if view.is_missing(table)
                else f"routes of route table {view.name(table)}"
            )
            return SubnetRoutes(unknown(family, why), everyone, why, frozenset())
    routes = [
        (found[1], route)
        for table in view.targets(subnet, "route_table")
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
    rules = [Rule(Verdict.ALLOW, Flows.rectangle(PORTS, answered | undecided))]
    rules += [
        Rule(
            Verdict.ALLOW,
            Flows(),
            Flows.rectangle(PORTS, lost),
            f"whether answers get back in spite of route {view.name(route)}",
        )
        for route, lost in away.items()
    ]
    names = ", ".join(sorted(leading))
    why = f"whether service tag VirtualNetwork covers the internet by route {names}"
    return SubnetRoutes(rules, inside, why, frozenset(("routes", route) for route in away))


def no_routes(family: Family) -> SubnetRoutes:
    """The same where there is no subnet."""
    everyone = at(Ranges([PORTS]), EVERY[family])
    return SubnetRoutes([Rule(Verdict.ALLOW, everyone)], Ranges(), "", frozenset())
