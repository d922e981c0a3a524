"""Forwarding rules of Google Cloud that pass packets through to instances as they are, with the
client's address."""

from collections.abc import Iterator
from typing import NamedTuple

from ...addresses import EVERY, Family, block, covered
from ...intervals import Ranges
from ...view import GraphView
from ..protocols import every_protocol, protocol_number
from ..rule_chain import ports
from .receiver import INSTANCE

RULE, POOL, TARGET = "GCPForwardingRule", "GCPTargetPool", "GCPTargetInstance"
BACKEND, GROUP = "GCPBackendService", "GCPInstanceGroup"
LISTED = {POOL: "instances", GROUP: "instances", TARGET: "instance"}
"""By label, the field that names instances."""
_PASSED_THROUGH = ("/targetPools/", "/targetInstances/", "/backendServices/")
_EVERY_PROTOCOL = "L3_DEFAULT"


class PassedOn(NamedTuple):
    """What a public forwarding rule passes on."""

    rule: str
    family: Family
    protocols: tuple[int, ...]
    ports: Ranges
    sources: Ranges
    """The clients that it takes."""
    instances: frozenset[str]
    """The instances behind it, as far as they are known."""
    network: str
    """The network of the interface that packets arrive at; empty for that of the first one."""
    why_open: str
    """Why it may be passed on to any other instance of its project and region; empty if not."""


def passed_on(view: GraphView) -> Iterator[PassedOn]:
    """What public forwarding rules pass on."""
    for rule in _public_rules(view):
        address = block(view.get(rule, "ip_address") or "")
        family = address[0] if address else Family.IPV4
        protocol = view.get(rule, "ip_protocol") or _EVERY_PROTOCOL
        ranges = view.get(rule, "source_ip_ranges")
        found, is_whole, network = _behind(view, rule)
        yield PassedOn(
            rule,
            family,
            tuple(sorted(every_protocol(family)))
            if protocol == _EVERY_PROTOCOL
            else (protocol_number(protocol),),
            ports(view.get(rule, "port_ranges") or ()) or ports(["*"]),
            covered(ranges, family) if ranges else EVERY[family],
            found,
            network,
            "" if is_whole else f"what {view.name(rule)} forwards to",
        )


def place(view: GraphView, id_: str) -> tuple[str, str]:
    """The project and region of a resource."""
    return view.get(id_, "account"), view.get(id_, "region")


def _behind(view: GraphView, rule: str) -> tuple[frozenset[str], bool, str]:
    """The instances behind a rule, whether these are all, and in which network."""
    ahead = [*view.targets(rule, "target"), *view.targets(rule, "backend_service")]
    found: set[str] = set()
    is_whole, network = bool(ahead), ""
    while ahead:
        each = ahead.pop()
        label = view.get(each, "label")
        if view.is_missing(each):
            is_whole = False
        elif label == BACKEND:
            groups = view.get(each, "groups")
            is_whole &= groups is not None
            ahead += view.targets(each, "groups")
            network = next(iter(view.targets(each, "network")), "")
        elif label in LISTED:
            is_whole &= view.get(each, LISTED[label]) is not None
            found.update(view.targets(each, LISTED[label]))
            found.update(view.sources(each, INSTANCE, LISTED[label]))
        else:
            is_whole = False
    return frozenset(found), is_whole, network


def _public_rules(view: GraphView) -> Iterator[str]:
    for rule in view.labelled(RULE):
        behind = (view.get(rule, "target") or "") + (view.get(rule, "backend_service") or "")
        is_public = view.get(rule, "load_balancing_scheme") == "EXTERNAL"
        if is_public and any(kind in behind for kind in _PASSED_THROUGH):
            yield rule
