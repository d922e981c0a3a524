"""Amazon Bedrock AgentCore: code interpreters, where agents run code."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CALL = "GetCodeInterpreter"


class CodeInterpreter(AWSResource):
    """A code interpreter of the account's own (ListCodeInterpreters)."""

    label = "AWSBedrockCodeInterpreter"
    identity = (
        "arn:{partition}:bedrock-agentcore:{region}:{account}"
        ":code-interpreter-custom/{code_interpreter_id}"
    )
    wire_case = "camel"

    id: str = field("ARN.", wire="codeInterpreterArn")
    code_interpreter_id: str | None = field("Id.")
    description: str | None = field("Description.")
    status: str | None = field("READY …")
    created_at: Timestamp | None = field("When it was made.")
    last_updated_at: Timestamp | None = field("When it was last changed.")
    execution_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    network_mode: str | None = field(
        "PUBLIC, VPC, or SANDBOX, which reaches no further than S3.", call=_CALL
    )
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_CALL)
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_CALL
    )


class BedrockAgentCore(AWSCollector):
    """Code interpreters."""

    service = "bedrock-agentcore-control"
    permissions = (
        "bedrock-agentcore:GetCodeInterpreter",
        "bedrock-agentcore:ListCodeInterpreters",
        "bedrock-agentcore:ListTagsForResource",
    )

    @lists(CodeInterpreter)
    def code_interpreters(self, api: AWSApi) -> Iterator[CodeInterpreter]:
        """The account's own code interpreters; AWS's shared one acts as nobody."""

        def detailed(raw: dict[str, Any]) -> CodeInterpreter:
            answer = api.read("get_code_interpreter", codeInterpreterId=raw["codeInterpreterId"])
            tags = api.read("list_tags_for_resource", resourceArn=raw["codeInterpreterArn"])
            network = "networkConfiguration"
            return CodeInterpreter.load(
                raw,
                api.here,
                execution_role=answered(answer, "executionRoleArn"),
                network_mode=answered(answer, f"{network}.networkMode"),
                subnets=answered(answer, f"{network}.vpcConfig.subnets", []),
                security_groups=answered(answer, f"{network}.vpcConfig.securityGroups", []),
                tags=answered(tags, "tags", {}),
            )

        own = api.pages("list_code_interpreters", "codeInterpreterSummaries", type="CUSTOM")
        return api.each(detailed, own)
