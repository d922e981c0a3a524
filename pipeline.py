"""One scan, whole: collect, link, derive, write. Every face and test that scans calls this."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from .collectors import scan as collecting
from .collectors.api import Api, Limits
from .collectors.collector import Collector
from .collectors.errors import CollectError
from .collectors.registry import collectors, models
from .collectors.scan import Account, Collected, Spool
from .errors import UsageError
from .graph import derivation, snapshot
from .graph.linking import Exists, ResourceGraph, link
from .graph.lock import LockedError, holding
from .graph.model import Coverage, Scope
from .graph.owner_only import owner_only
from .graph.schema import Schema
from .graph.snapshot import Snapshot
from .graph.suggestions import nearest


class Stages(Protocol):
    """Is notified which part of the work goes on."""

    def stage(self, name: str) -> None:
        """Called when a stage begins: collect, link, derive, write."""


class Progress(collecting.Progress, Stages, Protocol):
    """Is notified how a scan goes on, from its first call to its last file."""


class RunningError(CollectError):
    """Another process scans to the same folder."""

    def __init__(self, folder: Path, process: str) -> None:
        super().__init__(f"Another scan is writing to {folder}: process {process or 'unknown'}.")


class UnknownServiceError(UsageError):
    """A service was named that no collector of the chosen clouds reads."""

    def __init__(self, service: str, providers: Iterable[str], known: Sequence[str]) -> None:
        super().__init__(
            f"No collector of {' and '.join(providers)} reads a service '{service}'.",
            nearest(service, known),
            "See: clew list collectors",
        )
        self.service = service
        self.known = known


def scan(
    accounts: Sequence[Account],
    selected: Sequence[type[Collector]],
    reported: Iterable[str],
    folder: Path,
    progress: Progress,
    concurrency: int = 16,
    tags: Iterable[str] = (),
) -> Snapshot:
    """Scans the accounts with the selected collectors and writes the snapshot's folder.

    Finished work is kept in :func:`partial` until the snapshot is written, and what is kept there
    from an interrupted scan is not read again. ``reported`` names the services that were asked
    for; the selection may hold more, see :func:`selection`. ``tags`` say which resources were.

    :raises RunningError: if another process scans to this folder.
    """
    snapshot.check_place(folder)
    spool = Spool(partial(folder))
    with _holding(folder):
        scope = collecting.scope_of(accounts, selected, reported, tags)
        written = _scan(accounts, selected, scope, folder, spool, progress, concurrency)
        shutil.rmtree(spool.folder, ignore_errors=True)
    return written


def _scan(
    accounts: Sequence[Account],
    selected: Sequence[type[Collector]],
    scope: Scope,
    folder: Path,
    spool: Spool,
    progress: Progress,
    concurrency: int,
) -> Snapshot:
    started = _start(spool.folder)
    progress.stage("collect")
    collected = collecting.run(
        collecting.plan(accounts, selected), Limits(concurrency), progress, spool
    )
    collected.coverage += (one for account in accounts for one in account.coverage)
    probes = Probes(accounts, selected)
    return _finish(folder, collected, scope, started, progress, probes)


def import_snapshot(collected: Collected, folder: Path, progress: Stages) -> Snapshot:
    """Writes the snapshot of what was read before, without any call to a cloud.

    Every account that a resource or a listing belongs to counts as scanned as far as its listings
    go; all labels without a listing are out of its scope.
    """
    snapshot.check_place(folder)
    scope = Scope(
        accounts={
            provider: sorted(
                {one.account for one in collected.coverage if one.provider == provider}
            )
            for provider in sorted({one.provider for one in collected.coverage})
        },
        labels=sorted({read.label for read in collected.reads}),
    )
    return _finish(folder, collected, scope, datetime.now(UTC), progress, Probes((), ()))


def _finish(
    folder: Path,
    collected: Collected,
    scope: Scope,
    started: datetime,
    progress: Stages,
    probes: "Probes",
) -> Snapshot:
    """Links, derives and writes what has just been read."""
    linked = _link(collected, scope, started, progress, probes.by_label())
    collected.coverage += probes.coverage
    return _write(folder, linked, collected, scope, (started, datetime.now(UTC)), progress)


def link_anew(
    collected: Collected,
    scope: Scope,
    folder: Path,
    progress: Stages,
    *,
    exists: Mapping[str, Exists],
    times: tuple[datetime, datetime],
) -> Snapshot:
    """Writes the snapshot of what earlier scans have read: linked and derived as if one scan had
    read it between the ``times``. ``exists`` answers what they know of globally unique keys."""
    snapshot.check_place(folder)
    linked = _link(collected, scope, times[0], progress, exists)
    return _write(folder, linked, collected, scope, times, progress)


def _link(
    collected: Collected,
    scope: Scope,
    started: datetime,
    progress: Stages,
    exists: Mapping[str, Exists],
) -> ResourceGraph:
    """The graph of what was read, with the edges that are derived."""
    progress.stage("link")
    known = models()
    graph = link(collected.resources, known, collected.reads, scope, exists)
    graph.scanned = started
    progress.stage("derive")
    found = derivation.derivations(Schema.of(known))
    derivation.derive_into(graph, collected.reads, known, found)
    return graph


def _write(
    folder: Path,
    graph: ResourceGraph,
    collected: Collected,
    scope: Scope,
    times: tuple[datetime, datetime],
    progress: Stages,
) -> Snapshot:
    progress.stage("write")
    known = models()
    return snapshot.write(
        folder,
        graph,
        Schema.of(known, derivation.written(derivation.derivations(Schema.of(known)))),
        scope=scope,
        coverage=collected.coverage,
        reads=collected.reads,
        started=times[0],
        finished=times[1],
    )


def partial(folder: Path) -> Path:
    """Where a scan keeps its finished work until its snapshot is written."""
    return folder.with_name(f"{folder.name}.partial")


def check_idle(folder: Path) -> None:
    """Lets only a folder pass that no scan is writing to.

    :raises RunningError: if another process scans to it.
    """
    if (partial(folder) / _LOCK).exists():
        with _holding(folder):
            pass


_LOCK = "lock"


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    try:
        with holding(partial(folder) / _LOCK):
            yield
    except LockedError as error:
        raise RunningError(folder, error.process) from error


def selection(providers: Iterable[str], services: Sequence[str] = ()) -> list[type[Collector]]:
    """The collectors that a scan of these services needs; all, if none are named.

    Other than the named ones these are the owners of every label that their references lead to,
    that one of their checks names, or that decides on a derived edge which one of them names: a
    narrowed scan links and judges as a full one does.
    """
    clouds = [*providers]
    available = [each for provider in clouds for each in collectors(provider)]
    if not services:
        return available
    from .checks import checks

    known = sorted({each.service for each in available})
    for service in services:
        if service not in known:
            raise UnknownServiceError(service, clouds, known)
    named = [each for each in available if each.service in services]
    labels = {
        label
        for each in named
        for model in each.models()
        for reference in model.references.values()
        for label in reference.labels
    }
    owned = {(each.provider, each.service) for each in named}
    schema = Schema.of(models())
    derived = derivation.derivations(schema)
    for check in checks().values():
        if (check.provider, check.service) in owned:
            labels |= check.resolved(schema).labels
            labels |= derivation.rests_on(derived, check.rule.edges)
    return [
        each
        for each in available
        if each in named or any(model.label in labels for model in each.models())
    ]


class Probes:
    """Asks collectors whether globally unique keys exist that no scanned account owns."""

    def __init__(self, accounts: Iterable[Account], selected: Iterable[type[Collector]]) -> None:
        self._accounts = [account for account in accounts if account.reachable]
        self._selected = selected
        self._limits = Limits(1)
        self._apis: dict[tuple[str, str], Api] = {}
        self._answers: dict[tuple[str, str], bool | None] = {}

    @property
    def coverage(self) -> list[Coverage]:
        """How the probes' calls ended."""
        return [record for api in self._apis.values() for record in api.records.values()]

    def by_label(self) -> dict[str, Exists]:
        """The probe of each label whose collector has one."""
        return {
            model.label: self._probe(collector, model.label)
            for collector in self._selected
            if collector.exists is not Collector.exists
            for model in collector.models()
            if model.unique_within == "global"
        }

    def _probe(self, collector: type[Collector], label: str) -> Callable[[str], bool | None]:
        def exists(key: str) -> bool | None:
            if (label, key) not in self._answers:
                self._answers[label, key] = self._ask(collector, label, key)
            return self._answers[label, key]

        return exists

    def _ask(self, collector: type[Collector], label: str, key: str) -> bool | None:
        for account in self._accounts:
            if account.provider == collector.provider:
                place = (collector.service, account.id)
                if place not in self._apis:
                    self._apis[place] = account.api(collector, "global", self._limits)
                try:
                    answer = collector().exists(self._apis[place], label, key)
                except Exception as error:
                    self._apis[place].record_crash("exists", error)
                    continue
                if answer is not None:
                    return answer
        return None


def _start(folder: Path) -> datetime:
    """When the scan that keeps its work in this folder began; now, if it is a new one."""
    note = folder / "started"
    try:
        return datetime.fromisoformat(note.read_text())
    except (FileNotFoundError, ValueError):
        now = datetime.now(UTC)
        with owner_only():
            note.write_text(now.isoformat())
        return now
