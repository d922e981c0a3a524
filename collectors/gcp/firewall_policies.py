"""Hierarchical firewall policies: what organizations and folders decide for all networks below."""

from collections.abc import Iterator

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import ABOVE, RESOURCE_MANAGER, GCPCollector, GCPResource, normalised
from .session import GCPApi

_ADDRESS = "compute.googleapis.com/compute/v1/locations/global/firewallPolicies"
_POLICY = {
    "id": str,
    "name": str,
    "shortName": str,
    "displayName": str,
    "description": str,
    "parent": str,
    "associations": [{"attachmentTarget": str}],
    "rules": [{"action": str, "direction": str, "priority": int}],
}


class HierarchicalFirewallPolicy(GCPResource):
    """A firewall policy of an organization or folder (firewallPolicies.list). What holds for a
    network, and in which order, is read with the network."""

    label = "GCPFirewallPolicy"
    identity = "//compute.googleapis.com/locations/global/firewallPolicies/{policy_id}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Short name.", wire="shortName")
    policy_id: str | None = field("Number.", wire="name")
    description: str | None = field("Description.")
    parent: str | None = ref(ABOVE, by="id", rel="PART_OF", wire="-")
    protects: list[str] | None = ref(ABOVE, by="id", rel="PROTECTED_BY", inverse=True, wire="-")
    rules: Document | None = field("Its rules.")


class FirewallPolicies(GCPCollector):
    """Firewall policies of what is above the project."""

    service = "firewall-policies"
    permissions = ("compute.firewallPolicies.list", "resourcemanager.projects.get")

    @lists(HierarchicalFirewallPolicy)
    def policies(self, api: GCPApi) -> Iterator[HierarchicalFirewallPolicy]:
        """Policies with what they are associated with."""
        above = api.scopes()[1:]
        for scope in above:
            asked = {"parentId": scope}
            found = api.listed("firewallPolicies.list", _ADDRESS, "items", _POLICY, params=asked)
            for raw in found:
                if not api.tells(scope):
                    continue
                attached = (each.get("attachmentTarget") for each in raw.get("associations") or ())
                yield HierarchicalFirewallPolicy.load(
                    raw,
                    api.here,
                    id=f"//{_ADDRESS.replace('/compute/v1', '')}/{raw['name']}",
                    account=above[-1],
                    parent=f"{RESOURCE_MANAGER}{scope}",
                    protects=sorted(RESOURCE_MANAGER + _scope(each) for each in attached if each),
                    rules=normalised(raw.get("rules") or [], api.account.ids),
                )


def _scope(target: str) -> str:
    """``folders/1``, also of a link to it."""
    return "/".join(target.split("/")[-2:])
