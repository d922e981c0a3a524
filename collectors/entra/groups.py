"""Groups, and who is eligible for membership or ownership of one (PIM for groups)."""

from collections.abc import AsyncIterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import (
    DIRECTORY,
    MEMBERS,
    PAGE,
    PRINCIPAL,
    PRINCIPALS,
    DirectoryObject,
    EntraCollector,
    EntraResource,
    identities,
    identity,
    is_synchronised,
)
from .session import GraphApi

_ELIGIBLE = "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
_HIDDEN = "HiddenMembership"


class Group(DirectoryObject):
    """A group (List groups, List members, List owners)."""

    label = "EntraGroup"
    identity = DIRECTORY + "/groups/{object_id}"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    description: str | None = field("Description.")
    created: Timestamp | None = field("When it was made.", wire="createdDateTime")
    mail_nickname: str | None = field("Name in addresses.")
    security_enabled: bool | None = field("Can be given access.")
    mail_enabled: bool | None = field("Has a mailbox.")
    group_types: list[str] | None = field("Unified (Microsoft 365), DynamicMembership.")
    membership_rule: str | None = field("Rule of a dynamic group.")
    membership_rule_processing_state: str | None = field("On or Paused; empty without a rule.")
    is_assignable_to_role: bool | None = field("May hold directory roles.")
    is_management_restricted: bool | None = field(
        "Is in a restricted administrative unit, and changed by its administrators only."
    )
    on_premises_sync_enabled: bool | None = field("Comes from Active Directory.")
    on_premises_security_identifier: str | None = field("SID in Active Directory.")
    visibility: str | None = field("Public, Private or HiddenMembership; empty for none.")
    members: list[str] | None = ref(
        MEMBERS, by="id", rel="MEMBER_OF", inverse=True, call="groups/{id}/members"
    )
    owners: list[str] | None = ref(PRINCIPALS, by="id", rel="OWNED_BY", call="groups/{id}/owners")


class GroupEligibility(EntraResource):
    """That a principal may make itself member or owner of a group for a time (List
    eligibilityScheduleInstances of PIM for groups)."""

    label = "EntraGroupEligibility"
    identity = DIRECTORY + "/groups/{group_id}/eligibilityScheduleInstances/{instance_id}"

    name: str | None = field("What for.", wire="-")
    instance_id: str | None = field("Id of the instance.", wire="id")
    group_id: str | None = field("Object id of the group.")
    group: str | None = ref("EntraGroup", by="id", rel="GRANTS_ON")
    principal: str | None = ref(
        PRINCIPALS, by=("id", "object_id"), rel="GRANTED_TO", wire="principalId"
    )
    access: str | None = field("member or owner.", wire="accessId")
    member_type: str | None = field("direct, or group if it comes by another group.")
    ends: Timestamp | None = field("When it ends; empty for never.", wire="endDateTime")


class Groups(EntraCollector):
    """The groups of a tenant."""

    service = "groups"
    permissions = (
        "Group.Read.All",
        "Member.Read.Hidden",
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    )

    @lists(Group, GroupEligibility, through={GroupEligibility: Group})
    async def groups(self, api: GraphApi) -> AsyncIterator[EntraResource]:
        """Groups with their members and owners, and who is eligible for one."""
        tenant = api.here.account
        listed = api.pages("groups", select=_GROUP, members=_GROUP, top=PAGE, lists=Group)
        found = [raw async for raw in listed]
        ids = [raw["id"] for raw in found]
        asked: dict[str, Any] = {"select": ("id",), "members": PRINCIPAL, "top": PAGE}
        members = await api.details("groups/{id}/members", ids, **asked)
        owners = await api.details("groups/{id}/owners", ids, **asked)
        for raw in found:
            inside = members[raw["id"]]
            if raw.get("visibility") == _HIDDEN and not inside:
                inside = None  # without the permission to see them there seem to be none
            yield Group.load(
                raw,
                api.here,
                tenant=DIRECTORY.format(account=tenant),
                is_assignable_to_role=bool(raw.get("isAssignableToRole")),  # null is false
                is_management_restricted=bool(raw.get("isManagementRestricted")),
                on_premises_sync_enabled=is_synchronised(raw),
                members=identities(tenant, inside),
                owners=identities(tenant, owners[raw["id"]]),
            )
        eligible = await api.details(
            f"{_ELIGIBLE}?$filter=groupId eq '{{id}}'",
            [raw["id"] for raw in found if _can_be_eligible_for(raw)],
            members=_ELIGIBILITY,
            required=("id", "groupId", "principalId"),
            lists=GroupEligibility,
        )
        for instances in eligible.values():
            for raw in instances or ():
                yield GroupEligibility.load(
                    raw,
                    api.here,
                    name=f"eligible {raw.get('accessId') or ''}".strip(),
                    group=identity(tenant, "groups", raw["groupId"]),
                )


def _can_be_eligible_for(raw: dict[str, Any]) -> bool:
    """Whether membership can be given for a time: nobody gives it where a rule or Active Directory
    decides."""
    return not is_synchronised(raw) and "DynamicMembership" not in (raw.get("groupTypes") or ())


_GROUP = {
    "id": str,
    "displayName": str,
    "description": str,
    "createdDateTime": str,
    "mailNickname": str,
    "securityEnabled": bool,
    "mailEnabled": bool,
    "groupTypes": [str],
    "membershipRule": str,
    "membershipRuleProcessingState": str,
    "isAssignableToRole": bool,
    "isManagementRestricted": bool,
    "onPremisesSyncEnabled": bool,
    "onPremisesSecurityIdentifier": str,
    "visibility": str,
}
_ELIGIBILITY = {
    "id": str,
    "groupId": str,
    "principalId": str,
    "accessId": str,
    "memberType": str,
    "endDateTime": str,
}
