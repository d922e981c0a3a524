"""What all projects of a scan are answered alike, asked once."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class SharedAnswers:
    """Answers that each project asks for, failures included. What asks again is answered
    anew."""

    def __init__(self) -> None:
        self._kept: dict[Any, _Kept] = {}
        self._lock = threading.Lock()

    def ask(self, key: Any, asker: str, call: Callable[[], T]) -> T:
        """The answer to a call that is known by its key."""
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
        with kept.lock:
            if not kept.answered or asker in kept.answered:
                kept.answered.clear()
                kept.ask(call)
            kept.answered.add(asker)
            if kept.failure:
                raise kept.failure
            answer: T = kept.answer
            return answer


class _Kept:
    """An answer, or why there is none, and who was given it."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.failure: Exception | None = None
        self.answered: set[str] = set()
        self.lock = threading.Lock()

    def ask(self, call: Callable[[], Any]) -> None:
        self.answer, self.failure = None, None
        try:
            self.answer = call()
        except Exception as error:
            self.failure = error
