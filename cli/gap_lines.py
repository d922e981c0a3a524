"""Gaps as lines of text: what an answer leaves out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from . import scans
from .output import count, messages, printable

if TYPE_CHECKING:
    from ..graph.model import Gap
    from ..scans.documents import GapRow

_SHOWN_LINES = 12
_SHOWN_LABELS = 4


def gap_lines(gaps: "Iterable[Gap | GapRow]") -> list[str]:
    """The failed calls and the labels that were left out, each as one line: of these its user can
    get rid; then what is not covered, a sentence each."""
    filtered: list[str] = []
    never_listed: list[str] = []
    failed: dict[tuple[str, str], list[Gap | GapRow]] = defaultdict(list)
    not_covered: dict[str, None] = {}
    for gap in gaps:
        if not gap.label:
            not_covered[gap.message] = None
        elif gap.account:
            failed[gap.operation, gap.code].append(gap)
        elif gap.provider:
            filtered.append(gap.label)
        else:
            never_listed.append(gap.label)
    lines = [_failed(operation, code, alike) for (operation, code), alike in failed.items()]
    if filtered:
        lines.append(f"Left out by this scan's filters: {_labels(filtered)}.")
    if never_listed:
        lines.append(f"Not among what this scan listed: {_labels(never_listed)}.")
    return [*sorted(lines), *not_covered]


def say_gaps(lines: Sequence[str], scan: str | None, always: int = 0, all_in: str = "") -> None:
    """Says so many of the lines that they can be read, and at least the first ``always``; and what
    option shows all of them, if one does."""
    out = messages()
    shown = always + _SHOWN_LINES
    for line in lines[:shown]:
        out.print(f"  {printable(line)}")
    if len(lines) > shown:
        rest = count(len(lines) - shown, "more gap")
        every = f"; all of them: {all_in}" if all_in else ""
        out.print(f"  … and {rest}; failed calls: clew coverage{scans.spelled(scan)}{every}")


def _failed(operation: str, code: str, gaps: "Sequence[Gap | GapRow]") -> str:
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
