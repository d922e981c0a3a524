"""AWS CloudTrail: trails, what they record and where they write."""

from collections.abc import Iterable, Iterator
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi


class Trail(AWSResource):
    """A trail (DescribeTrails)."""

    label = "AWSCloudTrailTrail"
    identity = "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"

    id: str = field("ARN.", wire="TrailARN")
    home_region: str | None = field("Region the trail was made in.")
    is_multi_region_trail: bool | None = field("Records every region.")
    is_organization_trail: bool | None = field("Records every account of the organization.")
    include_global_service_events: bool | None = field("Records global services such as IAM.")
    log_file_validation_enabled: bool | None = field("Log files carry a signed digest.")
    s3_bucket_name: str | None = ref("AWSS3Bucket", by="name", rel="LOGS_TO")
    s3_key_prefix: str | None = field("Prefix of the log files in the bucket.")
    cloud_watch_logs_log_group_arn: str | None = ref("AWSLogGroup", by="id", rel="LOGS_TO")
    cloud_watch_logs_role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    sns_topic_arn: str | None = ref("AWSSNSTopic", by="id", rel="NOTIFIES", wire="SnsTopicARN")
    is_logging: bool | None = field("Delivers events now.", call="GetTrailStatus")
    latest_delivery_time: Timestamp | None = field(
        "When a log file last reached the bucket.", call="GetTrailStatus"
    )
    latest_delivery_error: str | None = field(
        "S3's error at the last delivery; empty if it went well.", call="GetTrailStatus"
    )
    latest_cloud_watch_logs_delivery_time: Timestamp | None = field(
        "When events last reached the log group.", call="GetTrailStatus"
    )
    event_selectors: Document | None = field("Classic selectors.", call="GetEventSelectors")
    advanced_event_selectors: Document | None = field(
        "Advanced selectors.", call="GetEventSelectors"
    )
    audited: list[str] | None = ref(
        ("AWSS3Bucket", "AWSLambda", "AWSDynamoDBTable"),
        by="id",
        rel="AUDITS",
        call="GetEventSelectors",
    )
    insight_types: list[str] | None = field(
        "Kinds of unusual activity it looks for.", call="GetInsightSelectors"
    )


class ShadowTrail(AWSResource):
    """What a region shows of a trail that records it too but was made elsewhere: in another region
    or by the organization's management account (DescribeTrails)."""

    label = "AWSCloudTrailShadowTrail"
    identity = "arn:{partition}:cloudtrail:{region}:{account}:shadow-trail/{trail_arn}"

    id: str = field("The trail's ARN within the region and account it records.")
    trail_arn: str | None = ref("AWSCloudTrailTrail", by="id", rel="PART_OF", wire="TrailARN")
    is_organization_trail: bool | None = field("Records every account of the organization.")
    is_multi_region_trail: bool | None = field("Records every region.")


class CloudTrail(AWSCollector):
    """Trails, each read in its home region."""

    service = "cloudtrail"
    permissions = (
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
    )

    @lists(Trail, ShadowTrail)
    def trails(self, api: AWSApi) -> Iterator[Trail | ShadowTrail]:
        """Trails made in this region, and the shadows of others that record it."""
        own = []
        for raw in api.pages("describe_trails", "trailList", includeShadowTrails=True):
            owner = raw["TrailARN"].split(":")[4]
            if (owner, raw["HomeRegion"]) == (api.here.account, api.here.region):
                own.append(raw)
            else:
                yield ShadowTrail.load(raw, api.here)

        def detailed(raw: dict[str, Any]) -> Trail:
            arn = raw["TrailARN"]
            status = api.read("get_trail_status", Name=arn)
            selectors = api.read("get_event_selectors", TrailName=arn)
            insights = api.read(
                "get_insight_selectors", TrailName=arn, absent=("InsightNotEnabledException",)
            )
            tags = api.read("list_tags", ResourceIdList=[arn])
            return Trail.load(
                raw,
                api.here,
                cloud_watch_logs_log_group_arn=raw.get(
                    "CloudWatchLogsLogGroupArn", ""
                ).removesuffix(":*"),
                is_logging=answered(status, "IsLogging", None),
                latest_delivery_time=answered(status, "LatestDeliveryTime"),
                latest_delivery_error=answered(status, "LatestDeliveryError"),
                latest_cloud_watch_logs_delivery_time=answered(
                    status, "LatestCloudWatchLogsDeliveryTime"
                ),
                event_selectors=answered(selectors, "EventSelectors", []),
                advanced_event_selectors=answered(selectors, "AdvancedEventSelectors", []),
                audited=None if selectors is None else sorted(set(_audited(selectors))),
                insight_types=answered(insights, "InsightSelectors[].InsightType", []),
                tags=_tags(tags),
            )

        yield from api.each(detailed, own)


def _tags(answer: dict[str, Any] | None) -> list[dict[str, str]] | None:
    """The tags of the one resource that was asked for."""
    if answer is None:
        return None
    return [tag for listed in answer["ResourceTagList"] for tag in listed.get("TagsList", [])]


def _audited(selectors: dict[str, Any]) -> Iterator[str]:
    """The ARNs of buckets, functions and tables that selectors name one by one."""
    for selector in selectors.get("EventSelectors", []):
        for resource in selector.get("DataResources", []):
            yield from _named(resource.get("Values", []))
    for selector in selectors.get("AdvancedEventSelectors", []):
        for condition in selector["FieldSelectors"]:
            if condition["Field"] == "resources.ARN":
                yield from _named(condition.get("Equals", []))
                # A prefix names a bucket only where it holds the whole of its name.
                yield from _named(p for p in condition.get("StartsWith", []) if "/" in p)


def _named(arns: Iterable[str]) -> Iterator[str]:
    for arn in arns:
        if ":s3:::" in arn:
            bucket = arn.split("/")[0]
            if not bucket.endswith(":"):
                yield bucket
        elif ":function:" in arn:
            yield function_arn(arn)
        elif ":table/" in arn:
            yield "/".join(arn.split("/")[:2])
