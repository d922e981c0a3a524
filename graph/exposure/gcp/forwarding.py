"""Forwarding rules of Google Cloud that pass packets through to instances as they are."""

from collections.abc import Iterator
from typing import NamedTuple

from ...addresses import Family, block
from ...intervals import Ranges
from ...view import GraphView
from ..protocols import every_protocol, protocol_number
from ..rule_chain import ports

RULE = "GCPForwardingRule"
_PASSED_THROUGH = ("/targetPools/", "/targetInstances/", "/backendServices/")
"""What a load balancer passes packets through to as they are, with the client's address."""
_EVERY_PROTOCOL = "L3_DEFAULT"


class PassedOn(NamedTuple):
    """What a public forwarding rule passes on to something that is not collected, and so perhaps
    to any instance of its project and region."""

    rule: str
    family: Family
    protocols: tuple[int, ...]
    ports: Ranges


def passed_on(view: GraphView) -> dict[tuple[str, str], list[PassedOn]]:
    """By project and region, what forwarding rules pass on."""
    found: dict[tuple[str, str], list[PassedOn]] = {}
    for rule in _public_rules(view):
        address = block(view.get(rule, "ip_address") or "")
        family = address[0] if address else Family.IPV4
        protocol = view.get(rule, "ip_protocol") or _EVERY_PROTOCOL
        numbers = (
            tuple(sorted(every_protocol(family)))
            if protocol == _EVERY_PROTOCOL
            else (protocol_number(protocol),)
        )
        reached = ports(view.get(rule, "port_ranges") or ()) or ports(["*"])
        found.setdefault(place(view, rule), []).append(PassedOn(rule, family, numbers, reached))
    return found


def place(view: GraphView, id_: str) -> tuple[str, str]:
    """The project and region of a resource."""
    return view.get(id_, "account"), view.get(id_, "region")


def _public_rules(view: GraphView) -> Iterator[str]:
    for rule in view.labelled(RULE):
        behind = (view.get(rule, "target") or "") + (view.get(rule, "backend_service") or "")
        is_public = view.get(rule, "load_balancing_scheme") == "EXTERNAL"
        if is_public and any(kind in behind for kind in _PASSED_THROUGH):
            yield rule
