"""File servers and their users, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.transfer import Transfer
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:transfer:us-east-1:111122223333"
PARTNERS = "s-0a1000000000000001"
ROLE = "arn:aws:iam::111122223333:role"


@pytest.fixture
def servers(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Transfer)


def test_a_server_says_who_keeps_its_users(servers: Callable[..., Read]) -> None:
    found = servers()
    partners, office = (found[f"{ARN}:server/{id_}"] for id_ in (PARTNERS, "s-0a1000000000000002"))
    assert (partners.identity_provider_type, partners.endpoint_type) == (
        "SERVICE_MANAGED",
        "PUBLIC",
    )
    assert (partners.state, partners.protocols) == ("ONLINE", ["SFTP"])
    assert partners.logging_role == f"{ROLE}/sns-feedback"
    assert partners.workflow_roles == [f"{ROLE}/events-invoke"]
    assert (partners.identity_function, partners.certificate, partners.subnet_ids) == ("", "", [])
    assert partners.tags == ["team=partners"]
    assert office.identity_function.endswith(":function:resize-images")
    assert (office.vpc_endpoint_id, office.workflow_roles) == ("vpce-0a100000000000002", [])
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_user_has_a_role_and_a_home(servers: Callable[..., Read]) -> None:
    found = servers()
    courier, printer = (found[f"{ARN}:user/{PARTNERS}/{name}"] for name in ("courier", "printer"))
    assert (courier.server_id, courier.role) == (PARTNERS, f"{ROLE}/s3-replication")
    assert (courier.home_buckets, courier.policy) == (["clew-prod-archive"], "")
    assert (courier.ssh_public_key_count, courier.tags) == (1, ["partner=courier"])
    assert (printer.home_directory_type, printer.home_buckets) == (
        "LOGICAL",
        ["clew-prod-archive"],
    )
    assert "s3:PutObject" in printer.policy


def test_keys_are_not_kept(servers: Callable[..., Read]) -> None:
    for resource in servers().collected.resources:
        assert "bmV2ZXIta2VwdA" not in resource.model_dump_json()


def test_what_was_refused_is_unread(servers: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("transfer", "DescribeServer")
    aws_replay.deny("transfer", "DescribeUser")
    found = servers()
    partners = found[f"{ARN}:server/{PARTNERS}"]
    courier = found[f"{ARN}:user/{PARTNERS}/courier"]
    assert (partners.protocols, partners.workflow_roles, partners.tags) == (None, None, None)
    assert (courier.home_buckets, courier.policy, courier.tags) == (None, None, None)
    assert courier.role == f"{ROLE}/s3-replication"
    assert found.failed == {"DescribeServer": "denied", "DescribeUser": "denied"}
    assert found.incomplete == set()


@pytest.mark.parametrize(
    ("operation", "incomplete"),
    [
        ("ListServers", {"AWSTransferServer", "AWSTransferUser"}),
        ("ListUsers", {"AWSTransferUser"}),
    ],
)
def test_a_refused_listing_leaves_its_label_incomplete(
    servers: Callable[..., Read], aws_replay: AwsReplay, operation: str, incomplete: set[str]
) -> None:
    aws_replay.deny("transfer", operation)
    assert servers().incomplete == incomplete
