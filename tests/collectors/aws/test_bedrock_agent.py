"""Agents and knowledge bases, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.bedrock_agent import BedrockAgent
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:bedrock:us-east-1:111122223333"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function"
ROLE = "arn:aws:iam::111122223333:role/events-invoke"


@pytest.fixture
def agents(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, BedrockAgent)


def test_an_agent_names_what_it_uses_and_its_role(agents: Callable[..., Read]) -> None:
    found = agents()
    support, draft = found[f"{ARN}:agent/CLEWAGENT1"], found[f"{ARN}:agent/CLEWAGENT2"]
    assert (support.name, support.status, support.role) == ("clew-support", "PREPARED", ROLE)
    assert support.action_functions == [f"{FUNCTION}:resize-images"]
    assert support.orchestration_functions == [f"{FUNCTION}:rotate-secret"]
    assert (support.knowledge_bases, support.tags) == (["CLEWBASE01"], ["team=support"])
    assert support.kms_key.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert (draft.action_functions, draft.orchestration_functions) == ([], [])
    assert (draft.knowledge_bases, draft.kms_key, draft.foundation_model) == ([], "", "")
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_knowledge_base_is_filled_from_buckets(agents: Callable[..., Read]) -> None:
    manuals = agents()[f"{ARN}:knowledge-base/CLEWBASE01"]
    assert (manuals.name, manuals.status, manuals.type) == ("clew-manuals", "ACTIVE", "VECTOR")
    assert (manuals.role, manuals.buckets) == (ROLE, ["arn:aws:s3:::clew-prod-assets"])


def test_the_instructions_of_an_agent_are_not_kept(agents: Callable[..., Read]) -> None:
    for resource in agents().collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


@pytest.mark.parametrize(
    ("operation", "unread"),
    [
        ("GetAgent", ("role", "foundation_model", "kms_key", "orchestration_functions")),
        ("ListAgentActionGroups", ("action_functions",)),
        ("GetAgentActionGroup", ("action_functions",)),
        ("ListAgentKnowledgeBases", ("knowledge_bases",)),
        ("ListTagsForResource", ("tags",)),
    ],
)
def test_what_was_refused_of_an_agent_is_unread(
    agents: Callable[..., Read], aws_replay: AwsReplay, operation: str, unread: tuple[str, ...]
) -> None:
    aws_replay.deny("bedrock-agent", operation)
    found = agents()
    support = found[f"{ARN}:agent/CLEWAGENT1"]
    details = {name for name in type(support).model_fields if getattr(support, name) is None}
    assert details == {*unread, "missing"}
    assert found.failed == {operation: "denied"}
    assert found.incomplete == set()


@pytest.mark.parametrize(
    ("operation", "unread"),
    [
        ("GetKnowledgeBase", {"type", "role"}),
        ("ListDataSources", {"buckets"}),
        ("GetDataSource", {"buckets"}),
    ],
)
def test_what_was_refused_of_a_knowledge_base_is_unread(
    agents: Callable[..., Read], aws_replay: AwsReplay, operation: str, unread: set[str]
) -> None:
    aws_replay.deny("bedrock-agent", operation)
    manuals = agents()[f"{ARN}:knowledge-base/CLEWBASE01"]
    details = {name for name in type(manuals).model_fields if getattr(manuals, name) is None}
    assert details == {*unread, "missing"}


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("ListAgents", "AWSBedrockAgent"),
        ("ListKnowledgeBases", "AWSBedrockKnowledgeBase"),
    ],
)
def test_a_refused_listing_leaves_its_label_incomplete(
    agents: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("bedrock-agent", operation)
    assert agents().incomplete == {label}
