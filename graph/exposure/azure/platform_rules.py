"""Whom services of Azure's platform let in, by the rules that they have in place of packet filters.

Each function answers for one resource: open to the internet, closed, or what decides and was not
read. Sources are addresses; the services' own keys, tokens and passwords come after.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, NamedTuple

from ...addresses import EVERY, Family, covered, is_internet
from ...intervals import Ranges
from ...view import GraphView
from ..missing import missing_words
from ..reach import Evidence

_ANYONE = ("*", "any", "internet", "0.0.0.0/0")
_V4 = Family.IPV4


class Access(NamedTuple):
    """Whether the internet is let in."""

    is_open: bool
    unread: frozenset[str] = frozenset()
    """What decides and was not read; empty if it is certain."""
    evidence: Evidence = frozenset()

    @property
    def possible(self) -> bool:
        """Whether it is let in, or may be."""
        return self.is_open or bool(self.unread)


OPEN, CLOSED = Access(is_open=True), Access(is_open=False)
Rules = Callable[[GraphView, str], Access]


def unsure(why: str) -> Access:
    """It hangs on something that was not read."""
    return Access(is_open=True, unread=frozenset([why]))


def switch(view: GraphView, id_: str) -> Access:
    """Whether the public network reaches a service at all."""
    return switched(view, id_, view.get(id_, "public_network_access"))


def switched(view: GraphView, id_: str, setting: str | None) -> Access:
    """The same for a setting that was read elsewhere; what is not said is on."""
    known = (setting or "").lower()
    if setting is None:
        return unsure(f"whether the public network reaches {view.name(id_)}")
    if known == "disabled":
        return CLOSED
    if known in ("", "enabled"):
        return OPEN
    return unsure(f"what lets the public network reach {view.name(id_)}: {setting}")


def default_action(view: GraphView, id_: str) -> Access:
    """Services with a default action, Allow if it is not said, and addresses as exceptions."""
    return _filtered(view, id_, switch(view, id_), view.get(id_, "default_action"))


def address_list(view: GraphView, id_: str) -> Access:
    """Services that a list of addresses closes; without one they are open."""
    rules = view.get(id_, "ip_rules")
    action = "Deny" if rules else "Allow"
    return _filtered(view, id_, switch(view, id_), None if rules is None else action)


def _filtered(view: GraphView, id_: str, first: Access, action: str | None) -> Access:
    if first is CLOSED:
        return CLOSED
    rules = view.get(id_, "ip_rules")
    if action is None or rules is None:
        return unsure(f"network rules of {view.name(id_)}")
    if action.lower() in ("", "allow") or let_in(rules):
        return first
    return CLOSED


def let_in(ranges: Iterable[str]) -> bool:
    """Whether these ranges let in so much that it is the internet."""
    named = [each.strip().lower() for each in ranges]
    return any(each in _ANYONE for each in named) or is_internet(covered(named, _V4), _V4)


def cosmos(view: GraphView, id_: str) -> Access:
    """Cosmos DB: closed by addresses, or by a filter of networks; 0.0.0.0 is Azure's addresses."""
    if view.get(id_, "filters_networks") and not view.get(id_, "ip_rules"):
        return CLOSED
    return address_list(view, id_)


@dataclass(frozen=True)
class FirewallRules:
    """Databases, which are closed but for their firewall rules."""

    label: str
    """Of the rules."""
    subnet: str = ""
    """The field of the subnet in which a server has a private address alone."""

    def __call__(self, view: GraphView, id_: str) -> Access:
        """What the rules of a resource, nodes of their own, come to."""
        first = switch(view, id_)
        if first is CLOSED or (self.subnet and view.get(id_, self.subnet)):
            return CLOSED
        if not view.is_complete(self.label, id_):
            return unsure(f"firewall rules of {view.name(id_)}")
        rules = view.sources(id_, self.label, "server") + view.sources(id_, self.label, "workspace")
        known = {rule: _between(view, rule) for rule in rules}
        if any(each is None for each in known.values()):
            return unsure(f"firewall rules of {view.name(id_)}")
        wide = [rule for rule, each in known.items() if each]
        addresses = Ranges(
            interval for each in known.values() if each is not None for interval in each
        )
        if not is_internet(addresses, _V4):
            return CLOSED
        return first._replace(evidence=frozenset(("firewall_rules", rule) for rule in wide))


def _between(view: GraphView, rule: str) -> Ranges | None:
    """The addresses of a rule; None if they were not read."""
    return _span(view.get(rule, "start_ip_address"), view.get(rule, "end_ip_address"))


def _span(start: str | None, end: str | None) -> Ranges | None:
    """The addresses from one to another; 0.0.0.0 by itself is Azure's own, and nobody else's."""
    try:
        first, last = int(IPv4Address(start or "")), int(IPv4Address(end or ""))
    except ValueError:
        return None
    return Ranges() if last == 0 else Ranges([(first, last)])


@dataclass(frozen=True)
class NetworkRuleSet:
    """Namespaces of messages, whose rules are a resource of their own."""

    label: str

    def __call__(self, view: GraphView, id_: str) -> Access:
        """What the rules of a resource, nodes of their own, come to."""
        first = switch(view, id_)
        if first is CLOSED:
            return CLOSED
        sets = [each for each in view.targets(id_, "namespace") if not view.is_missing(each)]
        if not sets:
            return unsure(f"network rules of {view.name(id_)}")
        (rules,) = sets
        return _filtered(view, rules, first, view.get(rules, "default_action"))


def cluster(view: GraphView, id_: str) -> Access:
    """The API server of a Kubernetes cluster."""
    first, ranges = switch(view, id_), view.get(id_, "authorized_ip_ranges")
    if first is CLOSED or view.get(id_, "private_cluster"):
        return CLOSED
    if ranges is None:
        return unsure(f"authorized ranges of {view.name(id_)}")
    return first if not ranges or let_in(ranges) else CLOSED


def site(view: GraphView, id_: str) -> Access:
    """An app of App Service."""
    first, document = switch(view, id_), view.get(id_, "restrictions")
    if first is CLOSED:
        return CLOSED
    if document is None:
        return unsure(f"access restrictions of {view.name(id_)}")
    default = (view.get(id_, "restrictions_default") or "").lower()
    return _first_match(view, id_, json.loads(document), default) or first


def _first_match(
    view: GraphView, id_: str, rules: Sequence[Mapping[str, Any]], default: str
) -> Access | None:
    """What access restrictions in their order come to; None if they let the internet in."""
    undecided, allowed = EVERY[_V4], Ranges()
    for rule in sorted(rules, key=lambda rule: int(rule["priority"])):
        here = _sources(rule) & undecided
        undecided -= here
        if rule["action"].lower() == "allow":
            allowed |= here
    if not rules or default == "allow":
        allowed |= undecided
    if is_internet(allowed, _V4):
        return None
    tags = [rule for rule in rules if _tag(rule) and rule["action"].lower() == "allow"]
    if tags:
        named = ", ".join(sorted(rule["address"] for rule in tags))
        return unsure(f"whom access restrictions of {view.name(id_)} let in by {named}")
    return CLOSED


def _tag(rule: Mapping[str, str]) -> bool:
    """Whether a rule is for a service tag behind which the internet may sit."""
    is_tag = rule["tag"].lower() == "servicetag"
    return is_tag and rule["address"].lower().partition(".")[0] != "azurecloud"


def _sources(rule: Mapping[str, Any]) -> Ranges:
    if rule["subnet"] or rule["tag"].lower() == "servicetag":
        return Ranges()
    parts = [part.strip() for part in rule["address"].split(",")]
    if any(part.lower() in _ANYONE for part in parts):
        return EVERY[_V4]
    return covered(parts, _V4)


def container_app(view: GraphView, id_: str) -> Access:
    """A container app: its ingress, and the environment that it runs in."""
    if view.get(id_, "ingress") is False or view.get(id_, "external") is False:
        return CLOSED
    found = OPEN
    for environment in view.targets(id_, "environment"):
        if view.is_missing(environment):
            found = unsure(missing_words(view, "environment", environment))
        elif (
            view.get(environment, "internal")
            or (view.get(environment, "public_network_access") or "").lower() == "disabled"
        ):
            return CLOSED
    rules = json.loads(view.get(id_, "restrictions") or "[]")
    named = covered((rule["address"] for rule in rules), _V4)
    is_allowing = any(rule["action"].lower() == "allow" for rule in rules)
    allowed = named if is_allowing else EVERY[_V4] - named
    return found if is_internet(allowed, _V4) else CLOSED


def container_group(view: GraphView, id_: str) -> Access:
    """Containers with an address of their own."""
    return OPEN if (view.get(id_, "address_type") or "").lower() == "public" else CLOSED


def api_management(view: GraphView, id_: str) -> Access:
    """API Management, which a network may have to itself."""
    is_internal = (view.get(id_, "virtual_network_type") or "").lower() == "internal"
    return CLOSED if is_internal else switch(view, id_)


def logic_app(view: GraphView, id_: str) -> Access:
    """A logic app that requests start: who has its signed address, from where it lets them."""
    if "request" not in {each.lower() for each in view.get(id_, "triggers") or ()}:
        return CLOSED
    callers = view.get(id_, "allowed_callers")
    if not callers:
        return OPEN
    named = [_span(*ends) for each in callers if (ends := each.split("-"))[1:]]
    whole = Ranges(interval for each in named for interval in each or ())
    return OPEN if let_in(callers) or is_internet(whole, _V4) else CLOSED


def managed_instance(view: GraphView, id_: str) -> Access:
    """A managed instance of SQL, whose public endpoint stands behind its subnet's group."""
    if view.get(id_, "public_data_endpoint"):
        return unsure(f"what the subnet of {view.name(id_)} lets in on port 3342")
    return CLOSED
