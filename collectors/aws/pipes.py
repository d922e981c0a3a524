"""Amazon EventBridge Pipes: what they hand on, from where to where, and as whom."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi

_CALL = "DescribePipe"
_LOG_GROUP = "LogConfiguration.CloudwatchLogsLogDestination.LogGroupArn"


class Pipe(AWSResource):
    """A pipe (ListPipes). What it makes of what it hands on is not kept: it may be secret."""

    label = "AWSPipesPipe"
    identity = "arn:{partition}:pipes:{region}:{account}:pipe/{name}"

    id: str = field("ARN.", wire="Arn")
    desired_state: str | None = field("RUNNING or STOPPED.")
    current_state: str | None = field("RUNNING, STOPPED, CREATING …")
    creation_time: Timestamp | None = field("When it was made.")
    last_modified_time: Timestamp | None = field("When it was last changed.")
    source: str | None = ref(
        ("AWSSQSQueue", "AWSDynamoDBTable", "UnknownResource"), by="id", rel="READS_FROM"
    )
    enrichment: str | None = ref(
        ("AWSLambda", "AWSStepFunctionsStateMachine", "UnknownResource"), by="id", rel="INVOKES"
    )
    target: str | None = ref(
        (
            "AWSLambda",
            "AWSStepFunctionsStateMachine",
            "AWSECSCluster",
            "AWSEventBus",
            "AWSSQSQueue",
            "AWSSNSTopic",
            "AWSBatchJobQueue",
            "AWSSageMakerPipeline",
            "UnknownResource",
        ),
        by="id",
        rel="DELIVERS_TO",
    )
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    task_definition: str | None = ref("AWSECSTaskDefinition", by="id", rel="INVOKES", call=_CALL)
    log_group: str | None = ref("AWSLogGroup", by="id", rel="LOGS_TO", call=_CALL)
    kms_key: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )


class Pipes(AWSCollector):
    """Pipes."""

    service = "pipes"
    permissions = ("pipes:DescribePipe", "pipes:ListPipes")

    @lists(Pipe)
    def pipes(self, api: AWSApi) -> Iterator[Pipe]:
        """Pipes with their roles."""

        def detailed(raw: dict[str, Any]) -> Pipe:
            about = api.read("describe_pipe", Name=raw["Name"])
            log_group = answered(about, _LOG_GROUP)
            return Pipe.load(
                raw,
                api.here,
                # A table's stream is named by the table's ARN and more.
                source=answered(raw, "Source").partition("/stream/")[0],
                enrichment=function_arn(answered(raw, "Enrichment")),
                target=function_arn(answered(raw, "Target")),
                role=answered(about, "RoleArn"),
                task_definition=answered(
                    about, "TargetParameters.EcsTaskParameters.TaskDefinitionArn"
                ),
                log_group=log_group and log_group.removesuffix(":*"),
                kms_key=answered(about, "KmsKeyIdentifier"),
                tags=answered(about, "Tags", {}),
            )

        return api.each(detailed, api.pages("list_pipes", "Pipes"))
