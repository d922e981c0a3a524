"""AWS Step Functions: state machines and what they act as."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CALL = "DescribeStateMachine"


class StateMachine(AWSResource):
    """A state machine (ListStateMachines). Its definition is not read."""

    label = "AWSStepFunctionsStateMachine"
    identity = "arn:{partition}:states:{region}:{account}:stateMachine:{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="stateMachineArn")
    type: str | None = field("STANDARD or EXPRESS.")
    creation_date: Timestamp | None = field("When it was made.")
    status: str | None = field("ACTIVE or DELETING.", call=_CALL)
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    logging_level: str | None = field("ALL, ERROR, FATAL or OFF.", call=_CALL)
    log_groups: list[str] | None = ref("AWSLogGroup", by="id", rel="LOGS_TO", call=_CALL)
    tracing_enabled: bool | None = field("Its runs are traced.", call=_CALL)
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )


class StepFunctions(AWSCollector):
    """State machines."""

    service = "stepfunctions"
    permissions = (
        "states:DescribeStateMachine",
        "states:ListStateMachines",
        "states:ListTagsForResource",
    )

    @lists(StateMachine)
    def state_machines(self, api: AWSApi) -> Iterator[StateMachine]:
        """State machines."""

        def detailed(raw: dict[str, Any]) -> StateMachine:
            answer = api.read(
                "describe_state_machine",
                stateMachineArn=raw["stateMachineArn"],
                includedData="METADATA_ONLY",
            )
            tags = api.read("list_tags_for_resource", resourceArn=raw["stateMachineArn"])
            groups = answered(
                answer, "loggingConfiguration.destinations[].cloudWatchLogsLogGroup.logGroupArn", []
            )
            return StateMachine.load(
                raw,
                api.here,
                status=answered(answer, "status"),
                role=answered(answer, "roleArn"),
                logging_level=answered(answer, "loggingConfiguration.level", "OFF"),
                log_groups=groups and [arn.removesuffix(":*") for arn in groups],
                tracing_enabled=answered(answer, "tracingConfiguration.enabled", False),
                kms_key_id=answered(answer, "encryptionConfiguration.kmsKeyId"),
                tags=answered(tags, "tags", []),
            )

        return api.each(detailed, api.pages("list_state_machines", "stateMachines"))
