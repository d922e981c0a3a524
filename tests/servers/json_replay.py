"""A recorded estate over HTTP, for the real Azure, GCP and Microsoft Graph clients.

An estate is a folder of JSON files, each a map from request path (decoded, without host and
query) to the answer in the API's own wire format. Lists are recorded whole; the server cuts them
into pages the way the API does; filters are ignored, but for those of Microsoft Graph that compare
properties with texts (``groupId eq '…'``). Conventions:

- ``{"status": 403, "body": {...}}`` (these two keys, no other) answers with that status and body;
- a key such as ``"POST /v1/projects/p:getIamPolicy"`` answers a method other than GET. A list that
  is asked for by POST is paged by a token in the bodies, where the API does so.

A key may end with ``?parent=…``, ``?parentId=…`` or ``?project=…``, for lists that are asked for by
such a parameter.

Google's Asset Inventory, and allow policies of resources, answer from what else is recorded
(``servers.asset_inventory``).

Of Azure's resources, ``"TABLE resources"`` and other tables of Resource Graph are recorded as lists
in any number of files. They are answered to queries, and in ARM's listing of all resources.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import pytest
from servers.asset_inventory import Inventory
from servers.resource_graph import RESOURCE_GRAPH, TABLE, Tables

ESTATE = Path(__file__).resolve().parent.parent / "estate"

JSON = dict[str, Any]
Query = Mapping[str, str]


def _whole(body: JSON, path: str, query: Query) -> JSON:
    """Return the body as it was recorded."""
    return body


@dataclass(frozen=True)
class API:
    """How one API pages, which of its lists are paged, and how it says no."""

    list_keys: tuple[str, ...]
    token_param: str
    next_key: str
    next_is_url: bool
    codes: Mapping[int, str]
    error: Callable[[int, str, str], JSON]
    size_params: tuple[str, ...] = ()
    required_params: tuple[tuple[str, str], ...] = ()  # parameter, the code of its absence
    ignores_case: bool = False
    body_token: str = ""  # what the token of a page is called in the bodies of a POST
    batch: str = ""  # the path that takes many requests in one
    shape: Callable[[JSON, str, Query], JSON] = _whole
    tables: bool = False  # whether Resource Graph and ARM's listing answer from recorded tables
    inventory: bool = False  # whether Asset Inventory answers from what the products list

    def key(self, path: str) -> str:
        """Return the form in which two spellings of one path are equal."""
        return path.casefold() if self.ignores_case else path

    def list_key(self, body: JSON) -> str | None:
        """Return the key of the paged list in a body, if it holds one."""
        for key in self.list_keys:
            if isinstance(body.get(key), list | dict if key == "items" else list):
                return key
        return None

    def refusal(self, status: int, message: str, code: str | None = None) -> JSON:
        """Return an error body in this API's shape."""
        default = self.codes.get(status) or HTTPStatus(status).phrase.replace(" ", "")
        return self.error(status, code or default, message)


# ---------------------------------------------------------------------------- the three APIs

_GCP_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}

# What Graph returns of a user unless $select asks for more: accountEnabled and userType are not
# among them, and a collector that forgets to ask has to notice it here.
_USER_DEFAULTS = {
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
}


def _arm_error(status: int, code: str, message: str) -> JSON:
    return {"error": {"code": code, "message": message}}


def _gcp_error(status: int, reason: str, message: str) -> JSON:
    error: JSON = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": reason}],
    }
    if status in _GCP_STATUS:
        error["status"] = _GCP_STATUS[status]
    return {"error": error}


def _graph_error(status: int, code: str, message: str) -> JSON:
    request = "00000000-0000-0000-0000-000000000000"
    inner = {"date": "2025-01-01T00:00:00", "request-id": request, "client-request-id": request}
    return {"error": {"code": code, "message": message, "innerError": inner}}


def _graph_shape(body: JSON, path: str, query: Query) -> JSON:
    """Apply a plain ``$filter``, a plain ``$select``, and without one the default properties of
    users."""
    equal = dict(re.findall(r"(\w+) eq '([^']*)'", query.get("$filter", "")))
    if equal and isinstance(body.get("value"), list):
        kept = [
            each
            for each in body["value"]
            if all(each.get(name, value) == value for name, value in equal.items())
        ]
        body = {**body, "value": kept}
    select = query.get("$select", "")
    if "$expand" in query or not re.fullmatch(r"(\w+(,\w+)*)?", select):
        return body
    wanted = set(select.split(",")) if select else None
    user_path = re.search(r"/users(/[^/]+)?$", path) is not None

    def trim(entity: JSON) -> JSON:
        if not isinstance(entity, dict):
            return entity
        user = user_path or entity.get("@odata.type") == "#microsoft.graph.user"
        keep = wanted or (_USER_DEFAULTS if user else entity.keys())
        return {k: v for k, v in entity.items() if k in keep or k.startswith("@odata.")}

    if isinstance(body.get("value"), list):
        return {**body, "value": [trim(entity) for entity in body["value"]]}
    return trim(body)


AZURE = API(
    list_keys=("value",),
    token_param="$skiptoken",
    next_key="nextLink",
    next_is_url=True,
    codes={
        400: "BadRequest",
        401: "InvalidAuthenticationToken",
        403: "AuthorizationFailed",
        404: "ResourceNotFound",
        429: "TooManyRequests",
    },
    error=_arm_error,
    required_params=(("api-version", "MissingApiVersionParameter"),),
    ignores_case=True,
    body_token="skipToken",
    tables=True,
)

GCP = API(
    list_keys=(
        "items",
        "accounts",
        "assets",
        "keys",
        "policies",
        "projects",
        "roles",
        "services",
        "workloadIdentityPools",
    ),
    token_param="pageToken",
    next_key="nextPageToken",
    next_is_url=False,
    codes={
        400: "invalid",
        401: "authError",
        403: "forbidden",
        404: "notFound",
        429: "rateLimitExceeded",
        503: "backendError",
    },
    error=_gcp_error,
    size_params=("maxResults", "pageSize"),
    inventory=True,
)

GRAPH = API(
    list_keys=("value",),
    token_param="$skiptoken",
    next_key="@odata.nextLink",
    next_is_url=True,
    codes={
        400: "Request_BadRequest",
        401: "InvalidAuthenticationToken",
        403: "Authorization_RequestDenied",
        404: "Request_ResourceNotFound",
        429: "TooManyRequests",
    },
    error=_graph_error,
    size_params=("$top",),
    batch="/v1.0/$batch",
    shape=_graph_shape,
)


# ---------------------------------------------------------------------------- paging


def _encode_token(path: str, start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([path, start]).encode()).decode()


def _decode_token(token: str, path: str) -> int | None:
    """Return where the page starts, or None for a token that is not of this list."""
    try:
        owner, start = json.loads(base64.urlsafe_b64decode(token))
    except (TypeError, ValueError):
        return None
    return start if owner == path and isinstance(start, int) else None


def _cut(items: list[Any] | JSON, start: int, end: int) -> tuple[list[Any] | JSON, int]:
    """Return a page of a list, and how many items the whole list has."""
    if isinstance(items, list):
        return items[start:end], len(items)
    return _cut_scopes(items, start, end)


def _cut_scopes(scopes: JSON, start: int, end: int) -> tuple[JSON, int]:
    """Do the same for an aggregated list of the compute API.

    A page names every scope: one without items on it carries a warning in their place, and the
    items of one scope may be spread over pages.
    """
    everything = [
        (scope, kind, item)
        for scope, held in scopes.items()
        for kind, items in held.items()
        if isinstance(items, list)
        for item in items
    ]
    page: JSON = {}
    for scope, kind, item in everything[start:end]:
        page.setdefault(scope, {}).setdefault(kind, []).append(item)
    for scope, held in scopes.items():
        if "warning" in held:
            page.setdefault(scope, {})["warning"] = held["warning"]
    nothing = {scope: {"warning": _no_results(scope)} for scope in scopes}
    return nothing | page, len(everything)


def _no_results(scope: str) -> JSON:
    return {
        "code": "NO_RESULTS_ON_PAGE",
        "message": f"There are no results for scope '{scope}' on this page.",
        "data": [{"key": "scope", "value": scope}],
    }


# ---------------------------------------------------------------------------- the server


@dataclass(frozen=True)
class Call:
    """One request that reached the server, and the status it got."""

    method: str
    path: str
    query: Query
    status: int
    in_batch: bool = False


@dataclass(frozen=True)
class _Request:
    method: str
    target: str
    body: bytes = b""

    @cached_property
    def raw_path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def path(self) -> str:
        return unquote(self.raw_path)

    @cached_property
    def query(self) -> Query:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def given(self) -> JSON:
        """The body, where it is a JSON object."""
        body = json.loads(self.body) if self.body else {}
        return body if isinstance(body, dict) else {}


@dataclass
class _Fault:
    fragment: str
    status: int
    code: str | None
    left: int | None  # None: for ever


def load_estate(folder: Path) -> JSON:
    """Merge the files of an estate; a path recorded twice is an error."""
    answers: JSON = {}
    for file in sorted(folder.glob("*.json")):
        for path, answer in json.loads(file.read_text(encoding="utf-8")).items():
            if path.startswith(TABLE):
                answers.setdefault(path, []).extend(answer)
            elif path in answers:
                raise ValueError(f"{file.name} records {path} a second time")
            else:
                answers[path] = answer
    return answers


class JsonReplay:
    """Serves an estate on a free loopback port for as long as the context is open.

    ``page_size`` caps every page; a request may ask for smaller ones, never for larger.
    """

    def __init__(self, api: API, estate: Path | Mapping[str, Any], page_size: int = 2) -> None:
        answers = load_estate(estate) if isinstance(estate, Path) else estate
        self.api = api
        self.page_size = page_size
        self.calls: list[Call] = []
        self.not_recorded: list[str] = []
        self.headers: dict[str, str] = {}  # sent with every answer
        self.retry_after = 0  # seconds, sent with every 429
        self._tables = Tables(
            {
                path.removeprefix(TABLE): rows
                for path, rows in answers.items()
                if path.startswith(TABLE)
            }
        )
        self._answers = {
            api.key(path): answer for path, answer in answers.items() if not path.startswith(TABLE)
        }
        self._inventory = Inventory(answers)
        self._faults: list[_Fault] = []
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.replay = self
        # The poll interval bounds how long every test waits for its server to end.
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The server's root, without a trailing slash."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def deny(self, path_fragment: str, status: int = 403, code: str | None = None) -> None:
        """Refuse every request whose path or query (decoded) contains the fragment."""
        self._add_fault(path_fragment, status, code, None)

    def throttle(self, path_fragment: str, times: int | None = None) -> None:
        """Answer 429 with ``Retry-After``: that many times, or always."""
        self._add_fault(path_fragment, 429, None, times)

    def reset(self) -> None:
        """Forget all faults and calls."""
        with self._lock:
            self._faults.clear()
            self.calls.clear()
            self.not_recorded.clear()

    def respond(self, method: str, target: str, body: bytes = b"") -> tuple[int, JSON]:
        """Answer one request and remember it."""
        request = _Request(method, target, body)
        with self._lock:
            if self.api.batch and (method, request.path) == ("POST", self.api.batch):
                status, answer = self._decide_each(request)
            else:
                status, answer = self._decide(request)
            self.calls.append(Call(method, request.path, request.query, status))
        return status, answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _add_fault(self, fragment: str, status: int, code: str | None, left: int | None) -> None:
        with self._lock:
            self._faults.append(_Fault(self.api.key(fragment), status, code, left))

    def _decide_each(self, request: _Request) -> tuple[int, JSON]:
        """Answer the requests of a batch, whose paths stand under the API's version."""
        if fault := self._fault_for(request):
            return fault.status, self.api.refusal(fault.status, "Refused: a batch", fault.code)
        version = request.path.rpartition("/")[0]
        answers = []
        for each in request.given["requests"]:
            one = _Request(each["method"], quote(version + each["url"], safe="/?&=$,()'%"))
            status, body = self._decide(one)
            self.calls.append(Call(one.method, one.path, one.query, status, in_batch=True))
            throttled = status == HTTPStatus.TOO_MANY_REQUESTS
            headers = {"Retry-After": str(self.retry_after)} if throttled else {}
            answers.append({"id": each["id"], "status": status, "headers": headers, "body": body})
        return 200, {"responses": answers[::-1]}  # Graph keeps no order

    def _decide(self, request: _Request) -> tuple[int, JSON]:
        api, path = self.api, request.path
        fault = self._fault_for(request)
        if fault:
            return fault.status, api.refusal(fault.status, f"Refused: {path}", fault.code)
        for name, code in api.required_params:
            if name not in request.query:
                return 400, api.refusal(400, f"The query parameter '{name}' is required.", code)
        recorded_as = path if request.method == "GET" else f"{request.method} {path}"
        answer = self._answers.get(api.key(recorded_as))
        for name in ("parent", "parentId", "project"):
            asked = f"{recorded_as}?{name}={request.query.get(name)}"
            answer = self._answers.get(api.key(asked), answer)
        if api.tables and recorded_as == f"POST {RESOURCE_GRAPH}":
            return 200, self._tables.rows(request.given, self.page_size)
        if api.tables and answer is None:
            answer = self._tables.listing(path)
        if api.inventory and answer is None:
            answer = self._inventory.assets(path, request.target) or self._inventory.policy(path)
        if answer is None:
            self.not_recorded.append(path)
            return 404, api.refusal(404, f"Not in the recorded estate: {recorded_as}")
        if answer.keys() == {"status", "body"}:
            return answer["status"], answer["body"]
        return self._page(api.shape(answer, path, request.query), request)

    def _fault_for(self, request: _Request) -> _Fault | None:
        """Return the first fault that applies to a request, and use it up by one."""
        target = self.api.key(unquote(request.target))
        if self.api.tables and request.path == RESOURCE_GRAPH:
            target += self.api.key(request.given.get("query", ""))
        for fault in self._faults:
            if fault.fragment in target and fault.left != 0:
                fault.left = None if fault.left is None else fault.left - 1
                return fault
        return None

    def _page(self, body: JSON, request: _Request) -> tuple[int, JSON]:
        api, owner = self.api, self.api.key(request.path)
        list_key = api.list_key(body)
        if list_key is None:
            return 200, body
        in_body = bool(api.body_token) and request.method == "POST"
        token = (request.given if in_body else request.query).get(
            api.body_token if in_body else api.token_param
        )
        start = _decode_token(token, owner) if token else 0
        if start is None:
            return 400, api.refusal(400, f"Invalid {api.token_param} for {request.path}")
        end = start + self._size(request.query)
        page, total = _cut(body[list_key], start, end)
        answer = {**body, list_key: page}
        if end < total:
            token = _encode_token(owner, end)
            if in_body:
                return 200, {**answer, api.body_token: token}
            query = urlencode({**request.query, api.token_param: token}, safe="$,")
            following = f"{self.url}{request.raw_path}?{query}"
            answer[api.next_key] = following if api.next_is_url else token
        return 200, answer

    def _size(self, query: Query) -> int:
        """Return the size of the page: what was asked for, within the server's cap."""
        asked = [query.get(name, "") for name in self.api.size_params]
        return min([self.page_size, *(int(size) for size in asked if size.isdigit() and int(size))])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    replay: JsonReplay


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment, or each answer waits for a delayed ACK
    server: _Server

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self.server.replay.respond(self.command, self.path, sent)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", str(self.server.replay.retry_after))
        for name, value in self.server.replay.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent: ``JsonReplay.calls`` is the log."""


# ---------------------------------------------------------------------------- fixtures


@pytest.fixture
def azure_replay() -> Iterator[JsonReplay]:
    """The Azure estate behind the ARM API."""
    with JsonReplay(AZURE, ESTATE / "azure") as server:
        yield server


@pytest.fixture
def gcp_replay() -> Iterator[JsonReplay]:
    """The GCP estate behind the compute API."""
    with JsonReplay(GCP, ESTATE / "gcp") as server:
        yield server


@pytest.fixture
def entra_replay() -> Iterator[JsonReplay]:
    """The Entra ID estate behind Microsoft Graph."""
    with JsonReplay(GRAPH, ESTATE / "entra") as server:
        yield server
