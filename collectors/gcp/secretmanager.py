"""Secret Manager. The secrets themselves are never read."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, GCPCollector, listing


class Secret(AssetResource):
    """A secret (projects.secrets.list)."""

    label = "GCPSecretManagerSecret"
    identity = "//secretmanager.googleapis.com/projects/{account}/secrets/{name}"
    asset_type = "secretmanager.googleapis.com/Secret"
    path = "secretmanager.googleapis.com/v1/projects/{project}/secrets"
    shape: ClassVar[Shape] = {
        "replication": {
            "automatic": {"customerManagedEncryption": {"kmsKeyName": str}},
            "userManaged": {
                "replicas": [{"location": str, "customerManagedEncryption": {"kmsKeyName": str}}]
            },
        },
        "topics": [{"name": str}],
    }

    kms_keys: list[str] | None = ref("GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="-")
    locations: list[str] | None = field("Where it is kept, if that was chosen.", wire="-")
    topics: list[str] | None = ref("GCPPubSubTopic", by="id", rel="NOTIFIES", wire="-")
    rotation_period: str | None = field(
        "How often it is to be rotated, in seconds; empty for never.",
        wire="rotation.rotationPeriod",
    )
    expires: Timestamp | None = field("When it is deleted; empty for never.", wire="expireTime")
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the secret, whose keys are named next to where it is kept."""
        replication = raw.get("replication") or {}
        replicas = (replication.get("userManaged") or {}).get("replicas") or []
        kept = [replication.get("automatic") or {}, *replicas]
        keys = {(each.get("customerManagedEncryption") or {}).get("kmsKeyName") for each in kept}
        fields = {
            "kms_keys": sorted(f"//cloudkms.googleapis.com/{each}" for each in keys if each),
            "locations": sorted(each["location"] for each in replicas if each.get("location")),
            "topics": sorted(
                f"//pubsub.googleapis.com/{each['name']}" for each in raw.get("topics") or ()
            ),
        }
        return super().load(raw, here, **fields, **known)


class SecretVersion(AssetResource):
    """A version of a secret (projects.secrets.versions.list). What it holds is never read."""

    label = "GCPSecretManagerSecretVersion"
    identity = "//secretmanager.googleapis.com/projects/{account}/secrets/{secret}/versions/{name}"
    asset_type = "secretmanager.googleapis.com/SecretVersion"
    path = "secretmanager.googleapis.com/v1/{parent}/versions"

    secret: str | None = ref("GCPSecretManagerSecret", by="id", rel="PART_OF", wire="containedIn")
    state: str | None = field("ENABLED, DISABLED or DESTROYED.")
    created: Timestamp | None = field("When it was made.", wire="createTime")


class SecretManager(GCPCollector):
    """Secrets and their versions."""

    service = "secretmanager"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
        "secretmanager.secrets.list",
        "secretmanager.versions.list",
    )

    secrets = listing(Secret, SecretVersion)
