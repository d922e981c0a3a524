"""Azure Resource Graph: asked once for all subscriptions, and never believed alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.azure import session
from clew.collectors.azure.resource_graph import PAGE, ResourceGraph, RowSet
from clew.collectors.azure.session import ENDPOINT, AzureOptions, connect
from clew.collectors.failure import AnswerError
from clew.collectors.registry import collectors
from clew.graph.model import Status
from servers.json_replay import AZURE, ESTATE, JsonReplay, load_estate
from support.clouds import Scanned, scan
from support.collecting import collect

PROD = "11111111-2222-3333-4444-555555555555"
DEV = "66666666-7777-8888-9999-000000000000"
VAULTS = RowSet("resources", frozenset({"microsoft.keyvault/vaults"}))
EVERY_RESOURCE = "Microsoft.Resources/subscriptions/resources"

Body = Mapping[str, Any]


@pytest.fixture
def azure(azure_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, azure_replay.url)
    monkeypatch.setattr(session, "RETRIES", {"retry_total": 3, "retry_backoff_factor": 0})
    return azure_replay


def scanned(folder: Path, service: str, *subscriptions: str) -> Scanned:
    """What one service of some subscriptions holds."""
    (chosen,) = [each for each in collectors("azure") if each.service == service]
    collected = collect(folder, connect(AzureOptions(subscriptions)), chosen)
    return Scanned(collected, graph=None)  # type: ignore[arg-type]


def posts(azure: JsonReplay) -> int:
    return len([call for call in azure.calls if call.path.endswith("ResourceGraph/resources")])


def row(name: str, subscription: str = "s") -> dict[str, Any]:
    id_ = f"/subscriptions/{subscription}/resourceGroups/g/providers/M/vaults/{name}"
    type_ = "microsoft.keyvault/vaults"
    return {"id": id_, "name": name, "type": type_, "subscriptionId": subscription}


class Pages:
    """Answers queries with pages that were made before."""

    def __init__(self, *pages: Body, headers: Mapping[str, str] | None = None) -> None:
        self.pages = list(pages)
        self.headers = headers or {}
        self.asked: list[Body] = []

    def __call__(self, asked: Body) -> tuple[Body, Mapping[str, str]]:
        self.asked.append(asked)
        return self.pages[len(self.asked) - 1], self.headers


def test_one_query_serves_all_subscriptions(azure: JsonReplay, tmp_path: Path) -> None:
    azure.page_size = 100
    found = scanned(tmp_path, "compute")
    assert found.names("AzureVirtualMachine") == {
        "web-0",
        "web-1",
        "bastion",
        "app-0",
        "jump",
        "build",
    }
    assert posts(azure) == 3  # one for each table, and one for what the other table rests on


def test_pages_are_followed_in_the_order_of_ids() -> None:
    pages = Pages({"data": [row("a")], "$skipToken": "t"}, {"data": [row("b")]})
    graph = ResourceGraph(pages, ["s"])
    assert [each["name"] for each in graph.rows(VAULTS, "Microsoft.KeyVault/vaults", "s")] == [
        "a",
        "b",
    ]
    first, second = pages.asked
    assert "order by id asc" in first["query"]
    assert first["options"] == {"$top": PAGE, "resultFormat": "objectArray"}
    assert second["options"]["$skipToken"] == "t"


def test_a_page_that_comes_twice_is_an_error() -> None:
    pages = Pages(*[{"data": [row("a")], "$skipToken": "t"}] * 3)
    with pytest.raises(AnswerError) as error:
        ResourceGraph(pages, ["s"]).rows(VAULTS, "microsoft.keyvault/vaults", "s")
    assert error.value.code == "RepeatedPageToken"


def test_rows_that_are_left_out_are_an_error() -> None:
    pages = Pages({"data": [row("a")], "resultTruncated": "true"})
    with pytest.raises(AnswerError, match="left rows out"):
        ResourceGraph(pages, ["s"]).rows(VAULTS, "microsoft.keyvault/vaults", "s")


def test_a_failure_is_every_subscriptions_and_asked_once() -> None:
    pages = Pages({"data": [{**row("a"), "type": 7}]})
    graph = ResourceGraph(pages, ["s", "t"])
    for subscription in ("s", "t"):
        with pytest.raises(AnswerError):
            graph.rows(VAULTS, "microsoft.keyvault/vaults", subscription)
    assert len(pages.asked) == 1


def test_who_asks_again_gets_a_new_answer() -> None:
    pages = Pages({"data": [row("a")]}, {"data": [row("b")]})
    graph = ResourceGraph(pages, ["s"])
    for name in ("a", "b"):
        (found,) = graph.rows(VAULTS, "microsoft.keyvault/vaults", "s")
        assert found["name"] == name


def test_many_subscriptions_are_asked_about_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.collectors.azure.resource_graph.MOST_SUBSCRIPTIONS", 2)
    pages = Pages(*[{"data": []}] * 3)
    ResourceGraph(pages, [*"abcde"]).rows(VAULTS, "microsoft.keyvault/vaults", "e")
    assert [asked["subscriptions"] for asked in pages.asked] == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize(
    ("remaining", "after", "pauses"),
    [
        ("3", "00:00:05", []),
        ("0", "00:00:05", [5.0]),
        ("0", "soon", [5.0]),
        ("0", "02:00:00", [60.0]),
    ],
)
def test_a_spent_quota_is_waited_for(
    remaining: str, after: str, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    headers = {"x-ms-user-quota-remaining": remaining, "x-ms-user-quota-resets-after": after}
    pages = Pages({"data": [], "$skipToken": "t"}, {"data": []}, headers=headers)
    ResourceGraph(pages, ["s"]).rows(VAULTS, "microsoft.keyvault/vaults", "s")
    assert slept == pauses


def test_what_resource_graph_hides_leaves_its_label_incomplete_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate = load_estate(ESTATE / "azure")
    listing = estate["TABLE resources"]
    listed = [{key: each[key] for key in ("id", "type")} for each in listing if PROD in each["id"]]
    estate[f"/subscriptions/{PROD}/resources"] = {"value": listed}
    estate["TABLE resources"] = [each for each in listing if each["name"] != "clew-legacy-kv"]
    with JsonReplay(AZURE, estate, page_size=100) as server:
        monkeypatch.setenv(ENDPOINT, server.url)
        found = scanned(tmp_path, "keyvault")
    assert found.names("AzureKeyVault") == {"clew-shop-kv"}
    of_vaults = {
        "AzureKeyVault",
        "AzureKeyVaultAccessPolicy",
        "AzureKeyVaultKey",
        "AzureKeyVaultSecret",
    }
    assert found.incomplete(PROD) == of_vaults
    assert found.incomplete(DEV) == set()
    (record,) = [
        each
        for each in found.collected.coverage
        if (each.operation, each.account) == ("Microsoft.KeyVault/vaults", PROD)
    ]
    assert (record.status, record.code) == (Status.DENIED, "HiddenResources")


def test_hidden_scale_sets_leave_their_machines_and_interfaces_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate = load_estate(ESTATE / "azure")
    listing = estate["TABLE resources"]
    listed = [{key: each[key] for key in ("id", "type")} for each in listing if PROD in each["id"]]
    estate[f"/subscriptions/{PROD}/resources"] = {"value": listed}
    estate["TABLE resources"] = [each for each in listing if each["name"] != "shop-workers"]
    estate["TABLE computeresources"] = []
    with JsonReplay(AZURE, estate, page_size=100) as server:
        monkeypatch.setenv(ENDPOINT, server.url)
        machines = scanned(tmp_path / "a", "compute", PROD)
        network = scanned(tmp_path / "b", "networkinterfaces", PROD)
    assert machines.incomplete() == {"AzureScaleSetInstance", "AzureVirtualMachineScaleSet"}
    assert network.incomplete() == {
        "AzureNetworkInterface",
        "AzureNetworkInterfaceIPConfiguration",
        "AzurePublicIPAddress",
    }


def test_where_arm_does_not_list_nothing_is_taken_for_whole(
    azure: JsonReplay, tmp_path: Path
) -> None:
    azure.deny(f"/subscriptions/{PROD}/resources")
    found = scanned(tmp_path, "redis")
    assert found.incomplete(PROD) == {"AzureRedisCache"}
    assert found.incomplete(DEV) == set()
    assert found.names("AzureRedisCache") == {"clew-shop-cache"}
    codes = {each.operation: each.code for each in found.collected.coverage if each.account == PROD}
    assert codes == {EVERY_RESOURCE: "AuthorizationFailed", "Microsoft.Cache/redis": ""}


@pytest.mark.parametrize(
    ("status", "expected"), [(403, Status.DENIED), (429, Status.THROTTLED), (500, Status.ERROR)]
)
def test_a_refused_query_leaves_every_subscription_incomplete(
    azure: JsonReplay, tmp_path: Path, status: int, expected: Status
) -> None:
    azure.deny("microsoft.cache/redis", status=status)
    found = scanned(tmp_path, "redis")
    assert found.incomplete(PROD) == found.incomplete(DEV) == {"AzureRedisCache"}
    records = [
        each for each in found.collected.coverage if each.operation == "Microsoft.Cache/redis"
    ]
    assert [each.status for each in records] == [expected, expected]


@pytest.mark.parametrize(
    ("service", "asked", "operation", "label"),
    [
        ("redis", "microsoft.cache/redis", "Microsoft.Cache/redis", "AzureRedisCache"),
        ("redis", f"subscriptions/{PROD}/resources", EVERY_RESOURCE, "AzureRedisCache"),
        (
            "cdn",
            "/afdEndpoints?",
            "Microsoft.Cdn/profiles/afdEndpoints",
            "AzureFrontDoorEndpoint",
        ),
    ],
    ids=["query", "listing", "parts"],
)
def test_throttling_is_waited_for_and_ends(
    azure: JsonReplay, tmp_path: Path, service: str, asked: str, operation: str, label: str
) -> None:
    azure.throttle(asked, times=2)
    waited = scanned(tmp_path / "waited", service)
    assert [call.status for call in azure.calls].count(429) == 2
    assert waited.incomplete() == set()
    assert {each.status for each in waited.collected.coverage} == {Status.OK}
    azure.reset()
    unthrottled = scanned(tmp_path / "unthrottled", service)
    assert waited.collected.resources == unthrottled.collected.resources

    azure.throttle(asked)
    given_up = scanned(tmp_path / "given up", service)
    assert label in given_up.incomplete(PROD)
    ends = {each.status for each in given_up.collected.coverage if each.operation == operation}
    assert Status.THROTTLED in ends
    assert Status.ERROR not in ends


@pytest.mark.parametrize("asked", ["microsoft.cache/redis", f"subscriptions/{PROD}/resources"])
def test_what_takes_too_long_is_not_waited_for(
    azure: JsonReplay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(session, "RETRIES", {"retry_total": 3, "timeout": 60})
    azure.retry_after = 3600
    azure.throttle(asked)
    found = scanned(tmp_path, "redis", PROD)
    assert found.incomplete() == {"AzureRedisCache"}
    assert [call.status for call in azure.calls].count(429) == 1
    ends = {each.status for each in found.collected.coverage}
    assert ends == {Status.OK, Status.THROTTLED}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("location", 7),
        ("tags", ["a"]),
        ("tags", {"a": 7}),
        ("identity", "text"),
        ("properties", []),
        ("properties", {"hostName": ["a"]}),
        ("properties", {"enableNonSslPort": "yes"}),
        ("properties", {"privateEndpointConnections": {}}),
        ("properties", {"privateEndpointConnections": [7]}),
        ("properties", {"privateEndpointConnections": [{"properties": {"privateEndpoint": "a"}}]}),
    ],
)
def test_a_row_of_another_form_is_an_error(
    member: str, value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = f"/subscriptions/{PROD}/resourceGroups/g/providers/Microsoft.Cache/redis/a"
    cache = {"id": id_, "name": "a", "type": "Microsoft.Cache/redis", member: value}
    estate = {**load_estate(ESTATE / "azure"), "TABLE resources": [cache]}
    with JsonReplay(AZURE, estate) as server:
        monkeypatch.setenv(ENDPOINT, server.url)
        found = scanned(tmp_path, "redis", PROD)
    assert found.incomplete() == {"AzureRedisCache"}
    codes = {each.code for each in found.collected.coverage}
    assert codes == {"", "MalformedAnswer"}


def test_every_label_of_the_estate_has_an_example(azure: JsonReplay, tmp_path: Path) -> None:
    azure.page_size = 100
    found = scan(tmp_path, connect(AzureOptions()))
    known = {model.label for each in collectors("azure") for model in each.models()}
    assert known == {each.label for each in found.collected.resources}
    assert not azure.not_recorded
    assert found.incomplete(PROD) == set()
