"""AWS HealthOmics: the account's own workflows, and what runs of them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_UNDER_WAY = {"PENDING", "STARTING", "RUNNING", "STOPPING"}


class Workflow(AWSResource):
    """A workflow that the account owns (ListWorkflows)."""

    label = "AWSOmicsWorkflow"
    identity = "arn:{partition}:omics:{region}:{account}:workflow/{workflow_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    workflow_id: str | None = field("Id.", wire="id")
    status: str | None = field("ACTIVE …")
    creation_time: Timestamp | None = field("When it was made.")


class Run(AWSResource):
    """A run of a workflow that is under way (ListRuns). Its parameters are not kept."""

    label = "AWSOmicsRun"
    identity = "arn:{partition}:omics:{region}:{account}:run/{run_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    run_id: str | None = field("Id.", wire="id")
    workflow_id: str | None = ref("AWSOmicsWorkflow", by="workflow_id", rel="INVOKES", call="-")
    status: str | None = field("PENDING, STARTING, RUNNING or STOPPING.")
    creation_time: Timestamp | None = field("When it was made.")
    role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call="GetRun")
    output_bucket: str | None = ref("AWSS3Bucket", by="name", rel="DELIVERS_TO", call="GetRun")


class Omics(AWSCollector):
    """Workflows of the account's own, and runs that are under way."""

    service = "omics"
    permissions = ("omics:GetRun", "omics:ListRuns", "omics:ListWorkflows")

    @lists(Workflow)
    def workflows(self, api: AWSApi) -> Iterator[Workflow]:
        """Workflows."""
        for raw in api.pages("list_workflows", "items", type="PRIVATE"):
            yield Workflow.load(raw, api.here)

    @lists(Run)
    def runs(self, api: AWSApi) -> Iterator[Run]:
        """Runs that are under way."""

        def detailed(raw: dict[str, Any]) -> Run:
            about = api.read("get_run", id=raw["id"])
            own = answered(about, "workflowType") != "READY2RUN"
            return Run.load(
                raw,
                api.here,
                workflow_id=answered(raw, "workflowId") if own else "",
                role_arn=answered(about, "roleArn"),
                output_bucket=about
                and answered(about, "outputUri").removeprefix("s3://").partition("/")[0],
                tags=answered(about, "tags", {}),
            )

        listed = api.pages("list_runs", "items")
        return api.each(detailed, (raw for raw in listed if raw["status"] in _UNDER_WAY))
