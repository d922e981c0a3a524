"""Amazon EventBridge: event buses, rules and where their events go."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi


class EventBus(AWSResource):
    """An event bus (ListEventBuses)."""

    label = "AWSEventBus"
    identity = "arn:{partition}:events:{region}:{account}:event-bus/{name}"

    id: str = field("ARN.", wire="Arn")
    policy: Document | None = field("Who may put events and rules on it.", policy="events")
    kms_key_identifier: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="DescribeEventBus",
    )
    dead_letter_arn: str | None = ref(
        "AWSSQSQueue", by="id", rel="DEAD_LETTERS_TO", call="DescribeEventBus"
    )


class EventRule(AWSResource):
    """A rule of an event bus (ListRules)."""

    label = "AWSEventRule"
    identity = "arn:{partition}:events:{region}:{account}:rule/{name}"

    id: str = field("ARN.", wire="Arn")
    event_bus_name: str | None = ref("AWSEventBus", by=("id", "name"), rel="READS_FROM")
    event_pattern: Document | None = field("Which events it takes; empty for a schedule.")
    schedule_expression: str | None = field("When it runs; empty for a pattern.")
    state: str | None = field("ENABLED, DISABLED or a form of enabled.")
    role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    managed_by: str | None = field("The service that made the rule for itself; else empty.")


class EventTarget(AWSResource):
    """A target of a rule (ListTargetsByRule). What is sent to it is not kept: it may be secret."""

    label = "AWSEventTarget"
    identity = "arn:{partition}:events:{region}:{account}:target/{name}"

    id: str = field("The target within its rule.")
    name: str | None = field("Id within the rule.", wire="Id")
    rule_arn: str | None = ref("AWSEventRule", by="id", rel="PART_OF")
    arn: str | None = ref(
        (
            "AWSLambda",
            "AWSSNSTopic",
            "AWSSQSQueue",
            "AWSLogGroup",
            "AWSECSCluster",
            "AWSEventBus",
            "UnknownResource",
        ),
        by="id",
        rel="DELIVERS_TO",
    )
    role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    dead_letter_arn: str | None = ref(
        "AWSSQSQueue", by="id", rel="DEAD_LETTERS_TO", wire="DeadLetterConfig.Arn"
    )
    task_definition_arn: str | None = ref(
        "AWSECSTaskDefinition", by="id", rel="INVOKES", wire="EcsParameters.TaskDefinitionArn"
    )
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet",
        by="subnet_id",
        rel="IN_SUBNET",
        wire="EcsParameters.NetworkConfiguration.awsvpcConfiguration.Subnets",
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="EcsParameters.NetworkConfiguration.awsvpcConfiguration.SecurityGroups",
    )


class Events(AWSCollector):
    """Event buses, their rules and the rules' targets."""

    service = "events"
    permissions = (
        "events:DescribeEventBus",
        "events:ListEventBuses",
        "events:ListRules",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
    )

    @lists(EventBus, EventRule, EventTarget, through={EventTarget: EventRule})
    def buses(self, api: AWSApi) -> Iterator[EventBus | EventRule | EventTarget]:
        """The region's buses, the rules on each, and the targets of each rule."""
        buses = list(api.pages("list_event_buses", "EventBuses"))
        yield from api.each(lambda raw: _bus(api, raw), buses)
        rules = [
            raw
            for bus in buses
            for raw in api.pages("list_rules", "Rules", lists=EventRule, EventBusName=bus["Name"])
        ]
        for found in api.each(lambda raw: _rule(api, raw), rules):
            yield from found


def _bus(api: AWSApi, raw: dict[str, Any]) -> EventBus:
    about = api.read("describe_event_bus", Name=raw["Name"])
    return EventBus.load(
        raw,
        api.here,
        kms_key_identifier=answered(about, "KmsKeyIdentifier"),
        dead_letter_arn=answered(about, "DeadLetterConfig.Arn"),
    )


def _rule(api: AWSApi, raw: dict[str, Any]) -> list[EventRule | EventTarget]:
    bus = raw.get("EventBusName", "default")
    tags = answered(api.read("list_tags_for_resource", ResourceARN=raw["Arn"]), "Tags", [])
    rule = EventRule.load(raw, api.here, event_bus_name=bus, tags=tags)
    raws = api.pages(
        "list_targets_by_rule", "Targets", lists=EventTarget, Rule=raw["Name"], EventBusName=bus
    )
    return [rule, *(_target(api, rule, target) for target in raws)]


def _target(api: AWSApi, rule: EventRule, raw: dict[str, Any]) -> EventTarget:
    within_rule = rule.id.split(":rule/")[1]
    return EventTarget.load(
        raw,
        api.here,
        id=(
            f"arn:{api.here.partition}:events:{api.here.region}:{api.here.account}"
            f":target/{within_rule}/{raw['Id']}"
        ),
        rule_arn=rule.id,
        arn=function_arn(raw["Arn"]).removesuffix(":*"),
    )
