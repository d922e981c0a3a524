"""The HTTP server that puts routing, estate, paging and serialization together."""

from __future__ import annotations

import re
import ssl
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from werkzeug.datastructures import Headers

from . import sts
from .estate import Estate, EstateError, Recorded, choose
from .faults import Fault, throttling
from .paging import BadToken, cut_page, page_plan
from .routing import (
    Scope,
    Target,
    WireRequest,
    find_target,
    read_params,
    read_scope,
)
from .shapes import always_sent, empty_answer, typed_answer
from .wire import ErrorAnswer, Reply, answer_reply, error_reply

IP_RANGES = "ip-ranges.json"
"""The one document that AWS publishes outside of its APIs; it lies in the estate's root."""

_KEY = re.compile(r"(AKIA|ASIA)(\d{12})")
_ABSENT = ErrorAnswer("InvalidClientTokenId", "The security token included is invalid.", 403)


@dataclass(frozen=True)
class Call:
    """One request as the server understood it, with the code of the error it got, if any."""

    account: str
    region: str
    service: str
    operation: str
    params: Mapping[str, Any]
    error: str | None = None


class AwsReplay:
    """Serves a recorded estate to real AWS clients; use as a context manager.

    The key id of a client names its account: `AKIA` or `ASIA` and twelve digits, the latter
    together with any session token.
    """

    def __init__(
        self, estate: Path | str, page_size: int = 2, tls: ssl.SSLContext | None = None
    ) -> None:
        self.estate = Estate(Path(estate))
        self.page_size = page_size
        self.calls: list[Call] = []
        self.not_recorded: list[str] = []
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        # The models of services are read piece by piece, and not in several threads at a time.
        self._one_at_a_time = threading.Lock()
        self._http = _HttpServer(("127.0.0.1", 0), _Handler)
        self._http.replay = self
        self._scheme = "https" if tls else "http"
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)

    @property
    def port(self) -> int:
        """The port the server listens on."""
        return self._http.server_port

    @property
    def url(self) -> str:
        """The endpoint URL for every service.

        s3control puts the account and a dot in front of whatever authority it is given. The
        user part makes that `http://123456789012.aws@127.0.0.1:port`, still the same host.
        """
        return f"{self._scheme}://aws@127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def deny(
        self,
        service: str,
        operation: str | None = None,
        account: str | None = None,
        region: str | None = None,
        code: str = "AccessDenied",
        status: int = 403,
    ) -> None:
        """Refuse an operation (None or "*": all of the service)."""
        message = f"User is not authorized to perform: {service}:{operation or '*'}"
        error = ErrorAnswer(code, message, status)
        self._add(Fault(service, operation, account, region, error))

    def throttle(
        self,
        service: str,
        operation: str | None = None,
        times: int | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        """Answer the next `times` calls, or all of them, with the service's throttling error."""
        self._add(Fault(service, operation, account, region, throttling(service), times))

    def fail(
        self,
        service: str,
        operation: str | None = None,
        status: int = 500,
        times: int | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        """Break an operation on the server's side."""
        error = ErrorAnswer("InternalFailure", "We encountered an internal error.", status)
        self._add(Fault(service, operation, account, region, error, times))

    def reset(self) -> None:
        """Forget all faults, calls and missing records."""
        with self._lock:
            self._faults.clear()
            self.calls.clear()
            self.not_recorded.clear()

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def handle(self, request: WireRequest) -> Reply:
        """Answer one request."""
        with self._one_at_a_time:
            return self._handle(request)

    def _handle(self, request: WireRequest) -> Reply:
        if request.path == f"/{IP_RANGES}":
            published = self.estate.root / IP_RANGES
            return Reply(200, published.read_bytes()) if published.is_file() else Reply(404)
        scope = read_scope(request)
        if scope is None:
            return self._unknown(request, "no SigV4 credential scope")
        key = _KEY.fullmatch(scope.access_key)
        account = key[2] if key else ""

        def recorded(service: str) -> bool:
            return self.estate.operations(account, scope.region, service) is not None

        target = find_target(request, scope.signing_name, recorded)
        if target is None:
            return self._unknown(request, f"no operation signed for {scope.signing_name}")
        params = read_params(request, target)
        token = request.headers.get("X-Amz-Security-Token")
        temporary = key is not None and key[1] == "ASIA"
        if key is None or temporary != (token is not None):
            answer: dict[str, Any] | ErrorAnswer = _ABSENT
        else:
            answer = self._answer(account, scope, target, params, token)
        error = answer if isinstance(answer, ErrorAnswer) else None
        operation = str(target.operation.name)
        code = error.code if error else None
        with self._lock:
            self.calls.append(Call(account, scope.region, target.service, operation, params, code))
        if error is not None:
            return error_reply(error, target.protocol, target.service)
        assert isinstance(answer, dict)
        return answer_reply(target, answer)

    def _answer(
        self,
        account: str,
        scope: Scope,
        target: Target,
        params: Mapping[str, Any],
        token: str | None,
    ) -> dict[str, Any] | ErrorAnswer:
        operation = str(target.operation.name)
        where = (account, scope.region, target.service, operation)
        with self._lock:
            fault = next((fault for fault in self._faults if fault.hits(*where)), None)
        if fault is not None:
            return fault.error
        try:
            known = self.estate.operations(account, scope.region, target.service)
            entry = choose(known[operation], params) if known and operation in known else None
            if target.service == "sts":
                own = sts.built_in(self.estate, account, token, operation, params, entry)
                if isinstance(own, ErrorAnswer):
                    return own
                entry = own
            if entry is None and known is not None:
                return self._missing("NotRecorded", where, params, "nothing is recorded for it")
            return self._recorded(target, entry, params)
        except EstateError as error:
            return self._missing("InvalidEstate", where, params, str(error))

    def _recorded(
        self, target: Target, entry: Recorded | None, params: Mapping[str, Any]
    ) -> dict[str, Any] | ErrorAnswer:
        if entry is not None and entry.error is not None:
            return ErrorAnswer.read(entry.error)
        plan = page_plan(target.service, target.operation)
        roots = plan.roots if plan else frozenset()
        if entry is None:
            answer: Mapping[str, Any] = empty_answer(target.operation, roots)
        else:
            in_xml = target.protocol in ("ec2", "query")
            sent = always_sent(target.operation, roots, in_xml=in_xml)
            answer = {**sent, **(entry.response or {})}
        pages_recorded = entry is not None and plan and entry.when.keys() & set(plan.inputs)
        if plan is not None and not pages_recorded:
            try:
                answer = cut_page(target.operation, plan, answer, params, self.page_size)
            except BadToken as error:
                return ErrorAnswer("InvalidNextToken", str(error), 400)
        return typed_answer(target.operation, answer)

    def _missing(
        self, code: str, where: tuple[str, ...], params: Mapping[str, Any], why: str
    ) -> ErrorAnswer:
        account, region, service, operation = where
        message = f"account {account}, {region}, {service}.{operation}({dict(params)}): {why}"
        with self._lock:
            self.not_recorded.append(message)
        return ErrorAnswer(code, message, 501)

    def _unknown(self, request: WireRequest, why: str) -> Reply:
        message = f"{request.method} {request.path}: {why}"
        with self._lock:
            self.not_recorded.append(message)
        return error_reply(ErrorAnswer("NotRecorded", message, 501), "rest-json")

    def broke(self, request: WireRequest) -> Reply:
        """Report an exception of the server itself where tests will see it."""
        return self._unknown(request, traceback.format_exc())


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    replay: AwsReplay

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no reason to fill the test output."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet; without this each answer waits for a delayed ACK.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _HttpServer

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        headers = Headers(list(self.headers.items()))
        request = WireRequest.read(self.command, self.path, headers, body)
        try:
            reply = self.server.replay.handle(request)
        except Exception:  # whatever it is, the client must get an answer
            reply = self.server.replay.broke(request)
        self.send_response(reply.status)
        headers = Headers(list(reply.headers.items()))
        if self.command != "HEAD" or "Content-Length" not in headers:
            headers["Content-Length"] = str(len(reply.body))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep test output clean."""
