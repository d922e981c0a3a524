"""Artifact Registry."""

from ...graph.model import Timestamp, field, ref
from .base import AssetResource, CryptoKeyName, GCPCollector, listing


class Repository(AssetResource):
    """A repository (projects.locations.repositories.list)."""

    label = "GCPArtifactRegistryRepository"
    identity = (
        "//artifactregistry.googleapis.com/projects/{account}/locations/{place}/repositories/{name}"
    )
    asset_type = "artifactregistry.googleapis.com/Repository"
    path = "artifactregistry.googleapis.com/v1/projects/{project}/locations/-/repositories"

    format: str | None = field("DOCKER, MAVEN, NPM, PYTHON and others.")
    mode: str | None = field("STANDARD_REPOSITORY, VIRTUAL_REPOSITORY or REMOTE_REPOSITORY.")
    immutable_tags: bool | None = field(
        "Tags of images cannot be pushed over.", wire="dockerConfig.immutableTags"
    )
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="kmsKeyName"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")


class ArtifactRegistry(GCPCollector):
    """Repositories."""

    service = "artifactregistry"
    permissions = (
        "artifactregistry.repositories.list",
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
    )

    repositories = listing(Repository)
