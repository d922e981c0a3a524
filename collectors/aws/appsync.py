"""AWS AppSync: GraphQL APIs, and as whom they read and write what is behind them."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Location, Resource, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource, answered, function_arn
from .session import AWSApi


class GraphQLAPI(TaggedResource):
    """A GraphQL API (ListGraphqlApis)."""

    label = "AWSAppSyncGraphQLAPI"
    identity = "arn:{partition}:appsync:{region}:{account}:apis/{api_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    api_id: str | None = field("Id.")
    api_type: str | None = field("GRAPHQL, or MERGED: made of other APIs.")
    authentication_types: list[str] | None = field(
        "How callers sign in: API_KEY, AWS_IAM, AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT, "
        "AWS_LAMBDA.",
        call="-",
    )
    visibility: str | None = field("GLOBAL: on the internet; or PRIVATE.")
    url: str | None = field("Where it answers.", wire="uris.GRAPHQL")
    introspection_config: str | None = field("ENABLED: callers may ask for its schema.")
    web_acl_arn: str | None = field(
        "Web application firewall in front; empty if none.", wire="wafWebAclArn"
    )
    log_role: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", wire="logConfig.cloudWatchLogsRoleArn"
    )
    merging_role: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", wire="mergedApiExecutionRoleArn"
    )
    authorizer_functions: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES", call="-")


class DataSource(AWSResource):
    """What resolvers of an API read from and write to, and as whom (ListDataSources)."""

    label = "AWSAppSyncDataSource"
    identity = "arn:{partition}:appsync:{region}:{account}:apis/{api_id}/datasources/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="dataSourceArn")
    api_id: str | None = field("Id of its API.", call="-")
    api: str | None = ref("AWSAppSyncGraphQLAPI", by="id", rel="PART_OF", call="-")
    description: str | None = field("Description.")
    type: str | None = field("HTTP, AWS_LAMBDA, AMAZON_DYNAMODB, RELATIONAL_DATABASE, NONE …")
    service_role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    function: str | None = ref("AWSLambda", by="id", rel="INVOKES", call="-")
    table: str | None = ref("AWSDynamoDBTable", by="id", rel="FORWARDS_TO", call="-")
    uses_caller_credentials: bool | None = field(
        "Its table is used as the caller, not as the role.", call="-"
    )
    event_bus: str | None = ref(
        "AWSEventBus", by="id", rel="FORWARDS_TO", wire="eventBridgeConfig.eventBusArn"
    )
    database: str | None = ref("AWSRDSCluster", by="id", rel="FORWARDS_TO", call="-")
    secret: str | None = ref(
        "AWSSecret",
        by="id",
        rel="USES_SECRET",
        wire="relationalDatabaseConfig.rdsHttpEndpointConfig.awsSecretStoreArn",
    )
    endpoint: str | None = field("Where an HTTP source calls.", wire="httpConfig.endpoint")
    signing_service: str | None = field(
        "Service of AWS that an HTTP source signs its calls for, as its role; empty if none.",
        wire="httpConfig.authorizationConfig.awsIamConfig.signingServiceName",
    )


class AppSync(AWSCollector):
    """GraphQL APIs with their data sources."""

    service = "appsync"
    permissions = ("appsync:ListDataSources", "appsync:ListGraphqlApis")

    @lists(GraphQLAPI, DataSource)
    def apis(self, api: AWSApi) -> Iterator[Resource]:
        """GraphQL APIs and all that is listed by API."""

        def detailed(raw: dict[str, Any]) -> list[Resource]:
            sources = api.details(
                "list_data_sources", "dataSources", lists=DataSource, apiId=raw["apiId"]
            )
            owner = _api(raw, api.here)
            return [owner, *(_source(each, owner, api.here) for each in sources or [])]

        return chain.from_iterable(
            api.each(detailed, api.pages("list_graphql_apis", "graphqlApis"))
        )


def _api(raw: dict[str, Any], here: Location) -> GraphQLAPI:
    more = answered(raw, "additionalAuthenticationProviders", [])
    authorizers = {
        answered(each, "lambdaAuthorizerConfig.authorizerUri") for each in (raw, *more)
    } - {""}
    return GraphQLAPI.load(
        raw,
        here,
        # Every API is public unless it was made otherwise.
        visibility=answered(raw, "visibility", "GLOBAL"),
        authentication_types=sorted(
            {answered(each, "authenticationType") for each in (raw, *more)} - {""}
        ),
        authorizer_functions=sorted(map(function_arn, authorizers)),
        tags=raw.get("tags", {}),
    )


def _source(raw: dict[str, Any], api: GraphQLAPI, here: Location) -> DataSource:
    cluster = answered(raw, "relationalDatabaseConfig.rdsHttpEndpointConfig.dbClusterIdentifier")
    return DataSource.load(
        raw,
        here,
        api_id=api.api_id,
        api=api.id,
        function=function_arn(answered(raw, "lambdaConfig.lambdaFunctionArn")),
        table=_table(raw.get("dynamodbConfig", {}), here),
        uses_caller_credentials=answered(raw, "dynamodbConfig.useCallerCredentials", False),
        database=cluster,
    )


def _table(raw: dict[str, Any], here: Location) -> str:
    """The ARN of the table that a source names by region and name; empty if it names none."""
    if not raw:
        return ""
    place = f"arn:{here.partition}:dynamodb:{raw['awsRegion']}:{here.account}"
    return f"{place}:table/{raw['tableName']}"
