"""AWS CloudFormation: stacks and stack sets, and the roles they make resources with."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource, answered
from .session import AWSApi


class Stack(TaggedResource):
    """A stack (DescribeStacks). Of its parameters and outputs only the names are kept."""

    label = "AWSCloudFormationStack"
    identity = "arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{stack_id}"

    id: str = field("ARN.", wire="StackId")
    name: str | None = field("Name.", wire="StackName")
    stack_id: str | None = field("Last part of the ARN; a name can be used again.", call="-")
    description: str | None = field("Description.")
    status: str | None = field("CREATE_COMPLETE …", wire="StackStatus")
    creation_time: Timestamp | None = field("When it was made.")
    last_updated_time: Timestamp | None = field("When it was last updated; empty if never.")
    role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="RoleARN")
    capabilities: list[str] | None = field(
        "What its author acknowledged: CAPABILITY_IAM, CAPABILITY_NAMED_IAM …"
    )
    parent_id: str | None = ref("AWSCloudFormationStack", by="id", rel="PART_OF")
    notification_arns: list[str] | None = ref(
        "AWSSNSTopic", by="id", rel="NOTIFIES", wire="NotificationARNs"
    )
    termination_protected: bool | None = field("Cannot be deleted by one call.", call="-")
    parameter_names: list[str] | None = field("Parameters.", wire="Parameters[].ParameterKey")
    output_names: list[str] | None = field("Outputs.", wire="Outputs[].OutputKey")


class StackSet(AWSResource):
    """A template that is rolled out to accounts and regions (ListStackSets)."""

    label = "AWSCloudFormationStackSet"
    identity = "arn:{partition}:cloudformation:{region}:{account}:stackset/{stack_set_id}"

    name: str | None = field("Name.", wire="StackSetName")
    stack_set_id: str | None = field("Name and unique id.")
    description: str | None = field("Description.")
    status: str | None = field("ACTIVE.")
    permission_model: str | None = field(
        "SELF_MANAGED: acts with the roles below; SERVICE_MANAGED: with those of Organizations."
    )
    auto_deployment: bool | None = field(
        "Accounts that join its organizational units get it by themselves.", call="-"
    )
    administration_role: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="DescribeStackSet"
    )
    execution_role_name: str | None = field(
        "Name of the role that it acts with in each account.", call="DescribeStackSet"
    )
    organizational_units: list[str] | None = field(
        "Organizational units it is rolled out to.", call="DescribeStackSet"
    )
    capabilities: list[str] | None = field("What its author acknowledged.", call="DescribeStackSet")


class CloudFormation(AWSCollector):
    """Stacks and stack sets."""

    service = "cloudformation"
    permissions = (
        "cloudformation:DescribeStackSet",
        "cloudformation:DescribeStacks",
        "cloudformation:ListStackSets",
    )

    @lists(Stack)
    def stacks(self, api: AWSApi) -> Iterator[Stack]:
        """Stacks that are not deleted, nested ones included."""
        for raw in api.pages("describe_stacks", "Stacks"):
            yield Stack.load(
                raw,
                api.here,
                stack_id=raw["StackId"].rpartition("/")[2],
                # AWS leaves out what is not switched on.
                termination_protected=raw.get("EnableTerminationProtection", False),
            )

    @lists(StackSet)
    def stack_sets(self, api: AWSApi) -> Iterator[StackSet]:
        """Stack sets that the account administers itself."""

        def detailed(raw: dict[str, Any]) -> StackSet:
            answer = api.read("describe_stack_set", StackSetName=raw["StackSetName"])
            return StackSet.load(
                raw,
                api.here,
                auto_deployment=answered(raw, "AutoDeployment.Enabled", False),
                administration_role=answered(answer, "StackSet.AdministrationRoleARN"),
                execution_role_name=answered(answer, "StackSet.ExecutionRoleName"),
                organizational_units=answered(answer, "StackSet.OrganizationalUnitIds", []),
                capabilities=answered(answer, "StackSet.Capabilities", []),
                tags=answered(answer, "StackSet.Tags", []),
            )

        return api.each(detailed, api.pages("list_stack_sets", "Summaries", Status="ACTIVE"))
