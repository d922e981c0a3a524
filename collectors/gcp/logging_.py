"""Cloud Logging."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, GCPCollector, listing


class LogSink(AssetResource):
    """A sink (projects.sinks.list)."""

    label = "GCPLoggingSink"
    identity = "//logging.googleapis.com/projects/{account}/sinks/{name}"
    asset_type = "logging.googleapis.com/LogSink"
    path = "logging.googleapis.com/v2/projects/{project}/sinks"
    shape: ClassVar[Shape] = {"destination": str}

    destination: str | None = ref(
        ("GCPBucket", "GCPBigQueryDataset", "GCPPubSubTopic", "GCPProject", "UnknownResource"),
        by="id",
        rel="LOGS_TO",
        wire="-",
    )
    filter: str | None = field("What is sent; empty for all.")
    disabled: bool | None = field("Sends nothing.", wire="-")
    writer: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="writerIdentity")
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the sink; its destination is a full resource name without its slashes."""
        name = raw.get("destination")
        fields = {
            "destination": f"//{name}" if name else "",
            "disabled": raw.get("disabled", False),
        }
        return super().load(raw, here, **fields, **known)


class Logging(GCPCollector):
    """Sinks of projects."""

    service = "logging"
    permissions = (
        "cloudasset.assets.listResource",
        "logging.sinks.list",
        "resourcemanager.projects.get",
    )

    sinks = listing(LogSink)
