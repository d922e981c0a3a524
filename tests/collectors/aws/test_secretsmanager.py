"""Secrets of the demo estate."""

from pathlib import Path

from clew.collectors.aws.secretsmanager import SecretsManager
from clew.graph.model import MissingReason
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, Reading
from support.collecting import aws_account, collect, write_estate

SECRET = "AWSSecret"
ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:clew/db-A1b2C3"


def test_a_secret_names_its_key_and_what_rotates_it(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, SecretsManager)
    secret = read(SECRET, "clew/db", "us-east-1")
    assert (secret.id, secret.partial_arn) == (ARN, ARN.removesuffix("-A1b2C3"))
    assert secret.kms_key_id.endswith("key/1a2b3c4d-1111-4111-8111-000000000001")
    assert secret.rotation_lambda_arn.endswith(":function:rotate-secret")
    assert (secret.rotation_enabled, secret.rotation_days) == (True, 30)
    assert "role/dev-admin" in secret.resource_policy
    assert secret.tags == ["data=sensitive"]
    plain = read(SECRET, "clew/api-key")
    assert (plain.rotation_enabled, plain.rotation_lambda_arn, plain.kms_key_id) == (False, "", "")
    assert (plain.resource_policy, plain.last_rotated_date) == ("", "")


def test_a_replica_names_the_secret_it_copies(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, SecretsManager)
    assert read(SECRET, "clew/db", "eu-west-1").primary_arn == ARN
    assert read(SECRET, "clew/db", "us-east-1").primary_arn == ""


def test_no_value_is_ever_asked_for(aws_replay: AwsReplay, tmp_path: Path) -> None:
    Reading(aws_replay, tmp_path, SecretsManager)
    assert {call.operation for call in aws_replay.calls} == {"ListSecrets", "GetResourcePolicy"}


def test_refusals(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("secretsmanager", "GetResourcePolicy")
    aws_replay.deny("secretsmanager", "ListSecrets", region="eu-west-1")
    read = Reading(aws_replay, tmp_path, SecretsManager, DEV)
    assert read(SECRET, "dev/db").resource_policy is None
    assert read.incomplete == {(SECRET, "eu-west-1")}


def test_a_secret_that_waits_for_its_deletion_is_not_called_gone(tmp_path: Path) -> None:
    arn = f"arn:aws:secretsmanager:us-east-1:{DEV}:secret:old-A1b2C3"
    listed = {"ARN": arn, "Name": "old", "DeletedDate": "2026-02-01T00:00:00Z"}
    estate = write_estate(
        tmp_path,
        {f"{DEV}/us-east-1/secretsmanager": {"ListSecrets": {"SecretList": [listed]}}},
    )
    with AwsReplay(estate) as server:
        (found,) = collect(tmp_path, [aws_account(server.url, DEV)], SecretsManager).resources
        assert {call.operation for call in server.calls} == {"ListSecrets"}
    assert (found.id, found.missing) == (arn, MissingReason.UNREADABLE)
