"""The tree above projects, from which they inherit roles, denials and constraints."""

from collections.abc import Iterator

from ...graph.model import Resource, Timestamp, field, ref
from ..collector import lists
from .base import ABOVE, RESOURCE_MANAGER, GCPCollector, GCPResource, last
from .session import GCPApi

_CONTAINER = {
    "displayName": str,
    "directoryCustomerId": str,
    "state": str,
    "createTime": str,
}


class ResourceContainer(GCPResource):
    """An organization or a folder. It belongs to no project."""

    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    state: str | None = field("ACTIVE or DELETE_REQUESTED.")
    created: Timestamp | None = field("When it was made.", wire="createTime")


class Organization(ResourceContainer):
    """An organization (organizations.get of Resource Manager)."""

    label = "GCPOrganization"
    identity = RESOURCE_MANAGER + "organizations/{organization_number}"

    organization_number: str | None = field("Number.")
    customer_id: str | None = field(
        "Id of the Workspace or Cloud Identity customer.", wire="directoryCustomerId"
    )


class Folder(ResourceContainer):
    """A folder (folders.get of Resource Manager)."""

    label = "GCPFolder"
    identity = RESOURCE_MANAGER + "folders/{folder_number}"

    folder_number: str | None = field("Number.")
    parent: str | None = ref(ABOVE, by="id", rel="PART_OF", wire="-")


class Organizations(GCPCollector):
    """The folders and the organization that the scanned projects are in."""

    service = "organizations"
    permissions = (
        "resourcemanager.folders.get",
        "resourcemanager.organizations.get",
        "resourcemanager.projects.get",
    )

    @lists(Organization, Folder)
    def containers(self, api: GCPApi) -> Iterator[Resource]:
        """What lies above the project. One that may not be read is known by its number."""
        above = api.scopes()[1:]
        for scope, parent in zip(above, [*above[1:], ""], strict=False):
            is_folder = scope.startswith("folders/")
            operation = "folders.get" if is_folder else "organizations.get"
            address = f"{RESOURCE_MANAGER[2:]}v3/{scope}"
            raw = api.answer(operation, address, _CONTAINER, "state")
            if not api.tells(scope):
                continue
            known = {"id": f"{RESOURCE_MANAGER}{scope}", "account": above[-1]}
            if is_folder:
                known["folder_number"] = last(scope)
                known["parent"] = f"{RESOURCE_MANAGER}{parent}" if parent else ""
            else:
                known["organization_number"] = last(scope)
            model = Folder if is_folder else Organization
            if raw is None:
                yield model(**known, region="global")
            else:
                yield model.load(raw, api.here, **known)
