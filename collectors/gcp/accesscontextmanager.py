"""VPC Service Controls: perimeters around projects, and the access levels that let others in."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, Resource, field, ref
from ..collector import lists
from .base import RESOURCE_MANAGER, GCPCollector, GCPResource, last, with_project_id
from .session import GCPApi

_HOST = "accesscontextmanager.googleapis.com"
_STATUS = {
    "resources": [str],
    "restrictedServices": [str],
    "accessLevels": [str],
    "ingressPolicies": [{}],
    "egressPolicies": [{}],
}
_PERIMETER = {
    "name": str,
    "title": str,
    "perimeterType": str,
    "useExplicitDryRunSpec": bool,
    "status": _STATUS,
    "spec": _STATUS,
}
_LEVEL = {
    "name": str,
    "title": str,
    "basic": {"conditions": [{}], "combiningFunction": str},
    "custom": {"expr": {"expression": str}},
}


class ServicePerimeter(GCPResource):
    """A perimeter: services that answer for its projects only within it
    (accessPolicies.servicePerimeters.list). What is only tried (dry run) counts for nothing."""

    label = "GCPServicePerimeter"
    identity = f"//{_HOST}/accessPolicies/{{policy}}/servicePerimeters/{{name}}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Title.", wire="title")
    policy: str | None = field("Number of the access policy that it is in.", wire="-")
    organization: str | None = ref("GCPOrganization", by="id", rel="PART_OF", wire="-")
    perimeter_type: str | None = field("PERIMETER_TYPE_REGULAR or PERIMETER_TYPE_BRIDGE.", wire="-")
    covers: list[str] | None = ref(
        ("GCPProject", "GCPVpc", "UnknownResource"), by="id", rel="COVERS", wire="-"
    )
    restricted_services: list[str] | None = field("Services that it closes.", wire="-")
    access_levels: list[str] | None = ref("GCPAccessLevel", by="id", rel="ALLOWS_FROM", wire="-")
    ingress_policies: Document | None = field("Who is let in to what.", wire="-")
    egress_policies: Document | None = field("Who is let out to what.", wire="-")
    has_dry_run: bool | None = field("Another configuration is being tried.", wire="-")


class AccessLevel(GCPResource):
    """Conditions on who calls from where (accessPolicies.accessLevels.list)."""

    label = "GCPAccessLevel"
    identity = f"//{_HOST}/accessPolicies/{{policy}}/accessLevels/{{name}}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Title.", wire="title")
    policy: str | None = field("Number of the access policy that it is in.", wire="-")
    conditions: Document | None = field("What must hold of a caller.", wire="basic.conditions")
    combining: str | None = field(
        "Whether all conditions must hold (AND) or one (OR).", wire="basic.combiningFunction"
    )
    expression: str | None = field(
        "The condition in CEL, if it is custom.", wire="custom.expr.expression"
    )


class AccessContextManager(GCPCollector):
    """Service perimeters and access levels of the organization."""

    service = "accesscontextmanager"
    permissions = (
        "accesscontextmanager.accessLevels.list",
        "accesscontextmanager.accessPolicies.list",
        "accesscontextmanager.servicePerimeters.list",
        "resourcemanager.projects.get",
    )

    @lists(ServicePerimeter, AccessLevel)
    def perimeters(self, api: GCPApi) -> Iterator[Resource]:
        """What each access policy of the organization has."""
        for scope in api.scopes():
            if not scope.startswith("organizations/"):
                continue
            policies = api.listed(
                "accessPolicies.list",
                f"{_HOST}/v1/accessPolicies",
                "accessPolicies",
                {"name": str},
                params={"parent": scope},
            )
            for policy in policies:
                yield from self._of(api, scope, policy["name"])

    def _of(self, api: GCPApi, scope: str, policy: str) -> Iterator[Resource]:
        for model, kind, shape in (
            (ServicePerimeter, "servicePerimeters", _PERIMETER),
            (AccessLevel, "accessLevels", _LEVEL),
        ):
            address = f"{_HOST}/v1/{policy}/{kind}"
            for raw in api.listed(f"{kind}.list", address, kind, shape, lists=model):
                if api.tells(scope):
                    known = {
                        "id": f"//{_HOST}/{raw['name']}",
                        "policy": last(policy),
                        "account": scope,
                    }
                    if model is ServicePerimeter:
                        known |= _perimeter(api, scope, raw)
                    yield model.load(raw, api.here, **known)


def _perimeter(api: GCPApi, scope: str, raw: dict[str, Any]) -> dict[str, Any]:
    status = raw.get("status") or {}
    covered = (with_project_id(each, api.account.ids) for each in status.get("resources") or ())
    return {
        "organization": f"{RESOURCE_MANAGER}{scope}",
        "perimeter_type": raw.get("perimeterType") or "PERIMETER_TYPE_REGULAR",
        "covers": sorted(
            each if each.startswith("//") else f"{RESOURCE_MANAGER}{each}" for each in covered
        ),
        "restricted_services": sorted(status.get("restrictedServices") or ()),
        "access_levels": sorted(f"//{_HOST}/{each}" for each in status.get("accessLevels") or ()),
        "ingress_policies": status.get("ingressPolicies") or [],
        "egress_policies": status.get("egressPolicies") or [],
        "has_dry_run": raw.get("useExplicitDryRunSpec", False),
    }
