"""An AWS account with nothing in it, over TLS, that takes its time to answer.

    python tests/benchmarks/slow_aws.py MILLISECONDS CERTIFICATE KEY FOLDER

Prints its URL. Each answer is worked out once: what is measured is the client.
"""

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.aws_replay import AwsReplay
from servers.aws_replay.routing import WireRequest, read_scope
from servers.aws_replay.wire import Reply
from servers.certificates import Certificate


class SlowAws(AwsReplay):
    """Answers every request of one kind alike, and late."""

    def __init__(self, folder: Path, tls: ssl.SSLContext, seconds: float) -> None:
        super().__init__(folder, tls=tls)
        self._seconds = seconds
        self._known: dict[object, Reply] = {}
        self.asked = 0

    def handle(self, request: WireRequest) -> Reply:
        """Answer one request."""
        began = time.monotonic()
        scope = read_scope(request)
        assert scope
        own = scope.signing_name in ("sts", "ec2")
        place = (scope.access_key, scope.region) if own else None
        target = request.headers.get("X-Amz-Target")
        asked = (request.method, request.path, str(request.query), target, request.body)
        kind = (scope.signing_name, place, *asked)
        if kind not in self._known:
            self._known[kind] = super().handle(request)
        self.asked += 1
        time.sleep(max(0.0, self._seconds - (time.monotonic() - began)))
        return self._known[kind]


@contextmanager
def running_slow_aws(milliseconds: int, tls: Certificate, folder: Path) -> Iterator[str]:
    """The URL of one in a process of its own; a folder in its folder is an account."""
    command = [sys.executable, __file__, str(milliseconds)]
    process = subprocess.Popen(
        [*command, str(tls.certificate), str(tls.key), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout
    with process:
        yield process.stdout.readline().strip()
        process.communicate()


def main() -> None:
    """Serves until standard input ends, and then says how many calls there were."""
    milliseconds, certificate, key, folder = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with SlowAws(Path(folder), context, int(milliseconds) / 1000) as server:
        print(f"https://127.0.0.1:{server.port}", flush=True)
        sys.stdin.read()
        print(server.asked, flush=True)


if __name__ == "__main__":
    main()
