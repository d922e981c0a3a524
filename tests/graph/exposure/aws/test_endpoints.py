"""What the internet reaches at addresses that AWS answers at: URLs, APIs, web services."""

import json
from typing import Any

import pytest
from clew.collectors.aws.apigateway import Method, RestAPI
from clew.collectors.aws.apigateway import Stage as RestStage
from clew.collectors.aws.apigatewayv2 import API, Route
from clew.collectors.aws.apigatewayv2 import Stage as HttpStage
from clew.collectors.aws.apprunner import Service
from clew.collectors.aws.lambda_ import Function
from clew.graph.model import Resource
from support.exposing import edges, reached
from support.network import ACCOUNT, REGION, Network

HERE = Network().here
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
EXECUTE = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:api"


def function(**known: Any) -> Function:
    values = {"function_url_auth_types": [], "policy": "", **known}
    return Function.load({"FunctionArn": FUNCTION, "FunctionName": "f"}, HERE, **values)


def allow(action: str, resource: str = FUNCTION, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def certainty(*resources: Resource, unread: tuple[str, ...] = ()) -> dict[str, bool]:
    """The names of what is reached over IPv4, and whether that is certain."""
    found = reached(resources, unread)
    return {name: certain for name, _, _, _, family, _, certain in found if family == "ipv4"}


# URLs of functions.

NO_CREDENTIALS = {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
BY_URL = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
OPEN_URL = document(
    allow("lambda:InvokeFunctionUrl", Condition=NO_CREDENTIALS),
    allow("lambda:InvokeFunction", Condition=BY_URL),
)


def test_a_url_that_asks_for_nothing_is_reached_in_both_families() -> None:
    f = function(function_url_auth_types=["NONE"], policy=OPEN_URL)
    assert reached([f]) == {
        ("f", "tcp", 443, 443, family, "direct", True) for family in ("ipv4", "ipv6")
    }


@pytest.mark.parametrize(
    ("kinds", "policy", "expected"),
    [
        (["AWS_IAM"], OPEN_URL, {}),
        ([], OPEN_URL, {}),
        (["AWS_IAM", "NONE"], OPEN_URL, {"f": True}),
        (["NONE"], "", {}),
        (["NONE"], document(allow("lambda:InvokeFunction", Condition=BY_URL)), {}),
        (["NONE"], document(allow("lambda:InvokeFunctionUrl")), {"f": False}),
        (["NONE"], document(allow("lambda:*")), {"f": True}),
        (
            ["NONE"],
            document(allow("lambda:*"), allow("lambda:*", Effect="Deny")),
            {},
        ),
        (
            ["NONE"],
            document(
                allow("lambda:*", Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})
            ),
            {},
        ),
        (["NONE"], None, {"f": False}),
        (None, OPEN_URL, {"f": False}),
        (None, "", {}),
    ],
)
def test_a_url_is_reached_if_the_policy_lets_everyone_in(
    kinds: list[str] | None, policy: str | None, expected: dict[str, bool]
) -> None:
    assert certainty(function(function_url_auth_types=kinds, policy=policy)) == expected


# APIs.


def rest_api(
    authorization: str | None = "NONE",
    *,
    types: list[str] | None = None,
    staged: bool = True,
    key: bool = False,
    **known: Any,
) -> list[Resource]:
    """A REST API whose only method calls the function."""
    api = RestAPI.load(
        {"id": "api", "name": "api"},
        HERE,
        id=f"arn:aws:apigateway:{REGION}::/restapis/api",
        execution_arn=EXECUTE,
        **{
            "endpoint_types": ["REGIONAL"] if types is None else types,
            "disable_execute_api_endpoint": False,
            "policy": "",
            **known,
        },
    )
    method = Method.load(
        {},
        HERE,
        name="GET /items/{id}",
        api_id="api",
        api=api.id,
        resource_id="r",
        http_method="GET",
        path="/items/{id}",
        authorization_type=authorization,
        api_key_required=key,
        functions=[FUNCTION],
        target="",
        roles=[],
    )
    stage = RestStage.load({"stageName": "prod"}, HERE, api_id="api", api=api.id)
    return [api, method, function(), *([stage] if staged else [])]


def test_a_function_is_reached_behind_a_method_that_asks_for_nothing() -> None:
    assert reached(rest_api()) == {
        ("api", "tcp", 443, 443, "ipv4", "direct", True),
        ("f", "tcp", 443, 443, "ipv4", "API", True),
    }


def test_an_api_s_edge_says_by_which_method() -> None:
    evidence = {name: json.loads(edge["evidence"]) for name, edge in edges(rest_api())}
    api = f"arn:aws:apigateway:{REGION}::/restapis/api"
    assert evidence["f"] == {"apis": [api], "methods": [f"{api}/resources/r/methods/GET"]}


def test_an_api_is_not_reached_without_a_stage() -> None:
    assert certainty(*rest_api(staged=False)) == {}
    assert certainty(*rest_api(staged=False), unread=("AWSAPIGatewayStage",)) == {
        "api": False,
        "f": False,
    }


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"types": ["EDGE"]}, {"api": True, "f": True}),
        ({"types": ["PRIVATE"]}, {}),
        ({"endpoint_types": None}, {"api": False, "f": False}),
        ({"disable_execute_api_endpoint": True}, {"api": False, "f": False}),
        ({"authorization": "CUSTOM"}, {"api": True, "f": False}),
        ({"authorization": "COGNITO_USER_POOLS"}, {"api": True, "f": False}),
        ({"authorization": "AWS_IAM"}, {"api": True}),
        ({"authorization": None}, {"api": True, "f": False}),
        ({"key": True}, {"api": True, "f": False}),
    ],
)
def test_a_rest_api_s_settings_decide(known: dict[str, Any], expected: dict[str, bool]) -> None:
    assert certainty(*rest_api(**known)) == expected


OFFICE = {"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}}
HALVES = {"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}
ALL = allow("execute-api:Invoke", f"{EXECUTE}/*")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (document(ALL), {"api": True, "f": True}),
        (document(ALL, {**ALL, "Effect": "Deny", "Condition": OFFICE}), {}),
        (document(ALL, {**ALL, "Effect": "Deny", "Condition": HALVES}), {"api": True, "f": True}),
        (document({**ALL, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}), {}),
        (
            document(allow("execute-api:Invoke", f"{EXECUTE}/prod/GET/items/*")),
            {"api": True, "f": True},
        ),
        (
            document(allow("execute-api:Invoke", f"{EXECUTE}/prod/GET/items/7")),
            {"api": True, "f": True},
        ),
        (document(allow("execute-api:Invoke", f"{EXECUTE}/prod/POST/*")), {}),
        (document(allow("execute-api:Invoke", f"{EXECUTE}/dev/*")), {}),
        (document({**ALL, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}), {}),
        (None, {"api": False, "f": False}),
    ],
)
def test_a_rest_api_s_policy_decides(policy: str | None, expected: dict[str, bool]) -> None:
    assert certainty(*rest_api(policy=policy)) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", {"api": True}),
        (document(ALL), {"api": True, "f": True}),
        (
            document({**ALL, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-mine"}}}),
            {},
        ),
    ],
)
def test_signed_requests_of_external_principals_need_a_policy_that_takes_them(
    policy: str, expected: dict[str, bool]
) -> None:
    assert certainty(*rest_api("AWS_IAM", policy=policy)) == expected


def http_api(
    *authorizations: tuple[str, str], protocol: str = "HTTP", **known: Any
) -> list[Resource]:
    """An HTTP or WebSocket API with these routes, each a name and what it asks for."""
    api = API.load(
        {"ApiId": "h", "Name": "h", "ProtocolType": protocol},
        HERE,
        id=f"arn:aws:apigateway:{REGION}::/apis/h",
        **{"disable_execute_api_endpoint": False, **known},
    )
    routes = [
        Route.load(
            {"RouteKey": name, "RouteId": str(number)},
            HERE,
            id=f"{api.id}/routes/{number}",
            api_id="h",
            api=api.id,
            authorization_type=kind,
            api_key_required=False,
            functions=[FUNCTION] if name != "$connect" else [],
            private_target="",
            roles=[],
        )
        for number, (name, kind) in enumerate(authorizations)
    ]
    stage = HttpStage.load(
        {"StageName": "$default"}, HERE, id=f"{api.id}/stages/$default", api_id="h", api=api.id
    )
    return [api, function(), stage, *routes]


@pytest.mark.parametrize(
    ("routes", "protocol", "expected"),
    [
        ([("GET /", "NONE")], "HTTP", {"h": True, "f": True}),
        ([("GET /", "JWT")], "HTTP", {"h": True, "f": False}),
        ([("GET /", "AWS_IAM")], "HTTP", {"h": True}),
        ([("GET /", "JWT"), ("POST /", "NONE")], "HTTP", {"h": True, "f": True}),
        ([("say", "NONE"), ("$connect", "AWS_IAM")], "WEBSOCKET", {"h": True}),
        ([("say", "NONE"), ("$connect", "NONE")], "WEBSOCKET", {"h": True, "f": True}),
    ],
)
def test_routes_of_http_and_websocket_apis(
    routes: list[tuple[str, str]], protocol: str, expected: dict[str, bool]
) -> None:
    assert certainty(*http_api(*routes, protocol=protocol)) == expected


def private_api(network: Network, **balancer: Any) -> list[Resource]:
    """An HTTP API that leads through a VPC link to an internal load balancer and its instance."""
    network.group("inner", ("i", "tcp", 80, 80, "10.0.0.0/8"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "10.0.0.0/8"))
    network.instance("app", "private", ["app"], public="", private="10.0.2.10")
    inner = network.load_balancer("lb", subnets=["private"], scheme="internal", **balancer)
    group = network.target_group("tg", inner, "app", protocol="TCP")
    network.listener(inner, 80, group, protocol="TCP")
    api, function_, stage, route = http_api(("GET /", "NONE"))
    assert isinstance(route, Route)
    route.functions = []
    route.private_target = f"{inner.replace(':loadbalancer/', ':listener/')}/80"
    return [*network.resources, api, function_, stage, route]


def test_an_api_leads_through_a_vpc_link_into_a_network() -> None:
    assert reached(private_api(Network(), kind="network")) == {
        ("h", "tcp", 443, 443, "ipv4", "direct", True),
        ("lb", "tcp", 80, 80, "ipv4", "API", True),
        ("app", "tcp", 8080, 8080, "ipv4", "load balancer", True),
    }


def test_whether_groups_admit_a_vpc_link_is_not_known() -> None:
    found = reached(private_api(Network(), groups=["inner"]))
    assert ("lb", "tcp", 80, 80, "ipv4", "API", False) in found
    assert ("app", "tcp", 8080, 8080, "ipv4", "load balancer", False) in found


# Web services.


@pytest.mark.parametrize(
    ("is_public", "status", "expected"),
    [
        (True, "RUNNING", {"web": True}),
        (True, "PAUSED", {"web": True}),
        (True, "DELETED", {}),
        (False, "RUNNING", {}),
        (None, "RUNNING", {"web": False}),
    ],
)
def test_web_services_are_reached_if_they_are_public(
    is_public: bool | None, status: str, expected: dict[str, bool]
) -> None:
    arn = f"arn:aws:apprunner:{REGION}:{ACCOUNT}:service/web/1"
    raw = {"ServiceArn": arn, "ServiceName": "web", "ServiceId": "1", "Status": status}
    assert certainty(Service.load(raw, HERE, publicly_accessible=is_public)) == expected
