"""Azure credentials, subscriptions, and the calls that collectors make."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from ...graph.model import Coverage, Location, Resource, Status
from ..api import Api, Limits
from ..collector import Collector
from ..errors import CollectError
from ..failure import AnswerError, ErrorCodes, Failure
from ..options import Patience
from ..paging import Pages
from ..shape import Shape, hold
from .answers import held, hold_to_the_fields, hold_to_the_form, hold_to_the_model
from .base import EVERY_RESOURCE, AzureCollector, AzureResource, normalised
from .options import AzureOptions
from .resource_graph import ResourceGraph, RowSet

T = TypeVar("T")

ENDPOINT = "CLEW_AZURE_ENDPOINT"
"""The environment variable that names another endpoint than Azure's public cloud. One that begins
with ``http://`` (an emulator, a test) is read without credentials."""

RETRIES: Mapping[str, Any] = {"retry_backoff_factor": 0.8, "timeout": 120}
"""With what pauses the SDK asks again when it is throttled or Azure fails, and for how long."""

_SUBSCRIPTION = {"subscriptionId": str, "displayName": str, "tenantId": str, "state": str}
_TENANT = {"tenantId": str, "domains": [str], "defaultDomain": str}

_CODES = ErrorCodes(
    unsupported=(
        "AadPremiumLicenseRequired",
        "DisallowedOperation",
        "InvalidResourceType",
        "MissingSubscriptionRegistration",
        "NoRegisteredProviderFound",
        "SubscriptionNotRegistered",
    )
)


@dataclass
class AzureApi(Api):
    """Calls to one Azure service in one subscription."""

    account: "AzureAccount" = field(kw_only=True)
    collector: type[AzureCollector] = field(kw_only=True)
    client: Any = field(kw_only=True)
    """The SDK's client of the collector; None for a service that is read by path."""

    def pages(
        self, operation: str, *, lists: type[Resource] | None = None
    ) -> Iterator[dict[str, Any]]:
        """All resources of a listing, over all of its pages, each :func:`normalised`.

        ``operation`` is a method of the SDK's client: ``virtual_networks.list_all``. If a page
        cannot be had the listing ends and its labels are incomplete: all that the collector's
        method lists, or only the one that this call ``lists``.
        """
        return self.list_through(operation, lambda: self._listed(operation), lists)

    def resources(
        self, model: type[AzureResource], *, lists: type[Resource] | None = None
    ) -> Iterator[dict[str, Any]]:
        """All resources of a model's type that Resource Graph has, each :func:`normalised`.

        Resource Graph leaves out what the caller may not read and does not say so. Where ARM lists
        a resource of this type, or one that it is a part of, that Resource Graph does not have,
        the listing is incomplete, as it is where ARM's own listing fails.
        """
        whole = model.arm_type
        if model.table != "resources":
            whole = "/".join(model.arm_type.split("/")[:2])
        listed = {*self.listed(whole, lists=lists)}

        def fetched() -> Iterator[list[dict[str, Any]]]:
            found = [*map(normalised, self._rows(model.table, model.arm_type))]
            for raw in found:
                hold_to_the_fields(model, raw)
            yield found
            shown = {raw["id"] for raw in found}
            if whole != model.arm_type:
                shown = {*self.account.azure.graph.ids(whole, self.here.account)}
            hidden = listed - shown
            if hidden:
                raise AnswerError(
                    "HiddenResources",
                    f"Resource Graph leaves out {len(hidden)} of the {len(listed)} resources of "
                    f"type {whole} that ARM lists",
                    Status.DENIED,
                )

        return self.list_through(model.arm_type, fetched, lists)

    def listed(self, type_: str, *, lists: type[Resource] | None = None) -> list[str]:
        """The ids of all resources of a type that ARM lists, in lower case."""
        asker = f"{self.service} {type_.lower()} {lists.label if lists else ''}"
        ids = self.list_through(EVERY_RESOURCE, lambda: [self.account.listed(type_, asker)], lists)
        return list(ids)

    def details_of(self, model: type[AzureResource]) -> list[dict[str, Any]]:
        """What Resource Graph says of resources in addition to the resources themselves, each
        :func:`normalised`; nothing if it fails."""

        def call() -> list[dict[str, Any]]:
            found = [*map(normalised, self._rows(model.table, model.arm_type))]
            for raw in found:
                hold_to_the_fields(model, raw)
            return found

        return self.read_through(model.arm_type, call) or []

    def _rows(self, table: str, type_: str) -> Sequence[Mapping[str, Any]]:
        types = {
            each.arm_type.lower()
            for each in self.collector.typed()
            if each.table == table and not each.api_version
        }
        wanted = RowSet(table, frozenset(types))
        return self.account.azure.graph.rows(wanted, type_, self.here.account)

    def parts(self, model: type[AzureResource], whole: AzureResource) -> list[AzureResource]:
        """The parts of a resource, as ARM lists them under it; if it fails the label of the parts
        is incomplete."""
        path = f"{whole.id}/{model.collection or model.arm_type.rpartition('/')[2]}"
        found = self._read_at(model.arm_type, path, model, model.empty_codes, [], lists=model)
        return [
            model.load(
                {**raw, "containedIn": whole.id},
                self.here,
                region=raw.get("location") or whole.region,
            )
            for raw in found or []
        ]

    def described(
        self,
        operation: str,
        path: str,
        model: type[AzureResource],
        *,
        lists: type[Resource] | None = None,
    ) -> list[dict[str, Any]] | None:
        """What ARM tells at a path about a resource, each part :func:`normalised` and as the model
        says; nothing if it ends with a code that says so, None if it fails, which leaves the label
        of what it ``lists`` incomplete."""
        return self._read_at(operation, path, model, model.empty_codes, [], lists)

    def _read_at(
        self,
        operation: str,
        path: str,
        model: type[AzureResource],
        absent: Sequence[str],
        empty: Any,
        lists: type[Resource] | None = None,
    ) -> list[dict[str, Any]] | None:
        def call() -> list[dict[str, Any]]:
            pages = self.account.azure.get(path, model.api_version)
            found = [normalised(raw) for page in pages for raw in page]
            for raw in found:
                hold_to_the_fields(model, raw)
            return found

        return self.read_through(operation, call, absent, empty, lists)

    def details(self, operation: str, *args: str) -> list[dict[str, Any]] | None:
        """All that a listing about one resource answers, over all of its pages, each
        :func:`normalised`; None if it fails. ``args`` name the resource."""
        return self.read_through(
            operation, lambda: [*chain.from_iterable(self._listed(operation, *args))]
        )

    def queried(self, operation: str, *args: str) -> list[dict[str, Any]] | None:
        """All that a query about one resource answers, over all of its pages, each
        :func:`normalised`; None if it fails.

        The query takes the token of the page that is wanted in its body, after ``args``.
        """
        query = attrgetter(operation)(self.client)

        def call() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = []
            wanted: dict[str, str] = {}
            pages = Pages(operation)
            while True:
                with held():
                    model = query(*args, wanted)
                    answer = model.as_dict()
                    hold_to_the_model(type(model), answer)
                found += [normalised(each) for each in answer.get("value") or []]
                if not answer.get("skipToken"):
                    return found
                pages.follow(answer["skipToken"])
                wanted = {"skipToken": answer["skipToken"]}

        return self.read_through(operation, call)

    def _listed(self, operation: str, *args: str) -> Iterator[list[dict[str, Any]]]:
        """The resources of each page."""
        pages = Pages(operation)
        answers = attrgetter(operation)(self.client)(*args).by_page()
        while True:
            with held():
                page = next(answers, None)
                models = [(type(model), model.as_dict()) for model in page or ()]
                for model, raw in models:
                    hold_to_the_model(model, raw)
            if page is None:
                return
            yield [normalised(raw) for _, raw in models]
            pages.follow(answers.continuation_token)

    def get(
        self, operation: str, path: str, api_version: str, model: type[AzureResource] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The resource at an ARM path, or all of its list over all pages, each normalised and as
        the model says."""

        def fetched() -> Iterator[list[dict[str, Any]]]:
            for page in self.account.azure.get(path, api_version):
                found = [*map(normalised, page)]
                for raw in found:
                    if model:
                        hold_to_the_fields(model, raw)
                yield found

        return self.list_through(operation, fetched)

    def classify(self, error: Exception) -> Failure | None:
        """What an exception of the Azure SDK means."""
        return classify(error)


def classify(error: Exception) -> Failure | None:
    """What an exception of the Azure SDK means; None for any other exception."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

    if isinstance(error, AnswerError):
        return error.failure
    if isinstance(error, HttpResponseError) and error.status_code:
        code = (error.error and error.error.code) or f"HTTP {error.status_code}"
        message = (error.error and error.error.message) or error.reason or ""
        return _CODES.failure(code, error.status_code, message)
    if isinstance(error, ClientAuthenticationError):
        return Failure.named_after(error, error.message, Status.DENIED)
    if isinstance(error, AzureError):
        return Failure.named_after(error, error.message)
    return None


class Azure:
    """One endpoint, the credentials for it, and how it is asked."""

    def __init__(self, endpoint: str, patience: Patience) -> None:
        from azure.mgmt.core import ARMPipelineClient

        self._patience = patience
        self._timeouts: dict[str, Any] = {
            "connection_timeout": patience.connect_seconds,
            "read_timeout": patience.read_seconds,
        }
        self.endpoint = endpoint.rstrip("/")
        self.graph = ResourceGraph(self._page_of_rows, ())
        self._resource_graph: Any = None
        self._credential = _NoCredential() if endpoint.startswith("http://") else _credential()
        self._arm: Any = ARMPipelineClient(base_url=self.endpoint, policies=self._policies())

    def get(self, path: str, api_version: str) -> Iterator[list[dict[str, Any]]]:
        """The resource at a path, or each page of its list, as ARM answers."""
        from azure.core.rest import HttpRequest

        url = f"{self.endpoint}{path}?api-version={api_version}"
        pages = Pages(path)
        while url:
            pages.follow(url)
            response = self._arm.send_request(HttpRequest("GET", url), **self._timeouts)
            response.raise_for_status()
            answer = response.json()
            yield answer.get("value", [answer])
            url = answer.get("nextLink")

    def reads(self, subscriptions: Sequence[str]) -> None:
        """Says which subscriptions a scan is about."""
        self.graph = ResourceGraph(self._page_of_rows, subscriptions)

    def client(self, name: str, subscription: str) -> Any:
        """A client of the SDK: ``package.Class``."""
        module, _, kind = name.rpartition(".")
        return getattr(import_module(module), kind)(
            self._credential,
            subscription,
            base_url=self.endpoint,
            policies=self._policies(),
            **self._timeouts,
        )

    def _page_of_rows(
        self, asked: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """A page of rows of Resource Graph, with the headers that it came with."""
        from azure.mgmt.resourcegraph import ResourceGraphClient
        from azure.mgmt.resourcegraph.models import QueryRequest

        if self._resource_graph is None:
            credential: Any = self._credential
            self._resource_graph = ResourceGraphClient(
                credential, base_url=self.endpoint, policies=self._policies(), **self._timeouts
            )
        with held():
            request = QueryRequest.from_dict(asked)
            answer = self._resource_graph.resources(
                request, cls=lambda response, *_: response.http_response
            )
        return answer.json(), answer.headers

    def _policies(self) -> list[Any]:
        """What each request passes through. The SDK's own list has one policy more, which
        registers resource providers that a subscription has not used yet: that would write."""
        from azure.core.pipeline.policies import RequestIdPolicy, UserAgentPolicy
        from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

        kinds = ("total", "connect", "read", "status")
        retries = {**{f"retry_{kind}": self._patience.attempts - 1 for kind in kinds}, **RETRIES}
        policies = [RequestIdPolicy(), UserAgentPolicy("clew"), _retries(**retries)]
        if not isinstance(self._credential, _NoCredential):
            scope = f"{self.endpoint}/.default"
            policies.append(ARMChallengeAuthenticationPolicy(self._credential, scope))
        return [*policies, _held_to_the_form()]


def _retries(**options: Any) -> Any:
    """What asks again, if the time that there is for it lets it wait as long as Azure says. The
    SDK's own policy waits however long that is, and ends without Azure's answer if it was too long.
    """
    from azure.core.pipeline.policies import RetryPolicy

    class WithinTime(RetryPolicy[Any, Any]):
        def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
            settings = super().configure_retries(options)
            return {**settings, "until": time.monotonic() + settings["timeout"]}

        def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
            then = time.monotonic() + (self.get_retry_after(response) or 0)
            return super().is_retry(settings, response) and then < settings["until"]

    return WithinTime(**options)


def _held_to_the_form() -> Any:
    """What looks at each answer before the SDK does."""
    from azure.core.pipeline.policies import CustomHookPolicy

    def look(response: Any) -> None:
        answer = response.http_response
        if 200 <= answer.status_code < 300:
            try:
                document = answer.json()
            except (ValueError, RecursionError) as error:
                raise AnswerError.malformed(f"An answer is not JSON: {error}") from error
            hold_to_the_form(document)

    return CustomHookPolicy(raw_response_hook=look)


def _credential() -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


class _NoCredential:
    """Stands where the SDK wants a credential; nothing asks it for a token."""


@dataclass
class AzureAccount:
    """A subscription and the credentials that read it."""

    id: str
    name: str
    tenant: str
    azure: Azure
    regions: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    reachable: bool = True
    provider: str = "azure"
    _clients: dict[str, Any] = field(default_factory=dict)
    _listing: "_Listing | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def directory(self) -> str:
        """The tenant that the subscription belongs to."""
        return self.tenant

    def api(self, collector: type[Collector], region: str, limits: Limits) -> AzureApi:
        """What a collector reads this subscription through."""
        assert issubclass(collector, AzureCollector)
        client = self._client(collector.client) if collector.client else None
        return AzureApi(
            "azure",
            collector.service,
            Location(self.id, region),
            limits,
            account=self,
            collector=collector,
            client=client,
        )

    def listed(self, type_: str, asker: str) -> Sequence[str]:
        """The ids of all resources of a type that ARM lists in the subscription.

        It is asked once for all types and askers, and anew if somebody asks again.
        """
        with self._lock:
            if self._listing is None or asker in self._listing.answered:
                self._listing = _Listing.of(self.azure, self.id)
            self._listing.answered.add(asker)
            if self._listing.failure:
                raise self._listing.failure
            return self._listing.ids.get(type_.lower(), [])

    def _client(self, name: str) -> Any:
        with self._lock:
            if name not in self._clients:
                self._clients[name] = self.azure.client(name, self.id)
            return self._clients[name]


@dataclass
class _Listing:
    """All resources of a subscription that ARM lists, or why it does not."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    """In lower case, by type in lower case."""
    failure: Exception | None = None
    answered: set[str] = field(default_factory=set)
    """Who was given it."""

    @classmethod
    def of(cls, azure: Azure, subscription: str) -> "_Listing":
        listing = cls()
        try:
            pages = azure.get(f"/subscriptions/{subscription}/resources", "2021-04-01")
            for raw in _held(pages, {"id": str, "type": str}, "id", "type"):
                listing.ids.setdefault(raw["type"].lower(), []).append(raw["id"].lower())
        except Exception as error:
            listing.failure = error
        return listing


def connect(options: AzureOptions) -> list[AzureAccount]:
    """The subscriptions that the options name.

    :raises CollectError: where no credentials can be had, or a subscription does not exist.
    """
    try:
        endpoint = os.environ.get(ENDPOINT) or "https://management.azure.com"
        azure = Azure(endpoint, options.patience)
    except ModuleNotFoundError:
        raise CollectError("Azure needs its extra: pip install 'clew[azure]'") from None
    seen = _read("list your subscriptions", lambda: _subscriptions(azure))
    if options.tenant:
        tenant = _read("list your tenants", lambda: _tenant(azure, options.tenant.lower()))
        seen = [account for account in seen if account.tenant == tenant]
    if not seen:
        raise CollectError(
            "These Azure credentials see no subscription. Give them the role Reader on one, or "
            f"sign in to its tenant: az login --tenant {options.tenant or 'TENANT'}"
        )
    names = options.subscriptions
    chosen = [account for name in names for account in _named(name, seen)] if names else seen
    accounts = list({account.id: account for account in chosen}.values())
    azure.reads([account.id for account in accounts])
    return accounts


def _subscriptions(azure: Azure) -> list[AzureAccount]:
    """The subscriptions that the credentials see and that can still be read."""
    return [
        AzureAccount(
            id=raw["subscriptionId"].lower(),
            name=raw.get("displayName") or "",
            tenant=(raw.get("tenantId") or "").lower(),
            azure=azure,
        )
        for raw in _held(azure.get("/subscriptions", "2022-12-01"), _SUBSCRIPTION, "subscriptionId")
        if raw.get("state") != "Deleted"
    ]


def _held(
    pages: Iterable[list[dict[str, Any]]], shape: Shape, *required: str
) -> Iterator[dict[str, Any]]:
    for raw in chain.from_iterable(pages):
        hold(shape, raw, required)
        yield raw


def _tenant(azure: Azure, name: str) -> str:
    """The id of a tenant that is given by its id or one of its domains."""
    for raw in _held(azure.get("/tenants", "2022-12-01"), _TENANT, "tenantId"):
        tenant: str = raw["tenantId"].lower()
        domains = [*(raw.get("domains") or []), raw.get("defaultDomain") or ""]
        if name in (tenant, *(domain.lower() for domain in domains)):
            return tenant
    raise CollectError(
        f"These Azure credentials see no tenant '{name}'. Sign in to it: az login --tenant {name}"
    )


def _named(name: str, seen: Sequence[AzureAccount]) -> list[AzureAccount]:
    """The subscription with this id, or all with this name, which need not be unique."""
    named = [each for each in seen if name.lower() in (each.id, each.name.lower())]
    if not named:
        known = ", ".join(f"{account.name} ({account.id})" for account in seen[:10])
        raise CollectError(f"There is no Azure subscription '{name}' for you. Seen: {known}.")
    return named


def _read(action: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except CollectError:
        raise
    except Exception as error:
        raise _refused(action, error) from error


def _refused(action: str, error: Exception) -> CollectError:
    from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

    failure = classify(error)
    if failure is None:
        raise error
    if isinstance(error, AnswerError):
        return CollectError(f"What Azure answered cannot be used: {error}")
    if isinstance(error, ClientAuthenticationError):
        return CollectError(
            "No Azure credentials were found, or they have expired. Run `az login`, or set "
            "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, and try again."
        )
    if isinstance(error, ServiceRequestError):
        return CollectError(f"Azure cannot be reached: {failure.message}")
    return CollectError(f"Azure refused to {action}: {failure.code} {failure.message}".strip())
