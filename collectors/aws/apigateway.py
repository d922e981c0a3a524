"""Amazon API Gateway, REST APIs: their methods, what these ask of a caller, and what they call."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from ...graph.model import Document, Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource, answered
from .integrations import assumed_roles, forwarded_to, invoked_functions
from .session import AWSApi


class RestAPI(TaggedResource):
    """A REST API (GetRestApis). It answers where it has a stage; what a method asks of its caller
    is on the method, and what the policy says counts before that."""

    label = "AWSAPIGatewayRestAPI"
    identity = "arn:{partition}:apigateway:{region}::/restapis/{api_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    api_id: str | None = field("Id.", wire="id")
    execution_arn: str | None = field(
        "ARN by which policies name its methods: `ARN/stage/METHOD/path`.", call="-"
    )
    description: str | None = field("Description.")
    created_date: Timestamp | None = field("When it was made.")
    endpoint_types: list[str] | None = field(
        "EDGE or REGIONAL, which are on the internet, or PRIVATE.",
        wire="endpointConfiguration.types",
    )
    vpc_endpoint_ids: list[str] | None = ref(
        "AWSVpcEndpoint",
        by="vpc_endpoint_id",
        rel="FORWARDS_TO",
        inverse=True,
        wire="endpointConfiguration.vpcEndpointIds",
    )
    disable_execute_api_endpoint: bool | None = field(
        "Answers only under custom domain names, not under its own."
    )
    api_key_source: str | None = field("HEADER, or AUTHORIZER: where its API keys come from.")
    policy: Document | None = field("Resource policy.", call="-")
    functions: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES", call="GetResources")
    authorizer_types: list[str] | None = field(
        "TOKEN, REQUEST, COGNITO_USER_POOLS: kinds of authorizer it has.", call="GetAuthorizers"
    )
    authorizer_functions: list[str] | None = ref(
        "AWSLambda", by="id", rel="INVOKES", call="GetAuthorizers"
    )
    authorizer_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", call="GetAuthorizers"
    )


class Method(AWSResource):
    """A method of a resource of a REST API, with its integration (GetResources)."""

    label = "AWSAPIGatewayMethod"
    identity = (
        "arn:{partition}:apigateway:{region}::/restapis/{api_id}"
        "/resources/{resource_id}/methods/{http_method}"
    )
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    name: str | None = field("Method and path.", call="-")
    api_id: str | None = field("Id of its API.", call="-")
    resource_id: str | None = field("Id of its resource.", call="-")
    api: str | None = ref("AWSAPIGatewayRestAPI", by="id", rel="PART_OF")
    path: str | None = field("Path.", call="-")
    http_method: str | None = field("GET …, or ANY.")
    authorization_type: str | None = field(
        "NONE: no credentials are asked for; AWS_IAM, CUSTOM or COGNITO_USER_POOLS."
    )
    authorizer_id: str | None = field("Authorizer that decides.")
    api_key_required: bool | None = field("Callers need one of the account's API keys.")
    integration_type: str | None = field(
        "AWS, AWS_PROXY, HTTP, HTTP_PROXY or MOCK.", wire="methodIntegration.type"
    )
    integration_uri: str | None = field("What it calls.", wire="methodIntegration.uri")
    functions: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES", call="GetStages")
    target: str | None = ref(("AWSSQSQueue", "AWSS3Bucket"), by="id", rel="FORWARDS_TO")
    private_target: str | None = ref(
        ("AWSListener", "AWSLoadBalancerV2"),
        by="id",
        rel="FORWARDS_TO",
        wire="methodIntegration.integrationTarget",
    )
    roles: list[str] | None = ref("AWSRole", by="id", rel="RUNS_AS", call="-")


class Stage(TaggedResource):
    """A stage of a REST API: a deployment that is called under its own path (GetStages). Of its
    variables only the names are kept."""

    label = "AWSAPIGatewayStage"
    identity = "arn:{partition}:apigateway:{region}::/restapis/{api_id}/stages/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    name: str | None = field("Name.", wire="stageName")
    api_id: str | None = field("Id of its API.", call="-")
    api: str | None = ref("AWSAPIGatewayRestAPI", by="id", rel="PART_OF")
    deployment_id: str | None = field("What is deployed.")
    created_date: Timestamp | None = field("When it was made.")
    variable_names: list[str] | None = field("Names of its variables.", call="-")
    access_log_target: str | None = ref(
        ("AWSLogGroup", "UnknownResource"), by="id", rel="LOGS_TO", call="-"
    )
    web_acl_arn: str | None = field("Web application firewall in front; empty if none.")
    client_certificate_id: str | None = field("Certificate it shows to what it calls.")
    tracing_enabled: bool | None = field("Requests are traced.")


class APIGateway(AWSCollector):
    """REST APIs with their methods and stages."""

    service = "apigateway"
    permissions = ("apigateway:GET",)

    @lists(RestAPI, Method, Stage)
    def apis(self, api: AWSApi) -> Iterator[Resource]:
        """REST APIs and all that is listed by API."""

        raws = api.pages("get_rest_apis", "items", limit=500)
        return chain.from_iterable(api.each(lambda raw: _api(api, raw), raws))


def _api(api: AWSApi, raw: dict[str, Any]) -> list[Resource]:
    here, own = api.here, raw["id"]
    stages = api.details("get_stages", "item", lists=Stage, restApiId=own)
    variables = stages and [answered(stage, "variables", {}) for stage in stages]
    resources = api.details(
        "get_resources", "items", lists=Method, restApiId=own, limit=500, embed=["methods"]
    )
    authorizers = api.details("get_authorizers", "items", restApiId=own, limit=500)
    rest_api = RestAPI.load(
        raw,
        here,
        execution_arn=f"arn:{here.partition}:execute-api:{here.region}:{here.account}:{own}",
        disable_execute_api_endpoint=answered(raw, "disableExecuteApiEndpoint", False),
        policy=_unescaped(answered(raw, "policy")),
        functions=resources and invoked_functions(_uris(resources), variables),
        authorizer_types=authorizers and sorted({each["type"] for each in authorizers}),
        authorizer_functions=authorizers
        and invoked_functions((answered(each, "authorizerUri") for each in authorizers), variables),
        authorizer_roles=authorizers
        and assumed_roles(answered(each, "authorizerCredentials") for each in authorizers),
    )
    methods = [
        _method(api, rest_api, resource, verb, method, variables)
        for resource in resources or []
        for verb, method in answered(resource, "resourceMethods", {}).items()
    ]
    return [rest_api, *methods, *(_stage(api, rest_api, stage) for stage in stages or [])]


def _uris(resources: list[dict[str, Any]]) -> Iterator[str]:
    for resource in resources:
        for method in answered(resource, "resourceMethods", {}).values():
            yield answered(method, "methodIntegration.uri")


def _method(
    api: AWSApi,
    rest_api: RestAPI,
    resource: dict[str, Any],
    verb: str,
    raw: dict[str, Any],
    variables: list[dict[str, str]] | None,
) -> Method:
    uri = answered(raw, "methodIntegration.uri")
    return Method.load(
        raw,
        api.here,
        name=f"{verb} {resource['path']}",
        api_id=rest_api.api_id,
        resource_id=resource["id"],
        http_method=verb,
        api=rest_api.id,
        path=resource["path"],
        api_key_required=answered(raw, "apiKeyRequired", False),
        functions=invoked_functions([uri], variables),
        target=forwarded_to(uri, api.here),
        roles=assumed_roles([answered(raw, "methodIntegration.credentials")]),
    )


def _stage(api: AWSApi, rest_api: RestAPI, raw: dict[str, Any]) -> Stage:
    return Stage.load(
        raw,
        api.here,
        api_id=rest_api.api_id,
        api=rest_api.id,
        variable_names=sorted(answered(raw, "variables", {})),
        access_log_target=answered(raw, "accessLogSettings.destinationArn").removesuffix(":*"),
        tracing_enabled=answered(raw, "tracingEnabled", False),
        tags=raw.get("tags", {}),
    )


def _unescaped(policy: str) -> str:
    """A policy as it was written: this API answers with its quotes escaped once more."""
    with suppress(ValueError):
        return str(json.loads(f'"{policy}"'))
    return policy
