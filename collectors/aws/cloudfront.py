"""Amazon CloudFront: distributions, the origins they serve from, and as whom they ask buckets."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .hostnames import HostName, bucket_of, is_website, load_balancer_of
from .session import AWSApi


class Distribution(AWSResource):
    """A distribution (ListDistributions)."""

    label = "AWSCloudFrontDistribution"
    identity = "arn:{partition}:cloudfront::{account}:distribution/{distribution_id}"
    unique_within = "global"

    id: str = field("ARN.", wire="ARN")
    name: str | None = field("Its first alias; else its domain name.")
    distribution_id: str | None = field("Id.", wire="Id")
    domain_name: HostName | None = field("Its own domain name.")
    aliases: list[str] | None = field("Further names it answers to.", wire="Aliases.Items")
    enabled: bool | None = field("Serves requests.")
    status: str | None = field("Deployed, or InProgress while a change spreads.")
    last_modified_time: Timestamp | None = field("When it was last changed.")
    origin_ids: list[str] | None = ref("AWSCloudFrontOrigin", by="id", rel="SERVES_FROM")
    certificate_arn: str | None = ref(
        "AWSACMCertificate",
        by="id",
        rel="USES_CERTIFICATE",
        wire="ViewerCertificate.ACMCertificateArn",
    )
    server_certificate_id: str | None = ref(
        "AWSServerCertificate",
        by="server_certificate_id",
        rel="USES_CERTIFICATE",
        wire="ViewerCertificate.IAMCertificateId",
    )
    minimum_protocol_version: str | None = field(
        "Oldest TLS that viewers may use.", wire="ViewerCertificate.MinimumProtocolVersion"
    )
    viewer_protocol_policies: list[str] | None = field(
        "What its behaviours do with plain HTTP: allow-all, https-only or redirect-to-https."
    )
    web_acl_id: str | None = ref("UnknownResource", by="id", rel="PROTECTED_BY", wire="WebACLId")
    function_arns: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES")
    logging_bucket_name: str | None = ref(
        "AWSS3Bucket", by="name", rel="LOGS_TO", call="GetDistributionConfig"
    )
    default_root_object: str | None = field(
        "What a request for `/` gets; empty asks the origin.", call="GetDistributionConfig"
    )


class Origin(AWSResource):
    """Where a distribution takes content from (ListDistributions). Of the headers that it sends
    only the names are kept: their values are often secrets."""

    label = "AWSCloudFrontOrigin"
    identity = "arn:{partition}:cloudfront::{account}:distribution/{distribution_id}/origin/{name}"

    id: str = field("The origin within its distribution.")
    name: str | None = field("Id within the distribution.", wire="Id")
    distribution_id: str | None = field("Id of the distribution.")
    domain_name: HostName | None = field("Host that is asked.")
    origin_path: str | None = field("Path put before every request's.")
    s3_bucket_name: str | None = ref("AWSS3Bucket", by="name", rel="SERVES_FROM")
    is_s3_website: bool | None = field("The bucket is asked as a website, without credentials.")
    load_balancer_dns_name: str | None = ref(
        ("AWSLoadBalancerV2", "AWSLoadBalancer"), by="dns_name", rel="SERVES_FROM"
    )
    origin_access_control_id: str | None = field("Access control it signs requests with.")
    origin_access_identity: str | None = field(
        "Older identity it signs requests with.", wire="S3OriginConfig.OriginAccessIdentity"
    )
    origin_protocol_policy: str | None = field(
        "Whether the origin is asked over HTTPS.", wire="CustomOriginConfig.OriginProtocolPolicy"
    )
    custom_header_names: list[str] | None = field(
        "Names of the headers it adds.", wire="CustomHeaders.Items[].HeaderName"
    )
    vpc_origin_id: str | None = field(
        "Id of the VPC origin it goes through.", wire="VpcOriginConfig.VpcOriginId"
    )


class OriginAccessIdentity(AWSResource):
    """An identity as which distributions ask buckets, the older of two kinds
    (ListCloudFrontOriginAccessIdentities)."""

    label = "AWSCloudFrontOriginAccessIdentity"
    identity = "arn:{partition}:cloudfront::{account}:origin-access-identity/{name}"
    unique_within = "global"

    name: str | None = field("Id.", wire="Id")
    comment: str | None = field("Comment.")
    canonical_id: str | None = field(
        "The canonical id by which bucket policies may name it.", wire="S3CanonicalUserId"
    )


class CloudFront(AWSCollector):
    """Distributions with their origins, and origin access identities."""

    service = "cloudfront"
    regional = False
    permissions = (
        "cloudfront:GetDistributionConfig",
        "cloudfront:ListCloudFrontOriginAccessIdentities",
        "cloudfront:ListDistributions",
        "cloudfront:ListTagsForResource",
    )

    @lists(Distribution, Origin)
    def distributions(self, api: AWSApi) -> Iterator[Distribution | Origin]:
        """The account's distributions and their origins."""

        def detailed(raw: dict[str, Any]) -> list[Distribution | Origin]:
            origins = [_origin(api, raw, origin) for origin in answered(raw, "Origins.Items", [])]
            behaviours = [
                raw.get("DefaultCacheBehavior", {}),
                *answered(raw, "CacheBehaviors.Items", []),
            ]
            policies = {answered(each, "ViewerProtocolPolicy") for each in behaviours} - {""}
            functions = {
                function_arn(arn)
                for behaviour in behaviours
                for arn in answered(
                    behaviour, "LambdaFunctionAssociations.Items[].LambdaFunctionARN", []
                )
            }
            config = api.read("get_distribution_config", Id=raw["Id"])
            log_host = answered(config, "DistributionConfig.Logging.Bucket")
            tags = api.read("list_tags_for_resource", Resource=raw["ARN"])
            distribution = Distribution.load(
                raw,
                api.here,
                name=next(iter(answered(raw, "Aliases.Items", [])), answered(raw, "DomainName")),
                origin_ids=[origin.id for origin in origins],
                viewer_protocol_policies=sorted(policies),
                function_arns=sorted(functions),
                logging_bucket_name=log_host and bucket_of(log_host),
                default_root_object=answered(config, "DistributionConfig.DefaultRootObject"),
                tags=answered(tags, "Tags.Items", []),
            )
            return [distribution, *origins]

        for found in api.each(detailed, api.pages("list_distributions", "DistributionList.Items")):
            yield from found

    @lists(OriginAccessIdentity)
    def origin_access_identities(self, api: AWSApi) -> Iterator[OriginAccessIdentity]:
        """Origin access identities."""
        listed = api.pages(
            "list_cloud_front_origin_access_identities", "CloudFrontOriginAccessIdentityList.Items"
        )
        return (OriginAccessIdentity.load(raw, api.here, id="", tags=[]) for raw in listed)


def _origin(api: AWSApi, distribution: dict[str, Any], raw: dict[str, Any]) -> Origin:
    host = raw["DomainName"]
    return Origin.load(
        raw,
        api.here,
        id=f"{distribution['ARN']}/origin/{raw['Id']}",
        distribution_id=distribution["Id"],
        s3_bucket_name=bucket_of(host),
        is_s3_website=is_website(host),
        load_balancer_dns_name=load_balancer_of(host),
    )
