"""An AWS account, and the calls that collectors make to it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import chain
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from ...graph.model import Coverage, Location, Resource
from ..api import Api, Limits
from ..collector import Collector
from ..failure import AnswerError, ErrorCodes, Failure
from ..paging import Pages
from .clients import Clients

_CODES = ErrorCodes(
    throttled=(
        "Throttl",
        "TooManyRequests",
        "RequestLimitExceeded",
        "SlowDown",
        "BandwidthLimit",
    ),
    unsupported=(
        "InvalidAction",
        "NotImplemented",
        "SubscriptionRequired",
        "UnknownOperation",
        "UnsupportedOperation",
    ),
    denied=(
        "AccessDenied",
        "AuthorizationError",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedOperation",
        "OptInRequired",
        "UnrecognizedClient",
        "InvalidClientTokenId",
        "AuthFailure",
    ),
)


@dataclass
class AWSApi(Api):
    """Calls to one AWS service (and its siblings) in one account and region."""

    account: "AWSAccount" = field(kw_only=True)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str = "", region: str = "") -> Any:
        """The SDK's client for this account; the collector's own service and region by default.

        It lives as long as this object, or another that uses it: clients are large, and a scan has
        one for every service in every region.
        """
        key = (service or self.service, region or self.here.region)
        if key not in self._clients:
            self._clients[key] = self.account.client(*key)
        return self._clients[key]

    def pages(
        self,
        operation: str,
        key: str = "",
        *,
        service: str = "",
        lists: type[Resource] | None = None,
        **params: Any,
    ) -> Iterator[Any]:
        """All items of a listing, over all of its pages.

        ``operation`` is the SDK's method (``describe_trails``), ``key`` a dotted path to the items
        in its answer; without one the items are the pages themselves. If a page cannot be had the
        listing ends and its labels are incomplete: all that the collector's method lists, or only
        the one that this call ``lists``.
        """
        name = self._name(operation, service)
        return self.list_through(name, lambda: self._paged(operation, key, service, params), lists)

    def details(
        self,
        operation: str,
        key: str,
        *,
        service: str = "",
        lists: type[Resource] | None = None,
        **params: Any,
    ) -> list[Any] | None:
        """All items, over all pages, of a listing that describes one resource; None if it fails.

        Where the items are resources too, ``lists`` is their model: its label is then incomplete.
        """
        return self.read_through(
            self._name(operation, service),
            lambda: [*chain.from_iterable(self._paged(operation, key, service, params))],
            lists=lists,
        )

    def read(
        self,
        operation: str,
        *,
        absent: Iterable[str] = (),
        service: str = "",
        region: str = "",
        lists: type[Resource] | None = None,
        **params: Any,
    ) -> dict[str, Any] | None:
        """One call's answer; ``{}`` if it ends with a code that means "there is none"; None if it
        fails, so that what it would have answered stays unread. Where the answer is all that lists
        a label, ``lists`` is its model: the label is then incomplete."""
        return self.read_through(
            self._name(operation, service),
            lambda: getattr(self.client(service, region), operation)(**params),
            absent,
            {},
            lists,
        )

    def scans(self, region: str) -> bool:
        """Whether the scan reads this region of the account."""
        return region in self.account.regions

    def classify(self, error: Exception) -> Failure | None:
        """What a botocore exception means."""
        return classify(error)

    def _name(self, operation: str, service: str) -> str:
        account, own = self.account, service or self.service
        name = account.clients.operation(account.session, own, operation)
        return f"{service}:{name}" if service and service != self.service else name

    def _paged(
        self, operation: str, key: str, service: str, params: dict[str, Any]
    ) -> Iterator[Sequence[Any]]:
        """The items of each page."""
        # Where a service is not offered it has no endpoint, and nobody has anything there.
        if not self.account.offers(service or self.service, self.here.region):
            return
        client = self.client(service)
        pages = Pages(self._name(operation, service))
        if client.can_paginate(operation):
            answers = client.get_paginator(operation).paginate(**params)
        else:
            answers = _by_token(getattr(client, operation), params, pages)
        output = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        ).output_shape
        for answer in answers:
            pages.follow()
            yield _listed(answer, key, output) if key else [answer]


_TOKENS = (("NextToken", "NextToken"), ("nextToken", "nextToken"), ("nextPageToken", "pageToken"))
"""What the token of a next page is called in an answer, and where it is asked for."""


def _by_token(
    call: Callable[..., dict[str, Any]], params: dict[str, Any], pages: Pages
) -> Iterator[Any]:
    """The pages of an operation that the SDK has no paginator for; one page if it has no tokens."""
    while True:
        answer = call(**params)
        yield answer
        name, asked = next((each for each in _TOKENS if each[0] in answer), _TOKENS[0])
        token = answer.get(name)
        if not token:
            return
        pages.follow(token)
        params = {**params, asked: token}


_LENGTH = "Quantity"
"""What CloudFront gives the length of a list by, next to it."""


def _listed(answer: Mapping[str, Any], key: str, shape: Any) -> Sequence[Any]:
    """The items of a page at a dotted path.

    A list is there though it is empty. It is left out only where its wire form has no element of
    its own (SQS), or where its length is given and is 0 (CloudFront): that is what recorded answers
    and the reports of others show. Of most listings that are not among them neither shows what an
    empty one looks like; one that left out its list would be unread.

    :raises AnswerError: if it is not there.
    """
    value: Any = answer
    for part in key.split("."):
        shape = shape.members[part]
        if not isinstance(value, Mapping):
            raise AnswerError.malformed(f"{part} is missing where it is listed")
        may_lack = shape.serialization.get("flattened") or value.get(_LENGTH) == 0
        if part not in value and not may_lack:
            raise AnswerError.malformed(f"{part} is missing where it is listed")
        value = value.get(part) or []
    items: Sequence[Any] = value
    return items


def classify(error: Exception) -> Failure | None:
    """What a botocore exception means; None for any other exception."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ClientError):
        answered = error.response.get("Error", {})
        http = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return _CODES.failure(str(answered.get("Code", "")), http, str(answered.get("Message", "")))
    if isinstance(error, AnswerError):
        return error.failure
    if isinstance(error, BotoCoreError | ResponseParserError):
        return Failure.named_after(error, str(error))
    return None


@dataclass
class AWSAccount:
    """An AWS account and the session that reads it."""

    id: str
    partition: str
    session: Any
    regions: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    reachable: bool = True
    directory: str = ""
    provider: str = "aws"
    clients: Clients = field(default_factory=Clients)
    _in_use: "WeakValueDictionary[tuple[str, str], Any]" = field(
        default_factory=WeakValueDictionary
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.clients.prepare(self.session)
        self.session.events.register("before-sign.s3-control", self._address_emulator)

    def api(self, collector: type[Collector], region: str, limits: Limits) -> AWSApi:
        """What a collector reads this account through."""
        here = Location(self.id, region, self.partition)
        return AWSApi("aws", collector.service, here, limits, account=self)

    def client(self, service: str, region: str) -> Any:
        """The client that is in use, or a new one; a global service's lies in the partition's home
        region."""
        key = (service, region if region != "global" else self.home)
        with self._lock:
            client = self._in_use.get(key)
            if client is None:
                client = self.clients.client(self.session, *key)
                if _is_address(urlsplit(client.meta.endpoint_url).hostname):
                    client.meta.config.inject_host_prefix = False
                self._in_use[key] = client
        return client

    def offers(self, service: str, region: str) -> bool:
        """Whether a service may be found in a region; no client is made to find out."""
        return region == "global" or self.clients.offers(
            self.session, service, region, self.partition
        )

    def _address_emulator(self, request: Any, **_: Any) -> None:
        """Takes the account out of the host name, where the SDK's endpoint rules put it for
        s3control, if what is left is an IP address: an emulator's, with no names below it."""
        account, _dot, host = (urlsplit(request.url).hostname or "").partition(".")
        if account == self.id and _is_address(host):
            request.url = request.url.replace(f"{self.id}.", "", 1)

    @property
    def home(self) -> str:
        """The region whose endpoints serve what is global in the partition."""
        return {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}.get(
            self.partition, "us-east-1"
        )


def _is_address(host: str | None) -> bool:
    """Whether a host is an IP address: an emulator's, with no names below it."""
    with suppress(ValueError):
        return bool(ip_address(host or ""))
    return False
