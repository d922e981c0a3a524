"""Firewall rules and firewall policies of Google Cloud, as far as they concern packets from the
internet."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from ...addresses import EVERY, covered, is_internet
from ...intervals import Flows, Interval, Ranges
from ...view import GraphView
from ..missing import missing_words
from ..protocols import ANY_PROTOCOL, every_protocol, protocol_number
from ..rule_chain import Rule, Verdict, at, ports, undecided, unknown
from .receiver import Receiver

FIREWALL, POLICY = "GCPFirewall", "GCPNetworkFirewallPolicy"
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
_SYSTEM = "system_firewall_policies"
_VERDICTS = {"allow": Verdict.ALLOW, "deny": Verdict.DENY, "goto_next": Verdict.NEXT}

_Layers = list[tuple[str, str]]
"""Protocols, each with its ports; no ports stands for every one."""


def protocols(receiver: Receiver, networks: Iterable[str]) -> set[int]:
    """The protocols that need an answer of their own."""
    view = receiver.view
    named: set[int] = set()
    for network in networks:
        if (
            _why_unknown(view, network)
            or not view.is_complete(POLICY, network)
            or view.get(receiver.interface, _SYSTEM) is None
        ):
            named.add(ANY_PROTOCOL)
            continue
        firewalls = [_layers_of(view, each) for each in protecting(view, network, FIREWALL)]
        policies = [
            _layers(raw)
            for policy in (*_policies(receiver, network), *_system_policies(receiver))
            for raw in policy.get("rules", ())
        ]
        for layers in (*firewalls, *policies):
            named |= {protocol_number(protocol) for protocol, _ in layers}
    return named | every_protocol(receiver.family) if ANY_PROTOCOL in named else named


def filters(receiver: Receiver, network: str, protocol: int) -> list[list[Rule]]:
    """What filters packets to an instance of a network, in the order in which it does."""
    view, family = receiver.view, receiver.family
    why = _why_unknown(view, network)
    if why:
        return [unknown(family, why)]
    firewalls = protecting(view, network, FIREWALL)
    rules = [
        rule
        for firewall in sorted(firewalls, key=partial(_precedence, view))
        for rule in _firewall(receiver, firewall, protocol)
    ]
    matching = partial(_matching, receiver, network, protocol)
    above: list[list[Rule]] = []
    own: list[list[Rule]] = []
    for policy in _policies(receiver, network):
        (own if policy.get("type") == "NETWORK" else above).append(matching(policy))
    above += [matching(policy) for policy in _system_policies(receiver)]
    if view.get(receiver.interface, _SYSTEM) is None:
        name = view.name(network)
        above.append(
            undecided(family, f"firewall policies that Google made for a region of {name}")
        )
    if not view.is_complete(POLICY, network):
        own.append(undecided(family, f"regional firewall policies of {view.name(network)}"))
    first = view.get(network, "firewall_policy_order") == "BEFORE_CLASSIC_FIREWALL"
    return [*above, *own, rules] if first else [*above, rules, *own]


def _matching(
    receiver: Receiver, network: str, protocol: int, policy: Mapping[str, Any]
) -> list[Rule]:
    """The rules of a policy, in their order."""
    ordered = sorted(policy.get("rules", ()), key=lambda rule: rule["priority"])
    return [
        rule for raw in ordered for rule in _policy_rule(receiver, raw, policy, network, protocol)
    ]


def letting_in(receiver: Receiver, network: str, protocol: int, on: Interval) -> Iterator[str]:
    """The firewall rules that by themselves let the internet in on any of these ports."""
    here = Flows.rectangle(on, EVERY[receiver.family])
    for firewall in protecting(receiver.view, network, FIREWALL):
        if not receiver.view.is_missing(firewall):
            for rule in _firewall(receiver, firewall, protocol):
                sources = (rule.matched & here).addresses
                if rule.verdict == Verdict.ALLOW and is_internet(sources, receiver.family):
                    yield firewall


def protecting(view: GraphView, network: str, label: str) -> list[str]:
    """The rules or policies that protect a network."""
    edges = view.graph.out_edges(network, data="rel")
    found = {each for _, each, rel in edges if rel == "PROTECTED_BY"}
    return sorted(each for each in found if view.get(each, "label") == label)


def _why_unknown(view: GraphView, network: str) -> str:
    """Why nothing is known of what filters a network's packets; empty if it is."""
    if view.is_missing(network):
        return missing_words(view, "network", network)
    for firewall in protecting(view, network, FIREWALL):
        if view.is_missing(firewall):
            return missing_words(view, "firewall rule", firewall)
    if view.get(network, "firewall_policies") is None:
        return f"firewall policies of {view.name(network)}"
    return ""


def _policies(receiver: Receiver, network: str) -> Iterator[Mapping[str, Any]]:
    """The policies that hold for an instance: those that are known with its network, and those of
    its region."""
    view = receiver.view
    yield from _items(view, network, "firewall_policies")
    for each in protecting(view, network, POLICY):
        if view.get(each, "region") == receiver.region:
            yield {"name": view.name(each), "type": "NETWORK", "rules": _items(view, each, "rules")}


def _system_policies(receiver: Receiver) -> list[dict[str, Any]]:
    """The policies that Google made, as far as they were read."""
    return _items(receiver.view, receiver.interface, _SYSTEM)


def _items(view: GraphView, node: str, name: str) -> list[dict[str, Any]]:
    """The items of a document."""
    items: list[dict[str, Any]] = json.loads(view.get(node, name) or "[]")
    return items


def _precedence(view: GraphView, firewall: str) -> tuple[int, bool]:
    """Low numbers first, of equal ones those that deny."""
    return view.get(firewall, "priority"), not view.get(firewall, "denied")


def _firewall(receiver: Receiver, firewall: str, protocol: int) -> Iterator[Rule]:
    view, family = receiver.view, receiver.family
    if view.get(firewall, "direction") != "INGRESS" or view.get(firewall, "disabled"):
        return
    tags, accounts = (
        {*(view.get(firewall, name) or [])} for name in ("target_tags", "target_service_accounts")
    )
    if (tags or accounts) and not (tags & receiver.tags or accounts & receiver.emails):
        return
    destinations = view.get(firewall, "destination_ranges")
    if destinations and not covered(destinations, family) & receiver.addresses:
        return
    ranges = view.get(firewall, "source_ranges")
    named = (view.get(firewall, name) for name in ("source_tags", "source_service_accounts"))
    is_for_everyone = not ranges and not any(named)
    sources = EVERY[family] if is_for_everyone else covered(ranges or [], family)
    for verdict, field in ((Verdict.DENY, "denied"), (Verdict.ALLOW, "allowed")):
        layers = [_layer(text) for text in view.get(firewall, field) or []]
        numbers = _ports(layers, protocol)
        if numbers:
            yield Rule(verdict, at(numbers, sources))


def _policy_rule(
    receiver: Receiver,
    raw: Mapping[str, Any],
    policy: Mapping[str, Any],
    network: str,
    protocol: int,
) -> Iterator[Rule]:
    match = raw.get("match", {})
    numbers = _ports(_layers(raw), protocol)
    accounts, networks = raw.get("targetServiceAccounts"), raw.get("targetResources")
    if raw.get("direction") != "INGRESS" or raw.get("disabled") or not numbers:
        return
    if (accounts and not {*accounts} & receiver.emails) or (networks and network not in networks):
        return
    ranges = match.get("srcIpRanges")
    sources = covered(ranges, receiver.family) if ranges else EVERY[receiver.family]
    verdict = _VERDICTS.get(raw.get("action", ""))
    unsure = raw.get("targetSecureTags") or any(match.get(name) for name in _BESIDE_RANGES)
    if verdict and not unsure:
        yield Rule(verdict, at(numbers, sources))
        return
    name = policy.get("displayName") or policy.get("shortName") or policy.get("name")
    why = f"what rule {raw['priority']} of firewall policy {name} holds for"
    for each in [verdict] if verdict else [Verdict.ALLOW, Verdict.DENY]:
        yield Rule(each, Flows(), at(numbers, sources), why)


def _layers_of(view: GraphView, firewall: str) -> _Layers:
    texts = ((view.get(firewall, "allowed") or []), (view.get(firewall, "denied") or []))
    return [_layer(text) for each in texts for text in each]


def _layers(raw: Mapping[str, Any]) -> _Layers:
    """What a policy's rule is about; everything, if it does not say."""
    configs = raw.get("match", {}).get("layer4Configs") or [{"ipProtocol": "all"}]
    return [
        (each["ipProtocol"], number) for each in configs for number in each.get("ports") or [""]
    ]


def _layer(text: str) -> tuple[str, str]:
    protocol, _, numbers = text.partition(":")
    return protocol, numbers


def _ports(layers: _Layers, protocol: int) -> Ranges:
    """The ports of a protocol among these."""
    texts = [
        numbers or "*"
        for name, numbers in layers
        if protocol_number(name) in (ANY_PROTOCOL, protocol)
    ]
    return ports(texts)
