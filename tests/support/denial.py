"""The demo estate with one operation denied, or its answers spoiled, at a time, in every account
and region at once.

The clouds are asked once: AWS's answers are kept by call, and of a denied operation only the
collectors that call it are run again, through their own code.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Self
from unittest.mock import patch

from clew import pipeline
from clew.collectors.api import Api, AsyncApi, Limits
from clew.collectors.aws.ip_ranges import CALL as IP_RANGES
from clew.collectors.aws.session import AWSAccount
from clew.collectors.collector import Collector
from clew.collectors.registry import providers
from clew.collectors.scan import Account, Collected, Spool, plan, run, scope_of
from clew.graph.linking import Exists
from clew.graph.model import Coverage, ListingStatus, Status
from clew.scans.connecting import connect
from support.arriving import changed_on_arrival
from support.demo_estate import WANTED, Silent, replayed


class Operation(NamedTuple):
    """One operation of a cloud's service, as its API calls it."""

    provider: str
    service: str
    name: str

    @classmethod
    def of(cls, provider: str, service: str, name: str) -> Self:
        """The operation by the name that coverage gives it: ``iam:GetRole`` if it is not of the
        collector's own service."""
        sibling, colon, own = name.rpartition(":")
        return cls(provider, sibling or service, own) if colon else cls(provider, service, name)

    def __str__(self) -> str:
        return f"{self.provider} {self.service} {self.name}"


class Spoiled(NamedTuple):
    """An operation whose answers arrive in another form than its cloud gave them."""

    operation: Operation
    change: Callable[[bytes], bytes]
    """Makes of a body what arrives."""


@dataclass(frozen=True)
class Reading:
    """What a scan read."""

    collected: Collected
    exists: Mapping[str, Exists]


class DeniableEstate:
    """The demo estate, read whole; and read again less one operation."""

    def __init__(self, folder: Path) -> None:
        """Needs the clouds to be :func:`~support.demo_estate.replayed` for as long as it lives."""
        self._spools = (folder / str(number) for number in count())
        self._clients = _KeptClients()
        self._accounts: list[Account] = list(connect(providers(), WANTED))
        self._selected = pipeline.selection(providers())
        self.scope = scope_of(self._accounts, self._selected, ())
        with self._clients.in_place():
            self._whole = {each: self._collect(each) for each in self._selected}
        unrecorded = [
            record
            for one in self._whole.values()
            for record in one.coverage
            if record.code == "NotRecorded"
        ]
        assert not unrecorded, unrecorded
        self._refused = {
            (record.account, record.region, record.operation)
            for one in self._whole.values()
            for record in one.coverage
            if record.status != Status.OK
        }
        self._probed = self._operations_of_probes()

    @property
    def operations(self) -> list[Operation]:
        """All operations that a scan of the estate calls."""
        called = {each for one in self._whole.values() for each in _called(one.coverage)}
        return sorted(called | self._probed)

    @contextmanager
    def read(
        self,
        denied: Operation | None = None,
        *,
        spoiled: Spoiled | None = None,
        is_whole: bool = False,
    ) -> Iterator[Reading]:
        """What a scan reads if an operation is denied, or its answers are spoiled; its probes can
        be asked in the context. ``is_whole``: as if what the estate itself refuses had answered,
        and there were no more than what was read."""
        touched = spoiled.operation if spoiled else denied
        with ExitStack() as stack:
            stack.enter_context(self._clients.in_place(denied, spoiled))
            if denied:
                stack.enter_context(_refusing(denied))
            if spoiled:
                stack.enter_context(_spoiling(spoiled))
            collected = Collected()
            for collector, whole in self._whole.items():
                again = touched in _called(whole.coverage)
                collected.add(self._collect(collector) if again else whole)
            if is_whole:
                self._answer_all_but(denied, collected)
            yield Reading(collected, pipeline.Probes(self._accounts, self._selected).by_label())

    def _answer_all_but(self, denied: Operation | None, collected: Collected) -> None:
        """Takes what the estate itself refuses, but for an operation, as answered."""
        names = {
            each.operation
            for each in collected.coverage
            if Operation.of(each.provider, each.service, each.operation) == denied
        }

        def is_refused(each: Coverage | ListingStatus) -> bool:
            call = (each.account, each.region, each.operation)
            return call in self._refused and each.operation not in names

        collected.coverage[:] = [
            each._replace(status=Status.OK, code="", message="") if is_refused(each) else each
            for each in collected.coverage
        ]
        collected.reads[:] = [
            each._replace(status=Status.OK, operation="", code="") if is_refused(each) else each
            for each in collected.reads
        ]

    def _collect(self, collector: type[Collector]) -> Collected:
        tasks = plan(self._accounts, [collector])
        return run(tasks, Limits(8), Silent(), Spool(next(self._spools)))

    def _operations_of_probes(self) -> set[Operation]:
        asked = pipeline.Probes(self._accounts, self._selected)
        with self._clients.in_place():
            for exists in asked.by_label().values():
                exists("no-such-name")
        return _called(asked.coverage)


@contextmanager
def deniable_estate(folder: Path) -> Iterator[DeniableEstate]:
    """The demo estate, with the replayed clouds behind it."""
    with replayed():
        yield DeniableEstate(folder)


def _called(coverage: list[Coverage]) -> set[Operation]:
    return {Operation.of(each.provider, each.service, each.operation) for each in coverage}


class _KeptClients:
    """The SDK's clients for AWS, each made once and each call answered once."""

    def __init__(self) -> None:
        self._make = AWSAccount.client
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._answers: dict[Any, Any] = {}
        self._denied: Operation | None = None
        self._spoiled: Spoiled | None = None

    @contextmanager
    def in_place(
        self, denied: Operation | None = None, spoiled: Spoiled | None = None
    ) -> Iterator[None]:
        """Puts them in place of the account's own."""

        def spoil(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
            service = operation_model.service_model.service_name
            operation = Operation("aws", service, operation_model.name)
            is_spoiled = self._spoiled and operation == self._spoiled.operation
            if is_spoiled and response_dict["status_code"] < 300 and response_dict["body"]:
                response_dict["body"] = self._spoiled.change(response_dict["body"])

        def client(account: AWSAccount, service: str, region: str) -> _KeptClient:
            key = (account.id, service, region)
            if key not in self._clients:
                made = self._make(account, service, region)
                made.meta.events.register_first("before-parse", spoil)
                self._clients[key] = made
            return _KeptClient(self._clients[key], service, lambda *call: self._answer(key, *call))

        self._denied, self._spoiled = denied, spoiled
        with patch.object(AWSAccount, "client", client):
            yield

    def _answer(
        self,
        place: tuple[str, str, str],
        name: str,
        way: str,
        params: Mapping[str, Any],
        call: Callable[[], Any],
    ) -> Any:
        operation = Operation("aws", place[1], name)
        if operation == self._denied:
            raise _aws_refusal(operation)
        if self._spoiled and operation == self._spoiled.operation:
            return call()
        key = (place, name, way, repr(sorted(params.items())))
        if key not in self._answers:
            try:
                self._answers[key] = call()
            except Exception as error:
                self._answers[key] = error
        answer = self._answers[key]
        if isinstance(answer, Exception):
            # With what it was raised by before, all that was worked out then would be kept, too.
            raise answer.with_traceback(None)
        return answer


class _KeptClient:
    """What collectors use of an SDK's client."""

    def __init__(self, client: Any, service: str, answer: Callable[..., Any]) -> None:
        self.meta = client.meta
        self.can_paginate = client.can_paginate
        self._client = client
        self._answer = answer

    def __getattr__(self, method: str) -> Callable[..., Any]:
        name = self.meta.method_to_api_mapping[method]

        def call(**params: Any) -> Any:
            asked = getattr(self._client, method)
            return self._answer(name, "call", params, lambda: asked(**params))

        return call

    def get_paginator(self, method: str) -> Any:
        return _KeptPages(self._client.get_paginator(method), self, method)

    def pages(self, paginator: Any, method: str, params: Mapping[str, Any]) -> Iterator[Any]:
        name = self.meta.method_to_api_mapping[method]
        yield from self._answer(name, "pages", params, lambda: list(paginator.paginate(**params)))


class _KeptPages(NamedTuple):
    paginator: Any
    client: _KeptClient
    method: str

    def paginate(self, **params: Any) -> Iterator[Any]:
        return self.client.pages(self.paginator, self.method, params)


@contextmanager
def _refusing(denied: Operation) -> Iterator[None]:
    """Lets calls that do not go through a client for AWS fail as their cloud refuses them."""

    def hits(api: Api, name: str) -> bool:
        in_client = api.provider == "aws" and name != IP_RANGES
        return not in_client and Operation.of(api.provider, api.service, name) == denied

    def refuse(*_: Any) -> Any:
        raise _REFUSALS[denied.provider](denied)

    async def async_refuse(*_: Any) -> Any:
        refuse()

    async def async_refuse_items(*_: Any) -> Any:
        refuse()
        yield

    with ExitStack() as stack:
        for kind, method, instead in (
            (Api, "list_through", refuse),
            (Api, "read_through", refuse),
            (AsyncApi, "async_list_through", async_refuse_items),
            (AsyncApi, "async_read_through", async_refuse),
        ):
            stack.enter_context(patch.object(kind, method, _unless(hits, kind, method, instead)))
        yield


@contextmanager
def _spoiling(spoiled: Spoiled) -> Iterator[None]:
    """Spoils the answers to calls that do not go through a client for AWS."""

    def hits(api: Api, name: str) -> bool:
        in_client = api.provider == "aws" and name != IP_RANGES
        return not in_client and Operation.of(api.provider, api.service, name) == spoiled.operation

    with changed_on_arrival(hits, spoiled.change):
        yield


def _unless(
    hits: Callable[[Api, str], bool], kind: type[Api], method: str, instead: Callable[..., Any]
) -> Any:
    original = getattr(kind, method)

    def through(api: Api, operation: str, call: Any, *more: Any, **named: Any) -> Any:
        asked = instead if hits(api, operation) else call
        return original(api, operation, asked, *more, **named)

    return through


def _aws_refusal(denied: Operation) -> Exception:
    from botocore.exceptions import ClientError

    code = "UnauthorizedOperation" if denied.service == "ec2" else "AccessDenied"
    message = f"You are not authorized to perform: {denied.service}:{denied.name}"
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }
    return ClientError(answer, denied.name)


def _azure_refusal(denied: Operation) -> Exception:
    from azure.core.exceptions import HttpResponseError, ODataV4Format

    error = HttpResponseError(f"No authorization to perform {denied.name}")
    error.status_code = 403
    error.error = ODataV4Format({"code": "AuthorizationFailed", "message": error.message})
    return error


def _gcp_refusal(denied: Operation) -> Exception:
    from google.api_core.exceptions import Forbidden

    message = f"Required permission for {denied.name} is missing"
    return Forbidden(message, errors=[{"reason": "forbidden", "message": message}])


def _entra_refusal(denied: Operation) -> Exception:
    from msgraph.generated.models.o_data_errors.main_error import MainError
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError

    error = ODataError()
    error.response_status_code = 403
    error.error = MainError(
        code="Authorization_RequestDenied",
        message=f"Insufficient privileges to complete {denied.name}",
    )
    return error


_REFUSALS: Mapping[str, Callable[[Operation], Exception]] = {
    "aws": _aws_refusal,
    "azure": _azure_refusal,
    "entra": _entra_refusal,
    "gcp": _gcp_refusal,
}
