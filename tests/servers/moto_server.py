"""A moto server over HTTP, in a process of its own, as an AWS account that can be written to."""

import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

import boto3

from .certificates import Certificate

ROOT = "123456789012"
"""The account that moto gives to credentials it does not know."""


@dataclass(frozen=True)
class MotoServer:
    """A running server and how to speak to it."""

    url: str
    bundle: Path | None = None
    """What to trust it by, if it speaks TLS."""

    def client(self, service: str, region: str = "us-east-1", account: str = ROOT) -> Any:
        """A client that writes to an account; accounts need no creation."""
        sts = self._client("sts", region, {"aws_access_key_id": "k", "aws_secret_access_key": "s"})
        if account == ROOT:
            keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
        else:
            role = f"arn:aws:iam::{account}:role/seed"
            answer = sts.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
            keys = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
        return self._client(service, region, keys)

    def start_authorizing(self) -> None:
        """From here on every call needs a policy that allows it."""
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, context=self._context()).close()

    def wait_for(self, process: "subprocess.Popen[bytes]") -> None:
        """Waits until it answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                asked = f"{self.url}/moto-api/data.json"
                urllib.request.urlopen(asked, context=self._context()).close()
            except urllib.error.URLError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the moto server did not start")

    def _context(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=str(self.bundle)) if self.bundle else None

    def _client(self, service: str, region: str, keys: Mapping[str, str]) -> Any:
        trusted = None if self.bundle is None else str(self.bundle)
        return boto3.client(  # type: ignore[call-overload]
            service, region_name=region, endpoint_url=self.url, verify=trusted, **keys
        )


@contextmanager
def running_moto(tls: Certificate | None = None, **environment: str) -> Iterator[MotoServer]:
    """A fresh server on a free port of the loopback address, with further settings of moto."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    certified = ["-c", str(tls.certificate), "-k", str(tls.key)] if tls else []
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), *certified],
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "1000000", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    scheme = "https" if tls else "http"
    server = MotoServer(f"{scheme}://127.0.0.1:{port}", tls.bundle if tls else None)
    try:
        server.wait_for(process)
        yield server
    finally:
        process.terminate()
        process.wait()
