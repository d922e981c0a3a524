"""Instances whose ports for remote administration the internet can reach."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import networkx

from ....graph.exposure.addresses import EVERY, Family, covered
from ....graph.exposure.aws_filters import View
from ....graph.exposure.intervals import Flows, Ranges
from ....graph.exposure.passage import PORTS, Passage
from ....graph.model import MissingReason
from ...check import Check, Row, Severity, Traversal
from ...filters import Rule, Verdict, chain, flows, ports

_INSTANCE = "GCPInstance"
_INTERFACE = "GCPNetworkInterface"
_FIREWALL = "GCPFirewall"
_POLICY = "GCPNetworkFirewallPolicy"
_ROUTE = "GCPRoute"
_FORWARDING_RULE = "GCPForwardingRule"
_LABELS = (_INSTANCE, _INTERFACE, "GCPVpc", _FIREWALL, _POLICY, _ROUTE, _FORWARDING_RULE)
_EVERY_PORT = Ranges([PORTS])
_TCP = ("tcp", "6", "all")
_PASSED_THROUGH = ("/targetPools/", "/targetInstances/", "/backendServices/")
"""What a load balancer passes packets through to as they are, with the client's address."""
_ELSEWHERE = (
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
"""By what else than its range a policy's rule tells the sources that it is for."""


def _walk(port: int, graph: networkx.MultiDiGraph) -> Iterator[Row]:
    view = View(graph)
    for instance in view.labelled(_INSTANCE):
        open_, perhaps = False, False
        unread, evidence = set[str](), set[str]()
        for interface in view.sources(instance, _INTERFACE, "instance"):
            networks = view.targets(interface, "network")
            evidence |= {interface, *networks}
            for family in _families(view, interface):
                passage = _routes(view, instance, networks, family)
                for network in networks:
                    passage &= _network(view, network, instance, interface, family)
                certain, possible = passage.open_ports(family)
                open_ |= port in certain
                if port in possible:
                    perhaps = True
                    unread |= passage.unread
        for rule in _passing_on(view, instance, port):
            perhaps = True
            evidence.add(rule)
            unread.add(f"what {view.name(rule)} forwards to is not known")
        yield Row(
            instance,
            passed=False if open_ else None if perhaps else True,
            unread=sorted(unread),
            evidence=sorted(evidence),
        )


def _families(view: View, interface: str) -> Iterator[Family]:
    """The families in which an interface has a public address."""
    if view.get(interface, "has_external_ipv4"):
        yield Family.IPV4
    if view.get(interface, "has_external_ipv6"):
        yield Family.IPV6


def _network(view: View, network: str, instance: str, interface: str, family: Family) -> Passage:
    """What the firewall rules and policies of a network let through to an instance, by TCP."""
    if view.is_missing(network):
        return Passage.unknown(family, f"network {_missing(view, network)}")
    firewalls = _protecting(view, network, _FIREWALL)
    gone = [f"firewall rule {_missing(view, each)}" for each in firewalls if view.is_missing(each)]
    if view.get(network, "firewall_policies") is None or gone:
        why = gone[0] if gone else f"the firewall policies of {view.name(network)} are not known"
        return Passage.unknown(family, why)
    rules = [
        rule
        for firewall in sorted(firewalls, key=partial(_precedence, view))
        for rule in _firewall(view, firewall, instance, interface, family)
    ]
    regional = [
        {"name": view.name(each), "type": "NETWORK", "rules": _listed(view, each, "rules")}
        for each in sorted(_protecting(view, network, _POLICY))
        if view.get(each, "region") == view.get(instance, "region")
    ]
    told = [*_listed(view, network, "firewall_policies"), *regional]
    above, own = _policies(told, view, network, instance, family)
    first = view.get(network, "firewall_policy_order") == "BEFORE_CLASSIC_FIREWALL"
    return chain([*above, *own, rules] if first else [*above, rules, *own], family)


def _listed(view: View, node: str, name: str) -> list[dict[str, Any]]:
    """The items of a document."""
    items: list[dict[str, Any]] = json.loads(view.get(node, name) or "[]")
    return items


def _protecting(view: View, network: str, label: str) -> set[str]:
    edges = view.graph.out_edges(network, data="rel")
    return {
        each
        for _, each, rel in edges
        if rel == "PROTECTED_BY" and view.graph.nodes[each]["label"] == label
    }


def _missing(view: View, node: str) -> str:
    return f"{view.name(node)} {MissingReason(view.get(node, 'missing')).meaning}"


def _precedence(view: View, firewall: str) -> tuple[int, bool, str]:
    """Low numbers first, of equal ones those that deny."""
    return view.get(firewall, "priority"), not view.get(firewall, "denied"), firewall


def _firewall(
    view: View, firewall: str, instance: str, interface: str, family: Family
) -> Iterator[Rule]:
    if view.get(firewall, "direction") != "INGRESS" or view.get(firewall, "disabled"):
        return
    if not _targets(view, firewall, instance):
        return
    destinations = view.get(firewall, "destination_ranges")
    if destinations and not _is_at(view, interface, covered(destinations, family), family):
        return
    sources = covered(view.get(firewall, "source_ranges"), family)
    for verdict, field in ((Verdict.DENY, "denied"), (Verdict.ALLOW, "allowed")):
        numbers = _ports(text.partition(":")[::2] for text in view.get(firewall, field))
        if numbers:
            yield Rule(verdict, flows(numbers, sources))


def _targets(view: View, firewall: str, instance: str) -> bool:
    """Whether a firewall rule is for an instance."""
    tags = view.get(firewall, "target_tags")
    accounts = view.get(firewall, "target_service_accounts")
    if not tags and not accounts:
        return True
    return bool(
        {*tags} & {*view.get(instance, "network_tags")} or {*accounts} & _emails(view, instance)
    )


def _emails(view: View, instance: str) -> set[str]:
    return {name.rpartition("/")[2] for name in view.get(instance, "service_accounts")}


def _is_at(view: View, interface: str, ranges: Ranges, family: Family) -> bool:
    own = (view.get(interface, "network_ip"), *view.get(interface, "external_ips"))
    return bool(ranges & covered([address for address in own if address], family))


def _ports(protocols: Iterable[tuple[str, str]]) -> Ranges:
    """The TCP ports among protocols and their ports."""
    found = Ranges()
    for protocol, numbers in protocols:
        if protocol.lower() in _TCP:
            found |= ports([numbers]) if numbers else _EVERY_PORT
    return found


def _policies(
    policies: Sequence[Mapping[str, Any]], view: View, network: str, instance: str, family: Family
) -> tuple[list[list[Rule]], list[list[Rule]]]:
    """The filters of policies: those of the organization and its folders, then the network's."""
    above: list[list[Rule]] = []
    own: list[list[Rule]] = []
    for policy in policies:
        ordered = sorted(policy.get("rules", ()), key=lambda rule: rule["priority"])
        rules = [
            rule
            for raw in ordered
            for rule in _policy_rule(raw, policy, view, network, instance, family)
        ]
        (own if policy.get("type") == "NETWORK" else above).append(rules)
    return above, own


def _policy_rule(
    raw: Mapping[str, Any],
    policy: Mapping[str, Any],
    view: View,
    network: str,
    instance: str,
    family: Family,
) -> Iterator[Rule]:
    if raw.get("direction") != "INGRESS" or raw.get("disabled"):
        return
    accounts, networks = raw.get("targetServiceAccounts"), raw.get("targetResources")
    if accounts and not {*accounts} & _emails(view, instance):
        return
    if networks and network not in networks:
        return
    match = raw.get("match", {})
    layers = (
        (each["ipProtocol"], each.get("ports") or [""]) for each in match.get("layer4Configs", ())
    )
    numbers = _ports((protocol, number) for protocol, each in layers for number in each)
    ranges = match.get("srcIpRanges")
    sources = covered(ranges, family) if ranges else EVERY[family]
    verdict = {"allow": Verdict.ALLOW, "deny": Verdict.DENY, "goto_next": Verdict.NEXT}.get(
        raw.get("action", "")
    )
    plain = not any(match.get(name) for name in (*_ELSEWHERE, "destIpRanges"))
    if plain and verdict and not raw.get("targetSecureTags"):
        yield Rule(verdict, flows(numbers, sources))
        return
    name = policy.get("displayName") or policy.get("shortName") or policy.get("name")
    why = f"whom rule {raw['priority']} of firewall policy {name} is for is not known"
    for each in [verdict] if verdict else [Verdict.ALLOW, Verdict.DENY]:
        yield Rule(each, Flows(), flows(numbers, sources), why)


def _routes(view: View, instance: str, networks: Iterable[str], family: Family) -> Passage:
    """The addresses that an instance can answer: those that a route to the internet leads to."""
    routes = [
        route
        for network in networks
        for route in view.sources(network, _ROUTE, "network")
        if not view.get(route, "network_tags")
        or {*view.get(route, "network_tags")} & {*view.get(instance, "network_tags")}
    ]
    if not routes:
        return Passage.unknown(family, "the routes of the network could not be read")
    routes.sort(key=lambda route: (-_size(view, route), view.get(route, "priority")))
    answered, decided = Ranges(), Ranges()
    for route in routes:
        reached = covered([view.get(route, "dest_range")], family) - decided
        decided |= reached
        if view.get(route, "next_hop_gateway").endswith("/default-internet-gateway"):
            answered |= reached
    return Passage.to(answered, answered, frozenset())


def _size(view: View, route: str) -> int:
    """The length of a route's prefix: the longer one holds."""
    return int(view.get(route, "dest_range").partition("/")[2] or 0)


def _passing_on(view: View, instance: str, port: int) -> Iterator[str]:
    """The public forwarding rules of an instance's project and region that pass a port on to
    something that is not collected, and so perhaps to the instance."""
    for rule in view.labelled(_FORWARDING_RULE):
        same = all(
            view.get(rule, name) == view.get(instance, name) for name in ("account", "region")
        )
        if not same or view.get(rule, "load_balancing_scheme") != "EXTERNAL":
            continue
        behind = (view.get(rule, "target") or "") + (view.get(rule, "backend_service") or "")
        if view.get(rule, "ip_protocol") not in ("TCP", "L3_DEFAULT"):
            continue
        numbers = ports(view.get(rule, "port_ranges")) or _EVERY_PORT
        if any(kind in behind for kind in _PASSED_THROUGH) and port in numbers:
            yield rule


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
        pass_rests_on=(_POLICY, _ROUTE, _FORWARDING_RULE),
        fail_rests_on=(_POLICY,),
        references=("https://cloud.google.com/firewall/docs/firewall-policies-overview",),
        compliance=(f"CIS GCP 3.0: 3.{6 if port == 22 else 7}",),
    )


family = (_check(22, "SSH", "ssh"), _check(3389, "Remote Desktop", "rdp"))
