"""Load balancers, listeners, rules and targets as the account has them."""

from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.elbv2 import ELBv2
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect

ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333"
WEB = f"{ARN}:loadbalancer/app/clew-web/0a10000000000001"
HTTPS = f"{ARN}:listener/app/clew-web/0a10000000000001/0a10000000000443"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-aaaa-4aaa-8aaa-000000000001"


@pytest.fixture
def read(aws_replay: AwsReplay, tmp_path: Path) -> Any:
    def run() -> dict[str, Any]:
        found = collect(tmp_path, [aws_account(aws_replay.url)], ELBv2)
        return {"": found, **{resource.id: resource for resource in found.resources}}

    return run


def incomplete(found: dict[str, Any]) -> set[str]:
    return {read.label for read in found[""].reads if read.status != Status.OK}


def group(name: str, number: int) -> str:
    return f"{ARN}:targetgroup/{name}/0a1000000000010{number}"


def test_load_balancers_have_their_attributes(read: Any) -> None:
    web = read()[WEB]
    assert (web.name, web.scheme, web.ip_address_type) == (
        "clew-web",
        "internet-facing",
        "dualstack",
    )
    assert web.full_name == "app/clew-web/0a10000000000001"
    assert web.subnets == ["subnet-0a1000000000000a1", "subnet-0a1000000000000a2"]
    assert (web.access_log_enabled, web.access_log_bucket) == (True, "clew-prod-access-logs")
    assert (web.deletion_protection, web.drop_invalid_header_fields) == (True, False)
    assert web.tags == ["team=web"]


def test_listeners_and_rules_name_where_requests_go(read: Any) -> None:
    found = read()
    https = found[HTTPS]
    assert (https.port, https.protocol, https.load_balancer) == (443, "HTTPS", WEB)
    assert (https.certificate, https.further_certificates) == (CERTIFICATE, [])
    assert https.target_groups == [group("clew-web", 1)]
    http = next(r for r in found.values() if getattr(r, "name", "") == "HTTP:80")
    assert (http.action_types, http.target_groups, http.certificate) == (["redirect"], [], "")
    rules = [r for r in found.values() if getattr(r, "listener", "") == HTTPS]
    assert {rule.priority: rule.target_groups for rule in rules} == {
        "10": [group("clew-api", 2)],
        "20": [group("clew-function", 3)],
        "default": [group("clew-web", 1)],
    }


def test_each_target_is_known_by_what_it_is(read: Any) -> None:
    found = read()
    web = found[f"{group('clew-web', 1)}/i-0a100000000000002:8080"]
    assert (web.instance_id, web.port, web.health) == ("i-0a100000000000002", 8080, "healthy")
    api = found[f"{group('clew-api', 2)}/10.10.11.70:8080"]
    assert (api.vpc_address, api.instance_id) == ("vpc-0a100000000000001/10.10.11.70", "")
    outside = found[f"{group('clew-db', 4)}/10.70.0.9:5432"]
    assert (outside.vpc_address, outside.outside_address) == ("", "10.70.0.9")
    (function,) = (r for key, r in found.items() if key.startswith(group("clew-function", 3) + "/"))
    assert function.function == "arn:aws:lambda:us-east-1:111122223333:function:resize-images"
    assert function.port is None


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("DescribeLoadBalancers", {"AWSLoadBalancerV2", "AWSListener", "AWSListenerRule"}),
        ("DescribeListeners", {"AWSListener", "AWSListenerRule"}),
        ("DescribeRules", {"AWSListenerRule"}),
        ("DescribeTargetGroups", {"AWSTargetGroup", "AWSTarget"}),
        ("DescribeTargetHealth", {"AWSTarget"}),
    ],
)
def test_a_refused_listing_leaves_what_hangs_on_it_unread(
    read: Any, aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("elbv2", operation)
    assert incomplete(read()) == labels


def test_refused_details_are_unread(read: Any, aws_replay: AwsReplay) -> None:
    for operation in (
        "DescribeLoadBalancerAttributes",
        "DescribeListenerCertificates",
        "DescribeTargetGroupAttributes",
        "DescribeTags",
    ):
        aws_replay.deny("elbv2", operation)
    found = read()
    assert incomplete(found) == set()
    assert (found[WEB].access_log_bucket, found[WEB].deletion_protection) == (None, None)
    assert found[WEB].tags is None
    assert (found[HTTPS].certificate, found[HTTPS].further_certificates) == (CERTIFICATE, None)
    assert found[group("clew-db", 4)].preserves_client_ip is None
