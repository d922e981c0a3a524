"""Scans accounts, as Python asks for it."""

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from ..errors import UsageError
from .connecting import ScanOptions, connect
from .scan import Scan

if TYPE_CHECKING:
    from ..collectors.scan import Collected, Task
    from ..pipeline import Progress


class _Silent:
    """Is notified how a scan goes on, and shows nothing."""

    def stage(self, name: str) -> None:
        """Called when a stage begins."""

    def started(self, tasks: "Sequence[Task]") -> None:
        """Called once, before the first task runs."""

    def finished(self, task: "Task", result: "Collected") -> None:
        """Called when a task has ended."""


def scan(
    *providers: str,
    services: Sequence[str] = (),
    excluded: Sequence[str] = (),
    options: ScanOptions | None = None,
    output: str | PathLike[str] | None = None,
    concurrency: int = 16,
    progress: "Progress | None" = None,
) -> Scan:
    """Scans what the credentials give access to, with read-only calls, as ``clew scan`` does.

    ``services`` are reported on, and those that they refer to are read too; ``excluded`` ones are
    left out. The scan is written to ``output``, a folder that holds none yet or a URI in an object
    store, or among Clew's own scans. :meth:`Scan.coverage` lists what could not be read.

    :raises ClewError: if it cannot begin, or cannot be written.
    """
    from ..collectors.registry import providers as known
    from ..pipeline import partial, selection
    from ..pipeline import scan as run
    from . import places

    for each in providers:
        if each not in known():
            raise UsageError(f"There is no cloud '{each}': {', '.join(known())}.")
    if not providers:
        raise UsageError(f"Name a cloud: {', '.join(known())}.")
    selected = [each for each in selection(providers, services) if each.service not in {*excluded}]
    folder, uri = places.place_of(None if output is None else fspath(output))
    if folder and (folder.exists() or partial(folder).exists()):
        raise UsageError(f"There is something at {folder} already; choose another folder.")
    accounts = connect(providers, options or ScanOptions())
    if folder is None:
        folder = places.new()
    elif not places.claim(folder):
        raise UsageError(f"Another scan to {folder} has begun meanwhile; choose another folder.")
    written = run(accounts, selected, services, folder, progress or _Silent(), concurrency)
    if uri:
        places.hand_over(written, uri)
    where = uri or str(folder)
    return Scan(places.open_scan(where), where)
