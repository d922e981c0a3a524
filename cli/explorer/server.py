"""The explorer's server: on this machine only, for one browser.

Connections are held by threads, since browsers open more than they use; answers are given one at a
time, because a query runs in a fork of this process.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ...errors import ClewError
from ..errors import explain
from .answers import Answers, UnknownQuestionError
from .guard import HEADERS, Guard
from .static_files import static_file

ADDRESS = "127.0.0.1"
_API = "/api/"
_MOST_BYTES = 1_000_000
"""Of what is sent to the server."""
_SECONDS = 30.0
"""For a connection to send its request."""
_JSON = "application/json"


class ExplorerServer(ThreadingHTTPServer):
    """Serves one scan until it is shut down.

    :raises OSError: if the port is taken.
    """

    daemon_threads = True

    def __init__(self, answers: Answers, port: int = 0) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.answers = answers
        self.guard = Guard(self.server_port)
        self.turn = Lock()

    @property
    def address(self) -> str:
        """What to open in a browser, once."""
        return f"http://{ADDRESS}:{self.server_port}/?token={self.guard.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks off is nobody's concern."""


class _Handler(BaseHTTPRequestHandler):
    server: ExplorerServer
    server_version = "clew"
    sys_version = ""
    timeout = _SECONDS

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        given = parse_qs(asked.query)
        if not self._is_allowed(given.get("token", [""])[0] if asked.path == "/" else ""):
            return
        if asked.path.startswith(_API):
            question = asked.path.removeprefix(_API)
            self._answer(lambda: self.server.answers.get(question, given))
        elif file := static_file(asked.path):
            self._send(200, file.content_type, file.content)
        else:
            self._refuse(404, "There is no such page.")

    def do_POST(self) -> None:
        if not self._is_allowed():
            return
        length = self.headers.get("Content-Length", "")
        if self.headers.get_content_type() != _JSON or self.path != f"{_API}query":
            self._refuse(404, "Only queries are posted, as JSON.")
        elif not length.isdigit() or int(length) > _MOST_BYTES:
            self._refuse(413, "The query is too long.")
        else:
            body = self.rfile.read(int(length))
            self._answer(lambda: json.dumps(_queried(self.server.answers, body)).encode())

    def _is_allowed(self, token: str = "") -> bool:
        """Whether the request may be answered; if not, it was refused."""
        guard = self.server.guard
        if reason := guard.refusal(self.headers):
            self._refuse(403, reason)
        elif token and not guard.admits(self.headers):
            if cookie := guard.exchange(token):
                self._send(303, "text/plain", b"", {"Set-Cookie": cookie, "Location": "/"})
            else:
                self._refuse(403, "This address was used already. Start `clew serve` again.")
        elif token:
            self._send(303, "text/plain", b"", {"Location": "/"})
        elif not guard.admits(self.headers):
            self._refuse(401, "Open the address that `clew serve` printed.")
        else:
            return True
        return False

    def _answer(self, work: Any) -> None:
        try:
            with self.server.turn:
                content = work()
        except UnknownQuestionError as error:
            self._refuse(404, str(error))
        except ClewError as error:
            self._refuse(400, str(error))
        except Exception as error:
            self._refuse(500, explain(error)[0])
        else:
            self._send(200, _JSON, content)

    def _refuse(self, status: int, sentence: str) -> None:
        # What was sent and not read would be taken for the next request.
        self.close_connection = True
        if self.path.startswith(_API):
            self._send(status, _JSON, json.dumps({"error": sentence}).encode())
        else:
            self._send(status, "text/plain; charset=utf-8", sentence.encode())

    def _send(
        self, status: int, content_type: str, content: bytes, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        headers = {"Content-Type": content_type, "Content-Length": str(len(content))}
        for name, value in {**headers, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is logged: addresses hold the token."""


def _queried(answers: Answers, body: bytes) -> dict[str, Any]:
    """The answer to a query that was posted.

    :raises ClewError: if it is no query, or wrong.
    """
    try:
        asked = json.loads(body)
        name, cypher = asked.get("name", ""), asked.get("cypher")
        given = {str(key): str(value) for key, value in asked.get("parameters", {}).items()}
        is_query = isinstance(name, str) and (cypher is None or isinstance(cypher, str))
    except (ValueError, AttributeError, RecursionError):
        is_query = False
    if not is_query or cypher == "-" or bool(name) == bool(cypher):
        raise ClewError("Name a saved query or give Cypher, one of the two.")
    return answers.query(name, cypher, given)
