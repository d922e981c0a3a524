"""Security admin rules of Virtual Network Managers, which come before security groups."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...addresses import Family
from ...intervals import Flows
from ...view import GraphView
from ..missing import missing_words
from ..protocols import ANY_PROTOCOL, every_protocol
from ..reach import Evidence
from ..rule_chain import Rule, Verdict, undecided
from .packet_rules import Destination, PacketRule, rule_for, rule_protocol, within

NETWORK, SUBNET = "AzureVirtualNetwork", "AzureSubnet"
_VERDICTS = {"Allow": Verdict.NEXT, "AlwaysAllow": Verdict.ALLOW, "Deny": Verdict.DENY}
_OVERRULING = ("microsoft.sql/managedinstances", "microsoft.databricks/workspaces")
"""Services whose networks security admin rules hold in only as far as their manager is set to."""
_GROUP_OF_NETWORKS = "NetworkGroup"


class AdminRules(NamedTuple):
    """The security admin rules for what comes into a subnet, in the order of their priorities."""

    rules: Sequence[Mapping[str, Any]] = ()
    unread: str = ""
    """What would tell them; empty if they are known."""
    doubt: str = ""
    """Why it is not known whether they hold at all; empty if they do."""
    evidence: Evidence = frozenset()

    def protocols(self, family: Family) -> set[int]:
        """The protocols that need an answer of their own."""
        named = {rule_protocol(rule.get("protocol"), family) for rule in self.rules}
        if self.unread or ANY_PROTOCOL in named:
            return named | every_protocol(family)
        return named

    def filtering(self, protocol: int, family: Family, to: Destination) -> list[Rule]:
        """The rules as a filter for what comes in by a protocol: it hands on to the security
        groups what a rule allows and what none is for."""
        if self.unread:
            return undecided(family, self.unread)
        concerned = [
            (raw, _rule(raw, protocol, family, to))
            for raw in self.rules
            if rule_protocol(raw.get("protocol"), family) in (ANY_PROTOCOL, protocol)
        ]
        if self.doubt:
            return [_in_doubt(rule, rule.matched, self.doubt) for _, rule in concerned]
        return list(_contested(concerned))


def admin_rules(view: GraphView, subnets: Sequence[str]) -> AdminRules:
    """The security admin rules for what comes into the subnet of an address."""
    for subnet in subnets:
        if view.is_missing(subnet):
            return AdminRules(unread=missing_words(view, "subnet", subnet))
        for network in view.targets(subnet, "virtual_network"):
            return _of_network(view, network)
    return AdminRules()


def _of_network(view: GraphView, network: str) -> AdminRules:
    if view.is_missing(network):
        return AdminRules(unread=missing_words(view, "virtual network", network))
    document = view.get(network, "security_admin_rules")
    if document is None:
        return AdminRules(unread=f"security admin rules of virtual network {view.name(network)}")
    rules = [raw for raw in json.loads(document) if raw.get("direction") != "Outbound"]
    if any(
        raw.get("direction") != "Inbound" or raw.get("access") not in _VERDICTS for raw in rules
    ):
        return AdminRules(unread=f"what a security admin rule of {view.name(network)} does")
    rules.sort(key=_priority)
    delegated = sorted(
        service
        for subnet in view.sources(network, SUBNET, "virtual_network")
        for service in view.get(subnet, "delegations") or ()
        if service.lower() in _OVERRULING
    )
    doubt = (
        f"whether security admin rules hold next to {delegated[0]} in {view.name(network)}"
        if delegated
        else ""
    )
    evidence = frozenset([("virtual_networks", network)] if rules else [])
    return AdminRules(rules, doubt=doubt, evidence=evidence)


def _rule(raw: Mapping[str, Any], protocol: int, family: Family, to: Destination) -> Rule:
    sources, of_networks = _prefixes(raw.get("sources"))
    if of_networks and not sources:
        sources = ["VirtualNetwork"]
    written = PacketRule(
        _name(raw),
        _VERDICTS[raw["access"]],
        sources,
        raw.get("sourcePortRanges") or ["*"],
        raw.get("destinationPortRanges") or ["*"],
        _concerns(raw, family, to),
    )
    return rule_for(written, protocol, family, to)


def _concerns(raw: Mapping[str, Any], family: Family, to: Destination) -> bool | None:
    """Whether a rule is for a destination; which networks are in a group of them is not read."""
    destinations, of_networks = _prefixes(raw.get("destinations"))
    found = within(destinations, family, to)
    return None if of_networks and not found else found


def _prefixes(items: Sequence[Mapping[str, Any]] | None) -> tuple[list[str], bool]:
    """Ranges and service tags, every address if none are named; and whether groups of networks are
    among the items."""
    if not items:
        return ["*"], False
    of_networks = [each.get("addressPrefixType") == _GROUP_OF_NETWORKS for each in items]
    named = [
        each.get("addressPrefix") or "*"
        for each, is_group in zip(items, of_networks, strict=True)
        if not is_group
    ]
    return named, any(of_networks)


def _contested(rules: Sequence[tuple[Mapping[str, Any], Rule]]) -> Iterator[Rule]:
    """The rules, in doubt where it is not known which of two comes first and they differ: those of
    two managers, whose scopes are not read, and those of equal priority."""
    for raw, rule in rules:
        against = Flows()
        for other, differing in rules:
            is_ordered = _manager(raw) == _manager(other) and _priority(raw) != _priority(other)
            if differing.verdict != rule.verdict and not is_ordered:
                against |= differing.matched | differing.perhaps
        lost = rule.matched & against
        yield _in_doubt(rule, lost, "in which order security admin rules hold") if lost else rule


def _in_doubt(rule: Rule, part: Flows, why: str) -> Rule:
    """A rule of which it is not known whether it holds for a part of what it matches."""
    return Rule(rule.verdict, rule.matched - part, rule.perhaps | part, rule.why or why)


def _manager(raw: Mapping[str, Any]) -> str:
    """The id of the network manager that a rule belongs to."""
    return str(raw.get("id", "")).partition("/securityadminconfigurations/")[0]


def _priority(raw: Mapping[str, Any]) -> int:
    return raw.get("priority") or 0


def _name(raw: Mapping[str, Any]) -> str:
    return str(raw.get("id", "")).rpartition("/")[2]
