"""Pub/Sub."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AssetResource, CryptoKeyName, GCPCollector, TopicName, listing

_SOURCES = ("awsKinesis", "awsMsk", "azureEventHubs")
"""Members that tell of a source in another cloud."""
_IN_AWS = dict.fromkeys(("streamArn", "clusterArn", "awsRoleArn", "gcpServiceAccount"), str)
_HUB = ("subscriptionId", "resourceGroup", "namespace", "eventHub")
_EVENT_HUB = (
    "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroup}/providers"
    "/microsoft.eventhub/namespaces/{namespace}/eventhubs/{eventHub}"
)


class Topic(AssetResource):
    """A topic (projects.topics.list)."""

    label = "GCPPubSubTopic"
    identity = "//pubsub.googleapis.com/projects/{account}/topics/{name}"
    asset_type = "pubsub.googleapis.com/Topic"
    path = "pubsub.googleapis.com/v1/projects/{project}/topics"

    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="kmsKeyName"
    )
    retention: str | None = field("How long messages are kept.", wire="messageRetentionDuration")
    ingests_from: str | None = ref(
        ("AzureEventHub", "UnknownResource"), by="id", rel="READS_FROM", wire="-"
    )
    ingestion_bucket: str | None = ref(
        "GCPBucket",
        by="name",
        rel="READS_FROM",
        wire="ingestionDataSourceSettings.cloudStorage.bucket",
    )
    ingestion_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE", wire="-")
    ingestion_account: str | None = ref("GCPServiceAccount", by="id", rel="USES_ROLE", wire="-")

    shape: ClassVar[Shape] = {
        "ingestionDataSourceSettings": {
            "awsKinesis": _IN_AWS,
            "awsMsk": _IN_AWS,
            "azureEventHubs": dict.fromkeys((*_HUB, "gcpServiceAccount"), str),
        }
    }

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the topic out of the source that it is filled from, which has one of some forms."""
        settings = raw.get("ingestionDataSourceSettings") or {}
        source: Mapping[str, Any] = next(filter(None, map(settings.get, _SOURCES)), {})
        hub = {name: source.get(name, "").lower() for name in _HUB}
        found = {
            "ingests_from": source.get("streamArn")
            or source.get("clusterArn")
            or (_EVENT_HUB.format(**hub) if all(hub.values()) else ""),
            "ingestion_role": source.get("awsRoleArn", ""),
            "ingestion_account": source.get("gcpServiceAccount", ""),
        }
        return super().load(raw, here, **found, **known)


class Subscription(AssetResource):
    """A subscription (projects.subscriptions.list)."""

    label = "GCPPubSubSubscription"
    identity = "//pubsub.googleapis.com/projects/{account}/subscriptions/{name}"
    asset_type = "pubsub.googleapis.com/Subscription"
    path = "pubsub.googleapis.com/v1/projects/{project}/subscriptions"

    state: str | None = field("ACTIVE or RESOURCE_ERROR.")
    topic: TopicName | None = ref("GCPPubSubTopic", by="id", rel="READS_FROM")
    push_endpoint: str | None = field(
        "Address that messages are sent to; empty where they are fetched.",
        wire="pushConfig.pushEndpoint",
    )
    push_account: str | None = ref(
        "GCPServiceAccount",
        by="id",
        rel="RUNS_AS",
        wire="pushConfig.oidcToken.serviceAccountEmail",
    )
    bigquery_table: str | None = field(
        "Table of BigQuery that messages are written to.", wire="bigqueryConfig.table"
    )
    bucket: str | None = ref(
        "GCPBucket", by="name", rel="DELIVERS_TO", wire="cloudStorageConfig.bucket"
    )
    dead_letter_topic: TopicName | None = ref(
        "GCPPubSubTopic", by="id", rel="DEAD_LETTERS_TO", wire="deadLetterPolicy.deadLetterTopic"
    )


class PubSub(GCPCollector):
    """Topics and subscriptions."""

    service = "pubsub"
    permissions = (
        "cloudasset.assets.listResource",
        "pubsub.subscriptions.list",
        "pubsub.topics.list",
        "resourcemanager.projects.get",
    )

    topics = listing(Topic)
    subscriptions = listing(Subscription)
