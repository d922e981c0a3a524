"""Buckets of the demo estate, as S3 tells them."""

import json
from pathlib import Path

import pytest
from clew.collectors.api import Limits
from clew.collectors.aws.s3 import S3
from clew.graph.model import MissingReason
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, PROD, Reading
from support.collecting import aws_account, collect, write_estate

BUCKET = "AWSS3Bucket"


def test_a_bucket_names_where_its_data_logs_and_events_go(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, S3)
    trail, data, assets = (
        read(BUCKET, f"clew-prod-{name}") for name in ("trail", "data", "assets")
    )
    assert (trail.logging_target_bucket, trail.logging_target_prefix) == (
        "clew-prod-access-logs",
        "trail/",
    )
    assert trail.kms_key_id.endswith("key/1a2b3c4d-1111-4111-8111-000000000002")
    assert data.kms_key_id == "arn:aws:kms:eu-west-1:111122223333:alias/eu-data"
    assert data.replication_role_arn == "arn:aws:iam::111122223333:role/s3-replication"
    assert data.replication_bucket_arns == ["arn:aws:s3:::clew-prod-archive"]
    assert data.topic_arns == ["arn:aws:sns:eu-west-1:111122223333:clew-alerts-eu"]
    assert assets.queue_arns == ["arn:aws:sqs:us-east-1:111122223333:clew-jobs"]
    assert assets.function_arns == ["arn:aws:lambda:us-east-1:111122223333:function:resize-images"]
    assert (assets.event_bridge_enabled, trail.event_bridge_enabled) == (True, False)
    assert assets.account_public_access_block == PROD
    assert not read.failed


def test_a_bucket_says_who_may_reach_it(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path / "prod", S3)
    assets, trail = read(BUCKET, "clew-prod-assets"), read(BUCKET, "clew-prod-trail")
    assert (assets.policy_is_public, assets.block_public_policy) == (True, False)
    assert json.loads(assets.policy)["Statement"][0]["Principal"] == "*"
    assert (trail.policy_is_public, trail.restrict_public_buckets) == (False, True)
    assert (assets.website_enabled, trail.website_enabled) == (True, False)
    artifacts = Reading(aws_replay, tmp_path / "dev", S3, DEV)(BUCKET, "clew-dev-artifacts")
    assert (artifacts.acl_everyone, artifacts.acl_authenticated) == ([], ["READ"])
    assert (artifacts.object_ownership, trail.object_ownership) == (
        "ObjectWriter",
        "BucketOwnerEnforced",
    )
    # It never had a block, and that is an answer too.
    assert (artifacts.ignore_public_acls, artifacts.policy, artifacts.policy_is_public) == (
        False,
        "",
        False,
    )


def test_a_bucket_says_how_its_objects_are_kept(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, S3)
    trail, data, logs = (
        read(BUCKET, f"clew-prod-{name}") for name in ("trail", "data", "access-logs")
    )
    assert (trail.versioning, trail.mfa_delete) == ("Enabled", False)
    assert (data.versioning, data.mfa_delete) == ("Enabled", True)
    assert (logs.versioning, logs.mfa_delete) == ("", False)
    assert (trail.object_lock_enabled, trail.object_lock_mode) == (True, "GOVERNANCE")
    assert (logs.object_lock_enabled, logs.object_lock_mode) == (False, "")
    assert (logs.encryption_algorithm, logs.kms_key_id) == ("AES256", "")
    assert (data.region, data.tags) == ("eu-west-1", ["data=sensitive"])


def test_each_bucket_is_asked_in_its_own_region(aws_replay: AwsReplay, tmp_path: Path) -> None:
    Reading(aws_replay, tmp_path, S3)
    asked = {
        (call.params["Bucket"], call.region) for call in aws_replay.calls if "Bucket" in call.params
    }
    assert ("clew-prod-data", "eu-west-1") in asked
    assert ("clew-prod-data", "us-east-1") not in asked


def test_a_bucket_of_a_region_left_out_is_known_by_name_only(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    archive = Reading(aws_replay, tmp_path, S3)(BUCKET, "clew-prod-archive")
    assert archive.missing == MissingReason.OUT_OF_SCOPE
    assert (archive.account, archive.region, archive.versioning) == (PROD, "eu-central-1", None)
    assert "clew-prod-archive" not in {call.params.get("Bucket") for call in aws_replay.calls}


def test_a_listing_without_regions_is_completed_by_the_buckets_location(tmp_path: Path) -> None:
    listed = {"Buckets": [{"Name": name} for name in ("old-us", "old-eu", "far")]}
    where = {"old-us": {}, "old-eu": {"LocationConstraint": "EU"}}
    locations = [{"when": {"Bucket": name}, "response": where[name]} for name in where]
    locations.append({"when": {"Bucket": "far"}, "error": {"code": "AccessDenied", "status": 403}})
    details = {
        operation: {} for operation in ("GetBucketVersioning", "GetBucketNotificationConfiguration")
    }
    estate = write_estate(
        tmp_path,
        {f"{PROD}/global/s3": {"ListBuckets": listed, "GetBucketLocation": locations, **details}},
    )
    with AwsReplay(estate) as server:
        api = aws_account(server.url, regions=("us-east-1", "eu-west-1")).api(
            S3, "global", Limits(4)
        )
        regions = {bucket.name: bucket.region for bucket in S3().buckets(api)}
    assert regions == {"old-us": "us-east-1", "old-eu": "eu-west-1", "far": None}


def test_what_was_refused_is_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, S3, DEV)
    trail = read(BUCKET, "clew-dev-trail")
    assert (trail.acl_everyone, trail.acl_authenticated, trail.acl_grants) == (None, None, None)
    assert (trail.versioning, trail.mfa_delete) == (None, None)
    assert trail.policy == ""
    assert read.failed == {"GetBucketAcl": "AccessDenied", "GetBucketVersioning": "AccessDenied"}
    assert not read.incomplete


def test_every_refused_detail_leaves_its_fields_unread(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    aws_replay.deny("s3")
    assert Reading(aws_replay, tmp_path / "all", S3).incomplete == {(BUCKET, "global")}
    aws_replay.reset()
    for name in S3.permissions:
        if name != "s3:ListAllMyBuckets":
            aws_replay.deny("s3", _OPERATIONS.get(name, name.removeprefix("s3:")))
    bucket = Reading(aws_replay, tmp_path / "details", S3)(BUCKET, "clew-prod-trail")
    known = {name for name, value in bucket.model_dump().items() if value is not None}
    assert known == {
        "id",
        "name",
        "account",
        "region",
        "creation_date",
        "account_public_access_block",
    }


_OPERATIONS = {
    "s3:GetBucketNotification": "GetBucketNotificationConfiguration",
    "s3:GetBucketObjectLockConfiguration": "GetObjectLockConfiguration",
    "s3:GetBucketPublicAccessBlock": "GetPublicAccessBlock",
    "s3:GetEncryptionConfiguration": "GetBucketEncryption",
    "s3:GetReplicationConfiguration": "GetBucketReplication",
}
"""Operations whose permission has another name."""


@pytest.mark.parametrize(
    ("key", "exists"),
    [
        ("clew-partner-logs", True),
        ("clew-old-trail", False),
        ("arn:aws:s3:::clew-old-trail", False),
    ],
)
def test_a_bucket_exists_or_not_whoever_owns_it(
    aws_replay: AwsReplay, key: str, exists: bool
) -> None:
    api = aws_account(aws_replay.url).api(S3, "global", Limits(1))
    assert S3().exists(api, BUCKET, key) is exists
    assert {record.status.value for record in api.records.values()} == {"ok"}


def test_whether_a_bucket_exists_may_be_unknown(aws_replay: AwsReplay) -> None:
    aws_replay.fail("s3", "HeadBucket", status=400)
    api = aws_account(aws_replay.url).api(S3, "global", Limits(1))
    assert S3().exists(api, BUCKET, "clew-partner-logs") is None


def test_what_the_listing_says_already_is_not_asked_of_each_bucket(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, S3, DEV)
    asked = {(call.operation, call.params.get("Bucket")) for call in aws_replay.calls}
    assert "GetBucketLocation" not in {operation for operation, _ in asked}
    with_status = {name for operation, name in asked if operation == "GetBucketPolicyStatus"}
    assert with_status == {bucket.name for bucket in read.all(BUCKET) if bucket.policy}


def test_a_policy_status_that_is_not_answered_stays_unread(tmp_path: Path) -> None:
    estate = write_estate(
        tmp_path,
        {
            f"{PROD}/global/s3": {
                "ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]},
                "GetBucketPolicyStatus": {"PolicyStatus": {}},
            }
        },
    )
    with AwsReplay(estate) as server:
        collected = collect(tmp_path, [aws_account(server.url)], S3)
    assert [bucket.model_dump()["policy_is_public"] for bucket in collected.resources] == [None]
