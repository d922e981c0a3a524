"""The explorer's server in a thread of this process, and a browser."""

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from threading import Thread
from typing import Any, NamedTuple

import pytest
from clew.cli.asked_query import Bounds
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.server import ExplorerServer
from clew.scans.places import open_scan

_MOST_MILLISECONDS = 300_000
"""For a page; a busy machine takes long for its first."""
BOUNDS = Bounds(limit=100, seconds=1.0, bytes=2**30)


class Response(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Sends requests to a server just as they are given."""

    def __init__(self, server: ExplorerServer) -> None:
        self.port = server.server_port
        self.token = server.guard.token
        self.cookie = ""

    def admitted(self) -> "Visitor":
        found = self.ask(f"/?token={self.token}")
        self.cookie = found.headers["Set-Cookie"].partition(";")[0]
        return self

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = {"Host": f"127.0.0.1:{self.port}"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            return Response(answer.status, dict(answer.headers), answer.read().decode())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def answers() -> Answers:
    return Answers(open_scan("demo"), BOUNDS, "demo")


@pytest.fixture
def server(answers: Answers) -> Iterator[ExplorerServer]:
    with ExplorerServer(answers) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def visitor(server: ExplorerServer) -> Visitor:
    return Visitor(server)


class Seen(NamedTuple):
    """A page, and what it did that it should not."""

    page: Any
    complaints: list[str]


@pytest.fixture
def watched(browser: Any) -> Iterator[Callable[..., Seen]]:
    """Opens pages whose errors, and requests to other places than ``origin``, are noted."""
    contexts = []

    def watch(origin: str, **options: Any) -> Seen:
        context = browser.new_context(**options)
        context.set_default_timeout(_MOST_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and complaints.append(said.text),
        )
        page.on(
            "request",
            lambda request: (
                request.url.startswith((origin, "data:"))
                or complaints.append(f"request: {request.url}")
            ),
        )
        return Seen(page, complaints)

    yield watch
    for context in contexts:
        context.close()
