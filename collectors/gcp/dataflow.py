"""Dataflow."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, CryptoKeyName, GCPCollector, listing


class DataflowJob(AssetResource):
    """A job (Asset Inventory)."""

    label = "GCPDataflowJob"
    identity = "//dataflow.googleapis.com/projects/{account}/locations/{place}/jobs/{job_id}"
    asset_type = "dataflow.googleapis.com/Job"
    shape: ClassVar[Shape] = {
        "environment": {"serviceAccountEmail": str, "tempStoragePrefix": str},
    }

    name: str | None = field("Name.", wire="name")
    job_id: str | None = field("Id.", wire="id")
    type: str | None = field("JOB_TYPE_BATCH or JOB_TYPE_STREAMING.")
    state: str | None = field("JOB_STATE_RUNNING, JOB_STATE_DONE and others.", wire="currentState")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    temporary_bucket: str | None = ref("GCPBucket", by="name", rel="READS_FROM", wire="-")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="environment.serviceKmsKeyName"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the job, whose machines act as those of Compute Engine where none is named."""
        environment = raw.get("environment") or {}
        folder = (environment.get("tempStoragePrefix") or "").removeprefix("gs://")
        folder = folder.removeprefix("storage.googleapis.com/")
        fields = {
            "service_account": environment.get("serviceAccountEmail") or raw.get("computeAccount"),
            "temporary_bucket": folder.partition("/")[0],
        }
        return super().load(raw, here, **fields, **known)


class Dataflow(GCPCollector):
    """Jobs."""

    service = "dataflow"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
    )

    jobs = listing(DataflowJob)
