"""Addresses as numbers, and which of them make up the internet."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, ip_network

from .intervals import Ranges


class Family(StrEnum):
    """The two address families; a rule for one says nothing of the other."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


@cache
def block(cidr: str) -> tuple[Family, Ranges] | None:
    """The family and addresses of a range such as ``10.0.0.0/8``; None if it is not one."""
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return None
    family = Family.IPV4 if isinstance(network, IPv4Network) else Family.IPV6
    return family, Ranges([(int(network.network_address), int(network.broadcast_address))])


def covered(cidrs: Iterable[str], family: Family) -> Ranges:
    """The addresses of a family that lie in any of these ranges."""
    found = (block(cidr) for cidr in cidrs if cidr)
    return Ranges(interval for each in found if each and each[0] == family for interval in each[1])


EVERY = {
    Family.IPV4: covered(["0.0.0.0/0"], Family.IPV4),
    Family.IPV6: covered(["::/0"], Family.IPV6),
}
_NOT_ROUTED = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
)
PUBLIC = {
    Family.IPV4: EVERY[Family.IPV4] - covered(_NOT_ROUTED, Family.IPV4),
    Family.IPV6: covered(["2000::/3"], Family.IPV6),
}
"""What is routed on the internet: IPv4 without private, shared, local, multicast and reserved
ranges; IPv6 global unicast."""

_LEAST = {Family.IPV4: 1 << (32 - 8), Family.IPV6: 1 << (128 - 16)}


def is_internet(addresses: Ranges, family: Family) -> bool:
    """Whether so many public addresses are in the set that it is no longer a list of partners.

    The line is a /8 of IPv4 or a /16 of IPv6, all at once or in pieces. No network of one
    organization is that large, while any way of writing "everyone", halves and quarters of it
    included, is larger.
    """
    return (addresses & PUBLIC[family]).size >= _LEAST[family]


def is_public(address: str) -> bool:
    """Whether an address is reached over the internet if it is routed there at all."""
    found = block(address)
    return found is not None and bool(found[1] & PUBLIC[found[0]])
