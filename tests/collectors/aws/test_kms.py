"""Keys and grants of the demo estate."""

from pathlib import Path

from clew.collectors.aws.kms import KMS
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, PROD, Reading

KEY, GRANT = "AWSKMSKey", "AWSKMSGrant"
PREFIX = "arn:aws:kms:us-east-1:111122223333:"


def test_a_key_is_known_by_its_aliases(aws_replay: AwsReplay, tmp_path: Path) -> None:
    key = Reading(aws_replay, tmp_path, KMS)(KEY, "alias/prod-data")
    assert key.key_id == "1a2b3c4d-1111-4111-8111-000000000001"
    assert key.id == f"{PREFIX}key/{key.key_id}"
    assert (key.aliases, key.alias_arns) == (["alias/prod-data"], [f"{PREFIX}alias/prod-data"])
    assert "arn:aws:iam::111122223333:root" in key.policy
    assert key.tags == ["data=sensitive"]


def test_a_key_says_what_it_is_and_whether_it_rotates(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, KMS)
    data, logs = read(KEY, "alias/prod-data"), read(KEY, "alias/prod-logs")
    assert (data.rotation_enabled, data.rotation_period_in_days) == (True, 365)
    assert (logs.rotation_enabled, logs.rotation_period_in_days) == (False, None)
    signing = read(KEY, "alias/prod-signing")
    assert (signing.key_spec, signing.rotation_enabled) == ("RSA_2048", False)
    assert (signing.multi_region, signing.multi_region_key_type) == (False, "")
    going = read(KEY, "1a2b3c4d-1111-4111-8111-000000000003")
    assert (going.key_state, going.deletion_date) == ("PendingDeletion", "2026-03-20T00:00:00Z")
    assert read(KEY, "alias/aws/secretsmanager").key_manager == "AWS"
    assert not read.failed


def test_a_grant_names_its_key_and_who_holds_it(aws_replay: AwsReplay, tmp_path: Path) -> None:
    grants = {grant.id[-2:]: grant for grant in Reading(aws_replay, tmp_path, KMS).all(GRANT)}
    role, service = grants["0a"], grants["0b"]
    assert role.key_arn == f"{PREFIX}key/1a2b3c4d-1111-4111-8111-000000000001"
    assert role.grantee_principal == f"arn:aws:iam::{PROD}:role/app-instance"
    assert role.operations == ["Decrypt", "GenerateDataKey"]
    assert service.grantee_principal == ""
    assert service.grantee_service_principal == "dynamodb.us-east-1.amazonaws.com"
    assert "orders" in service.constraints


def test_refused_details_are_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    for operation in ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"):
        aws_replay.deny("kms", operation)
    key = Reading(aws_replay, tmp_path, KMS, DEV, ("us-east-1",))(KEY, "alias/dev")
    known = {name for name, value in key.model_dump().items() if value is not None}
    assert known == {"id", "name", "account", "region", "key_id", "aliases", "alias_arns"}


def test_each_refused_listing_leaves_its_own_label_unread(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path / "keys", KMS, DEV)
    assert read.incomplete == {(KEY, "ap-southeast-2"), (GRANT, "ap-southeast-2")}
    aws_replay.deny("kms", "ListGrants")
    read = Reading(aws_replay, tmp_path / "grants", KMS, DEV, ("us-east-1",))
    assert read.incomplete == {(GRANT, "us-east-1")}


def test_without_the_aliases_keys_count_as_not_fully_listed(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    aws_replay.deny("kms", "ListAliases")
    read = Reading(aws_replay, tmp_path, KMS, DEV, ("us-east-1",))
    assert read.incomplete == {(KEY, "us-east-1")}
    (key,) = read.all(KEY)
    assert (key.aliases, key.alias_arns) == (None, None)
