"""Where something of AWS lies in its network."""

from collections.abc import Iterable
from typing import NamedTuple

from ...addresses import EVERY, Family, covered
from ...intervals import Ranges
from ...view import GraphView
from ..reach import NOBODY

INTERFACE = "AWSNetworkInterface"


class NetworkLocation(NamedTuple):
    """Where something takes connections: behind its groups, in one of its subnets."""

    groups: tuple[str, ...]
    subnets: tuple[str, ...]
    addresses: dict[Family, Ranges]
    is_unfiltered: bool = False
    """It takes whatever arrives, for it can do without groups."""
    unread: frozenset[str] = NOBODY
    """Why nothing is known of it."""


def location(view: GraphView, id_: str) -> NetworkLocation:
    """The location that a resource's own fields tell."""
    if view.is_missing(id_):
        why = f"{view.get(id_, 'label')} {view.name(id_)}"
        return NetworkLocation((), (), {}, unread=frozenset([why]))
    subnets = view.targets(id_, "subnet_id") + view.targets(id_, "subnets")
    groups = view.targets(id_, "security_groups")
    own = view.get(id_, "private_ip_addresses"), view.get(id_, "ipv6_addresses")
    if view.get(id_, "label") == INTERFACE and None not in own:
        cidrs = [*(own[0] or []), *(own[1] or [])]
        addresses = {family: covered(cidrs, family) for family in Family}
    else:
        addresses = {family: subnet_addresses(view, subnets, family) for family in Family}
    # A network load balancer can do without groups.
    is_unfiltered = not groups and view.get(id_, "type") == "network"
    return NetworkLocation(groups, subnets, addresses, is_unfiltered)


def subnet_addresses(view: GraphView, subnets: Iterable[str], family: Family) -> Ranges:
    """The addresses of subnets; all there are if one of them is not known."""
    found = Ranges()
    for subnet in subnets:
        if view.is_missing(subnet):
            return EVERY[family]
        ipv6 = view.get(subnet, "ipv6_cidr_blocks") or []
        found |= covered([view.get(subnet, "cidr_block") or "", *ipv6], family)
    return found
