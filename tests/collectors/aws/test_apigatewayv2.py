"""HTTP and WebSocket APIs, what their routes ask of a caller and what they call."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.apigatewayv2 import APIGatewayV2
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:apigateway:us-east-1::/apis"
GALLERY, LIVE = f"{ARN}/clewhttp01", f"{ARN}/clewsock01"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function"
INVOKER = "arn:aws:iam::111122223333:role/events-invoke"


@pytest.fixture
def apis(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, APIGatewayV2)


def test_an_api_says_where_it_answers_and_what_it_calls(apis: Callable[..., Read]) -> None:
    found = apis()
    gallery, live = found[GALLERY], found[LIVE]
    assert (gallery.protocol_type, gallery.account) == ("HTTP", "111122223333")
    assert gallery.api_endpoint == "https://clewhttp01.execute-api.us-east-1.amazonaws.com"
    assert gallery.execution_arn == "arn:aws:execute-api:us-east-1:111122223333:clewhttp01"
    assert (gallery.disable_execute_api_endpoint, live.disable_execute_api_endpoint) == (
        False,
        True,
    )
    assert gallery.cors_allow_origins == ["https://www.clew.example"]
    assert (gallery.cors_allow_credentials, live.cors_allow_credentials) == (True, False)
    assert gallery.functions == [f"{FUNCTION}:resize-images"]
    assert (gallery.authorizer_types, gallery.authorizer_functions) == (["JWT"], [])
    assert (live.authorizer_types, live.authorizer_roles) == (["REQUEST"], [INVOKER])
    assert live.authorizer_functions == live.functions == [f"{FUNCTION}:rotate-secret"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_route_says_whom_it_lets_in_and_where_to(apis: Callable[..., Read]) -> None:
    found = apis()
    images, jobs, default = (found[f"{GALLERY}/routes/route0000{number}"] for number in (1, 2, 3))
    assert (images.name, images.authorization_type) == ("POST /images", "JWT")
    assert images.functions == [f"{FUNCTION}:resize-images"]
    assert (jobs.authorization_type, jobs.integration_subtype) == ("NONE", "SQS-SendMessage")
    assert (jobs.functions, jobs.roles) == ([], [INVOKER])
    assert (default.name, default.authorization_type, default.roles) == ("$default", "AWS_IAM", [])
    assert default.private_target.endswith(
        ":listener/app/clew-web/0a10000000000001/0a10000000000080"
    )
    connect, disconnect = (found[f"{LIVE}/routes/route0000{number}"] for number in (4, 5))
    assert (connect.authorization_type, connect.functions) == (
        "CUSTOM",
        [f"{FUNCTION}:rotate-secret"],
    )
    assert (disconnect.authorization_type, disconnect.api_key_required) == ("NONE", False)
    assert (disconnect.integration_type, disconnect.functions) == ("", [])


def test_a_stage_of_an_api_keeps_only_the_names_of_its_variables(
    apis: Callable[..., Read],
) -> None:
    found = apis()
    default = found[f"{GALLERY}/stages/$default"]
    assert (default.api, default.variable_names, default.auto_deploy) == (GALLERY, ["token"], True)
    assert default.access_log_target == "arn:aws:logs:us-east-1:111122223333:log-group:/clew/trail"
    for resource in found.collected.resources:
        assert "never-to-be-kept" not in resource.model_dump_json()


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("GetApis", {"AWSAPIGatewayV2API", "AWSAPIGatewayV2Route", "AWSAPIGatewayV2Stage"}),
        ("GetRoutes", {"AWSAPIGatewayV2Route"}),
        ("GetStages", {"AWSAPIGatewayV2Stage"}),
        ("GetIntegrations", set()),
        ("GetAuthorizers", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    apis: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("apigatewayv2", operation, code="AccessDeniedException")
    found = apis()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_was_refused_is_unread(apis: Callable[..., Read], aws_replay: AwsReplay) -> None:
    for operation in ("GetIntegrations", "GetAuthorizers"):
        aws_replay.deny("apigatewayv2", operation, code="AccessDeniedException")
    found = apis()
    gallery, images = found[GALLERY], found[f"{GALLERY}/routes/route00001"]
    assert (gallery.functions, gallery.authorizer_types, gallery.authorizer_functions) == (
        None,
    ) * 3
    assert images.authorization_type == "JWT"
    assert (images.integration_type, images.functions, images.roles) == (None, None, None)
    assert images.private_target is None


def test_a_route_of_an_api_without_integrations_leads_nowhere(tmp_path: Path) -> None:
    api = {"ApiId": "a1", "Name": "a", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$"}
    route = {"RouteId": "r1", "RouteKey": "$connect", "AuthorizationType": "NONE"}
    estate = write_estate(
        tmp_path,
        {
            "111122223333/us-east-1/apigatewayv2": {
                "GetApis": {"Items": [api]},
                "GetRoutes": {"Items": [route]},
                "GetIntegrations": {"Items": []},
                "GetAuthorizers": {"Items": []},
                "GetStages": {"Items": []},
            }
        },
    )
    with AwsReplay(estate) as replay:
        found = read(replay, tmp_path, APIGatewayV2)
    assert (found[f"{ARN}/a1"].functions, found[f"{ARN}/a1"].authorizer_types) == ([], [])
    connect = found[f"{ARN}/a1/routes/r1"]
    assert (connect.functions, connect.roles, connect.private_target) == ([], [], "")
