"""Cloud Key Management Service."""

from ...graph.model import Timestamp, field, ref
from .base import AssetResource, GCPCollector, listing


class KeyRing(AssetResource):
    """A key ring (projects.locations.keyRings.list)."""

    label = "GCPKeyRing"
    identity = "//cloudkms.googleapis.com/projects/{account}/locations/{place}/keyRings/{name}"
    asset_type = "cloudkms.googleapis.com/KeyRing"

    created: Timestamp | None = field("When it was made.", wire="createTime")


class CryptoKey(AssetResource):
    """A key (projects.locations.keyRings.cryptoKeys.list)."""

    label = "GCPCryptoKey"
    identity = (
        "//cloudkms.googleapis.com/projects/{account}/locations/{place}/keyRings/{ring}"
        "/cryptoKeys/{name}"
    )
    asset_type = "cloudkms.googleapis.com/CryptoKey"
    path = "cloudkms.googleapis.com/v1/{parent}/cryptoKeys"

    key_ring: str | None = ref("GCPKeyRing", by="id", rel="PART_OF", wire="containedIn")
    purpose: str | None = field("ENCRYPT_DECRYPT, ASYMMETRIC_SIGN and others.")
    primary_state: str | None = field(
        "State of the version that encrypts: ENABLED, DISABLED, DESTROYED and others; empty where "
        "there is none.",
        wire="primary.state",
    )
    protection_level: str | None = field(
        "SOFTWARE, HSM, EXTERNAL or EXTERNAL_VPC.", wire="versionTemplate.protectionLevel"
    )
    rotation_period: str | None = field("How often it is rotated, in seconds; empty for never.")
    next_rotation: Timestamp | None = field("When it is rotated next.", wire="nextRotationTime")
    created: Timestamp | None = field("When it was made.", wire="createTime")


class KMS(GCPCollector):
    """Key rings and keys, from Asset Inventory: the product lists them location by location."""

    service = "kms"
    permissions = (
        "cloudasset.assets.listResource",
        "cloudkms.cryptoKeys.list",
        "resourcemanager.projects.get",
    )

    rings = listing(KeyRing, CryptoKey)
