"""Access packages: what can be asked for, by whom, and who approves."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import DIRECTORY, EntraCollector, EntraResource, identity
from .session import GraphApi

_MANAGEMENT = "identityGovernance/entitlementManagement"
_GIVEN = ("EntraGroup", "EntraServicePrincipal", "EntraRoleDefinition", "UnknownResource")
_KINDS = {
    "AadGroup": "groups",
    "AadApplication": "servicePrincipals",
    "DirectoryRole": "roleManagement/directory/roleDefinitions",
}
"""The collection that an object of an origin is in."""


class AccessPackage(EntraResource):
    """What can be asked for as one (List accessPackages)."""

    label = "EntraAccessPackage"
    identity = DIRECTORY + "/identityGovernance/entitlementManagement/accessPackages/{package_id}"

    package_id: str | None = field("Id.", wire="id")
    description: str | None = field("Description.")
    is_hidden: bool | None = field("Only who has its link can ask for it.")
    gives: list[str] | None = ref(_GIVEN, by="id", rel="GRANTS_ON")
    gives_ownership_of: list[str] | None = ref("EntraGroup", by="id", rel="GRANTS_ON")


class AccessPackagePolicy(EntraResource):
    """Who may ask for an access package, and who approves (List assignmentPolicies)."""

    label = "EntraAccessPackagePolicy"
    identity = (
        DIRECTORY + "/identityGovernance/entitlementManagement/assignmentPolicies/{policy_id}"
    )

    policy_id: str | None = field("Id.", wire="id")
    package: str | None = ref("EntraAccessPackage", by="id", rel="PART_OF")
    allowed_targets: str | None = field(
        "Who may ask: notSpecified, specificDirectoryUsers, allMemberUsers, allDirectoryUsers …",
        wire="allowedTargetScope",
    )
    requestors: list[str] | None = ref(("EntraUser", "EntraGroup"), by="id", rel="GRANTED_TO")
    requires_approval: bool | None = field(
        "Somebody has to approve.", wire="requestApprovalSettings.isApprovalRequiredForAdd"
    )
    approvers: list[str] | None = ref(("EntraUser", "EntraGroup"), by="id", rel="APPROVED_BY")
    managers_approve: bool | None = field("The requestor's manager approves.")


class AccessPackages(EntraCollector):
    """The access packages of a tenant, which need the licence P2."""

    service = "access-packages"
    permissions = ("EntitlementManagement.Read.All",)

    @lists(AccessPackage)
    async def packages(self, api: GraphApi) -> AsyncIterator[AccessPackage]:
        """What can be asked for."""
        async for raw in api.pages(
            f"{_MANAGEMENT}/accessPackages",
            members=_PACKAGE,
            query={"$expand": "resourceRoleScopes($expand=role,scope($expand=resource))"},
        ):
            yield AccessPackage.load(raw, api.here, **_given(api.here.account, raw))

    @lists(AccessPackagePolicy)
    async def policies(self, api: GraphApi) -> AsyncIterator[AccessPackagePolicy]:
        """Who may ask."""
        tenant = api.here.account
        async for raw in api.pages(
            f"{_MANAGEMENT}/assignmentPolicies",
            members=_POLICY,
            query={"$expand": "accessPackage($select=id)"},
        ):
            package = (raw.get("accessPackage") or {}).get("id")
            stages = (raw.get("requestApprovalSettings") or {}).get("stages") or ()
            approvers = [one for each in stages for one in each.get("primaryApprovers") or ()]
            yield AccessPackagePolicy.load(
                raw,
                api.here,
                package=identity(tenant, f"{_MANAGEMENT}/accessPackages", package)
                if package
                else None,
                requestors=_named(tenant, raw.get("specificAllowedTargets") or ()),
                approvers=_named(tenant, approvers),
                managers_approve=any(
                    str(each.get("@odata.type")).endswith("requestorManager") for each in approvers
                ),
            )


_SUBJECT = {"@odata.type": str, "userId": str, "groupId": str}
_PACKAGE = {
    "id": str,
    "displayName": str,
    "description": str,
    "isHidden": bool,
    "resourceRoleScopes": [
        {
            "role": {"displayName": str, "originId": str, "originSystem": str},
            "scope": {"originId": str, "originSystem": str},
        }
    ],
}
_POLICY = {
    "id": str,
    "displayName": str,
    "allowedTargetScope": str,
    "specificAllowedTargets": [_SUBJECT],
    "requestApprovalSettings": {
        "isApprovalRequiredForAdd": bool,
        "stages": [{"primaryApprovers": [_SUBJECT]}],
    },
    "accessPackage": {"id": str},
}


def _given(tenant: str, raw: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """What a package gives; not known if Graph did not tell."""
    listed = raw.get("resourceRoleScopes")
    if listed is None:
        return {"gives": None, "gives_ownership_of": None}
    members, owners = set[str](), set[str]()
    for each in listed:
        role, scope = each.get("role") or {}, each.get("scope") or {}
        kind = _KINDS.get(scope.get("originSystem") or "")
        if kind and scope.get("originId"):
            owns = kind == "groups" and role.get("displayName") == "Owner"
            (owners if owns else members).add(identity(tenant, kind, scope["originId"]))
    return {"gives": sorted(members), "gives_ownership_of": sorted(owners)}


def _named(tenant: str, subjects: Iterable[Mapping[str, Any]]) -> list[str]:
    """The users and groups among some subjects."""
    found = set()
    for each in subjects:
        if each.get("userId"):
            found.add(identity(tenant, "users", each["userId"]))
        elif each.get("groupId"):
            found.add(identity(tenant, "groups", each["groupId"]))
    return sorted(found)
