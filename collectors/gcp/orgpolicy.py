"""Organization policies: what nobody may configure."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import RESOURCE_MANAGER, SCOPES, GCPCollector, GCPResource, last
from .session import GCPApi

_POLICY = {
    "name": str,
    "spec": {
        "inheritFromParent": bool,
        "reset": bool,
        "rules": [
            {
                "enforce": bool,
                "allowAll": bool,
                "denyAll": bool,
                "values": {"allowedValues": [str], "deniedValues": [str]},
                "condition": {"expression": str},
            }
        ],
    },
}


class OrgPolicy(GCPResource):
    """A policy on one constraint at an organization, folder or project (policies.list of
    Organization Policy). What lies below inherits it unless it has one of its own."""

    label = "GCPOrgPolicy"
    identity = "{scope}/policies/{constraint}"
    unique_within = "global"

    id: str = field("Id of the scope, `/policies/` and the constraint.", wire="-")
    name: str | None = field("The constraint.", wire="-")
    constraint: str | None = field(
        "The constraint, such as `iam.disableServiceAccountKeyCreation`.", wire="-"
    )
    scope: str | None = field("Id of what it was set on.", wire="-")
    set_on: str | None = ref(SCOPES, by="id", rel="BOUNDED_BY", inverse=True, wire="-")
    inherit_from_parent: bool | None = field(
        "Values of lists are added to those from above.", wire="spec.inheritFromParent"
    )
    reset: bool | None = field(
        "What was set above does not hold; Google's default does.", wire="spec.reset"
    )
    enforced: bool | None = field(
        "An unconditional rule enforces it; null where only conditions tell."
    )
    rules: Document | None = field(
        "Its rules: a list of enforce, allowAll, denyAll, values and condition.expression.",
        wire="spec.rules",
    )


class OrgPolicies(GCPCollector):
    """Organization policies of the project and of what is above it."""

    service = "orgpolicy"
    permissions = ("orgpolicy.policies.list", "resourcemanager.projects.get")

    @lists(OrgPolicy)
    def policies(self, api: GCPApi) -> Iterator[OrgPolicy]:
        """Policies that were set; one that only tries out a change (dryRunSpec) sets nothing."""
        scopes = api.scopes()
        for scope in scopes:
            address = f"orgpolicy.googleapis.com/v2/{scope}/policies"
            for raw in api.listed("policies.list", address, "policies", _POLICY):
                if "spec" not in raw or not api.tells(scope):
                    continue
                place, constraint = f"{RESOURCE_MANAGER}{scope}", last(raw["name"])
                spec = raw["spec"]
                yield OrgPolicy.load(
                    raw,
                    api.here,
                    id=f"{place}/policies/{constraint}",
                    name=constraint,
                    constraint=constraint,
                    scope=place,
                    set_on=place,
                    inherit_from_parent=spec.get("inheritFromParent", False),
                    reset=spec.get("reset", False),
                    enforced=_enforced(spec.get("rules") or []),
                    rules=spec.get("rules") or [],
                    account=api.here.account if scope == scopes[0] else scopes[-1],
                )


def _enforced(rules: list[dict[str, Any]]) -> bool | None:
    """What rules say without condition: True if one enforces, None if only conditions tell."""
    plain = [each for each in rules if not each.get("condition")]
    if plain or not rules:
        return any(each.get("enforce") for each in plain)
    return None
