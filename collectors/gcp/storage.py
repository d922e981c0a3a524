"""Cloud Storage."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Document, Location, Timestamp, field, ref
from .base import AssetResource, CryptoKeyName, GCPCollector, listing


class Bucket(AssetResource):
    """A bucket (buckets.list)."""

    label = "GCPBucket"
    identity = "//storage.googleapis.com/{name}"
    global_keys = ("name",)
    asset_type = "storage.googleapis.com/Bucket"
    path = "storage.googleapis.com/storage/v1/b"
    collection = "items"
    called = "buckets"
    asked: ClassVar[Mapping[str, str]] = {"project": "{project}", "projection": "full"}

    storage_class: str | None = field("STANDARD, NEARLINE, COLDLINE or ARCHIVE.")
    uniform_access: bool | None = field(
        "Only IAM decides; access control lists do not count.",
        wire="iamConfiguration.uniformBucketLevelAccess.enabled",
    )
    public_access_prevention: str | None = field(
        "`enforced`, or `inherited` from organization policies.",
        wire="iamConfiguration.publicAccessPrevention",
    )
    acl: Document | None = field("Its access control list, where access is not uniform.")
    default_object_acl: Document | None = field("What new objects get, where it is not uniform.")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="encryption.defaultKmsKeyName"
    )
    log_bucket: str | None = ref("GCPBucket", by="name", rel="LOGS_TO", wire="logging.logBucket")
    versioning: bool | None = field("Old versions are kept.", wire="versioning.enabled")
    retention_seconds: str | None = field(
        "How long objects cannot be deleted; empty if they can.",
        wire="retentionPolicy.retentionPeriod",
    )
    retention_locked: bool | None = field("That cannot be shortened.", wire="-")
    soft_delete_seconds: str | None = field(
        "How long deleted objects can be restored.",
        wire="softDeletePolicy.retentionDurationSeconds",
    )
    created: Timestamp | None = field("When it was made.", wire="timeCreated")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the bucket; what is off is left out of the answer."""
        access = (raw.get("iamConfiguration") or {}).get("uniformBucketLevelAccess") or {}
        switches = {
            "uniform_access": access.get("enabled", False),
            "versioning": (raw.get("versioning") or {}).get("enabled", False),
            "retention_locked": (raw.get("retentionPolicy") or {}).get("isLocked", False),
        }
        return super().load(raw, here, **switches, **known)


class Storage(GCPCollector):
    """Buckets."""

    service = "storage"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
        "storage.buckets.list",
    )

    buckets = listing(Bucket)
