"""A replay server in a process of its own, so that what it needs does not count."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from servers.json_replay import JsonReplay


class Running:
    """A server, and how many calls it had when it had ended."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked = 0


@contextmanager
def running(script: str, *numbers: int) -> Iterator[Running]:
    """One that a script serves as :func:`serve` does."""
    process = subprocess.Popen(
        [sys.executable, script, *map(str, numbers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        found = Running(process.stdout.readline().strip())
        yield found
        found.asked = int(process.communicate()[0])


class CountingReplay(JsonReplay):
    """Counts calls, and forgets what each was."""

    asked = 0

    def respond(self, method: str, target: str, body: bytes = b"") -> tuple[int, dict[str, object]]:
        """Answer one request."""
        self.asked += 1
        answer = super().respond(method, target, body)
        self.calls.clear()
        return answer


def serve(server: CountingReplay) -> None:
    """Serves until standard input ends: prints the URL, and at the end how many calls there
    were."""
    with server:
        print(server.url, flush=True)
        sys.stdin.read()
        print(server.asked, flush=True)
