"""What answers about attack paths cover and leave out, in words and as JSON has it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..scans.path_answers import attack_coverage, gap_rows, joined
from .gap_lines import gap_lines, say_gaps
from .output import count, messages, printable

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..scans.attack_graph import NamedAttackGraph


class PathCoverage:
    """What was covered and read of a scan.

    :raises UsageError: if attack paths cover no cloud of it.
    """

    def __init__(self, snapshot: "Snapshot") -> None:
        self._coverage = attack_coverage(snapshot)

    def said(self, attack: "NamedAttackGraph") -> dict[str, Any]:
        """What every answer says about itself, by key: its format, what it covers, its gaps."""
        from ..scans.documents import PATHS_FORMAT

        return {
            "format": PATHS_FORMAT,
            "covers": [*self._coverage.covers],
            "gaps": gap_rows(self._coverage, attack),
        }

    def nothing_found(self, sources: Sequence[str], target: str, unread: Sequence[str]) -> str:
        """The sentence where there is no path: no more than what was read allows."""
        number = len(gap_lines(self._coverage.gaps)) + len(unread)
        found = f"No attack path found from {joined(sources, 'or')} to {target}"
        return f"{found} in what was read; {count(number, 'gap')}:" if number else f"{found}."

    def say(self, unread: Sequence[str], scan: str | None, *, is_found: bool) -> None:
        """Says what is covered and what was not read: first the sentences ``unread``. Where no path
        is found :meth:`nothing_found` has said how many gaps there are."""
        out = messages()
        lines = [*unread, *gap_lines(self._coverage.gaps)]
        if is_found and lines:
            out.print(f"{count(len(lines), 'gap')}, so there may be further paths:")
        say_gaps(lines, scan, always=len(unread), all_in="-f json")
        covers, others = self._coverage.covers, self._coverage.uncovered
        if others:
            missing = joined(others, "and")
            out.print(
                f"Covers {joined(covers, 'and')}. Not covered by attack paths yet: {missing}."
            )
            for line in gap_lines(gap for gap in self._coverage.uncovered_gaps if gap.types):
                out.print(f"  {printable(line)}")
        else:
            out.print(f"Covers {joined(covers, 'and')}.")
