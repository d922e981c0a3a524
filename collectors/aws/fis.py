"""AWS Fault Injection Service: templates of experiments, what these do and as whom."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered
from .session import AWSApi

_CALL = "GetExperimentTemplate"


class ExperimentTemplate(TaggedResource):
    """A template by which experiments are started (ListExperimentTemplates)."""

    label = "AWSFISExperimentTemplate"
    identity = "arn:{partition}:fis:{region}:{account}:experiment-template/{template_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    name: str | None = field("Name, as the tag `Name` says.", call="-")
    template_id: str | None = field("Id.", wire="id")
    description: str | None = field("Description.")
    creation_time: Timestamp | None = field("When it was made.")
    last_update_time: Timestamp | None = field("When it was last changed.")
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    action_ids: list[str] | None = field(
        "What its experiments do: `aws:ssm:send-command` …", call=_CALL
    )
    log_group: str | None = ref("AWSLogGroup", by="id", rel="LOGS_TO", call=_CALL)
    log_bucket: str | None = ref("AWSS3Bucket", by="name", rel="LOGS_TO", call=_CALL)


class FIS(AWSCollector):
    """Templates of experiments."""

    service = "fis"
    permissions = ("fis:GetExperimentTemplate", "fis:ListExperimentTemplates")

    @lists(ExperimentTemplate)
    def experiment_templates(self, api: AWSApi) -> Iterator[ExperimentTemplate]:
        """Templates with their roles."""

        def detailed(raw: dict[str, Any]) -> ExperimentTemplate:
            answer = api.read("get_experiment_template", id=raw["id"])
            about = answer and answer["experimentTemplate"]
            actions = answered(about, "actions", {})
            logs = answered(about, "logConfiguration", {})
            group = answered(logs, "cloudWatchLogsConfiguration.logGroupArn")
            tags = raw.get("tags", {})
            return ExperimentTemplate.load(
                raw,
                api.here,
                name=tags.get("Name", ""),
                role=answered(about, "roleArn"),
                action_ids=None
                if actions is None
                else sorted({action["actionId"] for action in actions.values()}),
                log_group=group and group.removesuffix(":*"),
                log_bucket=answered(logs, "s3Configuration.bucketName"),
                tags=tags,
            )

        listed = api.pages("list_experiment_templates", "experimentTemplates")
        return api.each(detailed, listed)
