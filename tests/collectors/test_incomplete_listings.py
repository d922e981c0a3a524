"""Where a call fails, whatever it would have led to is not taken for fully listed."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.api import Api, Limits
from clew.collectors.collector import Collector
from clew.collectors.failure import Failure
from clew.collectors.registry import collectors, models
from clew.collectors.scan import Account, Collected, Spool, plan, run
from clew.graph.model import Status
from clew.scans.connecting import ScanOptions, connect
from support.collecting import Silent
from support.demo_estate import replayed

PROD = {
    "aws": "111122223333",
    "azure": "11111111-2222-3333-4444-555555555555",
    "gcp": "clew-prod",
    "entra": "0a0a0a0a-1111-4222-8333-444455556666",
}
FAILURES = (
    Failure(Status.DENIED, "Refused", "a test"),
    Failure(Status.THROTTLED, "TooOften", "a test"),
    Failure(Status.ERROR, "Broken", "a test"),
)


class RefusedError(Exception):
    """Stands for the answer of a call that fails."""


class Remembering:
    """A client of boto3 that asks the server the same question once."""

    def __init__(self, client: Any) -> None:
        self.meta = client.meta
        self.can_paginate = client.can_paginate
        self._client = client
        self._answers: dict[str, Any] = {}

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **params: self._ask(operation, params, getattr(self._client, operation))

    def get_paginator(self, operation: str) -> "Remembering":
        paginator = self._client.get_paginator(operation)
        pages = Remembering(self._client)
        pages._answers = self._answers
        pages.paginate = lambda **params: self._ask(  # type: ignore[attr-defined]
            f"all {operation}", params, lambda **given: list(paginator.paginate(**given))
        )
        return pages

    def _ask(self, operation: str, params: dict[str, Any], call: Callable[..., Any]) -> Any:
        question = f"{operation} {json.dumps(params, sort_keys=True)}"
        if question not in self._answers:
            try:
                self._answers[question] = call(**params)
            except Exception as error:
                self._answers[question] = error
        answer = self._answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Failing:
    """An account in which one operation fails, however often it is called."""

    def __init__(self, account: Account, operation: str, failure: Failure) -> None:
        self._account, self._operation, self._failure = account, operation, failure

    def __getattr__(self, name: str) -> Any:
        return getattr(self._account, name)

    def api(self, collector: type[Collector], region: str, limits: Limits) -> Api:
        api = self._account.api(collector, region, limits)
        classify = api.classify

        def classified(error: Exception) -> Failure | None:
            return self._failure if isinstance(error, RefusedError) else classify(error)

        api.classify = classified  # type: ignore[method-assign]
        refusals = {
            "list_through": refused,
            "read_through": refused,
            "async_list_through": refused_pages,
            "async_read_through": refused_answer,
        }
        for name, refusal in refusals.items():
            if hasattr(api, name):
                setattr(api, name, self._refusing(getattr(api, name), refusal))
        return api

    def _refusing(self, method: Callable[..., Any], refusal: Any) -> Callable[..., Any]:
        def called(operation: str, call: Any, *rest: Any, **more: Any) -> Any:
            fails = operation == self._operation
            return method(operation, refusal if fails else call, *rest, **more)

        return called


def refused() -> Any:
    raise RefusedError


async def refused_pages() -> AsyncIterator[Any]:
    raise RefusedError
    yield


async def refused_answer() -> Any:
    raise RefusedError


@pytest.fixture(scope="module")
def accounts() -> Iterator[dict[str, Account]]:
    """The production account of the demo estate in each cloud."""
    wanted = ScanOptions(regions=("us-east-1",))
    with replayed():
        found = {each.id: each for each in connect([*PROD], wanted)}
        prod: dict[str, Any] = {cloud: found[id_] for cloud, id_ in PROD.items()}
        make, clients = prod["aws"].client, dict[Any, Remembering]()

        def client(*place: str) -> Remembering:
            if place not in clients:
                clients[place] = Remembering(make(*place))
            return clients[place]

        prod["aws"].client = client
        yield prod


def collect(folder: Path, account: Account, collector: type[Collector]) -> Collected:
    spool = Spool(folder / str(len(list(folder.iterdir()))))
    return run(plan([account], [collector]), Limits(4), Silent(), spool)


def own(collected: Collected, account: Account) -> set[tuple[str, str]]:
    """What belongs to the account; what others own (an organization's other accounts) is listed
    there, and here only seen."""
    return {(each.label, each.id) for each in collected.resources if each.account == account.id}


def hidden(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> set[str]:
    """The labels of which there are fewer, or that nobody finds any more by the id. Where nothing
    refers to a label, what could not be described may stand under another id."""
    counts = [Counter(label for label, _ in found) for found in (before, after)]
    return {*(counts[0] - counts[1]), *({label for label, _ in before - after} & REFERRED)}


REFERRED = {
    label
    for model in models()
    for reference in model.references.values()
    for label in reference.labels
}
ALL = [(cloud, each) for cloud in PROD for each in collectors(cloud)]


@pytest.mark.parametrize(
    ("cloud", "collector"), ALL, ids=[f"{cloud}-{each.service}" for cloud, each in ALL]
)
def test_no_label_is_whole_whose_resources_a_failure_hides(
    tmp_path: Path, accounts: dict[str, Account], cloud: str, collector: type[Collector]
) -> None:
    account = accounts[cloud]
    whole = collect(tmp_path, account, collector)
    operations: Sequence[str] = sorted({record.operation for record in whole.coverage})
    wrong = []
    for index, operation in enumerate(operations):
        failure = FAILURES[index % len(FAILURES)]
        found = collect(tmp_path, Failing(account, operation, failure), collector)
        reads = {read.label: (read.operation, read.status, read.code) for read in found.reads}
        wrong += [
            (operation, label)
            for label in hidden(own(whole, account), own(found, account))
            if reads[label] != (operation, failure.status, failure.code)
        ]
    assert wrong == [], (
        "these labels lose resources by the failure and still call themselves whole: name them "
        "with `lists=` at the call, or `through=` in @lists (docs/development.md)"
    )
