"""Amazon EventBridge Scheduler: schedules, what they call and as whom."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi

_TASK_NETWORK = "Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration"


class Schedule(AWSResource):
    """A schedule (ListSchedules). What it sends to its target is not kept: it may be secret."""

    label = "AWSSchedulerSchedule"
    identity = "arn:{partition}:scheduler:{region}:{account}:schedule/{group_name}/{name}"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name within its group.")
    group_name: str | None = field("Group it is in.")
    state: str | None = field("ENABLED or DISABLED.")
    creation_date: Timestamp | None = field("When it was made.")
    last_modification_date: Timestamp | None = field("When it was last changed.")
    target: str | None = ref(
        (
            "AWSLambda",
            "AWSSNSTopic",
            "AWSSQSQueue",
            "AWSECSCluster",
            "AWSEventBus",
            "UnknownResource",
        ),
        by="id",
        rel="DELIVERS_TO",
    )
    api_action: str | None = field(
        "`service:action` that it calls, where its target is any action of AWS's API.", call="-"
    )
    schedule_expression: str | None = field("When it runs.", call="GetSchedule")
    schedule_expression_timezone: str | None = field("In which time zone.", call="GetSchedule")
    role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call="GetSchedule")
    dead_letter_arn: str | None = ref(
        "AWSSQSQueue", by="id", rel="DEAD_LETTERS_TO", call="GetSchedule"
    )
    task_definition_arn: str | None = ref(
        "AWSECSTaskDefinition", by="id", rel="INVOKES", call="GetSchedule"
    )
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="GetSchedule"
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call="GetSchedule"
    )
    kms_key_arn: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="GetSchedule",
    )


class Scheduler(AWSCollector):
    """Schedules of all groups."""

    service = "scheduler"
    permissions = ("scheduler:GetSchedule", "scheduler:ListSchedules")

    @lists(Schedule)
    def schedules(self, api: AWSApi) -> Iterator[Schedule]:
        """Schedules with their targets and roles."""

        def detailed(raw: dict[str, Any]) -> Schedule:
            about = api.read("get_schedule", Name=raw["Name"], GroupName=raw["GroupName"])
            target = answered(raw, "Target.Arn")
            _, universal, action = target.partition(":::aws-sdk:")
            return Schedule.load(
                raw,
                api.here,
                target="" if universal else function_arn(target),
                api_action=action,
                schedule_expression=answered(about, "ScheduleExpression"),
                schedule_expression_timezone=answered(about, "ScheduleExpressionTimezone"),
                role_arn=answered(about, "Target.RoleArn"),
                dead_letter_arn=answered(about, "Target.DeadLetterConfig.Arn"),
                task_definition_arn=answered(about, "Target.EcsParameters.TaskDefinitionArn"),
                subnet_ids=answered(about, f"{_TASK_NETWORK}.Subnets", []),
                security_group_ids=answered(about, f"{_TASK_NETWORK}.SecurityGroups", []),
                kms_key_arn=answered(about, "KmsKeyArn"),
            )

        return api.each(detailed, api.pages("list_schedules", "Schedules"))
