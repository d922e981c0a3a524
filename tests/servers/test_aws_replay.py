"""The replay server against real boto3 clients, over an estate of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from servers.aws_replay import AwsReplay, aws_replay  # noqa: F401

# Shared, because each session parses the service models anew.
SESSION: Any = boto3.session.Session()
ACCOUNT = "111111111111"
OTHER = "222222222222"
REGION = "eu-west-1"
CREATED = "2024-05-06T07:08:09Z"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
ROLE_A = f"arn:aws:iam::{OTHER}:role/audit/reader"
ROLE_B = f"arn:aws:iam::{OTHER}:role/closed"


def iam_role(name: str) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": json.dumps(TRUST)}],
    }


def record_set(name: str, kind: str, identifier: str | None = None) -> dict[str, Any]:
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    return record | ({"SetIdentifier": identifier, "Weight": 1} if identifier else {})


RECORD_SETS = [
    record_set("a.example.org.", "A", "blue"),
    record_set("a.example.org.", "A", "green"),
    record_set("a.example.org.", "A", "red"),
    record_set("a.example.org.", "TXT"),
    record_set("b.example.org.", "A"),
]
SECURITY_GROUPS = [
    {
        "GroupId": f"sg-{letter}",
        "GroupName": letter,
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "<any> & all"}],
            }
        ],
    }
    for letter in "abc"
]
DISTRIBUTION_LIST = {
    "Marker": "",
    "MaxItems": 100,
    "IsTruncated": False,
    "Quantity": 3,
    "Items": [
        {
            "Id": f"E{n}",
            "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "b.example.org"}]},
        }
        for n in range(3)
    ],
}

GLOBAL: dict[str, Any] = {
    "s3": {
        "ListBuckets": {"Buckets": [{"Name": name, "CreationDate": CREATED} for name in "vwxyz"]},
        "GetBucketLocation": {"LocationConstraint": "eu-west-1"},
        "GetBucketAcl": {
            "Owner": {"ID": "o"},
            "Grants": [{"Grantee": {"Type": "Group", "URI": "uri"}, "Permission": "READ"}],
        },
        "GetBucketPolicy": [
            {"when": {"Bucket": "v"}, "response": {"Policy": TRUST}},
            {"error": {"code": "NoSuchBucketPolicy", "message": "The bucket policy <none>"}},
        ],
        "HeadBucket": [
            {"when": {"Bucket": "gone"}, "error": {"code": "404", "message": "Not Found"}},
            {"when": {"Bucket": "closed"}, "error": {"code": "403", "message": "Forbidden"}},
            {"response": {"BucketRegion": "eu-west-1"}},
        ],
    },
    "s3control": {
        "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}
    },
    "iam": {
        "GetAccountAuthorizationDetails": {
            "UserDetailList": [{"UserName": name} for name in "ab"],
            "GroupDetailList": [{"GroupName": "g"}],
            "RoleDetailList": [iam_role("r1"), iam_role("r2")],
        },
        "GetAccountSummary": {"SummaryMap": {"Users": 2, "MFADevices": 0}},
    },
    "route53": {
        "ListHostedZones": {
            "HostedZones": [
                {"Id": f"/hostedzone/Z{n}", "Name": "example.org.", "CallerReference": "c"}
                for n in range(3)
            ]
        },
        "ListResourceRecordSets": [
            {
                "when": {"HostedZoneId": "/hostedzone/Z0"},
                "response": {"ResourceRecordSets": RECORD_SETS},
            }
        ],
    },
    "cloudfront": {"ListDistributions": {"DistributionList": DISTRIBUTION_LIST}},
    "organizations": {
        "ListAccounts": {"Accounts": [{"Id": ACCOUNT}, {"Id": OTHER}, {"Id": "333333333333"}]}
    },
    "sts": {
        "AssumeRole": [
            {
                "when": {"RoleArn": ROLE_B},
                "error": {"code": "AccessDenied", "message": "not you"},
            }
        ]
    },
}
REGIONAL: dict[str, Any] = {
    "cloudtrail": {
        "DescribeTrails": {"trailList": [{"Name": "t", "TrailARN": "arn:t"}]},
        "GetTrailStatus": [
            {"when": {"Name": "arn:t"}, "response": {"IsLogging": True, "StartLoggingTime": 0}},
            {
                "when": {"Name": "arn:u"},
                "error": {"code": "AccessDeniedException", "message": "no", "status": 403},
            },
        ],
    },
    "ec2": {
        "DescribeInstances": [
            {
                "when": {"Filters": [{"Name": "vpc-id", "Values": ["v1", "v2"]}]},
                "response": {"Reservations": []},
            },
            {
                "response": {
                    "Reservations": [
                        {
                            "ReservationId": f"r-{n}",
                            "Instances": [{"InstanceId": f"i-{n}", "LaunchTime": CREATED}],
                        }
                        for n in range(5)
                    ]
                }
            },
        ],
        "DescribeSecurityGroups": {"SecurityGroups": SECURITY_GROUPS},
        "DescribeVpcs": {"error": {"code": "UnauthorizedOperation", "message": "no"}},
    },
    "sqs": {
        "ListQueues": {"QueueUrls": ["https://q/1", "https://q/2", "https://q/3"]},
        "GetQueueAttributes": [
            {
                "when": {"QueueUrl": "https://q/1", "AttributeNames": ["Policy", "QueueArn"]},
                "response": {"Attributes": {"QueueArn": "arn:q", "Policy": TRUST}},
            },
            {
                "error": {
                    "code": "AWS.SimpleQueueService.NonExistentQueue",
                    "message": "gone",
                }
            },
        ],
    },
    "sns": {
        "ListTopics": {"Topics": [{"TopicArn": f"arn:{n}"} for n in range(3)]},
        "GetTopicAttributes": {"Attributes": {"TopicArn": "arn:0", "Policy": TRUST}},
    },
    "logs": {
        "DescribeMetricFilters": {
            "metricFilters": [
                {"filterName": f"f{n}", "filterPattern": '{ $.errorCode = "*Denied" }'}
                for n in range(3)
            ]
        }
    },
    "cloudwatch": {
        "DescribeAlarms": {
            "MetricAlarms": [{"AlarmName": f"m{n}", "Threshold": 0.5} for n in range(2)],
            "CompositeAlarms": [{"AlarmName": "c0"}],
        }
    },
    "lambda": {
        "ListFunctions": {"Functions": [{"FunctionName": f"f{n}"} for n in range(3)]},
        "GetPolicy": [
            {"when": {"FunctionName": "f0"}, "response": {"Policy": TRUST}},
            {"error": {"code": "ResourceNotFoundException", "message": "no policy"}},
        ],
    },
    "elb": {"DescribeLoadBalancers": {"LoadBalancerDescriptions": [{"LoadBalancerName": "old"}]}},
    "elbv2": {"DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerName": "new"}]}},
    "rds": {"DescribeDBInstances": {"DBInstances": [{"DBInstanceIdentifier": n} for n in "abc"]}},
    "dynamodb": {
        "ListTables": {"TableNames": ["a", "b", "c"]},
        "Scan": {"Items": [{"k": {"S": n}} for n in "abc"], "Count": 3, "ScannedCount": 3},
    },
    "kms": {
        "ListKeys": {"Keys": [{"KeyId": n} for n in "abc"]},
        "ListAliases": {"Aliases": [{"AliasName": f"alias/{n}"} for n in "abc"]},
    },
    "secretsmanager": {
        "ListSecrets": {"SecretList": [{"Name": n, "LastChangedDate": CREATED} for n in "abc"]}
    },
    "ecs": {"ListClusters": {"clusterArns": ["arn:1", "arn:2", "arn:3"]}},
    "eks": {
        "ListClusters": {"clusters": ["a", "b", "c"]},
        "DescribeCluster": [{"when": {"name": "a"}, "response": {"cluster": {"name": "a"}}}],
    },
    "ecr": {"DescribeRepositories": {"repositories": [{"repositoryName": n} for n in "abc"]}},
    "events": {"ListRules": {"Rules": [{"Name": n} for n in "abc"]}},
    "application-autoscaling": {
        "DescribeScalableTargets": {"ScalableTargets": [{"ResourceId": n} for n in "abc"]}
    },
    "eventbridgev2": {
        "ListEventBuses": {
            "EventBuses": [{"Name": n, "CreationTime": CREATED} for n in "abc"],
        }
    },
    "kinesis": {
        "DescribeStream": {
            "StreamDescription": {"StreamName": "s", "Shards": [{"ShardId": n} for n in "abc"]}
        }
    },
    "opensearch": {"ListDomainNames": {"DomainNames": [{"DomainName": "d"}]}},
    "apigatewayv2": {"GetApis": {"Items": [{"Name": n} for n in "abc"]}},
}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("estate")
    (root / OTHER / REGION).mkdir(parents=True)
    for region, services in (("global", GLOBAL), (REGION, REGIONAL)):
        folder = root / ACCOUNT / region
        folder.mkdir(parents=True)
        for service, operations in services.items():
            (folder / f"{service}.json").write_text(json.dumps(operations))
    return root


@pytest.fixture
def server(estate: Path) -> Iterator[AwsReplay]:
    with AwsReplay(estate) as replay:
        yield replay


def connect(
    server: AwsReplay,
    service: str,
    account: str = ACCOUNT,
    region: str = REGION,
    attempts: int = 1,
    **keys: Any,
) -> Any:
    return SESSION.client(
        service,
        region_name=region,
        endpoint_url=server.url,
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
        **{"aws_access_key_id": f"AKIA{account}", "aws_secret_access_key": "secret", **keys},
    )


def answer(client: Any, method: str, **params: Any) -> dict[str, Any]:
    found = getattr(client, method)(**params)
    found.pop("ResponseMetadata")
    return dict(found)


def failure(client: Any, method: str, **params: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**params)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("service", "method", "member", "count"),
    [
        ("s3", "list_buckets", "Buckets", 5),
        ("iam", "get_account_authorization_details", "RoleDetailList", 2),
        ("route53", "list_hosted_zones", "HostedZones", 3),
        ("organizations", "list_accounts", "Accounts", 3),
        ("ec2", "describe_instances", "Reservations", 5),
        ("ec2", "describe_security_groups", "SecurityGroups", 3),
        ("sqs", "list_queues", "QueueUrls", 3),
        ("sns", "list_topics", "Topics", 3),
        ("logs", "describe_metric_filters", "metricFilters", 3),
        ("cloudwatch", "describe_alarms", "MetricAlarms", 2),
        ("cloudwatch", "describe_alarms", "CompositeAlarms", 1),
        ("lambda", "list_functions", "Functions", 3),
        ("rds", "describe_db_instances", "DBInstances", 3),
        ("dynamodb", "list_tables", "TableNames", 3),
        ("dynamodb", "scan", "Items", 3),
        ("kms", "list_keys", "Keys", 3),
        ("kms", "list_aliases", "Aliases", 3),
        ("secretsmanager", "list_secrets", "SecretList", 3),
        ("ecs", "list_clusters", "clusterArns", 3),
        ("eks", "list_clusters", "clusters", 3),
        ("ecr", "describe_repositories", "repositories", 3),
        ("application-autoscaling", "describe_scalable_targets", "ScalableTargets", 3),
        ("eventbridgev2", "list_event_buses", "EventBuses", 3),
        ("apigatewayv2", "get_apis", "Items", 3),
    ],
)
def test_pages(server: AwsReplay, service: str, method: str, member: str, count: int) -> None:
    required = {
        "scan": {"TableName": "t"},
        "describe_scalable_targets": {"ServiceNamespace": "ecs"},
    }.get(method, {})
    client = connect(server, service)
    recorded = (GLOBAL | REGIONAL)[service][client.meta.method_to_api_mapping[method]]
    # One recorded answer for all parameters, or the last entry of a list.
    body = recorded if isinstance(recorded, dict) else recorded[-1]["response"]
    pages = list(client.get_paginator(method).paginate(**required))
    assert len(pages) > 1
    found = [item for page in pages for item in page.get(member, [])]
    assert len(found) == count == len(body[member])
    if member != "RoleDetailList":  # its recorded policies are compared in their own test
        assert json.loads(json.dumps(found, default=_iso)) == body[member]
    assert server.not_recorded == []


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_without_paging_data_is_lost(server: AwsReplay) -> None:
    first = answer(connect(server, "kms"), "list_keys")
    assert [key["KeyId"] for key in first["Keys"]] == ["a", "b"]
    assert first["Truncated"] is True


def test_page_size_is_the_smaller_of_both_sides(server: AwsReplay) -> None:
    groups = answer(connect(server, "ec2"), "describe_security_groups", MaxResults=1000)
    assert len(groups["SecurityGroups"]) == 2
    assert len(answer(connect(server, "kms"), "list_keys", Limit=1)["Keys"]) == 1


def test_page_size_of_the_server(estate: Path) -> None:
    with AwsReplay(estate, page_size=100) as server:
        found = answer(connect(server, "s3"), "list_buckets")
    assert len(found["Buckets"]) == 5
    assert "ContinuationToken" not in found


def test_foreign_page_tokens_are_refused(server: AwsReplay) -> None:
    kms = connect(server, "kms")
    marker = answer(kms, "list_keys")["NextMarker"]
    assert failure(kms, "list_aliases", Marker=marker) == ("InvalidNextToken", 400)
    assert failure(kms, "list_aliases", Marker="nonsense") == ("InvalidNextToken", 400)


def test_operations_without_a_paginator_page_too(server: AwsReplay) -> None:
    events = connect(server, "events")
    first = answer(events, "list_rules")
    rest = answer(events, "list_rules", NextToken=first["NextToken"])
    assert [rule["Name"] for rule in first["Rules"] + rest["Rules"]] == ["a", "b", "c"]
    assert "NextToken" not in rest


def test_nested_lists_and_last_item_tokens(server: AwsReplay) -> None:
    kinesis = connect(server, "kinesis")
    first = answer(kinesis, "describe_stream", StreamName="s")["StreamDescription"]
    assert first["HasMoreShards"] is True
    whole = kinesis.get_paginator("describe_stream").paginate(StreamName="s").build_full_result()
    assert [s["ShardId"] for s in whole["StreamDescription"]["Shards"]] == ["a", "b", "c"]

    cloudfront = connect(server, "cloudfront")
    first = answer(cloudfront, "list_distributions")["DistributionList"]
    assert (len(first["Items"]), first["IsTruncated"], first["Quantity"]) == (2, True, 3)
    pages = cloudfront.get_paginator("list_distributions").paginate()
    items = [item for page in pages for item in page["DistributionList"]["Items"]]
    assert items == DISTRIBUTION_LIST["Items"]


def test_counts_add_up_over_pages(server: AwsReplay) -> None:
    scan = connect(server, "dynamodb").get_paginator("scan").paginate(TableName="t")
    whole = scan.build_full_result()
    assert (whole["Count"], whole["ScannedCount"], len(whole["Items"])) == (3, 3, 3)


def test_record_sets_continue_at_the_next_record(server: AwsReplay) -> None:
    route53 = connect(server, "route53")
    first = answer(route53, "list_resource_record_sets", HostedZoneId="/hostedzone/Z0")
    assert first["NextRecordName"] == "a.example.org."
    assert (first["NextRecordType"], first["NextRecordIdentifier"]) == ("A", "red")
    paginator = route53.get_paginator("list_resource_record_sets")
    whole = paginator.paginate(HostedZoneId="Z0").build_full_result()
    assert whole["ResourceRecordSets"] == RECORD_SETS


def test_cloudtrail(server: AwsReplay) -> None:
    trails = connect(server, "cloudtrail")
    assert answer(trails, "describe_trails") == REGIONAL["cloudtrail"]["DescribeTrails"]
    status = answer(trails, "get_trail_status", Name="arn:t")
    assert status["IsLogging"] is True
    assert status["StartLoggingTime"].timestamp() == 0
    assert failure(trails, "get_trail_status", Name="arn:u") == ("AccessDeniedException", 403)
    with pytest.raises(ClientError, match=r"eu-west-1, cloudtrail.GetTrailStatus.*arn:v"):
        trails.get_trail_status(Name="arn:v")
    assert len(server.not_recorded) == 1
    last = server.calls[-1]
    assert (last.account, last.region, last.service) == (ACCOUNT, REGION, "cloudtrail")
    assert (last.operation, last.params, last.error) == (
        "GetTrailStatus",
        {"Name": "arn:v"},
        "NotRecorded",
    )


def test_s3(server: AwsReplay) -> None:
    s3 = connect(server, "s3", region="us-east-2")
    acl = answer(s3, "get_bucket_acl", Bucket="v")
    assert acl == GLOBAL["s3"]["GetBucketAcl"]
    assert answer(s3, "get_bucket_location", Bucket="v") == {"LocationConstraint": "eu-west-1"}
    assert json.loads(answer(s3, "get_bucket_policy", Bucket="v")["Policy"]) == TRUST
    assert failure(s3, "get_bucket_policy", Bucket="w") == ("NoSuchBucketPolicy", 404)
    assert answer(s3, "head_bucket", Bucket="v")["BucketRegion"] == "eu-west-1"
    assert failure(s3, "head_bucket", Bucket="gone") == ("404", 404)
    assert failure(s3, "head_bucket", Bucket="closed") == ("403", 403)
    assert failure(s3, "get_bucket_tagging", Bucket="v") == ("NotRecorded", 501)
    created = [bucket["CreationDate"] for bucket in answer(s3, "list_buckets")["Buckets"]]
    assert created == [datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)] * 2


def test_s3control_needs_no_hook(server: AwsReplay, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = GLOBAL["s3control"]["GetPublicAccessBlock"]
    control = connect(server, "s3control")
    assert answer(control, "get_public_access_block", AccountId=ACCOUNT) == expected
    # Nor an endpoint in code, when the environment gives it.
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    session = boto3.session.Session(f"AKIA{ACCOUNT}", "secret", region_name=REGION)
    plain = session.client("s3control")
    assert answer(plain, "get_public_access_block", AccountId=ACCOUNT) == expected
    assert [call.params for call in server.calls] == [{"AccountId": ACCOUNT}] * 2


def test_iam_policies_come_back_decoded(server: AwsReplay) -> None:
    pages = connect(server, "iam").get_paginator("get_account_authorization_details").paginate()
    roles = pages.build_full_result()["RoleDetailList"]
    assert [role["RoleName"] for role in roles] == ["r1", "r2"]
    assert roles[0]["AssumeRolePolicyDocument"] == TRUST
    assert roles[0]["RolePolicyList"][0]["PolicyDocument"] == TRUST
    summary = answer(connect(server, "iam"), "get_account_summary")
    assert summary == GLOBAL["iam"]["GetAccountSummary"]


def test_ec2(server: AwsReplay) -> None:
    ec2 = connect(server, "ec2")
    filtered = [{"Name": "vpc-id", "Values": ["v1", "v2"]}]
    assert answer(ec2, "describe_instances", Filters=filtered) == {"Reservations": []}
    instance = answer(ec2, "describe_instances")["Reservations"][0]["Instances"][0]
    assert instance["LaunchTime"] == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert failure(ec2, "describe_vpcs") == ("UnauthorizedOperation", 403)


def test_sqs_still_answers_its_query_error_codes(server: AwsReplay) -> None:
    sqs = connect(server, "sqs")
    names = ["QueueArn", "Policy"]
    found = answer(sqs, "get_queue_attributes", QueueUrl="https://q/1", AttributeNames=names)
    assert json.loads(found["Attributes"]["Policy"]) == TRUST
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_attributes(QueueUrl="https://q/2")
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_sns_and_lambda_policies_are_text(server: AwsReplay) -> None:
    attributes = answer(connect(server, "sns"), "get_topic_attributes", TopicArn="arn:0")
    assert json.loads(attributes["Attributes"]["Policy"]) == TRUST
    functions = connect(server, "lambda")
    assert json.loads(answer(functions, "get_policy", FunctionName="f0")["Policy"]) == TRUST
    with pytest.raises(functions.exceptions.ResourceNotFoundException, match="no policy"):
        functions.get_policy(FunctionName="f1")


def test_services_that_share_a_signing_name(server: AwsReplay) -> None:
    old = answer(connect(server, "elb"), "describe_load_balancers")
    assert old == REGIONAL["elb"]["DescribeLoadBalancers"]
    new = answer(connect(server, "elbv2"), "describe_load_balancers")
    assert new == REGIONAL["elbv2"]["DescribeLoadBalancers"]
    domains = answer(connect(server, "opensearch"), "list_domain_names")
    assert domains == REGIONAL["opensearch"]["ListDomainNames"]
    connect(server, "docdb").describe_db_instances()
    connect(server, "apigateway").get_rest_apis()
    named = [call.service for call in server.calls]
    assert named == ["elb", "elbv2", "opensearch", "rds", "apigateway"]


def test_eks_rest_labels(server: AwsReplay) -> None:
    cluster = answer(connect(server, "eks"), "describe_cluster", name="a")
    assert cluster == {"cluster": {"name": "a"}}


@pytest.mark.parametrize(
    ("service", "method", "expected"),
    [
        ("ec2", "describe_vpcs", {"Vpcs": []}),
        ("sns", "list_topics", {"Topics": []}),
        ("sqs", "list_queues", {}),
        ("dynamodb", "list_tables", {"TableNames": []}),
        ("lambda", "list_functions", {"Functions": []}),
        ("eventbridgev2", "list_event_buses", {"EventBuses": []}),
        ("s3", "list_buckets", {"Buckets": []}),
        ("iam", "list_users", {"Users": [], "IsTruncated": False}),
        (
            "cloudfront",
            "list_distributions",
            {
                "DistributionList": {
                    "Marker": "",
                    "MaxItems": 0,
                    "IsTruncated": False,
                    "Quantity": 0,
                }
            },
        ),
    ],
)
def test_without_a_file_answers_are_empty(
    server: AwsReplay, service: str, method: str, expected: dict[str, Any]
) -> None:
    assert answer(connect(server, service, account=OTHER), method) == expected
    assert server.not_recorded == []


def test_sts(server: AwsReplay) -> None:
    sts = connect(server, "sts")
    me = answer(sts, "get_caller_identity")
    assert (me["Account"], me["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/replay")
    keys = sts.assume_role(RoleArn=ROLE_A, RoleSessionName="me")["Credentials"]
    assert keys["AccessKeyId"] == f"ASIA{OTHER}"
    there = connect(
        server,
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    found = answer(there, "get_caller_identity")
    assert found["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/reader/me"
    params = {"RoleArn": ROLE_B, "RoleSessionName": "me"}
    assert failure(sts, "assume_role", **params) == ("AccessDenied", 403)
    params["RoleArn"] = "arn:aws:iam::999999999999:role/x"
    assert failure(sts, "assume_role", **params) == ("AccessDenied", 403)
    assert server.not_recorded == []


@pytest.mark.parametrize("key", ["AKIDEXAMPLE", f"ASIA{ACCOUNT}"])
def test_foreign_keys_are_refused(server: AwsReplay, key: str) -> None:
    sts = connect(server, "sts", aws_access_key_id=key)
    assert failure(sts, "get_caller_identity") == ("InvalidClientTokenId", 403)


def test_deny(server: AwsReplay) -> None:
    server.deny("kms", "ListKeys", region="us-east-1")
    server.deny("sns", code="AuthorizationError")
    assert failure(connect(server, "kms", region="us-east-1"), "list_keys") == ("AccessDenied", 403)
    assert answer(connect(server, "kms"), "list_keys")["Keys"]
    assert failure(connect(server, "sns"), "list_topics") == ("AuthorizationError", 403)
    server.reset()
    assert server.calls == []
    assert answer(connect(server, "sns"), "list_topics")["Topics"]


def test_throttle_and_fail_are_retried(server: AwsReplay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    for service, method in (
        ("ec2", "describe_security_groups"),
        ("s3", "list_buckets"),
        ("kms", "list_keys"),
        ("sns", "list_topics"),
        ("lambda", "list_functions"),
        ("route53", "list_hosted_zones"),
        ("eventbridgev2", "list_event_buses"),
    ):
        client = connect(server, service, attempts=3)
        server.reset()
        server.throttle(service, client.meta.method_to_api_mapping[method], times=1)
        server.fail(service, client.meta.method_to_api_mapping[method], times=1)
        assert answer(client, method)
        errors = [call.error for call in server.calls]
        assert errors[1:] == ["InternalFailure", None], service
        assert errors[0] is not None


def test_throttle_for_ever(server: AwsReplay) -> None:
    server.throttle("ec2", "DescribeSecurityGroups")
    assert failure(connect(server, "ec2", attempts=2), "describe_security_groups") == (
        "RequestLimitExceeded",
        503,
    )
    assert len(server.calls) == 2
    server.fail("kms", "ListKeys", status=503)
    assert failure(connect(server, "kms"), "list_keys") == ("InternalFailure", 503)


def test_mistakes_in_the_estate_are_named(tmp_path: Path) -> None:
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)
    content = {
        "ListKeys": {"Keys": [{"KeyIdd": "a"}]},
        "ListAliases": {"Aliases": [{"AliasName": 1}]},
        "DescribeKey": [{"response": {}, "wen": {}}],
    }
    (folder / "kms.json").write_text(json.dumps(content))
    with AwsReplay(tmp_path) as server:
        kms = connect(server, "kms")
        for method, params, message in (
            ("list_keys", {}, r"ListKeys\.Keys\[0\] has no member KeyIdd"),
            ("list_aliases", {}, r"ListAliases\.Aliases\[0\]\.AliasName should be str"),
            ("describe_key", {"KeyId": "a"}, "wen"),
        ):
            with pytest.raises(ClientError, match=message):
                getattr(kms, method)(**params)
        assert len(server.not_recorded) == 3
        # An estate may be changed while it is served.
        (folder / "kms.json").write_text(json.dumps({"ListKeys": {"Keys": []}}))
        assert answer(kms, "list_keys") == {"Keys": [], "Truncated": False}


def test_recorded_pages_are_left_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)
    pages = [
        {"when": {"Marker": "m"}, "response": {"Keys": [{"KeyId": n} for n in "abc"]}},
        {"response": {"Keys": []}},
    ]
    (folder / "kms.json").write_text(json.dumps({"ListKeys": pages}))
    with AwsReplay(tmp_path) as server:
        assert len(answer(connect(server, "kms"), "list_keys", Marker="m")["Keys"]) == 3


def test_many_clients_at_once(server: AwsReplay) -> None:
    clients = [connect(server, "ec2"), connect(server, "s3"), connect(server, "kms")]
    methods = ["describe_security_groups", "list_buckets", "list_keys"]
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(answer, clients[n % 3], methods[n % 3]) for n in range(60)]
        assert all(job.result() for job in jobs)
    assert len(server.calls) == 60


def test_fixture_serves_the_estate_of_the_suite(aws_replay: AwsReplay) -> None:  # noqa: F811
    assert aws_replay.estate.root.parts[-3:] == ("tests", "estate", "aws")
    assert answer(connect(aws_replay, "sts"), "get_caller_identity")["Account"] == ACCOUNT
