"""Protocols by number, as rules of every cloud name them and as edges say them."""

from ..addresses import Family
from ..intervals import Interval
from .traffic import PORTS

ANY_PROTOCOL = -1
"""In a rule every protocol; in an answer those that have no number here."""
TCP, UDP = 6, 17
ICMP = {Family.IPV4: 1, Family.IPV6: 58}
_NUMBERS = {
    "tcp": TCP,
    "udp": UDP,
    "icmp": 1,
    "icmpv6": 58,
    "esp": 50,
    "ah": 51,
    "ipip": 94,
    "sctp": 132,
    "all": ANY_PROTOCOL,
    "*": ANY_PROTOCOL,
}
_NAMES = {TCP: "tcp", UDP: "udp", 1: "icmp", 58: "icmpv6", ANY_PROTOCOL: "other"}
_ICMP_TYPES: Interval = (0, 255)


def protocol_number(protocol: str | None) -> int:
    """The number of a protocol; a name that is not known means every one."""
    text = (protocol or "").lower()
    return int(text) if text.lstrip("-").isdigit() else _NUMBERS.get(text, ANY_PROTOCOL)


def protocol_name(protocol: int) -> str:
    """How an edge names a protocol."""
    return _NAMES.get(protocol, str(protocol))


def all_ports(protocol: int) -> Interval:
    """Every port, or type of message, that a protocol has."""
    return _ICMP_TYPES if protocol in ICMP.values() else PORTS


def every_protocol(family: Family) -> set[int]:
    """The protocols that an answer about all of them tells one by one."""
    return {TCP, UDP, ICMP[family], ANY_PROTOCOL}
