"""Code interpreters as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.bedrock_agentcore_control import BedrockAgentCore
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:code-interpreter-custom"
ANALYST = f"{ARN}/clew_analyst-0a10000001"
SANDBOX = f"{ARN}/clew_sandbox-0a10000002"


@pytest.fixture
def interpreters(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, BedrockAgentCore)


def test_an_interpreter_names_what_its_code_acts_as(interpreters: Callable[..., Read]) -> None:
    found = interpreters()
    analyst, sandbox = found[ANALYST], found[SANDBOX]
    assert analyst.execution_role == "arn:aws:iam::111122223333:role/lambda-exec"
    assert (analyst.name, analyst.status, analyst.network_mode) == ("clew_analyst", "READY", "VPC")
    assert analyst.subnets == ["subnet-0a1000000000000b1"]
    assert analyst.security_groups == ["sg-0a100000000000002"]
    assert (analyst.tags, sandbox.tags) == (["team=data"], [])
    assert (sandbox.execution_role, sandbox.network_mode, sandbox.subnets) == ("", "SANDBOX", [])


def test_an_undescribed_interpreter_has_an_unread_role(
    interpreters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("bedrock-agentcore-control", "GetCodeInterpreter")
    found = interpreters()
    assert (found[SANDBOX].execution_role, found[SANDBOX].network_mode) == (None, None)
    assert found.incomplete == set()


def test_where_interpreters_cannot_be_listed_they_are_incomplete(
    interpreters: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("bedrock-agentcore-control", "ListCodeInterpreters")
    assert interpreters().incomplete == {"AWSBedrockCodeInterpreter"}
