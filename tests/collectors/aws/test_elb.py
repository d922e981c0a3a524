"""Classic load balancers as the account has them."""

from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.elb import ELB
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect

ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/clew-classic"


@pytest.fixture
def read(aws_replay: AwsReplay, tmp_path: Path) -> Any:
    def run() -> dict[str, Any]:
        found = collect(tmp_path, [aws_account(aws_replay.url)], ELB)
        return {"": found, **{resource.id: resource for resource in found.resources}}

    return run


def test_a_load_balancer_names_what_it_forwards_to_and_logs_to(read: Any) -> None:
    balancer = read()[ARN]
    assert (balancer.scheme, balancer.vpc_id) == ("internet-facing", "vpc-0a100000000000001")
    assert balancer.instances == ["i-0a100000000000002"]
    assert balancer.security_groups == ["sg-0a100000000000001"]
    assert (balancer.access_log_enabled, balancer.access_log_bucket) == (
        True,
        "clew-prod-access-logs",
    )
    assert balancer.tags == ["team=web"]


def test_listeners_name_their_certificates_wherever_they_are_kept(read: Any) -> None:
    found = read()
    https, ssl = found[f"{ARN}/listener/443"], found[f"{ARN}/listener/8443"]
    assert https.certificate.startswith("arn:aws:acm:us-east-1:111122223333:certificate/")
    assert ssl.certificate == "arn:aws:iam::111122223333:server-certificate/clew-legacy"
    assert (ssl.protocol, ssl.instance_protocol, ssl.instance_port) == ("SSL", "TCP", 8080)
    assert ssl.load_balancer_name == "clew-classic"


def test_refused_details_are_unread(read: Any, aws_replay: AwsReplay) -> None:
    aws_replay.deny("elb", "DescribeLoadBalancerAttributes")
    aws_replay.deny("elb", "DescribeTags")
    found = read()
    balancer = found[ARN]
    assert balancer.access_log_bucket is None
    assert balancer.access_log_enabled is None
    assert balancer.tags is None
    assert balancer.instances == ["i-0a100000000000002"]
    assert {r.status for r in found[""].reads} == {Status.OK}
    assert {c.operation for c in found[""].coverage if c.status == Status.DENIED} == {
        "DescribeLoadBalancerAttributes",
        "DescribeTags",
    }


def test_a_refused_listing_leaves_both_labels_unread(read: Any, aws_replay: AwsReplay) -> None:
    aws_replay.deny("elb", "DescribeLoadBalancers")
    assert {r.label: r.status for r in read()[""].reads} == {
        "AWSLoadBalancer": Status.DENIED,
        "AWSELBListener": Status.DENIED,
    }
