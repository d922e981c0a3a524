"""BigQuery."""

from ...graph.model import Document, field, ref
from .base import AssetResource, CryptoKeyName, GCPCollector, listing


class Dataset(AssetResource):
    """A dataset with who may use it (Asset Inventory: the product's listing leaves that out)."""

    label = "GCPBigQueryDataset"
    identity = "//bigquery.googleapis.com/projects/{account}/datasets/{name}"
    asset_type = "bigquery.googleapis.com/Dataset"

    name: str | None = field("Id of the dataset.", wire="datasetReference.datasetId")
    access: Document | None = field("Who may use it, entry by entry.")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey",
        by="id",
        rel="ENCRYPTED_BY",
        wire="defaultEncryptionConfiguration.kmsKeyName",
    )


class BigQuery(GCPCollector):
    """Datasets."""

    service = "bigquery"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.projects.get",
    )

    datasets = listing(Dataset)
