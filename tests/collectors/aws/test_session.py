"""Credentials, accounts and regions, against STS, Organizations and EC2 on a replay server."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.parsers import ResponseParserError
from clew.collectors.api import Limits
from clew.collectors.aws.accounts import AWSOptions, connect
from clew.collectors.aws.clients import Clients
from clew.collectors.aws.omics import Omics
from clew.collectors.aws.s3control import S3Control
from clew.collectors.aws.session import AWSAccount, classify
from clew.collectors.errors import CollectError
from clew.collectors.options import Patience
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import write_estate

PROD, DEV, CLOSED = "111122223333", "444455556666", "777788889999"
REGIONS = ["us-east-1", "eu-west-1"]


def member(account: str, status: str = "ACTIVE") -> dict[str, str]:
    return {"Id": account, "Status": status, "Name": account}


def regions() -> dict[str, Any]:
    return {"DescribeRegions": {"Regions": [{"RegionName": name} for name in REGIONS]}}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsReplay]:
    estate = write_estate(
        tmp_path,
        {
            f"{PROD}/us-east-1/ec2": regions(),
            f"{DEV}/us-east-1/ec2": regions(),
            f"{PROD}/global/organizations": {
                "ListAccounts": {
                    "Accounts": [member(PROD), member(DEV), member(CLOSED, "SUSPENDED")]
                }
            },
            f"{PROD}/global/s3control": {
                "GetPublicAccessBlock": {
                    "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}
                }
            },
        },
    )
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"AKIA{PROD}")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with AwsReplay(estate) as replay:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{replay.port}")
        yield replay


def shown(accounts: list[AWSAccount]) -> dict[str, tuple[bool, tuple[str, ...]]]:
    return {account.id: (account.reachable, tuple(account.regions)) for account in accounts}


def test_the_own_account_with_its_enabled_regions(server: AwsReplay) -> None:
    assert shown(connect(AWSOptions())) == {PROD: (True, ("eu-west-1", "us-east-1"))}


def test_regions_can_be_chosen(server: AwsReplay) -> None:
    assert shown(connect(AWSOptions(regions=["eu-west-1"]))) == {PROD: (True, ("eu-west-1",))}


def test_every_active_account_of_the_organization(server: AwsReplay) -> None:
    everyone = (True, ("eu-west-1", "us-east-1"))
    assert shown(connect(AWSOptions(org_role="audit"))) == {PROD: everyone, DEV: everyone}


def test_a_role_is_assumed_with_its_external_id(server: AwsReplay) -> None:
    role = f"arn:aws:iam::{DEV}:role/audit"
    accounts = connect(AWSOptions(roles=[role], external_id="secret handshake"))
    assert shown(accounts) == {DEV: (True, ("eu-west-1", "us-east-1"))}
    (assumed, *_) = [call for call in server.calls if call.operation == "AssumeRole"]
    assert (assumed.params["RoleArn"], assumed.params["ExternalId"]) == (role, "secret handshake")


def test_each_role_of_a_chain_assumes_the_next(server: AwsReplay) -> None:
    chain = f"arn:aws:iam::{PROD}:role/jump, arn:aws:iam::{DEV}:role/audit"
    options = AWSOptions(roles=[chain], session_name="night", session_seconds=900)
    assert shown(connect(options)) == {DEV: (True, ("eu-west-1", "us-east-1"))}
    calls = [call for call in server.calls if call.operation == "AssumeRole"]
    assert [call.params["RoleArn"].rpartition("/")[2] for call in calls] == ["jump", "audit"]
    asked = {(call.params["RoleSessionName"], call.params["DurationSeconds"]) for call in calls}
    assert asked == {("night", 900)}


def test_a_chain_that_breaks_leaves_its_last_account_unreachable(server: AwsReplay) -> None:
    server.deny("sts", "AssumeRole")
    roles = [f"arn:aws:iam::{PROD}:role/jump,arn:aws:iam::{DEV}:role/audit"]
    (account,) = connect(AWSOptions(roles=roles))
    assert (account.id, account.reachable) == (DEV, False)
    assert [record.status for record in account.coverage] == [Status.DENIED]


def test_an_account_that_one_of_several_profiles_reaches_is_read(
    server: AwsReplay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id = AKIA{account}\naws_secret_access_key = none\n"
            for name, account in (("dev", DEV), ("prod", PROD))
        )
    )
    server.deny("sts", "AssumeRole", account=DEV)
    options = AWSOptions(profiles=["dev", "prod"], roles=[f"arn:aws:iam::{PROD}:role/audit"])
    assert shown(connect(options)) == {PROD: (True, ("eu-west-1", "us-east-1"))}
    assert shown(connect(AWSOptions(profiles=["dev", "prod"]))).keys() == {DEV, PROD}


def test_a_token_of_an_mfa_device_signs_in_once(server: AwsReplay) -> None:
    roles = [f"arn:aws:iam::{account}:role/audit" for account in (PROD, DEV)]
    device = f"arn:aws:iam::{PROD}:mfa/phone"
    connect(AWSOptions(roles=roles, mfa_serial=device, mfa_token="123456"))
    (signed,) = [call for call in server.calls if call.operation == "GetSessionToken"]
    assert signed.params == {"SerialNumber": device, "TokenCode": "123456"}


def test_the_device_of_a_token_may_be_the_profiles(server: AwsReplay, tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="add --mfa-serial"):
        connect(AWSOptions(mfa_token="123456"))
    device = f"arn:aws:iam::{PROD}:mfa/phone"
    (tmp_path / "config").write_text(f"[default]\nmfa_serial = {device}\n")
    connect(AWSOptions(mfa_token="123456"))
    assert server.calls[0].params["SerialNumber"] == device


def test_regions_can_be_left_out(server: AwsReplay) -> None:
    assert shown(connect(AWSOptions(excluded_regions=["eu-west-1"]))) == {
        PROD: (True, ("us-east-1",))
    }
    for options in (
        AWSOptions(excluded_regions=REGIONS),
        AWSOptions(regions=["eu-west-1"], excluded_regions=["eu-west-1"]),
    ):
        with pytest.raises(CollectError, match=f"All regions of {PROD} are excluded"):
            connect(options)


def test_calls_are_tried_as_often_as_is_wished(server: AwsReplay) -> None:
    server.throttle("ec2", "DescribeRegions")
    connect(AWSOptions(attempts=2))
    assert [call.operation for call in server.calls].count("DescribeRegions") == 2


def test_an_account_whose_role_is_refused_stays_in_the_scan_as_unreachable(
    server: AwsReplay,
) -> None:
    server.deny("sts", "AssumeRole")
    accounts = connect(AWSOptions(org_role="audit"))
    assert shown(accounts) == {PROD: (True, ("eu-west-1", "us-east-1")), DEV: (False, ())}
    (record,) = accounts[1].coverage
    assert (record.operation, record.account, record.status) == ("AssumeRole", DEV, "denied")


def test_without_the_list_of_regions_those_that_are_always_on_are_read(server: AwsReplay) -> None:
    server.deny("ec2", "DescribeRegions", code="UnauthorizedOperation")
    (account,) = connect(AWSOptions())
    assert {"us-east-1", "eu-central-1", "sa-east-1", "ap-northeast-3"} <= set(account.regions)
    assert len(account.regions) == 17
    assert not {"ap-east-1", "eu-south-1", "me-central-1", "ca-west-1"} & set(account.regions)
    (record,) = account.coverage
    assert (record.operation, record.status.value) == ("DescribeRegions", "denied")
    assert record.message.endswith(
        "Only the regions that are enabled by default were read; name others with --region."
    )


def test_a_region_that_is_named_needs_no_list_of_them(server: AwsReplay) -> None:
    server.deny("ec2", "DescribeRegions", code="UnauthorizedOperation")
    (account,) = connect(AWSOptions(regions=["eu-south-1"]))
    assert account.regions == ("eu-south-1",)
    assert "--region" not in account.coverage[0].message


def test_s3control_works_on_an_endpoint_that_is_an_address(server: AwsReplay) -> None:
    (account,) = connect(AWSOptions(regions=["us-east-1"]))
    api = account.api(S3Control, "global", Limits(1))
    (block,) = S3Control().public_access_block(api)
    assert block.block_public_acls is True


Break = Callable[[AwsReplay, pytest.MonkeyPatch], AWSOptions]


def no_credentials(server: AwsReplay, patch: pytest.MonkeyPatch) -> AWSOptions:
    patch.delenv("AWS_ACCESS_KEY_ID")
    patch.delenv("AWS_SECRET_ACCESS_KEY")
    return AWSOptions()


def expired_token(server: AwsReplay, patch: pytest.MonkeyPatch) -> AWSOptions:
    server.deny("sts", "GetCallerIdentity", code="ExpiredToken")
    return AWSOptions()


def not_reachable(server: AwsReplay, patch: pytest.MonkeyPatch) -> AWSOptions:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    return AWSOptions()


def organization_refused(server: AwsReplay, patch: pytest.MonkeyPatch) -> AWSOptions:
    server.deny("organizations", "ListAccounts", code="AccessDeniedException")
    return AWSOptions(org_role="audit")


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (no_credentials, "No AWS credentials were found"),
        (expired_token, "have expired"),
        (not_reachable, "cannot be reached"),
        (organization_refused, "refused to list the organization's accounts"),
        (lambda *_: AWSOptions(profiles=["nobody"]), "There is no AWS profile 'nobody'"),
        (lambda *_: AWSOptions(regions=["mars-1"]), "There is no AWS region 'mars-1'"),
        (lambda *_: AWSOptions(excluded_regions=["mars-1"]), "There is no AWS region 'mars-1'"),
        (lambda *_: AWSOptions(roles=["audit"]), "is not the ARN of a role"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    server: AwsReplay, monkeypatch: pytest.MonkeyPatch, break_it: Break, sentence: str
) -> None:
    options = break_it(server, monkeypatch)
    with pytest.raises(CollectError, match=sentence) as caught:
        connect(options)
    assert "\n" not in str(caught.value)


def test_an_answer_that_is_none_of_the_services_own_is_a_failed_call() -> None:
    failure = classify(ResponseParserError("not XML"))
    assert failure
    assert (failure.status, failure.code) == (Status.ERROR, "ResponseParserError")
    assert classify(KeyError("a mistake of our own")) is None


def test_what_a_service_writes_before_its_host_is_left_out_for_an_address(
    server: AwsReplay,
) -> None:
    (account,) = connect(AWSOptions(regions=("us-east-1",)))
    api = account.api(Omics, "us-east-1", Limits(1))
    assert list(api.pages("list_workflows", "items")) == []
    assert api.records["ListWorkflows"].status == Status.OK


@pytest.mark.parametrize("region", ["us-east-1", "us-west-1"])
def test_an_endpoint_that_is_not_reached_says_nothing_of_what_is_there(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    session = boto3.Session("AKIA", "none", region_name=region)
    account = AWSAccount(PROD, "aws", session, (region,))
    api = account.api(Omics, region, Limits(1))
    assert list(api.pages("list_workflows", "items")) == []
    assert api.records["ListWorkflows"].status == Status.ERROR


@pytest.mark.parametrize("error", [socket.EAI_NONAME, socket.EAI_AGAIN, None])
def test_no_client_is_made_where_the_sdk_and_the_name_system_know_of_no_endpoint(
    monkeypatch: pytest.MonkeyPatch, error: int | None
) -> None:
    for name in os.environ:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    asked = []

    def look_up(host: str, *_: Any) -> None:
        asked.append(host)
        if error is not None and "us-west-1" in host:
            raise socket.gaierror(error, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    session = boto3.Session("AKIA", "none", region_name="us-west-1")
    account = AWSAccount(PROD, "aws", session, ("us-east-1", "us-west-1"))
    assert account.offers("omics", "us-east-1")
    for _ in range(2):
        assert account.offers("omics", "us-west-1") is (error != socket.EAI_NONAME)
    assert asked[0] == "omics.us-west-1.amazonaws.com"
    assert len(asked) == (2 if error == socket.EAI_NONAME else 1)
    if error == socket.EAI_NONAME:
        monkeypatch.setattr(account, "client", None)
        api = account.api(Omics, "us-west-1", Limits(1))
        assert list(api.pages("list_workflows", "items")) == []
        assert api.records["ListWorkflows"].status == Status.OK
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        assert AWSAccount(PROD, "aws", session).offers("omics", "us-west-1")


def test_a_name_system_that_knows_nothing_outside_does_not_empty_regions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in os.environ:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)

    def know_nothing(host: str, *_: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", know_nothing)
    session = boto3.Session("AKIA", "none", region_name="us-west-1")
    account = AWSAccount(
        PROD, "aws", session, ("us-west-1",), clients=Clients(Patience(attempts=1))
    )
    assert account.offers("omics", "us-west-1")
    api = account.api(Omics, "us-west-1", Limits(1))
    assert list(api.pages("list_workflows", "items")) == []
    assert api.records["ListWorkflows"].status == Status.ERROR
