"""What answers about attack paths cover and leave out, in words and as JSON has it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .gap_lines import gap_lines, say_gaps
from .output import count, messages, printable

if TYPE_CHECKING:
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

FORMAT = 1
"""Number of the JSON's format; raised when a key changes its meaning."""


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
        left_out = (*self._coverage.gaps, *self._coverage.uncovered_gaps)
        gaps = [*(gap.filled() for gap in left_out), *more]
        return {"format": FORMAT, "covers": [*self._coverage.covers], "gaps": gaps, key: rows}

    def nothing_found(self, sources: Sequence[str], target: str, unread: Sequence[str]) -> str:
        """The sentence where there is no path: no more than what was read allows."""
        number = len(gap_lines(self._coverage.gaps)) + len(unread)
        found = f"No attack path found from {_or(sources)} to {target}"
        return f"{found} in what was read; {count(number, 'gap')}:" if number else f"{found}."

    def say(self, unread: Sequence[str], scan: str | None, *, is_found: bool) -> None:
        """Says what is covered and what was not read: first the sentences ``unread``. Where no path
        is found :meth:`nothing_found` has said how many gaps there are."""
        out = messages()
        lines = [*unread, *gap_lines(self._coverage.gaps)]
        if is_found and lines:
            out.print(f"{count(len(lines), 'gap')}, so there may be further paths:")
        say_gaps(lines, scan, always=len(unread))
        covers, others = self._coverage.covers, self._coverage.uncovered
        if others:
            out.print(f"Covers {_and(covers)}. Not covered by attack paths yet: {_and(others)}.")
            for line in gap_lines(gap for gap in self._coverage.uncovered_gaps if gap.types):
                out.print(f"  {printable(line)}")
        else:
            out.print(f"Covers {_and(covers)}.")


def _and(names: Sequence[str]) -> str:
    return _joined(names, "and")


def _or(names: Sequence[str]) -> str:
    return _joined(names, "or")


def _joined(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
