"""Entra ID credentials, the tenant, and the calls to Microsoft Graph that collectors make."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ...graph.model import Coverage, Location, Resource, Status
from ..api import AsyncApi, Limits
from ..collector import Collector
from ..errors import CollectError
from ..failure import AnswerError, ErrorCodes, Failure
from ..options import Patience
from ..paging import Pages
from ..shape import Shape, hold
from .batch import SIZE, RefusedError, answers
from .options import EntraOptions

ENDPOINT = "CLEW_GRAPH_ENDPOINT"
"""The environment variable that names another endpoint than Microsoft's public cloud. One that
begins with ``http://`` (an emulator, a test) is read without credentials."""

RETRIES: Mapping[str, Any] = {"delay": 2}
"""After how many seconds at first the SDK asks again when it is throttled."""

_ORGANIZATION = {"id": str, "displayName": str, "verifiedDomains": [{"name": str}]}
"""What is read of a tenant before it is scanned."""

_CODES = ErrorCodes(
    unsupported=(
        "AadPremiumLicenseRequired",
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "PimLicenseRequired",
    )
)
"""What a tenant without the licence (P1, P2, Governance) is answered."""
_NO_SUBSCRIPTION = "Request not applicable to target tenant"
"""How Graph begins its message, under a general code, to a tenant without Intune."""


class GraphClient:
    """The SDK's request adapter. It belongs to the event loop that it is first used in."""

    def __init__(self, endpoint: str, credential: Any, patience: Patience) -> None:
        from httpx import Timeout
        from kiota_abstractions.api_client_builder import register_default_deserializer
        from kiota_abstractions.authentication import AnonymousAuthenticationProvider
        from kiota_authentication_azure.azure_identity_authentication_provider import (
            AzureIdentityAuthenticationProvider,
        )
        from kiota_http.middleware.options import RetryHandlerOption
        from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
        from msgraph.graph_request_adapter import GraphRequestAdapter
        from msgraph_core import GraphClientFactory

        authentication = (
            AzureIdentityAuthenticationProvider(
                credential,
                scopes=[f"{endpoint}/.default"],
                allowed_hosts=[str(urlsplit(endpoint).hostname)],
            )
            if credential
            else AnonymousAuthenticationProvider()
        )
        register_default_deserializer(JsonParseNodeFactory)  # reads the bodies of errors
        self._retries: dict[str, Any] = {"max_retries": patience.attempts - 1, **RETRIES}
        retry = RetryHandlerOption(**self._retries)
        self._http = GraphClientFactory.create_with_default_middleware(
            options={retry.get_key(): retry}
        )
        self._http.timeout = Timeout(patience.read_seconds, connect=patience.connect_seconds)
        self._adapter = GraphRequestAdapter(authentication, self._http)
        self._base = f"{endpoint}/v1.0"

    async def get(self, url: str) -> dict[str, Any]:
        """One answer, as it came.

        :raises AnswerError: if it is not a JSON object.
        """
        return await self._sent(url)

    async def batch(self, paths: Sequence[str]) -> list[Mapping[str, Any] | RefusedError]:
        """What each of some paths, at most :data:`~.batch.SIZE`, is answered.

        :raises AnswerError: if what comes back is not an answer to each.
        """

        async def post(body: Mapping[str, Any]) -> Mapping[str, Any]:
            return await self._sent(f"{self._base}/$batch", body)

        retries = self._retries
        return await answers(paths, post, retries["max_retries"], retries.get("delay", 0))

    async def _sent(self, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        from kiota_abstractions.method import Method
        from kiota_abstractions.request_information import RequestInformation
        from msgraph.generated.models.o_data_errors.o_data_error import ODataError

        request = RequestInformation(Method.GET if body is None else Method.POST)
        request.url = url
        request.headers.try_add("Accept", "application/json")
        if body is not None:
            request.set_stream_content(json.dumps(body).encode(), "application/json")
        errors = {"XXX": ODataError}
        answer = await self._adapter.send_primitive_async(request, "bytes", errors)
        try:
            document = json.loads(answer or b"")
        except (ValueError, RecursionError) as error:
            raise AnswerError.malformed(f"An answer is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise AnswerError.malformed("An answer is not a JSON object")
        return document

    async def pages(
        self, path: str, first: Mapping[str, Any] | None = None
    ) -> AsyncIterator[list[Any]]:
        """The items of each page of a collection; the ``first`` page may be known already.

        :raises AnswerError: if an answer is no page of a collection.
        """
        url: str | None = f"{self._base}/{path}"
        pages = Pages(path.partition("?")[0])
        while url:
            pages.follow(url)
            answer, first = first or await self.get(url), None
            items, url = answer.get("value"), answer.get("@odata.nextLink")
            if not isinstance(items, list):
                raise AnswerError.malformed(f"What {path} lists is not a list")
            if url is not None and not isinstance(url, str):
                raise AnswerError.malformed(f"The link to the next page of {path} is not text")
            yield items

    async def one(self, path: str) -> dict[str, Any]:
        """What there is but one of.

        :raises AnswerError: if it is not a JSON object.
        """
        return await self.get(f"{self._base}/{path}")

    async def close(self) -> None:
        """Ends its connections, which the SDK's own transports would leave open."""
        for transport in (self._http._transport, *self._http._mounts.values()):
            if transport:
                await transport.transport.aclose()


@dataclass
class GraphApi(AsyncApi):
    """Calls to Microsoft Graph about one tenant."""

    account: "EntraAccount" = field(kw_only=True)
    _client: GraphClient | None = None

    @property
    def client(self) -> GraphClient:
        """The client of the event loop that the loaders run in."""
        account = self.account
        if self._client is None:
            self._client = GraphClient(account.endpoint, account.credential, account.patience)
        return self._client

    async def pages(
        self,
        operation: str,
        *,
        select: Collection[str] = (),
        members: Mapping[str, Shape] | None = None,
        required: Collection[str] = ("id",),
        top: int = 0,
        query: Mapping[str, str] | None = None,
        lists: type[Resource] | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """All objects of a collection, over all of its pages, as Graph tells of them.

        ``operation`` is the path: ``users``. ``select`` names the properties to ask for,
        ``members`` says what those that are read look like, ``required`` which of them none lacks,
        ``top`` how many objects come at a time, ``query`` what else is asked. If a page cannot be
        had the listing ends and its labels are incomplete: all that the collector's method lists,
        or only the one that this call ``lists``. An object that is not as its API gives it is left
        out, and leaves them incomplete too.
        """
        path = _path(operation, {**_parameters(select, top), **(query or {})})
        listed = self.async_list_through(operation, lambda: self.client.pages(path), lists)
        async for item in listed:
            if self._is_whole(operation, item, members or {}, required, lists):
                yield item

    async def one(
        self,
        operation: str,
        *,
        members: Mapping[str, Shape] | None = None,
        required: Collection[str] = ("id",),
        lists: type[Resource] | None = None,
    ) -> dict[str, Any] | None:
        """What there is but one of; None if it cannot be had, which leaves incomplete all that the
        collector's method lists, or what this call ``lists``."""

        async def read() -> AsyncIterator[list[dict[str, Any]]]:
            answer = await self.client.one(operation)
            hold(members or {}, answer, required)
            yield [answer]

        found, shown = None, operation.partition("?")[0]
        async for answer in self.async_list_through(shown, read, lists):
            found = answer
        return found

    async def detail(
        self,
        operation: str,
        object_id: str,
        *,
        members: Mapping[str, Shape] | None = None,
        required: Collection[str] = (),
        absent: Collection[str] = (),
    ) -> dict[str, Any] | None:
        """What describes one object; nothing if the answer is an ``absent`` code, None if it
        fails. ``operation`` is the path with ``{id}`` for the object's id."""

        async def read() -> dict[str, Any]:
            answer = await self.client.one(operation.replace("{id}", quote(object_id)))
            hold(members or {}, answer, required)
            return answer

        return await self.async_read_through(operation, read, absent, {})

    async def details(
        self,
        operation: str,
        object_ids: Iterable[str],
        *,
        select: Collection[str] = (),
        members: Mapping[str, Shape] | None = None,
        required: Collection[str] = ("id",),
        top: int = 0,
        lists: type[Resource] | None = None,
    ) -> dict[str, list[dict[str, Any]] | None]:
        """By object, all items of a collection that describes it; None of one that fails.

        ``operation`` is the path with ``{id}`` for the object's id: ``groups/{id}/members``. Many
        are asked for in one call. Where the items are resources too, ``lists`` is their model: its
        label is then incomplete, and an item that is not as its API gives it is left out.
        """
        shape, parameters = members or {}, _parameters(select, top)
        shown = operation.partition("?")[0]

        async def whole(path: str, first: Mapping[str, Any] | RefusedError) -> list[dict[str, Any]]:
            if isinstance(first, RefusedError):
                raise first
            pages = self.client.pages(path, first)
            items = [item async for page in pages for item in page]
            if lists:
                return [
                    each for each in items if self._is_whole(shown, each, shape, required, lists)
                ]
            for each in items:
                hold(shape, _object(each), required)
            return items

        async def read(ids: Sequence[str]) -> list[list[dict[str, Any]] | None]:
            paths = [_path(operation.replace("{id}", quote(each)), parameters) for each in ids]
            answered = await self.async_read_through(
                shown, lambda: self.client.batch(paths), lists=lists
            )
            if answered is None:
                return [None] * len(ids)
            return [
                await self.async_read_through(shown, partial(whole, path, answer), lists=lists)
                for path, answer in zip(paths, answered, strict=True)
            ]

        asked = list(dict.fromkeys(object_ids))
        parts = [asked[at : at + SIZE] for at in range(0, len(asked), SIZE)]
        found = [each async for part in self.async_each(read, parts) for each in part]
        return dict(zip(asked, found, strict=True))

    def _is_whole(
        self,
        operation: str,
        item: Any,
        members: Mapping[str, Shape],
        required: Collection[str],
        lists: type[Resource] | None,
    ) -> bool:
        """Whether an object is as its API gives it; what it would be is incomplete if not."""
        try:
            hold(members, _object(item), required)
        except AnswerError as error:
            self.leave_out(operation, error, lists)
            return False
        return True

    def classify(self, error: Exception) -> Failure | None:
        """What an exception of the Graph SDK means."""
        return classify(error)

    async def close(self) -> None:
        """Ends the client's connections."""
        if self._client:
            await self._client.close()


def _parameters(select: Collection[str], top: int) -> dict[str, str]:
    selected = {"$select": ",".join(select)} if select else {}
    return selected | ({"$top": str(top)} if top else {})


def _path(operation: str, parameters: Mapping[str, str]) -> str:
    query = urlencode(parameters, safe="$,()='/ ", quote_via=quote).replace(" ", "%20")
    joint = "&" if "?" in operation else "?"
    return joint.join(filter(None, (operation.replace(" ", "%20"), query)))


def _object(item: Any) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise AnswerError.malformed("What is listed is not an object")
    return item


def classify(error: Exception) -> Failure | None:
    """What an exception of the Graph SDK means; None for any other exception."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError
    from httpx import HTTPError
    from kiota_abstractions.api_error import APIError

    if isinstance(error, AnswerError):
        return error.failure
    if isinstance(error, RefusedError):
        return _failure(error.code, error.status, str(error))
    if isinstance(error, APIError) and error.response_status_code:
        answered = getattr(error, "error", None)
        http = error.response_status_code
        code = (answered and answered.code) or f"HTTP {http}"
        return _failure(code, http, (answered and answered.message) or error.message or "")
    if isinstance(error, ClientAuthenticationError):
        return Failure.named_after(error, error.message, Status.DENIED)
    if isinstance(error, APIError | AzureError | HTTPError):
        return Failure.named_after(error, str(error))
    return None


def _failure(code: str, http: int, message: str) -> Failure:
    if message.startswith(_NO_SUBSCRIPTION):
        return Failure(Status.UNSUPPORTED, code, message)
    return _CODES.failure(code, http, message)


@dataclass
class EntraAccount:
    """A tenant and the credentials that read it."""

    id: str
    endpoint: str
    credential: Any
    """None where the endpoint wants none."""
    patience: Patience
    regions: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    reachable: bool = True
    directory: str = ""
    provider: str = "entra"

    def api(self, collector: type[Collector], region: str, limits: Limits) -> GraphApi:
        """What a collector reads this tenant through."""
        here = Location(self.id, region)
        return GraphApi("entra", collector.service, here, limits, account=self)


def connect(options: EntraOptions) -> list[EntraAccount]:
    """The tenant of the credentials.

    :raises CollectError: where no credentials can be had, or they belong to another tenant.
    """
    endpoint = (os.environ.get(ENDPOINT) or "https://graph.microsoft.com").rstrip("/")
    try:
        credential = None if endpoint.startswith("http://") else _credential()
        organization = asyncio.run(_organization(endpoint, credential, options.patience))
    except ModuleNotFoundError:
        raise CollectError("Entra ID needs its extra: pip install 'clew[entra]'") from None
    except Exception as error:
        raise _refused("tell which tenant this is", error) from error
    tenant = organization["id"].lower()
    names = {tenant, *_domains(organization)}
    if options.tenant and options.tenant.lower() not in names:
        raise CollectError(
            f"You are signed in to the Entra tenant {organization['displayName']} ({tenant}), not "
            f"to '{options.tenant}'. Sign in to that one: az login --tenant {options.tenant}"
        )
    return [EntraAccount(tenant, endpoint, credential, options.patience)]


def _domains(organization: Mapping[str, Any]) -> list[str]:
    named = (domain.get("name") for domain in organization["verifiedDomains"])
    return [name.lower() for name in named if name]


async def _organization(endpoint: str, credential: Any, patience: Patience) -> dict[str, Any]:
    client = GraphClient(endpoint, credential, patience)
    try:
        listed = [each async for page in client.pages("organization") for each in page]
        if not listed:
            raise AnswerError.malformed("The tenant's own list of organizations is empty")
        found: dict[str, Any] = listed[0]
        hold(_ORGANIZATION, _object(found), _ORGANIZATION)
        return found
    finally:
        await client.close()


def _credential() -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


def _refused(action: str, error: Exception) -> CollectError:
    from azure.core.exceptions import ClientAuthenticationError
    from httpx import HTTPError

    failure = classify(error)
    if failure is None:
        raise error
    if isinstance(error, AnswerError):
        return CollectError(f"What Microsoft Graph answered cannot be used: {error}")
    if isinstance(error, ClientAuthenticationError):
        return CollectError(
            "No credentials for Microsoft Graph were found, or they have expired. Run `az login`, "
            "or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, and try again."
        )
    if isinstance(error, HTTPError):
        return CollectError(f"Microsoft Graph cannot be reached: {failure.message}")
    return CollectError(f"Microsoft Graph refused to {action}: {failure.code} {failure.message}")
