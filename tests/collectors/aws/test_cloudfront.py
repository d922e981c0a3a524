"""Distributions of the demo estate."""

from pathlib import Path

from clew.collectors.aws.cloudfront import CloudFront
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, Reading

DISTRIBUTION, ORIGIN = "AWSCloudFrontDistribution", "AWSCloudFrontOrigin"
ARN = "arn:aws:cloudfront::111122223333:distribution/E1CLEWPROD0001"


def test_a_distribution_names_what_it_uses(aws_replay: AwsReplay, tmp_path: Path) -> None:
    one = Reading(aws_replay, tmp_path, CloudFront)(DISTRIBUTION, "www.clew.example")
    assert (one.id, one.domain_name) == (ARN, "d111111abcdef8.cloudfront.net")
    assert one.origin_ids == [f"{ARN}/origin/{name}" for name in ("assets", "web", "old")]
    assert one.certificate_arn.endswith("certificate/11111111-aaaa-4aaa-8aaa-000000000001")
    assert one.function_arns == ["arn:aws:lambda:us-east-1:111122223333:function:edge-headers"]
    assert one.logging_bucket_name == "clew-prod-access-logs"
    assert ":global/webacl/clew/" in one.web_acl_id
    assert one.viewer_protocol_policies == ["https-only", "redirect-to-https"]
    assert one.default_root_object == "index.html"


def test_an_origin_names_the_bucket_or_load_balancer_behind_it(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    read = Reading(aws_replay, tmp_path, CloudFront)
    assets, web, old = (read(ORIGIN, name) for name in ("assets", "web", "old"))
    assert (assets.s3_bucket_name, assets.load_balancer_dns_name) == ("clew-prod-assets", "")
    assert old.s3_bucket_name == "clew-old-site"
    assert web.load_balancer_dns_name == "clew-web-1234567890.us-east-1.elb.amazonaws.com"
    assert (web.s3_bucket_name, web.origin_protocol_policy) == ("", "https-only")
    assert assets.origin_access_control_id == "E2CLEWOAC0001"


def test_of_an_origins_headers_only_names_are_kept(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, CloudFront)
    assert read(ORIGIN, "web").custom_header_names == ["X-Origin-Verify"]
    assert "not-a-secret" not in read.text()


def test_refusals(aws_replay: AwsReplay, tmp_path: Path) -> None:
    aws_replay.deny("cloudfront", "GetDistributionConfig")
    read = Reading(aws_replay, tmp_path / "details", CloudFront, DEV)
    (one,) = read.all(DISTRIBUTION)
    assert (one.logging_bucket_name, one.default_root_object) == (None, None)
    assert not read.incomplete
    aws_replay.deny("cloudfront", "ListDistributions")
    read = Reading(aws_replay, tmp_path / "listing", CloudFront, DEV)
    assert read.incomplete == {(DISTRIBUTION, "global"), (ORIGIN, "global")}


def test_an_identity_tells_the_canonical_id_by_which_policies_name_it(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    one = Reading(aws_replay, tmp_path, CloudFront)(
        "AWSCloudFrontOriginAccessIdentity", "E2CLEWOAI00001"
    )
    assert one.id == "arn:aws:cloudfront::111122223333:origin-access-identity/E2CLEWOAI00001"
    assert (one.canonical_id, one.comment) == ("c1" * 32, "assets")
