"""Which of Google's APIs are switched on."""

from collections.abc import Mapping
from typing import ClassVar

from ...graph.model import field
from .base import AssetResource, GCPCollector, listing


class EnabledService(AssetResource):
    """An API that is switched on in the project (services.list of Service Usage)."""

    label = "GCPEnabledService"
    identity = "//serviceusage.googleapis.com/projects/{account}/services/{name}"
    asset_type = "serviceusage.googleapis.com/Service"
    path = "serviceusage.googleapis.com/v1/projects/{project}/services"
    asked: ClassVar[Mapping[str, str]] = {"filter": "state:ENABLED"}

    state: str | None = field("ENABLED or DISABLED.")


class ServiceUsage(GCPCollector):
    """APIs that are switched on."""

    service = "serviceusage"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
        "serviceusage.services.list",
    )

    services = listing(EnabledService)
