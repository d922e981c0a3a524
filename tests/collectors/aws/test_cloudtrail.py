"""Trails of the demo estate, as CloudTrail tells them."""

import json
from pathlib import Path

from clew.collectors.aws.cloudtrail import CloudTrail
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, Reading

TRAIL, SHADOW = "AWSCloudTrailTrail", "AWSCloudTrailShadowTrail"


def test_a_trail_is_read_once_in_its_home_region(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, CloudTrail)
    assert read.names(TRAIL) == {"org-trail", "archive-trail", "partner-trail"}
    assert len(read.all(TRAIL)) == 3
    assert read(TRAIL, "partner-trail").region == "eu-west-1"
    assert not read.failed


def test_a_trail_names_where_it_writes_and_what_it_uses(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    trail = Reading(aws_replay, tmp_path, CloudTrail)(TRAIL, "org-trail")
    assert trail.s3_bucket_name == "clew-prod-trail"
    assert trail.cloud_watch_logs_log_group_arn == (
        "arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"
    )
    assert trail.cloud_watch_logs_role_arn == "arn:aws:iam::111122223333:role/cloudtrail-logs"
    assert trail.kms_key_id.endswith("key/1a2b3c4d-1111-4111-8111-000000000002")
    assert trail.sns_topic_arn == "arn:aws:sns:us-east-1:111122223333:clew-alerts"
    assert trail.is_logging is True
    assert trail.latest_delivery_time == "2026-03-02T09:55:00Z"
    assert trail.insight_types == ["ApiCallRateInsight"]
    assert trail.tags == ["owner=security"]


def test_selectors_are_kept_and_the_resources_they_name_are_references(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    prod = Reading(aws_replay, tmp_path / "prod", CloudTrail)
    trail = prod(TRAIL, "org-trail")
    assert len(json.loads(trail.advanced_event_selectors)) == 3
    assert trail.event_selectors == "[]"
    assert trail.audited == ["arn:aws:lambda:us-east-1:111122223333:function:rotate-secret"]
    assert prod(TRAIL, "archive-trail").audited == []
    assert prod(TRAIL, "archive-trail").latest_delivery_error == "AccessDenied"
    dev = Reading(aws_replay, tmp_path / "dev", CloudTrail, DEV)
    assert dev(TRAIL, "dev-trail").audited == ["arn:aws:s3:::clew-dev-artifacts"]
    assert dev(TRAIL, "old-trail").is_logging is False


def test_a_member_account_sees_the_organizations_trail_as_a_shadow(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, CloudTrail, DEV)
    assert read.names(TRAIL) == {"dev-trail", "old-trail"}
    shadows = read.all(SHADOW)
    assert {shadow.region for shadow in shadows} == {"us-east-1", "eu-west-1", "ap-southeast-2"}
    assert {shadow.account for shadow in shadows} == {DEV}
    assert {shadow.trail_arn for shadow in shadows} == {
        "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail"
    }


def test_each_region_shows_the_trails_of_others_that_record_it(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, CloudTrail)
    assert {(shadow.name, shadow.region) for shadow in read.all(SHADOW)} == {
        ("org-trail", "eu-west-1"),
        ("org-trail", "ap-southeast-2"),
    }


def test_what_was_refused_is_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    for operation in ("GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "ListTags"):
        aws_replay.deny("cloudtrail", operation)
    read = Reading(aws_replay, tmp_path, CloudTrail)
    trail = read(TRAIL, "org-trail")
    assert (trail.is_logging, trail.latest_delivery_time, trail.latest_delivery_error) == (
        None,
        None,
        None,
    )
    assert (trail.event_selectors, trail.advanced_event_selectors, trail.audited) == (
        None,
        None,
        None,
    )
    assert (trail.insight_types, trail.tags) == (None, None)
    assert trail.s3_bucket_name == "clew-prod-trail"
    assert set(read.failed) == {
        "GetTrailStatus",
        "GetEventSelectors",
        "GetInsightSelectors",
        "ListTags",
    }
    assert not read.incomplete


def test_a_refused_listing_leaves_its_region_unread(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("cloudtrail", "DescribeTrails", region="eu-west-1")
    read = Reading(aws_replay, tmp_path, CloudTrail)
    assert read.incomplete == {(TRAIL, "eu-west-1"), (SHADOW, "eu-west-1")}
    assert read.names(TRAIL) == {"org-trail", "archive-trail"}
