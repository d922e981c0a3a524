"""What limits allow policies: deny policies, and principal access boundaries."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import RESOURCE_MANAGER, SCOPES, GCPCollector, GCPResource, last, with_project_id
from .members import PRINCIPALS, principal_id
from .session import GCPApi

_IAM = "iam.googleapis.com"
_DENY = {
    "name": str,
    "displayName": str,
    "createTime": str,
    "rules": [
        {
            "denyRule": {
                "deniedPrincipals": [str],
                "exceptionPrincipals": [str],
                "deniedPermissions": [str],
                "exceptionPermissions": [str],
                "denialCondition": {"expression": str},
            }
        }
    ],
}
_BOUNDARY = {
    "name": str,
    "displayName": str,
    "details": {"enforcementVersion": str, "rules": [{"resources": [str], "effect": str}]},
}
_BINDING = {
    "name": str,
    "displayName": str,
    "policy": str,
    "policyKind": str,
    "target": {"principalSet": str},
    "condition": {"expression": str},
}

_ORGANIZATION = "//iam.googleapis.com/organizations/{organization_number}/locations/global/"


class DenyPolicy(GCPResource):
    """What principals may not do on a scope and below it, whatever roles they hold
    (policies.listPolicies of IAM v2)."""

    label = "GCPDenyPolicy"
    identity = "{scope}/denyPolicies/{policy_id}"
    unique_within = "global"

    id: str = field("Id of the scope, `/denyPolicies/` and the policy's own id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    policy_id: str | None = field("Id within the scope.", wire="-")
    scope: str | None = field("Id of what it holds for, with all below.", wire="-")
    denied_on: str | None = ref(SCOPES, by="id", rel="BOUNDED_BY", inverse=True, wire="-")
    rules: Document | None = field(
        "Its rules: a list of deniedPrincipals, exceptionPrincipals, deniedPermissions, "
        "exceptionPermissions and denialCondition.expression, as IAM gives them.",
        wire="-",
    )
    principals: list[str] | None = ref(
        PRINCIPALS, by="id", rel="BOUNDED_BY", inverse=True, wire="-"
    )
    excluded: list[str] | None = ref(PRINCIPALS, by="id", rel="EXCLUDES", wire="-")
    created: Timestamp | None = field("When it was made.", wire="createTime")


class PrincipalAccessBoundary(GCPResource):
    """What principals can reach at most (principalAccessBoundaryPolicies.list of IAM v3)."""

    label = "GCPPrincipalAccessBoundary"
    identity = _ORGANIZATION + "principalAccessBoundaryPolicies/{policy_id}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    policy_id: str | None = field("Id within the organization.", wire="-")
    organization: str | None = ref("GCPOrganization", by="id", rel="PART_OF", wire="-")
    enforcement_version: str | None = field(
        "Which permissions it limits: a number, or `latest`.", wire="details.enforcementVersion"
    )
    rules: Document | None = field(
        "Its rules: a list of effect, which is ALLOW, and resources.", wire="details.rules"
    )
    resources: list[str] | None = ref(SCOPES, by="id", rel="COVERS", wire="-")


class PrincipalAccessBoundaryBinding(GCPResource):
    """That a principal access boundary holds for a set of principals (policyBindings.list of
    IAM v3)."""

    label = "GCPPrincipalAccessBoundaryBinding"
    identity = "{scope}/policyBindings/{binding_id}"
    unique_within = "global"

    id: str = field("Id of what it was made at, `/policyBindings/` and its own id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    binding_id: str | None = field("Id within what it was made at.", wire="-")
    scope: str | None = field("Id of what it was made at.", wire="-")
    policy: str | None = ref("GCPPrincipalAccessBoundary", by="id", rel="HAS_POLICY", wire="-")
    principal_set: str | None = field(
        "Whom it holds for, as IAM names the set.", wire="target.principalSet"
    )
    principals_of: str | None = ref(
        (*SCOPES[:-1], "GCPWorkloadIdentityPool", "GCPWorkforcePool", "UnknownResource"),
        by="id",
        rel="COVERS",
        wire="-",
    )
    condition: str | None = field(
        "Which of them, in CEL; empty for all.", wire="condition.expression"
    )


class IAMLimits(GCPCollector):
    """Deny policies and principal access boundaries of the project and of what is above it."""

    service = "iam-limits"
    permissions = (
        "iam.denypolicies.get",
        "iam.denypolicies.list",
        "iam.policybindings.list",
        "iam.principalaccessboundarypolicies.list",
        "resourcemanager.projects.get",
    )

    @lists(DenyPolicy)
    def denials(self, api: GCPApi) -> Iterator[DenyPolicy]:
        """Deny policies. The listing leaves their rules out, so that each is read."""
        scopes = api.scopes()
        for scope in scopes:
            attached = quote(f"{RESOURCE_MANAGER[2:]}{scope}", safe="")
            address = f"{_IAM}/v2/policies/{attached}/denypolicies"
            for brief in api.listed("denypolicies.list", address, "policies", _DENY):
                raw = api.answer("denypolicies.get", f"{_IAM}/v2/{brief['name']}", _DENY, "rules")
                if not api.tells(scope):
                    continue
                place = f"{RESOURCE_MANAGER}{scope}"
                policy = last(brief["name"])
                known: dict[str, Any] = {
                    "id": f"{place}/denyPolicies/{policy}",
                    "policy_id": policy,
                    "scope": place,
                    "denied_on": place,
                    "account": _owner(api, scope, scopes),
                    "rules": None,
                    "principals": None,
                    "excluded": None,
                }
                if raw is not None:
                    rules = [each.get("denyRule") or {} for each in raw.get("rules") or ()]
                    known["rules"] = rules
                    known["principals"] = _principals(api, rules, "deniedPrincipals")
                    known["excluded"] = _principals(api, rules, "exceptionPrincipals")
                yield DenyPolicy.load(raw or brief, api.here, **known)

    @lists(PrincipalAccessBoundary)
    def boundaries(self, api: GCPApi) -> Iterator[PrincipalAccessBoundary]:
        """Principal access boundaries, which belong to the organization."""
        for scope in api.scopes():
            if not scope.startswith("organizations/"):
                continue
            address = f"{_IAM}/v3/{scope}/locations/global/principalAccessBoundaryPolicies"
            key = "principalAccessBoundaryPolicies"
            for raw in api.listed(f"{key}.list", address, key, _BOUNDARY):
                if not api.tells(scope):
                    continue
                rules = (raw.get("details") or {}).get("rules") or []
                named = [each for rule in rules for each in rule.get("resources") or ()]
                yield PrincipalAccessBoundary.load(
                    raw,
                    api.here,
                    id=f"//{_IAM}/{raw['name']}",
                    policy_id=last(raw["name"]),
                    organization=f"{RESOURCE_MANAGER}{scope}",
                    resources=sorted({with_project_id(each, api.account.ids) for each in named}),
                    account=scope,
                )

    @lists(PrincipalAccessBoundaryBinding)
    def boundary_bindings(self, api: GCPApi) -> Iterator[PrincipalAccessBoundaryBinding]:
        """For whom principal access boundaries hold."""
        scopes = api.scopes()
        for scope in scopes:
            address = f"{_IAM}/v3/{scope}/locations/global/policyBindings"
            for raw in api.listed("policyBindings.list", address, "policyBindings", _BINDING):
                if not api.tells(scope):
                    continue
                place = f"{RESOURCE_MANAGER}{scope}"
                target = (raw.get("target") or {}).get("principalSet") or ""
                yield PrincipalAccessBoundaryBinding.load(
                    raw,
                    api.here,
                    id=f"{place}/policyBindings/{last(raw['name'])}",
                    binding_id=last(raw["name"]),
                    scope=place,
                    policy=f"//{_IAM}/{raw.get('policy') or ''}",
                    principals_of=with_project_id(target, api.account.ids),
                    account=_owner(api, scope, scopes),
                )


def _owner(api: GCPApi, scope: str, scopes: list[str]) -> str:
    """The project, or for what is above projects the organization."""
    return api.here.account if scope == scopes[0] else scopes[-1]


def _principals(api: GCPApi, rules: Iterable[dict[str, Any]], key: str) -> list[str]:
    named = {each for rule in rules for each in rule.get(key) or ()}
    return sorted({principal_id(each, api.account.ids) for each in named} - {""})
