"""Amazon SNS: topics and who receives their messages."""

from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn, parsed
from .session import AWSApi

_KEY = ("id", "key_id", "alias_arns", "aliases")


class Topic(AWSResource):
    """A topic (ListTopics)."""

    label = "AWSSNSTopic"
    identity = "arn:{partition}:sns:{region}:{account}:{name}"

    id: str = field("ARN.", wire="TopicArn")
    name: str | None = field("Name, the end of the ARN.")
    display_name: str | None = field("Sender's name in messages.", call="GetTopicAttributes")
    policy: Document | None = field(
        "Who may publish and subscribe.", call="GetTopicAttributes", policy="sns"
    )
    kms_master_key_id: str | None = ref(
        "AWSKMSKey", by=_KEY, rel="ENCRYPTED_BY", call="GetTopicAttributes"
    )
    fifo_topic: bool | None = field("Keeps the order of messages.", call="GetTopicAttributes")
    signature_version: str | None = field(
        "Hash of message signatures: 1 is SHA1, 2 is SHA256.", call="GetTopicAttributes"
    )
    feedback_role_arns: list[str] | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", call="GetTopicAttributes"
    )


class Subscription(AWSResource):
    """A subscription to a topic (ListSubscriptions, ListSubscriptionsByTopic)."""

    label = "AWSSNSSubscription"
    identity = "arn:{partition}:sns:{region}:{account}:{topic}:{name}"

    id: str = field("ARN; of one that waits for confirmation the topic, protocol and endpoint.")
    name: str | None = field("The end of the ARN; until it is confirmed the endpoint.")
    topic_arn: str | None = ref("AWSSNSTopic", by="id", rel="PART_OF")
    owner: str | None = field("Account that made the subscription.")
    protocol: str | None = field("How messages are delivered.")
    endpoint: str | None = field(
        "Where messages go; of a web address only its host, since the rest may be a secret.",
    )
    endpoint_arn: str | None = ref(
        ("AWSSQSQueue", "AWSLambda", "UnknownResource"), by="id", rel="DELIVERS_TO", wire="-"
    )
    confirmed: bool | None = field("The endpoint has accepted the subscription.")
    subscription_role_arn: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", call="GetSubscriptionAttributes"
    )
    dead_letter_target_arn: str | None = ref(
        "AWSSQSQueue", by="id", rel="DEAD_LETTERS_TO", call="GetSubscriptionAttributes"
    )
    filter_policy: Document | None = field(
        "Which messages are delivered; empty for all.", call="GetSubscriptionAttributes"
    )


class SNS(AWSCollector):
    """Topics and their subscriptions."""

    service = "sns"
    permissions = (
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptions",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
        "sns:ListTopics",
    )

    @lists(Topic)
    def topics(self, api: AWSApi) -> Iterator[Topic]:
        """Topics of this account."""

        def detailed(raw: dict[str, Any]) -> Topic:
            arn = raw["TopicArn"]
            attributes = answered(api.read("get_topic_attributes", TopicArn=arn), "Attributes", {})
            roles = attributes and {
                value for name, value in attributes.items() if name.endswith("FeedbackRoleArn")
            }
            return Topic.load(
                raw,
                api.here,
                name=arn.split(":")[-1],
                display_name=answered(attributes, "DisplayName"),
                policy=answered(attributes, "Policy"),
                kms_master_key_id=answered(attributes, "KmsMasterKeyId"),
                fifo_topic=answered(attributes, "FifoTopic", False),
                signature_version=answered(attributes, "SignatureVersion", "1"),
                feedback_role_arns=None if roles is None else sorted(roles),
                tags=answered(api.read("list_tags_for_resource", ResourceArn=arn), "Tags", []),
            )

        return api.each(detailed, api.pages("list_topics", "Topics"))

    @lists(Subscription)
    def subscriptions(self, api: AWSApi) -> Iterator[Subscription]:
        """Subscriptions made by this account, and those of others to its topics."""

        def of_topic(raw: dict[str, Any]) -> list[dict[str, Any]]:
            arn = raw["TopicArn"]
            return list(api.pages("list_subscriptions_by_topic", "Subscriptions", TopicArn=arn))

        def detailed(raw: dict[str, Any]) -> Subscription:
            arn = raw["SubscriptionArn"]
            confirmed = arn.startswith("arn:")
            own = confirmed and raw["Owner"] == api.here.account
            answer = api.read("get_subscription_attributes", SubscriptionArn=arn) if own else None
            attributes = answered(answer, "Attributes", {})
            target = function_arn(raw["Endpoint"]) if raw["Endpoint"].startswith("arn:") else ""
            dead_letters = parsed(answered(attributes, "RedrivePolicy"))
            return Subscription.load(
                raw,
                api.here,
                id=_identity(raw),
                account=raw["Owner"],
                name=arn.split(":")[-1] if confirmed else _endpoint(raw),
                endpoint=_endpoint(raw),
                endpoint_arn=target,
                confirmed=confirmed,
                subscription_role_arn=answered(attributes, "SubscriptionRoleArn"),
                dead_letter_target_arn=answered(dead_letters, "deadLetterTargetArn"),
                filter_policy=answered(attributes, "FilterPolicy"),
            )

        found = chain(
            api.pages("list_subscriptions", "Subscriptions"),
            chain.from_iterable(api.each(of_topic, api.pages("list_topics", "Topics"))),
        )
        yield from api.each(detailed, {_identity(raw): raw for raw in found}.values())


def _identity(raw: dict[str, Any]) -> str:
    """The ARN, or what takes its place until the endpoint has confirmed the subscription."""
    arn = str(raw["SubscriptionArn"])
    return (
        arn if arn.startswith("arn:") else f"{raw['TopicArn']}:{raw['Protocol']}:{_endpoint(raw)}"
    )


def _endpoint(raw: dict[str, Any]) -> str:
    endpoint = str(raw["Endpoint"])
    if raw["Protocol"] in ("http", "https"):
        return urlsplit(endpoint).hostname or ""
    return endpoint
