"""Rules and remediations, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.config import Config
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:config:us-east-1:111122223333"
TAGS, VERSIONING = f"{ARN}:config-rule/config-rule-clew02", f"{ARN}:config-rule/config-rule-clew01"
REMEDIATION = f"{ARN}:remediation-configuration/clew-tags/0a100000-0000-4000-8000-00000000cf01"


@pytest.fixture
def config(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Config)


def test_a_rule_says_what_decides_it(config: Callable[..., Read]) -> None:
    found = config()
    own, managed = found[TAGS], found[VERSIONING]
    assert (own.name, own.owner, own.managed_rule) == ("clew-tags", "CUSTOM_LAMBDA", "")
    assert own.function == "arn:aws:lambda:us-east-1:111122223333:function:resize-images"
    assert (managed.managed_rule, managed.function) == ("S3_BUCKET_VERSIONING_ENABLED", "")
    assert managed.resource_types == ["AWS::S3::Bucket"]
    assert "never-to-be-kept" not in own.model_dump_json()
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_remediation_runs_a_document_as_a_role(config: Callable[..., Read]) -> None:
    remediation = config()[REMEDIATION]
    assert (remediation.rule, remediation.document) == ("clew-tags", "clew-tag")
    assert remediation.role == "arn:aws:iam::111122223333:role/events-invoke"
    assert (remediation.automatic, remediation.document_version) == (False, "")


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("DescribeConfigRules", {"AWSConfigRule", "AWSConfigRemediation"}),
        ("DescribeRemediationConfigurations", {"AWSConfigRemediation"}),
        ("ListTagsForResource", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    config: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("config", operation, code="AccessDeniedException")
    found = config()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels
