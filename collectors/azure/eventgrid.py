"""Azure Event Grid."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource, Host, Identified, PlatformService, listing
from .session import AzureApi

_EVENT_SUBSCRIPTIONS = "Microsoft.EventGrid/eventSubscriptions"
_DESTINATIONS = (
    "AzureEventHub",
    "AzureStorageAccount",
    "AzureServiceBusNamespace",
    "AzureFunctionApp",
    "UnknownResource",
)


class EventGridTopic(PlatformService, Identified):
    """A topic of Event Grid (Resource Graph: resources)."""

    label = "AzureEventGridTopic"
    arm_type = "Microsoft.EventGrid/topics"

    host: Host | None = field("Host that answers for it.", wire="endpoint")
    ip_rules: list[str] | None = field(
        "Addresses that are let in; empty is everyone.", wire="inboundIpRules[].ipMask"
    )
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")


class EventGridSystemTopic(Identified):
    """The events of a resource of Azure's (Resource Graph: resources)."""

    label = "AzureEventGridSystemTopic"
    arm_type = "Microsoft.EventGrid/systemTopics"

    source: str | None = ref(
        (*_DESTINATIONS, "AzureKeyVault", "AzureContainerRegistry", "AzureResourceGroup"),
        by="id",
        rel="READS_FROM",
    )
    topic_type: str | None = field("Kind of the resource.")


class EventGridSubscription(AzureResource):
    """Whom events are sent to (Event Subscriptions - List Global By Subscription)."""

    label = "AzureEventGridSubscription"
    identity = "/subscriptions/{account}/{path}"

    topic: str | None = ref(
        (*_DESTINATIONS, "AzureEventGridTopic", "AzureSubscription", "AzureResourceGroup"),
        by="id",
        rel="READS_FROM",
    )
    endpoint_type: str | None = field(
        "WebHook, EventHub, StorageQueue, AzureFunction and others.",
        wire="destination.endpointType",
    )
    destination: str | None = ref(
        _DESTINATIONS, by="id", rel="NOTIFIES", wire="destination.resourceId"
    )
    webhook_host: Host | None = field(
        "Host of a webhook; else empty.", wire="destination.endpointBaseUrl"
    )
    dead_letter_account: str | None = ref(
        "AzureStorageAccount",
        by="id",
        rel="DEAD_LETTERS_TO",
        wire="deadLetterDestination.resourceId",
    )


class EventGrid(AzureCollector):
    """Topics, and whom their events are sent to."""

    service = "eventgrid"
    permissions = (f"{_EVENT_SUBSCRIPTIONS}/read",)

    topics = listing(EventGridTopic)
    system_topics = listing(EventGridSystemTopic)

    @lists(EventGridSubscription)
    def event_grid_subscriptions(self, api: AzureApi) -> Iterator[EventGridSubscription]:
        """Whom the events of the subscription, its groups and its resources are sent to."""
        path = f"/subscriptions/{api.here.account}/providers/{_EVENT_SUBSCRIPTIONS}"
        for raw in api.get(_EVENT_SUBSCRIPTIONS, path, "2022-06-15", EventGridSubscription):
            yield EventGridSubscription.load(raw, api.here)
