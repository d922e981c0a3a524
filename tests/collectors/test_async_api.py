"""Loaders that are asynchronous, recorded like any other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.api import Api, AsyncApi, Limits, ScanCancelledError
from clew.collectors.collector import Collector, lists
from clew.collectors.failure import Failure
from clew.collectors.scan import Collected
from clew.graph.model import Coverage, Location, Resource, Status
from support.collecting import collect


class CloudError(Exception):
    """What the made-up cloud's SDK raises."""


class Thing(Resource):
    """A thing."""

    provider = "entra"
    service = "made-up"
    label = "AsyncThing"
    identity = "thing:{account}:{name}"


class Part(Resource):
    """A part of a thing."""

    provider = "entra"
    service = "made-up"
    label = "AsyncPart"
    identity = "part:{account}:{name}"


@dataclass
class MadeUpApi(AsyncApi):
    """Counts how many calls run at the same time."""

    running: int = 0
    most: int = 0
    closed: bool = False

    def classify(self, error: Exception) -> Failure | None:
        if isinstance(error, CloudError):
            return Failure(Status.DENIED, "No", str(error))
        return None

    async def pages(self, *pages: str, fails: bool = False) -> AsyncIterator[str]:
        for page in pages:
            yield page
        if fails:
            raise CloudError("no further page")

    async def detail(self, name: str) -> str:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.01 if name == "a" else 0.001)
        self.running -= 1
        if name == "x":
            raise CloudError("not yours")
        return name.upper()

    async def close(self) -> None:
        self.closed = True


@dataclass
class Account:
    """An account of the made-up cloud."""

    id: str = "t"
    provider: str = "entra"
    regions: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    reachable: bool = True
    directory: str = ""
    apis: list[MadeUpApi] = field(default_factory=list)

    def api(self, collector: type[Collector], region: str, limits: Limits) -> Api:
        self.apis.append(MadeUpApi("entra", collector.service, Location("t"), limits))
        return self.apis[-1]


def thing(api: Any, name: str, kind: type[Resource] = Thing) -> Resource:
    return kind(id=f"{kind.label}:{name}", name=name, account=api.here.account)


def collected(folder: Path, collector: type[Collector]) -> tuple[Collected, MadeUpApi]:
    account = Account()
    found = collect(folder, [account], collector)
    return found, account.apis[0]


class Things(Collector):
    """Things with details."""

    provider = "entra"
    service = "things"
    regional = False

    @lists(Thing)
    async def things(self, api: MadeUpApi) -> AsyncIterator[Resource]:
        async def detailed(name: str) -> Resource:
            given = await api.async_read_through("Detail", lambda: api.detail(name))
            return thing(api, given or f"{name} unread")

        found = [
            each async for each in api.async_list_through("List", lambda: api.pages("ab", "xc"))
        ]
        async for each in api.async_each(detailed, found * 5):
            yield each

    @lists(Part)
    async def parts(self, api: MadeUpApi) -> AsyncIterator[Resource]:
        async for name in api.async_list_through("ListParts", lambda: api.pages("pq", fails=True)):
            yield thing(api, name, Part)


def test_details_come_in_order_and_failures_are_recorded(tmp_path: Path) -> None:
    found, api = collected(tmp_path, Things)
    names = [each.name for each in found.resources]
    assert names == ["A", "B", "x unread", "C"] * 5 + ["p", "q"]
    assert {record.operation: record.status for record in found.coverage} == {
        "List": Status.OK,
        "Detail": Status.DENIED,
        "ListParts": Status.DENIED,
    }
    assert {read.label: read.status for read in found.reads} == {
        "AsyncThing": Status.OK,
        "AsyncPart": Status.DENIED,
    }
    assert api.closed


def test_no_more_calls_run_at_the_same_time_than_the_limit(tmp_path: Path) -> None:
    _, api = collected(tmp_path, Things)
    assert 1 < api.most <= 8


class Crashing(Collector):
    """Its first loader has a bug in the work on an item."""

    provider = "entra"
    service = "crashing"
    regional = False

    @lists(Thing)
    async def things(self, api: MadeUpApi) -> AsyncIterator[Resource]:
        async def broken(name: str) -> Resource:
            await api.detail(name)
            raise KeyError(name)

        async for each in api.async_each(broken, "abcdefghij"):
            yield each

    @lists(Part)
    async def parts(self, api: MadeUpApi) -> AsyncIterator[Resource]:
        async for name in api.async_list_through("ListParts", lambda: api.pages("p", "q")):
            yield thing(api, name, Part)


def test_a_crash_leaves_the_other_loaders_whole(tmp_path: Path) -> None:
    found, api = collected(tmp_path, Crashing)
    assert [each.name for each in found.resources] == ["p", "q"]
    crash = next(record for record in found.coverage if record.operation == "things")
    assert (crash.status, crash.code) == (Status.ERROR, "KeyError")
    assert {read.label: read.status for read in found.reads} == {
        "AsyncThing": Status.ERROR,
        "AsyncPart": Status.OK,
    }
    assert api.closed


def test_a_cancelled_scan_begins_no_further_call() -> None:
    limits = Limits(1)
    api = MadeUpApi("entra", "things", Location("t"), limits)
    limits.cancel()
    with pytest.raises(ScanCancelledError):
        asyncio.run(api.async_read_through("Detail", lambda: api.detail("a")))
    assert not api.records
