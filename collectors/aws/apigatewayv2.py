"""Amazon API Gateway, HTTP and WebSocket APIs: their routes, what these ask of a caller, and what
they call."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource, answered
from .integrations import assumed_roles, invoked_functions
from .session import AWSApi


class API(TaggedResource):
    """An HTTP or WebSocket API (GetApis), always on the internet. It answers where it has a stage;
    what a route asks of its caller is on the route."""

    label = "AWSAPIGatewayV2API"
    identity = "arn:{partition}:apigateway:{region}::/apis/{api_id}"

    id: str = field("ARN.", wire="Arn")
    api_id: str | None = field("Id.")
    execution_arn: str | None = field(
        "ARN by which policies name its routes: `ARN/stage/METHOD/path`.", call="-"
    )
    description: str | None = field("Description.")
    created_date: Timestamp | None = field("When it was made.")
    protocol_type: str | None = field("HTTP or WEBSOCKET.")
    api_endpoint: str | None = field("Address, to which the stage is added.")
    disable_execute_api_endpoint: bool | None = field(
        "Answers only under custom domain names, not under its own."
    )
    cors_allow_origins: list[str] | None = field(
        "Sites whose scripts browsers let call it.", wire="CorsConfiguration.AllowOrigins"
    )
    cors_allow_credentials: bool | None = field(
        "Browsers send cookies along.", wire="CorsConfiguration.AllowCredentials"
    )
    functions: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES", call="GetIntegrations")
    authorizer_types: list[str] | None = field(
        "JWT, REQUEST: kinds of authorizer it has.", call="GetAuthorizers"
    )
    authorizer_functions: list[str] | None = ref(
        "AWSLambda", by="id", rel="INVOKES", call="GetAuthorizers"
    )
    authorizer_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", call="GetAuthorizers"
    )


class Route(AWSResource):
    """A route of an API, with its integration (GetRoutes).

    Of a WebSocket API only the route `$connect` asks for credentials, for all of them.
    """

    label = "AWSAPIGatewayV2Route"
    identity = "arn:{partition}:apigateway:{region}::/apis/{api_id}/routes/{route_id}"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Method and path, `$default`, or kind of message.", wire="RouteKey")
    api_id: str | None = field("Id of its API.", call="-")
    route_id: str | None = field("Id.")
    api: str | None = ref("AWSAPIGatewayV2API", by="id", rel="PART_OF")
    authorization_type: str | None = field(
        "NONE: no credentials are asked for; AWS_IAM, CUSTOM or JWT."
    )
    authorizer_id: str | None = field("Authorizer that decides.")
    api_key_required: bool | None = field("Callers need one of the account's API keys.")
    integration_type: str | None = field(
        "AWS_PROXY, HTTP_PROXY, MOCK …; empty without one.", call="GetIntegrations"
    )
    integration_subtype: str | None = field(
        "Action of another service that it does, e.g. SQS-SendMessage.", call="GetIntegrations"
    )
    integration_uri: str | None = field("What it calls.", call="GetIntegrations")
    functions: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES", call="GetIntegrations")
    private_target: str | None = ref(
        "AWSListener", by="id", rel="FORWARDS_TO", call="GetIntegrations"
    )
    roles: list[str] | None = ref("AWSRole", by="id", rel="RUNS_AS", call="GetIntegrations")


class Stage(TaggedResource):
    """A stage of an API: a deployment that is called under its own path (GetStages). Of its
    variables only the names are kept."""

    label = "AWSAPIGatewayV2Stage"
    identity = "arn:{partition}:apigateway:{region}::/apis/{api_id}/stages/{name}"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name; `$default` is called without a path.", wire="StageName")
    api_id: str | None = field("Id of its API.", call="-")
    api: str | None = ref("AWSAPIGatewayV2API", by="id", rel="PART_OF")
    deployment_id: str | None = field("What is deployed.")
    auto_deploy: bool | None = field("Changes are deployed at once.")
    created_date: Timestamp | None = field("When it was made.")
    variable_names: list[str] | None = field("Names of its variables.", call="-")
    access_log_target: str | None = ref(
        ("AWSLogGroup", "UnknownResource"), by="id", rel="LOGS_TO", call="-"
    )


class APIGatewayV2(AWSCollector):
    """HTTP and WebSocket APIs with their routes and stages."""

    service = "apigatewayv2"
    permissions = ("apigateway:GET",)

    @lists(API, Route, Stage)
    def apis(self, api: AWSApi) -> Iterator[Resource]:
        """APIs and all that is listed by API."""
        raws = api.pages("get_apis", "Items")
        return chain.from_iterable(api.each(lambda raw: _api(api, raw), raws))


def _api(api: AWSApi, raw: dict[str, Any]) -> list[Resource]:
    here, own = api.here, raw["ApiId"]
    stages = api.details("get_stages", "Items", lists=Stage, ApiId=own)
    variables = stages and [answered(stage, "StageVariables", {}) for stage in stages]
    integrations = api.details("get_integrations", "Items", ApiId=own)
    authorizers = api.details("get_authorizers", "Items", ApiId=own)
    described = API.load(
        raw,
        here,
        execution_arn=f"arn:{here.partition}:execute-api:{here.region}:{here.account}:{own}",
        disable_execute_api_endpoint=answered(raw, "DisableExecuteApiEndpoint", False),
        cors_allow_credentials=answered(raw, "CorsConfiguration.AllowCredentials", False),
        functions=integrations
        and invoked_functions(
            (answered(each, "IntegrationUri") for each in integrations), variables
        ),
        authorizer_types=authorizers and sorted({each["AuthorizerType"] for each in authorizers}),
        authorizer_functions=authorizers
        and invoked_functions((answered(each, "AuthorizerUri") for each in authorizers), variables),
        authorizer_roles=authorizers
        and assumed_roles(answered(each, "AuthorizerCredentialsArn") for each in authorizers),
        tags=raw.get("Tags", {}),
    )
    by_target = (
        None
        if integrations is None
        else {f"integrations/{each['IntegrationId']}": each for each in integrations}
    )
    routes = [
        _route(api, described, route, by_target, variables)
        for route in api.details("get_routes", "Items", lists=Route, ApiId=own) or []
    ]
    return [described, *routes, *(_stage(api, described, stage) for stage in stages or [])]


def _route(
    api: AWSApi,
    described: API,
    raw: dict[str, Any],
    integrations: dict[str, dict[str, Any]] | None,
    variables: list[dict[str, str]] | None,
) -> Route:
    integration = None if integrations is None else integrations.get(answered(raw, "Target"), {})
    uri: str | None = answered(integration, "IntegrationUri")
    credentials: str | None = answered(integration, "CredentialsArn")
    return Route.load(
        raw,
        api.here,
        api_id=described.api_id,
        api=described.id,
        authorization_type=answered(raw, "AuthorizationType", "NONE"),
        api_key_required=answered(raw, "ApiKeyRequired", False),
        integration_type=answered(integration, "IntegrationType"),
        integration_subtype=answered(integration, "IntegrationSubtype"),
        integration_uri=uri,
        functions=None if uri is None else invoked_functions([uri], variables),
        private_target=uri and (uri if ":listener/" in uri else ""),
        roles=None if credentials is None else assumed_roles([credentials]),
    )


def _stage(api: AWSApi, described: API, raw: dict[str, Any]) -> Stage:
    return Stage.load(
        raw,
        api.here,
        api_id=described.api_id,
        api=described.id,
        auto_deploy=answered(raw, "AutoDeploy", False),
        variable_names=sorted(answered(raw, "StageVariables", {})),
        access_log_target=answered(raw, "AccessLogSettings.DestinationArn").removesuffix(":*"),
        tags=raw.get("Tags", {}),
    )
