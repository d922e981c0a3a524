"""Hosted zones of the demo estate."""

from pathlib import Path

from clew.collectors.aws.route53 import Route53
from servers.aws_replay import AwsReplay
from support.account_reading import Reading

ZONE, RECORD = "AWSRoute53HostedZone", "AWSRoute53Record"


def test_a_zone_names_its_networks_and_its_log(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Route53)
    public, private = read(ZONE, "clew.example"), read(ZONE, "internal.clew.example")
    assert public.id == "arn:aws:route53:::hostedzone/Z0CLEWPUBLIC0001"
    assert (public.private_zone, public.vpc_ids) == (False, [])
    assert (private.private_zone, private.vpc_ids) == (True, ["vpc-0a100000000000001"])
    assert public.query_log_group_arn.endswith(":log-group:/aws/route53/clew.example")
    assert private.query_log_group_arn == ""


def test_a_record_names_what_it_leads_to(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Route53)
    assert read(RECORD, "www.clew.example").distribution_domain_name == (
        "d111111abcdef8.cloudfront.net"
    )
    assert read(RECORD, "app.clew.example").load_balancer_dns_name == (
        "clew-web-1234567890.us-east-1.elb.amazonaws.com"
    )
    assert read(RECORD, "bastion.clew.example").public_addresses == ["203.0.113.11"]
    old = read(RECORD, "old.clew.example")
    assert (old.s3_bucket_name, old.is_s3_website) == ("old.clew.example", True)
    wild = read(RECORD, "*.apps.clew.example")
    assert wild.id.endswith("Z0CLEWPUBLIC0001/recordset/A/*.apps.clew.example/a")
    assert read(RECORD, "db.internal.clew.example").public_addresses == []


def test_addresses_that_ec2_hands_out_are_distinguished_from_others(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, Route53)
    legacy = read(RECORD, "legacy.clew.example")
    assert legacy.aws_addresses == ["203.0.113.77"]
    assert legacy.aws_address_regions == ["us-east-1"]
    office = read(RECORD, "office.clew.example")
    assert (office.public_addresses, office.aws_addresses) == (["192.0.2.10"], [])
    assert office.aws_address_regions == []


def test_without_the_published_ranges_no_address_is_called_foreign(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    estate = tmp_path / "estate"
    estate.mkdir()
    (estate / "111122223333").symlink_to(aws_replay.estate.root / "111122223333")
    with AwsReplay(estate) as server:
        read = Reading(server, tmp_path, Route53)
    assert read(RECORD, "office.clew.example").aws_addresses is None
    assert read(RECORD, "www.clew.example").aws_addresses == []
    assert read.failed == {"ip-ranges.json": "404"}


def test_refusals(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("route53", "GetHostedZone")
    aws_replay.deny("route53", "ListQueryLoggingConfigs")
    read = Reading(aws_replay, tmp_path / "details", Route53)
    zone = read(ZONE, "clew.example")
    assert (zone.name_servers, zone.vpc_ids, zone.query_log_group_arn) == (None, None, None)
    assert not read.incomplete
    aws_replay.reset()
    aws_replay.deny("route53", "ListResourceRecordSets")
    read = Reading(aws_replay, tmp_path / "records", Route53)
    assert read.incomplete == {(RECORD, "global")}
    assert read.names(ZONE) == {"clew.example", "internal.clew.example"}
