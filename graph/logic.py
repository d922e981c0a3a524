"""Logic with three values (Kleene's): true, false, and not known. What is unread never decides."""

from collections.abc import Iterable
from typing import NamedTuple

Truth = bool | None
"""True, False, or None: it cannot be known from what was read."""


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is; else None if one is not known."""
    result: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            result = None
    return result


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if one is; else None if one is not known."""
    result: Truth = True
    for truth in truths:
        if truth is None:
            result = None
        elif not truth:
            return False
    return result


def negation(truth: Truth) -> Truth:
    """The opposite; what is not known stays so."""
    return None if truth is None else not truth


class ReasonedTruth(NamedTuple):
    """A truth with what would settle it: ``unread`` is empty unless the value is None."""

    value: Truth
    unread: frozenset[str] = frozenset()

    @classmethod
    def doubt(cls, *unread: str) -> "ReasonedTruth":
        """Not known for these reasons."""
        return cls(None, frozenset(unread))


def all_hold(truths: Iterable[ReasonedTruth]) -> ReasonedTruth:
    """Whether all are true."""
    return _joined(list(truths), False)


def any_holds(truths: Iterable[ReasonedTruth]) -> ReasonedTruth:
    """Whether one is true."""
    return _joined(list(truths), True)


def _joined(truths: list[ReasonedTruth], decisive: bool) -> ReasonedTruth:
    if any(truth.value is decisive for truth in truths):
        return ReasonedTruth(decisive)
    unread = frozenset[str]().union(*(truth.unread for truth in truths))
    undecided = any(truth.value is None for truth in truths)
    return ReasonedTruth(None, unread) if undecided else ReasonedTruth(not decisive)
