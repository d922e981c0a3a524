"""Groups of Cloud Identity and Google Workspace, with their members."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import GCPCollector
from .members import Member, principal_id
from .session import RESOURCE_MANAGER, GCPApi

_HOST = "cloudidentity.googleapis.com/v1"
_FULL = {"view": "FULL", "pageSize": "500"}
_GROUP = {
    "name": str,
    "groupKey": {"id": str},
    "displayName": str,
    "description": str,
    "parent": str,
    "createTime": str,
}
_MEMBERSHIP = {
    "preferredMemberKey": {"id": str},
    "type": str,
    "roles": [{"name": str, "expiryDetail": {"expireTime": str}}],
}
_KINDS = {"USER": "user", "GROUP": "group", "SERVICE_ACCOUNT": "serviceAccount"}


class Group(Member):
    """A group (groups.list, memberships.list of Cloud Identity). Where it was not listed, who is in
    it is unknown."""

    label = "GCPGroup"
    identity = "group:{email}"

    name: str | None = field("Display name.", wire="displayName")
    email: str | None = field("Address, in lower case.", wire="-")
    resource_name: str | None = field("Name in Cloud Identity: `groups/ID`.", wire="name")
    description: str | None = field("Description.")
    customer: str | None = field("The customer that it belongs to.", wire="parent")
    members: list[str] | None = ref(
        ("GCPUser", "GCPGroup", "GCPServiceAccount", "UnknownResource"),
        by="id",
        rel="MEMBER_OF",
        inverse=True,
        call="groups.memberships.list",
    )
    expiring_members: list[str] | None = field(
        "Which memberships end, as `MEMBER=TIME`.", call="groups.memberships.list"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")


class CloudIdentity(GCPCollector):
    """Groups of the organization's customer."""

    service = "cloudidentity"
    permissions = ("resourcemanager.organizations.get", "resourcemanager.projects.get")

    @lists(Group)
    def groups(self, api: GCPApi) -> Iterator[Group]:
        """The groups that the credentials may see, with their members."""
        for scope in api.scopes():
            if not scope.startswith("organizations/"):
                continue
            organization = api.answer(
                "organizations.get",
                f"{RESOURCE_MANAGER}/v3/{scope}",
                {"directoryCustomerId": str},
                "directoryCustomerId",
                lists=Group,
            )
            if organization is None:
                continue
            found = api.listed(
                "groups.list",
                f"{_HOST}/groups",
                "groups",
                _GROUP,
                params={**_FULL, "parent": f"customers/{organization['directoryCustomerId']}"},
            )

            def loaded(raw: dict[str, Any], customer: str = scope) -> Group:
                return _group(api, raw, customer)

            for group in api.each(loaded, found):
                if api.tells(scope):
                    yield group


def _group(api: GCPApi, raw: dict[str, Any], organization: str) -> Group:
    memberships = api.detailed(
        "groups.memberships.list",
        f"{_HOST}/{raw['name']}/memberships",
        "memberships",
        _MEMBERSHIP,
        params=_FULL,
    )
    email = raw["groupKey"]["id"].lower()
    known: dict[str, Any] = {"id": f"group:{email}", "email": email, "account": organization}
    if memberships is None:
        return Group.load(raw, api.here, **known)
    members, expiring = set(), set()
    for each in memberships:
        mail = (each.get("preferredMemberKey") or {}).get("id") or ""
        kind = _KINDS.get(each.get("type") or "")
        member = f"{kind}:{mail}" if kind else mail
        id_ = principal_id(member, api.account.ids)
        members.add(id_)
        for role in each.get("roles") or ():
            end = (role.get("expiryDetail") or {}).get("expireTime")
            if role.get("name") == "MEMBER" and end:
                expiring.add(f"{id_}={end}")
    return Group.load(
        raw,
        api.here,
        members=sorted(members - {""}),
        expiring_members=sorted(expiring),
        **known,
    )
