"""Disks of Compute Engine, and what they are made from."""

from ...graph.model import Timestamp, field, ref
from .base import COMPUTE, ComputeResource, CryptoKeyName, GCPCollector, compute_listing


class Disk(ComputeResource):
    """A disk (disks.aggregatedList)."""

    label = "GCPDisk"
    identity = COMPUTE + "/zones/{zone_name}/disks/{name}"

    status: str | None = field("READY, CREATING, FAILED or DELETING.")
    size_gb: str | None = field("Size in GB.")
    users: list[str] | None = ref("GCPInstance", by="id", rel="ATTACHED_TO")
    source_image: str | None = ref("GCPImage", by="id", rel="READS_FROM")
    source_snapshot: str | None = ref("GCPSnapshot", by="id", rel="READS_FROM")
    source_disk: str | None = ref("GCPDisk", by="id", rel="READS_FROM")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="diskEncryptionKey.kmsKeyName"
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class Snapshot(ComputeResource):
    """A snapshot of a disk (snapshots.list)."""

    label = "GCPSnapshot"
    identity = COMPUTE + "/global/snapshots/{name}"

    status: str | None = field("READY, CREATING, UPLOADING, FAILED or DELETING.")
    source_disk: str | None = ref("GCPDisk", by="id", rel="BACKS_UP")
    storage_locations: list[str] | None = field("Where it is kept.")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="snapshotEncryptionKey.kmsKeyName"
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class Image(ComputeResource):
    """An image of the project's own (images.list)."""

    label = "GCPImage"
    identity = COMPUTE + "/global/images/{name}"

    family: str | None = field("Family; its newest image is taken where only that is named.")
    status: str | None = field("READY, PENDING, FAILED or DELETING.")
    source_disk: str | None = ref("GCPDisk", by="id", rel="READS_FROM")
    source_image: str | None = ref("GCPImage", by="id", rel="READS_FROM")
    source_snapshot: str | None = ref("GCPSnapshot", by="id", rel="READS_FROM")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="imageEncryptionKey.kmsKeyName"
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class Disks(GCPCollector):
    """Disks, snapshots and images."""

    service = "disks"
    permissions = ("compute.disks.list", "compute.images.list", "compute.snapshots.list")

    disks = compute_listing(Disk, "disks.aggregatedList")
    snapshots = compute_listing(Snapshot, "snapshots.list")
    images = compute_listing(Image, "images.list")
