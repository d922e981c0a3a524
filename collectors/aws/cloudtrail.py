"""AWS CloudTrail: trails and where they write."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource
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
    cloud_watch_logs_role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    sns_topic_arn: str | None = ref("AWSSNSTopic", by="id", rel="NOTIFIES", wire="SnsTopicARN")
    is_logging: bool | None = field("Delivers events now.", call="GetTrailStatus")
    latest_delivery_time: Timestamp | None = field(
        "When a log file last reached the bucket.", call="GetTrailStatus"
    )
    event_selectors: Document | None = field("Classic selectors.", call="GetEventSelectors")
    advanced_event_selectors: Document | None = field(
        "Advanced selectors.", call="GetEventSelectors"
    )


class CloudTrail(AWSCollector):
    """Trails, each read in its home region."""

    service = "cloudtrail"
    permissions = (
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
    )

    @lists(Trail)
    def trails(self, api: AWSApi) -> Iterator[Trail]:
        """Trails made in this region; shadows of other regions' trails are left out."""
        raws = api.pages("describe_trails", "trailList", includeShadowTrails=False)

        def detailed(raw: dict[str, Any]) -> Trail:
            arn = raw["TrailARN"]
            status = api.read("get_trail_status", Name=arn) or {}
            selectors = api.read("get_event_selectors", TrailName=arn)
            return Trail.load(
                raw,
                api.here,
                cloud_watch_logs_log_group_arn=raw.get(
                    "CloudWatchLogsLogGroupArn", ""
                ).removesuffix(":*"),
                is_logging=status.get("IsLogging"),
                latest_delivery_time=status.get("LatestDeliveryTime"),
                event_selectors=selectors and selectors.get("EventSelectors", []),
                advanced_event_selectors=selectors and selectors.get("AdvancedEventSelectors", []),
            )

        return api.each(detailed, raws)
