"""Listings end: a page token that comes again is an error, and so are pages without an end."""

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from clew.collectors import paging
from clew.collectors.api import Limits
from clew.collectors.aws.session import _by_token
from clew.collectors.azure.session import Azure
from clew.collectors.entra.session import GraphClient
from clew.collectors.failure import AnswerError
from clew.collectors.gcp.compute import Compute
from clew.collectors.gcp.session import GCPOptions, connect
from clew.collectors.options import Patience
from clew.collectors.paging import Pages
from servers.json_replay import AZURE, GCP, GRAPH, JsonReplay

SUBSCRIPTIONS, USERS = "/subscriptions", "/v1.0/users"
NETWORKS = "/compute/v1/projects/clew-prod/global/networks"


def test_a_token_is_given_once() -> None:
    pages = Pages("ListThings")
    pages.follow("a")
    pages.follow("b")
    with pytest.raises(AnswerError, match="ListThings gave the token of a page") as error:
        pages.follow("a")
    assert error.value.code == "RepeatedPageToken"


def test_pages_are_counted_where_tokens_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    pages = Pages("ListThings")
    for _ in range(3):
        pages.follow()
    with pytest.raises(AnswerError, match="more than 3 pages") as error:
        pages.follow()
    assert error.value.code == "EndlessPages"


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        (iter(["a"] * 9), "RepeatedPageToken"),
        (iter(["a", "b"] * 9), "RepeatedPageToken"),
        ((str(number) for number in count()), "EndlessPages"),
    ],
)
def test_aws_where_the_sdk_does_not_page(
    tokens: Iterator[str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 30)

    def call(**_: Any) -> dict[str, Any]:
        return {"nextToken": next(tokens)}

    with pytest.raises(AnswerError) as error:
        list(_by_token(call, {}, Pages("ListThings")))
    assert error.value.code == code


def test_azure() -> None:
    answer: dict[str, Any] = {"value": []}
    with JsonReplay(AZURE, {SUBSCRIPTIONS: answer}) as server:
        answer["nextLink"] = f"{server.url}{SUBSCRIPTIONS}?api-version=2022-12-01"
        with pytest.raises(AnswerError, match="gave the token"):
            list(Azure(server.url, Patience()).get(SUBSCRIPTIONS, "2022-12-01"))


def test_entra() -> None:
    answer: dict[str, Any] = {"value": []}

    async def read(url: str) -> list[Any]:
        client = GraphClient(url, None, Patience())
        try:
            return [item async for item in client.pages("users", {})]
        finally:
            await client.close()

    with JsonReplay(GRAPH, {USERS: answer}) as server:
        answer["@odata.nextLink"] = f"{server.url}{USERS}"
        with pytest.raises(AnswerError, match="gave the token"):
            asyncio.run(read(server.url))


def test_google(monkeypatch: pytest.MonkeyPatch) -> None:
    project = {"name": "projects/123456789012", "projectId": "clew-prod"}
    answer = {"kind": "compute#networkList", "nextPageToken": "again"}
    answers = {NETWORKS: answer, "/v3/projects/clew-prod": project}
    with JsonReplay(GCP, answers) as server:
        monkeypatch.setenv("CLEW_GCP_ENDPOINT", server.url)
        (account,) = connect(GCPOptions(["clew-prod"]))
        api = account.api(Compute, "global", Limits(2))
        assert list(api.pages("networks.list")) == []
    assert api.records["networks.list"].code == "RepeatedPageToken"
