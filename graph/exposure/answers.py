"""Yes, no, or not known: how questions are answered where something may be unread."""

from collections.abc import Iterable
from typing import NamedTuple

from .traffic import TrafficSet


class Answer(NamedTuple):
    """Yes, no, or None where something ``unread`` decides."""

    value: bool | None
    unread: frozenset[str] = frozenset()

    @classmethod
    def of(cls, passage: TrafficSet) -> "Answer":
        """Whether anything passes."""
        if passage.certain:
            return cls(True)
        return cls(None, passage.unread) if passage.possible else cls(False)

    @classmethod
    def doubt(cls, *unread: str) -> "Answer":
        """Not known for these reasons."""
        return cls(None, frozenset(unread))


def all_of(answers: Iterable[Answer]) -> Answer:
    """Yes if all say so."""
    return _joined(list(answers), False)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes if one says so."""
    return _joined(list(answers), True)


def _joined(answers: list[Answer], decisive: bool) -> Answer:
    if any(answer.value is decisive for answer in answers):
        return Answer(decisive)
    unread = frozenset[str]().union(*(answer.unread for answer in answers))
    undecided = any(answer.value is None for answer in answers)
    return Answer(None, unread) if undecided else Answer(not decisive)
