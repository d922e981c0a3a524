"""The tree above projects, from which they inherit roles, denials and constraints."""

from ...graph.model import Timestamp, field, ref
from .base import GCPResource

RESOURCE_MANAGER = "//cloudresourcemanager.googleapis.com/"
ABOVE = ("GCPOrganization", "GCPFolder")
"""Labels of what a folder or project can lie in."""


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
