"""Managed machines, documents and parameters as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.ssm import SSM
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:ssm:us-east-1:111122223333"
LABELS = {"AWSSSMManagedInstance", "AWSSSMDocument", "AWSSSMParameter"}


@pytest.fixture
def systems(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, SSM)


def test_a_machine_in_ec2_is_distinguished_from_one_elsewhere(systems: Callable[..., Read]) -> None:
    found = systems()
    app = found[f"{ARN}:managed-instance/i-0a100000000000002"]
    assert (app.instance, app.resource_type, app.ping_status) == (
        "i-0a100000000000002",
        "EC2Instance",
        "Online",
    )
    assert (app.platform_type, app.agent_version, app.role) == ("Linux", "3.3.131.0", "")
    gateway = found[f"{ARN}:managed-instance/mi-0a100000000000001"]
    assert (gateway.name, gateway.instance, gateway.ping_status) == (
        "office-gateway",
        "",
        "ConnectionLost",
    )
    assert gateway.role == "ecs-task", "the path before a role's name finds nothing"
    assert (gateway.tags, app.tags) == (["team=platform"], None), "tags in EC2 are the instance's"
    assert gateway.registration_date == "2025-02-01T08:00:00Z"


def test_an_automation_names_whom_it_acts_as(systems: Callable[..., Read]) -> None:
    found = systems()
    roles = {
        name: found[f"{ARN}:document/clew-{name}"].assume_role
        for name in ("restart", "tag", "snapshot", "collect-logs")
    }
    assert roles == {
        "restart": "arn:aws:iam::111122223333:role/lambda-exec",
        "tag": "arn:aws:iam::111122223333:role/events-invoke",
        "snapshot": "",
        "collect-logs": "",
    }
    restart = found[f"{ARN}:document/clew-restart"]
    assert (restart.document_type, restart.owner, restart.tags) == (
        "Automation",
        "111122223333",
        ["team=platform"],
    )


def test_an_unread_document_has_an_unread_role(systems: Callable[..., Read]) -> None:
    found = systems(account="444455556666")
    document = found["arn:aws:ssm:us-east-1:444455556666:document/dev-cleanup"]
    assert (document.document_type, document.assume_role) == ("Automation", None)
    assert found.failed == {"GetDocument": "denied"}
    assert found.incomplete == set()


def test_a_parameter_is_known_by_name_and_key_alone(systems: Callable[..., Read]) -> None:
    found = systems()
    payment = found[f"{ARN}:parameter/clew/payment-key"]
    assert (payment.name, payment.type, payment.kms_key_id) == (
        "/clew/payment-key",
        "SecureString",
        "alias/prod-data",
    )
    assert found[f"{ARN}:parameter/clew-build-token"].kms_key_id == "alias/prod-logs"
    assert found[f"{ARN}:parameter/clew/flags"].kms_key_id == ""
    assert systems(regions=("eu-west-1",)).names("AWSSSMParameter") == {"/clew/report/bucket"}


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("DescribeInstanceInformation", "AWSSSMManagedInstance"),
        ("ListDocuments", "AWSSSMDocument"),
        ("DescribeParameters", "AWSSSMParameter"),
    ],
)
def test_a_refused_listing_leaves_one_kind_incomplete(
    systems: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("ssm", operation)
    found = systems()
    assert found.incomplete == {label}
    assert {each.label for each in found.collected.resources} == LABELS - {label}
