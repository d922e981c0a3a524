"""The replay server and its estates, read with the real SDK clients."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.rest import HttpRequest
from azure.identity import ClientSecretCredential
from azure.mgmt.network import NetworkManagementClient
from google.api_core.exceptions import Forbidden, NotFound, TooManyRequests
from google.api_core.retry import Retry, if_exception_type
from google.auth.credentials import AnonymousCredentials
from google.cloud import compute_v1
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_http.middleware.options import RetryHandlerOption
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]
from servers import json_replay
from servers.json_replay import AZURE, ESTATE, GCP, GRAPH, JSON, JsonReplay, load_estate

azure_replay = json_replay.azure_replay
gcp_replay = json_replay.gcp_replay
entra_replay = json_replay.entra_replay

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
AZURE_PROD = "11111111-2222-3333-4444-555555555555"
AZURE_DEV = "66666666-7777-8888-9999-000000000000"
DEPLOY_BOT = "d0000000-0000-4000-8000-000000000003"
MS_GRAPH = "d0000000-0000-4000-8000-000000000001"


def walk(value: Any) -> Iterator[Any]:
    """Yield a JSON value and everything in it."""
    yield value
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            yield from walk(child)
        else:
            yield child


# ---------------------------------------------------------------------------- Azure

ARM_LISTS = [
    ("virtual_networks", "virtualNetworks"),
    ("network_interfaces", "networkInterfaces"),
    ("public_ip_addresses", "publicIPAddresses"),
    ("network_security_groups", "networkSecurityGroups"),
    ("load_balancers", "loadBalancers"),
]


def network_client(
    server: JsonReplay, subscription: str = AZURE_PROD, **options: Any
) -> NetworkManagementClient:
    return NetworkManagementClient(
        ClientSecretCredential(TENANT, "never", "used"),
        subscription,
        base_url=server.url,
        authentication_policy=SansIOHTTPPolicy(),
        **options,
    )


@pytest.mark.parametrize(("operations", "kind"), ARM_LISTS)
def test_arm_lists_are_whole_over_their_pages(
    azure_replay: JsonReplay, operations: str, kind: str
) -> None:
    path = f"/subscriptions/{AZURE_PROD}/providers/Microsoft.Network/{kind}"
    recorded = load_estate(ESTATE / "azure")[path]["value"]
    listed = list(getattr(network_client(azure_replay), operations).list_all())
    assert [resource.id for resource in listed] == [resource["id"] for resource in recorded]
    assert [resource.as_dict() for resource in listed] == recorded
    assert len(azure_replay.calls) == -(-len(recorded) // 2) > 1


def test_page_size_is_the_servers(azure_replay: JsonReplay) -> None:
    with JsonReplay(AZURE, ESTATE / "azure", page_size=100) as server:
        everything = list(network_client(server).network_interfaces.list_all())
        assert len(server.calls) == 1
    assert len(everything) == len(list(network_client(azure_replay).network_interfaces.list_all()))


def test_arm_subscriptions(azure_replay: JsonReplay) -> None:
    request = HttpRequest("GET", "/subscriptions?api-version=2022-12-01")
    answer = network_client(azure_replay).send_request(request).json()
    assert [(s["subscriptionId"], s["displayName"]) for s in answer["value"]] == [
        (AZURE_PROD, "clew-prod"),
        (AZURE_DEV, "clew-dev"),
    ]


def test_arm_recorded_denial(azure_replay: JsonReplay) -> None:
    with pytest.raises(HttpResponseError) as caught:
        list(network_client(azure_replay, AZURE_DEV).load_balancers.list_all())
    assert caught.value.status_code == 403
    assert caught.value.error is not None
    assert caught.value.error.code == "AuthorizationFailed"
    assert not azure_replay.not_recorded


def test_arm_injected_denial_ends_with_reset(azure_replay: JsonReplay) -> None:
    client = network_client(azure_replay)
    azure_replay.deny("NETWORKsecurityGroups", code="ReadOnlyDisabledSubscription")
    with pytest.raises(HttpResponseError) as caught:
        list(client.network_security_groups.list_all())
    assert caught.value.error is not None
    assert caught.value.error.code == "ReadOnlyDisabledSubscription"
    assert list(client.public_ip_addresses.list_all())
    azure_replay.reset()
    assert not azure_replay.calls
    assert list(client.network_security_groups.list_all())


def test_a_later_page_can_fail(azure_replay: JsonReplay) -> None:
    azure_replay.deny("$skiptoken", status=500)
    pages = network_client(azure_replay, retry_total=0).virtual_networks.list_all().by_page()
    assert len(list(next(pages))) == 2
    with pytest.raises(HttpResponseError):
        next(pages)


def test_arm_throttled_is_retried(azure_replay: JsonReplay) -> None:
    azure_replay.throttle("loadBalancers", times=2)
    client = network_client(azure_replay, retry_backoff_factor=0)
    assert len(list(client.load_balancers.list_all())) == 3
    assert [call.status for call in azure_replay.calls] == [429, 429, 200, 200]


def test_arm_throttled_for_ever_gives_up(azure_replay: JsonReplay) -> None:
    azure_replay.throttle("loadBalancers")
    client = network_client(azure_replay, retry_total=3, retry_backoff_factor=0)
    with pytest.raises(HttpResponseError) as caught:
        list(client.load_balancers.list_all())
    assert caught.value.status_code == 429
    assert len(azure_replay.calls) == 4


def test_arm_path_that_was_not_recorded(azure_replay: JsonReplay) -> None:
    with pytest.raises(ResourceNotFoundError):
        list(network_client(azure_replay).ddos_protection_plans.list())
    assert azure_replay.not_recorded == [
        f"/subscriptions/{AZURE_PROD}/providers/Microsoft.Network/ddosProtectionPlans"
    ]


def fetch(url: str) -> JSON:
    with urlopen(url) as response:
        body: JSON = json.load(response)
    return body


def test_arm_paths_compare_without_case(azure_replay: JsonReplay) -> None:
    path = f"/Subscriptions/{AZURE_PROD}/PROVIDERS/microsoft.network/VIRTUALNETWORKS"
    first = fetch(f"{azure_replay.url}{path}?api-version=x")
    assert len(first["value"]) == 2
    assert len(fetch(first["nextLink"].replace("VIRTUAL", "virtual"))["value"]) == 1


@pytest.mark.parametrize("query", ["", "?api-version=x&$skiptoken=junk", "?api-version=x&{other}"])
def test_bad_requests_are_refused(azure_replay: JsonReplay, query: str) -> None:
    base = f"{azure_replay.url}/subscriptions/{AZURE_PROD}/providers/Microsoft.Network"
    link = fetch(f"{base}/networkInterfaces?api-version=x")["nextLink"]
    with pytest.raises(HTTPError) as caught:
        fetch(f"{base}/virtualNetworks{query.format(other=link.rpartition('&')[2])}")
    caught.value.close()
    assert caught.value.code == 400


def test_azure_references_dangle_only_where_the_story_says() -> None:
    answers = load_estate(ESTATE / "azure")
    things = [thing for thing in walk(answers) if isinstance(thing, dict) and "id" in thing]
    known = {thing["id"].casefold() for thing in things if len(thing) > 1}
    dangling = {thing["id"] for thing in things if thing["id"].casefold() not in known}
    network = {ref.rpartition("/")[2] for ref in dangling if "/Microsoft.Network/" in ref}
    gone = {"gone-pip", "GatewaySubnet"}
    assert network == {"hub-vnet", "divested-vnet", "retired-nsg", *gone}


# ---------------------------------------------------------------------------- GCP


def compute(kind: Callable[..., Any], server: JsonReplay) -> Any:
    return kind(
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": server.url},
    )


PATIENT = Retry(predicate=if_exception_type(TooManyRequests), initial=0.01, maximum=0.05, timeout=5)


@pytest.mark.parametrize("project", ["clew-prod", "clew-dev"])
@pytest.mark.parametrize(
    ("kind", "collection"),
    [
        (compute_v1.NetworksClient, "networks"),
        (compute_v1.FirewallsClient, "firewalls"),
        (compute_v1.RoutesClient, "routes"),
    ],
)
def test_gcp_lists_are_whole_over_their_pages(
    gcp_replay: JsonReplay, project: str, kind: Callable[..., Any], collection: str
) -> None:
    path = f"/compute/v1/projects/{project}/global/{collection}"
    recorded = load_estate(ESTATE / "gcp")[path]["items"]
    listed = list(compute(kind, gcp_replay).list(project=project))
    assert [item.self_link for item in listed] == [item["selfLink"] for item in recorded]
    assert len(gcp_replay.calls) == -(-len(recorded) // 2)


@pytest.mark.parametrize("project", ["clew-prod", "clew-dev"])
@pytest.mark.parametrize(
    ("kind", "collection", "field"),
    [
        (compute_v1.InstancesClient, "instances", "instances"),
        (compute_v1.SubnetworksClient, "subnetworks", "subnetworks"),
        (compute_v1.AddressesClient, "addresses", "addresses"),
        (compute_v1.ForwardingRulesClient, "forwardingRules", "forwarding_rules"),
    ],
)
def test_gcp_aggregated_lists_are_whole_over_their_pages(
    gcp_replay: JsonReplay, project: str, kind: Callable[..., Any], collection: str, field: str
) -> None:
    path = f"/compute/v1/projects/{project}/aggregated/{collection}"
    scopes = load_estate(ESTATE / "gcp")[path]["items"]
    recorded = [
        (scope, item["name"]) for scope, held in scopes.items() for item in held.get(collection, [])
    ]
    pages = compute(kind, gcp_replay).aggregated_list(project=project)
    listed = [(scope, item.name) for scope, held in pages for item in getattr(held, field)]
    assert sorted(listed) == sorted(recorded)
    assert len(gcp_replay.calls) == max(1, -(-len(recorded) // 2))


def test_gcp_scope_spreads_over_pages_and_empty_scopes_warn(gcp_replay: JsonReplay) -> None:
    instances = compute(compute_v1.InstancesClient, gcp_replay)
    pages = [dict(page.items) for page in instances.aggregated_list(project="clew-prod").pages]
    zone = "zones/europe-west1-b"
    assert [len(page[zone].instances) for page in pages] == [2, 2, 0, 0]
    assert all(page["zones/us-central1-a"].warning.code == "NO_RESULTS_ON_PAGE" for page in pages)
    assert pages[0][zone].warning.code == ""
    assert pages[2][zone].warning.code == "NO_RESULTS_ON_PAGE"


def test_gcp_recorded_warning_stays_on_every_page() -> None:
    path = "/compute/v1/projects/p/aggregated/instances"
    unreachable = {"warning": {"code": "UNREACHABLE"}}
    items = {"zones/a": {"instances": [{"name": "i"}, {"name": "j"}]}, "zones/b": unreachable}
    with JsonReplay(GCP, {path: {"items": items}}, page_size=1) as server:
        found = list(compute(compute_v1.InstancesClient, server).aggregated_list(project="p"))
    warnings = [held.warning.code for scope, held in found if scope == "zones/b"]
    assert warnings == ["UNREACHABLE", "UNREACHABLE"]


def test_gcp_max_results_may_be_smaller_never_larger(gcp_replay: JsonReplay) -> None:
    networks = compute(compute_v1.NetworksClient, gcp_replay)
    for asked, calls in ((1, 3), (500, 2)):
        gcp_replay.reset()
        assert len(list(networks.list({"project": "clew-prod", "max_results": asked}))) == 3
        assert len(gcp_replay.calls) == calls


def test_gcp_denial(gcp_replay: JsonReplay) -> None:
    gcp_replay.deny("global/firewalls", code="accessNotConfigured")
    with pytest.raises(Forbidden) as caught:
        compute(compute_v1.FirewallsClient, gcp_replay).list(project="clew-prod")
    assert caught.value.errors[0]["reason"] == "accessNotConfigured"


def test_gcp_throttled_is_retried_when_asked_to(gcp_replay: JsonReplay) -> None:
    firewalls = compute(compute_v1.FirewallsClient, gcp_replay)
    gcp_replay.throttle("global/firewalls", times=2)
    assert len(list(firewalls.list(project="clew-dev", retry=PATIENT))) == 3
    assert [call.status for call in gcp_replay.calls] == [429, 429, 200, 200]


def test_gcp_sdk_does_not_retry_429_by_itself(gcp_replay: JsonReplay) -> None:
    gcp_replay.throttle("global/firewalls", times=1)
    with pytest.raises(TooManyRequests):
        compute(compute_v1.FirewallsClient, gcp_replay).list(project="clew-dev")
    assert len(gcp_replay.calls) == 1


def test_gcp_path_that_was_not_recorded(gcp_replay: JsonReplay) -> None:
    with pytest.raises(NotFound):
        compute(compute_v1.RoutersClient, gcp_replay).aggregated_list(project="clew-prod")
    assert gcp_replay.not_recorded == ["/compute/v1/projects/clew-prod/aggregated/routers"]


def test_gcp_references_dangle_only_where_the_story_says() -> None:
    values = list(walk(load_estate(ESTATE / "gcp")))
    known = {
        value["selfLink"] for value in values if isinstance(value, dict) and "selfLink" in value
    }
    # A name, not the number that selfLinkWithId ends in.
    kinds = "networks|subnetworks|instances|addresses|forwardingRules"
    resource = re.compile(rf"https://www\.googleapis\.com/.*/({kinds})/[a-z][^/]*")
    links = {value for value in values if isinstance(value, str) and resource.fullmatch(value)}
    assert {link.partition("/projects/")[2] for link in links - known} == {
        "clew-net-host/global/networks/transit",
        "clew-net-host/regions/europe-west1/subnetworks/transit-apps",
        "clew-prod/regions/europe-west1/subnetworks/shop-old",
    }


# ---------------------------------------------------------------------------- Microsoft Graph

Scenario = Callable[[GraphServiceClient], Awaitable[Any]]


def graph(server: JsonReplay, scenario: Scenario) -> Any:
    """Run a scenario with a client of the server, in an event loop of its own."""
    retry = RetryHandlerOption(delay=0, max_retries=2)

    async def run() -> Any:
        http = GraphClientFactory.create_with_default_middleware(options={retry.get_key(): retry})
        adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), http)
        adapter.base_url = f"{server.url}/v1.0"
        async with http:
            return await scenario(GraphServiceClient(request_adapter=adapter))

    return asyncio.run(run())


async def read_all(builder: Any, configuration: Any = None) -> list[Any]:
    """Follow a list to its end."""
    page = await builder.get(request_configuration=configuration)
    found = list(page.value)
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        found += page.value
    return found


def recorded_ids(collection: str) -> set[str]:
    directory = load_estate(ESTATE / "entra")
    return {each["id"] for each in directory[f"/v1.0/{collection}"]["value"]}


@pytest.mark.parametrize(
    ("collection", "path"),
    [
        ("organization", "organization"),
        ("users", "users"),
        ("groups", "groups"),
        ("applications", "applications"),
        ("service_principals", "servicePrincipals"),
    ],
)
def test_graph_lists_are_whole_over_their_pages(
    entra_replay: JsonReplay, collection: str, path: str
) -> None:
    recorded = recorded_ids(path)
    found = graph(entra_replay, lambda client: read_all(getattr(client, collection)))
    assert {thing.id for thing in found} == recorded
    assert len(entra_replay.calls) == -(-len(recorded) // 2)
    assert not entra_replay.not_recorded


def test_graph_members_keep_their_type(entra_replay: JsonReplay) -> None:
    async def members(client: GraphServiceClient) -> dict[str, list[tuple[str, str]]]:
        found = {}
        for group in await read_all(client.groups):
            listed = await read_all(client.groups.by_group_id(group.id).members)
            found[group.display_name] = [(type(m).__name__, m.display_name) for m in listed]
        return found

    found = graph(entra_replay, members)
    assert {name: found[name] for name in ("Cloud Admins", "Platform Engineers", "On-call")} == {
        "Cloud Admins": [("User", "Ada Brook")],
        "Platform Engineers": [
            ("User", "Ben Osei"),
            ("User", "Chloe Tran"),
            ("Group", "On-call"),
        ],
        "On-call": [
            ("User", "Dmitri Volk"),
            ("User", "Eve Lindqvist"),
            ("ServicePrincipal", "deploy-bot"),
        ],
    }


def test_graph_users_have_their_default_properties_unless_asked(entra_replay: JsonReplay) -> None:
    plain = graph(entra_replay, lambda client: read_all(client.users))
    assert {user.account_enabled for user in plain} == {None}
    assert all(user.user_principal_name for user in plain)

    select = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "accountEnabled", "userType"], top=999
    )
    asked = RequestConfiguration(query_parameters=select)
    chosen = graph(entra_replay, lambda client: read_all(client.users, asked))
    assert [user.account_enabled for user in chosen].count(False) == 1
    assert [user.user_type for user in chosen].count("Guest") == 1
    assert {user.display_name for user in chosen} == {None}
    assert [user.id for user in chosen] == [user.id for user in plain]


def test_graph_app_role_assignments(entra_replay: JsonReplay) -> None:
    async def grants(client: GraphServiceClient) -> set[tuple[str, str]]:
        resource = client.service_principals.by_service_principal_id(MS_GRAPH)
        principals = await read_all(client.service_principals)
        roles = {role.id: role.value for sp in principals for role in sp.app_roles}
        assigned = await read_all(resource.app_role_assigned_to)
        return {(str(grant.principal_id), roles[grant.app_role_id]) for grant in assigned}

    found = graph(entra_replay, grants)
    assert (DEPLOY_BOT, "RoleManagement.ReadWrite.Directory") in found
    assert len(found) == 5


def test_graph_answers_many_requests_in_one_call_each_by_its_own(entra_replay: JsonReplay) -> None:
    entra_replay.deny("/users")
    entra_replay.throttle("/groups", times=1)
    urls = ["/groups?$top=1", "/users", "/applications?$select=id"]
    requests = [{"id": str(n), "method": "GET", "url": url} for n, url in enumerate(urls)]
    body = json.dumps({"requests": requests}).encode()
    asked = Request(f"{entra_replay.url}/v1.0/$batch", data=body, method="POST")
    with urlopen(asked) as response:
        answers = {each["id"]: each for each in json.load(response)["responses"]}
    assert {id_: each["status"] for id_, each in answers.items()} == {"0": 429, "1": 403, "2": 200}
    assert answers["0"]["headers"]["Retry-After"] == "0"
    assert {frozenset(each) for each in answers["2"]["body"]["value"]} == {frozenset({"id"})}
    assert [call.in_batch for call in entra_replay.calls] == [True, True, True, False]


def test_graph_filters_by_what_equals_a_text(entra_replay: JsonReplay) -> None:
    path = "/v1.0/policies/roleManagementPolicyAssignments?$filter=roleDefinitionId%20eq%20'{}'"
    helpdesk = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
    for role, number in ((helpdesk, 1), ("none", 0)):
        with urlopen(f"{entra_replay.url}{path.format(role)}") as response:
            assert len(json.load(response)["value"]) == number


def test_graph_denial(entra_replay: JsonReplay) -> None:
    entra_replay.deny("/applications")
    with pytest.raises(ODataError) as caught:
        graph(entra_replay, lambda client: client.applications.get())
    assert caught.value.response_status_code == 403
    assert caught.value.error is not None
    assert caught.value.error.code == "Authorization_RequestDenied"


def test_graph_throttled_is_retried(entra_replay: JsonReplay) -> None:
    entra_replay.throttle("/groups", times=1)
    groups = graph(entra_replay, lambda client: read_all(client.groups))
    assert {group.id for group in groups} == recorded_ids("groups")
    assert [call.status for call in entra_replay.calls] == [429, 200, 200]


def test_graph_path_that_was_not_recorded(entra_replay: JsonReplay) -> None:
    with pytest.raises(ODataError) as caught:
        graph(entra_replay, lambda client: client.contacts.get())
    assert caught.value.error is not None
    assert caught.value.error.code == "Request_ResourceNotFound"
    assert entra_replay.not_recorded == ["/v1.0/contacts"]


_OBJECTS = {f"#microsoft.graph.{kind}" for kind in ("user", "group", "servicePrincipal", "device")}


def test_entra_references_all_resolve_and_hold_no_secret() -> None:
    answers = load_estate(ESTATE / "entra")
    things = [thing for thing in walk(answers) if isinstance(thing, dict)]
    collections = [
        answer["value"]
        for path, answer in answers.items()
        if path.count("/") == 2 and "value" in answer
    ]
    listed = {thing["id"] for collection in collections for thing in collection}
    roles = {role["id"] for thing in things for role in thing.get("appRoles", [])}
    grants = [thing for thing in things if "appRoleId" in thing]
    default_access = "00000000-0000-0000-0000-000000000000"
    assert {grant["principalId"] for grant in grants} <= listed
    assert {grant["resourceId"] for grant in grants} <= listed
    assert {grant["appRoleId"] for grant in grants} <= roles | {default_access}
    assert {thing["id"] for thing in things if thing.get("@odata.type") in _OBJECTS} <= listed
    assert {thing.get("secretText") for thing in things} | {
        thing.get("key") for thing in things
    } == {None}


# ---------------------------------------------------------------------------- the server itself


def test_a_path_is_recorded_once(tmp_path: Any) -> None:
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text('{"/v1.0/users": {"value": []}}')
    with pytest.raises(ValueError, match="a second time"):
        JsonReplay(GRAPH, tmp_path)


def test_other_methods_are_recorded_by_name() -> None:
    with JsonReplay(GCP, {"POST /v1/projects/p:getIamPolicy": {"bindings": []}}) as server:
        with urlopen(f"{server.url}/v1/projects/p:getIamPolicy", data=b"{}") as response:
            assert json.load(response) == {"bindings": []}
        with pytest.raises(HTTPError) as caught:
            fetch(f"{server.url}/v1/projects/p:getIamPolicy")
        caught.value.close()
        assert [call.method for call in server.calls] == ["POST", "GET"]


def test_a_list_that_is_asked_for_by_post_is_paged_in_the_bodies() -> None:
    with JsonReplay(AZURE, {"POST /rules": {"value": [1, 2, 3]}}) as server:
        found: list[int] = []
        wanted: dict[str, str] = {}
        while True:
            sent = json.dumps(wanted).encode()
            with urlopen(f"{server.url}/rules?api-version=1", data=sent) as response:
                page = json.load(response)
            found += page["value"]
            if "skipToken" not in page:
                break
            wanted = {"skipToken": page["skipToken"]}
        assert found == [1, 2, 3]
        assert len(server.calls) == 2
