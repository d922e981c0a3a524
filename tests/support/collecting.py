"""Runs collectors against a replayed account, as a scan does."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from clew.collectors.api import Limits
from clew.collectors.aws.session import AWSAccount
from clew.collectors.collector import Collector
from clew.collectors.scan import Account, Collected, Spool, Task, plan, run


class Silent:
    """A progress display that shows nothing and remembers what ended."""

    def __init__(self) -> None:
        self.planned: list[str] = []
        self.ended: list[str] = []

    def started(self, tasks: Sequence[Task]) -> None:
        self.planned = [task.key for task in tasks]

    def finished(self, task: Task, result: Collected) -> None:
        self.ended.append(task.key)


def aws_account(
    url: str, account: str = "111122223333", regions: Sequence[str] = ("us-east-1",)
) -> AWSAccount:
    """An account of a replay server, with credentials that name it."""
    session = boto3.Session(
        aws_access_key_id=f"AKIA{account}", aws_secret_access_key="none", region_name=regions[0]
    )
    plain = session.client

    def client(*args: Any, **options: Any) -> Any:
        return plain(*args, **{"endpoint_url": url, **options})

    session.client = client  # type: ignore[method-assign]
    found = AWSAccount(account, "aws", session, regions)
    # A replay server has all services everywhere, and no name.
    found.clients.offers = lambda *_: True  # type: ignore[method-assign]
    return found


def collect(
    folder: Path,
    accounts: Sequence[Account],
    *collectors: type[Collector],
    progress: Silent | None = None,
) -> Collected:
    """What these collectors read of these accounts."""
    tasks = plan(accounts, collectors)
    return run(tasks, Limits(8), progress or Silent(), Spool(folder / "spool"))


def write_estate(folder: Path, files: Mapping[str, Any]) -> Path:
    """An estate on disk: ``account/region/service`` to operations."""
    for name, operations in files.items():
        path = folder / "estate" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(operations))
    return folder / "estate"
