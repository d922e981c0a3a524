"""Cloud Logging."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from ..shape import Shape
from .base import (
    ABOVE,
    RESOURCE_MANAGER,
    AssetResource,
    CryptoKeyName,
    GCPCollector,
    listing,
)
from .session import GCPApi

_HOST = "//logging.googleapis.com/"
_SINK = {
    "name": str,
    "destination": str,
    "filter": str,
    "disabled": bool,
    "includeChildren": bool,
    "interceptChildren": bool,
    "writerIdentity": str,
    "createTime": str,
}


def _log_name(value: object) -> object:
    is_relative = isinstance(value, str) and value and not value.startswith("//")
    return f"{_HOST}{value}" if is_relative else value


class LogSink(AssetResource):
    """A sink of a project, or of a folder or organization (projects.sinks.list,
    folders.sinks.list, organizations.sinks.list)."""

    label = "GCPLoggingSink"
    identity = _HOST + "projects/{account}/sinks/{name}"
    asset_type = "logging.googleapis.com/LogSink"
    path = "logging.googleapis.com/v2/projects/{project}/sinks"
    shape: ClassVar[Shape] = _SINK

    scope: str | None = ref((*ABOVE, "GCPProject"), by="id", rel="PART_OF", wire="projectName")
    destination: str | None = ref(
        (
            "GCPBucket",
            "GCPBigQueryDataset",
            "GCPPubSubTopic",
            "GCPLogBucket",
            "GCPProject",
            "UnknownResource",
        ),
        by="id",
        rel="LOGS_TO",
        wire="-",
    )
    filter: str | None = field("What is sent; empty for all.")
    disabled: bool | None = field("Sends nothing.", wire="-")
    include_children: bool | None = field("Sends what all projects below it log, too.", wire="-")
    intercept_children: bool | None = field("What it sends does not reach sinks below.", wire="-")
    writer: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="writerIdentity")
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the sink; its destination is a full resource name without its slashes."""
        name = raw.get("destination")
        fields = {
            "destination": f"//{name}" if name else "",
            "disabled": raw.get("disabled", False),
            "include_children": raw.get("includeChildren", False),
            "intercept_children": raw.get("interceptChildren", False),
        }
        return super().load(raw, here, **fields, **known)


class LogBucket(AssetResource):
    """A log bucket (projects.locations.buckets.list)."""

    label = "GCPLogBucket"
    identity = _HOST + "projects/{account}/locations/{place}/buckets/{name}"
    asset_type = "logging.googleapis.com/LogBucket"
    path = "logging.googleapis.com/v2/projects/{project}/locations/-/buckets"
    called = "projects.locations.buckets"

    state: str | None = field("ACTIVE, DELETE_REQUESTED and others.", wire="lifecycleState")
    retention_days: int | None = field("How many days logs are kept.")
    locked: bool | None = field("That cannot be shortened.", wire="-")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="cmekSettings.kmsKeyName"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the bucket; that it is not locked is left out of the answer."""
        return super().load(raw, here, **{"locked": raw.get("locked", False), **known})


class LogMetric(AssetResource):
    """A metric that counts log entries (projects.metrics.list)."""

    label = "GCPLogMetric"
    identity = _HOST + "projects/{account}/metrics/{name}"
    asset_type = "logging.googleapis.com/LogMetric"
    path = "logging.googleapis.com/v2/projects/{project}/metrics"
    called = "logMetrics"
    shape: ClassVar[Shape] = {"bucketName": str, "disabled": bool}

    filter: str | None = field("Which entries it counts.")
    disabled: bool | None = field("Counts nothing.", wire="-")
    bucket: str | None = ref("GCPLogBucket", by="id", rel="READS_FROM", wire="-")
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the metric, which counts what its project logs where it names no log bucket."""
        fields = {
            "disabled": raw.get("disabled", False),
            "bucket": _log_name(raw.get("bucketName") or ""),
        }
        return super().load(raw, here, **fields, **known)


class Logging(GCPCollector):
    """Sinks, log buckets and metrics of logs."""

    service = "logging"
    permissions = (
        "cloudasset.assets.listResource",
        "logging.buckets.list",
        "logging.logMetrics.list",
        "logging.sinks.list",
        "resourcemanager.projects.get",
    )

    buckets = listing(LogBucket)
    metrics = listing(LogMetric)

    @lists(LogSink)
    def sinks(self, api: GCPApi) -> Iterator[LogSink]:
        """Sinks of the project and of what is above it."""
        for raw in api.resources(LogSink):
            yield LogSink.load(raw, api.here)
        above = api.scopes()[1:]
        for scope in above:
            operation = f"{scope.partition('/')[0]}.sinks.list"
            address = f"logging.googleapis.com/v2/{scope}/sinks"
            for raw in api.listed(operation, address, "sinks", _SINK):
                if api.tells(scope):
                    yield _above(api, scope, above[-1], raw)


def _above(api: GCPApi, scope: str, account: str, raw: Mapping[str, Any]) -> LogSink:
    """A sink of a folder or an organization."""
    described = api.described(LogSink, raw, full_name=f"{_HOST}{scope}/sinks/{raw.get('name', '')}")
    return LogSink.load(
        described,
        api.here,
        account=account,
        project="",
        scope=f"{RESOURCE_MANAGER}{scope}",
    )
