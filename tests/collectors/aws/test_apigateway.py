"""REST APIs, what their methods ask of a caller and what they call, as the account has them."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.apigateway import APIGateway
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:apigateway:us-east-1::/restapis"
SHOP, BACK = f"{ARN}/clewshop01", f"{ARN}/clewback01"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function"
INVOKER = "arn:aws:iam::111122223333:role/events-invoke"


@pytest.fixture
def apis(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, APIGateway)


def test_an_api_names_all_that_it_calls(apis: Callable[..., Read]) -> None:
    found = apis()
    shop = found[SHOP]
    assert (shop.name, shop.account, shop.region) == ("clew-shop", "111122223333", "us-east-1")
    assert shop.execution_arn == "arn:aws:execute-api:us-east-1:111122223333:clewshop01"
    assert (shop.endpoint_types, shop.vpc_endpoint_ids, shop.policy) == (["REGIONAL"], [], "")
    assert shop.functions == [f"{FUNCTION}:resize-images", f"{FUNCTION}:rotate-secret"]
    assert shop.authorizer_types == ["TOKEN"]
    assert shop.authorizer_functions == [f"{FUNCTION}:rotate-secret"]
    assert shop.authorizer_roles == [INVOKER]
    assert shop.disable_execute_api_endpoint is False
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_method_says_whom_it_lets_in(apis: Callable[..., Read]) -> None:
    found = apis()
    methods = {
        each.name: (each.authorization_type, each.api_key_required, each.functions, each.roles)
        for each in found.collected.resources
        if each.label == "AWSAPIGatewayMethod" and each.api == SHOP
    }
    assert methods == {
        "POST /images": ("NONE", False, [f"{FUNCTION}:resize-images"], []),
        "OPTIONS /images": ("NONE", False, [], []),
        "POST /orders": ("AWS_IAM", True, [], [INVOKER]),
        "GET /orders": ("CUSTOM", False, [f"{FUNCTION}:rotate-secret"], []),
    }
    orders = found[f"{SHOP}/resources/orders0001/methods/POST"]
    assert orders.target == "arn:aws:sqs:us-east-1:111122223333:clew-jobs"
    assert found[f"{SHOP}/resources/orders0001/methods/GET"].authorizer_id == "author0001"


def test_a_private_api_is_entered_through_its_endpoint_and_by_its_policy(
    apis: Callable[..., Read],
) -> None:
    found = apis()
    back = found[BACK]
    assert (back.endpoint_types, back.vpc_endpoint_ids) == (["PRIVATE"], ["vpce-0a100000000000002"])
    (statement,) = json.loads(back.policy)["Statement"]
    assert statement["Resource"] == "arn:aws:execute-api:us-east-1:111122223333:clewback01/*"
    page = found[f"{BACK}/resources/root000002/methods/ANY"]
    assert page.target == "arn:aws:s3:::clew-prod-assets"


def test_a_stage_keeps_only_the_names_of_its_variables(apis: Callable[..., Read]) -> None:
    found = apis()
    live = found[f"{SHOP}/stages/live"]
    assert (live.api, live.variable_names) == (SHOP, ["token", "worker"])
    assert live.access_log_target == "arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"
    assert live.web_acl_arn.endswith("/clew-shop/0a100000-0000-4000-8000-0000000000fa")
    assert found.names("AWSAPIGatewayStage") == {"live"}
    for resource in found.collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("GetRestApis", {"AWSAPIGatewayRestAPI", "AWSAPIGatewayMethod", "AWSAPIGatewayStage"}),
        ("GetResources", {"AWSAPIGatewayMethod"}),
        ("GetStages", {"AWSAPIGatewayStage"}),
        ("GetAuthorizers", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    apis: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("apigateway", operation, code="AccessDeniedException")
    found = apis()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_was_refused_is_unread(apis: Callable[..., Read], aws_replay: AwsReplay) -> None:
    for operation in ("GetResources", "GetAuthorizers"):
        aws_replay.deny("apigateway", operation, code="AccessDeniedException")
    shop = apis()[SHOP]
    assert (shop.functions, shop.authorizer_types) == (None, None)
    assert (shop.authorizer_functions, shop.authorizer_roles) == (None, None)


def test_without_its_stages_a_variable_function_is_unread(
    apis: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("apigateway", "GetStages", code="AccessDeniedException")
    found = apis()
    assert found[f"{SHOP}/resources/orders0001/methods/GET"].functions is None
    assert found[f"{SHOP}/resources/images0001/methods/POST"].functions == [
        f"{FUNCTION}:resize-images"
    ]
    assert found[SHOP].functions is None
