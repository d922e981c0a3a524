"""Administrative units."""

from collections.abc import AsyncIterator

from ...graph.model import field, ref
from ..collector import lists
from .base import (
    DIRECTORY,
    MEMBERS,
    PAGE,
    PRINCIPAL,
    DirectoryObject,
    EntraCollector,
    identities,
)
from .session import GraphApi


class AdministrativeUnit(DirectoryObject):
    """A part of the directory over which roles can be given (List administrativeUnits, List
    members)."""

    label = "EntraAdministrativeUnit"
    identity = DIRECTORY + "/administrativeUnits/{object_id}"

    tenant: str | None = ref("EntraTenant", by="id", rel="IN_ACCOUNT")
    description: str | None = field("Description.")
    is_member_management_restricted: bool | None = field(
        "Only its own administrators may change what is in it."
    )
    membership_rule: str | None = field("Rule of a dynamic unit.")
    membership_type: str | None = field("Assigned or Dynamic.")
    visibility: str | None = field("HiddenMembership, or empty.")
    members: list[str] | None = ref(
        MEMBERS,
        by="id",
        rel="MEMBER_OF",
        inverse=True,
        call="directory/administrativeUnits/{id}/members",
    )


class AdministrativeUnits(EntraCollector):
    """The administrative units of a tenant."""

    service = "administrative-units"
    permissions = ("AdministrativeUnit.Read.All", "Member.Read.Hidden")

    @lists(AdministrativeUnit)
    async def administrative_units(self, api: GraphApi) -> AsyncIterator[AdministrativeUnit]:
        """Units with what is in them."""
        tenant = api.here.account
        listed = api.pages("directory/administrativeUnits", members=_UNIT, top=PAGE)
        found = [raw async for raw in listed]
        members = await api.details(
            "directory/administrativeUnits/{id}/members",
            [raw["id"] for raw in found],
            select=("id",),
            members=PRINCIPAL,
            top=PAGE,
        )
        for raw in found:
            inside = members[raw["id"]]
            if raw.get("visibility") == "HiddenMembership" and not inside:
                inside = None  # without the permission to see them there seem to be none
            yield AdministrativeUnit.load(
                raw,
                api.here,
                tenant=DIRECTORY.format(account=tenant),
                is_member_management_restricted=bool(raw.get("isMemberManagementRestricted")),
                members=identities(tenant, inside),
            )


_UNIT = {
    "id": str,
    "displayName": str,
    "description": str,
    "isMemberManagementRestricted": bool,
    "membershipRule": str,
    "membershipType": str,
    "visibility": str,
}
