"""Stacks and stack sets as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.cloudformation import CloudFormation
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:cloudformation:us-east-1:111122223333"
NETWORK = f"{ARN}:stack/clew-network/0a100000-1111-4111-8111-000000000001"
NESTED = f"{ARN}:stack/clew-network-endpoints-1A2B3C4D/0a100000-1111-4111-8111-000000000002"
GUARDRAILS = f"{ARN}:stackset/clew-guardrails:0a100000-2222-4222-8222-000000000001"
AUDIT = f"{ARN}:stackset/clew-audit:0a100000-2222-4222-8222-000000000002"
ROLE = "arn:aws:iam::111122223333:role/ci-deploy"


@pytest.fixture
def stacks(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, CloudFormation)


def test_a_stack_names_what_it_acts_as(stacks: Callable[..., Read]) -> None:
    found = stacks()
    network, nested = found[NETWORK], found[NESTED]
    assert (network.name, network.status, network.role_arn) == (
        "clew-network",
        "UPDATE_COMPLETE",
        ROLE,
    )
    assert network.capabilities == ["CAPABILITY_NAMED_IAM"]
    assert network.notification_arns == ["arn:aws:sns:us-east-1:111122223333:clew-alerts"]
    assert (network.parent_id, nested.parent_id) == ("", NETWORK)
    assert (network.termination_protected, nested.termination_protected) == (True, False)
    assert (network.parameter_names, network.output_names) == (["Cidr"], ["VpcId"])
    assert network.tags == ["team=platform"]
    assert "10.10.0.0/16" not in network.model_dump_json()


def test_a_stack_without_a_role_acts_with_its_callers_rights(stacks: Callable[..., Read]) -> None:
    found = stacks(account="444455556666")
    (stack,) = found.collected.resources
    assert (stack.name, stack.model_dump()["role_arn"]) == ("dev-hook", "")
    assert found.incomplete == set()


def test_a_stack_set_names_its_roles(stacks: Callable[..., Read]) -> None:
    found = stacks()
    guardrails, audit = found[GUARDRAILS], found[AUDIT]
    assert (guardrails.permission_model, guardrails.auto_deployment) == ("SERVICE_MANAGED", True)
    assert (guardrails.administration_role, guardrails.execution_role_name) == ("", "")
    assert guardrails.organizational_units == ["ou-clew-work0001"]
    assert guardrails.tags == ["team=security"]
    assert (audit.permission_model, audit.auto_deployment) == ("SELF_MANAGED", False)
    assert audit.administration_role == ROLE
    assert audit.execution_role_name == "AWSCloudFormationStackSetExecutionRole"


def test_an_undescribed_stack_set_has_unread_roles(
    stacks: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("cloudformation", "DescribeStackSet", code="AccessDenied")
    found = stacks()
    audit = found[AUDIT]
    assert (audit.name, audit.permission_model) == ("clew-audit", "SELF_MANAGED")
    assert (audit.administration_role, audit.execution_role_name, audit.tags) == (None, None, None)
    assert found.incomplete == set()


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("DescribeStacks", "AWSCloudFormationStack"),
        ("ListStackSets", "AWSCloudFormationStackSet"),
    ],
)
def test_a_refused_listing_leaves_stacks_or_stack_sets_incomplete(
    stacks: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("cloudformation", operation, code="AccessDenied")
    found = stacks()
    assert found.incomplete == {label}
    assert {each.label for each in found.collected.resources} == {
        "AWSCloudFormationStack",
        "AWSCloudFormationStackSet",
    } - {label}
