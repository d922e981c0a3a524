"""Functions, layers and event sources as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.lambda_ import Lambda
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:lambda:us-east-1:111122223333"
RESIZE = f"{ARN}:function:resize-images"
ROTATE = f"{ARN}:function:rotate-secret"
HOOK = "arn:aws:lambda:us-east-1:444455556666:function:dev-hook"
JOBS_DLQ = "arn:aws:sqs:us-east-1:111122223333:clew-jobs-dlq"


@pytest.fixture
def functions(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Lambda)


def test_a_function_names_all_that_it_uses(functions: Callable[..., Read]) -> None:
    found = functions()
    resize, rotate = found[RESIZE], found[ROTATE]
    assert resize.role == "arn:aws:iam::111122223333:role/lambda-exec"
    assert resize.vpc_id == "vpc-0a100000000000001"
    assert resize.subnet_ids == ["subnet-0a1000000000000b1", "subnet-0a1000000000000b2"]
    assert resize.security_group_ids == ["sg-0a100000000000002"]
    assert resize.dead_letter_target == JOBS_DLQ
    assert resize.log_group == "/aws/lambda/resize-images"
    assert resize.image_repository == "arn:aws:ecr:us-east-1:111122223333:repository/clew/api"
    assert resize.failure_destinations == [JOBS_DLQ]
    assert resize.success_destinations == ["arn:aws:sns:us-east-1:111122223333:clew-alerts"]
    assert resize.tags == ["team=media"]
    assert "clew-function" in resize.policy
    assert (rotate.vpc_id, rotate.subnet_ids, rotate.security_group_ids) == ("", [], [])
    assert (rotate.image_repository, rotate.dead_letter_target) == ("", "")
    assert rotate.kms_key_arn.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert rotate.layers == [
        f"{ARN}:layer:toolbox",
        "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension",
    ]
    assert (found.failed, found.incomplete) == ({}, set())


def test_of_the_environment_only_names_are_kept(functions: Callable[..., Read]) -> None:
    found = functions()
    assert found[RESIZE].environment_names == ["API_TOKEN", "BUCKET"]
    assert found[ROTATE].environment_names == []
    for resource in found.collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


def test_only_the_code_of_images_is_asked_for(
    functions: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    functions()
    asked = [call.params for call in aws_replay.calls if call.operation == "GetFunction"]
    assert asked == [{"FunctionName": "resize-images"}]


def test_a_url_says_whom_it_lets_in(functions: Callable[..., Read]) -> None:
    hook = functions("444455556666")[HOOK]
    assert hook.function_url_auth_types == ["NONE"]
    assert hook.function_urls == [
        "https://devhook0000000000000000000000000.lambda-url.us-east-1.on.aws/"
    ]


def test_event_sources_invoke_functions_whatever_their_version(
    functions: Callable[..., Read],
) -> None:
    found = functions()
    mapping = f"{ARN}:event-source-mapping:0a100000-0000-4000-8000-0000000000e"
    queue, table, stream = (found[f"{mapping}{number}"] for number in (1, 2, 3))
    assert (queue.event_source_arn, queue.function_arn) == (
        "arn:aws:sqs:us-east-1:111122223333:clew-jobs",
        RESIZE,
    )
    assert table.event_source_arn == "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
    assert (table.function_arn, table.state) == (ROTATE, "Disabled")
    assert table.failure_destination == JOBS_DLQ
    assert stream.event_source_arn == "arn:aws:kinesis:us-east-1:111122223333:stream/clicks"
    assert found[f"{ARN}:layer:toolbox"].latest_version == 3


def test_a_source_of_ones_own_is_reached_through_a_network(tmp_path: Path) -> None:
    mapping = {
        "UUID": "1",
        "EventSourceMappingArn": f"{ARN}:event-source-mapping:1",
        "FunctionArn": RESIZE,
        "SourceAccessConfigurations": [
            {"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"},
            {"Type": "VPC_SECURITY_GROUP", "URI": "security_group:sg-1"},
            {"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:us-east-1:111122223333:secret:s"},
        ],
    }
    recorded = {
        "ListFunctions": {"Functions": []},
        "ListLayers": {"Layers": []},
        "ListEventSourceMappings": {"EventSourceMappings": [mapping]},
    }
    estate = write_estate(tmp_path, {"111122223333/us-east-1/lambda": recorded})
    with AwsReplay(estate) as replay:
        (found,) = read(replay, tmp_path, Lambda).collected.resources
    assert (found.subnet_ids, found.security_group_ids) == (["subnet-1"], ["sg-1"])


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListFunctions", {"AWSLambda"}),
        ("ListLayers", {"AWSLambdaLayer"}),
        ("ListEventSourceMappings", {"AWSLambdaEventSourceMapping"}),
        ("GetPolicy", set()),
        ("GetFunction", set()),
        ("ListTags", set()),
        ("ListFunctionUrlConfigs", set()),
        ("ListFunctionEventInvokeConfigs", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    functions: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("lambda", operation, code="AccessDeniedException")
    found = functions()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_was_refused_is_unread(functions: Callable[..., Read], aws_replay: AwsReplay) -> None:
    for operation in (
        "GetPolicy",
        "GetFunction",
        "ListTags",
        "ListFunctionUrlConfigs",
        "ListFunctionEventInvokeConfigs",
    ):
        aws_replay.deny("lambda", operation, code="AccessDeniedException")
    found = functions()
    resize = found[RESIZE]
    assert (resize.policy, resize.image_uri, resize.image_repository) == (None, None, None)
    assert (resize.function_urls, resize.function_url_auth_types, resize.tags) == (None, None, None)
    assert (resize.failure_destinations, resize.success_destinations) == (None, None)
    assert found[ROTATE].image_repository == ""
