"""Instances whose ports for remote administration the internet can reach."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import networkx

from ....graph.addresses import EVERY, Family, covered, is_internet
from ....graph.exposure.rule_chain import Rule, Verdict, chain, ports
from ....graph.exposure.traffic import TrafficSet
from ....graph.intervals import Ranges
from ....graph.model import MissingReason
from ....graph.view import GraphView
from ...check import Check, Row, Severity, Traversal

_INSTANCE = "GCPInstance"
_INTERFACE = "GCPNetworkInterface"
_FIREWALL = "GCPFirewall"
_POLICY = "GCPNetworkFirewallPolicy"
_ROUTE = "GCPRoute"
_FORWARDING_RULE = "GCPForwardingRule"
_LABELS = (_INSTANCE, _INTERFACE, "GCPVpc", _FIREWALL, _POLICY, _ROUTE, _FORWARDING_RULE)
_TCP = ("tcp", "6", "all")
_PASSED_THROUGH = ("/targetPools/", "/targetInstances/", "/backendServices/")
"""What a load balancer passes packets through to as they are, with the client's address."""
_BESIDE_RANGES = (
    "destIpRanges",
    "srcAddressGroups",
    "srcFqdns",
    "srcNetworkContext",
    "srcNetworks",
    "srcNetworkScope",
    "srcNetworkType",
    "srcRegionCodes",
    "srcSecureTags",
    "srcThreatIntelligences",
)
"""By what else than a source's range a policy's rule tells what it is for."""
_VERDICTS = {"allow": Verdict.ALLOW, "deny": Verdict.DENY, "goto_next": Verdict.NEXT}


class _Try(NamedTuple):
    """A client of a family that tries to reach a port of an instance by one of its interfaces."""

    view: GraphView
    instance: str
    interface: str
    family: Family
    port: int

    @property
    def emails(self) -> set[str]:
        """The service accounts that the instance acts as."""
        names = self.view.get(self.instance, "service_accounts")
        return {name.rpartition("/")[2] for name in names}

    @property
    def tags(self) -> set[str]:
        """The network tags of the instance."""
        return {*self.view.get(self.instance, "network_tags")}

    @property
    def addresses(self) -> Ranges:
        """The addresses of the interface, private and public."""
        own = self.view.get(self.interface, "network_ip")
        public = self.view.get(self.interface, "external_ips")
        return covered([own, *public], self.family)


def _walk(port: int, graph: networkx.MultiDiGraph) -> Iterator[Row]:
    view = GraphView(graph)
    balancers = _passing_on(view, port)
    for instance in view.labelled(_INSTANCE):
        open_, perhaps = False, False
        unread, evidence = set[str](), set[str]()
        for interface in view.sources(instance, _INTERFACE, "instance"):
            networks = view.targets(interface, "network")
            evidence |= {interface, *networks}
            for family in _families(view, interface):
                attempt = _Try(view, instance, interface, family, port)
                passage = _routes(attempt, networks)
                for network in networks:
                    passage &= _network(attempt, network)
                    evidence |= {*_letting_in(attempt, network)}
                certain, possible = passage.open_ports(family)
                open_ |= port in certain
                if port in possible:
                    perhaps = True
                    unread |= passage.unread
        for rule in balancers.get(_place(view, instance), ()):
            perhaps = True
            evidence.add(rule)
            unread.add(f"what {view.name(rule)} forwards to is not known")
        yield Row(
            instance,
            passed=False if open_ else None if perhaps else True,
            unread=sorted(unread),
            evidence=sorted(evidence),
        )


def _families(view: GraphView, interface: str) -> Iterator[Family]:
    """The families in which an interface has a public address."""
    if view.get(interface, "has_external_ipv4"):
        yield Family.IPV4
    if view.get(interface, "has_external_ipv6"):
        yield Family.IPV6


def _routes(attempt: _Try, networks: Iterable[str]) -> TrafficSet:
    """The clients that an instance can answer: those that a route to the internet leads to."""
    view, family = attempt.view, attempt.family
    routes = [
        route
        for network in networks
        for route in view.sources(network, _ROUTE, "network")
        if not view.get(route, "network_tags") or {*view.get(route, "network_tags")} & attempt.tags
    ]
    if not routes:
        return TrafficSet.unknown(family, "the routes of the network could not be read")
    routes.sort(key=lambda route: (-_length(view, route), view.get(route, "priority")))
    answered, decided = Ranges(), Ranges()
    for route in routes:
        reached = covered([view.get(route, "dest_range")], family) - decided
        decided |= reached
        if view.get(route, "next_hop_gateway").endswith("/default-internet-gateway"):
            answered |= reached
    return TrafficSet.to(answered, answered, frozenset())


def _length(view: GraphView, route: str) -> int:
    """The length of a route's prefix: the longer one holds."""
    return int(view.get(route, "dest_range").partition("/")[2] or 0)


def _network(attempt: _Try, network: str) -> TrafficSet:
    """What the firewall rules and policies of a network let through."""
    view, family = attempt.view, attempt.family
    if view.is_missing(network):
        return TrafficSet.unknown(family, f"network {_missing(view, network)}")
    firewalls = _protecting(view, network, _FIREWALL)
    gone = [f"firewall rule {_missing(view, each)}" for each in firewalls if view.is_missing(each)]
    if view.get(network, "firewall_policies") is None or gone:
        why = gone[0] if gone else f"the firewall policies of {view.name(network)} are not known"
        return TrafficSet.unknown(family, why)
    rules = [
        rule
        for firewall in sorted(firewalls, key=partial(_precedence, view))
        for rule in _firewall(attempt, firewall)
    ]
    regional = [
        {"name": view.name(each), "type": "NETWORK", "rules": _items(view, each, "rules")}
        for each in _protecting(view, network, _POLICY)
        if view.get(each, "region") == view.get(attempt.instance, "region")
    ]
    above: list[list[Rule]] = []
    own: list[list[Rule]] = []
    for policy in (*_items(view, network, "firewall_policies"), *regional):
        ordered = sorted(policy.get("rules", ()), key=lambda rule: rule["priority"])
        matching = [rule for raw in ordered for rule in _policy_rule(attempt, raw, policy, network)]
        (own if policy.get("type") == "NETWORK" else above).append(matching)
    first = view.get(network, "firewall_policy_order") == "BEFORE_CLASSIC_FIREWALL"
    return chain([*above, *own, rules] if first else [*above, rules, *own], family)


def _items(view: GraphView, node: str, name: str) -> list[dict[str, Any]]:
    """The items of a document."""
    items: list[dict[str, Any]] = json.loads(view.get(node, name) or "[]")
    return items


def _protecting(view: GraphView, network: str, label: str) -> list[str]:
    edges = view.graph.out_edges(network, data="rel")
    nodes = view.graph.nodes
    found = {each for _, each, rel in edges if rel == "PROTECTED_BY"}
    return sorted(each for each in found if nodes[each]["label"] == label)


def _missing(view: GraphView, node: str) -> str:
    return f"{view.name(node)} {MissingReason(view.get(node, 'missing')).meaning}"


def _precedence(view: GraphView, firewall: str) -> tuple[int, bool]:
    """Low numbers first, of equal ones those that deny."""
    return view.get(firewall, "priority"), not view.get(firewall, "denied")


def _firewall(attempt: _Try, firewall: str) -> Iterator[Rule]:
    view, family = attempt.view, attempt.family
    if view.get(firewall, "direction") != "INGRESS" or view.get(firewall, "disabled"):
        return
    tags, accounts = (
        {*view.get(firewall, name)} for name in ("target_tags", "target_service_accounts")
    )
    if (tags or accounts) and not (tags & attempt.tags or accounts & attempt.emails):
        return
    destinations = view.get(firewall, "destination_ranges")
    if destinations and not covered(destinations, family) & attempt.addresses:
        return
    sources = covered(view.get(firewall, "source_ranges"), family)
    for verdict, field in ((Verdict.DENY, "denied"), (Verdict.ALLOW, "allowed")):
        if attempt.port in _ports(text.partition(":")[::2] for text in view.get(firewall, field)):
            yield Rule(verdict, sources)


def _letting_in(attempt: _Try, network: str) -> Iterator[str]:
    """The firewall rules that by themselves let the internet in."""
    for firewall in _protecting(attempt.view, network, _FIREWALL):
        if not attempt.view.is_missing(firewall):
            for rule in _firewall(attempt, firewall):
                if rule.verdict == Verdict.ALLOW and is_internet(rule.matched, attempt.family):
                    yield firewall


def _policy_rule(
    attempt: _Try, raw: Mapping[str, Any], policy: Mapping[str, Any], network: str
) -> Iterator[Rule]:
    match = raw.get("match", {})
    layers = (
        (each["ipProtocol"], each.get("ports") or [""]) for each in match.get("layer4Configs", ())
    )
    numbers = _ports((protocol, number) for protocol, each in layers for number in each)
    accounts, networks = raw.get("targetServiceAccounts"), raw.get("targetResources")
    if raw.get("direction") != "INGRESS" or raw.get("disabled") or attempt.port not in numbers:
        return
    if (accounts and not {*accounts} & attempt.emails) or (networks and network not in networks):
        return
    ranges = match.get("srcIpRanges")
    sources = covered(ranges, attempt.family) if ranges else EVERY[attempt.family]
    verdict = _VERDICTS.get(raw.get("action", ""))
    unsure = raw.get("targetSecureTags") or any(match.get(name) for name in _BESIDE_RANGES)
    if verdict and not unsure:
        yield Rule(verdict, sources)
        return
    name = policy.get("displayName") or policy.get("shortName") or policy.get("name")
    why = f"what rule {raw['priority']} of firewall policy {name} holds for is not known"
    for each in [verdict] if verdict else [Verdict.ALLOW, Verdict.DENY]:
        yield Rule(each, Ranges(), sources, why)


def _ports(protocols: Iterable[tuple[str, str]]) -> Ranges:
    """The TCP ports among protocols and their ports."""
    texts = [numbers or "*" for protocol, numbers in protocols if protocol.lower() in _TCP]
    return ports(texts)


def _place(view: GraphView, node: str) -> tuple[str, str]:
    return view.get(node, "account"), view.get(node, "region")


def _passing_on(view: GraphView, port: int) -> dict[tuple[str, str], list[str]]:
    """By project and region, the public forwarding rules that pass a port on to something that is
    not collected, and so perhaps to any instance there."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule in view.labelled(_FORWARDING_RULE):
        if view.get(rule, "load_balancing_scheme") != "EXTERNAL":
            continue
        if view.get(rule, "ip_protocol") not in ("TCP", "L3_DEFAULT"):
            continue
        behind = (view.get(rule, "target") or "") + (view.get(rule, "backend_service") or "")
        numbers = ports(view.get(rule, "port_ranges")) or ports(["*"])
        if any(kind in behind for kind in _PASSED_THROUGH) and port in numbers:
            found.setdefault(_place(view, rule), []).append(rule)
    return found


def _check(port: int, service: str, name: str) -> Check:
    return Check(
        id=f"compute_instance_{name}_open_to_internet",
        title=f"The internet does not reach {service} on instances",
        provider="gcp",
        service="compute",
        severity=Severity.HIGH,
        resource=_INSTANCE,
        what=(
            f"Packets from the internet do not arrive at TCP port {port} of a public address of "
            "the instance, running or not. What counts is what firewall policies and firewall "
            "rules let through together: the organization's and its folders' policies first, then "
            "the network's rules and its policies, global and of the region, in their order; rules "
            "by priority, a denying one before an allowing one of the same priority; only those "
            "that are for the instance, by tag, by service account or for all; disabled ones "
            "never. There also has to be a route back. Sources count as the internet from a /8 of "
            "IPv4 or a /16 of IPv6 on, all rules together."
        ),
        why=(
            f"Open {service} is found within minutes and tried with leaked and guessed passwords "
            "and keys from then on; a flaw in the service itself needs neither."
        ),
        remediation=(
            "Reach instances through Identity-Aware Proxy, and limit the rule to it: "
            "gcloud compute firewall-rules update RULE --source-ranges=35.235.240.0/20"
        ),
        passes=f"The internet does not reach {service} on {{resource}}.",
        fails=f"The internet reaches {service} (TCP {port}) on {{resource}}.",
        rule=Traversal(_LABELS, partial(_walk, port)),
        pass_requires_listing=(_POLICY, _ROUTE, _FORWARDING_RULE),
        fail_requires_listing=(_POLICY,),
        references=("https://cloud.google.com/firewall/docs/firewall-policies-overview",),
        compliance=(f"CIS GCP 3.0: 3.{6 if port == 22 else 7}",),
    )


family = (_check(22, "SSH", "ssh"), _check(3389, "Remote Desktop", "rdp"))
