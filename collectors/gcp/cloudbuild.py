"""Cloud Build."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AssetResource, GCPCollector, TopicName, listing


class BuildTrigger(AssetResource):
    """A trigger (projects.locations.triggers.list)."""

    label = "GCPCloudBuildTrigger"
    identity = (
        "//cloudbuild.googleapis.com/projects/{account}/locations/{place}/triggers/{trigger_id}"
    )
    asset_type = "cloudbuild.googleapis.com/BuildTrigger"
    path = "cloudbuild.googleapis.com/v1/projects/{project}/locations/-/triggers"
    shape: ClassVar[Shape] = {
        "id": str,
        "resourceName": str,
        "serviceAccount": str,
        "github": {"owner": str, "name": str},
    }

    name: str | None = field("Name.", wire="name")
    trigger_id: str | None = field("Id.", wire="id")
    disabled: bool | None = field("Starts no build.", wire="-")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    github_repository: str | None = field(
        "Repository on GitHub whose events start it: `OWNER/NAME`; else empty.", wire="-"
    )
    connected_repository: str | None = field(
        "Repository of a connection whose events start it.", wire="repositoryEventConfig.repository"
    )
    topic: TopicName | None = ref(
        "GCPPubSubTopic", by="id", rel="READS_FROM", wire="pubsubConfig.topic"
    )
    file: str | None = field("File in the repository that says what is built.", wire="filename")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the trigger, whose service account is named in full or is that of Cloud Build,
        which is not known by name."""
        github = raw.get("github") or {}
        account = raw.get("serviceAccount") or ""
        fields = {
            "disabled": raw.get("disabled", False),
            "service_account": f"//iam.googleapis.com/{account}"
            if account.startswith("projects/")
            else account,
            "github_repository": f"{github['owner']}/{github['name']}"
            if github.get("owner") and github.get("name")
            else "",
        }
        return super().load(raw, here, **fields, **known)


class CloudBuild(GCPCollector):
    """Triggers."""

    service = "cloudbuild"
    permissions = (
        "cloudasset.assets.listResource",
        "cloudbuild.builds.list",
        "resourcemanager.projects.get",
    )

    triggers = listing(BuildTrigger)
