"""Cloud Composer."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, ComputeName, CryptoKeyName, GCPCollector, listing


class Environment(AssetResource):
    """An environment of Airflow (Asset Inventory)."""

    label = "GCPComposerEnvironment"
    identity = "//composer.googleapis.com/projects/{account}/locations/{place}/environments/{name}"
    asset_type = "composer.googleapis.com/Environment"
    shape: ClassVar[Shape] = {
        "config": {"dagGcsPrefix": str, "nodeConfig": {"serviceAccount": str}}
    }

    state: str | None = field("RUNNING, CREATING, ERROR and others.")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    dag_bucket: str | None = ref("GCPBucket", by="name", rel="RUNS_CODE_FROM", wire="-")
    airflow_uri: str | None = field("Address of its web interface.", wire="config.airflowUri")
    network: ComputeName | None = ref(
        "GCPVpc", by="id", rel="IN_NETWORK", wire="config.nodeConfig.network"
    )
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="config.encryptionConfig.kmsKeyName"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the environment, whose machines act as those of Compute Engine where none is
        named."""
        config = raw.get("config") or {}
        nodes = config.get("nodeConfig") or {}
        folder = (config.get("dagGcsPrefix") or "").removeprefix("gs://")
        fields = {
            "service_account": nodes.get("serviceAccount") or raw.get("computeAccount"),
            "dag_bucket": folder.partition("/")[0],
        }
        return super().load(raw, here, **fields, **known)


class Composer(GCPCollector):
    """Environments."""

    service = "composer"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
    )

    environments = listing(Environment)
