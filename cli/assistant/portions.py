"""Lists in an answer, cut to what an assistant can take; what is left out is always said."""

from collections.abc import Sequence
from typing import Any

from ..output import count, json_line

MOST_CHARACTERS = 50_000
"""Of the rows of an answer, as JSON."""


def portion(
    rows: Sequence[dict[str, Any]],
    limit: int,
    offset: int | None,
    *,
    noun: str,
    has_more: bool = False,
    is_most: bool = False,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows that an answer has room for, and what is said of the others.

    Of ``rows`` there are no others, unless it ``has_more``: then nobody has counted them. What can
    be asked without an ``offset`` alone has None; ``is_most`` says that no limit is higher.
    """
    start = offset or 0
    fitting, is_full = _fitting(rows[start : start + limit])
    end = start + len(fitting)
    said: dict[str, Any] = {} if has_more else {"total": len(rows)}
    if start:
        said["offset"] = start
    if end < len(rows) or has_more:
        many = f"There are more {noun}s than these"
        left = many if has_more else f"{count(len(rows) - end, f'more {noun}')} left out"
        why = f" (an answer holds {MOST_CHARACTERS:,} characters of them)" if is_full else ""
        next_ = "narrow the question" + ("" if is_full or is_most else ", or raise the limit")
        advice = next_ if offset is None else f"ask again with offset {end}"
        said["left_out"] = f"{left}{why}; {advice}."
    return fitting, said


def _fitting(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """The first rows that there is room for, one at least, and whether there is no more room."""
    found: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        size += len(json_line(row))
        if found and size > MOST_CHARACTERS:
            return found, True
        found.append(row)
    return found, False
