"""What AWS answers, held against its service models; one operation of each protocol."""

import json
from typing import Any

import botocore.session
import pytest
from clew.collectors.aws.answers import hold_to_the_model
from clew.collectors.failure import AnswerError

SESSION = botocore.session.get_session()

JSON, REST, CBOR = ("cloudtrail", "DescribeTrails"), ("lambda", "ListFunctions"), ("cloudwatch", "")
QUERY, EC2 = ("iam", "ListUsers"), ("ec2", "DescribeSecurityGroups")
S3, POLICY = ("s3", "GetBucketVersioning"), ("s3", "GetBucketPolicy")

USERS = (
    "<ListUsersResponse><ListUsersResult>{}<IsTruncated>false</IsTruncated></ListUsersResult>"
    "</ListUsersResponse>"
)
GROUPS = "<DescribeSecurityGroupsResponse>{}</DescribeSecurityGroupsResponse>"


def hold(operation: tuple[str, str], body: bytes | str, status: int = 200) -> None:
    service, name = operation
    model = SESSION.get_service_model(service).operation_model(name)
    raw = body.encode() if isinstance(body, str) else body
    hold_to_the_model(model, {"status_code": status, "body": raw, "headers": {}})


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (JSON, {"trailList": []}),
        (JSON, {"trailList": [{"Name": "a", "IsMultiRegionTrail": True, "Unheard": [1]}]}),
        (JSON, {"trailList": [{"Name": None}]}),
        (REST, {"Functions": [{"Timeout": 3, "MemorySize": 128.0}], "NextMarker": None}),
        (("sqs", "ListQueues"), {}),
        (("lambda", "GetFunctionConcurrency"), {}),
        (("kms", "DescribeKey"), {"KeyMetadata": {"KeyId": "k", "CreationDate": 1.5e9}}),
        (("kms", "DescribeKey"), {"KeyMetadata": {"KeyId": "k", "CreationDate": "2024-05-06"}}),
        (QUERY, USERS.format("<Users/>")),
        (QUERY, USERS.format("<Users><member><UserName>a</UserName></member></Users>")),
        (EC2, GROUPS.format("<securityGroupInfo/>")),
        (S3, "<VersioningConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'/>"),
        (POLICY, '{"Statement": []}'),
        (("s3", "GetBucketLocation"), "<LocationConstraint>eu-west-1</LocationConstraint>"),
        (("s3", "HeadBucket"), ""),
    ],
)
def test_what_aws_answers_passes(operation: tuple[str, str], body: Any) -> None:
    hold(operation, body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(
    ("operation", "body", "why"),
    [
        (JSON, '{"trailList": [{"Na', "cannot be parsed"),
        (JSON, "", "cannot be parsed"),
        (JSON, "null", "it is not an object"),
        (JSON, "[]", "it is not an object"),
        (JSON, "{}", "no member"),
        (JSON, '{"trailList": ""}', "trailList is not a list"),
        (JSON, '{"trailList": {}}', "trailList is not a list"),
        (JSON, '{"trailList": ["a"]}', "trailList[0] is not an object"),
        (JSON, '{"trailList": [{"Name": 7}]}', "trailList[0].Name is not a string"),
        (JSON, '{"trailList": [{"IsMultiRegionTrail": "no"}]}', "is not a boolean"),
        (REST, '{"Functions": [{"Timeout": "3"}]}', "Timeout is not a integer"),
        (REST, '{"Functions": [{"Timeout": true}]}', "Timeout is not a integer"),
        (REST, '{"Functions": [{"Environment": {"Variables": []}}]}', "is not an object"),
        (("kms", "DescribeKey"), '{"KeyMetadata": {"CreationDate": []}}', "is not a timestamp"),
        (QUERY, "<ListUsersResponse><ListUsersResult>", "cannot be parsed"),
        (QUERY, "", "cannot be parsed"),
        (QUERY, "<html/>", "there is no ListUsersResult"),
        (QUERY, USERS.format(""), "Users is missing"),
        (QUERY, USERS.format("<Users>none</Users>"), "Users is not a list"),
        (QUERY, USERS.format("<Users><member>a</member></Users>"), "Users[0] is not a structure"),
        (
            QUERY,
            USERS.format("<Users><member><Arn><x/></Arn></member></Users>"),
            "Users[0].Arn is not a string",
        ),
        (QUERY, USERS.format("<Users/><Users/>"), "Users is there more than once"),
        (EC2, GROUPS.format("<requestId>r</requestId>"), "no member"),
        (QUERY, USERS.format("<Users/>").replace("false", "no"), "IsTruncated is not a boolean"),
        (QUERY, USERS.format("<Users/>").replace("false", ""), "IsTruncated is not a boolean"),
        (
            QUERY,
            USERS.format("<Users><member><CreateDate>soon</CreateDate></member></Users>"),
            "CreateDate is not a timestamp",
        ),
        (S3, "<html><body/></html>", "web page"),
        (S3, "", "cannot be parsed"),
        (POLICY, "", "cannot be parsed"),
        (POLICY, '{"Statement": [', "cannot be parsed"),
        (POLICY, "7", "cannot be parsed"),
        (POLICY, "{}", "no policy"),
    ],
)
def test_anything_else_is_an_error(operation: tuple[str, str], body: str, why: str) -> None:
    with pytest.raises(AnswerError) as error:
        hold(operation, body)
    assert error.value.code == "MalformedAnswer"
    assert operation[1] in str(error.value)
    assert why in str(error.value)


@pytest.mark.parametrize("body", [b"", b"\xa0", b"\x80", b"\xa1\x6cMetricAlarms", b"\xff", b"\xf6"])
def test_cbor_too(body: bytes) -> None:
    with pytest.raises(AnswerError):
        hold(("cloudwatch", "DescribeAlarms"), body)


def test_an_error_keeps_its_own_meaning() -> None:
    hold(JSON, '{"__type": "AccessDeniedException"}', 400)
    hold(JSON, "<html>Bad gateway</html>", 502)
    with pytest.raises(AnswerError):
        hold(JSON, "[7]", 400)
