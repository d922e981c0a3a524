"""Azure Firewall: firewalls, their policies, and what they hand on from the internet."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import AzureCollector, TrackedResource
from .network_shapes import NETWORK, NETWORK_CLIENT
from .session import AzureApi

_RULE_GROUPS = "firewall_policy_rule_collection_groups.list"


class Firewall(TrackedResource):
    """A firewall (Azure Firewalls - List All)."""

    label = "AzureFirewall"
    identity = NETWORK + "/azurefirewalls/{name}"

    subnets: list[str] | None = ref(
        "AzureSubnet", by="id", rel="IN_SUBNET", wire="ipConfigurations[].subnet.id"
    )
    public_ip_addresses: list[str] | None = ref(
        "AzurePublicIPAddress",
        by="id",
        rel="ATTACHED_TO",
        inverse=True,
        wire="ipConfigurations[].publicIPAddress.id",
    )
    firewall_policy: str | None = ref(
        "AzureFirewallPolicy", by="id", rel="HAS_POLICY", wire="firewallPolicy.id"
    )
    virtual_hub: str | None = field(
        "Hub of a virtual WAN that it stands in; else empty.", wire="virtualHub.id"
    )
    dnat_rules: Document | None = field(
        "What its own rules hand on to other addresses; a policy has them in its place."
    )


class FirewallPolicy(TrackedResource):
    """A firewall policy (Firewall Policies - List All, Firewall Policy Rule Collection Groups -
    List). Of a policy that it is based on it takes over no DNAT rules."""

    label = "AzureFirewallPolicy"
    identity = NETWORK + "/firewallpolicies/{name}"

    base_policy: str | None = ref(
        "AzureFirewallPolicy", by="id", rel="HAS_POLICY", wire="basePolicy.id"
    )
    dnat_rules: Document | None = field(
        "What its rules hand on to other addresses.", call=_RULE_GROUPS
    )


class AzureFirewalls(AzureCollector):
    """Firewalls and their policies."""

    service = "firewall"
    client = NETWORK_CLIENT
    permissions = (
        "Microsoft.Network/azureFirewalls/read",
        "Microsoft.Network/firewallPolicies/read",
        "Microsoft.Network/firewallPolicies/ruleCollectionGroups/read",
    )

    @lists(Firewall)
    def firewalls(self, api: AzureApi) -> Iterator[Firewall]:
        """Firewalls of virtual networks and of virtual WANs."""
        for raw in api.pages("azure_firewalls.list_all"):
            rules = _dnat_rules(raw.get("natRuleCollections") or [])
            yield Firewall.load(raw, api.here, dnat_rules=rules)

    @lists(FirewallPolicy)
    def firewall_policies(self, api: AzureApi) -> Iterator[FirewallPolicy]:
        """Firewall policies with their DNAT rules."""

        def detailed(raw: dict[str, Any]) -> FirewallPolicy:
            groups = api.details(_RULE_GROUPS, raw["resourceGroup"], raw["name"])
            rules = None if groups is None else list(_of_groups(groups))
            return FirewallPolicy.load(raw, api.here, dnat_rules=rules)

        yield from api.each(detailed, api.pages("firewall_policies.list_all"))


def _of_groups(groups: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for group in groups:
        yield from _dnat_rules(group.get("ruleCollections") or [])


def _dnat_rules(collections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The DNAT rules of collections, in one form for policies and for firewalls without one."""
    return [
        {
            "name": rule.get("name") or "",
            "protocols": rule.get("protocols") or rule.get("ipProtocols") or [],
            "sources": rule.get("sourceAddresses") or [],
            "source_groups": rule.get("sourceIpGroups") or [],
            "destinations": rule.get("destinationAddresses") or [],
            "ports": rule.get("destinationPorts") or [],
            "translated_address": rule.get("translatedAddress") or "",
            "translated_fqdn": rule.get("translatedFqdn") or "",
            "translated_port": rule.get("translatedPort") or "",
        }
        for collection in collections
        if ((collection.get("action") or {}).get("type") or "").lower() == "dnat"
        for rule in collection.get("rules") or []
    ]
