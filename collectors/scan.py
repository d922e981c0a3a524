"""Runs collectors over accounts and regions: concurrently and resumably."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ..graph.garbage import gc_spared
from ..graph.model import Coverage, ListingStatus, Resource, Scope, Status
from ..graph.owner_only import owner_only
from .api import Api, AsyncApi, Limits, ScanCancelledError
from .collector import Collector, Loader

T = TypeVar("T")
R = TypeVar("R", Coverage, ListingStatus)


class Account(Protocol):
    """One account (subscription, project, tenant) of a scan, with the credentials for it."""

    provider: str
    id: str
    regions: Sequence[str]
    """Regions to read; empty where the provider has none."""
    coverage: Sequence[Coverage]
    """How the calls ended that found the account and its regions."""
    reachable: bool
    """False if no credentials could be had for it."""

    @property
    def directory(self) -> str:
        """The account of another provider that its principals are in; empty if they are its own."""

    def api(self, collector: type[Collector], region: str, limits: Limits) -> Api:
        """What a collector reads this account through."""
        ...


@dataclass(frozen=True)
class Task:
    """One collector in one account and region: the unit that runs, fails and is resumed."""

    account: Account
    collector: type[Collector]
    region: str

    @property
    def key(self) -> str:
        """A name that is the same in every run."""
        return f"{self.collector.provider}/{self.collector.service}/{self.account.id}/{self.region}"


@dataclass
class Collected:
    """What collectors read, and what they could not."""

    resources: list[Resource] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    reads: list[ListingStatus] = field(default_factory=list)

    def add(self, other: "Collected") -> None:
        """Takes another result in."""
        self.resources += other.resources
        self.coverage += other.coverage
        self.reads += other.reads


class Progress(Protocol):
    """Is notified how a scan goes on."""

    def started(self, tasks: Sequence[Task]) -> None:
        """Called once, before the first task runs."""

    def finished(self, task: Task, result: Collected) -> None:
        """Called when a task has ended."""


class Spool:
    """The results of finished tasks on disk, so that an interrupted scan can be resumed.

    Only their owner may read them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with owner_only():
            folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)

    def save(self, task: Task, result: Collected) -> None:
        """Keeps a task's result."""
        document = {
            "task": task.key,
            "resources": [
                [r.label, r.model_dump(mode="json", exclude_none=True)] for r in result.resources
            ],
            "coverage": result.coverage,
            "reads": result.reads,
        }
        path = self._path(task)
        part = path.with_suffix(".part")
        try:
            with owner_only():
                part.write_text(json.dumps(document))
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def load(self, task: Task) -> Collected | None:
        """A task's result, or None if it had not finished."""
        try:
            document = json.loads(self._path(task).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        by_label = {model.label: model for model in task.collector.models()}
        return Collected(
            [by_label[label].model_validate(values) for label, values in document["resources"]],
            [_with_status(Coverage._make(row)) for row in document["coverage"]],
            [_with_status(ListingStatus._make(row)) for row in document["reads"]],
        )

    def _path(self, task: Task) -> Path:
        return self.folder / f"{sha256(task.key.encode()).hexdigest()[:24]}.json"


def plan(accounts: Iterable[Account], selected: Iterable[type[Collector]]) -> list[Task]:
    """The tasks of a scan: each collector once per account and region, or once per account.

    Those of a collector follow one another, since they share what their SDK knows of the service.
    """
    reached = [account for account in accounts if account.reachable]
    return [
        Task(account, collector, region)
        for collector in selected
        for account in reached
        if collector.provider == account.provider
        for region in (account.regions if collector.regional else ("global",))
    ]


def scope_of(
    accounts: Sequence[Account],
    selected: Sequence[type[Collector]],
    reported: Iterable[str],
    tags: Iterable[str] = (),
) -> Scope:
    """What a scan of these accounts with these collectors sets out to read."""
    by_provider: dict[str, list[str]] = {}
    for account in accounts:
        by_provider.setdefault(account.provider, []).append(account.id)
    return Scope(
        accounts={provider: sorted(ids) for provider, ids in sorted(by_provider.items())},
        regions={account.id: sorted(account.regions) for account in accounts},
        directories={each.id: each.directory for each in accounts if each.directory},
        labels=sorted({model.label for collector in selected for model in collector.models()}),
        reported=sorted(reported),
        tags=sorted(tags),
    )


def run(tasks: Sequence[Task], limits: Limits, progress: Progress, spool: Spool) -> Collected:
    """Runs the tasks and gathers their results in the order of their keys.

    A task that crashes is an error in the coverage and leaves the others whole. KeyboardInterrupt
    passes through once no further call can begin; finished tasks are in the spool by then.
    """
    with gc_spared():
        return _run(tasks, limits, progress, spool)


def _run(tasks: Sequence[Task], limits: Limits, progress: Progress, spool: Spool) -> Collected:
    progress.started(tasks)
    results: dict[str, Collected] = {}
    waiting: dict[Future[Collected], Task] = {}
    executor = ThreadPoolExecutor(limits.concurrency, thread_name_prefix="clew-task")
    try:
        for task in tasks:
            kept = spool.load(task)
            if kept is None:
                waiting[executor.submit(_run_task, task, limits)] = task
            else:
                results[task.key] = kept
                progress.finished(task, kept)
        for future in as_completed(waiting):
            task = waiting[future]
            results[task.key] = future.result()
            spool.save(task, results[task.key])
            progress.finished(task, results[task.key])
    finally:
        limits.cancel()
        executor.shutdown(wait=False, cancel_futures=True)
        limits.close()
    collected = Collected()
    for key in sorted(results):
        collected.add(results[key])
    return collected


def _run_task(task: Task, limits: Limits) -> Collected:
    try:
        api = task.account.api(task.collector, task.region, limits)
        work = _collect(task.collector, api)
        return asyncio.run(work) if isinstance(api, AsyncApi) else _done(work)
    except ScanCancelledError:
        raise
    except Exception as error:
        return Collected(coverage=[_crash(task, error)])


def _done(work: Coroutine[Any, Any, T]) -> T:
    """What work comes to that waits for nothing. It needs no event loop, which would take longer to
    begin and end than many a task."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a collector without an event loop waits for one")


async def _collect(collector_type: type[Collector], api: Api) -> Collected:
    collector = collector_type()
    collected = Collected()
    try:
        for loader in collector_type.loaders():
            await _load(loader, collector, api, collected)
    finally:
        await api.close()
    collected.coverage = sorted(api.records.values())
    collected.reads = api.reads
    return collected


async def _load(loader: Loader, collector: Collector, api: Api, collected: Collected) -> None:
    try:
        with api.listing(loader.models, loader.through):  # type: ignore[attr-defined]
            found = loader(collector, api)
            if isinstance(found, AsyncIterator):
                async for resource in found:
                    collected.resources.append(resource)
            else:
                for resource in found:
                    collected.resources.append(resource)
    except ScanCancelledError:
        raise
    except Exception as error:
        api.record_crash(loader.__name__, error)


def _crash(task: Task, error: Exception) -> Coverage:
    return Coverage(
        task.collector.provider,
        task.collector.service,
        "-",
        task.account.id,
        task.region,
        Status.ERROR,
        type(error).__name__,
        str(error),
    )


def _with_status(record: R) -> R:
    return record._replace(status=Status(record.status))
