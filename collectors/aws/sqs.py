"""Amazon SQS: queues."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, parsed
from .session import AWSApi


class Queue(AWSResource):
    """A queue (ListQueues, GetQueueAttributes)."""

    label = "AWSSQSQueue"
    identity = "arn:{partition}:sqs:{region}:{account}:{name}"

    id: str = field("ARN.")
    url: str | None = field("Address that messages are sent to.")
    policy: Document | None = field(
        "Who may send and receive.", call="GetQueueAttributes", policy="sqs"
    )
    kms_master_key_id: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="GetQueueAttributes",
    )
    sqs_managed_sse_enabled: bool | None = field(
        "Encrypted by a key of the service.", call="GetQueueAttributes"
    )
    dead_letter_target_arn: str | None = ref(
        "AWSSQSQueue", by="id", rel="DEAD_LETTERS_TO", call="GetQueueAttributes"
    )
    max_receive_count: int | None = field(
        "Receives after which a message is a dead letter; 0 without a dead-letter queue.",
        call="GetQueueAttributes",
    )
    redrive_allow_policy: Document | None = field(
        "Which queues may use it for dead letters.", call="GetQueueAttributes"
    )
    fifo_queue: bool | None = field("Keeps the order of messages.", call="GetQueueAttributes")
    message_retention_period: int | None = field(
        "Seconds until a message is dropped.", call="GetQueueAttributes"
    )


class SQS(AWSCollector):
    """Queues."""

    service = "sqs"
    permissions = ("sqs:GetQueueAttributes", "sqs:ListQueueTags", "sqs:ListQueues")

    @lists(Queue)
    def queues(self, api: AWSApi) -> Iterator[Queue]:
        """Queues of this account."""

        def detailed(url: Any) -> Queue:
            answer = api.read("get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
            attributes = answered(answer, "Attributes", {})
            redrive = parsed(answered(attributes, "RedrivePolicy"))
            tags = api.read("list_queue_tags", QueueUrl=url)
            return Queue.load(
                {},
                api.here,
                name=url.rsplit("/", 1)[-1],
                url=url,
                policy=answered(attributes, "Policy"),
                kms_master_key_id=answered(attributes, "KmsMasterKeyId"),
                sqs_managed_sse_enabled=answered(attributes, "SqsManagedSseEnabled", False),
                dead_letter_target_arn=answered(redrive, "deadLetterTargetArn"),
                max_receive_count=answered(redrive, "maxReceiveCount", 0),
                redrive_allow_policy=answered(attributes, "RedriveAllowPolicy"),
                fifo_queue=answered(attributes, "FifoQueue", False),
                message_retention_period=answered(attributes, "MessageRetentionPeriod", None),
                tags=answered(tags, "Tags", {}),
            )

        # Without a page size the service stops at a thousand queues and says nothing of the rest.
        urls = api.pages("list_queues", "QueueUrls", MaxResults=1000)
        return api.each(detailed, urls)
