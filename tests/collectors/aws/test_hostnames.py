"""What AWS's host names stand for."""

import pytest
from clew.collectors.aws.hostnames import bucket_of, is_website, load_balancer_of


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("assets.s3.amazonaws.com", "assets"),
        ("assets.s3.eu-west-1.amazonaws.com", "assets"),
        ("assets.s3-eu-west-1.amazonaws.com", "assets"),
        ("assets.s3.dualstack.us-gov-west-1.amazonaws.com", "assets"),
        ("assets.s3.cn-north-1.amazonaws.com.cn", "assets"),
        ("assets.s3-accelerate.amazonaws.com", "assets"),
        ("www.clew.example.s3-website-us-east-1.amazonaws.com", "www.clew.example"),
        ("www.clew.example.s3-website.eu-central-1.amazonaws.com.", "www.clew.example"),
        ("odd.s3.name.s3.amazonaws.com", "odd.s3.name"),
        ("point-111122223333.s3-accesspoint.us-east-1.amazonaws.com", ""),
        ("s3-website-us-east-1.amazonaws.com", ""),
        ("s3.amazonaws.com.attacker.example", ""),
        ("assets.example.com", ""),
    ],
)
def test_bucket(host: str, bucket: str) -> None:
    assert bucket_of(host) == bucket


def test_website() -> None:
    assert is_website("s3-website-us-east-1.amazonaws.com.")
    assert is_website("a.b.s3-website.eu-central-1.amazonaws.com")
    assert not is_website("a.s3.eu-central-1.amazonaws.com")


@pytest.mark.parametrize(
    ("host", "balancer"),
    [
        ("dualstack.Web-1.us-east-1.elb.amazonaws.com.", "web-1.us-east-1.elb.amazonaws.com"),
        ("net-1.elb.eu-west-1.amazonaws.com", "net-1.elb.eu-west-1.amazonaws.com"),
        ("web.elb.example.com", ""),
    ],
)
def test_load_balancer(host: str, balancer: str) -> None:
    assert load_balancer_of(host) == balancer
