"""Google Cloud credentials, projects, and the calls that collectors make."""

import os
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count
from typing import Any, TypeVar

from ...graph.model import Coverage, Location, Resource, Status
from ..api import Api, Limits
from ..collector import Collector
from ..errors import CollectError
from ..failure import AnswerError, ErrorCodes, Failure
from ..options import Patience
from ..paging import Pages
from ..shape import Shape, hold
from .answers import hold_to_the_fields
from .asset_inventory import METHOD, Asset, AssetInventory, data_of
from .base import AssetResource, GCPCollector, described, last, normalised, service_account
from .options import GCPOptions
from .shared import SharedAnswers

T = TypeVar("T")

ENDPOINT = "CLEW_GCP_ENDPOINT"
"""The environment variable that names one endpoint for all of Google's APIs. One that begins with
``http://`` (an emulator, a test) is read without credentials."""

PATIENCE = 120.0
"""Seconds for which a call that is throttled, or that Google fails to answer, is tried again."""

_PATIENCE_FOR_PROJECTS = 15.0

RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"
_AT_ROOT = (RESOURCE_MANAGER, "compute.googleapis.com")
ANCESTRY = "projects.getAncestry"

_UNREACHABLE = ("unreachable", "missingZones")
"""What products call the places that did not answer."""
_PAGE = {"nextPageToken": str, "unreachable": [str], "missingZones": [str]}
_PROJECT = {"name": str, "projectId": str}
_ANCESTRY = {"ancestor": [{"resourceId": {"type": str, "id": str}}]}
_SCOPES = (
    "https://www.googleapis.com/auth/cloud-platform.read-only",
    "https://www.googleapis.com/auth/cloud-identity.groups.readonly",
)
_CODES = ErrorCodes(
    throttled=(
        "quotaExceeded",
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "RATE_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
    ),
    unsupported=("accessNotConfigured", "SERVICE_DISABLED"),
)


@dataclass
class GCPApi(Api):
    """Calls to one Google Cloud service in one project."""

    account: "GCPAccount" = field(kw_only=True)
    collector: type[GCPCollector] = field(kw_only=True)

    def pages(
        self,
        operation: str,
        key: str = "",
        *,
        lists: type[Resource] | None = None,
        never_empty: Collection[str] = (),
    ) -> Iterator[dict[str, Any]]:
        """All resources of a listing of the compute API, over all of its pages, each
        :func:`normalised`.

        ``operation`` is the API's name of it: ``networks.list``, ``instances.aggregatedList``;
        ``key`` what a zone's or region's items are called where they have another name. If a page
        cannot be had, or a zone or region did not answer, the labels are incomplete: all that the
        collector's method lists, or only the one that this call ``lists``. A resource with an empty
        member that is ``never_empty`` is malformed.
        """
        kind = key or operation.partition(".")[0]

        def listed() -> Iterator[list[dict[str, Any]]]:
            for page in self._listed(operation, kind):
                if any(each.get(name) == {} for each in page for name in never_empty):
                    raise AnswerError.malformed(f"{operation} answered with an empty member")
                yield page

        return self.list_through(operation, listed, lists)

    def read(self, operation: str, **params: str) -> dict[str, Any] | None:
        """One call's answer, normalised; None if it fails."""

        def call() -> dict[str, Any]:
            return self._normalised(self._call(operation, **params))

        return self.read_through(operation, call)

    def resource(self, operation: str, path: str) -> Iterator[dict[str, Any]]:
        """The one resource at a path of Resource Manager, as it came."""

        def read() -> Iterator[list[dict[str, Any]]]:
            answer = self.account.google.get(f"{RESOURCE_MANAGER}{path}")
            hold(_PROJECT, answer, _PROJECT)
            yield [answer]

        return self.list_through(operation, read)

    def resources(
        self, model: type[AssetResource], *, lists: type[Resource] | None = None
    ) -> Iterator[dict[str, Any]]:
        """All resources of a model's type in the project, each :func:`described`.

        They come from Asset Inventory; where that cannot be had and the product has a listing of
        them, from the product. What was asked is in the coverage.
        """
        assets = None
        if model.asset_type and model.path:
            assets = self.read_through(METHOD, lambda: self._assets(model))
        elif model.asset_type:
            return self.list_through(METHOD, lambda: [self._assets(model)], lists)
        if assets is not None:
            return iter(assets)
        address = model.path.format(project=self.here.account)
        return self.list_through(model.method(), lambda: self._listed_at(model, address), lists)

    def parts(
        self, model: type[AssetResource], wholes: Sequence[AssetResource]
    ) -> Iterator[dict[str, Any]]:
        """All parts of resources of the project, each :func:`described`. Where Asset Inventory
        cannot be had the product is asked for those of each; if that fails the label of the parts
        is incomplete."""
        if model.asset_type:
            assets = self.read_through(METHOD, lambda: self._assets(model))
            if assets is not None:
                return iter(assets)

        def below(whole: AssetResource) -> list[dict[str, Any]]:
            address = model.path.format(parent=whole.id.split("/", 3)[3])

            def call() -> list[dict[str, Any]]:
                return [*chain.from_iterable(self._listed_at(model, address))]

            return self.read_through(model.method(), call, lists=model) or []

        return chain.from_iterable(self.each(below, wholes))

    def policies(self, shape: Shape, lists: type[Resource]) -> list[Asset] | None:
        """The assets of the project that have an allow policy, with it, as they came; None where
        Asset Inventory cannot be had, which leaves the label incomplete."""

        def call() -> list[Asset]:
            found = self._inventory("IAM_POLICY", frozenset(), "")
            hold([{"iamPolicy": shape}], found)
            return found

        return self.read_through(METHOD, call, lists=lists)

    def listed(
        self,
        operation: str,
        address: str,
        key: str,
        shape: Shape,
        *,
        lists: type[Resource] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """All that a list at an address holds, over all of its pages, as it came. If a page cannot
        be had, or is of another shape, the labels are incomplete."""

        def pages() -> Iterator[list[dict[str, Any]]]:
            for page in self._pages(operation, address, key, params or {}):
                hold([shape], page)
                yield page

        return self.list_through(operation, pages, lists)

    def detailed(
        self,
        operation: str,
        address: str,
        key: str,
        shape: Shape,
        *,
        lists: type[Resource] | None = None,
        body: Mapping[str, Any] | None = None,
        required: Sequence[str] = (),
        params: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]] | None:
        """The same as a detail, by POST where there is a ``body``: None if it fails; a label that
        it ``lists`` is then incomplete. What is ``required`` each page has even if it is empty."""

        def call() -> list[dict[str, Any]]:
            pages = self._pages(operation, address, key, params or {}, body, required)
            found = [each for page in pages for each in page]
            hold([shape], found)
            return found

        return self.read_through(operation, call, lists=lists)

    def answer(
        self,
        operation: str,
        address: str,
        shape: Shape,
        *required: str,
        body: Mapping[str, Any] | None = None,
        lists: type[Resource] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """One answer as it came, to a POST where there is a ``body``; None if it fails, which
        leaves the label incomplete that it ``lists``."""

        def call() -> dict[str, Any]:
            answer = self.account.get(address, params or {}, body)
            hold(shape, answer, required)
            return answer

        return self.read_through(operation, call, lists=lists)

    def scopes(self, lists: type[Resource] | None = None) -> list[str]:
        """The project and what lies above it, from below: ``projects/ID``, ``folders/NUMBER``,
        ``organizations/NUMBER``. If that cannot be had, labels are incomplete: all that the
        collector's method lists, or the one that this call ``lists``."""
        above = self.list_through(ANCESTRY, lambda: [self.account.ancestors()], lists)
        return [f"projects/{self.here.account}", *above]

    def tells(self, scope: str) -> bool:
        """Whether resources of a scope are yielded here: those above several projects are by one
        of them, though all ask for them, and fail alike."""
        own = f"projects/{self.here.account}"
        return scope == own or self.account.is_first_below(scope)

    def _assets(self, model: type[AssetResource]) -> list[dict[str, Any]]:
        types = self.collector.asset_types() | {model.asset_type}
        assets = self._inventory("RESOURCE", types, model.asset_type)
        return [
            self.described(
                model,
                data_of(asset),
                full_name=asset["name"],
                location=asset["resource"].get("location") or "",
            )
            for asset in assets
        ]

    def _inventory(self, content: str, types: frozenset[str], type_: str) -> list[Asset]:
        account = self.account
        parents = [f"projects/{account.id}"]
        if account.google.reads_all and (organization := self._organization()):
            parents.insert(0, organization)
        return account.google.inventory.assets(parents, content, types, type_, account.id)

    def _organization(self) -> str:
        """The organization that the project is in; empty if it is in none, or cannot be had."""
        try:
            above = self.account.ancestors()
        except Exception as error:
            if classify(error) is None:
                raise
            return ""
        return next((each for each in above if each.startswith("organizations/")), "")

    def described(
        self, model: type[AssetResource], data: Mapping[str, Any], **named: str
    ) -> dict[str, Any]:
        """What an answer tells of a resource here, with what follows from its name, as the model
        says.

        :raises AnswerError: where it is not so.
        """
        account = self.account
        raw = described(model, data, account.id, account.number, account.ids, **named)
        hold_to_the_fields(model, raw)
        return raw

    def _listed_at(
        self, model: type[AssetResource], address: str
    ) -> Iterator[list[dict[str, Any]]]:
        key = model.collection or model.path.rpartition("/")[2]
        asked = {
            name: value.format(project=self.here.account) for name, value in model.asked.items()
        }
        for page in self._pages(model.method(), address, key, asked):
            yield [self.described(model, raw) for raw in page]

    def _pages(
        self,
        operation: str,
        address: str,
        key: str,
        params: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        required: Sequence[str] = (),
    ) -> Iterator[list[dict[str, Any]]]:
        """What each page of a list holds. Google leaves out a list that holds nothing."""
        pages, token = Pages(operation), ""
        unreachable: list[str] = []
        while True:
            pages.follow(token)
            more = {"pageToken": token} if token else {}
            answer = self.account.get(address, {**params, **more}, body)
            hold({key: [{}], **_PAGE}, answer, required)
            unreachable += chain.from_iterable(answer.get(each) or () for each in _UNREACHABLE)
            yield answer.get(key) or []
            token = answer.get("nextPageToken") or ""
            if not token:
                break
        if unreachable:
            raise AnswerError("UNREACHABLE", f"{', '.join(sorted(unreachable))} did not answer.")

    def classify(self, error: Exception) -> Failure | None:
        """What an exception of Google's libraries means."""
        return classify(error)

    def _listed(self, operation: str, kind: str) -> Iterator[list[dict[str, Any]]]:
        """The resources of each page."""
        warnings: list[Mapping[str, Any]] = []
        pages = Pages(operation)
        for page in self._call(operation).pages:
            pages.follow(page.next_page_token or None)
            answer = self._normalised(page)
            items = answer.get("items", [])
            # Lists without items have none, but they say what they list; and of all scopes each is
            # named, if only to say that nothing is in it.
            is_listed = all(items.values()) and items if isinstance(items, dict) else True
            if "kind" not in answer or not is_listed:
                raise AnswerError.malformed(f"{operation} answered with something that is no list")
            scopes = list(items.values()) if isinstance(items, dict) else [{kind: items}]
            warnings += [each["warning"] for each in (answer, *scopes) if "warning" in each]
            warnings += [
                {"code": "UNREACHABLE", "message": f"{scope} did not answer."}
                for scope in answer.get("unreachables", [])
            ]
            yield [each for scope in scopes for each in scope.get(kind, [])]
        for warning in warnings:
            if warning.get("code") != "NO_RESULTS_ON_PAGE":
                raise AnswerError(warning.get("code", ""), warning.get("message", ""))

    def _call(self, operation: str, **params: str) -> Any:
        service, _, method = operation.partition(".")
        name = re.sub(r"([A-Z])", lambda match: f"_{match[1].lower()}", method)
        call = getattr(self.account.client(service), name)
        google = self.account.google
        return call(
            project=self.here.account,
            **params,
            retry=retrying(PATIENCE, google.patience.attempts),
            timeout=google.patience.read_seconds,
        )

    def _normalised(self, message: Any) -> dict[str, Any]:
        from google.protobuf.json_format import MessageToDict

        raw = MessageToDict(type(message).pb(message))
        if _is_hollow(raw):
            raise AnswerError.malformed("An answer lists something of which it tells nothing")
        answer: dict[str, Any] = normalised(raw, self.account.ids)
        return answer


def _is_hollow(value: Any) -> bool:
    """Whether a list somewhere in an answer has an empty object, which is what the SDK makes of
    anything but an object that stands in its place."""
    if isinstance(value, list):
        return {} in value or any(map(_is_hollow, value))
    return isinstance(value, dict) and any(map(_is_hollow, value.values()))


def _held_to_the_form(response: Any, *_: Any, **__: Any) -> None:
    """Looks at each answer before the SDK does, which takes a list for an empty object.

    :raises AnswerError: if an answer that says all went well is not a JSON object.
    """
    if not response.ok:
        return
    try:
        document = response.json()
    except (ValueError, RecursionError) as error:
        raise AnswerError.malformed(f"An answer is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise AnswerError.malformed("An answer is not a JSON object")


def retrying(seconds: float, attempts: int = 0) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """How each call that fails in passing is tried again: with growing pauses, for a bounded time,
    and as often as is said."""
    from google.api_core.retry import Retry

    def decorate(call: Callable[..., T]) -> Callable[..., T]:
        more = iter(range(attempts - 1)) if attempts else count()

        def again(error: Exception) -> bool:
            return _passing(error) and next(more, None) is not None

        retry = Retry(predicate=again, initial=1.0, maximum=20.0, multiplier=2.0, timeout=seconds)
        return retry(call)

    return decorate


def _passing(error: Exception) -> bool:
    import requests
    from google.api_core.exceptions import GoogleAPICallError

    failure = classify(error)
    if failure and failure.status == Status.THROTTLED:
        return True
    if isinstance(error, GoogleAPICallError):
        return error.code in (408, 500, 502, 503, 504)
    return isinstance(error, requests.ConnectionError | requests.Timeout)


def classify(error: Exception) -> Failure | None:
    """What an exception of Google's libraries means; None for any other exception."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.protobuf.json_format import ParseError
    from requests.exceptions import RequestException

    if isinstance(error, RetryError) and isinstance(error.cause, Exception):
        return classify(error.cause)
    if isinstance(error, AnswerError):
        return error.failure
    if isinstance(error, ParseError):
        return AnswerError.malformed(f"An answer cannot be parsed: {error}").failure
    if isinstance(error, GoogleAPICallError):
        return _classify_answer(error)
    if isinstance(error, GoogleAuthError):
        status = Status.ERROR if isinstance(error, TransportError) else Status.DENIED
        return Failure.named_after(error, str(error.args[0]) if error.args else "", status)
    if isinstance(error, RetryError | RequestException):
        return Failure.named_after(error, str(error))
    return None


def _classify_answer(error: Any) -> Failure:
    first = next((each for each in error.errors or () if isinstance(each, Mapping)), {})
    http = int(error.code or 0)
    code = error.reason or first.get("reason") or f"HTTP {http}"
    return _CODES.failure(code, http, first.get("message") or error.message)


class Google:
    """The endpoint and the credentials that all projects of a scan are read with."""

    def __init__(self, endpoint: str, patience: Patience) -> None:
        from google.auth.transport.requests import AuthorizedSession

        self.patience = patience
        self._endpoint = endpoint.rstrip("/")
        self.project = ""
        """The project that the credentials are set up for, if there is one."""
        self.first_below: dict[str, str] = {}
        """Which project of the scan tells of what lies above several."""
        self.shared = SharedAnswers()
        self.lock = threading.Lock()
        self.reads((), all_there_are=False)
        if endpoint.startswith("http://"):
            from google.auth.credentials import AnonymousCredentials

            self._credentials: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]
        else:
            import google.auth

            self._credentials, project = google.auth.default(scopes=_SCOPES)
            self.project = project or ""
        self._session = AuthorizedSession(self._credentials)  # type: ignore[no-untyped-call]
        self._session.hooks["response"].append(_held_to_the_form)

    def get(
        self,
        address: str,
        params: Mapping[str, str | Sequence[str]] | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        """An answer of the API at a host and path, to a POST where there is a ``body``. It is tried
        again for some ``seconds``, the few of finding projects if none are said.

        Another endpoint has Resource Manager and compute at its root, and the other APIs under
        their hosts.
        """
        from google.api_core.exceptions import from_http_response

        patience = _PATIENCE_FOR_PROJECTS if seconds is None else seconds
        url = f"https://{address}"
        if self._endpoint:
            host, _, path = address.partition("/")
            url = f"{self._endpoint}/{path if host in _AT_ROOT else address}"

        def call() -> dict[str, Any]:
            response = self._session.request(  # type: ignore[no-untyped-call]
                "GET" if body is None else "POST",
                url,
                params=params,
                json=body,
                timeout=self.patience.read_seconds,
            )
            if not response.ok:
                raise from_http_response(response)  # type: ignore[no-untyped-call]
            answer: dict[str, Any] = response.json()
            return answer

        answer: dict[str, Any] = retrying(patience, self.patience.attempts)(call)()
        return answer

    def reads(self, accounts: "Sequence[GCPAccount]", *, all_there_are: bool) -> None:
        """Notes which projects the scan reads, and whether these are all that can be seen."""
        numbers = {each.id: each.number for each in accounts if each.number}
        self.inventory = AssetInventory(partial(self.get, seconds=PATIENCE), numbers)
        self.reads_all = all_there_are

    def client(self, service: str) -> Any:
        """The compute API's client for one kind of resource: ``forwardingRules``."""
        from google.cloud import compute_v1

        kind = getattr(compute_v1, f"{service[0].upper()}{service[1:]}Client")
        options = {"api_endpoint": self._endpoint} if self._endpoint else {}
        client = kind(credentials=self._credentials, client_options=options)
        client.transport._session.hooks["response"].append(_held_to_the_form)
        return client


@dataclass
class GCPAccount:
    """A project and the credentials that read it."""

    id: str
    google: Google
    ids: Mapping[str, str]
    """Ids of the scan's projects by their numbers."""
    number: str = ""
    """Its own number; empty where that is not known."""
    regions: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    reachable: bool = True
    directory: str = ""
    provider: str = "gcp"
    _clients: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ancestors: list[str] | None = None

    def api(self, collector: type[Collector], region: str, limits: Limits) -> GCPApi:
        """What a collector reads this project through."""
        assert issubclass(collector, GCPCollector)
        here = Location(self.id, region)
        return GCPApi("gcp", collector.service, here, limits, account=self, collector=collector)

    def get(
        self, address: str, params: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """An answer of an API to a collector; one that is not about the project is asked for once
        for all projects of the scan."""

        def call() -> dict[str, Any]:
            return self.google.get(address, params, body=body, seconds=PATIENCE)

        if f"projects/{self.id}" in address:
            return call()
        key = (address, body is None, *sorted(params.items()))
        return self.google.shared.ask(key, self.id, call)

    @property
    def compute_account(self) -> str:
        """What acts for machines where no service account is named; empty where the project's
        number is not known."""
        email = f"{self.number}-compute@developer.gserviceaccount.com"
        return service_account(email, self.ids) if self.number else ""

    def ancestors(self) -> list[str]:
        """The folders and the organization that the project is in, from below; asked once."""
        with self._lock:
            if self._ancestors is None:
                address = f"{RESOURCE_MANAGER}/v1/projects/{self.id}:getAncestry"
                answer = self.google.get(address, body={}, seconds=PATIENCE)
                hold(_ANCESTRY, answer, ["ancestor"])
                found = [each["resourceId"] for each in answer["ancestor"]]
                self._ancestors = [
                    f"{each['type']}s/{each['id']}" for each in found if each["type"] != "project"
                ]
            return self._ancestors

    def is_first_below(self, scope: str) -> bool:
        """Whether this project tells of a folder or organization above it, which one of those
        below does."""
        with self.google.lock:
            return self.google.first_below.setdefault(scope, self.id) == self.id

    def client(self, service: str) -> Any:
        """A client, made once."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self.google.client(service)
            return self._clients[service]


def connect(options: GCPOptions) -> list[GCPAccount]:
    """The projects that the options name.

    :raises CollectError: where no credentials can be had, or a project does not exist.
    """
    google = _google(options.patience)
    if options.projects:
        found = [_named(google, name) for name in options.projects]
    else:
        found = _visible(google)
    try:
        for raw in found:
            hold(_PROJECT, raw, ["projectId"])
    except AnswerError as error:
        raise _refused("list your projects", error) from error
    ids = {last(raw["name"]): raw["projectId"] for raw in found if "name" in raw}
    numbers = {id_: number for number, id_ in ids.items()}
    accounts = [
        GCPAccount(id_, google, ids, numbers.get(id_, ""))
        for id_ in sorted({raw["projectId"] for raw in found})
    ]
    google.reads(accounts, all_there_are=not options.projects)
    return accounts


def _google(patience: Patience) -> Google:
    try:
        from google.auth.exceptions import DefaultCredentialsError

        return Google(os.environ.get(ENDPOINT) or "", patience)
    except ModuleNotFoundError:
        raise CollectError("Google Cloud needs its extra: pip install 'clew[gcp]'") from None
    except DefaultCredentialsError:
        raise CollectError(
            "No Google Cloud credentials were found. Run `gcloud auth application-default login`, "
            "or set GOOGLE_APPLICATION_CREDENTIALS, and try again."
        ) from None


def _named(google: Google, name: str) -> dict[str, Any]:
    """What Resource Manager knows of a project; its id alone where its API is switched off."""
    from google.api_core.exceptions import NotFound

    try:
        return google.get(f"{RESOURCE_MANAGER}/v3/projects/{name}")
    except Exception as error:
        failure = classify(error)
        if failure and failure.status == Status.UNSUPPORTED:
            return {"projectId": name}
        if isinstance(error, NotFound) or (failure and failure.status == Status.DENIED):
            raise CollectError(
                f"There is no Google Cloud project '{name}', or these credentials lack "
                "resourcemanager.projects.get on it."
            ) from error
        raise _refused("tell about your projects", error) from error


def _visible(google: Google) -> list[dict[str, Any]]:
    """The projects that the credentials may see; the one they are set up for where they may not
    search."""
    found: list[dict[str, Any]] = []
    try:
        token = ""
        pages = Pages("projects.search")
        while True:
            pages.follow(token)
            query = {"query": "state:ACTIVE"} | ({"pageToken": token} if token else {})
            answer = google.get(f"{RESOURCE_MANAGER}/v3/projects:search", query)
            hold({"projects": [_PROJECT], "nextPageToken": str}, answer)
            found += answer.get("projects") or []
            token = answer.get("nextPageToken") or ""
            if not token:
                break
    except Exception as error:
        if not google.project:
            raise _refused("list your projects", error) from error
    if not found and google.project:
        return [_named(google, google.project)]
    if not found:
        raise CollectError(
            "These Google Cloud credentials see no project. Name one with --project, or give them "
            "the role Viewer on one."
        )
    return found


def _refused(action: str, error: Exception) -> CollectError:
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import RefreshError

    failure = classify(error)
    if failure is None:
        raise error
    if isinstance(error, AnswerError):
        return CollectError(f"What Google Cloud answered cannot be used: {error}")
    if isinstance(error, RefreshError):
        return CollectError(
            "The Google Cloud credentials have expired. Run `gcloud auth application-default "
            "login` and try again."
        )
    if not isinstance(error, GoogleAPICallError):
        return CollectError(f"Google Cloud cannot be reached: {failure.message}")
    return CollectError(f"Google Cloud refused to {action}: {failure.code} {failure.message}")
