"""A moto server over HTTP, in a process of its own, as an AWS account that can be written to."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from socket import socket
from typing import Any

import boto3

ROOT = "123456789012"
"""The account that moto gives to credentials it does not know."""


@dataclass(frozen=True)
class MotoServer:
    """A running server and how to speak to it."""

    url: str

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
        urllib.request.urlopen(request).close()

    def _client(self, service: str, region: str, keys: Mapping[str, str]) -> Any:
        return boto3.client(service, region_name=region, endpoint_url=self.url, **keys)  # type: ignore[call-overload]


@contextmanager
def running_moto(**environment: str) -> Iterator[MotoServer]:
    """A fresh server on a free port of the loopback address, with further settings of moto."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "1000000", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = MotoServer(f"http://127.0.0.1:{port}")
    try:
        _wait(process, server.url)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/moto-api/data.json").close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the moto server did not start")
