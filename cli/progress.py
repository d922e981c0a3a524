"""Progress of a scan: bars on a terminal, occasional lines anywhere else."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .output import count, messages

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from ..collectors.scan import Collected, Task

_STAGES = {
    "collect": "Collecting",
    "link": "Linking references",
    "derive": "Computing exposure and privilege escalation",
    "write": "Writing the scan",
}
_SECONDS_BETWEEN_LINES = 5.0
_WIDE = 100
"""Terminals with fewer columns have no room for what ended last."""
_MOST_BARS = 8
"""Of more accounts than this, those of one cloud share a bar."""


class _Counting:
    """Counts what every kind of progress shows."""

    def __init__(self, console: "Console") -> None:
        self.console = console
        self.total = 0
        self.done = 0
        self.resources = 0
        self.failed: Counter[str] = Counter()

    def started(self, tasks: "Sequence[Task]") -> None:
        """Called once, before the first task runs."""
        self.total = len(tasks)

    def finished(self, task: "Task", result: "Collected") -> None:  # noqa: ARG002
        """Called when a task has ended."""
        self.done += 1
        self.resources += len(result.resources)
        self.failed.update(str(one.status) for one in result.coverage if one.status != "ok")

    def kept(self) -> str:
        """What an interrupted scan has kept, as a sentence."""
        return (
            f"{self.done:,} of {count(self.total, 'listing')} with "
            f"{count(self.resources, 'resource')} are kept."
        )


class Lines(_Counting):
    """Plain lines, for logs and pipes."""

    def __init__(self, console: "Console") -> None:
        super().__init__(console)
        self._last = time.monotonic()

    def stage(self, name: str) -> None:
        """Called when a stage begins."""
        self.console.print(f"{_STAGES[name]} …")

    def finished(self, task: "Task", result: "Collected") -> None:
        """Called when a task has ended."""
        super().finished(task, result)
        if self.done == self.total or time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            failed = f", {count(sum(self.failed.values()), 'failed call')}" if self.failed else ""
            self.console.print(
                f"  {self.done:,} of {count(self.total, 'listing')}: "
                f"{count(self.resources, 'resource')}{failed}"
            )


class AccountBars(_Counting):
    """A bar for each account, with the service and region that ended last."""

    def __init__(self, console: "Console", bars: "Bars") -> None:
        super().__init__(console)
        self._bars = bars
        self._shared = False
        self._by_name: dict[str, TaskID] = {}
        self._resources: Counter[str] = Counter()

    def started(self, tasks: "Sequence[Task]") -> None:
        """Called once, before the first task runs."""
        super().started(tasks)
        self._shared = len({task.account.id for task in tasks}) > _MOST_BARS
        for name, total in Counter(map(self._name, tasks)).items():
            self._by_name[name] = self._bars.add_task(name, total=total, found="", last="")

    def stage(self, name: str) -> None:
        """Called when a stage begins."""
        if name != "collect":
            self._bars.add_task(_STAGES[name], total=None, found="", last="")

    def finished(self, task: "Task", result: "Collected") -> None:
        """Called when a task has ended."""
        super().finished(task, result)
        name = self._name(task)
        self._resources[name] += len(result.resources)
        self._bars.update(
            self._by_name[name],
            advance=1,
            found=count(self._resources[name], "resource"),
            last=f"{task.collector.service} {task.region}",
        )

    def _name(self, task: "Task") -> str:
        provider = task.account.provider
        return provider if self._shared else f"{provider} {task.account.id}"


@contextmanager
def showing() -> "Iterator[Lines | AccountBars]":
    """A progress on standard error."""
    console = messages()
    if not console.is_terminal:
        yield Lines(console)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    columns: list[ProgressColumn] = [
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        BarColumn(bar_width=8),
        MofNCompleteColumn(),
        TextColumn("{task.fields[found]}", table_column=Column(no_wrap=True)),
    ]
    if console.width >= _WIDE:
        columns.append(TextColumn("{task.fields[last]}", style="dim", markup=False))
    with Bars(*columns, console=console, transient=True) as bars:
        yield AccountBars(console, bars)


@contextmanager
def working(what: str) -> "Iterator[None]":
    """Shows on a terminal that something takes a while."""
    console = messages()
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield
