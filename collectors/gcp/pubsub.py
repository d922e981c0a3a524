"""Pub/Sub."""

from ...graph.model import field, ref
from .base import AssetResource, CryptoKeyName, GCPCollector, TopicName, listing


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
