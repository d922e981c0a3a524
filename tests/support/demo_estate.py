"""The demo estate behind replay servers, scanned by the pipeline that ``clew scan`` runs."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from clew import pipeline
from clew.collectors.registry import providers
from clew.graph.snapshot import Snapshot
from clew.scans.connecting import ScanOptions, connect
from servers.aws_replay import ESTATE as AWS_ESTATE
from servers.aws_replay import AwsReplay
from servers.json_replay import AZURE, ESTATE, GCP, GRAPH, JsonReplay

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
ROLES = ("arn:aws:iam::111122223333:role/clew-scan", "arn:aws:iam::444455556666:role/clew-scan")


WANTED = ScanOptions(roles=ROLES, regions=REGIONS)
"""All of the demo estate."""


class Silent:
    """Tells nothing of how the scan goes on."""

    def stage(self, name: str) -> None:
        """Called when a stage begins."""

    def started(self, tasks: Sequence[Any]) -> None:
        """Called once, before the first task runs."""

    def finished(self, task: Any, result: Any) -> None:
        """Called when a task has ended."""


def aws_environment(url: str, account: str = "111122223333") -> dict[str, str]:
    """What lets boto3 call a replay server as an account, and nothing else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": f"AKIA{account}",
        "AWS_SECRET_ACCESS_KEY": "replayed",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextmanager
def replayed() -> Iterator[None]:
    """The demo estate in place of the clouds."""
    with ExitStack() as stack:
        aws = stack.enter_context(AwsReplay(AWS_ESTATE, page_size=100))
        environment = aws_environment(aws.url)
        for api, name, variable in (
            (AZURE, "azure", "CLEW_AZURE_ENDPOINT"),
            (GCP, "gcp", "CLEW_GCP_ENDPOINT"),
            (GRAPH, "entra", "CLEW_GRAPH_ENDPOINT"),
        ):
            server = stack.enter_context(JsonReplay(api, ESTATE / name, page_size=100))
            environment[variable] = server.url
        stack.enter_context(patch.dict(os.environ, environment))
        yield


def scan_demo(folder: Path, clouds: Sequence[str] = ()) -> Snapshot:
    """The demo estate's scan; the clouds are replayed only while it runs."""
    with replayed():
        chosen = clouds or providers()
        accounts = connect(chosen, WANTED)
        return pipeline.scan(accounts, pipeline.selection(chosen), (), folder, Silent())
