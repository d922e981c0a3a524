"""Namespaces and workgroups, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.redshift_serverless import RedshiftServerless
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:redshift-serverless:us-east-1:111122223333"
NAMESPACE = f"{ARN}:namespace/0a100000-0000-4000-8000-00000000d601"
WORKGROUP = f"{ARN}:workgroup/0a100000-0000-4000-8000-00000000d701"


@pytest.fixture
def serverless(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, RedshiftServerless)


def test_a_namespace_names_its_roles(serverless: Callable[..., Read]) -> None:
    found = serverless()
    namespace = found[NAMESPACE]
    assert (namespace.name, namespace.database) == ("clew-adhoc", "dev")
    assert namespace.iam_roles == ["arn:aws:iam::111122223333:role/events-invoke"]
    assert (namespace.kms_key_id, namespace.admin_secret) == ("", "")
    assert (namespace.log_exports, namespace.tags) == (["userlog"], ["team=data"])
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_workgroup_answers_for_a_namespace(serverless: Callable[..., Read]) -> None:
    workgroup = serverless()[WORKGROUP]
    assert (workgroup.name, workgroup.namespace) == ("clew-adhoc", "clew-adhoc")
    assert (workgroup.subnets, workgroup.security_groups) == (
        ["subnet-0a1000000000000b1"],
        ["sg-0a100000000000003"],
    )
    assert (workgroup.publicly_accessible, workgroup.endpoint_port) == (False, 5439)


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListNamespaces", {"AWSRedshiftServerlessNamespace"}),
        ("ListWorkgroups", {"AWSRedshiftServerlessWorkgroup"}),
        ("ListTagsForResource", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    serverless: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("redshift-serverless", operation, code="AccessDeniedException")
    found = serverless()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels
