"""Instances, databases and buckets, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.lightsail import Lightsail
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:lightsail:us-east-1:111122223333"
BLOG = f"{ARN}:Instance/0a100000-0000-4000-8000-000000001501"
DATABASE = f"{ARN}:RelationalDatabase/0a100000-0000-4000-8000-000000001601"
MEDIA = f"{ARN}:Bucket/0a100000-0000-4000-8000-000000001701"


@pytest.fixture
def lightsail(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Lightsail)


def test_an_instance_says_whom_its_firewall_lets_in(lightsail: Callable[..., Read]) -> None:
    found = lightsail()
    blog = found[BLOG]
    assert (blog.name, blog.state, blog.public_ip_address) == (
        "clew-blog",
        "running",
        "198.51.100.77",
    )
    assert blog.open_ports == ["tcp 22-22 203.0.113.0/24", "tcp 443-443 0.0.0.0/0,::/0"]
    assert (blog.ssh_key_name, blog.http_tokens) == ("LightsailDefaultKeyPair", "optional")
    assert blog.tags == ["team=press"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_database_and_a_bucket_say_who_reaches_them(lightsail: Callable[..., Read]) -> None:
    found = lightsail()
    database, media = found[DATABASE], found[MEDIA]
    assert (database.engine, database.publicly_accessible) == ("mysql", True)
    assert (media.get_object, media.allow_public_overrides) == ("private", True)
    assert (media.accounts, media.instances) == (["999900001111"], ["clew-blog"])


def test_buckets_of_all_pages_are_read(lightsail: Callable[..., Read]) -> None:
    assert lightsail().names("AWSLightsailBucket") == {
        "clew-blog-media",
        "clew-blog-backups",
        "clew-press",
    }


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("GetInstances", {"AWSLightsailInstance"}),
        ("GetRelationalDatabases", {"AWSLightsailDatabase"}),
        ("GetBuckets", {"AWSLightsailBucket"}),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    lightsail: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("lightsail", operation, code="AccessDeniedException")
    found = lightsail()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels
