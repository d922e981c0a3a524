"""API keys. The keys themselves are never read."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, GCPCollector, listing

_CALLERS = {
    "browserKeyRestrictions": "referrers",
    "serverKeyRestrictions": "addresses",
    "androidKeyRestrictions": "Android apps",
    "iosKeyRestrictions": "iOS apps",
}


class ApiKey(AssetResource):
    """An API key (projects.locations.keys.list). What it is, is not kept."""

    label = "GCPApiKey"
    identity = "//apikeys.googleapis.com/projects/{account}/locations/global/keys/{key_id}"
    asset_type = "apikeys.googleapis.com/Key"
    path = "apikeys.googleapis.com/v2/projects/{project}/locations/global/keys"
    called = "projects.locations.keys"
    shape: ClassVar[Shape] = {"restrictions": {"apiTargets": [{"service": str}]}}

    name: str | None = field("Display name.", wire="displayName")
    key_id: str | None = field("Id.", wire="shortName")
    services: list[str] | None = field("APIs that it opens; empty for all.", wire="-")
    callers: str | None = field(
        "What limits who may use it: `referrers`, `addresses`, `Android apps` or "
        "`iOS apps`; empty for anybody.",
        wire="-",
    )
    service_account: str | None = ref(
        "GCPServiceAccount", by="id", rel="RUNS_AS", wire="serviceAccountEmail"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the key, which opens everything to anybody where nothing restricts it."""
        limits = raw.get("restrictions") or {}
        targets = limits.get("apiTargets") or []
        fields = {
            "services": sorted(each["service"] for each in targets if each.get("service")),
            "callers": next((words for key, words in _CALLERS.items() if key in limits), ""),
        }
        return super().load(raw, here, **fields, **known)


class ApiKeys(GCPCollector):
    """API keys."""

    service = "apikeys"
    permissions = (
        "apikeys.keys.list",
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
    )

    keys = listing(ApiKey)
