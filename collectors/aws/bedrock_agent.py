"""Amazon Bedrock agents: the functions and knowledge bases that they use, and as whom."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi

_AGENT = "GetAgent"
_BASE = "GetKnowledgeBase"
_DRAFT = "DRAFT"
"""The version that every agent has."""


class Agent(AWSResource):
    """An agent, with what its draft version uses (ListAgents). Its instructions are not kept: they
    may be secret."""

    label = "AWSBedrockAgent"
    identity = "arn:{partition}:bedrock:{region}:{account}:agent/{agent_id}"
    wire_case = "camel"

    name: str | None = field("Name.", wire="agentName")
    agent_id: str | None = field("Id.")
    description: str | None = field("Description.")
    status: str | None = field("PREPARED if it can be called; NOT_PREPARED …", wire="agentStatus")
    updated_at: Timestamp | None = field("When it was last changed.")
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_AGENT)
    foundation_model: str | None = field("Model that it is made of.", call=_AGENT)
    kms_key: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_AGENT
    )
    orchestration_functions: list[str] | None = ref(
        "AWSLambda", by="id", rel="INVOKES", call=_AGENT
    )
    action_functions: list[str] | None = ref(
        "AWSLambda", by="id", rel="INVOKES", call="GetAgentActionGroup"
    )
    knowledge_bases: list[str] | None = ref(
        "AWSBedrockKnowledgeBase",
        by="knowledge_base_id",
        rel="READS_FROM",
        call="ListAgentKnowledgeBases",
    )


class KnowledgeBase(AWSResource):
    """Documents that models and agents are asked about (ListKnowledgeBases)."""

    label = "AWSBedrockKnowledgeBase"
    identity = "arn:{partition}:bedrock:{region}:{account}:knowledge-base/{knowledge_base_id}"
    wire_case = "camel"

    knowledge_base_id: str | None = field("Id.")
    description: str | None = field("Description.")
    status: str | None = field("ACTIVE …")
    updated_at: Timestamp | None = field("When it was last changed.")
    type: str | None = field("VECTOR, KENDRA, SQL or MANAGED.", call=_BASE)
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_BASE)
    buckets: list[str] | None = ref("AWSS3Bucket", by="id", rel="READS_FROM", call="GetDataSource")


class BedrockAgent(AWSCollector):
    """Agents and knowledge bases."""

    service = "bedrock-agent"
    permissions = (
        "bedrock:GetAgent",
        "bedrock:GetAgentActionGroup",
        "bedrock:GetDataSource",
        "bedrock:GetKnowledgeBase",
        "bedrock:ListAgentActionGroups",
        "bedrock:ListAgentKnowledgeBases",
        "bedrock:ListAgents",
        "bedrock:ListDataSources",
        "bedrock:ListKnowledgeBases",
        "bedrock:ListTagsForResource",
    )

    @lists(Agent)
    def agents(self, api: AWSApi) -> Iterator[Agent]:
        """Agents."""

        def detailed(raw: dict[str, Any]) -> Agent:
            arn, agent = Agent.load(raw, api.here).id, raw["agentId"]
            answer = api.read("get_agent", agentId=agent)
            bases = api.details(
                "list_agent_knowledge_bases",
                "agentKnowledgeBaseSummaries",
                agentId=agent,
                agentVersion=_DRAFT,
            )
            return Agent.load(
                raw,
                api.here,
                role=answered(answer, "agent.agentResourceRoleArn"),
                foundation_model=answered(answer, "agent.foundationModel"),
                kms_key=answered(answer, "agent.customerEncryptionKeyArn"),
                orchestration_functions=_functions(
                    answered(answer, "agent.customOrchestration.executor.lambda"),
                    answered(answer, "agent.promptOverrideConfiguration.overrideLambda"),
                ),
                action_functions=_action_functions(api, agent),
                knowledge_bases=bases
                and sorted(
                    base["knowledgeBaseId"]
                    for base in bases
                    if base["knowledgeBaseState"] == "ENABLED"
                ),
                tags=_tags(api, arn),
            )

        return api.each(detailed, api.pages("list_agents", "agentSummaries"))

    @lists(KnowledgeBase)
    def knowledge_bases(self, api: AWSApi) -> Iterator[KnowledgeBase]:
        """Knowledge bases."""

        def detailed(raw: dict[str, Any]) -> KnowledgeBase:
            arn, base = KnowledgeBase.load(raw, api.here).id, raw["knowledgeBaseId"]
            answer = api.read("get_knowledge_base", knowledgeBaseId=base)
            return KnowledgeBase.load(
                raw,
                api.here,
                type=answered(answer, "knowledgeBase.knowledgeBaseConfiguration.type"),
                role=answered(answer, "knowledgeBase.roleArn"),
                buckets=_buckets(api, base),
                tags=_tags(api, arn),
            )

        return api.each(detailed, api.pages("list_knowledge_bases", "knowledgeBaseSummaries"))


def _action_functions(api: AWSApi, agent: str) -> list[str] | None:
    """The functions behind an agent's action groups; None if not all of these were read."""
    version: dict[str, Any] = {"agentId": agent, "agentVersion": _DRAFT}
    groups = api.details("list_agent_action_groups", "actionGroupSummaries", **version)
    if groups is None:
        return None
    answers = [
        api.read("get_agent_action_group", actionGroupId=group["actionGroupId"], **version)
        for group in groups
        if group["actionGroupState"] == "ENABLED"
    ]
    executor = "agentActionGroup.actionGroupExecutor.lambda"
    return _functions(*(answered(answer, executor) for answer in answers))


def _functions(*arns: str | None) -> list[str] | None:
    """The functions that ARNs name; None if one was not read."""
    known = [arn for arn in arns if arn is not None]
    return sorted({function_arn(arn) for arn in known if arn}) if len(known) == len(arns) else None


def _buckets(api: AWSApi, base: str) -> list[str] | None:
    """The buckets that a knowledge base is filled from; None if not all sources were read."""
    sources = api.details("list_data_sources", "dataSourceSummaries", knowledgeBaseId=base)
    if sources is None:
        return None
    answers = [
        api.read("get_data_source", knowledgeBaseId=base, dataSourceId=source["dataSourceId"])
        for source in sources
    ]
    if None in answers:
        return None
    bucket = "dataSource.dataSourceConfiguration.s3Configuration.bucketArn"
    return sorted({answered(answer, bucket) for answer in answers} - {""})


def _tags(api: AWSApi, arn: str) -> dict[str, str] | None:
    answer = api.read("list_tags_for_resource", resourceArn=arn)
    tags: dict[str, str] | None = answered(answer, "tags", {})
    return tags
