"""What answers about attack paths cover and leave out, in words and as JSON has it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import scans
from .errors import UsageError
from .output import count, messages, printable

if TYPE_CHECKING:
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

FORMAT = 1
"""Number of the JSON's format; raised when a key changes its meaning."""
_SHOWN_LINES = 12
_SHOWN_LABELS = 4


class PathCoverage:
    """What was covered and read of a scan.

    :raises UsageError: if attack paths cover no cloud of it.
    """

    def __init__(self, snapshot: "Snapshot") -> None:
        from ..graph.attack.coverage import AttackCoverage
        from ..graph.attack.provider import provider_types

        self._coverage = AttackCoverage.of(snapshot)
        if not self._coverage.covers:
            raise UsageError(
                f"This scan holds {_and(self._coverage.uncovered) or 'no cloud'}; attack paths "
                f"cover {_and(sorted(provider_types()))} only."
            )

    def document(
        self, key: str, rows: Sequence[Any], authorization: "Sequence[Gap]"
    ) -> dict[str, Any]:
        """An answer as JSON has it, with what it covers and leaves out.

        ``authorization`` are the gaps of permissions.
        """
        listed = {(gap.label, gap.account, gap.region) for gap in self._coverage.gaps}
        more = [
            gap.filled()
            for gap in authorization
            if (gap.label, gap.account, gap.region) not in listed
        ]
        gaps = [*(gap.filled() for gap in self._coverage.gaps), *more]
        return {"format": FORMAT, "covers": [*self._coverage.covers], "gaps": gaps, key: rows}

    def nothing_found(self, sources: Sequence[str], target: str, unread: Sequence[str]) -> str:
        """The sentence where there is no path: no more than what was read allows."""
        number = len(self._lines()) + len(unread)
        found = f"No attack path found from {_or(sources)} to {target}"
        return f"{found} in what was read; {count(number, 'gap')}:" if number else f"{found}."

    def say(self, unread: Sequence[str], scan: str | None, *, is_found: bool) -> None:
        """Says what is covered and what was not read: first the sentences ``unread``. Where no path
        is found :meth:`nothing_found` has said how many gaps there are."""
        out = messages()
        lines = self._lines()
        if is_found and (unread or lines):
            number = count(len(unread) + len(lines), "gap")
            out.print(f"{number}, so there may be further paths:")
        for line in (*unread, *lines[:_SHOWN_LINES]):
            out.print(f"  {printable(line)}")
        if len(lines) > _SHOWN_LINES:
            rest = len(lines) - _SHOWN_LINES
            out.print(f"  … and {count(rest, 'more gap')}: clew coverage{scans.spelled(scan)}")
        covers, others = self._coverage.covers, self._coverage.uncovered
        if others:
            out.print(f"Covers {_and(covers)}. Not covered by attack paths yet: {_and(others)}.")
        else:
            out.print(f"Covers {_and(covers)}.")

    def _lines(self) -> list[str]:
        """The gaps, those of one failed call as one."""
        filtered: list[str] = []
        failed: dict[tuple[str, str], list[Gap]] = defaultdict(list)
        further: dict[str, None] = {}
        for gap in self._coverage.gaps:
            if not gap.label:
                further[gap.message] = None
            elif gap.account:
                failed[gap.operation, gap.code].append(gap)
            else:
                filtered.append(gap.label)
        lines = [_failed(operation, code, gaps) for (operation, code), gaps in failed.items()]
        if filtered:
            lines.append(f"Left out by this scan's filters: {_labels(filtered)}.")
        return [*sorted(lines), *further]


def _failed(operation: str, code: str, gaps: "Sequence[Gap]") -> str:
    accounts = sorted({gap.account for gap in gaps})
    where = accounts[0] if len(accounts) == 1 else f"{count(len(accounts), 'account')}"
    of = f"account {where}" if len(accounts) == 1 else where
    labels = _labels(sorted({gap.label for gap in gaps}))
    failed = f"{operation} failed ({code})" if operation else "never reached"
    return f"{labels}: {failed} in {of}."


def _labels(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:_SHOWN_LABELS])
    rest = len(labels) - _SHOWN_LABELS
    return f"{shown} and {count(rest, 'more label')}" if rest > 0 else shown


def _and(names: Sequence[str]) -> str:
    return _joined(names, "and")


def _or(names: Sequence[str]) -> str:
    return _joined(names, "or")


def _joined(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
