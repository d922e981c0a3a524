"""Google Cloud projects."""

from collections.abc import Iterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import ABOVE, PROJECT, RESOURCE_MANAGER, GCPCollector, GCPResource, last
from .session import GCPApi


class Project(GCPResource):
    """A project (projects.get of Resource Manager)."""

    label = "GCPProject"
    identity = PROJECT
    unique_within = "global"

    id: str = field("Full resource name, with the project's id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    project_id: str | None = field("Id.")
    project_number: str | None = field("Number.")
    parent: str | None = ref(ABOVE, by="id", rel="PART_OF", wire="-")
    state: str | None = field("ACTIVE or DELETE_REQUESTED.")
    created: Timestamp | None = field("When it was made.", wire="createTime")


class Projects(GCPCollector):
    """The project that is scanned."""

    service = "projects"
    permissions = ("resourcemanager.projects.get",)

    @lists(Project)
    def project(self, api: GCPApi) -> Iterator[Project]:
        """The scanned project itself."""
        for raw in api.resource("projects.get", f"/v3/projects/{api.here.account}"):
            above = raw.get("parent") or ""
            yield Project.load(
                raw,
                api.here,
                project_number=last(raw["name"]),
                parent=f"{RESOURCE_MANAGER}{above}" if above else "",
            )
