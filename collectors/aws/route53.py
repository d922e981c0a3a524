"""Amazon Route 53: hosted zones and what their names lead to."""

import re
from collections.abc import Iterator
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .hostnames import HostName, bucket_of, distribution_of, is_website, load_balancer_of
from .ip_ranges import CALL, is_public, published
from .session import AWSApi


class HostedZone(AWSResource):
    """A hosted zone (ListHostedZones)."""

    label = "AWSRoute53HostedZone"
    identity = "arn:{partition}:route53:::hostedzone/{zone_id}"
    unique_within = "global"

    name: HostName | None = field("The domain.")
    zone_id: str | None = field("Id.")
    private_zone: bool | None = field("Answers only within its VPCs.", wire="Config.PrivateZone")
    comment: str | None = field("Comment.", wire="Config.Comment")
    linked_service: str | None = field(
        "The service that made the zone for itself; else empty.",
        wire="LinkedService.ServicePrincipal",
    )
    name_servers: list[str] | None = field(
        "Servers that the domain must be delegated to.", call="GetHostedZone"
    )
    vpc_ids: list[str] | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", call="GetHostedZone")
    query_log_group_arn: str | None = ref(
        "AWSLogGroup", by="id", rel="LOGS_TO", call="ListQueryLoggingConfigs"
    )


class Record(AWSResource):
    """A record set (ListResourceRecordSets)."""

    label = "AWSRoute53Record"
    identity = "arn:{partition}:route53:::hostedzone/{zone_id}/recordset/{key}"
    unique_within = "global"

    name: HostName | None = field("The full name.")
    zone_id: str | None = ref("AWSRoute53HostedZone", by="zone_id", rel="PART_OF")
    key: str | None = field("Type, name and, where several answer by turns, the set's identifier.")
    type: str | None = field("Type of the record.")
    ttl: int | None = field("Seconds that an answer may be kept; null for an alias.", wire="TTL")
    private_zone: bool | None = field("Its zone answers only within its VPCs.")
    values: list[str] | None = field("What it answers.", wire="ResourceRecords[].Value")
    alias_target: HostName | None = field(
        "AWS's host name that it is an alias of.", wire="AliasTarget.DNSName"
    )
    set_identifier: str | None = field("Tells apart sets of the same name and type.")
    public_addresses: list[str] | None = ref(
        ("AWSNetworkInterface", "AWSElasticIP", "UnknownResource"),
        by=("public_ip_addresses", "ipv6_addresses", "public_ip"),
        rel="RESOLVES_TO",
    )
    aws_addresses: list[str] | None = field(
        "Those of its public addresses that lie in ranges EC2 hands out.", call=CALL
    )
    aws_address_regions: list[str] | None = field(
        "Regions whose ranges those lie in; `global` for ranges of no region.", call=CALL
    )
    load_balancer_dns_name: str | None = ref(
        ("AWSLoadBalancerV2", "AWSLoadBalancer"), by="dns_name", rel="RESOLVES_TO"
    )
    distribution_domain_name: str | None = ref(
        "AWSCloudFrontDistribution", by="domain_name", rel="RESOLVES_TO"
    )
    s3_bucket_name: str | None = ref("AWSS3Bucket", by="name", rel="RESOLVES_TO")
    is_s3_website: bool | None = field("The bucket answers as a website.")


class Route53(AWSCollector):
    """Hosted zones with their records."""

    service = "route53"
    regional = False
    permissions = (
        "route53:GetHostedZone",
        "route53:ListHostedZones",
        "route53:ListQueryLoggingConfigs",
        "route53:ListResourceRecordSets",
        "route53:ListTagsForResource",
    )

    @lists(HostedZone, Record)
    def zones(self, api: AWSApi) -> Iterator[HostedZone | Record]:
        """The account's hosted zones and their records."""
        raws = list(api.pages("list_hosted_zones", "HostedZones"))
        if not raws:
            return
        configs = api.details("list_query_logging_configs", "QueryLoggingConfigs")
        log_groups = (
            None
            if configs is None
            else {config["HostedZoneId"]: config["CloudWatchLogsLogGroupArn"] for config in configs}
        )

        def detailed(raw: dict[str, Any]) -> list[HostedZone | Record]:
            zone_id = raw["Id"].rpartition("/")[2]
            about = api.read("get_hosted_zone", Id=zone_id)
            tags = api.read("list_tags_for_resource", ResourceType="hostedzone", ResourceId=zone_id)
            zone = HostedZone.load(
                {**raw, "Id": ""},
                api.here,
                zone_id=zone_id,
                private_zone=answered(raw, "Config.PrivateZone", False),
                name_servers=answered(about, "DelegationSet.NameServers", []),
                vpc_ids=answered(about, "VPCs[].VPCId", []),
                query_log_group_arn=answered(log_groups, zone_id),
                tags=answered(tags, "ResourceTagSet.Tags", []),
            )
            records = api.pages(
                "list_resource_record_sets",
                "ResourceRecordSets",
                lists=Record,
                HostedZoneId=zone_id,
            )
            return [zone, *(_record(api, zone, record) for record in records)]

        found = [each for group in api.each(detailed, raws) for each in group]
        addressed = [one for one in found if isinstance(one, Record) and one.public_addresses]
        ranges = published(api) if addressed else None
        if ranges:
            for record in addressed:
                record.aws_addresses = ranges.held(record.public_addresses or [])
                record.aws_address_regions = ranges.regions(record.aws_addresses)
        yield from found


def _record(api: AWSApi, zone: HostedZone, raw: dict[str, Any]) -> Record:
    name = _unescaped(raw["Name"])
    values = answered(raw, "ResourceRecords[].Value", [])
    addressed = raw["Type"] in ("A", "AAAA") and not zone.private_zone
    public = list(filter(is_public, values)) if addressed else []
    alias = answered(raw, "AliasTarget.DNSName")
    targets = [alias, *(values if raw["Type"] == "CNAME" else [])]
    website = any(map(is_website, targets))
    # An alias of S3 names the website's endpoint only: the bucket is named like the record.
    bucket = next(filter(None, map(bucket_of, targets)), name if website else "")
    return Record.load(
        raw,
        api.here,
        key="/".join(filter(None, (raw["Type"], name, raw.get("SetIdentifier")))),
        name=name,
        zone_id=zone.zone_id,
        private_zone=zone.private_zone,
        public_addresses=public,
        aws_addresses=None if public else [],
        aws_address_regions=None if public else [],
        load_balancer_dns_name=next(filter(None, map(load_balancer_of, targets)), ""),
        distribution_domain_name=next(filter(None, map(distribution_of, targets)), ""),
        s3_bucket_name=bucket,
        is_s3_website=website,
    )


def _unescaped(name: str) -> str:
    """A name as people write it: Route 53 writes `*` and the like in octal."""
    plain = re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), name)
    return plain.lower().removesuffix(".")
