"""How a scan tells of itself: bars on a terminal, now and then a line anywhere else."""

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
    "collect": "Reading",
    "link": "Linking references",
    "derive": "Deriving who can reach what",
    "write": "Writing the scan",
}
_SECONDS_BETWEEN_LINES = 5.0


class _Counting:
    """Counts what every way of showing needs."""

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
        """What an interrupted scan has so far, as a sentence."""
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
        self._by_account: dict[tuple[str, str], TaskID] = {}
        self._resources: Counter[tuple[str, str]] = Counter()

    def started(self, tasks: "Sequence[Task]") -> None:
        """Called once, before the first task runs."""
        super().started(tasks)
        totals = Counter((task.account.provider, task.account.id) for task in tasks)
        for (provider, account), total in totals.items():
            self._by_account[provider, account] = self._bars.add_task(
                f"{provider} {account}", total=total, found="", last=""
            )

    def stage(self, name: str) -> None:
        """Called when a stage begins."""
        if name != "collect":
            self._bars.add_task(_STAGES[name], total=None, found="", last="")

    def finished(self, task: "Task", result: "Collected") -> None:
        """Called when a task has ended."""
        super().finished(task, result)
        account = (task.account.provider, task.account.id)
        self._resources[account] += len(result.resources)
        self._bars.update(
            self._by_account[account],
            advance=1,
            found=count(self._resources[account], "resource"),
            last=f"{task.collector.service} {task.region}",
        )


@contextmanager
def showing() -> "Iterator[Lines | AccountBars]":
    """A progress on standard error."""
    console = messages()
    if not console.is_terminal:
        yield Lines(console)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[found]}"),
        TextColumn("[dim]{task.fields[last]}"),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        yield AccountBars(console, bars)
